"""Leads of the statistical detectors over the whole record, worked out when somebody asks; nothing of them is stored."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Final

from msgspec.structs import replace

from suyuan.analysis.detectors.catalogue import DETECTORS
from suyuan.analysis.detectors.codes_never_born import (
    Unborn,
    find_codes_never_born,
    list_repeated_serials,
    suspect_structure,
)
from suyuan.analysis.detectors.dated_back import (
    BATCH_DAYS_MIN,
    BATCH_REPORTS_MAX,
    BATCH_REPORTS_MIN,
    Filings,
    Halves,
    Transit,
    find_dated_back,
)
from suyuan.analysis.detectors.detector import Detector, Lead, order_leads
from suyuan.analysis.detectors.goods_in_a_ring import find_goods_in_a_ring
from suyuan.analysis.detectors.mass_without_a_source import Intake, Masses, find_mass_without_a_source
from suyuan.analysis.detectors.missing_more_than_peers import Scrapped, find_missing_more_than_peers
from suyuan.analysis.detectors.more_metal_than_peers import Recovery, find_more_metal_than_peers
from suyuan.analysis.detectors.named_by_others_but_silent import Mentions, Month, find_named_but_silent
from suyuan.analysis.detectors.seen_in_two_places_at_once import (
    DAYS_APART_MAX,
    Pair,
    find_seen_in_two_places_at_once,
)
from suyuan.app.analysis_extra import load_networkx
from suyuan.app.context import Context
from suyuan.app.describe import describe_subject
from suyuan.core.account import FLOWS
from suyuan.core.battery_code import CHARACTERS
from suyuan.core.composition import least_metals_of_material
from suyuan.core.deadline import find_deadline
from suyuan.core.month import month_of
from suyuan.core.value import SHANGHAI
from suyuan.store import detect as store
from suyuan.store.detect import Record

LAW_FROM: Final = date(2026, 4, 1)  # before it other limits held, and the platform did not take reports as they came
SETTLED_DAYS: Final = 75  # the limit of the other half (30 days) with its grace, and as long again as that grace
LOOKED_BACK_DAYS: Final = 730
DENIED_BEFORE_DAYS, DENIED_AFTER_DAYS = 3, 21
NEAR_CODES_MAX: Final = 500
UNKNOWN_AGE: Final = 99
SIGHTING_KINDS: Final = (
    "battery_fitted", "battery_swapped", "battery_replaced", "component_replaced", "vehicle_scrapped", "battery_removed",
    "battery_handed_over", "battery_received", "battery_tested", "battery_refurbished", "battery_dismantled",
    "material_recovered", "stock_counted",
)  # fmt: skip
"""Reports of goods being handled, not of papers: births and sales are told by a head office."""
FILED_KINDS: Final = (
    "battery_replaced", "vehicle_scrapped", "battery_removed", "battery_handed_over", "battery_received",
    "battery_dismantled", "material_recovered",
)  # fmt: skip
PREMISES_ROLES: Final = frozenset({"repairer", "vehicle_dismantler", "collection_outlet", "utilization_enterprise"})
"""Who works where it is registered; producers, operators, sellers and fleets have many places and count only where they name one."""


def find_leads(context: Context, *, as_of: date, detectors: Collection[str] | None = None) -> list[Lead]:
    """Return the leads of all detectors, or of some by name, about what occurred by the end of a day, in their one order.

    Raises UseCaseError where rings are looked for and networkx is not installed.
    """
    record = store.open_record(context.connection, as_of=as_of)
    wanted = [name for name in LOOKS if detectors is None or name in detectors]
    return order_leads([lead for name in wanted for lead in LOOKS[name](context, record)])


def describe_lead(lead: Lead) -> dict[str, Any]:
    """Return a lead as answers print it, like a finding, with how often its detector names the honest."""
    detector = _DETECTOR_BY_NAME[lead.detector]
    expected = detector.false_positives
    return {
        "detector": lead.detector,
        "title": detector.title,
        "title_zh": detector.title_zh,
        "weight": "lead",
        "subject": lead.subject,
        "about": list(lead.about),
        "party": lead.party,
        "on": lead.on.isoformat(),
        "chance": lead.chance,
        "evidence": lead.evidence,
        "explanation": lead.explanation,
        "explanation_zh": lead.explanation_zh,
        "innocent": detector.innocent,
        "innocent_zh": detector.innocent_zh,
        "expected_false_positives": {
            "at_most": expected.at_most,
            "per": expected.per,
            "per_zh": expected.per_zh,
            "because": expected.because,
            "because_zh": expected.because_zh,
        },
    }


# -- what each detector looks at -----------------------------------------------------------------------------------


def _look_for_leaps(context: Context, record: Record) -> list[Lead]:
    registry, homes = context.read_registry(), {}
    for uscc in registry.usccs:
        entry = registry.find(uscc, on=record.as_of)
        if entry is not None and entry.division and entry.roles and entry.roles <= PREMISES_ROLES:
            homes[uscc] = entry.division
    pairs = store.find_leaps(record, kinds=SIGHTING_KINDS, homes=homes, days=DAYS_APART_MAX)
    return find_seen_in_two_places_at_once([_name_subject(pair) for pair in pairs])


def _name_subject(pair: Pair) -> Pair:
    """Return a pair of sightings whose subject has its family before it."""
    subject = describe_subject(pair.before.subject)
    return replace(pair, before=replace(pair.before, subject=subject), after=replace(pair.after, subject=subject))


def _look_for_rings(context: Context, record: Record) -> list[Lead]:
    networkx = load_networkx()

    def find_circles(edges: list[tuple[int, int]], longest: int) -> Iterator[list[int]]:
        graph = networkx.DiGraph()
        graph.add_edges_from(edges)
        yield from networkx.simple_cycles(graph, length_bound=longest)

    movements = store.read_movements(record, since=record.as_of - timedelta(days=LOOKED_BACK_DAYS))
    parties = {party for one in movements for party in (one.giver, one.receiver)}
    roles = {party: _roles_text(context, party, on=record.as_of) for party in sorted(parties)}
    return find_goods_in_a_ring(movements, roles, find_circles=find_circles)


def _look_for_missing(_context: Context, record: Record) -> list[Lead]:
    counted: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for dismantler, years, vehicles, incomplete in store.count_scrapped(record):
        key = (dismantler, _age_class(years))
        counted[key] = (counted[key][0] + vehicles, counted[key][1] + incomplete)
    rows = [Scrapped(*key, *counts) for key, counts in sorted(counted.items())]
    return find_missing_more_than_peers(rows, as_of=record.as_of)


def _age_class(years: int) -> str:
    if years >= UNKNOWN_AGE:
        return "unknown"
    return next(name for limit, name in ((5, "0-5"), (10, "6-10"), (UNKNOWN_AGE, "11-")) if years <= limit)


def _look_for_phantom_mass(context: Context, record: Record) -> list[Lead]:
    registry = context.read_registry()
    usccs = [u for u in registry.usccs if "utilization_enterprise" in registry.roles_of(u, on=record.as_of)]
    receipts = {row[0]: row[1:] for row in store.count_receipts(record, usccs=usccs, settled_before=_settled(record))}
    flows: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for uscc, _, flow, grams in store.sum_flows(record, usccs=usccs):
        flows[uscc][flow] += grams
    opening: dict[str, int] = defaultdict(int)
    for uscc, _, grams in store.read_first_counts(record, usccs=usccs):
        opening[uscc] += grams
    intakes = [Intake(uscc, total, unconfirmed) for uscc, (total, unconfirmed, _) in sorted(receipts.items())]
    masses = [
        _weigh(uscc, own, opening_g=opening[uscc], unconfirmed_g=receipts.get(uscc, (0, 0, 0))[2])
        for uscc, own in sorted(flows.items())
    ]
    return find_mass_without_a_source(intakes, masses, as_of=record.as_of)


def _weigh(uscc: str, own: dict[str, int], *, opening_g: int, unconfirmed_g: int) -> Masses:
    """Return the masses of an enterprise; parts from its own dismantling are neither new nor processed twice."""
    processed_g = own["fed"] + own["made_into_product"] + own["taken_apart"] - own["from_dismantling"]
    traceable_g = own["received"] - unconfirmed_g + own["taken_off"] + own["retired"] + own["weighed_more"] + opening_g
    came_g = opening_g + sum(grams for flow, grams in own.items() if FLOWS[flow].direction > 0)
    return Masses(uscc, processed_g, traceable_g, own["declared"], came_g - own["from_dismantling"])


def _look_for_phantom_metal(_context: Context, record: Record) -> list[Lead]:
    recoveries = [
        Recovery(uscc, sum(least_metals_of_material(one).get("lithium", 0) for one in outputs), feed_g)
        for uscc, feed_g, outputs in store.read_recoveries(
            record, since=record.as_of - timedelta(days=LOOKED_BACK_DAYS)
        )
    ]
    return find_more_metal_than_peers(recoveries, as_of=record.as_of)


def _look_for_silence(context: Context, record: Record) -> list[Lead]:
    mentions = [
        Mentions(uscc, roles, goods, unanswered)
        for uscc, goods, unanswered in sorted(store.count_mentions(record, settled_before=_settled(record)))
        if (roles := _roles_text(context, uscc, on=record.as_of))
    ]
    months = [
        Month(uscc, roles, month, own, named)
        for uscc, month, own, named in store.count_months(record)
        if month < month_of(record.as_of) and (roles := _roles_text(context, uscc, on=record.as_of))
    ]
    return find_named_but_silent(mentions, months, as_of=record.as_of)


def _look_for_dates(context: Context, record: Record) -> list[Lead]:
    @cache
    def roles_of(uscc: str) -> str:
        return _roles_text(context, uscc, on=record.as_of)

    moved = store.read_transits(record, since=LAW_FROM)
    halves = [
        Halves(uscc, roles_of(uscc), movements, contradicted)
        for uscc, movements, contradicted in count_halves(
            moved, days_before=DENIED_BEFORE_DAYS, days_after=DENIED_AFTER_DAYS
        )
    ]
    transits = [
        Transit(receiver, f"{roles_of(giver)} > {roles_of(receiver)}", goods, days, is_told_after)
        for giver, receiver, goods, days, is_told_after, _ in moved
    ]
    slack: dict[tuple[str, date], int] = {}
    for uscc, received_on, kind, oldest_on in store.read_filings(record, kinds=FILED_KINDS, since=LAW_FROM):
        roles = context.read_registry().roles_of(uscc, on=oldest_on)
        deadline = find_deadline(kind, on=oldest_on, rulebook=context.rulebook, roles=roles)
        if deadline is not None:
            left = (deadline.due_on - received_on).days
            slack[uscc, received_on] = min(left, slack.get((uscc, received_on), left))
    days: dict[str, list[int]] = defaultdict(list)
    for (uscc, _), left in sorted(slack.items()):
        days[uscc].append(left)
    filings = [
        Filings(uscc, roles_of(uscc), len(own), sum(left in (0, 1) for left in own)) for uscc, own in days.items()
    ]
    batches = store.read_batches(
        record,
        kinds=FILED_KINDS,
        since=LAW_FROM,
        days_min=BATCH_DAYS_MIN // 2,
        reports_min=BATCH_REPORTS_MIN,
        reports_max=BATCH_REPORTS_MAX,
    )
    return find_dated_back(halves, transits, filings, batches, as_of=record.as_of)


def count_halves(
    moved: Iterable[tuple[str, str, str, int, bool, bool]], *, days_before: int, days_after: int
) -> list[tuple[str, int, int]]:
    """Return party, movements that both sides told of, and those that it told later and with a day the other's denies."""
    movements: Counter[str] = Counter()
    contradicted: Counter[str] = Counter()
    for giver, receiver, _, days, is_told_after, is_told_before in moved:
        movements.update((giver, receiver))
        contradicted[giver] += is_told_before and -days > days_before
        contradicted[receiver] += is_told_after and days > days_after
    return [(party, movements[party], contradicted[party]) for party in sorted(movements)]


def _look_for_forged_codes(_context: Context, record: Record) -> list[Lead]:
    births, unborn = store.count_births(record), store.read_unborn(record)
    suspected = [one.code for one, _ in suspect_structure(births, unborn)][:NEAR_CODES_MAX]
    near = {code: set(_near_codes(code)) for code in suspected}
    born = store.find_born(record, (one for codes in near.values() for one in codes))
    mistyped = {code for code, codes in near.items() if not born.isdisjoint(codes)}
    told = [Unborn(one.code, one.first_told_by, one.first_told_on, one.code in mistyped) for one in unborn]
    serials = store.count_serials(record, (serial for _, serial in list_repeated_serials(told)))
    return find_codes_never_born(births, told, serials)


def _near_codes(code: str) -> Iterator[str]:
    """Yield the codes with one other character of type, specification or traceability information."""
    for place in range(4, 14):
        for character in CHARACTERS:
            if character != code[place]:
                yield f"{code[:place]}{character}{code[place + 1 :]}"


def _roles_text(context: Context, uscc: str, *, on: date) -> str:
    return " ".join(sorted(context.read_registry().roles_of(uscc, on=on)))


def _settled(record: Record) -> datetime:
    """Return the moment before which the other half of what was told should have come."""
    return datetime.combine(record.as_of - timedelta(days=SETTLED_DAYS), time.min, tzinfo=SHANGHAI)


LOOKS: dict[str, Callable[[Context, Record], list[Lead]]] = {
    "seen_in_two_places_at_once": _look_for_leaps,
    "goods_in_a_ring": _look_for_rings,
    "missing_more_than_peers": _look_for_missing,
    "mass_without_a_source": _look_for_phantom_mass,
    "more_metal_than_peers": _look_for_phantom_metal,
    "named_by_others_but_silent": _look_for_silence,
    "dated_back": _look_for_dates,
    "codes_never_born": _look_for_forged_codes,
}
_DETECTOR_BY_NAME: dict[str, Detector] = {one.name: one for one in DETECTORS}
assert tuple(LOOKS) == tuple(_DETECTOR_BY_NAME), "every detector of the catalogue has what it looks at, in its order"
