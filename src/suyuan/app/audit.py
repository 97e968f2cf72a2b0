"""Audit: compute again what the database says, and name the first places where it differs. Changes nothing.

Each part goes in steps, so that progress can be shown, and answers with its faults; a further part is a line in PARTS.
It may run while others record and judge, but for the part `state`: that one says then that it could not compare.
"""

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from suyuan.app.audit_log import (
    check_acknowledgements,
    check_checkpoints,
    check_missing,
    check_outside,
    check_records,
    check_tiles,
    list_acknowledgement_steps,
    list_one_step,
    list_record_steps,
    list_tile_steps,
)
from suyuan.app.audit_personal import check_personal
from suyuan.app.audit_rows import check_rows, list_row_steps
from suyuan.app.context import Context, Progress, UseCaseError, no_progress
from suyuan.app.rebuild import NotComparableError, compare_state
from suyuan.store.audit import (
    FIRST_KEYS_MAX,
    LANES,
    Fault,
    Faults,
    compare_account_flows,
    compare_report_counts,
    compare_tallies,
)
from suyuan.store.error import StoreError


@dataclass(frozen=True, slots=True)
class AuditPart:
    """One part: its name, its steps, what one step finds, and whether it looks at what can be derived from the record anew."""

    name: str
    list_steps: Callable[[Context], Sequence[int]]
    check: Callable[[Context, int], Faults]
    is_derived: bool = False


def check_state(context: Context, _step: int) -> Faults:
    """Derive every state, duty, finding and sum again from the record, and compare: as long and as large as a rebuild."""
    differing = compare_state(context)
    faults = [Fault({"table": table}, first, None) for table, _, first in differing]
    return Faults(sum(count for _, count, _ in differing), faults)


PARTS: tuple[AuditPart, ...] = (
    AuditPart("row", list_row_steps, check_rows),
    AuditPart("record", list_record_steps, check_records),
    AuditPart("missing", list_one_step, check_missing),
    AuditPart("acknowledgement", list_acknowledgement_steps, check_acknowledgements),
    AuditPart("tile", list_tile_steps, check_tiles),
    AuditPart("checkpoint", list_tile_steps, check_checkpoints),
    AuditPart("personal", list_one_step, check_personal),
    AuditPart("state", list_one_step, check_state, is_derived=True),
    AuditPart(
        "account_flow",
        lambda _: LANES,
        lambda context, lane: compare_account_flows(context.connection, lane=lane),
        is_derived=True,
    ),
    AuditPart(
        "tally", lambda _: LANES, lambda context, lane: compare_tallies(context.connection, lane=lane), is_derived=True
    ),
    AuditPart(
        "report_count",
        lambda _: LANES,
        lambda context, lane: compare_report_counts(context.connection, lane=lane),
        is_derived=True,
    ),
)


def choose_parts(only: Sequence[str] = (), *, checkpoints: Sequence[str] = ()) -> list[AuditPart]:
    """Return the parts that are named, all where none is; comparing with checkpoints from outside is always one.

    Raises UseCaseError for a name that none has.
    """
    names = [part.name for part in PARTS]
    if unknown := [name for name in only if name not in names]:
        raise UseCaseError(
            f"No part of the audit is called {', '.join(unknown)}. The parts are {', '.join(names)}.",
            message_zh=f"审计没有名为 {'、'.join(unknown)} 的部分。可选：{'、'.join(names)}。",
        )
    return [*(part for part in PARTS if not only or part.name in only), _outside(checkpoints)]


def count_steps(context: Context, *, only: Sequence[str] = (), checkpoints: Sequence[str] = ()) -> int:
    """Return how many steps an audit takes."""
    return sum(len(part.list_steps(context)) for part in choose_parts(only, checkpoints=checkpoints))


class AuditNotes(msgspec.Struct):
    """How far an audit came: of how many steps, what each part has found, and why one could not compare, in both languages.

    One that broke off is taken up from here.
    """

    total: int
    done: int = 0
    found: dict[str, Faults] = {}
    not_compared: dict[str, tuple[str, str]] = {}


Keep = Callable[[AuditNotes], None]


def keep_nothing(_notes: AuditNotes) -> None:
    """Let an audit that breaks off begin anew."""


def audit(
    context: Context,
    *,
    only: Sequence[str] = (),
    checkpoints: Sequence[str] = (),
    begun: AuditNotes | None = None,
    progress: Progress = no_progress,
    keep: Keep = keep_nothing,
) -> dict[str, Any]:
    """Return for each part how many places differ and the first of them, and whether all was compared and nothing differs.

    `only` names parts, none means all. `checkpoints` are signed checkpoints kept by others, which the log must still contain.
    `begun` takes up an audit that broke off, unless it had other steps; `keep` is given the notes after every step. Raises
    UseCaseError for a part that there is not.
    """
    chosen = choose_parts(only, checkpoints=checkpoints)
    total = sum(len(part.list_steps(context)) for part in chosen)
    is_same = begun is not None and begun.total == total and begun.found.keys() <= {part.name for part in chosen}
    notes = begun if begun is not None and is_same else AuditNotes(total)
    at = 0
    for part in chosen:
        found = notes.found.setdefault(part.name, Faults(0, []))
        for step in part.list_steps(context):
            at += 1
            if at > notes.done:
                faults = _check(context, part, step, notes)
                found.count += faults.count
                found.first = [*found.first, *faults.first][:FIRST_KEYS_MAX]
                notes.done = at
                keep(notes)
                progress(at)
    parts = [
        {
            "part": part.name,
            "is_derived": part.is_derived,
            "differing": notes.found[part.name].count,
            "first": [msgspec.structs.asdict(fault) for fault in notes.found[part.name].first],
            "not_compared": notes.not_compared.get(part.name, [None])[0],
            "not_compared_zh": notes.not_compared.get(part.name, [None])[-1],
        }
        for part in chosen
    ]
    is_identical = not notes.not_compared and all(part["differing"] == 0 for part in parts)
    return {"identical": is_identical, "parts": parts}


def _outside(checkpoints: Sequence[str]) -> AuditPart:
    """Return the part that compares with checkpoints from outside."""
    return AuditPart(
        "outside", lambda _: range(len(checkpoints)), lambda context, at: check_outside(context, checkpoints[at])
    )


def _check(context: Context, part: AuditPart, step: int, notes: AuditNotes) -> Faults:
    """Take one step; what cannot even be read is a fault of its own, what cannot be compared now is noted."""
    try:
        return part.check(context, step)
    except NotComparableError as error:
        notes.not_compared[part.name] = (error.message, error.message_zh)
        return Faults(0, [])
    except (ValueError, LookupError, TypeError, zlib.error, StoreError, UseCaseError) as error:
        return Faults(1, [Fault({"table": part.name, "step": step}, f"cannot be read: {error}", None)])
