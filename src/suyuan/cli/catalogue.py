"""Commands that work without a database: kinds of report, templates, rules."""

from difflib import get_close_matches
from typing import Annotated, Any

from cyclopts import App, Parameter

from suyuan.cli.screen import emit, make_list, make_table, show, tell
from suyuan.cli.setting import DEFAULT, OutputOption, Setting, need_ending, wrong_value
from suyuan.cli.words import language, say
from suyuan.core.terms import name_term

rules_app = App(name="rules", help=say("help_rules"))
MarkdownOption = Annotated[bool, Parameter(name="--markdown", negative=(), help=say("option_markdown"))]


def kinds(*, markdown: MarkdownOption = False, setting: Setting = DEFAULT) -> int:
    """List the kinds of report, or print their reference page."""
    from suyuan.app.describe_kinds import write_kinds_page
    from suyuan.core.schema import describe_kinds

    if markdown:
        print(write_kinds_page(), end="")  # noqa: T201 - a page for a file, byte for byte
        return 0
    described = describe_kinds()
    if setting.wants_json:
        emit({"kinds": described})
        return 0
    rows = [
        (kind["kind"], kind["title_zh"] if language() == "zh" else kind["title"], " ".join(kind["reporters"]))
        for kind in described
    ]
    show(make_table([say("head_kind"), say("head_title"), say("head_reporters")], rows))
    return 0


def template(kind: str, /, *, output: OutputOption, setting: Setting = DEFAULT) -> int:
    """Write the workbook to fill in for a kind of report."""
    from suyuan.core.catalogue import KIND_BY_NAME
    from suyuan.intake.headings import find_kind
    from suyuan.intake.template import write_template

    found = find_kind(kind)
    if found is None:
        near = get_close_matches(kind, KIND_BY_NAME, n=1)
        raise wrong_value("KIND", value=kind, wanted="wanted_kind", near=near[0] if near else None)
    need_ending(output, ".xlsx")
    with output.open("wb") as stream:
        write_template(found, target=stream)
    if setting.wants_json:
        emit({"kind": found.name, "file": str(output)})
    else:
        tell(say("wrote_file", file=output))
    return 0


@rules_app.default
def list_rules(*, markdown: MarkdownOption = False, setting: Setting = DEFAULT) -> int:
    """List the rules, each with its source and whether that is verified, or print their reference page."""
    from suyuan.app.describe import describe_rules
    from suyuan.app.rules_page import write_rules_page
    from suyuan.cli.rulebook import read_rulebook

    if markdown:
        print(write_rules_page(), end="")  # noqa: T201 - a page for a file, byte for byte
        return 0
    rules = describe_rules(read_rulebook(setting))
    if setting.wants_json:
        emit({"rules": rules})
        return 0
    heads = ("head_rule", "head_title", "head_weight", "head_basis")
    rows = [
        (
            rule["rule"],
            rule["title_zh"] if language() == "zh" else rule["title"],
            name_term(rule["weight"], language=language()),
            say("verified" if rule["verified"] else "unverified"),
        )
        for rule in rules
    ]
    show(make_table([say(head) for head in heads], rows))
    return 0


@rules_app.command(name="show", help=say("help_show"))
def show_rule(rule: str, /, *, setting: Setting = DEFAULT) -> int:
    """Show the whole text of a rule."""
    from suyuan.app.describe import describe_rules
    from suyuan.cli.rulebook import read_rulebook

    by_name = {one["rule"]: one for one in describe_rules(read_rulebook(setting))}
    found = by_name.get(rule)
    if found is None:
        near = get_close_matches(rule, by_name, n=1)
        raise wrong_value("RULE", value=rule, wanted="wanted_rule", near=near[0] if near else None)
    if setting.wants_json:
        emit({"rule": found})
    else:
        _print_rule(found)
    return 0


def _print_rule(rule: dict[str, Any]) -> None:
    suffix = "_zh" if language() == "zh" else ""
    show(f"{rule['title' + suffix]}  ({rule['rule']})", style="bold")
    verified = say("verified" if rule["verified"] else "unverified")
    show(
        make_list(
            [
                (say("head_weight"), name_term(rule["weight"], language=language())),
                (say("label_family"), rule["family"]),
                (say("label_kinds"), " ".join(rule["kinds"]) or "—"),
                (say("label_competent_line"), name_term(rule["competent_line"], language=language())),
                (say("label_in_force_from"), rule["in_force_from"]),
                (say("label_source"), f"{verified}: {rule['source']}"),
                *([(say("label_article"), f"{rule['article']}: {rule['text']}")] if rule["article"] else []),
                (say("label_counts"), rule["counts" + suffix]),
                (say("label_counts_not"), rule["counts_not" + suffix]),
                (say("label_remedy"), rule["remedy" + suffix]),
            ]
        )
    )
