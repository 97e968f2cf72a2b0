"""Accounts of an enterprise (台账): by month and item what was there, came, went and is left; and who stands behind a flow."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from suyuan.app.context import Context, UseCaseError
from suyuan.app.describe import describe_subject
from suyuan.core.account import CONTAINED, FLOW_KINDS, FLOWS, ITEMS, RESIDUE, signed_g
from suyuan.core.catalogue import MATERIALS, METAL_NAMES_ZH
from suyuan.core.contribution import Flow
from suyuan.core.month import MONTHS_PER_YEAR, last_day_of, month_of
from suyuan.core.recovery import PERCENT
from suyuan.core.rulebook import Rulebook
from suyuan.core.stock import by_site, holds_new_goods, settle_counts, total_g
from suyuan.store.sums import find_contributors, read_flows

ITEM_NAMES: dict[str, tuple[str, str]] = {
    "battery": ("废旧动力电池", "used batteries"),
    "lot": ("批次", "lots"),
    RESIDUE: ("残渣", "residue"),
    **{material: (zh, material.replace("_", " ")) for material, zh in MATERIALS.items()},
    **{item: (f"所含{METAL_NAMES_ZH[f'{metal}_g']}", f"contained {metal}") for metal, item in CONTAINED.items()},
}


def read_accounts(
    context: Context, uscc: str, *, month: str | None = None, year: int | None = None, site: str | None = None
) -> dict[str, Any]:
    """Return the account of an enterprise for a month, or for each month of a year; the current month where neither is given.

    Masses in grams. A site's account holds what its reports booked there; counts of stock are settled by site.
    """
    today = context.today()
    months = (
        [f"{year}-{number:02d}" for number in range(1, MONTHS_PER_YEAR + 1)] if year else [month or month_of(today)]
    )
    flows = read_flows(context.connection, uscc=uscc, until=last_day_of(months[-1]))
    may_hold_new = holds_new_goods(context.read_registry().roles_of(uscc, on=today))
    settled = [flow for own in by_site(flows).values() for flow in settle_counts(own, may_hold_new=may_hold_new)[0]]
    chosen = [flow for flow in settled if site in (None, flow.site)]
    return {
        "uscc": uscc,
        "site": site,
        "sites": sorted({flow.site for flow in settled if flow.site}),
        "months": [describe_month(chosen, month=one, rulebook=context.rulebook) for one in months],
    }


def describe_month(flows: Sequence[Flow], *, month: str, rulebook: Rulebook) -> dict[str, Any]:
    """Return one month of an account: each item that has or had anything, and the balance of each metal."""
    since, until = date.fromisoformat(f"{month}-01"), last_day_of(month)
    items = [described for item in ITEMS if (described := _describe_item(flows, item, since, until))]
    metals = [described for metal in CONTAINED if (described := _describe_metal(flows, metal, since, until, rulebook))]
    return {"month": month, "items": items, "metals": metals}


def _describe_item(flows: Iterable[Flow], item: str, since: date, until: date) -> dict[str, Any] | None:
    """Return opening stock, each flow of the month, and closing stock; None where there is nothing to tell."""
    own = [flow for flow in flows if flow.item == item and flow.day <= until]
    opening_g = sum(signed_g(flow) for flow in own if flow.day < since)
    moved = [flow for flow in own if flow.day >= since]
    if not opening_g and not moved:
        return None
    told = [
        {"flow": kind.name, "direction": kind.direction, "title": kind.en, "title_zh": kind.zh, "grams": grams}
        for kind in FLOW_KINDS
        if (grams := total_g(moved, kind.name))
    ]
    title_zh, title = ITEM_NAMES[item]
    return {
        "item": item,
        "title": title,
        "title_zh": title_zh,
        "opening_g": opening_g,
        "flows": [one for one in told if one["direction"]],
        "closing_g": opening_g + sum(signed_g(flow) for flow in moved),
        "beside": [one for one in told if not one["direction"]],
    }


def _describe_metal(
    flows: Iterable[Flow], metal: str, since: date, until: date, rulebook: Rulebook
) -> dict[str, Any] | None:
    """Return what of a metal was fed and recovered in a month, its rate, and the norm, which is voluntary."""
    own = [flow for flow in flows if flow.item == CONTAINED[metal] and since <= flow.day <= until]
    fed_g, recovered_g = total_g(own, "charged", "refed"), total_g(own, "extracted")
    if not fed_g and not recovered_g:
        return None
    is_rate_known = bool(fed_g) and not any(flow.flow == "unstated" for flow in own)
    norm = rulebook.book_of(until).norm(metal, on=until)
    return {
        "metal": metal,
        "title_zh": METAL_NAMES_ZH[f"{metal}_g"],
        "fed_g": fed_g,
        "recovered_g": recovered_g,
        "rate_percent": round(recovered_g * PERCENT / fed_g, 1) if is_rate_known else None,
        "most_fed_g": total_g(own, "charged_at_most"),
        "norm": {"percent": norm.percent, "source": norm.source, "verified": norm.is_verified} if norm else None,
    }


def find_behind(context: Context, uscc: str, *, item: str, flow: str, month: str) -> dict[str, Any]:
    """Return the batteries, lots and reports behind a flow of a month, each with its grams.

    Raises UseCaseError for an item or flow that there is none of. What a count of stock corrects stands behind its count.
    """
    for given, known in ((item, ITEMS), (flow, tuple(FLOWS))):
        if given not in known:
            names = ", ".join(known)
            raise UseCaseError(
                f'"{given}" is none of: {names}.', message_zh=f"没有“{given}”，可选：{names}。"
            )  # fmt: skip
    found = find_contributors(context.connection, uscc=uscc, item=item, flow=flow, month=month)
    subjects = [
        {"subject": describe_subject(subject), "day": one.day.isoformat(), "site": one.site, "grams": one.grams}
        for subject, one in found
    ]
    return {
        "uscc": uscc,
        "item": item,
        "flow": flow,
        "month": month,
        "total_g": sum(one.grams for _, one in found),
        "subjects": subjects,
    }
