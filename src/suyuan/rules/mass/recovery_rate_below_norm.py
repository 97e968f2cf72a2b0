"""A year's recovery rate is below the norm (年回收率低于规范要求)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from suyuan.core.account import BATTERY, CONTAINED, LOT
from suyuan.core.catalogue import MATERIALS
from suyuan.core.composition import METALS
from suyuan.core.contribution import Flow
from suyuan.core.finding import Finding, Rule
from suyuan.core.participant import ParticipantView
from suyuan.core.recovery import PERCENT
from suyuan.core.stock import by_site, total_g

GRAMS_PER_TONNE = 1_000_000


def recovery_rate_below_norm(view: ParticipantView) -> Iterator[Finding]:
    """Find sites that recovered less of the metal fed in a calendar year than the norm asks, once the year is settled."""
    settled = view.day - timedelta(days=view.rulebook.threshold("account_settling_days", on=view.day))
    for site, flows in by_site(view.flows).items():
        for year in sorted({flow.day.year for flow in flows if flow.flow == "extracted"}):
            since, until = date(year, 1, 1), date(year, 12, 31)
            of_year = [flow for flow in flows if since <= flow.day <= until]
            feed_g = sum(total_g(of_year, "fed", item=item) for item in (BATTERY, LOT, *MATERIALS))
            feed_min_t = view.rulebook.threshold("recovery_rate_feed_min_t", on=until)
            if until > settled or feed_g < feed_min_t * GRAMS_PER_TONNE:
                continue
            below = {f"{metal}_g": rate for metal in METALS if (rate := _rate_below(of_year, metal, view, until))}
            if below:
                evidence = {"site": site, "year": year, "feed_g": feed_g, "metals": below}
                yield RULE.find_of_participant(view, period=f"{site or 'all'}:{year}", on=until, evidence=evidence)


def _rate_below(flows: Sequence[Flow], metal: str, view: ParticipantView, on: date) -> dict[str, Any] | None:
    """Return what of a metal was fed and recovered if that is below the norm of a day; None if not, or if it is not known."""
    own = [flow for flow in flows if flow.item == CONTAINED[metal]]
    norm = view.rulebook.book_of(on).norm(metal, on=on)
    fed_g, recovered_g = total_g(own, "charged", "refed"), total_g(own, "extracted")
    is_stated = not any(flow.flow == "unstated" for flow in own)
    if norm is None or not is_stated or recovered_g * PERCENT >= fed_g * norm.percent:
        return None
    return {"fed_g": fed_g, "recovered_g": recovered_g, "norm_percent": norm.percent, "norm_verified": norm.is_verified}


RULE = Rule(
    name="recovery_rate_below_norm",
    family="mass",
    title="A year's recovery rate is below the norm",
    title_zh="年回收率低于规范要求",
    weight="notice",
    kinds=(),
    families=(),
    competent_line="industry",
    source="norms of the rulebook, which are voluntary; contained metal fed is an estimate by BatPaC 5.1 (Busch et al. 2025)",
    verified=False,
    in_force_from="2026-04-01",
    counts=(
        "A site recovered a smaller share of the lithium, nickel, cobalt, manganese, copper or aluminium that it fed in a calendar "
        "year than the norm asks. Without a reported chemistry the poorest subtype that the code allows counts as fed."
    ),
    counts_not=(
        "Years with less feed than the rulebook's minimum; a metal of which any output of that year states nothing (black mass); "
        "years that end within the settling time; feed whose content nobody can estimate."
    ),
    counts_zh="某场所一个自然年内，锂、镍、钴、锰、铜或铝的回收比例低于规范要求。化学体系未报告的，按编码允许的最贫含者计"
    "入投料。",
    counts_not_zh="投料少于规则书下限的年份；当年有产出未载明含量（黑粉）的金属；仍在结算期内结束的年份；无法估算含量的投料。",
    remedy="The enterprise states the metal contained in its outputs, and improves its process where the rate is right.",
    remedy_zh="企业补报产出所含金属；回收率属实偏低的，改进工艺。",
    check_participant=recovery_rate_below_norm,
)
