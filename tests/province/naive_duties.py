"""What participants themselves owe on a day, and what is found when it lapses: periods, halves of materials, information, outlets."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

from tests.province.naive_world import (
    RULES_BEGIN,
    Found,
    Owes,
    Plain,
    Raw,
    about_party,
    add_months,
    day_of,
    due_day,
    key_of,
    month_end,
    month_of,
)

SAYS_NOTHING = ("nothing_to_report", "report_withdrawn")
WEIGHED_BY_ENTRY = ("report_zero", "provide_outlet")  # a lead while the entry is unverified


def list_duties(plain: Plain, sales: Counter[tuple[str, str, str, str]], day: date) -> list[Owes]:
    """Return what every participant owes on a day; `sales` counts what was sold: name, party, place, month."""
    owed: list[Owes] = []
    for uscc in plain.usccs:
        owed += _zero_reports(plain, uscc, day)
        owed += _halves(plain, uscc, "report_material_receipt", "material_sold", "material_received", day)
        owed += _halves(plain, uscc, "report_material_sale", "material_received", "material_sold", day)
        owed += _information(plain, uscc, day)
        owed += _outlets(plain, uscc, sales, day)
    return owed


def find_lapsed(owed: list[Owes], day: date) -> list[Found]:
    """Return what is found on a day on which limit and grace of open duties are over."""
    found = []
    for one in owed:
        if one.closed_by is None and one.lapses_on < day:
            evidence = dict(one.evidence)
            is_lead = "doubt" in evidence or (one.kind in WEIGHED_BY_ENTRY and not one.is_verified)
            found.append(about_party(one.party, one.rule, "lead" if is_lead else "violation", duty=one.kind, **evidence,
                                     opened_on=one.opened_on.isoformat(), due_on=one.due_on.isoformat(),
                                     lapses_on=one.lapses_on.isoformat()))  # fmt: skip
    return found


def find_unpublished(plain: Plain, day: date) -> list[Found]:
    """Return the outlets in force for longer than the days allowed of which no day of publication is known."""
    outlets = plain.registry.register.outlets
    if not any(one.published_on for one in outlets):
        return []
    days = plain.threshold("outlet_publication_days", day)
    return [
        about_party(one.producer, "outlet_not_published", "notice", outlet=one.outlet_id,
                    in_force_from=one.valid_from.isoformat())
        for one in outlets
        if one.published_on is None
        and max(one.valid_from, RULES_BEGIN) + timedelta(days=days) < day
        and (one.valid_until is None or day <= one.valid_until)
    ]  # fmt: skip


def _owe(plain: Plain, kind: str, rule: str, uscc: str, *, limit: Raw, opener: str, opened_by: str, since: date,
         closed: Raw | None = None, **evidence: Any) -> Owes:  # fmt: skip
    due_on = due_day(since, limit)
    return Owes(kind, rule, uscc, opener, opened_by, since, due_on, due_on + timedelta(days=limit["grace_days"]),
                closed and closed["report_id"], closed and closed["reporter"], tuple(sorted(evidence.items())),
                limit["verified"])  # fmt: skip


# -- periods -------------------------------------------------------------------------------------------------------


def _zero_reports(plain: Plain, uscc: str, day: date) -> list[Owes]:
    owed, first = [], RULES_BEGIN
    months = plain.threshold("zero_report_months", day)
    while (until := add_months(first, months)) <= day:
        last = until - timedelta(days=1)
        days = [first + timedelta(days=n) for n in range((until - first).days)]
        limit = plain.limit("nothing_to_report", uscc, last)
        if limit and all(plain.is_in_force(uscc, one) for one in days) and not _spoke(plain, uscc, set(days)):
            closed = _covered_by(plain, uscc, set(days))
            owed.append(_owe(plain, "report_zero", "report_overdue", uscc, limit=limit, opener=uscc, opened_by=last.isoformat(),
                             since=last, closed=closed, period_from=first.isoformat(), period_until=last.isoformat()))  # fmt: skip
        first = until
    return owed


def _spoke(plain: Plain, uscc: str, days: set[date]) -> bool:
    """Tell whether anything occurred or was received in the period; what was withdrawn later shows that somebody looked."""
    told = [raw for raw in plain.by(uscc) if raw["kind"] not in SAYS_NOTHING]
    return any(day_of(raw) in days or plain.received_on(raw) in days for raw in told)


def _covered_by(plain: Plain, uscc: str, days: set[date]) -> Raw | None:
    """Return the zero report with which the period had no day left open."""
    left = set(days)
    for raw in sorted(plain.kinds("nothing_to_report"), key=lambda raw: (raw["period_from"], day_of(raw), key_of(raw))):
        if raw["reporter"] == uscc:
            first, last = date.fromisoformat(raw["period_from"]), date.fromisoformat(raw["period_until"])
            left = {one for one in left if not first <= one <= last}
            if not left:
                return raw
    return None


# -- materials -----------------------------------------------------------------------------------------------------


def _parties(raw: Raw) -> tuple[str | None, str | None, str]:
    """Return giver, receiver and material of a sale or receipt."""
    if raw["kind"] == "material_sold":
        return raw["reporter"], raw["receiver"], raw["material"]
    return raw.get("sender"), raw["reporter"], raw["material"]


def _halves(plain: Plain, uscc: str, kind: str, asking: str, answering: str, day: date) -> list[Owes]:
    """Return the halves that a participant owes: nobody could see them from its own reports."""
    reporting_roles = {
        "material_received": {"utilization_enterprise", "battery_producer"},
        "material_sold": {"utilization_enterprise"},
    }
    place = 1 if asking == "material_sold" else 0
    asks = [raw for raw in plain.kinds(asking) if _parties(raw)[place] == uscc and day_of(raw) <= day]
    owed = []
    for raw in _unanswered(asks, [one for one in plain.kinds(answering) if one["reporter"] == uscc]):
        on = day_of(raw)
        limit = plain.limit(answering, uscc, on)
        if limit and plain.roles(uscc, on) & reporting_roles[answering]:
            evidence = {"reported_by": raw["reporter"], "material": raw["material"], "mass_g": raw["mass_g"]}
            evidence |= {"lot_no": raw["lot_no"]} if "lot_no" in raw else {"doubt": "no_lot_no"}
            owed.append(_owe(plain, kind, "report_overdue", uscc, limit=limit, opener=raw["reporter"], opened_by=raw["report_id"],
                             since=on, **evidence))  # fmt: skip
    return owed


def _unanswered(asks: list[Raw], answers: list[Raw]) -> list[Raw]:
    """Return the halves without their other one: the same lot answers all its parts, otherwise one half answers one."""
    silent, spent = [], set()
    for ask in asks:
        of_lot = [
            one
            for one in answers
            if "lot_no" in ask and one.get("lot_no") == ask["lot_no"] and _parties(one) == _parties(ask)
        ]
        spent |= {key_of(one) for one in of_lot}
    for ask in asks:
        fitting = [one for one in answers if _parties(one) == _parties(ask)]
        if "lot_no" in ask and any(one.get("lot_no") == ask["lot_no"] for one in fitting):
            continue
        free = [one for one in fitting if key_of(one) not in spent and not ("lot_no" in ask and "lot_no" in one)]
        same = [one for one in free if one["mass_g"] == ask["mass_g"]]
        if free:
            spent.add(key_of((same or free)[0]))
        else:
            silent.append(ask)
    return silent


# -- models --------------------------------------------------------------------------------------------------------


def _information(plain: Plain, uscc: str, day: date) -> list[Owes]:
    certified = {one.model: one.certified_on for one in plain.registry.register.models if one.uscc == uscc}
    births = [raw for raw in plain.by(uscc) if raw["kind"] in ("battery_produced", "battery_imported")]
    filed = [raw for raw in plain.kinds("dismantling_information_filed") if raw["reporter"] == uscc]
    owed = []
    for model in sorted(certified.keys() | {raw["model"] for raw in births}):
        first = min((month_of(day_of(raw)) for raw in births if raw["model"] == model), default=None)
        if certified.get(model) is not None:
            since, evidence = certified[model], {"certified_on": certified[model].isoformat()}
        elif first is not None:
            since, evidence = month_end(first), {"first_battery_month": first, "doubt": "certification_unknown"}
        else:
            continue
        since = max(since, RULES_BEGIN)
        limit = plain.limit("file_dismantling_information", uscc, since)
        closed = next((raw for raw in filed if raw["model"] == model), None)
        if since <= day and limit:
            owed.append(_owe(plain, "file_dismantling_information", "dismantling_information_overdue", uscc, limit=limit, opener=uscc,
                             opened_by=model, since=since, closed=closed, model=model, **evidence))  # fmt: skip
    return owed


# -- outlets -------------------------------------------------------------------------------------------------------


def _area(role: str, place: str) -> str:
    """Return the province for a battery producer, the prefecture for a vehicle producer; empty where the place does not tell."""
    if role == "battery_producer":
        return place[:2] + "0000" if place else ""
    return place[:4] + "00" if place and place[2:4] != "00" else ""


def _outlets(plain: Plain, uscc: str, sales: Counter[tuple[str, str, str, str]], day: date) -> list[Owes]:
    if not plain.registry.register.outlets or not plain.is_in_force(uscc, day):
        return []
    owed = []
    for role, name in (("battery_producer", "pack_sold"), ("vehicle_producer", "vehicle_sold")):
        if role in plain.roles(uscc, day):
            mine: dict[str, Counter[str]] = {}
            for (sold, party, place, month), count in sales.items():
                if (sold, party) == (name, uscc) and _area(role, place):
                    mine.setdefault(_area(role, place), Counter())[month] += count
            for area, by_month in sorted(mine.items()):
                owed += _outlet_of(plain, uscc, role, area, by_month, day)
    return owed


def _outlet_of(plain: Plain, uscc: str, role: str, area: str, by_month: Counter[str], day: date) -> list[Owes]:
    least = plain.threshold("outlet_sales_min", day)
    here = [(one, _last_day(plain, one)) for one in plain.registry.register.outlets
            if one.producer == uscc and _area(role, one.division) == area]  # fmt: skip
    if any(one.valid_from <= day <= last for one, last in here):
        return []
    month, since = add_months(day.replace(day=1), -1), None
    while _sum_of_year(by_month, month) > least:
        since, month = month, add_months(month, -1)
    if since is None:
        return []
    opened = max([month_end(month_of(since)), RULES_BEGIN, *(last for _, last in here if last < day)])
    limit = plain.limit("provide_outlet", uscc, opened)
    sold = _sum_of_year(by_month, add_months(day.replace(day=1), -1))
    return [_owe(plain, "provide_outlet", "outlet_coverage_missing", uscc, limit=limit, opener=uscc, opened_by=area, since=opened,
                 area=area, role=role, sales_of_12_months=sold, more_than=least)] if limit else []  # fmt: skip


def _last_day(plain: Plain, outlet: Any) -> date:
    """Return the last day of an entry: its own, or the day before the next entry of the same outlet."""
    later = [one.valid_from for one in plain.registry.register.outlets
             if (one.producer, one.outlet_id) == (outlet.producer, outlet.outlet_id) and one.valid_from > outlet.valid_from]  # fmt: skip
    ends = [outlet.valid_until or date.max, *(one - timedelta(days=1) for one in later)]
    return min(ends)


def _sum_of_year(by_month: Counter[str], last: date) -> int:
    """Return the sum of the twelve months of which the last begins on a day."""
    return sum(by_month[month_of(add_months(last, -n))] for n in range(12))
