"""What never leaves with an export: owners, sentences, and what no timeline holds."""

import polars as pl
from database_world import DatabaseWorld
from story import SOLD_LIFE, USCC_OF

from suyuan.analysis.export_tables import REPORT, is_left_out
from suyuan.app.export_parquet import export_parquet
from suyuan.core.catalogue import COMMON_FIELDS, KINDS
from suyuan.store.outcomes import read_outcomes


def test_owners_and_sentences_never_leave(database_url, tmp_path):
    world = DatabaseWorld(database_url)
    world.submit_each(SOLD_LIFE)
    secrets = {"owner_name": "李四海", "note": "电话 13800000000"}
    scrapped = {
        "kind": "vehicle_scrapped",
        "vin": "{vin:1}",
        "battery_codes_found": ["{pack:1}"],
        "occurred_at": "2026-06-01",
    }
    declared = {"kind": "uncoded_battery_declared", "temporary_code": f"TMP-{USCC_OF['CO1']}-1", "mass_g": 300_000,
                "explanation": "王五家中拾得", "label_text": "王五", "note": "王五", "occurred_at": "2026-06-01"}  # fmt: skip
    for who, report in (("VD1", scrapped | secrets), ("CO1", declared)):
        answer = world.submit(who, report)
        assert answer["accepted"] == 1, answer["rows"]
    export_parquet(world.context, tmp_path / "export")
    texts = [text for path in sorted((tmp_path / "export").rglob("*.parquet")) for text in list_texts(path)]
    assert any(len(text) == 17 for text in texts)  # the control: the vehicle itself is there
    for secret in ("李四海", "13800000000", "王五", "personal", "owner_name"):
        assert not any(secret in text for text in texts), secret
    kept = {one["report"].get("owner_name") for no in (4, 5) for one in read_outcomes(world.connection, no)} - {None}
    assert kept
    assert not kept & set(texts)


def list_texts(path):
    frame = pl.read_parquet(path, hive_partitioning=False)
    for column in frame.iter_columns():
        texts = column.explode() if column.dtype == pl.List(pl.String) else column
        if texts.dtype == pl.String:
            yield from texts.drop_nulls()


def test_no_timeline_holds_what_never_leaves():
    """Findings, states and duties are made of what timelines hold, so none of it can come out with them."""
    left_out = {field.name for kind in KINDS for field in (*kind.fields, *COMMON_FIELDS) if is_left_out(field)}
    assert {"owner_name", "note", "explanation", "label_text", "reason"} <= left_out
    held = {(kind.name, name) for kind in KINDS for filing in kind.filings for name in filing.body}
    leaving = {
        (kind.name, field.name) for kind in KINDS for field in (*kind.fields, *COMMON_FIELDS) if is_left_out(field)
    }
    assert held
    assert held & leaving == set()
    assert not {column.name for column in REPORT.columns} & (left_out - {"reason"})
