"""The command forecast."""

from published_folder import write_folder


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
