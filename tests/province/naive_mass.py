"""The rules of mass once more: what a recovery may have been fed with, and what accounts show of an enterprise on a day."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.province.naive_accounts import INTO, OUT, Accounts, Flows, is_beyond, named_mass, stock_of
from tests.province.naive_metals import METALS, can_hold, least_in_material, most_in_material
from tests.province.naive_world import RULES_BEGIN, Found, Plain, about_party, add_months, day_of, key_of

GOODS = ("battery", "lot")
STRUCTURE = ("copper", "aluminium")
OF_HOUSINGS = ("copper", "aluminium", "steel", "plastic", "electrolyte", "other")
METAL_ITEMS = tuple(f"contained_{metal}" for metal in METALS)
COLLECTORS = frozenset(("collection_outlet", "vehicle_dismantler", "utilization_enterprise"))


def judge_recoveries(plain: Plain, kept: Accounts) -> list[Found]:
    """Return what a single recovery shows: a metal that nothing fed can hold, and mass that the goods named do not explain."""
    found = []
    for raw in plain.kinds("material_recovered"):
        by, subject, goods = raw["reporter"], f"lot:{raw['reporter']}:{raw['report_id']}", kept.feeds[key_of(raw)]
        about = tuple(sorted({*raw.get("battery_codes", ()), *raw.get("lot_codes", ())}))
        metals, feed = _metals_from_nowhere(plain, raw, goods), max(raw["input_mass_g"], named_mass(raw, goods))
        if metals:
            found.append(Found("recovered_more_than_fed", subject, "violation", by,
                               (("feed_g", feed), ("metals", metals)), key_of(raw), about))  # fmt: skip
        named, claimed = named_mass(raw, goods), raw["input_mass_g"]
        tolerance = plain.threshold("feed_mass_tolerance_percent", day_of(raw))
        is_all_weighed = all(one.mass_g is not None for one in goods)
        is_less = claimed * 100 < named * (100 - tolerance)
        if is_less or (is_beyond(plain, raw, goods) and is_all_weighed):
            evidence = (("goods_g", named), ("input_mass_g", claimed), ("tolerance_percent", tolerance))
            found.append(Found("input_mass_unaccounted", subject, "lead", by, evidence, key_of(raw), about))
    return found


def _metals_from_nowhere(plain: Plain, raw: dict[str, Any], goods: list[Any]) -> dict[str, int]:
    if is_beyond(plain, raw, goods) or any(one.mass_g is None for one in goods):
        return {}
    recovered: Counter[str] = Counter()
    for part in raw["outputs"]:
        recovered.update(least_in_material(part))
    floor = plain.threshold("recovered_metal_floor_permille", day_of(raw))
    feed = max(raw["input_mass_g"], named_mass(raw, goods))
    return {
        f"{metal}_g": grams
        for metal, grams in recovered.items()
        if grams * 1000 > feed * floor
        and not any(can_hold(one, metal) for one in goods)
        and not any(most_in_material(part, metal) for part in raw.get("inputs", ()))
    }


def judge_accounts(plain: Plain, kept: Accounts, day: date) -> list[Found]:
    """Return what the accounts of every enterprise show on a day."""
    found = []
    for uscc in plain.usccs:
        mine = Flows({name: grams for name, grams in kept.flows.items() if name[0] == uscc and name[2] <= day})
        if mine:
            for site, flows in _sites(mine).items():
                found += _more_than_fed(plain, uscc, site, flows, day)
                found += _rates(plain, uscc, site, flows, day)
                found += _counts(plain, uscc, site, flows, day)
            found += _below_zero(plain, uscc, mine, day)
            found += _throughput(plain, uscc, mine, day)
    return found


def _sites(flows: Flows) -> dict[str, Flows]:
    """Tell sites apart where every flow names one."""
    if not all(name[1] for name in flows):
        return {"": flows}
    return {
        site: Flows({name: grams for name, grams in flows.items() if name[1] == site})
        for site in sorted({name[1] for name in flows})
    }


def _total(flows: Flows, items: tuple[str, ...], *names: str, since: date = date.min, until: date = date.max) -> int:
    """Return the sum of some flows over days, the first and the last included."""
    return sum(
        grams
        for (_, _, day, item, flow), grams in flows.items()
        if item in items and flow in names and since <= day <= until
    )


# -- metal ---------------------------------------------------------------------------------------------------------


def _feed(flows: Flows, since: date = date.min, until: date = date.max) -> int:
    items = tuple({name[3] for name in flows} - set(METAL_ITEMS))
    return _total(flows, items, "fed", since=since, until=until)


def _more_than_fed(plain: Plain, uscc: str, site: str, flows: Flows, day: date) -> list[Found]:
    since = add_months(day, -12)
    feed = _feed(flows, since + timedelta(days=1))
    floor = feed * plain.threshold("recovered_metal_floor_permille", day) // 1000
    metals = {}
    for metal in METALS:
        item = f"contained_{metal}"
        recovered = _total(flows, (item,), "extracted", since=since + timedelta(days=1))
        bought = sum(most_in_material({"material": name[3], "mass_g": grams}, metal)
                     for name, grams in flows.items() if name[4] == "bought" and not name[3].startswith("contained_"))  # fmt: skip
        in_process = max(
            0, _total(flows, (item,), "charged_at_most", until=since) - _total(flows, (item,), "extracted", until=since)
        )
        most = in_process + _total(flows, (item,), "charged_at_most", since=since + timedelta(days=1)) + bought
        key = (
            "recovered_structure_metal_tolerance_percent" if metal in STRUCTURE else "recovered_metal_tolerance_percent"
        )
        tolerance = plain.threshold(key, day)
        if recovered * 100 > most * (100 + tolerance) + floor * 100:
            metals[f"{metal}_g"] = {
                "recovered_g": recovered,
                "most_g": most,
                "tolerance_percent": tolerance,
                "floor_g": floor,
            }
    if not metals:
        return []
    is_known = _feed(flows, until=since) > 0
    return [about_party(uscc, "recovered_more_than_fed", "violation" if is_known else "lead", site=site, since=since.isoformat(),
                        until=day.isoformat(), is_work_in_process_known=is_known, metals=metals)]  # fmt: skip


def _rates(plain: Plain, uscc: str, site: str, flows: Flows, day: date) -> list[Found]:
    """Return the years, settled and since the rule began, of which a metal's rate is below the norm."""
    found = []
    for year in sorted({name[2].year for name in flows}):
        first, last = date(year, 1, 1), date(year, 12, 31)
        if last < RULES_BEGIN or last + timedelta(days=plain.threshold("account_settling_days", day)) > day:
            continue
        feed = _feed(flows, first, last)
        if feed < plain.threshold("recovery_rate_feed_min_t", last) * 1_000_000:
            continue
        metals = {}
        for norm in (plain.book(last) or {}).get("norm", ()):
            item = f"contained_{norm['metal']}"
            fed = _total(flows, (item,), "charged", "refed", since=first, until=last)
            recovered = _total(flows, (item,), "extracted", since=first, until=last)
            is_stated = not _total(flows, (item,), "unstated", since=first, until=last)
            if fed and is_stated and recovered * 100 < fed * norm["percent"]:
                metals[f"{norm['metal']}_g"] = {"fed_g": fed, "recovered_g": recovered, "norm_percent": norm["percent"],
                                                "norm_verified": norm["verified"]}  # fmt: skip
        if metals:
            found.append(
                about_party(
                    uscc, "recovery_rate_below_norm", "notice", site=site, year=year, feed_g=feed, metals=metals
                )
            )
    return found


# -- stock ---------------------------------------------------------------------------------------------------------


def _tolerance(plain: Plain, base: int, day: date) -> int:
    return max(
        base * plain.threshold("stock_tolerance_percent", day) // 100, plain.threshold("stock_tolerance_floor_g", day)
    )


def _below_zero(plain: Plain, uscc: str, flows: Flows, day: date) -> list[Found]:
    """Return each time that the stock of lots or of a material fell below zero, once.

    Where that was before the rules began, what tells it is the next day on which something still goes out of it.
    """
    found = []
    settled = day - timedelta(days=plain.threshold("account_settling_days", day))
    flows = Flows({name: grams for name, grams in flows.items() if name[2] <= settled})
    first = min((name[2] for name in flows), default=day)
    items = sorted({name[3] for name in flows} - {"battery", *METAL_ITEMS})
    for item in items:
        spell: list[bool] = []  # of the days on which it has been below without a break: was it told on that day
        for on in sorted({name[2] for name in flows if name[3] == item}):
            stock = stock_of(flows, (item,), on)
            came = sum(
                grams for (_, _, one, what, flow), grams in flows.items() if what == item and one <= on and flow in INTO
            )
            extra = _opening_count(flows) if item == "lot" else _housings(flows, on) if item in OF_HOUSINGS else 0
            tolerance = _tolerance(plain, came, on)
            if stock + extra >= -tolerance:
                spell = []
                continue
            goes_out = any(name[2] == on and name[3] == item and name[4] in OUT for name in flows)
            spell.append(on >= RULES_BEGIN and (not spell or goes_out) and not any(spell))
            if spell[-1]:
                counted = item == "lot" and any(name[4] == "count" and name[2] <= on for name in flows)
                is_known = counted or on >= first + timedelta(days=plain.threshold("opening_stock_days", on))
                found.append(about_party(uscc, "stock_negative", "violation" if is_known else "lead", item=item, day=on.isoformat(),
                                         stock_g=stock, came_g=came, tolerance_g=tolerance, is_opening_stock_known=is_known,
                                         **({} if is_known else {"first_report_on": first.isoformat()})))  # fmt: skip
    return found


def _opening_count(flows: Flows) -> int:
    """Return what the first count of each site found, whenever that was: it was there before."""
    first: dict[str, tuple[date, int]] = {}
    for (_, site, day, _, flow), grams in sorted(flows.items()):
        if flow == "count" and site not in first:
            first[site] = day, grams
    return sum(grams for _, grams in first.values())


def _housings(flows: Flows, until: date) -> int:
    """Return what batteries taken apart weighed more than the parts that came of them."""
    return _total(flows, ("battery",), "taken_apart", until=until) - _total(
        flows, ("battery",), "from_dismantling", until=until
    )


@dataclass(frozen=True)
class Counted:
    """One count of a site beside what the book, as corrected by the counts before it, expected."""

    on: date
    counted: int
    expected: int
    explained: int
    is_first: bool


def settle(flows: Flows, *, may_hold_new: bool) -> tuple[Flows, list[Counted]]:
    """Return the corrections that counts make to the book of one site, and the counts."""
    counts = {name: grams for name, grams in flows.items() if name[4] == "count"}
    corrections, seen = Flows(), []
    if len({name[1] for name in counts}) > 1:
        return corrections, seen
    for name in sorted(counts, key=lambda one: one[2]):
        uscc, site, on, _, _ = name
        on_way = _total(flows, GOODS, "sent", until=on) - _total(flows, GOODS, "arrived", until=on)
        expected = stock_of(flows + corrections, GOODS, on) - on_way
        explained = _total(flows, GOODS, "made_into_product", "returned_to_use", until=on) + max(
            0, _housings(flows, on)
        )
        counted = counts[name]
        if counted < expected:
            corrections[uscc, site, on, "battery", "counted_less"] += expected - counted
        elif counted > expected and not may_hold_new:
            corrections[uscc, site, on, "battery", "counted"] += counted - expected
        seen.append(Counted(on, counted, expected, explained, not seen))
    return corrections, seen


def _counts(plain: Plain, uscc: str, site: str, flows: Flows, day: date) -> Iterator[Found]:
    settled = day - timedelta(days=plain.threshold("account_settling_days", day))
    may_hold_new = not plain.roles(uscc, day) <= COLLECTORS
    for one in settle(flows, may_hold_new=may_hold_new)[1]:
        tolerance = _tolerance(plain, one.expected, one.on)
        is_less = one.expected - one.counted > tolerance
        is_more = not may_hold_new and one.counted - one.expected - one.explained > tolerance
        if not one.is_first and RULES_BEGIN <= one.on <= settled and (is_less or is_more):
            yield about_party(uscc, "stock_count_differs", "lead", site=site, day=one.on.isoformat(), counted_g=one.counted,
                              expected_g=one.expected, tolerance_g=tolerance)  # fmt: skip


# -- permits -------------------------------------------------------------------------------------------------------


def _throughput(plain: Plain, uscc: str, flows: Flows, day: date) -> list[Found]:
    found = []
    for year in sorted({name[2].year for name in flows}):
        first, last = date(year, 1, 1), date(year, 12, 31)
        permits = [one.capacity_t for one in plain.registry.register.licences
                   if one.uscc == uscc and one.capacity_t is not None and one.valid_from <= last
                   and (one.valid_until is None or one.valid_until >= first)]  # fmt: skip
        fed, exceeded = 0, None
        for on in sorted({name[2] for name in flows if name[2].year == year}):
            fed += _total(flows, GOODS, "fed", since=on, until=on)
            is_feeding = _total(flows, GOODS, "fed", since=on, until=on) > 0
            if exceeded is None and on >= RULES_BEGIN and is_feeding and permits and fed > sum(permits) * 1_000_000:
                exceeded = on
        if exceeded:
            found.append(about_party(uscc, "throughput_above_permit", "violation", year=year, fed_g=fed, capacity_t=sum(permits),
                                     exceeded_on=exceeded.isoformat()))  # fmt: skip
    return found


def closing_book(flows: Flows, uscc: str, roles: frozenset[str], until: date) -> dict[str, int]:
    """Return the closing stock of each item of an enterprise at the end of a day, counts of stock settled."""
    mine = Flows({name: grams for name, grams in flows.items() if name[0] == uscc and name[2] <= until})
    corrected = mine + settle(mine, may_hold_new=not roles <= COLLECTORS)[0]
    return {item: grams for item in sorted({name[3] for name in corrected if name[4] in INTO | OUT})
            if (grams := stock_of(corrected, (item,), until))}  # fmt: skip
