"""The public pages: a field to type a code, and what anybody may know of a battery. No login, no JavaScript."""

from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from suyuan.api import words
from suyuan.api.problem import Problem
from suyuan.api.render import language_of, page
from suyuan.api.service import TheService
from suyuan.api.words import Language, choose, name_province
from suyuan.app.public_view import NoCodeError, PublicBattery, Whereabouts, parse_public_code, view_battery
from suyuan.core.catalogue import ROLES

router = APIRouter(include_in_schema=False)

FINAL = frozenset({"dismantled", "reused", "recovered", "exported"})
DOUBTFUL = frozenset({"unknown", "lost", "in_transit"})


@router.get("/")
def show_start(request: Request) -> Response:
    """Show the field where a code is typed."""
    return page(request, "start.html")


@router.get("/b")
def look_up(request: Request, code: str = "") -> Response:
    """Send whoever typed a code to the page of that code."""
    try:
        address = f"/b/{parse_public_code(code[:100])}"
    except NoCodeError:
        address = f"/b/{quote(code[:100].strip(), safe='') or '-'}"
    return RedirectResponse(f"{address}?lang=en" if language_of(request) == "en" else address, 303)


@router.get("/b/{code}")
def show_battery(request: Request, code: str, service: TheService) -> Response:
    """Show what anybody may know of a battery."""
    try:
        parsed = parse_public_code(code[:100])
    except NoCodeError as error:
        raise Problem("code_malformed", error.message, detail_zh=error.message_zh) from None
    with service.open_context() as context:
        battery = view_battery(context, parsed)
    if battery is None:
        raise Problem(
            "not_found",
            f"Nobody has reported anything about {parsed} yet. Compare it with the label, character by character.",
            detail_zh=f"还没有任何企业报告过 {parsed}。请与电池标签逐位核对。",
        )
    return page(request, "battery.html", **_values(battery, lang=language_of(request)))


def _values(battery: PublicBattery, *, lang: Language) -> dict[str, Any]:
    status = words.REUSED_PRODUCT if battery.parents and battery.status == "reused" else words.STATUSES[battery.status]
    is_doubtful = battery.status in DOUBTFUL
    return {
        "battery": battery,
        "kind": choose(_kind(battery), lang=lang),
        "status_words": choose(status, lang=lang),
        "tone": "doubt" if is_doubtful else "end" if battery.status in FINAL else "",
        "whereabouts": _tell_whereabouts(battery.whereabouts, lang=lang),
        "birth_province": name_province(battery.birth.division if battery.birth else None, lang=lang),
        "decoded": _decode(battery.identity, lang=lang),
    }


def _kind(battery: PublicBattery) -> words.Pair:
    if "level" not in battery.identity:
        return words.UNCODED
    return words.REUSE_PRODUCT if battery.identity["is_reuse_product"] else words.LEVELS[battery.identity["level"]]


def _tell_whereabouts(whereabouts: Whereabouts | None, *, lang: Language) -> str:
    """Return who has it: role and province, never a name."""
    if whereabouts is None:
        return choose(("现有报告没有说明", "no report tells"), lang=lang)
    if whereabouts.is_owner:
        return choose(("车主或用户（不显示）", "its owner or user (not shown)"), lang=lang)
    if not whereabouts.roles:
        return choose(("未登记单位（不显示名称）", "an unregistered party (not named)"), lang=lang)
    roles = choose(("、", ", "), lang=lang).join(
        choose(ROLES[role], lang=lang) for role in ROLES if role in whereabouts.roles
    )
    province = name_province(whereabouts.division, lang=lang)
    return choose((f"{roles}（{province}）", f"{roles} ({province})"), lang=lang) if province else roles


def _decode(identity: dict[str, Any], *, lang: Language) -> list[tuple[str, str]]:
    """Return what the code itself says, name by name."""
    names = {
        "manufacturer_code": ("厂商代码", "Manufacturer code"),
        "level": ("层级", "Level"),
        "battery_type": ("电池类型代码", "Battery type code"),
        "specification_code": ("规格代码", "Specification code"),
        "produced_on": ("编码中的生产日期", "Production day in the code"),
        "serial": ("序列号", "Serial number"),
    }
    shown = {**identity}
    if "level" in identity:
        shown["level"] = choose(words.LEVELS[identity["level"]], lang=lang)
        shown["battery_type"] = _name_battery_type(identity, lang=lang)
    return [(choose(pair, lang=lang), str(shown[name])) for name, pair in names.items() if shown.get(name)]


def _name_battery_type(identity: dict[str, Any], *, lang: Language) -> str:
    """Return the letter with what it means; a letter that is only recalled says so, one that nobody knows stands alone."""
    letter, meaning = identity["battery_type"], identity["battery_type_meaning"]
    if meaning is None:
        return str(letter)
    doubt = "" if meaning["verified"] else choose(("，未核实", ", unverified"), lang=lang)
    return f"{letter} {choose((meaning['title_zh'], meaning['title']), lang=lang)}{doubt}"
