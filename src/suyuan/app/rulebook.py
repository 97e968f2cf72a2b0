"""Change the rulebook or the calendar in force: adopt the operator's own entries, import a year, take up what is packaged.

Every change is an act, recorded with its bytes. The new version commits first; then whatever another version judged is
judged again, slot by slot, and a worker goes on with that where somebody was cut off.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from suyuan.app.context import Context, UseCaseError
from suyuan.app.judge import delay_older_verdicts
from suyuan.core.calendar import NO_CALENDAR
from suyuan.core.calendar_file import CalendarError, merge_calendars, parse_calendar, write_calendar
from suyuan.core.report import utc_text
from suyuan.core.rulebook import Rulebook
from suyuan.core.rulebook_file import CALENDAR_FILE, OWN_CALENDAR_FILE, OWN_FILE, RulebookError, parse_rulebook
from suyuan.core.rulebook_shape import tell_problem
from suyuan.rulebook import load_rulebook, packaged_calendar, packaged_texts
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.registry import write_act
from suyuan.store.rulebook import lock_version, raise_version, read_acts_until, read_files, read_history, write_file

OWN_ACT, CALENDAR_ACT, PACKAGED_ACT = "rulebook", "calendar", "packaged_rulebook"
ACT_KINDS = (OWN_ACT, CALENDAR_ACT, PACKAGED_ACT)


def adopt_rulebook(context: Context, body: bytes, *, file: str = OWN_FILE, actor: str = "") -> dict[str, Any]:
    """Adopt the operator's own entries in the place of those adopted before, and tell what came of it.

    With anything wrong in the file nothing is adopted, and `problems` tells it all. The same file again is no new act.
    """
    try:
        delayed = _change(context, OWN_ACT, body, own_name=file, actor=actor)
    except RulebookError as error:
        problems = [msgspec.to_builtins(one) for one in error.problems]
        return {"adopted": False, "version": context.rulebook.version, "to_be_judged": 0, "problems": problems}
    is_new = delayed is not None
    return {"adopted": is_new, "version": context.rulebook.version, "to_be_judged": delayed or 0, "problems": []}


def import_calendar(context: Context, body: bytes, *, actor: str = "") -> dict[str, Any]:
    """Import years of the calendar and tell what came of it; a year takes the place of what stood there.

    With any row wrong nothing is imported. The same file again is no new act.
    """
    years: list[int] = []
    rows: dict[int, list[Any]] = {}
    delayed = None
    try:
        years = sorted(parse_calendar(_decode(body)).years)
        delayed = _change(context, CALENDAR_ACT, body, actor=actor)
    except CalendarError as error:
        for row, problem in error.problems:
            rows.setdefault(row, []).append(msgspec.to_builtins(problem))
    return {
        "imported": delayed is not None,
        "years": years,
        "version": context.rulebook.version,
        "to_be_judged": delayed or 0,
        "rejected": len(rows),
        "rows": [{"row": row, "outcome": "rejected", "errors": errors} for row, errors in rows.items()],
    }


def settle_rulebook(context: Context, *, own: bytes | None = None, file: str = OWN_FILE) -> bool:
    """Bring what stands in the database to what this program holds, and to the operator's file; returns whether it changed.

    A worker and a server do so before they begin. Raises UseCaseError with everything that is wrong with the files.
    """
    try:
        delayed = [_change(context, PACKAGED_ACT, _encode_packaged())]
        if own is not None:
            delayed.append(_change(context, OWN_ACT, own, own_name=file))
    except RulebookError as error:
        raise UseCaseError(error.message, message_zh=error.message_zh) from None
    return delayed != [None] * len(delayed)


def replay_rulebook(context: Context, kind: str, body: bytes, *, act_no: int) -> None:
    """Say again what a recorded act said, for a rebuild, in a transaction of its own."""
    with context.connection.transaction():
        standing = read_files(context.connection)
        _write(context, _list_changed(kind, body, standing), act_no=act_no)


def load_rulebook_of(context: Context, *, until_act: int) -> Rulebook:
    """Return the rulebook as it stood after an act, from the bytes of the acts; the program's own where none had spoken."""
    standing: dict[str, str] = {}
    for kind, body in read_acts_until(context.connection, kinds=ACT_KINDS, until_act=until_act):
        standing |= _list_changed(kind, body, standing)
    return parse_rulebook(standing) if standing else load_rulebook()


def list_changes(context: Context) -> list[dict[str, Any]]:
    """Return the recorded changes of rulebook and calendar, the latest first."""
    return [
        {"act": act_no, "kind": kind, "acted_at": utc_text(at), "digest_sha256": digest, "actor": actor}
        for act_no, kind, at, digest, actor in read_history(context.connection, kinds=ACT_KINDS)
    ]


def _change(context: Context, kind: str, body: bytes, *, own_name: str = OWN_FILE, actor: str = "") -> int | None:
    """Record an act if it changes anything, and make what it concerns pending; returns how many subjects, None for no act.

    Whatever comes first is preceded by the act that says what is packaged. Raises RulebookError for what cannot stand.
    """
    with context.connection.transaction():
        lock_version(context.connection)
        if kind != PACKAGED_ACT and not read_files(context.connection):
            _record(context, PACKAGED_ACT, _encode_packaged(), actor=actor)
        if not _record(context, kind, body, own_name=own_name, actor=actor):
            return None
    # Only now: a judge that takes these subjects must already see the new version.
    return delay_older_verdicts(context)


def _record(context: Context, kind: str, body: bytes, *, own_name: str = OWN_FILE, actor: str = "") -> bool:
    standing = read_files(context.connection)
    changed = _list_changed(kind, body, standing, own_name=own_name)
    if not changed:
        return False
    parse_rulebook({**standing, **changed}, own_name=own_name, rule_names=RULE_TABLE.rules)
    act_no = write_act(context.connection, kind, acted_at=context.clock(), body=body, actor=actor)
    _write(context, changed, act_no=act_no)
    return True


def _write(context: Context, changed: Mapping[str, str], *, act_no: int) -> None:
    for name, text in changed.items():
        write_file(context.connection, name, body=text, act_no=act_no)
    raise_version(context.connection)


def _list_changed(kind: str, body: bytes, standing: Mapping[str, str], *, own_name: str = OWN_FILE) -> dict[str, str]:
    """Return the files that an act puts in the place of others. Raises RulebookError, CalendarError."""
    if kind == PACKAGED_ACT:
        files: dict[str, str] = msgspec.json.decode(body)
    elif kind == CALENDAR_ACT:
        before = parse_calendar(standing[OWN_CALENDAR_FILE]) if OWN_CALENDAR_FILE in standing else NO_CALENDAR
        files = {OWN_CALENDAR_FILE: write_calendar(merge_calendars(before, newer=parse_calendar(_decode(body))))}
    else:
        files = {OWN_FILE: _decode(body, file=own_name)}
    return {name: text for name, text in files.items() if standing.get(name) != text}


def _decode(body: bytes, *, file: str = "") -> str:
    """Return the text of a file, UTF-8 with or without BOM, or GB18030 as Chinese spreadsheets write it."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RulebookError(
        [tell_problem(file, entry="file", field="text", value="", wanted=("UTF-8 text", " UTF-8 文本"))]
    )


def _encode_packaged() -> bytes:
    return msgspec.json.encode({**packaged_texts(), CALENDAR_FILE: packaged_calendar()}, order="deterministic")
