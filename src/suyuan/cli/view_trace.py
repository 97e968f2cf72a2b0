"""A trace for people: what the code says, the state in words, the timeline, findings and duties."""

from datetime import date
from typing import Any

from suyuan.cli.screen import make_list, make_table, show, tell, tell_moment
from suyuan.cli.view_lists import name_party, name_place, print_duties, print_findings
from suyuan.cli.words import WORDS, language, say
from suyuan.core.catalogue import COMMON_FIELDS, KIND_BY_NAME, ROLES
from suyuan.core.registry import Registry
from suyuan.core.terms import name_term

CODES_SHOWN_MAX = 6
_CODE_LISTS = ("parents", "packs", "expected", "found", "missing", "strange", "holders")


def print_trace(traced: dict[str, Any], *, registry: Registry, on: date) -> None:
    """Print a trace."""
    subject, as_of = traced["subject"], traced.get("as_of")
    heading = f"{subject}  ({say('as_of', day=as_of)})" if as_of else subject
    show(heading, style="bold")
    if traced.get("is_pending"):
        show(say("still_pending"), style="yellow")
    _print_section(say("identity"))
    show(make_list(_describe_identity(traced["identity"])))
    _print_section(say("state"))
    show(make_list(_describe_state(traced["state"], registry, on)))
    _print_section(say("timeline"))
    _print_events(traced["events"], registry, on)
    _print_section(say("findings"))
    print_findings(traced["findings"], registry=registry, on=on)
    _print_section(say("duties"))
    print_duties(traced["duties"], registry=registry, on=on)


def _print_section(title: str) -> None:
    tell("")
    show(title, style="bold")


def _describe_identity(identity: dict[str, Any]) -> list[tuple[str, object]]:
    """Return what the code itself says, in words where there are any."""
    return [
        (say(f"label_{name}"), _in_words(name, value))
        for name, value in identity.items()
        if f"label_{name}" in WORDS and value not in (None, "")
    ]


def _in_words(name: str, value: object) -> object:
    if isinstance(value, bool):
        return say("yes" if value else "no")
    if name in ("level", "status"):
        return name_term(str(value), language=language())
    if name == "roles" and isinstance(value, list):
        return (
            "、".join(ROLES[role][0] for role in value)
            if language() == "zh"
            else ", ".join(ROLES[role][1] for role in value)
        )
    if name == "division":
        return name_place(str(value))
    if isinstance(value, list):
        shown = [str(one) for one in value[:CODES_SHOWN_MAX]]
        return " ".join(shown) + (f" … ({len(value)})" if len(value) > CODES_SHOWN_MAX else "")
    return value


def _describe_state(state: dict[str, Any], registry: Registry, on: date) -> list[tuple[str, object]]:
    """Return the state, the status first; empty entries are left out."""
    pairs: list[tuple[str, object]] = []
    for name, value in state.items():
        if f"label_{name}" not in WORDS or value in (None, "", []):
            continue
        if name in ("holder", "responsible_producer"):
            value = name_party(str(value), registry=registry, on=on)  # noqa: PLW2901 - the same thing, readable
        elif name == "place":
            value = name_place(str(value))  # noqa: PLW2901 - as above
        pairs.append((say(f"label_{name}"), _in_words(name, value)))
    return sorted(pairs, key=lambda pair: pair[0] != say("label_status"))


def _print_events(events: list[dict[str, Any]], registry: Registry, on: date) -> None:
    if not events:
        tell(say("no_events"))
        return
    heads = ("head_when", "head_event", "head_who", "head_content", "head_received")
    rows = []
    for event in events:
        style = "dim strike" if event.get("withdrawn") else ""
        rows.append(
            (
                event["occurred_at"].replace("T", " ").replace("+08:00", ""),
                (_name_event(event), style),
                name_party(event["reporter"], registry=registry, on=on),
                _describe_content(event, registry, on),
                tell_moment(event["received_at"])[:10],
            )
        )
    show(make_table([say(head) for head in heads], rows, whole=(0, 4)))


def _name_event(event: dict[str, Any]) -> str:
    kind = KIND_BY_NAME.get(event["kind"])
    name = event["kind"] if kind is None else (kind.zh if language() == "zh" else kind.en)
    if event.get("withdrawn"):
        name += f" ({say('withdrawn')})"
    if event.get("inherited_from"):
        name += f"\n{say('inherited', code=event['inherited_from'])}"
    return name


def _describe_content(event: dict[str, Any], registry: Registry, on: date) -> str:
    """Return what a report says beside its subject, field by field under the field's title."""
    kind = KIND_BY_NAME.get(event["kind"])
    fields = {field.name: field for field in (*COMMON_FIELDS, *(kind.fields if kind else ()))}
    parts = [f"→ {name_party(event['counterparty'], registry=registry, on=on)}"] if event.get("counterparty") else []
    for name, value in event.get("content", {}).items():
        if value in (None, "", [], {}):
            continue
        field = fields.get(name)
        title = name if field is None else (field.zh if language() == "zh" else field.en)
        parts.append(f"{title}: {_in_words('', value)}")
    for name, kept in event.get("personal", {}).items():
        field = fields.get(name)
        title = name if field is None else (field.zh if language() == "zh" else field.en)
        parts.append(f"{title}: {say(f'personal_is_{kept}')}")
    return "\n".join(parts)
