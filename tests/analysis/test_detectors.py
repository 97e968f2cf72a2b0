"""Each detector in a world of the honest, where it names nobody more often than it says, and with a fraud planted in it."""

import math
import random
from datetime import date, time, timedelta
from itertools import pairwise
from pathlib import Path

import networkx as nx
import pytest

from suyuan.analysis.detectors.catalogue import DETECTORS
from suyuan.analysis.detectors.dated_back import Batch, Filings, Halves, Transit, find_dated_back, measure_evenness
from suyuan.analysis.detectors.distance import least_distance_km
from suyuan.analysis.detectors.goods_in_a_ring import Movement, find_goods_in_a_ring
from suyuan.analysis.detectors.mass_without_a_source import Intake, Masses, find_mass_without_a_source
from suyuan.analysis.detectors.missing_more_than_peers import Scrapped, find_missing_more_than_peers
from suyuan.analysis.detectors.named_by_others_but_silent import Mentions, Month, find_named_but_silent
from suyuan.analysis.detectors.seen_in_two_places_at_once import (
    Pair,
    Sighting,
    find_seen_in_two_places_at_once,
    hours_between,
)

AS_OF = date(2028, 3, 31)
RATE_OF = {one.name: one.false_positives.at_most for one in DETECTORS}


def allowed(name, *, looks):
    """Return how many looks may name anybody if the stated rate holds, chance in so many looks included."""
    mean = RATE_OF[name] * looks
    return mean + 3 * math.sqrt(mean)


def binomial(chance, trials, rate):
    return sum(chance.random() < rate for _ in range(trials))


def in_any_order(chance, *lists):
    return [chance.sample(one, len(one)) for one in lists]


def test_every_detector_says_what_it_counts_and_how_often_it_errs():
    for one in DETECTORS:
        assert all((one.title, one.title_zh, one.counts, one.counts_zh, one.innocent, one.innocent_zh)), one.name
        expected = one.false_positives
        assert 0 < expected.at_most <= 0.02, one.name
        assert all((expected.per, expected.per_zh, expected.because, expected.because_zh)), one.name
    assert len({one.name for one in DETECTORS}) == len(DETECTORS)


@pytest.mark.parametrize("page", ["explanation/detectors.md", "reference/leads.md"])
def test_the_pages_name_every_detector(page):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    assert [one.name for one in DETECTORS if f"`{one.name}`" not in text] == []


# -- seen in two places at once ------------------------------------------------------------------------------------


def seen(subject, on, division, *, at=None, by="R", report_id="r"):
    return Sighting(subject, on, at, division, f"{by}{division}", report_id, "battery_tested")


def test_a_code_in_harbin_and_haikou_on_one_day_is_a_lead_and_in_either_order():
    pairs = [
        Pair(seen("battery:A", AS_OF, "230100"), seen("battery:A", AS_OF, "460100")),
        Pair(seen("battery:B", AS_OF, "230100"), seen("battery:B", AS_OF + timedelta(2), "460100")),
    ]
    (lead,) = find_seen_in_two_places_at_once(pairs)
    assert find_seen_in_two_places_at_once(pairs[::-1]) == [lead]
    assert (lead.subject, lead.party, lead.about) == ("battery:A", None, ("participant:R230100", "participant:R460100"))
    assert lead.evidence["is_distance_verified"] is False
    assert 2800 < lead.evidence["least_distance_km"] < 3400
    assert "25" in lead.explanation
    assert "230100" in lead.explanation_zh


def test_hours_count_where_both_reports_have_them():
    beijing, canton = seen("v", AS_OF, "110105", at=time(8)), seen("v", AS_OF, "440103", at=time(18))
    assert hours_between(beijing, canton) == pytest.approx(11)
    assert find_seen_in_two_places_at_once([Pair(beijing, canton)])
    assert not find_seen_in_two_places_at_once([Pair(seen("v", AS_OF, "110105"), seen("v", AS_OF, "440103"))])
    assert hours_between(seen("v", AS_OF, "110105", at=time(18)), seen("v", AS_OF, "440103")) == pytest.approx(19)


def test_places_of_one_province_or_near_its_border_are_never_far_apart():
    assert least_distance_km("130200", "130900") == 0.0
    assert least_distance_km("130200", "110100") == 0.0
    assert least_distance_km("990000", "110100") is None
    assert least_distance_km("110100", "440100") < least_distance_km("230100", "530100")


def test_honest_lorries_are_never_named_but_mistyped_days_may_be():
    chance = random.Random(11)
    provinces = ("110100", "230100", "310000", "440100", "510100", "530100", "650100", "460100")
    honest, wrong = [], 0
    for number in range(20_000):
        start, end = chance.sample(provinces, 2)
        hours = least_distance_km(start, end) / 75
        left = AS_OF + timedelta(days=chance.randrange(300))
        arrived = left + timedelta(days=chance.random() + hours / 24 + chance.expovariate(0.2))
        if chance.random() < 1e-3:  # a slip of days
            arrived, wrong = left - timedelta(days=chance.randrange(-30, 30)), wrong + 1
        pair = sorted(
            (seen(f"battery:{number}", left, start), seen(f"battery:{number}", arrived, end)), key=lambda one: one.on
        )
        honest.append(Pair(*pair))
    assert len(find_seen_in_two_places_at_once(honest)) <= RATE_OF["seen_in_two_places_at_once"] * 20_000 + 3
    assert wrong > 10, "the world holds slips"


# -- rings ---------------------------------------------------------------------------------------------------------


def find_circles(edges, longest):
    graph = nx.DiGraph()
    graph.add_edges_from(edges)
    yield from nx.simple_cycles(graph, length_bound=longest)


def find_rings(movements, roles):
    return find_goods_in_a_ring(movements, roles, find_circles=find_circles)


def trade(chance, *, days=365):
    """Return honest trade: dismantlers and repairers to outlets to recyclers, recyclers in both directions among themselves."""
    roles = {f"VD{n}": "vehicle_dismantler" for n in range(12)}
    roles |= {f"CO{n}": "collection_outlet" for n in range(8)}
    roles |= {f"UE{n}": "utilization_enterprise" for n in range(8)}
    moved = []

    def move(goods, giver, receiver, on, mass_g):
        moved.append(Movement(goods, giver, receiver, AS_OF + timedelta(days=on), mass_g))

    for number in range(500):
        on, outlet = chance.randrange(days), f"CO{chance.randrange(8)}"
        move(f"P{number}", f"VD{chance.randrange(12)}", outlet, on, 420_000)
        if chance.random() < 0.9:
            move(f"P{number}", outlet, f"UE{chance.randrange(8)}", on + chance.randrange(1, 40), 420_000)
    for number in range(400):  # surplus of one recycler is another's feed, and the other way round next month
        giver, receiver = chance.sample(range(8), 2)
        goods = f"Q{number}" if number % 2 else f"LOT-{number}"
        move(goods, f"UE{giver}", f"UE{receiver}", chance.randrange(days), chance.randrange(200_000, 9_000_000))
    return moved, roles


def passed_round(circle, *, goods, on, step=5, laps=1, mass_g=420_000, recoded=False):
    """Return goods that go round a circle of enterprises, under their code or under a new one at each hand."""
    moved = []
    for one in goods:
        for hop in range(len(circle) * laps):
            name = f"LOT-{one}-{hop}" if recoded else one
            giver, receiver = circle[hop % len(circle)], circle[(hop + 1) % len(circle)]
            moved.append(Movement(name, giver, receiver, AS_OF + timedelta(days=on + step * hop), mass_g + hop))
    return moved


def test_honest_trade_in_both_directions_makes_no_ring():
    looks = 40
    named = 0
    for seed in range(looks):
        moved, roles = trade(random.Random(f"trade {seed}"))
        named += bool(find_rings(moved, roles))
    assert named <= allowed("goods_in_a_ring", looks=looks) == pytest.approx(0.04 + 3 * 0.2)


@pytest.mark.parametrize("length", [3, 4, 6])
@pytest.mark.parametrize("recoded", [False, True])
def test_packs_and_recoded_lots_that_go_round_are_one_lead(length, recoded):
    chance = random.Random(f"ring {length}")
    moved, roles = trade(chance)
    circle = ["UE3", "CO2", "UE5", "CO4", "UE1", "CO7"][:length]
    masses = 8_123_456 if recoded else 420_000
    for batch in range(7):
        lots = [f"R{batch}-{n}" for n in range(1 if recoded else 2)]
        mass_g = masses + 100_000 * batch
        moved += passed_round(circle, goods=lots, on=45 * batch, mass_g=mass_g, laps=1 + recoded, recoded=recoded)
    (lead,) = find_rings(moved, roles)
    assert set(lead.evidence["ring"]) == set(circle)
    assert (lead.party, lead.chance < 1e-3) == (None, True)
    assert {f"participant:{one}" for one in circle} <= {lead.subject, *lead.about}
    (shuffled,) = in_any_order(chance, moved)
    assert find_rings(shuffled, roles) == [lead]
    assert find_rings([one for one in moved if one.giver != circle[0]], roles) == [], "an open chain is no ring"


def test_a_ring_that_different_packs_close_and_none_comes_home_is_seen():
    moved, roles = trade(random.Random(2))
    for start in range(4):
        circle = [f"UE{(start + hop) % 4}" for hop in range(4)]
        for n in range(3):
            moved += passed_round(circle, goods=[f"S{start}-{n}"], on=20 * start)[:2]  # two hops, and there they stay
    (lead,) = find_rings(moved, roles)
    assert set(lead.evidence["ring"]) == {"UE0", "UE1", "UE2", "UE3"}


def test_goods_that_stay_at_the_second_hand_make_no_ring_though_the_circle_closes():
    """The control: the same number of hand-overs round the same circle, but nothing is ever passed on."""
    moved, roles = trade(random.Random(2))
    for start in range(4):
        circle = [f"UE{(start + hop) % 4}" for hop in range(4)]
        for n in range(6):
            moved += passed_round(circle, goods=[f"S{start}-{n}"], on=20 * start)[:1]
    assert find_rings(moved, roles) == []


def test_where_everybody_deals_in_used_packs_dealers_are_no_ring():
    chance = random.Random(7)
    moved, roles = [], {f"UE{n}": "utilization_enterprise" for n in range(8)}
    for number in range(600):
        on, path = chance.randrange(300), chance.sample(range(8), chance.choice((2, 2, 3, 3, 4)))
        for giver, receiver in pairwise(path):
            moved.append(Movement(f"D{number}", f"UE{giver}", f"UE{receiver}", AS_OF + timedelta(days=on), 420_000))
            on += chance.randrange(1, 30)
    assert find_rings(moved, roles) == []


# -- missing packs -------------------------------------------------------------------------------------------------


def scrapped(chance, *, dismantlers=60):
    """Return honest dismantlers: old vehicles lack packs more often, and some take in more old ones."""
    rows = []
    for number in range(dismantlers):
        own = chance.betavariate(20, 20) * 2  # what a district is like
        for age, rate in (("0-5", 0.01), ("6-10", 0.03), ("11-", 0.08)):
            vehicles = chance.randrange(5, 90)
            rows.append(Scrapped(f"VD{number}", age, vehicles, binomial(chance, vehicles, rate * own)))
    return rows


def test_honest_dismantlers_are_named_as_seldom_as_stated():
    looks = 60
    named = sum(
        bool(find_missing_more_than_peers(scrapped(random.Random(f"m{seed}")), as_of=AS_OF)) for seed in range(looks)
    )
    assert named <= allowed("missing_more_than_peers", looks=looks)


def test_a_dismantler_that_sells_packs_aside_is_named_and_one_with_old_wrecks_is_not():
    chance = random.Random(21)
    rows = [
        *scrapped(chance),
        Scrapped("THIEF", "6-10", 80, 24),
        Scrapped("OLD", "11-", 300, 27),
    ]
    (lead,) = find_missing_more_than_peers(rows, as_of=AS_OF)
    assert (lead.party, lead.evidence["cases"], lead.evidence["trials"]) == ("THIEF", 24, 80)
    (shuffled,) = in_any_order(chance, rows)
    assert find_missing_more_than_peers(shuffled, as_of=AS_OF) == [lead]
    ages = [Scrapped(row.dismantler, "", row.vehicles, row.incomplete) for row in rows]
    assert find_missing_more_than_peers([row for row in ages if row.dismantler == "THIEF"], as_of=AS_OF) == []


# -- mass without a source -----------------------------------------------------------------------------------------


def plants(chance, *, number=30):
    intakes, masses = [], []
    for n in range(number):
        receipts = chance.randrange(50, 900)
        intakes.append(Intake(f"UE{n}", receipts, binomial(chance, receipts, chance.betavariate(3, 97))))
        came = chance.randrange(50_000_000, 3_000_000_000)
        loose = min(0.9, chance.lognormvariate(math.log(0.03), 0.5))
        traceable = int(came * (1 - loose))
        uncoded = int(came * min(0.9, chance.lognormvariate(math.log(0.04), 0.6)))
        masses.append(Masses(f"UE{n}", int(came * chance.uniform(0.6, 1.0)), traceable, uncoded, came))
    return intakes, masses


def test_honest_plants_are_named_as_seldom_as_stated():
    looks, named = 60, 0
    for seed in range(looks):
        named += bool(find_mass_without_a_source(*plants(random.Random(f"p{seed}")), as_of=AS_OF))
    assert named <= allowed("mass_without_a_source", looks=looks)


def test_phantom_intake_phantom_feed_and_laundering_through_uncoded_lots_are_three_signals():
    chance = random.Random(31)
    intakes, masses = plants(chance)
    intakes.append(Intake("LIAR", 400, 150))
    masses.append(Masses("FEEDER", 900_000_000, 300_000_000, 0, 900_000_000))
    masses.append(Masses("MIXER", 900_000_000, 900_000_000, 600_000_000, 900_000_000))
    leads = find_mass_without_a_source(intakes, masses, as_of=AS_OF)
    assert {(one.party, one.evidence["signal"]) for one in leads} == {
        ("LIAR", "unconfirmed_receipts"),
        ("FEEDER", "processed_beyond_traceable"),
        ("MIXER", "uncoded_share"),
    }
    assert find_mass_without_a_source(*in_any_order(chance, intakes, masses), as_of=AS_OF) == leads


def test_a_phantom_among_few_plants_or_of_little_mass_is_not_seen():
    chance = random.Random(32)
    _, masses = plants(chance, number=6)
    assert find_mass_without_a_source([], [*masses, Masses("X", 900_000_000, 0, 0, 900_000_000)], as_of=AS_OF) == []
    _, masses = plants(chance)
    assert find_mass_without_a_source([], [*masses, Masses("X", 400_000, 0, 0, 400_000)], as_of=AS_OF) == []


# -- silence -------------------------------------------------------------------------------------------------------


def months_of(chance, party, *, months=24, share=0.8, from_month=0, named=4):
    """Return months in which others name a party, which reports in a share of them."""
    start = 2026 * 12 + 3
    rows = []
    for number in range(from_month, months):
        year, month = divmod(start + number, 12)
        own = int(chance.random() < share)
        rows.append(Month(party, "co", f"{year}-{month + 1:02d}", own * 7, named if chance.random() < 0.8 else 0))
    return rows


def talkers(chance, *, number=60):
    mentions, months = [], []
    for n in range(number):
        goods = chance.randrange(10, 300)
        mentions.append(
            Mentions(f"C{n}", "collection_outlet", goods, binomial(chance, goods, chance.betavariate(2, 60)))
        )
        months += months_of(chance, f"C{n}", share=chance.uniform(0.6, 1.0))
    return mentions, months


def test_honest_enterprises_are_named_silent_as_seldom_as_stated():
    looks, named = 60, 0
    for seed in range(looks):
        named += bool(find_named_but_silent(*talkers(random.Random(f"s{seed}")), as_of=AS_OF))
    assert named <= allowed("named_by_others_but_silent", looks=looks)


def test_who_never_answers_and_who_falls_silent_are_named_and_who_has_no_business_is_not():
    chance = random.Random(41)
    mentions, months = talkers(chance)
    mentions.append(Mentions("MUTE", "collection_outlet", 60, 58))
    months += months_of(chance, "NEVER", share=0.0)
    stopped = [
        row if row.month < "2027-06" else Month("GONE", "co", row.month, 0, row.named)
        for row in months_of(chance, "GONE", share=0.95)
    ]
    closed = [row for row in months_of(chance, "CLOSED", share=0.95) if row.month < "2027-06"]
    found = find_named_but_silent(mentions, [*months, *stopped, *closed], as_of=AS_OF)
    assert {(one.party, one.evidence["signal"]) for one in found} == {
        ("MUTE", "unanswered"),
        ("NEVER", "silent_months"),
        ("GONE", "fell_silent"),
    }
    shuffled = in_any_order(chance, mentions, [*months, *stopped, *closed])
    assert find_named_but_silent(*shuffled, as_of=AS_OF) == found


# -- dates ---------------------------------------------------------------------------------------------------------


def honest_batch(chance, party, *, reports, span):
    start, counts = date(2027, 5, 1), {}
    for _ in range(reports):
        on = start + timedelta(days=chance.randrange(span))
        counts[on] = counts.get(on, 0) + 1
    return Batch(party, start + timedelta(days=span), tuple(sorted(counts.items())))


def usual_way(chance):
    return chance.lognormvariate(math.log(3), 0.5)


def waiting_way(chance):
    return 1 + chance.expovariate(0.25)


def clerks(chance, *, number=40, days_on_the_way=usual_way):
    halves, transits, filings, batches = [], [], [], []
    for n in range(number):
        movements, days = chance.randrange(20, 400), chance.randrange(12, 120)
        halves.append(Halves(f"V{n}", "vd", movements, binomial(chance, movements, chance.betavariate(1, 60))))
        filings.append(Filings(f"V{n}", "vd", days, binomial(chance, days, chance.betavariate(4, 60))))
        batches += [
            honest_batch(chance, f"V{n}", reports=chance.randrange(8, 60), span=chance.randrange(8, 40))
            for _ in range(12)
        ]
    transits = [
        Transit(
            f"V{chance.randrange(number)}", "vd > co", f"G{n}", round(days_on_the_way(chance)), chance.random() < 0.6
        )
        for n in range(1_500)
    ]
    return halves, transits, filings, batches


@pytest.mark.parametrize("way", [usual_way, waiting_way])
def test_honest_clerks_are_named_as_seldom_as_stated(way):
    looks, named = 30, 0
    for seed in range(looks):
        named += bool(find_dated_back(*clerks(random.Random(f"d{seed}"), days_on_the_way=way), as_of=AS_OF))
    assert named <= allowed("dated_back", looks=looks)


def test_days_denied_by_others_long_ways_days_just_in_time_and_days_too_even_are_four_signals():
    chance = random.Random(51)
    halves, transits, filings, batches = clerks(chance)
    transits += [
        Transit("LATER", "vd > co", "LATE", 90, is_told_after=True),
        Transit("FIRST", "vd > co", "WAIT", 90, is_told_after=False),
    ]
    halves.append(Halves("DENIED", "vd", 100, 60))
    filings.append(Filings("LAST", "vd", 60, 40))
    start = date(2027, 5, 1)
    batches.append(
        Batch("EVEN", start + timedelta(40), tuple((start + timedelta(days), 1) for days in range(0, 28, 1)))
    )
    found = find_dated_back(halves, transits, filings, batches, as_of=AS_OF)
    assert {(one.party, one.evidence["signal"]) for one in found} == {
        ("DENIED", "contradicts_counterpart"),
        ("LATER", "long_on_the_way"),
        ("LAST", "just_in_time"),
        ("EVEN", "too_even"),
    }
    assert find_dated_back(*in_any_order(chance, halves, transits, filings, batches), as_of=AS_OF) == found


def test_a_batch_of_random_days_or_of_few_reports_says_nothing():
    chance = random.Random(52)
    assert measure_evenness(honest_batch(chance, "V", reports=25, span=25))[0] > 1e-3
    assert measure_evenness(honest_batch(chance, "V", reports=6, span=25)) is None
    one_day = Batch("V", AS_OF, ((AS_OF, 30),))
    assert measure_evenness(one_day) is None
