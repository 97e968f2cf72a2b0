"""One code given to two batteries (同一编码重复登记)."""

from collections.abc import Iterator
from typing import Any

from suyuan.core.battery import read_birth
from suyuan.core.battery_state import Birth
from suyuan.core.finding import Finding, Rule, Step

BIRTH_ROLES = frozenset({"born", "born_bound", "product"})
COMMON_FIELDS = ("mass_g", "rated_energy_wh", "chemistry")


def code_registered_twice(step: Step) -> Iterator[Finding]:
    """Find a birth of a code that was born before with other content."""
    first: Birth | None = step.before.birth
    if first is None or BIRTH_ROLES.isdisjoint(step.event.roles):
        return
    second = read_birth(step.event)
    differing = _differing_fields(first, second)
    # Reports of different kinds have different fields, so only what both can say tells two batteries apart.
    is_same = first.content == second.content if first.kind == second.kind else not differing
    if is_same:
        return
    evidence: dict[str, Any] = {
        "first_kind": first.kind,
        "first_reporter": step.before.born_by,
        "second_kind": second.kind,
        "second_reporter": step.event.reporter,
        "differing": differing,
    }
    yield RULE.find(step, weight=RULE.weight_on(step.event.occurred_on), party=step.event.reporter, evidence=evidence)


def _differing_fields(first: Birth, second: Birth) -> dict[str, list[Any]]:
    """Return what both births tell of a field, where they tell different things."""
    both = {name: [getattr(first, name), getattr(second, name)] for name in COMMON_FIELDS}
    return {name: pair for name, pair in both.items() if None not in pair and pair[0] != pair[1]}


RULE = Rule(
    name="code_registered_twice",
    family="identity",
    title="One code registered for two batteries",
    title_zh="同一编码重复登记为不同电池",
    weight="violation",
    kinds=("battery_produced", "battery_imported", "vehicle_imported", "reuse_product_made"),
    families=("battery",),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 11: producers code batteries; GB/T 34014-2017: one code, one battery",
    verified=False,
    in_force_from="2018-02-01",
    counts="A second birth of a code whose content differs from the first; between different kinds of report: whose "
    "mass, rated energy or chemistry differs.",
    counts_not="The same content told again under another report id; a birth withdrawn before or later.",
    counts_zh="同一编码第二次登记，且内容与首次不同；两次报告种类不同时，质量、额定能量或化学体系不同。",
    counts_not_zh="同一内容以另一报告编号再次报送；已撤回的登记。",
    remedy="The maker withdraws the wrong birth and registers that battery under its own code.",
    remedy_zh="撤回错误的登记，并以该电池自身编码重新登记。",
    check=code_registered_twice,
)
