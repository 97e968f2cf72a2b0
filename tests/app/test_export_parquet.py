"""An export as Parquet: what it holds is what the platform holds, whole or not at all, the same bytes for the same database."""

import fcntl
import filecmp
import os
from collections import Counter
from datetime import UTC, date, datetime

import msgspec
import polars as pl
import pytest
from database_world import NOW, DatabaseWorld
from story import SOLD_LIFE

from suyuan.analysis.export_manifest import MANIFEST, NoExportError, read_manifest, verify_export
from suyuan.analysis.export_tables import REPORT, TABLES, is_left_out
from suyuan.analysis.export_totals import count_totals, differing_totals
from suyuan.analysis.extra import MissingLibraryError, need_library
from suyuan.analysis.parquet import Column, ColumnType, Table, encode_json, write_table
from suyuan.app.accounts import read_accounts
from suyuan.app.context import Context, UseCaseError
from suyuan.app.coverage import read_coverage
from suyuan.app.describe import describe_subject
from suyuan.app.export_parquet import Months, export_parquet, parse_month, read_totals
from suyuan.app.lists import list_duties, list_findings
from suyuan.core.catalogue import COMMON_FIELDS, KINDS
from suyuan.core.identifiers import subject_family
from suyuan.store.database import connect
from suyuan.store.export import SHAPES, stream_states
from suyuan.store.outcomes import read_outcomes
from suyuan.store.sums import read_report_counts, read_tallies

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def context(samples_url):
    with connect(samples_url, autocommit=True) as connection:
        yield Context(connection, lambda: NOON)


@pytest.fixture(scope="module")
def folder(samples_url, tmp_path_factory):
    """An export of the samples; tests that spoil it take a copy."""
    place = tmp_path_factory.mktemp("export") / "samples"
    with connect(samples_url, autocommit=True) as connection:
        export_parquet(Context(connection, lambda: NOON), place)
    return place


@pytest.fixture
def copy(folder, tmp_path):
    place = tmp_path / "copy"
    for path in folder.rglob("*"):
        if path.is_file():
            target = place / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return place


def read(folder, table):
    return pl.read_parquet(folder / f"table={table}" / "**" / "*.parquet", hive_partitioning=False)


def tables_of(folder):
    return sorted(path for path in folder.rglob("*.parquet"))


# -- the same sums -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("by", "column"), [("division", "place"), ("producer", "responsible_producer")])
def test_packs_by_chain_are_those_of_coverage(context, folder, by, column):
    packs = read(folder, "battery").filter(pl.col("chain_whole").is_not_null())
    counted = packs.group_by(column).agg(live=pl.len(), whole=pl.col("chain_whole").sum())
    told = {row[by]: (row["live"], row["whole"]) for row in read_coverage(context, by=by)["coverage"]}
    assert {key: (live, whole) for key, live, whole in counted.rows()} == told
    assert len(told) > 3


def test_flows_are_those_of_the_accounts(context, folder):
    flows = read(folder, "account_flow").with_columns(
        year=pl.col("day").dt.year(), month=pl.col("day").dt.strftime("%Y-%m")
    )
    by_count = set(flows.filter(pl.col("flow") == "count")["uscc"])  # a count of stock is settled on reading
    compared = 0
    for uscc, year in sorted(set(flows.select("uscc", "year").rows())):
        if uscc in by_count:
            continue
        own = flows.filter((pl.col("uscc") == uscc) & (pl.col("year") == year))
        sums = own.group_by("month", "item", "flow").agg(pl.col("grams").sum())
        account = read_accounts(context, uscc, year=year)
        told = {
            (month["month"], item["item"], flow["flow"], flow["grams"])
            for month in account["months"]
            for item in month["items"]
            for flow in (*item["flows"], *item["beside"])
        }
        assert set(sums.rows()) == told
        compared += len(told)
    assert compared > 100


def test_stock_by_direction_is_the_closing_stock_of_the_account(context, folder):
    flows = read(folder, "account_flow").filter(pl.col("day") < date(2026, 11, 1))
    by_count = set(flows.filter(pl.col("flow") == "count")["uscc"])
    stock = flows.group_by("uscc", "item").agg((pl.col("grams") * pl.col("direction")).sum())
    held = [(uscc, item, grams) for uscc, item, grams in stock.rows() if grams and uscc not in by_count]
    for uscc, item, grams in held:
        (month,) = read_accounts(context, uscc, month="2026-10")["months"]
        assert {one["item"]: one["closing_g"] for one in month["items"]}[item] == grams
    assert len(held) > 10


def test_findings_are_those_of_the_list(context, folder):
    names = ("rule", "weight", "party", "reporter", "report_id", "competent_line", "source")
    rows = read(folder, "finding").select(*names, "is_verified", "evidence", "subject")
    told = [
        (*(one[name] for name in names), one["verified"], encode_json(one["evidence"]), one["subject"])
        for one in list_findings(context)
    ]
    named = [(*row, describe_subject(subject)) for *row, subject in rows.rows()]
    assert sorted(map(repr, named)) == sorted(map(repr, told))
    assert len(told) > 50


def test_duties_are_those_of_the_list(context, folder):
    names = ("kind", "party", "opener", "opened_by", "rule", "closed_by", "unit")
    told = Counter(tuple(one[name] for name in names) for one in list_duties(context))
    assert Counter(read(folder, "duty").select(names).rows()) == told


def test_counts_are_the_tallies(context, folder):
    rows = read(folder, "tally").select("name", "place", "party", "kind", "status", "month", "count").rows()
    assert sorted(rows) == [
        (*msgspec.structs.astuple(one.tally), one.count) for one in read_tallies(context.connection)
    ]


def test_reports_are_as_many_as_the_recorder_counted(context, folder):
    counted = Counter()
    for path in (folder / "table=report").iterdir():
        month = path.name.removeprefix("month=")
        frame = pl.read_parquet(path / "*.parquet", hive_partitioning=False)
        counted.update((reporter, kind, month) for reporter, kind in frame.select("reporter", "kind").rows())
    told = {
        (uscc, one.kind, one.month): one.count
        for uscc in context.read_registry().usccs
        for one in read_report_counts(context.connection, uscc=uscc)
    }
    assert dict(counted) == told


def test_a_file_that_lacks_a_row_no_longer_adds_up(context, copy):
    totals = read_totals(context, Months(None, None))
    assert differing_totals(count_totals(copy), told=totals) == []
    for table, what in (
        ("battery", "batteries_by_level_and_status"),
        ("vehicle", "vehicles_by_status"),
        ("lot", "lots_by_status"),
        ("finding", "findings_by_rule_and_weight"),
        ("duty", "duties"),
        ("tally", "counts_by_name"),
        ("participant", "participants"),
    ):
        path = copy / f"table={table}" / "part-0.parquet"
        pl.read_parquet(path, hive_partitioning=False).slice(1).write_parquet(path)
        assert what in " ".join(one[0] for one in differing_totals(count_totals(copy), told=totals))


# -- the same rows -----------------------------------------------------------------------------------------------------


def test_every_recorded_field_stands_in_its_column(context, folder):
    rows = {row["report_no"]: row for row in read(folder, "report").iter_rows(named=True)}
    defaults = {
        kind.name: {field.name: field.default for field in kind.fields if field.default is not None} for kind in KINDS
    }
    left_out = {
        kind.name: {field.name for field in (*kind.fields, *COMMON_FIELDS) if is_left_out(field)} for kind in KINDS
    }
    seen = set()
    for (submission_no,) in context.connection.execute("SELECT submission_no FROM submission").fetchall():
        for outcome in read_outcomes(context.connection, submission_no):
            if outcome["outcome"] != "accepted":
                continue
            row = rows.pop(submission_no * 2**31 + outcome["row"])
            fields = defaults[outcome["report"]["kind"]] | outcome["report"]
            kind, told = fields["kind"], fields.pop("occurred_at")
            assert row["occurred_at" if "T" in told else "occurred_on"] == read_value(told)
            for name in REPORT.columns[11:]:
                due = None if name.name in left_out[kind] else fields.get(name.name)
                assert row[name.name] == (due if isinstance(due, bool | int | None) else column_value(name, due))
                seen.add((kind, name.name)) if due is not None else None
    assert rows == {}
    assert len(seen) > 80


def read_value(text):
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def column_value(column, value):
    if column.type in (ColumnType.DATE, ColumnType.MOMENT):
        return read_value(value)
    return encode_json(value) if column.type == ColumnType.JSON else value


def test_subjects_of_reports_are_those_of_the_timelines(context, folder):
    frame = read(folder, "report").filter(pl.col("kind") != "report_withdrawn")
    told = set(frame.select("report_no", "subjects").explode("subjects").rows())
    withdrawals = set(read(folder, "report").filter(pl.col("kind") == "report_withdrawn")["report_no"])
    stands = context.connection.execute("SELECT report_no, subject FROM timeline").fetchall()
    assert withdrawals
    assert told == {tuple(row) for row in stands if row[0] not in withdrawals}


def test_each_subject_is_exported_with_its_own_family(context):
    subjects = [subject for (subject,) in context.connection.execute("SELECT subject FROM subject_state").fetchall()]
    for family in SHAPES:
        exported = {subject for subject, _, _ in stream_states_of(context, family)}
        assert exported == {subject for subject in subjects if subject_family(subject) == family}
        assert exported


def stream_states_of(context, family):
    with context.connection.transaction():
        yield from stream_states(context.connection, family)


@pytest.mark.parametrize(
    "subject",
    [
        "LOT-91350902MA2X1A0015-1",  # 24 characters, as a battery code has
        "TMP-91350902MA2X1A0015-1",
        "04FPE03EQBA5918B61100019",
        "LCFEV1A52S1000128",
        "91350902MA2X1A0015:M1",
        "report:91350902MA2X1A0015:1",
        "lot:91350902MA2X1A0015:1",
    ],
)
def test_the_shapes_of_names_tell_families_as_the_program_does(connection, subject):
    found = [
        family
        for family, shape in SHAPES.items()
        if connection.execute("SELECT %s::text ~ %s", [subject, shape]).fetchone()[0]
    ]
    assert found == [family for family in SHAPES if subject_family(subject) == family]


# -- the same bytes ----------------------------------------------------------------------------------------------------


def test_the_same_database_gives_the_same_bytes(context, folder, tmp_path):
    export_parquet(context, tmp_path / "again")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert filecmp.cmpfiles(folder, tmp_path / "again", names, shallow=False) == (names, [], [])
    assert len(names) > 30


def test_where_rows_lie_in_the_database_changes_no_byte(database_url, tmp_path):
    world = DatabaseWorld(database_url)
    world.submit_each(SOLD_LIFE)
    world.submit(
        "VD1", {"kind": "battery_received", "battery_code": "{pack:2}", "from_owner": True, "occurred_at": "2026-06-01"}
    )
    export_parquet(world.context, tmp_path / "before")
    for table in ("subject_state", "duty", "finding", "account_flow", "tally", "submission", "row_outcome"):
        assert world.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table
        world.connection.execute(f"CREATE TEMPORARY TABLE moved AS SELECT * FROM {table} ORDER BY random()")
        world.connection.execute(f"DELETE FROM {table}")
        overriding = "OVERRIDING SYSTEM VALUE" if table == "submission" else ""
        world.connection.execute(f"INSERT INTO {table} {overriding} SELECT * FROM moved")
        world.connection.execute("DROP TABLE moved")
    export_parquet(world.context, tmp_path / "after")
    assert (tmp_path / "before" / MANIFEST).read_bytes() == (tmp_path / "after" / MANIFEST).read_bytes()


# -- whole or not at all -----------------------------------------------------------------------------------------------


class BrokenOffError(Exception):
    """What a test throws into a running export."""


def test_a_run_that_breaks_off_leaves_nothing_behind(context, tmp_path):
    def break_off(_rows):
        raise BrokenOffError

    with pytest.raises(BrokenOffError):
        export_parquet(context, tmp_path / "export", progress=break_off)
    assert list(tmp_path.iterdir()) == []
    assert export_parquet(context, tmp_path / "export")["rows"]["report"] > 1_000


def test_what_a_killed_run_left_does_not_get_into_the_next(context, tmp_path):
    left = tmp_path / ".export.partial" / "table=report"
    left.mkdir(parents=True)
    (left / "part-0.parquet").write_text("cut off")
    (tmp_path / ".export.partial" / "half").write_text("cut off")
    export_parquet(context, tmp_path / "export")
    assert verify_export(tmp_path / "export").differences == []
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_two_exports_to_one_place_do_not_mix(context, tmp_path):
    partial = tmp_path / ".export.partial"
    partial.mkdir()
    other = os.open(partial, os.O_RDONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    with pytest.raises(UseCaseError, match="Another export"):
        export_parquet(context, tmp_path / "export")
    os.close(other)
    export_parquet(context, tmp_path / "export")


def test_what_is_in_the_way_is_never_overwritten(context, folder, tmp_path):
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(UseCaseError, match="never overwritten"):
        export_parquet(context, folder)
    assert (folder / MANIFEST).read_bytes() == before
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "letter.txt").write_text("mine")
    with pytest.raises(UseCaseError, match="something else"):
        export_parquet(context, tmp_path / "other")
    with pytest.raises(UseCaseError, match="file or a link"):
        export_parquet(context, tmp_path / "other" / "letter.txt")
    (tmp_path / "other" / "letter.txt").unlink()
    export_parquet(context, tmp_path / "other")  # an empty folder is nobody's


def test_what_comes_in_meanwhile_is_not_in_the_export(database_url, tmp_path):
    world = DatabaseWorld(database_url)
    born = {"kind": "battery_produced", "occurred_at": "2026-05-01"}
    births = [{**born, "battery_code": f"{{pack:{number}}}"} for number in range(1, 1_201)]
    world.submit("BP1", *births)
    came = []

    def submit_another(_rows):
        if not came:
            late = {**born, "report_id": "late", "battery_code": "{pack:5000}"}
            came.append(world.submit("BP1", late, context=world.open_context()))

    written = export_parquet(world.context, tmp_path / "export", progress=submit_another)
    assert came[0]["accepted"] == 1
    assert (written["rows"]["report"], written["rows"]["battery"]) == (1_200, 1_200)
    assert export_parquet(world.context, tmp_path / "later")["rows"]["report"] == 1_201


# -- the check ---------------------------------------------------------------------------------------------------------


def test_one_flipped_byte_of_any_file_is_named(copy):
    assert verify_export(copy).differences == []
    for entry in read_manifest(copy)[0].files:
        path = copy / entry.name
        body = path.read_bytes()
        spot = len(body) // 2
        path.write_bytes(body[:spot] + bytes([body[spot] ^ 1]) + body[spot + 1 :])
        (difference,) = verify_export(copy).differences
        assert (difference.what, entry.name in difference.message, "已改动" in difference.message_zh) == (
            entry.name,
            True,
            True,
        )
        path.write_bytes(body)
    assert verify_export(copy).differences == []


def test_a_file_too_few_and_one_too_many_are_named(copy):
    (copy / "dictionary.md").unlink()
    (copy / "table=report" / "month=2026-02" / "part-7.parquet").write_text("surplus")
    told = {one.what: one.message for one in verify_export(copy).differences}
    assert told.keys() == {"dictionary.md", "table=report/month=2026-02/part-7.parquet"}
    assert "missing" in told["dictionary.md"]


def test_rows_and_totals_of_a_forged_manifest_are_named(copy):
    manifest = msgspec.json.decode((copy / MANIFEST).read_bytes())
    entry = next(one for one in manifest["files"] if "table=battery" in one["name"])
    entry["rows"] += 1
    (copy / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    assert [one.what for one in verify_export(copy).differences] == [entry["name"]]
    entry["rows"] -= 1
    manifest["totals"]["duties"]["open"] += 1
    (copy / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    assert [one.what for one in verify_export(copy).differences] == ["duties: open"]


def test_a_name_that_leads_out_of_the_folder_is_not_followed(copy, tmp_path):
    (tmp_path / "outside").write_text("mine")
    manifest = msgspec.json.decode((copy / MANIFEST).read_bytes())
    manifest["files"].append({"name": "../outside", "rows": None, "bytes": 4, "sha256": "0"})
    (copy / MANIFEST).write_bytes(msgspec.json.encode(manifest))
    assert [one.what for one in verify_export(copy).differences] == ["../outside"]


@pytest.mark.parametrize("body", [None, b"", b"{}", b'{"format": "other"}', b"\xff"])
def test_a_folder_without_a_manifest_is_no_export(tmp_path, body):
    if body is not None:
        (tmp_path / MANIFEST).write_bytes(body)
    with pytest.raises(NoExportError):
        verify_export(tmp_path)


# -- months, parts, empty tables ---------------------------------------------------------------------------------------


def test_months_bound_what_is_split_by_month(context, folder, tmp_path):
    export_parquet(context, tmp_path / "some", month_from="2026-02", month_until="2026-03")
    for table in ("report", "account_flow"):
        months = {path.name for path in (tmp_path / "some" / f"table={table}").iterdir()}
        whole = {path.name for path in (folder / f"table={table}").iterdir()}
        assert months == whole & {"month=2026-02", "month=2026-03"}
        assert months < whole
    assert read(tmp_path / "some", "battery").equals(read(folder, "battery"))
    assert verify_export(tmp_path / "some").differences == []


@pytest.mark.parametrize(
    ("text", "month"), [("2026-05", "2026-05"), ("2026-5", None), ("2026-13", None), ("20260", None), ("", None)]
)
def test_a_month_is_four_and_two_digits(text, month):
    assert parse_month(text) == month


def test_an_empty_database_has_empty_tables(database_url, tmp_path):
    with connect(database_url, autocommit=True) as connection:
        written = export_parquet(Context(connection, lambda: NOW), tmp_path / "export")
    assert {name for name, rows in written["rows"].items() if rows} == {"rule"}
    assert verify_export(tmp_path / "export").differences == []
    assert read(tmp_path / "export", "battery").columns == [column.name for column in TABLES[1].columns]


def test_a_long_table_is_cut_into_parts(tmp_path):
    table = Table("long", "长", "long", (Column("number", ColumnType.INTEGER, "号", "number", "here"),))
    records = ({"number": number} for number in range(20_000))
    files = list(write_table(tmp_path, table, records, part_batches=2))
    assert [(one.name, one.rows) for one in files] == [
        ("table=long/part-0.parquet", 8_192),
        ("table=long/part-1.parquet", 8_192),
        ("table=long/part-2.parquet", 3_616),
    ]
    assert read(tmp_path, "long")["number"].to_list() == list(range(20_000))


def test_a_value_that_does_not_fit_its_column_is_not_written(tmp_path):
    table = Table("bad", "坏", "bad", (Column("number", ColumnType.INTEGER, "号", "number", "here"),))
    with pytest.raises(TypeError):
        list(write_table(tmp_path, table, [{"number": "seven"}]))


def test_a_missing_library_is_told_in_words():
    need_library("polars")
    with pytest.raises(MissingLibraryError) as caught:
        need_library("no_such_library")
    assert 'pip install "suyuan[analysis]"' in caught.value.message
    assert 'pip install "suyuan[analysis]"' in caught.value.message_zh
