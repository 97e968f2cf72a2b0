"""Modules and cells: which battery claims them, which of them never came out again. Plain loops over plain reports."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.province.naive_custody import Step
from tests.reference.battery import OWNER, UNKNOWN, Seen, World
from tests.reference.timeline import Told, codes_in, when

Claim = tuple[str, str, date, tuple[str, str]]  # parent, component, day, report


def list_claims(reports: list[dict[str, Any]]) -> list[Claim]:
    """Return who was said to contain what, on which day, by which report."""
    claims = []
    for raw in reports:
        on, key = when(raw)[0], (raw["reporter"], raw["report_id"])
        parts = [*codes_in(raw.get("modules")), *raw.get("cells", ()), *raw.get("fitted_codes", ())]
        claims += [(raw["battery_code"], part, on, key) for part in parts]
        claims += [(module["code"], cell, on, key) for module in raw.get("modules", ()) for cell in module["cells"]]
    return claims


def find_claimed_twice(reports: list[dict[str, Any]], *, ended: dict[str, date]) -> list[Seen]:
    """Find components that a second battery claims while the first still has them; the first has the finding.

    `ended` tells of the batteries that were recovered, themselves or in a product, and since when.
    """
    claims, first = list_claims(reports), {}
    for parent, part, on, key in claims:
        parents = first.setdefault(part, {})
        parents[parent] = min((on, key), parents.get(parent, (on, key)))
    found = {}
    for part, parents in first.items():
        for one, (since, _) in parents.items():
            for other, (on, key) in parents.items():
                is_of_one_level = one[3] == other[3]  # a cell may be listed by its module and by a pack
                if (since, one) < (on, other) and is_of_one_level and _still_has(one, part, since, on, reports, ended):
                    found[one, key] = Seen("component_in_two_parents", "lead", one, key, on, None)
    return list(found.values())


def _still_has(
    parent: str, part: str, since: date, on: date, reports: list[dict[str, Any]], ended: dict[str, date]
) -> bool:
    own = [raw for raw in reports if when(raw)[0] <= on and raw.get("battery_code") == parent]
    if any(raw["kind"] == "battery_dismantled" for raw in own) or ended.get(parent, date.max) <= on:
        return False
    taken_out = [when(raw)[0] for raw in own if part in raw.get("removed_codes", ())]
    put_back = [when(raw)[0] for raw in own if part in raw.get("fitted_codes", ())]
    return not taken_out or max([since, *put_back]) > max(taken_out)


def find_missing_parts(code: str, *, steps: list[Step], claims: list[Claim], world: World) -> Iterator[Seen]:
    """Find what went into a battery and is in none of the reports on its dismantling, once one calls it complete."""
    apart = [step for step in steps if "dismantled" in step.told.roles and step.told.kind == "battery_dismantled"
             and step.before.status != "recovered"]  # fmt: skip
    complete = [step for step in apart if step.told.raw.get("complete", True)]
    expected = _expect(code, [step.told for step in steps], claims)
    if not complete or not expected:
        return
    came_out = {part for step in apart for part in step.told.raw["recovered_codes"]}
    missing, known_cells = set(), set()
    for part in expected:
        cells = {cell for parent, cell, _, _ in claims if parent == part}
        known_cells |= cells | {part}
        if part not in came_out:
            missing |= cells - came_out if cells & came_out else {part}
    if not missing:
        return
    uncoded = sum(step.told.raw.get("unreadable_count", 0) + step.told.raw.get("destroyed_count", 0) for step in apart)
    strange_cells = {part for part in came_out if part[3:4] == "C" and part not in known_cells}
    mass_g = next((step.told.raw["mass_g"] for step in steps if {"born", "declared"} & set(step.told.roles)), None)
    out_g = sum(step.told.raw.get("recovered_mass_g", 0) for step in apart)
    tolerance = world.rulebook.book_of(complete[-1].told.on).thresholds["mass_tolerance_percent"].value
    is_whole = mass_g is not None and out_g * 100 >= mass_g * (100 - tolerance)
    weight = "lead" if uncoded >= len(missing) or strange_cells or is_whole else "violation"
    told = complete[-1].told
    yield Seen("modules_missing_at_dismantling", weight, code, told.key, told.on, _had_before(steps, apart[0].told.by))


def _expect(code: str, life: list[Told], claims: list[Claim]) -> set[str]:
    """Return the parts born with or put into a battery and not taken out since."""
    born = {
        part
        for told in life
        if told.raw.get("battery_code") == code
        for part in [*codes_in(told.raw.get("modules")), *told.raw.get("cells", ())]
    }
    repairs = [told for told in life if "repaired" in told.roles]
    put_in = {part: told.on for told in repairs for part in told.raw["fitted_codes"]}
    taken_out = {part: told.on for told in repairs for part in told.raw["removed_codes"]}
    return {
        part for part in born | set(put_in) if part not in taken_out or taken_out[part] < put_in.get(part, date.min)
    }


def _had_before(steps: list[Step], dismantler: str) -> str | None:
    """Return the party from which the dismantler had the battery: whom its receipt names, else who had it last while used."""
    hands: list[str] = []
    named: str | None = None
    is_received = False
    for step in steps:
        before, after, told = step.before, step.after, step.told
        if told.kind == "battery_dismantled" and "dismantled" in told.roles:
            if before.holder in (UNKNOWN, OWNER):
                return None
            others = [party for party in hands if party != dismantler]
            return named if before.holder == dismantler and is_received else others[-1] if others else None
        if not after.is_used:
            hands = []
        if after.holder != before.holder:
            is_received, named = told.kind == "battery_received", told.raw.get("sender")
            if after.is_used and after.holder not in (UNKNOWN, OWNER):
                hands.append(after.holder)
    return None
