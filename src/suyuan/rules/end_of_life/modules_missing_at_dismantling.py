"""Modules or cells missing at dismantling (拆解时模组、单体缺失)."""

from collections.abc import Iterable, Iterator
from datetime import date

from suyuan.core.battery_state import BatteryState, Dismantling
from suyuan.core.finding import End, Finding, Rule, Weight
from suyuan.core.identifiers import BatteryCode


def modules_missing_at_dismantling(end: End) -> Iterator[Finding]:
    """Find components that a battery was born or repaired with and that no report on its dismantling tells of."""
    state: BatteryState = end.state
    told = state.dismantling
    if told is None or not told.is_complete:
        return
    expected = _expected(end.subject, state, end.composition)
    missing = _missing(expected, set(told.recovered), end.composition)
    if not missing:
        return
    evidence = {
        "missing": missing,
        "expected_count": len(expected),
        "recovered_count": len(told.recovered),
        "uncoded_count": told.uncoded_count,
        "recovered_mass_g": told.mass_g,
        "mass_g": state.mass_g,
    }
    unplaced_count = told.uncoded_count + _count_unplaced_cells(told, end.composition)
    is_explained = unplaced_count >= len(missing) or _mass_explains(end, state, told)
    weight: Weight = "lead" if is_explained else "violation"
    yield RULE.find_about(
        end.subject, key=told.key, on=told.on, party=told.given_by, evidence=evidence, weight=weight, about=missing
    )


def _expected(subject: str, state: BatteryState, composition: tuple[tuple[str, str], ...]) -> list[str]:
    """Return what should be in it: what births and repairs claim for it, less what repairs took out and nobody put back."""
    removed, fitted = dict(state.removed_components), dict(state.fitted_components)
    claimed = {component for parent, component in composition if parent == subject}
    gone = {code for code, on in removed.items() if on >= fitted.get(code, date.min)}
    return sorted(claimed - gone)


def _missing(expected: Iterable[str], recovered: set[str], composition: tuple[tuple[str, str], ...]) -> list[str]:
    """Return the expected components nobody recovered; of a module taken down to cells the cells."""
    missing: list[str] = []
    for component in expected:
        cells = {cell for parent, cell in composition if parent == component}
        if component in recovered or (cells and cells <= recovered):
            continue
        missing += sorted(cells - recovered) if cells & recovered else [component]
    return missing


def _count_unplaced_cells(told: Dismantling, composition: tuple[tuple[str, str], ...]) -> int:
    """Return how many cells came out that no composition knows: they may be those of modules that seem to be missing."""
    known = {component for _, component in composition}
    return sum(code not in known and BatteryCode(code).level_letter == "C" for code in told.recovered)


def _mass_explains(end: End, state: BatteryState, told: Dismantling) -> bool:
    """Tell whether the mass recovered is that of the whole battery, within the tolerance."""
    if state.mass_g is None:
        return False
    tolerance_percent = end.rulebook.threshold("mass_tolerance_percent", on=told.on)
    return bool(told.mass_g * 100 >= state.mass_g * (100 - tolerance_percent))


RULE = Rule(
    name="modules_missing_at_dismantling",
    family="end_of_life",
    title="Modules or cells missing at dismantling",
    title_zh="拆解时模组或单体缺失",
    weight="violation",
    kinds=("battery_dismantled",),
    families=("battery",),
    competent_line="industry",
    source="Interim Measures (Order 73), reporting of dismantled batteries and their composition (article unknown)",
    verified=False,
    in_force_from="2018-08-01",
    counts="Components that a battery was born with, or got by a reported repair, and that the reports on its dismantling "
    "do not list once one calls it complete. Held against the party that had the battery before the dismantler.",
    counts_not="Components a reported repair took out; batteries whose composition was never reported; dismantling that "
    "is not complete. A lead where unreadable or destroyed parts, unknown cells or the mass recovered cover what is "
    "missing.",
    counts_zh="电池登记时所含、或经报告的维修装入的部件，在拆解报告称已拆完后仍未列出。指向拆解前持有电池的一方。",
    counts_not_zh="经报告的维修拆出的部件；组成从未报告的电池；尚未拆完。不可读或毁损的部件、未知单体或所得质量足以说明缺失的"
    "，为线索。",
    remedy="The earlier holder reports what it took out; or the dismantler adds what it left out, by a further report.",
    remedy_zh="此前持有方补报部件更换；或拆解方补报漏报的部件。",
    check_end=modules_missing_at_dismantling,
)
