"""Export: what the platform holds as Parquet, from one snapshot, with data dictionary, manifest, digests and totals.

Everything is streamed: the size of the database does not matter to the memory of this process. The totals in the manifest are
the platform's own; the files are counted again before the folder takes its name.
"""

from collections.abc import Iterator
from datetime import date
from importlib.metadata import version
from itertools import starmap
from pathlib import Path
from typing import Any

from suyuan.analysis import export_rows as rows
from suyuan.analysis import export_tables as tables
from suyuan.analysis.dictionary import write_json, write_markdown
from suyuan.analysis.export_manifest import FORMAT, FORMAT_VERSION, FileEntry, Manifest, write_manifest
from suyuan.analysis.export_totals import Totals, count_totals, differing_totals
from suyuan.analysis.extra import need_library
from suyuan.analysis.parquet import Record, Table, WrittenFile, describe_file, write_table
from suyuan.app.context import Context, Progress, UseCaseError, no_progress
from suyuan.app.coverage import read_coverage
from suyuan.app.describe import describe_finding, describe_rules
from suyuan.app.export_folder import build_folder
from suyuan.app.judge import count_pending, verdict_version
from suyuan.core.report import utc_text
from suyuan.store import export as store
from suyuan.store.registry import read_swept_day
from suyuan.store.slot import report_no_of
from suyuan.store.submission import submission_name
from suyuan.store.sums import read_tallies

PROGRESS_ROWS = 1_000
Part = tuple[Table, str | None, Iterator[Record]]
"""A table, the month of it, and its records, not yet read."""


def export_parquet(
    context: Context,
    folder: Path,
    *,
    month_from: str | None = None,
    month_until: str | None = None,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Write an export into a folder that is empty or not there yet, and return what was written.

    Months ("2026-05") bound what is split by month, both included; states, findings, duties and counts are those of now.
    Raises UseCaseError where the folder is taken or the files do not add up, MissingLibraryError without polars.
    """
    need_library("polars")
    with build_folder(folder) as partial:
        with store.open_snapshot(context.connection):
            as_of = utc_text(context.clock())
            months = Months(month_from, month_until)
            counter = Counter(progress)
            files = [
                file
                for table, month, records in _list_parts(context, months)
                for file in write_table(partial, table, counter.count(records), month=month)
            ]
            totals = read_totals(context, months)
            swept = read_swept_day(context.connection)
            facts: dict[str, Any] = {
                "verdict_version": verdict_version(context),
                "swept_day": swept.isoformat() if swept else None,
                "pending": count_pending(context),
                "checkpoint": store.read_last_checkpoint(context.connection),
            }
        _refuse_difference(partial, totals)
        row_counts = _count_rows(files)
        files += _write_dictionary(partial)
        entries = [FileEntry(one.name, one.rows, one.byte_count, one.sha256) for one in files]
        manifest = Manifest(
            format=FORMAT,
            format_version=FORMAT_VERSION,
            program_version=version("suyuan"),
            as_of=as_of,
            month_from=month_from,
            month_until=month_until,
            rows=row_counts,
            totals=totals,
            files=sorted(entries, key=lambda one: one.name),
            **facts,
        )
        written = write_manifest(partial, manifest)
    return {
        "folder": str(folder),
        "as_of": as_of,
        "files": len(files) + 1,
        "bytes": sum(one.byte_count for one in (*files, written)),
        "rows": row_counts,
        "pending": facts["pending"],
        "manifest_sha256": written.sha256,
    }


class Months:
    """Which months of the tables split by month are asked for."""

    def __init__(self, first: str | None, last: str | None) -> None:
        """Keep both ends, which count; None for no end."""
        self.first, self.last = first or "", last or "9999-12"

    def choose(self, months: list[str]) -> list[str]:
        """Return those of some months that are asked for."""
        return [month for month in months if month in self]

    def __contains__(self, month: str) -> bool:
        """Tell whether a month is asked for."""
        return self.first <= month <= self.last


class Counter:
    """Tells how many rows have gone by, of all tables together."""

    def __init__(self, progress: Progress) -> None:
        """Begin with none."""
        self.progress, self.rows = progress, 0

    def count(self, records: Iterator[Record]) -> Iterator[Record]:
        """Yield the records."""
        for record in records:
            self.rows += 1
            if self.rows % PROGRESS_ROWS == 0:
                self.progress(self.rows)
            yield record


def _list_parts(context: Context, months: Months) -> Iterator[Part]:
    """Yield every table, or month of one, that is to be written; a part is read before the next one is asked for."""
    connection = context.connection
    for month in months.choose(store.list_report_months(connection)):
        yield tables.REPORT, month, map(_report, store.stream_reports(connection, month=month))
    yield tables.BATTERY, None, starmap(rows.battery_record, store.stream_states(connection, "battery"))
    yield tables.VEHICLE, None, starmap(rows.vehicle_record, store.stream_states(connection, "vehicle"))
    yield tables.LOT, None, starmap(rows.lot_record, store.stream_states(connection, "lot"))
    rulebook = context.rulebook
    found = (
        rows.finding_record(one, describe_finding(one, rulebook=rulebook)) for one in store.stream_findings(connection)
    )
    yield tables.FINDING, None, found
    yield tables.DUTY, None, map(rows.duty_record, store.stream_duties(connection))
    for month in months.choose(store.list_flow_months(connection)):
        yield tables.ACCOUNT_FLOW, month, map(rows.flow_record, store.stream_flows(connection, month=month))
    yield tables.TALLY, None, map(rows.tally_record, store.stream_tallies(connection))
    registry = context.read_registry()
    entries = (entry for uscc in registry.usccs for entry in registry.entries_of(uscc))
    yield tables.PARTICIPANT, None, map(rows.participant_record, entries)
    yield tables.RULE, None, map(rows.rule_record, describe_rules(rulebook))


def _report(recorded: store.RecordedReport) -> Record:
    return rows.report_record(
        recorded.fields,
        report_no=report_no_of(recorded.submission_no, row=recorded.row),
        submission=submission_name(recorded.submission_no),
        row=recorded.row,
        received_at=recorded.received_at,
    )


def read_totals(context: Context, months: Months) -> Totals:
    """Return the platform's own sums of what is asked for, from tallies, accounts and counts, never from the rows written."""
    connection = context.connection
    totals: Totals = {name: {} for name in ("reports_by_kind", "grams_by_item_and_flow", "counts_by_name")}
    for (month, kind), count in store.count_reports(connection).items():
        if month in months:
            _add(totals["reports_by_kind"], kind, count)
    for (month, item, flow), grams in store.sum_flows(connection).items():
        if month in months:
            _add(totals["grams_by_item_and_flow"], f"{item}/{flow}", grams)
    by_status: dict[str, dict[str, int]] = {"batteries": {}, "vehicle": {}, "lot": {}}
    for tally, count in ((one.tally, one.count) for one in read_tallies(connection)):
        _add(totals["counts_by_name"], tally.name, count)
        if tally.name == "subject":
            is_battery = tally.kind not in by_status
            counts = by_status["batteries" if is_battery else tally.kind]
            _add(counts, f"{tally.kind}/{tally.status}" if is_battery else tally.status, count)
    covered = read_coverage(context, by="division")["total"]
    registry = context.read_registry()
    duties = store.count_duties(connection)
    return {
        **totals,
        "batteries_by_level_and_status": by_status["batteries"],
        "vehicles_by_status": by_status["vehicle"],
        "lots_by_status": by_status["lot"],
        "packs_by_chain": {"live": covered["live"], "whole": covered["whole"]},
        "findings_by_rule_and_weight": {
            "/".join(key): count for key, count in store.count_findings(connection).items()
        },
        "duties": duties,
        "participants": {"entries": sum(len(registry.entries_of(uscc)) for uscc in registry.usccs)},
    }


def _add(counts: dict[str, int], key: str, amount: int) -> None:
    counts[key] = counts.get(key, 0) + amount


def _refuse_difference(folder: Path, totals: Totals) -> None:
    """Raise UseCaseError where the files do not add up to the platform's sums: one of the two is wrong."""
    differing = differing_totals(count_totals(folder), told=totals)
    if differing:
        what, told, counted = differing[0]
        raise UseCaseError(
            f"The files do not add up to the platform's own sums in {len(differing)} places; first: {what}: the platform says {told}, "
            f'the files hold {counted}. Nothing was exported. Run "suyuan audit".',
            message_zh=f"导出文件与平台合计有 {len(differing)} 处不符，首处为 {what}：平台 {told}，文件 {counted}。未导出。"
            "请运行 suyuan audit。",
        )


def _write_dictionary(folder: Path) -> list[WrittenFile]:
    (folder / "dictionary.md").write_text(write_markdown(), encoding="utf-8")
    (folder / "dictionary.json").write_bytes(write_json())
    return [describe_file(folder, name) for name in ("dictionary.json", "dictionary.md")]


def _count_rows(files: list[WrittenFile]) -> dict[str, int]:
    """Return the rows of each table."""
    counts = {table.name: 0 for table in tables.TABLES}
    for file in files:
        name = file.name.partition("/")[0].removeprefix("table=")
        counts[name] += file.rows or 0
    return counts


def parse_month(text: str) -> str | None:
    """Return a month like "2026-05", None for what is none."""
    try:
        day = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return f"{day:%Y-%m}" if len(text) == len("2026-05") else None
