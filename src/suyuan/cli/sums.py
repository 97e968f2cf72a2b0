"""Commands over sums: coverage, the accounts of responsible producers, and the audit."""

import time
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from suyuan.app.coverage import CoverageBy
from suyuan.cli.evidence_file import read_text
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, show_progress
from suyuan.cli.session import find_log, open_context
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import say
from suyuan.core.identifiers import Uscc

ByOption = Annotated[CoverageBy, Parameter(name="--by", help=say("option_coverage_by"))]
CheckpointOption = Annotated[list[Path] | None, Parameter(name="--checkpoint", help=say("option_checkpoint"))]
OnlyOption = Annotated[str, Parameter(name="--only", help=say("option_only"))]
ResumeOption = Annotated[bool, Parameter(name="--resume", negative=(), help=say("option_resume"))]
NOTES_SECONDS = 2.0  # how much work is lost at most when an audit breaks off
UsccOption = Annotated[str | None, Parameter(name="--uscc", help=say("option_uscc"))]


def coverage(*, by: ByOption = "division", setting: Setting = DEFAULT) -> int:
    """Show how many of the live packs have a whole chain, by division or producer."""
    from suyuan.app.coverage import read_coverage

    with open_context(setting) as context:
        found = read_coverage(context, by=by)
        if setting.wants_json:
            emit(found)
        else:
            from suyuan.cli.view_sums import print_coverage

            print_coverage(found, by=by, registry=context.read_registry(), on=context.clock().date())
    return 0


def producers(*, uscc: UsccOption = None, setting: Setting = DEFAULT) -> int:
    """Show what responsible producers put on the market, and what of it was collected, exported, is outstanding."""
    from suyuan.app.producers import read_producer_accounts

    party = str(Uscc.parse(uscc)) if uscc is not None else None
    with open_context(setting) as context:
        found = read_producer_accounts(context, uscc=party)
        if setting.wants_json:
            emit({"producers": found})
        else:
            from suyuan.cli.view_sums import print_producers

            print_producers(found, registry=context.read_registry(), on=context.clock().date())
    return 0


def _read_checkpoint(file: Path) -> str:
    """Return the signed checkpoint in a file: a checkpoint as it is served, or that of a receipt."""
    text = read_text(file)
    return text.partition("\n\n")[2] if text.startswith("c2sp.org/tlog-proof") else text


def audit(
    *,
    only: OnlyOption = "",
    checkpoint: CheckpointOption = None,
    resume: ResumeOption = False,
    setting: Setting = DEFAULT,
) -> int:
    """Compute again what the database says, and name the first places that differ; exits 1 unless all agrees."""
    from suyuan.app.audit import AuditNotes, count_steps
    from suyuan.app.audit import audit as audit_all

    parts = [name.strip() for name in only.split(",") if name.strip()]
    kept = [_read_checkpoint(file) for file in checkpoint or []]
    notes = find_log(setting).with_name("audit.json")
    begun = None
    if resume:
        with suppress(
            FileNotFoundError, msgspec.DecodeError
        ):  # none, or written when the disk was full: from the beginning
            begun = msgspec.json.decode(notes.read_bytes(), type=AuditNotes)
    written_at = time.monotonic()

    def keep(reached: AuditNotes) -> None:
        nonlocal written_at
        if time.monotonic() - written_at > NOTES_SECONDS:
            notes.write_bytes(msgspec.json.encode(reached))
            written_at = time.monotonic()

    with (
        open_context(setting) as context,
        show_progress(
            setting, say("doing_audit"), total=count_steps(context, only=parts, checkpoints=kept)
        ) as progress,
    ):
        found = audit_all(context, only=parts, checkpoints=kept, begun=begun, progress=progress, keep=keep)
    notes.unlink(missing_ok=True)
    log_event(setting, "database.audited", identical=found["identical"])
    if setting.wants_json:
        emit(found)
    else:
        from suyuan.cli.view_sums import print_audit

        print_audit(found)
    return 0 if found["identical"] else 1
