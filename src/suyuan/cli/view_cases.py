"""Cases for people: the list, one case with its course, and what may come next."""

from typing import Any

from suyuan.cli.screen import make_list, make_table, show, tell
from suyuan.cli.view_lists import WEIGHT_STYLES, name_place
from suyuan.cli.words import language, say
from suyuan.core.case_course import CHOICES, MOVE_BY_NAME, STATES
from suyuan.core.terms import name_term

_STANDING_STYLES = {"vanished": "green", "changed": "yellow"}


def print_cases(found: list[dict[str, Any]]) -> None:
    """Print cases as a table."""
    if not found:
        tell(say("case_none"))
        return
    heads = ("head_case", "head_state", "head_opened", "head_party", "head_rule", "head_standing", "head_deadline")
    rows = [
        (
            one["case_no"],
            name_state(one["state"]),
            one["opened_on"],
            one["party_name"] or "—",
            "\n".join(one["rules"]),
            (say("vanished"), "green") if one["vanished"] else f"{one['standing']}/{one['findings']}",
            "\n".join(_describe_deadlines(one)),
        )
        for one in found
    ]
    show(make_table([say(head) for head in heads], rows, whole=(0, 2)))


def print_case(shown: dict[str, Any]) -> None:
    """Print one case: head, findings, course, what may come next."""
    party = shown["party"]
    pairs: list[tuple[str, object]] = [
        (say("label_case"), shown["case_no"]),
        (say("label_authority"), f"{shown['authority']['name']} ({shown['authority']['authority']})"),
        (say("label_party"), f"{party['name']} ({party['uscc']})" if party else "—"),
        (say("label_place"), name_place(shown["place"])),
        (say("label_opened"), shown["opened_on"]),
        (say("label_state"), name_state(shown["state"])),
        (say("label_deadlines"), "; ".join(_describe_deadlines(shown)) or "—"),
    ]
    show(make_list(pairs))
    if shown["vanished"]:
        tell("", say("case_vanished"))
    _print_penalties(shown["earlier_penalties"])
    _print_findings(shown["findings"])
    _print_course(shown["acts"])
    _print_next(shown["next_moves"])


def print_penalties(found: list[dict[str, Any]]) -> None:
    """Print the public list of penalties as a table."""
    if not found:
        tell(say("case_no_penalties"))
        return
    title = "title_zh" if language() == "zh" else "title"
    heads = ("head_case", "head_party", "head_decision", "head_rule", "head_article", "head_day", "head_shown_until")
    rows = [
        (
            one["case_no"],
            f"{one['party_name']}\n{one['party']}",
            _in_language(CHOICES[one["decision"]]) + (f" {one['amount_yuan']}" if one["amount_yuan"] else ""),
            "\n".join(rule[title] for rule in one["rules"]),
            one["article"] or "—",
            one["decided_on"],
            one["shown_until"],
        )
        for one in found
    ]
    show(make_table([say(head) for head in heads], rows, whole=(0, 5, 6)))


def print_moved(shown: dict[str, Any]) -> None:
    """Print what a move came to."""
    move = MOVE_BY_NAME[shown["acts"][-1]["move"]]
    said = move.zh if language() == "zh" else move.en
    tell(say("case_moved", case_no=shown["case_no"], move=said, state=name_state(shown["state"])))


def name_state(state: str) -> str:
    """Return what a state is called."""
    return _in_language(STATES[state])


def _in_language(pair: tuple[str, str]) -> str:
    return pair[0 if language() == "zh" else 1]


def _describe_deadlines(shown: dict[str, Any]) -> list[str]:
    return [f"{say('deadline_' + one['what'])} {one['day']}" for one in shown["deadlines"]]


def _print_penalties(penalties: list[dict[str, Any]]) -> None:
    if not penalties:
        return
    tell("", say("case_repeat", count=len(penalties)))
    for one in penalties:
        decision = _in_language(CHOICES[one["decision"]])
        tell(
            "  " + say("case_bar", day=one["decided_on"], decision=decision, case_no=one["case_no"], until=one["barred_until"])
        )  # fmt: skip


def _print_findings(findings: list[dict[str, Any]]) -> None:
    title = "title_zh" if language() == "zh" else "title"
    rows = [
        (
            (name_term(one["weight"], language=language()), WEIGHT_STYLES.get(one["weight"], "")),
            f"{one[title]}\n{one['rule']}",
            one["subject"],
            one["report_id"],
            f"{say('verified' if one['is_verified'] else 'unverified')}: {one['source']}",
            (say(one["standing"]), _STANDING_STYLES.get(one["standing"], "")),
        )
        for one in findings
    ]
    heads = ("head_weight", "head_rule", "head_subject", "head_report", "head_basis", "head_standing")
    tell("")
    show(make_table([say(head) for head in heads], rows, title=say("case_findings"), whole=(0, 2)))


def _print_course(acts: list[dict[str, Any]]) -> None:
    move = "move_zh" if language() == "zh" else "move_en"
    rows = [
        (
            act["number"],
            act["acted_on"],
            f"{act[move]}\n{act['move']}",
            ", ".join(one["name"] for one in (act["officer"], act["second_officer"]) if one) or say("case_party_acted"),
            "\n".join(_describe_carried(act["move"], name, value) for name, value in act["fields"].items()),
        )
        for act in acts
    ]
    heads = ("head_act", "head_day", "head_move", "head_officer", "head_content")
    tell("")
    show(make_table([say(head) for head in heads], rows, title=say("case_course"), whole=(1,)))


def _print_next(moves: list[dict[str, Any]]) -> None:
    tell("")
    if not moves:
        tell(say("case_next_none"))
        return
    title = "title_zh" if language() == "zh" else "title"
    rows = []
    for move in moves:
        wanted = [_describe_field(field, title) for field in move["fields"]]
        if move["move"] == "decide":
            wanted.append(say("case_two_officers"))
        if move["by_party"]:
            wanted.append(say("case_by_party"))
        rows.append((f"{move[title]}\n{move['move']}", "\n".join(wanted)))
    show(make_table([say("head_move"), say("head_content")], rows, title=say("case_next")))


def _describe_field(field: dict[str, Any], title: str) -> str:
    needed = say("case_needs" if field["needed"] else "case_may")
    choices = " | ".join(choice["choice"] for choice in field["choices"])
    meanings = "、".join(choice[title] for choice in field["choices"]) if language() == "zh" else ""
    named = f"{field[title]}：{meanings}" if meanings else field[title]
    return f"{needed} {field['field']}={choices or say('form_' + field['form'])} ({named})"


def _describe_carried(move: str, name: str, value: object) -> str:
    """Return a field that an act carries, under its title and with the name of a choice."""
    carried = next((one for one in MOVE_BY_NAME[move].carries if one.name == name), None)
    if carried is None:
        return f"{say('label_' + name)}: {value}"
    shown = _in_language(CHOICES[str(value)]) if carried.choices else value
    return f"{carried.zh if language() == 'zh' else carried.en}: {shown}"
