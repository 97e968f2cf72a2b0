"""How commands are called, what wrong calls are told, and that no traceback is ever shown."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from suyuan.cli import words
from suyuan.cli.main import _COMMANDS, build_app, main, move_leading_options
from suyuan.cli.screen import clean

ONE_OF = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("arguments", "words_of_it"),
    [
        (["sbmit"], 'Did you mean "submit"?'),
        (["trace"], "CODE is missing."),
        (["trace", "X", "Y"], "What is this: Y?"),
        (["trace", "X", "--frm", "Z"], 'There is no option "--frm".'),
        (
            ["trace", "X", "--as-of", "2026-13-01"],
            '--as-of: "2026-13-01" cannot be used. Wanted: a day like 2026-04-01.',
        ),
        (["trace", "X", "--data", "A", "--data", "B"], "--data may be given only once."),
        (["findings", "--weight", "grave"], "Wanted: one of notice, lead, violation."),
        (["findings", "--rule", "no_such_rule"], '"suyuan rules" lists them'),
        (["findings", "--party", "123"], '"123" has 3 characters'),
        (["submit", "x.jsonl"], "--as is missing."),
        (["submit", "x.jsonl", "--as", "91350100M000100Y44"], "its last character does not fit"),
        (["submit", "x.jsonl", "--as", ONE_OF, "--wait", "long"], "Wanted: judged or sealed."),
        (["submit", "x.jsonl", "--as", ONE_OF, "--received-at", "2026-05-01"], "a moment with its offset"),
        (["withdraw", "17", "--as", ONE_OF, "--reason", "wrong"], "like s-000000000042"),
        (["withdraw", "s-000000000001", "--as", ONE_OF, "--reason", " "], "a reason of 1 to 200 characters"),
        (["template", "battery_producd", "-o", "x.xlsx"], 'Did you mean "battery_produced"?'),
        (["rules", "show", "received_but_never_handed_ovr"], 'Did you mean "received_but_never_handed_over"?'),
        (["participants", "token"], "Give a credit code, or --operator"),
        (["participants", "token", ONE_OF, "--operator"], "Give a credit code, or --operator"),
        (["serve", "--port", "70000"], "a port from 1 to 65535"),
        (["serve", "--workers", "0"], "a whole number from 1"),
        (["sweep"], "--as-of is missing."),
    ],
)
def test_wrong_usage_exits_2_and_says_what_is_wrong(anywhere, arguments, words_of_it):
    answer = anywhere(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert words_of_it in answer.err
    assert "Traceback" not in answer.err


def test_wrong_usage_is_told_in_chinese_where_that_is_spoken(anywhere, monkeypatch):
    monkeypatch.setenv("SUYUAN_LANGUAGE", "zh")
    assert anywhere("trace", "X", "--as-of", "soon").err.startswith("--as-of 的值“soon”不能用。需要：日期")


def test_with_json_an_error_is_one_document_in_both_languages(anywhere):
    answer = anywhere("trace", "--json")
    assert answer.json["error"]["message"].startswith("CODE is missing.")
    assert answer.json["error"]["message_zh"].startswith("缺少 CODE。")
    assert answer.code == 2


def test_every_command_explains_itself(anywhere):
    for command in _COMMANDS:
        answer = anywhere(command, "--help")
        assert (answer.code, answer.err) == (0, ""), command
        assert f"Usage: suyuan {command}" in answer.out


def leaves_of(command):
    """Yield the commands that run: the command itself, or those of its group."""
    inner = [name for name in command if not name.startswith("-")]
    if command.default_command is not None:
        yield command
    for name in inner:
        yield from leaves_of(command[name])


def test_every_command_takes_json_and_data():
    app = build_app()
    leaves = [leaf for name in _COMMANDS for leaf in leaves_of(app[name])]
    assert len(leaves) > len(_COMMANDS), "groups have several commands each"
    for leaf in leaves:
        names = {name for argument in leaf.assemble_argument_collection() for name in argument.names}
        assert {"--json", "--data", "--verbose"} <= names, leaf.name


def test_options_of_every_command_may_stand_before_it():
    moved = move_leading_options(["--json", "--data", "D", "participants", "import", "f.csv", "--", "-x"])
    assert moved == ["participants", "import", "f.csv", "--json", "--data", "D", "--", "-x"]
    assert move_leading_options(["--data=D", "stop"]) == ["stop", "--data=D"]
    assert move_leading_options(["trace", "X", "--json"]) == ["trace", "X", "--json"]


def test_a_file_that_is_not_there_is_told_in_words(anywhere):
    answer = anywhere("submit", anywhere.folder / "none.jsonl", "--as", ONE_OF)
    assert answer.code == 3
    assert "none.jsonl: No such file or directory. Check the path" in answer.err


def test_a_reading_command_makes_no_database_where_none_is(anywhere):
    folder = anywhere.folder / "mistyped"
    answer = anywhere("trace", "001PBA10000000F3C0000001", "--data", folder)
    assert answer.code == 3
    assert f"There is no database in {folder} yet." in answer.err
    assert not folder.exists()


def test_a_server_that_is_not_there_is_told_in_words(anywhere, monkeypatch):
    monkeypatch.setenv("SUYUAN_DATABASE_URL", f"postgresql://x@/x?host={anywhere.folder}")
    answer = anywhere("findings")
    assert answer.code == 3
    assert "cannot be reached" in answer.err


def test_a_database_of_another_schema_is_refused_with_the_way_out(suyuan, connection):
    connection.execute("DROP TABLE schema_migration")
    connection.commit()
    answer = suyuan("findings")
    assert answer.code == 3
    assert 'Run "suyuan migrate"' in answer.err


def test_what_nobody_foresaw_is_one_line_and_a_log(anywhere, monkeypatch):
    def break_off(*_arguments, **_options):
        raise LookupError("boom")

    monkeypatch.setattr("suyuan.app.describe.describe_rules", break_off)
    anywhere.write(b"", name="suyuan.log")
    answer = anywhere("rules", "--data", anywhere.folder)
    assert answer.code == 3
    assert "LookupError" in answer.err
    assert answer.err.count("\n") == 1
    assert "boom" in (anywhere.folder / "suyuan.log").read_text()


def test_an_interruption_is_told_in_words(anywhere, monkeypatch):
    def interrupt(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("suyuan.app.describe.describe_rules", interrupt)
    answer = anywhere("rules")
    assert answer.code == 3
    assert "What was recorded stays" in answer.err


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "SUYUAN_LANGUAGE": "en"}, "en"),
        ({"SUYUAN_LANGUAGE": "zh"}, "zh"),
        ({"SUYUAN_LANGUAGE": "fr", "LANG": "zh_CN"}, "zh"),
    ],
)
def test_language_is_the_chosen_one_else_the_locales_else_english(environment, spoken):
    assert words.choose_language(environment) == spoken


def test_both_languages_of_a_sentence_hold_the_same_details():
    for key, (chinese, english) in words.WORDS.items():
        assert _details(chinese) | {"said"} == _details(english) | {"said"}, key


def test_a_sentence_stands_once_so_that_no_file_of_words_hides_what_another_says():
    files = sorted(Path(words.__file__).parent.glob("*words.py"))
    keys = [key for file in files for key in re.findall(r'^    "(\w+)": \(', file.read_text("utf-8"), re.MULTILINE)]
    assert len(keys) == len(words.WORDS)
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_what_reporters_wrote_cannot_move_the_cursor():
    assert clean("M1\x1b[31m\r\x07") == "M1�[31m��"


def test_rules_and_kinds_need_no_database(anywhere, monkeypatch):
    rules = anywhere("rules", "--json", "--data", anywhere.folder / "none").json["rules"]
    needed = {"rule", "family", "title", "title_zh", "weight", "kinds", "source", "verified", "in_force_from"}
    assert needed | {"competent_line"} <= rules[0].keys()
    monkeypatch.setenv("SUYUAN_DATABASE_URL", "postgresql://nobody@/none?host=/nowhere")
    assert anywhere("kinds", "--json").json["kinds"][0]["kind"] == "battery_produced"


def test_a_rule_is_shown_with_its_source_and_that_it_is_unverified(anywhere):
    answer = anywhere("rules", "show", "scrapped_vehicle_battery_missing")
    assert "unverified: Interim Measures" in answer.out
    assert anywhere("rules", "show", "scrapped_vehicle_battery_missing", "--json").json["rule"]["verified"] is False


def test_the_reference_page_of_kinds_is_what_the_catalogue_says(anywhere, pytestconfig):
    page = pytestconfig.rootpath / "docs" / "reference" / "kinds.md"
    assert anywhere("kinds", "--markdown").out == page.read_text(encoding="utf-8"), 'run "make docs"'


@pytest.mark.parametrize(
    ("command", "ending"),
    [
        (["template", "battery_produced", "-o", "x.csv"], ".xlsx"),
        (["refusals", "s-000000000001", "-o", "x.csv"], ".xlsx"),
        (["register", "template", "officers", "-o", "x.xlsx"], ".csv"),
        (["cases", "bundle", "410000-commerce-2026-0001", "-o", "x"], ".zip"),
    ],
)
def test_a_file_is_not_written_under_the_name_of_another_form(anywhere, command, ending):
    answer = anywhere(*command)
    assert answer.code == 2
    assert f"a file name that ends in {ending}" in answer.err


def test_a_template_is_a_workbook_of_the_kind(anywhere):
    target = anywhere.folder / "t.xlsx"
    assert anywhere("template", "battery_produced", "-o", target, "--json").json == {
        "kind": "battery_produced",
        "file": str(target),
    }
    assert target.read_bytes().startswith(b"PK")


def test_version_is_told(anywhere):
    assert anywhere("--version").out.strip() == "0.1.0"


def test_without_arguments_the_commands_are_listed(capsys):
    assert main([]) == 0
    listed = capsys.readouterr().out
    assert all(command in listed for command in _COMMANDS)


def test_json_stays_json_when_the_terminal_knows_no_chinese(anywhere):
    # emit writes UTF-8 whatever the locale: the document must decode without knowing it.
    assert "报废" in json.dumps(anywhere("rules", "--json").json, ensure_ascii=False)


def _details(sentence):
    import string

    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
