"""The check of the published table: every row of every output table, and nothing that differs goes by."""

import csv
import shutil

import pytest
from published_folder import SHARED, write, write_folder

from suyuan.app.context import UseCaseError
from suyuan.app.published_table import check_published_table

needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the published table lies in ../shared, which is not here"
)


def read(folder, name):
    with (folder / f"repro_table_{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("decimals", [2, 9])
def test_national_rows_and_rows_by_type_are_reproduced_however_finely_they_are_printed(tmp_path, decimals):
    national, typed = write_folder(tmp_path, decimals=decimals)
    found = check_published_table(tmp_path)
    assert found["agrees"]
    assert {one["table"]: one["rows_within"] for one in found["tables"]} == {
        "repro_table_output_national.csv": len(national),
        "repro_table_output_by_type.csv": len(typed),
    }
    computed = {
        (row["fleet"], row["battery_type"], str(row["year"])): row["retired_kt"] for row in found["computed_by_type"]
    }
    for row in typed:
        assert computed[row["fleet"], row["battery_type"], str(row["year"])] == pytest.approx(
            float(row["retired_kt"]), abs=1e-3
        )


@pytest.mark.parametrize("name", ["output_national", "output_by_type"])
@pytest.mark.parametrize("amount", ["retired_count", "retired_kt", "retired_gwh"])
def test_any_altered_value_of_any_table_is_found(tmp_path, name, amount):
    write_folder(tmp_path, decimals=9)
    rows = read(tmp_path, name)
    altered = next(row for row in rows if row["year"] == "2026")
    altered[amount] = f"{float(altered[amount]) * (1 + 1e-5):.9f}"
    write(tmp_path, name, rows)
    found = check_published_table(tmp_path)
    assert not found["agrees"]
    (differing,) = [one for table in found["tables"] for one in table["differing"]]
    assert (differing["fleet"], differing["year"], differing["amount"]) == (altered["fleet"], 2026, amount)


def test_an_altered_input_is_found(tmp_path):
    write_folder(tmp_path)
    rows = read(tmp_path, "input_batteries")
    rows[0]["weibull_scale_years"] = "9.51"
    write(tmp_path, "input_batteries", rows)
    assert not check_published_table(tmp_path)["agrees"]


def test_a_row_of_a_type_that_the_inputs_do_not_hold_differs(tmp_path):
    _, typed = write_folder(tmp_path)
    write(tmp_path, "output_by_type", [*typed, {**typed[-1], "battery_type": "BCEV_NCA"}])
    assert not check_published_table(tmp_path)["agrees"]


def test_a_sum_may_have_been_printed_from_rounded_types(tmp_path):
    write_folder(tmp_path)
    rows = read(tmp_path, "output_national")
    typed = read(tmp_path, "output_by_type")
    for row in rows:
        parts = [
            float(one["retired_count"])
            for one in typed
            if one["year"] == row["year"] and row["fleet"] in (one["fleet"], "ALL")
        ]
        row["retired_count"] = f"{sum(parts):.2f}"
    write(tmp_path, "output_national", rows)
    assert check_published_table(tmp_path)["agrees"]


@pytest.mark.parametrize(
    ("name", "column", "value", "told"),
    [
        ("input_sales", "pev_sales", "many", 'row 2, pev_sales: "many"'),
        ("input_shares", "share", "-0.1", 'row 2, share: "-0.1"'),
        ("input_batteries", "weibull_scale_years", "0", 'row 2, weibull_scale_years: "0"'),
        ("output_national", "retired_kt", "1,2", 'row 2, retired_kt: "1,2"'),
        ("output_national", "year", "20x6", 'row 2, year: "20x6"'),
    ],
)
def test_a_malformed_cell_is_told_with_its_place(tmp_path, name, column, value, told):
    write_folder(tmp_path)
    rows = read(tmp_path, name)
    rows[0][column] = value
    write(tmp_path, name, rows)
    with pytest.raises(UseCaseError, match=f"repro_table_{name}.csv: {told}"):
        check_published_table(tmp_path)


@pytest.mark.parametrize(
    "name", ["input_sales", "input_shares", "input_batteries", "input_vehicle_life", "output_national"]
)
def test_a_missing_table_is_told_by_its_name(tmp_path, name):
    write_folder(tmp_path)
    (tmp_path / f"repro_table_{name}.csv").unlink()
    with pytest.raises(UseCaseError, match=f"repro_table_{name}.csv: the file is missing"):
        check_published_table(tmp_path)


@needs_shared
def test_the_published_table_is_reproduced_in_every_row():
    (table,) = check_published_table(SHARED)["tables"]
    assert (table["rows"], table["rows_within"], table["values_within"]) == (41, 41, 123)
    assert table["largest_beyond_rounding"] == 0.0
    assert (table["values_printed_finer_than_tolerance"], table["of_these_within_without_allowance"]) == (69, 69)


@needs_shared
def test_a_published_count_altered_by_three_hundredths_is_found(tmp_path):
    for file in SHARED.glob("repro_table_*.csv"):
        shutil.copy(file, tmp_path)
    output = tmp_path / "repro_table_output_national.csv"
    output.chmod(0o644)
    output.write_text(output.read_text().replace("1180.45", "1180.48"))
    assert not check_published_table(tmp_path)["agrees"]
