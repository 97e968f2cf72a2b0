"""Audit: compute again what the database says, and name the first places where it differs. Changes nothing.

Each part goes in steps, so that progress can be shown, and answers with its faults; a further part is a line in PARTS.
It may run while others record and judge: every step sees one moment.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from suyuan.app.audit_log import (
    check_acknowledgements,
    check_checkpoints,
    check_missing,
    check_records,
    check_tiles,
    list_acknowledgement_steps,
    list_one_step,
    list_record_steps,
    list_tile_steps,
)
from suyuan.app.context import Context, Progress, no_progress
from suyuan.store.audit import (
    FIRST_KEYS_MAX,
    LANES,
    Faults,
    compare_account_flows,
    compare_report_counts,
    compare_tallies,
)


@dataclass(frozen=True, slots=True)
class AuditPart:
    """One part: its name, the steps in which it goes, and what one step finds."""

    name: str
    list_steps: Callable[[Context], Sequence[int]]
    check: Callable[[Context, int], Faults]


PARTS: tuple[AuditPart, ...] = (
    AuditPart("record", list_record_steps, check_records),
    AuditPart("missing", list_one_step, check_missing),
    AuditPart("acknowledgement", list_acknowledgement_steps, check_acknowledgements),
    AuditPart("tile", list_tile_steps, check_tiles),
    AuditPart("checkpoint", list_tile_steps, check_checkpoints),
    AuditPart(
        "account_flow", lambda _: LANES, lambda context, lane: compare_account_flows(context.connection, lane=lane)
    ),
    AuditPart("tally", lambda _: LANES, lambda context, lane: compare_tallies(context.connection, lane=lane)),
    AuditPart(
        "report_count", lambda _: LANES, lambda context, lane: compare_report_counts(context.connection, lane=lane)
    ),
)


def count_steps(context: Context) -> int:
    """Return how many steps an audit takes."""
    return sum(len(part.list_steps(context)) for part in PARTS)


def audit(context: Context, *, progress: Progress = no_progress) -> dict[str, Any]:
    """Return for each part how many places differ and the first of them, and whether nothing does."""
    done = 0
    parts: list[dict[str, Any]] = []
    for part in PARTS:
        count = 0
        first: list[dict[str, Any]] = []
        for step in part.list_steps(context):
            faults = part.check(context, step)
            count += faults.count
            first += [msgspec.structs.asdict(fault) for fault in faults.first]
            done += 1
            progress(done)
        parts.append({"part": part.name, "differing": count, "first": first[:FIRST_KEYS_MAX]})
    return {"identical": all(part["differing"] == 0 for part in parts), "parts": parts}
