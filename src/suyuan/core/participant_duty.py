"""What participants themselves owe, as the sweep of a day tells: nothing in one timeline could open or close it.

Zero reports (零报告), the other half of a movement of material, dismantling information of a model (拆解信息), outlets
where they sell (回收服务网点). Each stands under `participant:<USCC>`; what is settled before anybody had to ask leaves no
duty.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.division import prefecture_of, province_of
from suyuan.core.duty import KIND_BY_NAME as DUTY_KIND_BY_NAME
from suyuan.core.duty import Duty, owe
from suyuan.core.event import Event
from suyuan.core.month import MONTHS_PER_YEAR, add_months, last_day_of, month_of
from suyuan.core.participant import ParticipantView

TELL_NOTHING = frozenset({"nothing_to_report", "report_withdrawn"})
ONE_DAY = timedelta(days=1)
SALES_MONTHS = 36  # how far back sales are read to tell since when an outlet is missing
OUTLET_SALES = {"battery_producer": "pack_sold", "vehicle_producer": "vehicle_sold"}


def list_participant_duties(view: ParticipantView) -> list[Duty]:
    """Return the duties of a participant itself, open and settled, as of the day of its view."""
    return [duty for owes in _OWED for duty in owes(view)]


def _owe(
    view: ParticipantView,
    kind: str,
    *,
    key: tuple[str, str],
    on: date,
    evidence: dict[str, Any],
    settled: Event | None = None,
) -> Iterator[Duty]:
    """Yield the duty of the participant, unless the book of the day `on` knows none."""
    duty = owe(
        DUTY_KIND_BY_NAME[kind],
        subject=view.subject,
        party=view.uscc,
        key=key,
        on=on,
        evidence=evidence,
        registry=view.registry,
        rulebook=view.rulebook,
    )
    if duty is not None:
        if settled is not None:
            duty.closed_by, duty.closer = settled.report_id, settled.reporter
        yield duty


def _find_beginning(view: ParticipantView, limit_key: str) -> date | None:
    """Return the first day of the first book that knows a duty: what was so before is asked for from then on."""
    return min((book.in_force_from for book in view.rulebook.books if book.limit(limit_key)), default=None)


# -- zero reports --------------------------------------------------------------------------------------------------


def _owe_zero_reports(view: ParticipantView) -> Iterator[Duty]:
    """For each period that is over and of which nothing was reported: a report, or that there was nothing to report.

    Owed by who was registered for the whole of it. What occurred in the period counts whenever it is reported, and so
    does any report received in it.
    """
    registered_from = view.registry.registered_from(view.uscc)
    received = {one.month for one in view.reports if one.kind not in TELL_NOTHING}
    heard = received | set(view.months.get("", ()))
    for first, last in _list_periods(view):
        if registered_from is None or registered_from > first or not view.registry.is_qualified(view.uscc, on=last):
            continue
        if any(month_of(first) <= month <= month_of(last) for month in heard):
            continue
        evidence = {"period_from": first.isoformat(), "period_until": last.isoformat()}
        settled = _find_zero_report(view.events, first=first, last=last)
        yield from _owe(
            view, "report_zero", key=(view.uscc, last.isoformat()), on=last, evidence=evidence, settled=settled
        )


def _list_periods(view: ParticipantView) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of each period that was over before the day, from the book that first asks for it."""
    begun = [book.in_force_from for book in view.rulebook.books if "zero_report_months" in book.thresholds]
    if not begun:
        return
    first = date(min(begun).year, 1, 1)
    while True:
        following = add_months(first, view.rulebook.threshold("zero_report_months", on=first))
        if following > view.day:
            return
        if first >= min(begun):
            yield first, following - ONE_DAY
        first = following


def _find_zero_report(events: Iterable[Event], *, first: date, last: date) -> Event | None:
    """Return the report with which it is said of the whole period that there was nothing to report, None while it is not.

    Several may cover it together; the last one needed settles the duty.
    """
    said = [
        (date.fromisoformat(one.body["period_from"]), date.fromisoformat(one.body["period_until"]), one)
        for one in events
        if one.kind.name == "nothing_to_report"
    ]
    reached = first - ONE_DAY
    settling: Event | None = None
    for since, until, event in sorted(said, key=lambda one: (one[0], one[1], one[2].key)):
        if since <= reached + ONE_DAY and until > reached:
            reached, settling = until, event
        if reached >= last:
            return settling
    return None


# -- materials -----------------------------------------------------------------------------------------------------


def _owe_material_halves(view: ParticipantView) -> Iterator[Duty]:
    """The receipt of a material that another sold to it, or the sale of one that another received from it."""
    moved = [one for one in view.events if one.kind.name in ("material_sold", "material_received") and one.counterparty]
    for _, group in groupby(sorted(moved, key=_movement), key=_movement):
        own: list[Event] = []
        others: list[Event] = []
        for event in group:
            (own if event.reporter == view.uscc else others).append(event)
        for event in _list_unmatched(others, own):
            yield from _owe_other_half(view, event)


def _movement(event: Event) -> tuple[str, str, str]:
    """Return giver, receiver and material of a sale or a receipt."""
    parties = (event.reporter, event.counterparty or "")
    return (*(parties if event.kind.name == "material_sold" else parties[::-1]), event.body["material"])


def _list_unmatched(asking: list[Event], answering: list[Event]) -> list[Event]:
    """Return the halves that no half of the other side answers.

    A lot number that stands on both sides answers all parts of that lot. Of the rest, where either side gives no number,
    one half answers one: the same mass first, then the oldest.
    """
    named = {one.body.get("lot_no") for one in answering} & {one.body.get("lot_no") for one in asking} - {None}
    left = [one for one in answering if one.body.get("lot_no") not in named]
    unmatched = []
    for event in sorted((one for one in asking if one.body.get("lot_no") not in named), key=_by_day):
        fitting = [one for one in left if None in (one.body.get("lot_no"), event.body.get("lot_no"))]
        if not fitting:
            unmatched.append(event)
            continue
        left.remove(min(fitting, key=lambda one: (one.body["mass_g"] != event.body["mass_g"], *_by_day(one))))
    return unmatched


def _by_day(event: Event) -> tuple[date, tuple[str, str]]:
    return event.occurred_on, event.key


def _owe_other_half(view: ParticipantView, event: Event) -> Iterator[Duty]:
    """A report of the kind that answers the event, unless the participant is no reporter of that kind that day.

    Without a lot number parts of a delivery cannot be told from deliveries that stay unanswered: that is a doubt.
    """
    owed, kind = (
        ("material_received", "report_material_receipt")
        if event.kind.name == "material_sold"
        else ("material_sold", "report_material_sale")
    )
    if KIND_BY_NAME[owed].reporters.isdisjoint(view.registry.roles_of(view.uscc, on=event.occurred_on)):
        return
    lot_no = event.body.get("lot_no")
    evidence = {"reported_by": event.reporter, "material": event.body["material"], "mass_g": event.body["mass_g"]}
    evidence |= {"lot_no": lot_no} if lot_no else {"doubt": "no_lot_no"}
    yield from _owe(view, kind, key=event.key, on=event.occurred_on, evidence=evidence)


# -- dismantling information ---------------------------------------------------------------------------------------


def _owe_dismantling_information(view: ParticipantView) -> Iterator[Duty]:
    """The dismantling information of each model, from its mandatory certification or, for older ones, from the rule.

    Where the register does not hold the certification of a model, its first battery opens the duty, which is a doubt.
    """
    filed: dict[str, Event] = {}
    for event in view.events:
        if event.kind.name == "dismantling_information_filed":
            filed.setdefault(event.body["model"], event)
    certified = {
        one.model: one.certified_on
        for one in view.registry.models_of(view.uscc)
        if one.certified_on is not None and one.certified_on <= view.day
    }
    begun = _find_beginning(view, "file_dismantling_information")
    if begun is None:
        return
    for model in sorted({*certified, *view.months} - {""}):
        if model in certified:
            started, evidence = certified[model], {"model": model, "certified_on": certified[model].isoformat()}
        else:
            first = min(view.months[model])
            started = last_day_of(first)
            evidence = {"model": model, "first_battery_month": first, "doubt": "certification_unknown"}
        on = max(started, begun)
        key = (view.uscc, model)
        yield from _owe(
            view, "file_dismantling_information", key=key, on=on, evidence=evidence, settled=filed.get(model)
        )


# -- outlets -------------------------------------------------------------------------------------------------------


def _owe_outlets(view: ParticipantView) -> Iterator[Duty]:
    """An outlet in each province where a battery producer, in each prefecture where a vehicle producer sells enough.

    Built, joint and entrusted outlets count alike. Nobody owes one while the register holds no outlet of anybody: then
    outlets are not kept here.
    """
    if "outlets" not in view.kept or not view.registry.is_qualified(view.uscc, on=view.day):
        return
    roles = view.registry.roles_of(view.uscc, on=view.day)
    for role in sorted(roles & OUTLET_SALES.keys()):
        area_of = province_of if role == "battery_producer" else prefecture_of
        covered = {area_of(one.division) for one in view.registry.outlets_of(view.uscc, on=view.day)}
        for area, sales in sorted(_sum_sales(view, name=OUTLET_SALES[role], area_of=area_of).items()):
            if area not in covered:
                yield from _owe_outlet(view, role=role, area=area, sales=sales, area_of=area_of)


AreaOf = Callable[[str], str | None]


def _sum_sales(view: ParticipantView, *, name: str, area_of: AreaOf) -> dict[str, dict[str, int]]:
    """Return the first sales by area and month; a sale whose place is unknown is in none."""
    sales: dict[str, dict[str, int]] = {}
    for one in view.tallies:
        area = area_of(one.tally.place) if one.tally.name == name and one.tally.place else None
        if area is not None:
            months = sales.setdefault(area, {})
            months[one.tally.month] = months.get(one.tally.month, 0) + one.count
    return sales


def _owe_outlet(
    view: ParticipantView, *, role: str, area: str, sales: dict[str, int], area_of: AreaOf
) -> Iterator[Duty]:
    """An outlet in an area, from the end of the first month since which each twelve months brought more than enough sales.

    Where an outlet was there, only from its last day on, and never from before the rule began.
    """
    enough = view.rulebook.threshold("outlet_sales_min", on=view.day)
    month = add_months(view.day.replace(day=1), -1)
    since: date | None = None
    latest = 0
    for back in range(SALES_MONTHS - MONTHS_PER_YEAR):
        last = add_months(month, -back)
        sold = sum(
            count
            for name, count in sales.items()
            if month_of(add_months(last, 1 - MONTHS_PER_YEAR)) <= name <= month_of(last)
        )
        if sold <= enough:
            break
        since, latest = last_day_of(month_of(last)), latest or sold
    begun = _find_beginning(view, "provide_outlet")
    if since is None or begun is None:
        return
    ended = [
        last
        for outlet, last in view.registry.ended_outlets_of(view.uscc, on=view.day)
        if area_of(outlet.division) == area
    ]
    evidence = {"area": area, "role": role, "sales_of_12_months": latest, "more_than": enough}
    yield from _owe(view, "provide_outlet", key=(view.uscc, area), on=max([since, begun, *ended]), evidence=evidence)


_OWED: tuple[Callable[[ParticipantView], Iterator[Duty]], ...] = (
    _owe_zero_reports,
    _owe_material_halves,
    _owe_dismantling_information,
    _owe_outlets,
)
