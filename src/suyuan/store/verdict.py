"""Write what the fold said: states, duties, findings and facts; only what changed, in the judge's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from zlib import crc32

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.battery_state import BatteryState
from suyuan.core.contribution import list_accounts, pack_flows
from suyuan.core.duty import Duty
from suyuan.core.event import Fact
from suyuan.core.finding import Finding
from suyuan.core.fold import Verdict
from suyuan.core.identifiers import subject_family
from suyuan.core.tally import tally_subject
from suyuan.store.copy_line import NOTHING, escape_json, escape_optional, escape_subject
from suyuan.store.pending import Waiting
from suyuan.store.queries import load_queries
from suyuan.store.slot import slot_of
from suyuan.store.sums import Difference, find_broken

SQL = load_queries("judgement")
_decode_told = msgspec.json.Decoder(dict[str, int]).decode
encode_json = msgspec.json.Encoder(order="deterministic", enc_hook=str).encode

FindingRow = tuple[str, str, str, str, str, str, str | None, str, str, date]
DutyRow = tuple[Any, ...]


class Written(msgspec.Struct):
    """What stands in the database of one subject before it is judged again."""

    told: dict[str, int] = {}
    has_findings: bool = False
    has_duties: bool = False
    tallies: str = ""
    flows: str = ""


NOT_WRITTEN = Written()


def read_written(connection: Connection[TupleRow], *, slot: int, subjects: list[str]) -> dict[str, Written]:
    """Return what was written of each subject; subjects never judged are absent."""
    rows = connection.execute(SQL.read_states, {"slot": slot, "subjects": subjects})
    return {subject: Written(_decode_told(told), *has) for subject, told, *has in rows}


def write_verdicts(
    connection: Connection[TupleRow],
    verdicts: Mapping[str, Verdict],
    *,
    slot: int,
    written: Mapping[str, Written],
    causes: Mapping[str, Iterable[int]],
    lanes: Mapping[str, int],
    verdict_version: str,
) -> Difference:
    """Write the verdicts of subjects of one slot, and wake whom they tell something new; returns how the sums move.

    The caller applies that as its last statement.
    """
    findings = _write_findings(connection, verdicts, slot=slot, written=written)
    _write_duties(connection, verdicts, slot=slot, written=written)
    _write_facts(connection, verdicts, written=written, causes=causes, lanes=lanes)
    difference = Difference(slot=slot)
    with_findings, broken = {row[0] for row in findings}, find_broken(findings)
    rows = []
    for subject in sorted(verdicts):
        verdict = verdicts[subject]
        tallies = tally_subject(
            subject, subject_family(subject), verdict.state, since=verdict.since, is_broken=subject in broken
        )
        before, flows = written.get(subject, NOT_WRITTEN), pack_flows(verdict.flows)
        difference.replace_tallies(before=before.tallies, after=tallies)
        difference.replace_flows(before=before.flows, after=flows, flows=verdict.flows)
        has = (subject in with_findings, bool(verdict.duties))
        rows.append((*_state_columns(subject, verdict), *has, tallies, flows, ",".join(list_accounts(verdict.flows))))
    _write_states(connection, rows, slot=slot, written=written, verdict_version=verdict_version)
    return difference


def _write_states(
    connection: Connection[TupleRow],
    rows: Sequence["StateRow"],
    *,
    slot: int,
    written: Mapping[str, Written],
    verdict_version: str,
) -> None:
    if changed := [row for row in rows if row[0] in written]:
        given = {"slot": slot, "verdict_version": verdict_version, **_columns(STATE_COLUMNS, changed)}
        connection.execute(SQL.write_states, given)
    if new := [row for row in rows if row[0] not in written]:
        _copy_states(connection, new, slot=slot, verdict_version=verdict_version)


STATE_COLUMNS = (
    "subjects", "statuses", "holders", "vehicles", "bodies", "told", "with_findings", "with_duties", "tallies", "flows", "accounts",
)  # fmt: skip
StateRow = tuple[str, str, str | None, str | None, str, str, bool, bool, str, str, str]


def _state_columns(subject: str, verdict: Verdict) -> tuple[str, str, str | None, str | None, str, str]:
    state = verdict.state
    return (
        subject,
        state.status,
        getattr(state, "holder", None),
        state.vehicle if isinstance(state, BatteryState) else None,
        encode_json(state).decode(),
        encode_json(digest_facts(verdict.facts)).decode() if verdict.facts else "{}",
    )


def _copy_states(
    connection: Connection[TupleRow], rows: Sequence[StateRow], *, slot: int, verdict_version: str
) -> None:
    """Write first states, in key order; nobody else writes states of a slot that this transaction holds."""
    lines = [
        f"{slot}\t{escape_subject(subject)}\t{status}\t{escape_optional(holder)}\t{escape_optional(vehicle)}\t"
        f"{escape_json(body)}\t{escape_json(told)}\t{has_findings}\t{has_duties}\t{tallies}\t"
        f"{escape_json(flows)}\t{{{accounts}}}\t{verdict_version}\n"
        for subject, status, holder, vehicle, body, told, has_findings, has_duties, tallies, flows, accounts in rows
    ]
    with connection.cursor().copy(SQL.copy_states) as copy:
        copy.write("".join(lines))


def digest_facts(facts: Iterable[Fact]) -> dict[str, int]:
    """Return a small digest of each fact by name and target, by which a change is seen without reading the facts."""
    return {f"{fact.name} {fact.target}": crc32(encode_json(fact.body)) for fact in facts}


FINDING_COLUMNS = (
    "subjects",
    "rules",
    "reporters",
    "report_ids",
    "origins",
    "weights",
    "parties",
    "abouts",
    "evidences",
    "occurred_ons",
)


# -- findings ------------------------------------------------------------------------------------------------------


def finding_row(finding: Finding, *, origin: str) -> FindingRow:
    """Return a finding as its row without the slot; the names in `about` are separated by blanks."""
    evidence = encode_json(finding.evidence).decode()
    about = " ".join(finding.about)
    return (
        finding.subject,
        finding.rule,
        finding.reporter,
        finding.report_id,
        origin,
        finding.weight,
        finding.party,
        about,
        evidence,
        finding.on,
    )


def _write_findings(
    connection: Connection[TupleRow], verdicts: Mapping[str, Verdict], *, slot: int, written: Mapping[str, Written]
) -> list[FindingRow]:
    """Write the difference; a lapse finding stays only while its duty stands open. Returns all findings that stand."""
    wanted: dict[tuple[str, ...], FindingRow] = {}
    for verdict in verdicts.values():
        for finding in verdict.findings:
            row = finding_row(finding, origin="judge")
            wanted[row[:5]] = row
    before = read_finding_rows(
        connection, slot=slot, subjects=[s for s in verdicts if s in written and written[s].has_findings]
    )
    wanted |= {
        key: row
        for key, row in before.items()
        if key[4] == "sweep" and _stands_open(verdicts[key[0]].duties, rule=key[1], opener=key[2], opened_by=key[3])
    }
    replace_findings(connection, slot=slot, before=before, wanted=wanted)
    return list(wanted.values())


def _stands_open(duties: Iterable[Duty], *, rule: str, opener: str, opened_by: str) -> bool:
    return any(
        (duty.rule, duty.opener, duty.opened_by) == (rule, opener, opened_by) and duty.closed_by is None
        for duty in duties
    )


def read_finding_rows(
    connection: Connection[TupleRow], *, slot: int, subjects: list[str]
) -> dict[tuple[str, ...], FindingRow]:
    """Return the finding rows of subjects by key (subject, rule, reporter, report_id, origin)."""
    if not subjects:
        return {}
    rows = connection.execute(SQL.read_findings, {"slot": slot, "subjects": subjects}).fetchall()
    return {tuple(row[:5]): (*row[:7], " ".join(row[7]), *row[8:]) for row in rows}


def replace_findings(
    connection: Connection[TupleRow],
    *,
    slot: int,
    before: Mapping[tuple[str, ...], FindingRow],
    wanted: Mapping[tuple[str, ...], FindingRow],
) -> None:
    """Delete what is gone and write what is new or changed."""
    gone = sorted(before.keys() - wanted.keys())
    if gone:
        connection.execute(SQL.delete_findings, {"slot": slot, **_columns(FINDING_COLUMNS[:5], gone)})
    changed = sorted(row for key, row in wanted.items() if before.get(key) != row) if wanted else []
    if changed:
        connection.execute(SQL.write_findings, {"slot": slot, **_columns(FINDING_COLUMNS, changed)})


# -- duties --------------------------------------------------------------------------------------------------------

DUTY_COLUMNS = (
    "subjects", "kinds", "openers", "opened_bys", "rules", "parties", "opened_ons", "due_ons", "lapses_ons", "provisionals", "closed_bys",
    "closers", "evidences", "units",
)  # fmt: skip


def duty_row(duty: Duty) -> DutyRow:
    """Return a duty as its row without the slot."""
    return (
        duty.subject, duty.kind, duty.opener, duty.opened_by, duty.rule, duty.party, duty.opened_on, duty.due_on, duty.lapses_on,
        duty.is_provisional, duty.closed_by, duty.closer, encode_json(duty.evidence).decode(), duty.unit,
    )  # fmt: skip


def write_case_duties(connection: Connection[TupleRow], duties: Iterable[Duty], *, slot: int) -> None:
    """Write the duties of a case, which acts open and end; no judge folds a case, so nobody else writes them."""
    if rows := sorted(map(duty_row, duties)):
        connection.execute(SQL.write_duties, {"slot": slot, **_columns(DUTY_COLUMNS, rows)})


def _write_duties(
    connection: Connection[TupleRow], verdicts: Mapping[str, Verdict], *, slot: int, written: Mapping[str, Written]
) -> None:
    wanted = {row[:5]: row for verdict in verdicts.values() for row in map(duty_row, verdict.duties)}
    subjects = [subject for subject in verdicts if subject in written and written[subject].has_duties]
    had_some = set(subjects)
    if first := sorted(row for row in wanted.values() if row[0] not in had_some):
        _copy_duties(connection, first, slot=slot)
    later = {key: row for key, row in wanted.items() if row[0] in had_some}
    replace_duties(connection, slot=slot, subjects=subjects, wanted=later)


def replace_duties(
    connection: Connection[TupleRow], *, slot: int, subjects: Sequence[str], wanted: Mapping[DutyRow, DutyRow]
) -> None:
    """Make the duties of subjects exactly the wanted ones: delete what is gone, write what is new or changed."""
    if not subjects:
        return
    rows = connection.execute(SQL.read_duties, {"slot": slot, "subjects": list(subjects)})
    before = {tuple(row[:5]): tuple(row) for row in rows}
    gone = sorted(before.keys() - wanted.keys())
    if gone:
        connection.execute(SQL.delete_duties, {"slot": slot, **_columns(DUTY_COLUMNS[:5], gone)})
    changed = sorted(row for key, row in wanted.items() if before.get(key) != row)
    if changed:
        connection.execute(SQL.write_duties, {"slot": slot, **_columns(DUTY_COLUMNS, changed)})


def _copy_duties(connection: Connection[TupleRow], rows: Iterable[DutyRow], *, slot: int) -> None:
    """Write the duties of subjects that had none, in key order."""
    lines = [
        f"{slot}\t{escape_subject(subject)}\t{kind}\t{opener}\t{opened_by}\t{rule}\t{escape_optional(party)}\t{opened_on}\t"
        f"{due_on or NOTHING}\t{lapses_on or NOTHING}\t{is_provisional}\t{escape_optional(closed_by)}\t{escape_optional(closer)}\t"
        f"{escape_json(evidence)}\t{unit}\n"
        for (
            subject,
            kind,
            opener,
            opened_by,
            rule,
            party,
            opened_on,
            due_on,
            lapses_on,
            is_provisional,
            closed_by,
            closer,
            evidence,
            unit,
        ) in rows
    ]
    with connection.cursor().copy(SQL.copy_duties) as copy:
        copy.write("".join(lines))


# -- facts ---------------------------------------------------------------------------------------------------------


def _write_facts(
    connection: Connection[TupleRow],
    verdicts: Mapping[str, Verdict],
    *,
    written: Mapping[str, Written],
    causes: Mapping[str, Iterable[int]],
    lanes: Mapping[str, int],
) -> None:
    """Replace the facts of each source as a set; a target that is told something else, or nothing any more, wakes."""
    first: list[Fact] = []
    changed: list[Fact] = []
    gone: list[tuple[int, str, str, str]] = []
    waiting = Waiting()
    for source, verdict in verdicts.items():
        told = written[source].told if source in written else {}
        if not told and not verdict.facts:
            continue
        telling = digest_facts(verdict.facts)
        targets = set()
        for fact in verdict.facts:
            key = f"{fact.name} {fact.target}"
            if told.get(key) != telling[key]:
                (changed if key in told else first).append(fact)
                targets.add(fact.target)
        for key in told.keys() - telling.keys():
            name, target = key.split(" ", 1)
            gone.append((slot_of(target), target, source, name))
            targets.add(target)
        for target in targets:
            waiting.add((target,), slot=slot_of(target), lane=lanes[source], causes=causes[source])
    _copy_facts(connection, first)
    apply_facts(connection, new=changed, gone=gone)
    waiting.write(connection)


def _copy_facts(connection: Connection[TupleRow], facts: Iterable[Fact]) -> None:
    """Write facts that no row holds yet, in key order; only the judge of their source writes them."""
    lines = [
        f"{slot}\t{escape_subject(target)}\t{escape_subject(source)}\t{name}\t{escape_json(body)}\n"
        for slot, target, source, name, body in sorted(map(_fact_row, facts))
    ]
    if lines:
        with connection.cursor().copy(SQL.copy_facts) as copy:
            copy.write("".join(lines))


def _fact_row(fact: Fact) -> tuple[int, str, str, str, str]:
    return slot_of(fact.target), fact.target, fact.source, fact.name, encode_json(fact.body).decode()


def apply_facts(
    connection: Connection[TupleRow],
    *,
    new: Iterable[Fact],
    gone: Iterable[tuple[int, str, str, str]],
) -> None:
    """Write facts and delete facts (slot, target, source, name); whoever calls makes the targets pending."""
    if deleted := sorted(gone):
        names = ("slots", "targets", "sources", "names")
        connection.execute(SQL.delete_facts, _columns(names, deleted))
    if rows := sorted(map(_fact_row, new)):
        connection.execute(SQL.write_facts, _columns(("slots", "targets", "sources", "names", "bodies"), rows))


def _columns(names: Iterable[str], rows: Sequence[tuple[Any, ...]]) -> dict[str, list[Any]]:
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
