"""The commands forecast and leakage."""

from published_folder import write_folder
from story import USCC_OF
from test_cli_submissions import built


def test_the_check_exits_0_where_all_agrees_1_where_a_row_differs_3_where_a_table_is_missing(anywhere, tmp_path):
    write_folder(tmp_path)
    agrees = anywhere("forecast", "--check", tmp_path)
    assert (agrees.code, "Reproduced: all" in agrees.out) == (0, True)
    assert anywhere("forecast", "--check", tmp_path, "--json").json["agrees"] is True
    output = tmp_path / "repro_table_output_national.csv"
    whole = output.read_text()
    heading, first, *rest = whole.splitlines()
    output.write_text("\n".join([heading, ",".join([*first.split(",")[:-1], "7.000"]), *rest]))
    differs = anywhere("forecast", "--check", tmp_path)
    assert (differs.code, "Not reproduced: 1 of" in differs.out) == (1, True)
    assert anywhere("forecast", "--check", tmp_path, "--json").json["agrees"] is False
    output.unlink()
    missing = anywhere("forecast", "--check", tmp_path)
    assert (missing.code, "the file is missing" in missing.err) == (3, True)


def test_without_a_database_the_nation_is_forecast_and_it_says_so(anywhere, tmp_path):
    told = anywhere("forecast", "--data", tmp_path / "none")
    assert told.code == 0
    assert "There is no database in" in told.out
    assert "Based on the national series alone: there is no database." in told.out
    assert "940 · 1,028 · 2,452" in told.out
    assert not (tmp_path / "none").exists()
    found = anywhere(
        "forecast", "--data", tmp_path / "none", "--by", "chemistry", "--until", "2030", "--materials", "--json"
    ).json
    assert {row["chemistry"] for row in found["rows"]} == {"lfp", "ternary", "other"}
    assert (found["rows"][-1]["year"], found["recovered"]) == (2030, [])
    assert anywhere("forecast", "--data", tmp_path / "none", "--by", "province").out.count("440000") == 1


def test_wrong_options_of_the_forecast_are_told(anywhere, tmp_path):
    assert anywhere("forecast", "--by", "colour").code == 2
    assert anywhere("forecast", "--check", tmp_path, "--until", "2030").code == 2
    assert anywhere("forecast", "--data", tmp_path / "none", "--until", "1999").code == 3
    assert anywhere("leakage", "--by", "colour").code == 2


def test_forecast_and_leakage_read_the_database(peopled):
    assert "The platform holds no sold vehicle" in peopled("leakage").out
    assert "the database holds no sold vehicle" in peopled("forecast").out
    sold = {
        "kind": "vehicle_sold",
        "report_id": "s1",
        "occurred_at": "2025-05-01",
        "vin": built(1)["vin"],
        "use_type": "private",
    }
    file = peopled.write_reports(built(1), sold)
    assert peopled("submit", file, "--as", USCC_OF["VP1"], "--wait", "judged").code == 0
    assert peopled("forecast", "--json", "--as-of", "2026-10-01").json["held"]["sold"] == 1
    assert "1 sold, 1 listed as in use; known until" in peopled("forecast", "--scope", "platform").out
    leaked = peopled("leakage", "--as-of", "2026-10-01", "--json").json
    assert [(one["producer"], one["seen"]) for one in leaked["leakage"]] == [(USCC_OF["VP1"], 0)]
    assert "An estimate, no finding." in peopled("leakage", "--as-of", "2026-10-01", "--by", "year").out
