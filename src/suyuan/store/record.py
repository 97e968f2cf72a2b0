"""Record a batch of checked rows in the caller's transaction: outcomes, reports, timelines, claims, pending judgements.

Duplicates and reused ids are told apart by content. Recorders may race: ids are claimed in key order, and what lost the
race is looked at by a new statement, which sees what the winner committed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.admission import Admitted
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.refusal import refuse
from suyuan.core.report import (
    FiledEvent,
    Report,
    digest_content,
    encode_content,
    file_report,
    find_counterparty,
    list_components,
    split_occurrence,
)
from suyuan.store.copy_line import escape_json, escape_subject
from suyuan.store.outcomes import accepted_line, duplicate_line, read_reports, rejected_line, write_outcomes
from suyuan.store.queries import load_queries
from suyuan.store.registry import PartyNumbers
from suyuan.store.slot import component_prefix, component_slot_of, place_of, report_no_of, slot_of

SQL = load_queries("record")
VIN_LENGTH = 17  # no other subject is as short
LANE_SMALL, LANE_VEHICLE, LANE_BULK = 0, 1, 2  # vehicles tell their packs about sales, so a bulk load judges them first
_encode_body = msgspec.json.Encoder().encode


class CheckedRow(msgspec.Struct):
    """One row after decoding and checking; `where` says to a person which row it is."""

    row: int
    where: str
    raw: dict[str, Any] | None
    admitted: Admitted


@dataclass(slots=True)
class BatchOutcome:
    """What came of a batch: counts, and withdrawals that wait for rows still to come."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    deferred: list[int] = field(default_factory=list)


class _Staged(msgspec.Struct):
    """A row on its way into the record."""

    checked: CheckedRow
    report: Report
    reporter_no: int
    report_no: int
    content: bytes
    digest: bytes
    duplicate_of: int | None = None
    is_reused: bool = False
    target_no: int | None = None


class Recorder:
    """Records the batches of one submission; made anew for each, the numbers of parties are shared by the process."""

    def __init__(
        self,
        connection: Connection[TupleRow],
        *,
        submission_no: int,
        received_at: datetime,
        is_bulk: bool,
        parties: PartyNumbers,
    ) -> None:
        """Remember what every row of the submission shares."""
        self.connection, self.submission_no, self.received_at = connection, submission_no, received_at
        self.is_bulk, self.parties = is_bulk, parties

    def record_batch(self, rows: Sequence[CheckedRow], *, is_last: bool) -> BatchOutcome:
        """Record one batch; a withdrawal whose target may still come is deferred unless this is the last batch."""
        outcome = BatchOutcome()
        numbers = self._learn_parties(rows)
        staged = [self._stage(row, row.admitted.report, numbers) for row in rows if row.admitted.report is not None]
        withdrawals = [one for one in staged if one.report.kind.name == "report_withdrawn"]
        others = [one for one in staged if one.report.kind.name != "report_withdrawn"] if withdrawals else staged
        self._claim_ids(others)
        if withdrawals:
            withdrawals = self._settle_withdrawals(withdrawals, is_last=is_last, outcome=outcome)
            self._claim_ids(withdrawals)
        settled = [*others, *withdrawals]
        self._write_outcomes(rows, settled, outcome)
        accepted = [
            one
            for one in settled
            if one.duplicate_of is None and not one.is_reused and one.checked.admitted.report is not None
        ]
        self._write_timelines(accepted, numbers)
        return outcome

    def file_recorded(self, outcomes: Sequence[dict[str, Any]]) -> int:
        """File accepted rows again as their recorded outcomes say, without repeating admission; returns how many reports."""
        rows = []
        for outcome in outcomes:
            if outcome["outcome"] == "accepted":
                report = restore_report(outcome["report"])
                rows.append(CheckedRow(outcome["row"], "", None, Admitted(report, [], [])))
        numbers = self._learn_parties(rows)
        staged = [self._stage(row, row.admitted.report, numbers) for row in rows if row.admitted.report is not None]
        self._claim_ids(list(staged))
        for one in staged:
            if one.report.kind.name == "report_withdrawn":
                given = {"reporters": [one.reporter_no], "report_ids": [one.report.fields["withdrawn_report_id"]]}
                found = self.connection.execute(SQL.find_reports, given).fetchone()
                one.target_no = found[2] if found else None
        self._write_timelines(
            [one for one in staged if one.target_no or one.report.kind.name != "report_withdrawn"], numbers
        )
        return len(staged)

    # -- claiming ids ----------------------------------------------------------------------------------------------

    def _learn_parties(self, rows: Iterable[CheckedRow]) -> Any:  # noqa: ANN401 - a mapping of USCC to number
        usccs: set[str] = set()
        for row in rows:
            report = row.admitted.report
            if report is not None:
                usccs.add(report.reporter)
                counterparty = find_counterparty(report)
                if counterparty is not None:
                    usccs.add(counterparty)
        return self.parties.learn(self.connection, usccs)

    def _stage(self, row: CheckedRow, report: Report, numbers: Any) -> _Staged:  # noqa: ANN401
        content = encode_content(report)
        return _Staged(
            row,
            report,
            numbers[report.reporter],
            report_no_of(self.submission_no, row=row.row),
            content,
            digest_content(content),
        )

    def _claim_ids(self, staged: list[_Staged]) -> None:
        """Insert the reports in key order, the first row of an id first; tell duplicates and reused ids apart."""
        staged.sort(key=lambda one: (one.reporter_no, one.report.report_id, one.report_no))
        given = {
            "reporters": [one.reporter_no for one in staged],
            "report_ids": [one.report.report_id for one in staged],
            "report_nos": [one.report_no for one in staged],
            "digests": [one.digest for one in staged],
        }
        if not staged or self.connection.execute(SQL.insert_reports, given).rowcount == len(staged):
            return
        found = {(row[0], row[1]): (row[2], bytes(row[3])) for row in self.connection.execute(SQL.find_reports, given)}
        for one in staged:
            report_no, digest = found[one.reporter_no, one.report.report_id]
            if report_no != one.report_no:
                one.duplicate_of = report_no
                one.is_reused = digest != one.digest

    # -- withdrawals -----------------------------------------------------------------------------------------------

    def _settle_withdrawals(self, staged: list[_Staged], *, is_last: bool, outcome: BatchOutcome) -> list[_Staged]:
        """Return the withdrawals to record; one whose target is not recorded waits, or is refused in the last batch."""
        given = {
            "reporters": [one.reporter_no for one in staged],
            "report_ids": [one.report.fields["withdrawn_report_id"] for one in staged],
        }
        found = {(row[0], row[1]): row[2] for row in self.connection.execute(SQL.find_reports, given)}
        targets = read_reports(
            self.connection, found.values()
        )  # those of this batch are not written yet, and are no withdrawals
        kept = []
        for one in staged:
            one.target_no = found.get((one.reporter_no, one.report.fields["withdrawn_report_id"]))
            is_withdrawal = one.target_no in targets and targets[one.target_no]["kind"] == "report_withdrawn"
            if one.target_no is None and not is_last:
                outcome.deferred.append(one.checked.row)
            elif one.target_no is None or is_withdrawal:
                self._refuse_withdrawal(one)
            else:
                kept.append(one)
        return kept

    def _refuse_withdrawal(self, one: _Staged) -> None:
        admitted = one.checked.admitted
        admitted.report = None
        admitted.errors.append(
            refuse(
                "withdrawn_report_unknown", field="withdrawn_report_id", value=one.report.fields["withdrawn_report_id"]
            )
        )

    # -- writing ---------------------------------------------------------------------------------------------------

    def _write_outcomes(self, rows: Sequence[CheckedRow], staged: Iterable[_Staged], outcome: BatchOutcome) -> None:
        by_row = {one.checked.row: one for one in staged}
        deferred = set(outcome.deferred)
        lines: list[tuple[int, bytes, bool]] = []
        reused = {one.duplicate_of for one in by_row.values() if one.is_reused and one.duplicate_of is not None}
        earlier = {number: describe_place(number) for number in reused}
        for row in rows:
            if row.row in deferred:
                continue
            one = by_row.get(row.row)
            if one is not None and one.is_reused:
                error = refuse(
                    "report_id_reused",
                    field="report_id",
                    value=one.report.report_id,
                    earlier=earlier[one.duplicate_of or 0],
                )
                row.admitted.errors.append(error)
            if row.admitted.errors:
                outcome.rejected += 1
                lines.append(
                    (row.row, rejected_line(row.row, where=row.where, raw=row.raw, errors=row.admitted.errors), True)
                )
            elif one is not None and one.duplicate_of is not None:
                outcome.duplicate += 1
                lines.append(
                    (
                        row.row,
                        duplicate_line(row.row, report_id=one.report.report_id, duplicate_of=one.duplicate_of),
                        False,
                    )
                )
            elif one is not None:
                outcome.accepted += 1
                notices = row.admitted.notices
                lines.append((row.row, accepted_line(row.row, content=one.content, notices=notices), bool(notices)))
        write_outcomes(self.connection, self.submission_no, lines)

    def _write_timelines(self, accepted: Sequence[_Staged], numbers: Any) -> None:  # noqa: ANN401
        lines: list[tuple[int, str, int, str]] = []
        claims: list[tuple[int, str, str, int, date]] = []
        pending: dict[str, int] = {}
        received = self.received_at.isoformat()
        filed_by_row = {} if not any(one.target_no for one in accepted) else self._file_targets(accepted)
        for one in accepted:
            report = one.report
            party = find_counterparty(report)
            party_text = numbers[party] if party is not None else "\\N"
            time_text = report.occurred_time.isoformat() if report.occurred_time is not None else "\\N"
            middle = (
                f"{report.occurred_on.isoformat()}\t{time_text}\t{received}\t{one.reporter_no}\t{party_text}\t"
                f"{report.kind.number}\t{report.report_id}\t"
            )
            for filed in filed_by_row[one.checked.row] if one.target_no else file_report(report):
                slot = pending.get(filed.subject)
                if slot is None:
                    slot = pending[filed.subject] = slot_of(filed.subject)
                body = escape_json(_encode_body(filed.body).decode())
                lines.append((slot, filed.subject, one.report_no, middle + body))
            if report.kind.components:
                claims += [
                    (component_slot_of(component), component, parent, one.report_no, report.occurred_on)
                    for parent, component in list_components(report)
                ]
        self._copy_timeline(lines)
        self._write_claims(claims)
        self._delay(pending)

    def _copy_timeline(self, lines: list[tuple[int, str, int, str]]) -> None:
        if not lines:
            return
        lines.sort()
        with self.connection.cursor().copy(SQL.copy_timeline) as copy:
            for start in range(0, len(lines), 2000):
                part = lines[start : start + 2000]
                copy.write(
                    "".join([f"{slot}\t{escape_subject(subject)}\t{no}\t{rest}\n" for slot, subject, no, rest in part])
                )

    def _delay(self, pending: dict[str, int]) -> None:
        """Make the subjects pending: a small submission before any bulk, vehicles of a bulk before their packs."""
        if self.is_bulk:
            lanes = [LANE_VEHICLE if len(subject) == VIN_LENGTH else LANE_BULK for subject in pending]
        else:
            lanes = [LANE_SMALL] * len(pending)
        given = {
            "cause": self.submission_no,
            "slots": list(pending.values()),
            "subjects": list(pending),
            "lanes": lanes,
        }
        if pending:
            self.connection.execute(SQL.insert_pending, given)

    def _write_claims(self, claims: list[tuple[int, str, str, int, date]]) -> None:
        if not claims:
            return
        claims.sort()
        self.connection.execute(
            SQL.insert_claims,
            {
                "slots": [claim[0] for claim in claims],
                "components": [claim[1] for claim in claims],
                "parents": [claim[2] for claim in claims],
                "report_nos": [claim[3] for claim in claims],
                "days": [claim[4] for claim in claims],
            },
        )
        self._delay_components(
            {(slot, component_prefix(component), no, parent) for slot, component, parent, no, _ in claims}
        )

    def _delay_components(self, lists: set[tuple[int, str, int, str]]) -> None:
        ordered = sorted(lists)
        self.connection.execute(
            SQL.insert_pending_components,
            {
                "cause": self.submission_no,
                "slots": [one[0] for one in ordered],
                "prefixes": [one[1] for one in ordered],
                "report_nos": [one[2] for one in ordered],
                "parents": [one[3] for one in ordered],
            },
        )

    def _file_targets(self, accepted: Sequence[_Staged]) -> dict[int, list[FiledEvent]]:
        """Return under which subjects each withdrawal stands: all those of its target; ends the target's claims."""
        withdrawals = [one for one in accepted if one.target_no is not None]
        targets = read_reports(self.connection, [one.target_no for one in withdrawals if one.target_no is not None])
        filed: dict[int, list[FiledEvent]] = {}
        ended: list[tuple[str, int, date]] = []
        lists: set[tuple[int, str, int, str]] = set()
        for one in withdrawals:
            target_no = one.target_no or 0
            target = restore_report(targets[target_no])
            body = {"as": "withdrawal", "withdraws": target.report_id}
            filed[one.checked.row] = [FiledEvent(event.subject, body) for event in file_report(target)]
            for parent, component in list_components(target):
                ended.append((parent, target_no, one.report.occurred_on))
                lists.add((component_slot_of(component), component_prefix(component), target_no, parent))
        if ended:
            ended = sorted(set(ended))
            given = {
                "parents": [e[0] for e in ended],
                "report_nos": [e[1] for e in ended],
                "days": [e[2] for e in ended],
            }
            self.connection.execute(SQL.withdraw_claims, given)
            self._delay_components(lists)
        return filed


def describe_place(report_no: int) -> str:
    """Return where a report stands, in words: its submission and row."""
    submission_no, row = place_of(report_no)
    return f"s-{submission_no:012d} row {row}"


def restore_report(fields: dict[str, Any]) -> Report:
    """Return the report of its recorded, already normalised fields."""
    occurred_on, occurred_time = split_occurrence(fields["occurred_at"])
    kind = KIND_BY_NAME[fields["kind"]]
    return Report(kind, fields["reporter"], fields["report_id"], occurred_on, occurred_time, fields)
