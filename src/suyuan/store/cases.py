"""Cases in the database: heads, acts and frozen findings, the penalties in force, and the tokens of officers."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.case import Act, Case, FrozenFinding, find_penalty, keeps_findings
from suyuan.core.duty import Duty
from suyuan.core.participant import Penalty
from suyuan.store.queries import load_queries
from suyuan.store.slot import slot_of
from suyuan.store.verdict import encode_json, write_case_duties

SQL = load_queries("case")

FindingKey = tuple[str, str, str, str]


class CaseNumber(msgspec.Struct, frozen=True):
    """The number of a case: which of its series (division and line) it is in a year."""

    series: str
    year: int
    number: int

    @property
    def text(self) -> str:
        """Return the number as it is written: 330100-commerce-2026-0001."""
        return f"{self.series}-{self.year}-{self.number:04d}"


class CaseRecord(msgspec.Struct, frozen=True):
    """A case as it stands in the database, with its number and the digest of the bytes of each act."""

    case: Case
    number: CaseNumber
    digests: tuple[bytes, ...]


def take_number(connection: Connection[TupleRow], *, series: str, year: int) -> CaseNumber:
    """Return the next number of a series, in the caller's transaction; another opening waits until it ends."""
    connection.execute(SQL.lock_cases, {})
    row = connection.execute(SQL.find_last_number, {"series": series, "year": year}).fetchone()
    return CaseNumber(series, year, (int(row[0]) if row else 0) + 1)


def lock_case(connection: Connection[TupleRow], case_no: str) -> bool:
    """Take a case for this transaction; returns False where there is none of this number."""
    return connection.execute(SQL.lock_case, {"case_no": case_no}).fetchone() is not None


def read_case(connection: Connection[TupleRow], case_no: str) -> CaseRecord | None:
    """Return a case, None where there is none of this number."""
    return next(iter(read_cases(connection, [case_no])), None)


def read_cases(connection: Connection[TupleRow], case_nos: Iterable[str]) -> list[CaseRecord]:
    """Return those of the cases that exist, in the given order."""
    wanted = list(case_nos)
    given = {"case_nos": wanted}
    acts: dict[str, list[tuple[Act, bytes]]] = {}
    for case_no, number, move, officer, second, acted_at, body, digest in connection.execute(SQL.read_case_acts, given):
        act = Act(number, move, officer, second, acted_at, msgspec.json.decode(body))
        acts.setdefault(case_no, []).append((act, bytes(digest)))
    findings: dict[str, list[FrozenFinding]] = {}
    for case_no, *columns in connection.execute(SQL.read_case_findings, given):
        findings.setdefault(case_no, []).append(_frozen(columns))
    heads = {row[0]: row for row in connection.execute(SQL.read_cases, given)}
    records = []
    for case_no in wanted:
        if case_no in heads:
            _, series, year, number, authority, line, party, place, state = heads[case_no]
            made = acts[case_no]
            case = Case(
                case_no, authority, line, party, place, tuple(findings[case_no]), tuple(act for act, _ in made), state
            )
            records.append(CaseRecord(case, CaseNumber(series, year, number), tuple(digest for _, digest in made)))
    return records


def _frozen(columns: list[Any]) -> FrozenFinding:
    subject, rule, reporter, report_id, weight, is_verified, is_conflict, about, evidence, source, version = columns
    grounds = msgspec.json.decode(evidence)
    return FrozenFinding(
        subject, rule, reporter, report_id, weight, is_verified, is_conflict, tuple(about), grounds, source, version
    )


def write_case(connection: Connection[TupleRow], case: Case, *, number: CaseNumber) -> None:
    """Write the head of a case as it is after its last act."""
    penalty = find_penalty(case)
    connection.execute(
        SQL.write_case,
        {
            "case_no": case.case_no,
            "series": number.series,
            "year": number.year,
            "number": number.number,
            "authority": case.authority,
            "line": case.line,
            "party": case.party,
            "place": case.place,
            "opened_at": case.acts[0].acted_at,
            "state": case.state,
            "keeps_findings": keeps_findings(case),
            "penalty": penalty.decision if penalty else None,
            "penalty_on": penalty.decided_on if penalty else None,
            "penalty_served_on": penalty.served_on if penalty else None,
        },
    )


def add_act(connection: Connection[TupleRow], case_no: str, *, act: Act, digest: bytes, act_no: int) -> None:
    """Add an act to a case; `act_no` is its row in the record of acts."""
    connection.execute(
        SQL.add_case_act,
        {
            "case_no": case_no,
            "case_act_no": act.number,
            "move": act.move,
            "officer": act.officer,
            "second_officer": act.second_officer,
            "acted_at": act.acted_at,
            "body": encode_json(act.fields).decode(),
            "digest": digest,
            "act_no": act_no,
        },
    )


def add_findings(connection: Connection[TupleRow], case_no: str, *, findings: Iterable[FrozenFinding]) -> None:
    """Freeze findings in a case."""
    rows = [
        {
            "case_no": case_no,
            "subject": one.subject,
            "rule": one.rule,
            "reporter": one.reporter,
            "report_id": one.report_id,
            "weight": one.weight,
            "is_verified": one.is_verified,
            "is_conflict": one.is_conflict,
            "about": list(one.about),
            "evidence": encode_json(one.evidence).decode(),
            "source": one.source,
            "rulebook_version": one.rulebook_version,
        }
        for one in findings
    ]
    with connection.cursor() as cursor:
        cursor.executemany(SQL.add_case_finding, rows)


def list_case_numbers(
    connection: Connection[TupleRow],
    *,
    authority: str | None = None,
    party: str | None = None,
    state: str | None = None,
) -> list[str]:
    """Return the numbers of the cases that pass all given filters, the newest first."""
    given = {"authority": authority, "party": party, "state": state}
    return [row[0] for row in connection.execute(SQL.list_cases, given)]


def find_cases_of_findings(
    connection: Connection[TupleRow], subjects: Iterable[str]
) -> dict[FindingKey, list[tuple[str, bool]]]:
    """Return, by the keys of findings of these subjects, the cases that hold them and whether each keeps them."""
    found: dict[FindingKey, list[tuple[str, bool]]] = {}
    rows = connection.execute(SQL.find_cases_of_findings, {"subjects": sorted(set(subjects))})
    for subject, rule, reporter, report_id, case_no, keeps in rows:
        found.setdefault((subject, rule, reporter, report_id), []).append((case_no, keeps))
    return found


def read_standing(
    connection: Connection[TupleRow], findings: Iterable[FrozenFinding]
) -> dict[FindingKey, tuple[str, dict[str, Any]]]:
    """Return weight and evidence of those findings that still stand today, by their keys."""
    keys = sorted({one.key for one in findings})
    given = {
        "slots": [slot_of(key[0]) for key in keys],
        "subjects": [key[0] for key in keys],
        "rules": [key[1] for key in keys],
        "reporters": [key[2] for key in keys],
        "report_ids": [key[3] for key in keys],
    }
    rows = connection.execute(SQL.read_standing, given)
    return {tuple(row[:4]): (row[4], msgspec.json.decode(row[5])) for row in rows}


def read_penalties(connection: Connection[TupleRow], *, party: str | None = None) -> dict[str, tuple[Penalty, ...]]:
    """Return the warnings and fines that were served and are in force, by party, in the order of their days."""
    found: dict[str, tuple[Penalty, ...]] = {}
    for uscc, case_no, decided_on, decision, rules in connection.execute(SQL.read_penalties, {"party": party}):
        found[uscc] = (*found.get(uscc, ()), Penalty(case_no, decided_on, decision, tuple(rules)))
    return found


def list_served_penalties(connection: Connection[TupleRow]) -> list[str]:
    """Return the numbers of the cases with a penalty in force, the last served first."""
    return [row[0] for row in connection.execute(SQL.list_served_penalties, {})]


def list_cases_with_orders(connection: Connection[TupleRow]) -> list[str]:
    """Return the numbers of the cases, not closed, with an order to correct, in the order in which they were opened."""
    return [row[0] for row in connection.execute(SQL.list_cases_with_orders, {})]


def write_order_duties(connection: Connection[TupleRow], duties: Iterable[Duty], *, subject: str) -> None:
    """Write the duties of a case, and take back what sweeps found of those that are closed."""
    slot = slot_of(subject)
    write_case_duties(connection, duties, slot=slot)
    connection.execute(SQL.delete_settled_lapses, {"slot": slot, "subject": subject})


def add_officer_token(
    connection: Connection[TupleRow], *, token_hash: bytes, officer: str, created_at: datetime
) -> None:
    """Keep the hash of an officer's token."""
    connection.execute(SQL.add_officer_token, {"token_hash": token_hash, "officer": officer, "created_at": created_at})


def find_officer_token(connection: Connection[TupleRow], *, token_hash: bytes) -> str | None:
    """Return whose token this is, None for one that is unknown or was revoked."""
    row = connection.execute(SQL.find_officer_token, {"token_hash": token_hash}).fetchone()
    return row[0] if row else None


def revoke_officer_tokens(connection: Connection[TupleRow], *, officer: str, revoked_at: datetime) -> int:
    """End every token of an officer and return how many."""
    return connection.execute(SQL.revoke_officer_tokens, {"officer": officer, "revoked_at": revoked_at}).rowcount
