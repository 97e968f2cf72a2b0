"""Record a batch of checked rows in the caller's transaction: outcomes, reports, timelines, claims, pending judgements.

Duplicates and reused ids are told apart by content. Recorders may race: ids are claimed in key order, and what lost the
race is looked at by a new statement, which sees what the winner committed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.errors import UniqueViolation
from psycopg.rows import TupleRow

from suyuan.core.admission import Admitted
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.participant_duty import TELL_NOTHING
from suyuan.core.refusal import Notice, RowError, refuse
from suyuan.core.report import (
    FiledEvent,
    Report,
    digest_content,
    encode_content,
    file_report,
    find_counterparty,
    list_components,
    restore_report,
)
from suyuan.store.copy_line import NOTHING, escape_json, escape_subject
from suyuan.store.outcomes import accepted_line, duplicate_line, read_reports, rejected_line, write_outcomes
from suyuan.store.participant_view import add_party_months
from suyuan.store.pending import LANE_BULK, LANE_SMALL, LANE_VEHICLE, Waiting
from suyuan.store.personal import PersonalValue, write_values
from suyuan.store.queries import load_queries
from suyuan.store.registry import PartyNumbers
from suyuan.store.slot import component_prefix, component_slot_of, place_of, report_no_of, slot_of
from suyuan.store.sums import add_report_counts

SQL = load_queries("record")
INSERTED_ROWS_MAX = 100  # so few ids are claimed in one round trip; a COPY and its savepoint are five
VIN_LENGTH = 17  # no other subject is as short
SILENT_NUMBERS = frozenset(KIND_BY_NAME[name].number for name in TELL_NOTHING)
_encode_body = msgspec.json.Encoder().encode
Claim = tuple[int, str, str, int, date]  # slot, component, parent, number of the report, since


class StagedRow(msgspec.Struct):
    """A checked row ready for the record: its outcome, and what stands in timelines.

    `errors` make it a refused row, which has nothing of what follows them. Lines are slot, subject and the rest of a
    timeline row. Only of a withdrawal the whole `report` is kept, since its timelines are those of its target.
    """

    row: int
    where: str
    where_zh: str
    raw: dict[str, Any] | None
    notices: list[Notice]
    errors: list[RowError]
    reporter: str = ""
    counterparty: str | None = None
    report_id: str = ""
    report_no: int = 0
    content: bytes = b""
    digest: bytes = b""
    lines: list[tuple[int, str, str]] = []
    claims: list[Claim] = []
    report: Report | None = None
    reporter_no: int = 0
    duplicate_of: int | None = None
    is_reused: bool = False
    target_no: int | None = None
    kind_no: int = 0
    month: str = ""
    model: str = ""
    personal: list[PersonalValue] = []


@dataclass(slots=True)
class BatchOutcome:
    """What came of a batch: counts, and withdrawals that wait for rows still to come."""

    accepted: int = 0
    duplicate: int = 0
    rejected: int = 0
    deferred: list[int] = field(default_factory=list)


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
        is_trial: bool = False,
    ) -> None:
        """Remember what every row of the submission shares; a trial, which is taken back, counts nothing.

        Its transaction may last for minutes, and nobody should wait that long for a count that many share.
        """
        self.connection, self.submission_no = connection, submission_no
        self.is_bulk, self.parties, self.is_trial = is_bulk, parties, is_trial
        self.received_at, self._received = received_at, received_at.isoformat()

    def stage(
        self,
        row: int,
        *,
        where: str,
        where_zh: str,
        raw: dict[str, Any] | None,
        admitted: Admitted,
        personal: list[PersonalValue] | None = None,
    ) -> StagedRow:
        """Return a checked row as it goes into the record; `where` and `where_zh` say to a person which row it is.

        Commitments stand in its report already, for what is kept of its `personal` values.

        All is worked out while the row is at hand, so that the rest of it can be let go: whole rows kept until the end
        of their batch took a fifth longer (measured).
        """
        report = admitted.report
        if report is None:
            return StagedRow(row, where, where_zh, raw, admitted.notices, admitted.errors)
        content = encode_content(report)
        report_no = report_no_of(self.submission_no, row=row)
        is_withdrawal = report.kind.name == "report_withdrawn"
        return StagedRow(
            row,
            where,
            where_zh,
            raw,
            admitted.notices,
            admitted.errors,
            report.reporter,
            find_counterparty(report),
            report.report_id,
            report_no,
            content,
            digest_content(report, content),
            [] if is_withdrawal else self._write_lines(report, file_report(report)),
            _list_claims(report, report_no) if report.kind.components else [],
            report if is_withdrawal else None,
            kind_no=report.kind.number,
            month=report.occurred_on.isoformat()[:7],
            model=report.fields["model"] if report.kind.components and "model" in report.fields else "",
            personal=personal or [],
        )

    def record_batch(self, rows: Sequence[StagedRow], *, is_last: bool) -> BatchOutcome:
        """Record one batch; a withdrawal whose target may still come is deferred unless this is the last batch."""
        outcome = BatchOutcome()
        reports = [one for one in rows if not one.errors]
        numbers = self._number_reporters(reports)
        withdrawals = [one for one in reports if one.report is not None]
        others = [one for one in reports if one.report is None] if withdrawals else reports
        self._claim_ids(others)
        if withdrawals:
            withdrawals = self._settle_withdrawals(withdrawals, is_last=is_last, outcome=outcome)
            self._claim_ids(withdrawals)
        self._write_outcomes(rows, outcome)
        accepted = [one for one in (*others, *withdrawals) if one.duplicate_of is None]
        self._write_timelines(accepted, numbers)
        if not self.is_trial:
            self._count(accepted)
        return outcome

    def file_recorded(self, outcomes: Sequence[dict[str, Any]]) -> int:
        """File accepted rows again as their recorded outcomes say, without repeating admission; returns how many reports."""
        staged = [
            self.stage(
                outcome["row"],
                where="",
                where_zh="",
                raw=None,
                admitted=Admitted(restore_report(outcome["report"]), [], []),
            )
            for outcome in outcomes
            if outcome["outcome"] == "accepted"
        ]
        numbers = self._number_reporters(staged)
        self._claim_ids(list(staged))
        for one in staged:
            if one.report is not None:
                given = {"reporters": [one.reporter_no], "report_ids": [one.report.fields["withdrawn_report_id"]]}
                found = self.connection.execute(SQL.find_reports, given).fetchone()
                one.target_no = found[2] if found else None
        self._write_timelines([one for one in staged if one.target_no or one.report is None], numbers)
        self._count(staged)
        return len(staged)

    def _write_lines(self, report: Report, filed: Iterable[FiledEvent]) -> list[tuple[int, str, str]]:
        """Return the timeline rows of a report as slot, subject and what follows the numbers of report and parties."""
        time_text = report.occurred_time.isoformat() if report.occurred_time is not None else NOTHING
        head = f"{report.occurred_on.isoformat()}\t{time_text}\t{self._received}\t{report.kind.number}\t{report.report_id}\t"
        return [
            (slot_of(event.subject), event.subject, head + escape_json(_encode_body(event.body).decode()))
            for event in filed
        ]

    # -- claiming ids ----------------------------------------------------------------------------------------------

    def _number_reporters(self, reports: Sequence[StagedRow]) -> Mapping[str, int]:
        """Give each report the number of its reporter; returns the numbers of all parties it names."""
        usccs = {one.reporter for one in reports}
        usccs.update([one.counterparty for one in reports if one.counterparty is not None])
        numbers = self.parties.learn(self.connection, usccs)
        for one in reports:
            one.reporter_no = numbers[one.reporter]
        return numbers

    def _claim_ids(self, staged: list[StagedRow]) -> None:
        """Insert the reports in key order, the first row of an id first; tell duplicates and reused ids apart."""
        staged.sort(key=lambda one: (one.reporter_no, one.report_id, one.report_no))
        is_small = len(staged) <= INSERTED_ROWS_MAX
        if not staged or (not is_small and self._copy_reports(staged)):
            return
        given = {
            "reporters": [one.reporter_no for one in staged],
            "report_ids": [one.report_id for one in staged],
            "report_nos": [one.report_no for one in staged],
            "digests": [one.digest for one in staged],
        }
        if self.connection.execute(SQL.insert_reports, given).rowcount == len(staged):
            return
        found = {(row[0], row[1]): (row[2], bytes(row[3])) for row in self.connection.execute(SQL.find_reports, given)}
        for one in staged:
            report_no, digest = found[one.reporter_no, one.report_id]
            if report_no != one.report_no:
                one.duplicate_of = report_no
                one.is_reused = digest != one.digest

    def _copy_reports(self, staged: Sequence[StagedRow]) -> bool:
        """Insert the reports if all their ids are new, which is what most batches bring; tell whether they were."""
        lines = [f"{one.reporter_no}\t{one.report_id}\t{one.report_no}\t\\\\x{one.digest.hex()}\n" for one in staged]
        try:
            with self.connection.transaction(), self.connection.cursor().copy(SQL.copy_reports) as copy:
                copy.write("".join(lines))
        except UniqueViolation:
            return False
        return True

    # -- withdrawals -----------------------------------------------------------------------------------------------

    def _settle_withdrawals(self, staged: list[StagedRow], *, is_last: bool, outcome: BatchOutcome) -> list[StagedRow]:
        """Return the withdrawals to record; one whose target is not recorded waits, or is refused in the last batch."""
        wanted = [
            (one.reporter_no, one.report.fields["withdrawn_report_id"]) for one in staged if one.report is not None
        ]
        given = {"reporters": [key[0] for key in wanted], "report_ids": [key[1] for key in wanted]}
        found = {(row[0], row[1]): row[2] for row in self.connection.execute(SQL.find_reports, given)}
        # Targets of this batch are not written yet, and are no withdrawals.
        targets = read_reports(self.connection, found.values())
        kept = []
        for one, key in zip(staged, wanted, strict=True):
            one.target_no = found.get(key)
            is_withdrawal = one.target_no in targets and targets[one.target_no]["kind"] == "report_withdrawn"
            if one.target_no is None and not is_last:
                outcome.deferred.append(one.row)
            elif one.target_no is None or is_withdrawal:
                one.errors.append(refuse("withdrawn_report_unknown", field="withdrawn_report_id", value=key[1]))
            else:
                kept.append(one)
        return kept

    # -- writing ---------------------------------------------------------------------------------------------------

    def _write_outcomes(self, rows: Sequence[StagedRow], outcome: BatchOutcome) -> None:
        deferred = set(outcome.deferred)
        lines: list[tuple[int, bytes, bool]] = []
        personal: list[PersonalValue] = []
        for one in rows:
            if one.row in deferred:
                continue
            if one.is_reused:
                earlier = describe_place(one.duplicate_of or 0)
                one.errors.append(refuse("report_id_reused", field="report_id", value=one.report_id, earlier=earlier))
            if one.errors:
                outcome.rejected += 1
                line = rejected_line(one.row, where=one.where, where_zh=one.where_zh, raw=one.raw, errors=one.errors)
                lines.append((one.row, line, True))
            elif one.duplicate_of is not None:
                outcome.duplicate += 1
                line = duplicate_line(one.row, report_id=one.report_id, duplicate_of=one.duplicate_of)
                lines.append((one.row, line, False))
            else:
                outcome.accepted += 1
                line = accepted_line(one.row, content=one.content, notices=one.notices)
                lines.append((one.row, line, bool(one.notices)))
                personal += one.personal
        write_outcomes(self.connection, self.submission_no, lines)
        write_values(self.connection, personal)

    def _write_timelines(self, accepted: Sequence[StagedRow], numbers: Mapping[str, int]) -> None:
        if withdrawals := [one for one in accepted if one.report is not None]:
            self._file_withdrawals(withdrawals)
        lines: list[tuple[int, str, str]] = []
        claims: list[Claim] = []
        pending: dict[str, int] = {}
        for one in accepted:
            party = numbers[one.counterparty] if one.counterparty is not None else NOTHING
            middle = f"{one.report_no}\t{one.reporter_no}\t{party}\t"
            for slot, subject, rest in one.lines:
                pending[subject] = slot
                lines.append((slot, subject, middle + rest))
            if one.claims:
                claims += one.claims
        self._copy_timeline(lines)
        self._write_claims(claims)
        self._delay(pending)

    def _count(self, accepted: Sequence[StagedRow]) -> None:
        add_party_months(self.connection, _list_months(accepted))
        counts = Counter((one.reporter_no, one.kind_no) for one in accepted)
        add_report_counts(self.connection, counts, submission_no=self.submission_no, received_at=self.received_at)

    def _copy_timeline(self, lines: list[tuple[int, str, str]]) -> None:
        if not lines:
            return
        lines.sort()
        with self.connection.cursor().copy(SQL.copy_timeline) as copy:
            for start in range(0, len(lines), 2000):
                part = lines[start : start + 2000]
                copy.write("".join([f"{slot}\t{escape_subject(subject)}\t{rest}\n" for slot, subject, rest in part]))

    def _delay(self, pending: dict[str, int]) -> None:
        """Make the subjects pending: a small submission before any bulk, vehicles of a bulk before their packs."""
        rows: dict[tuple[int, int], list[str]] = {}
        for subject, slot in pending.items():
            lane = (LANE_VEHICLE if len(subject) == VIN_LENGTH else LANE_BULK) if self.is_bulk else LANE_SMALL
            rows.setdefault((slot, lane), []).append(subject)
        waiting = Waiting()
        for (slot, lane), subjects in rows.items():
            waiting.add(subjects, slot=slot, lane=lane, causes=(self.submission_no,))
        waiting.write(self.connection)

    def _write_claims(self, claims: list[Claim]) -> None:
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

    def _file_withdrawals(self, withdrawals: Sequence[StagedRow]) -> None:
        """Put each withdrawal under all subjects of its target, and end the target's claims."""
        targets = read_reports(self.connection, [one.target_no for one in withdrawals if one.target_no is not None])
        ended: set[tuple[str, int, date]] = set()
        lists: set[tuple[int, str, int, str]] = set()
        for one in withdrawals:
            assert one.report is not None
            assert one.target_no is not None
            target = restore_report(targets[one.target_no])
            body = {"as": "withdrawal", "withdraws": target.report_id}
            one.lines = self._write_lines(
                one.report, [FiledEvent(event.subject, body) for event in file_report(target)]
            )
            for slot, component, parent, report_no, _ in _list_claims(target, one.target_no):
                ended.add((parent, report_no, one.report.occurred_on))
                lists.add((slot, component_prefix(component), report_no, parent))
        if ended:
            ordered = sorted(ended)
            given = {
                "parents": [e[0] for e in ordered],
                "report_nos": [e[1] for e in ordered],
                "days": [e[2] for e in ordered],
            }
            self.connection.execute(SQL.withdraw_claims, given)
            self._delay_components(lists)


def _list_claims(report: Report, report_no: int) -> list[Claim]:
    return [
        (component_slot_of(component), component, parent, report_no, report.occurred_on)
        for parent, component in list_components(report)
    ]


def _list_months(accepted: Iterable[StagedRow]) -> set[tuple[int, str, str]]:
    """Return in which months reporters say that something occurred, and that batteries of a model were born."""
    told = [one for one in accepted if one.kind_no not in SILENT_NUMBERS]
    return {(one.reporter_no, "", one.month) for one in told} | {
        (one.reporter_no, one.model, one.month) for one in told if one.model
    }


def describe_place(report_no: int) -> str:
    """Return where a report stands, in words: its submission and row."""
    submission_no, row = place_of(report_no)
    return f"s-{submission_no:012d} row {row}"
