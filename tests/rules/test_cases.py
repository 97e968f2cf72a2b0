"""Run the written cases of every rule, in every order of arrival, and prove that each can fail.

The cases of a rule stand in `tests/rules/<family>/<rule>.yaml`, a list of

    - name: A sentence that says what is the case
      kind: passes            # passes | breaks | boundary: each rule has at least one of each
      reports:                # any order; `by` is an alias of `story.PARTICIPANTS`; `received_at` is optional
        - {by: BP1, kind: battery_produced, occurred_at: 2025-03-12, battery_code: "{pack:1}"}
        - {by: VD1, kind: battery_handed_over, occurred_at: 2026-05-20, battery_code: "{pack:1}", receiver: UE1}
      participants: [UE1]     # optional: nobody else is registered (rules about participants look at every one)
      register:               # optional: entries beside the participants, by topic and column (`core.topic`)
        licences: [{uscc: UE1, kind: discharge_permit, number: P1, valid_from: 2020-01-01, valid_until: 2026-05-19}]
      penalties: {UE1: […]}   # optional: decided against participants, as `core.participant.Penalty` names it
      orders: [{party: VD1, opened_on: …, due_on: …, lapses_on: …}]   # optional: orders to correct of the case 2026-1
      thresholds: {silent_months: 3}   # optional: other numbers than the rulebook of 2026 has
      sweep: 2026-12-31       # optional: duties that lapsed before that day become findings
      expects:                # exactly the findings of THIS rule; absent = none. party, about and evidence are
        - {subject: "{pack:1}", weight: violation, party: UE1}   # compared only where given (party: null = nobody)

Left-out fields: `report_id` is r1, r2, … by position; required fields of the kind take the values of DEFAULTS.
A whole value that is an alias becomes its USCC. In any text, braces expand:
    {UE1}                        its USCC: "TMP-{CO1}-0001", "LOT-{BP1}-7", replacement_record_no "{RE1}-0042"
    {pack:1} {module:3} {cell:3} code of 24 characters, maker 001, of 2025-03-12 (parts: 2025-03-01)
    {pack:1@2018-06-01/9ZZ}      of another day and maker; either part may be left out
    {product:1}                  reuse product, 19 characters, maker 004 (UE1), of 2026-05-01; old: "{pack:1}RP"
    {vin:1} {wrong_vin:1}        with a right, with a wrong check digit
    {cells:1-40} {modules:1-4}   in a list: many codes
Weight of a conflict is lead at once and violation after a sweep past limit and grace (30 + 15 days of 2026).
"""

import itertools
import random
from datetime import date
from pathlib import Path

import msgspec
import pytest
import yaml
from memory_engine import MemoryEngine
from story import REGISTRY, USCC_OF, add_entries, expand, fill_report, play, register_only

from suyuan.core.duty import Duty
from suyuan.core.fold import RuleTable
from suyuan.core.participant import Penalty
from suyuan.core.registry import Registry
from suyuan.rules.catalogue import RULE_TABLE, RULES

FOLDER = Path(__file__).parent
KINDS_OF_CASE = ("passes", "breaks", "boundary")
ALL_ORDERS_OF = 4  # reports; 24 orders. Longer stories are shuffled SHUFFLES times.
SHUFFLES = 20
CASE_FIELDS = {
    "name",
    "kind",
    "participants",
    "register",
    "penalties",
    "orders",
    "thresholds",
    "reports",
    "sweep",
    "expects",
}
ORDER = {"kind": "carry_out_order", "subject": "case:2026-1", "opener": "A1", "is_provisional": True, "rule": "correction_overdue",
         "evidence": {"case": "2026-1"}}  # fmt: skip
EXPECTATION_FIELDS = {"subject", "rule", "weight", "party", "about", "evidence"}


class CaseLoader(yaml.SafeLoader):
    """YAML in which a day stays the text that a report holds."""


CaseLoader.yaml_implicit_resolvers = {
    first: [(tag, shape) for tag, shape in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


# -- running -------------------------------------------------------------------------------------------------------


def read_cases(path: Path) -> list[dict]:
    cases = yaml.load(path.read_text(encoding="utf-8"), Loader=CaseLoader)
    for case in cases:
        unknown = case.keys() - CASE_FIELDS
        assert not unknown, f"{path.name}: {case.get('name')}: unknown fields {unknown}"
        assert case["kind"] in KINDS_OF_CASE, f"{path.name}: {case['name']}: kind {case['kind']}"
    return cases


def sweep_day(case: dict) -> date | None:
    return date.fromisoformat(case["sweep"]) if "sweep" in case else None


def orders(reports: list[dict]) -> list[list[dict]]:
    """Return orders of arrival, the written one first; a withdrawal comes after what it withdraws."""
    if len(reports) <= ALL_ORDERS_OF:
        shuffled = list(itertools.permutations(reports))
    else:
        chance = random.Random(len(reports))
        shuffled = [reports, reports[::-1], *(chance.sample(reports, len(reports)) for _ in range(SHUFFLES))]
    return [sorted(order, key=lambda report: report["kind"] == "report_withdrawn") for order in shuffled]


def tell_findings(case: dict, *, rule: str, engine: MemoryEngine) -> list[dict]:
    """Return the findings of one rule as a case would expect them."""
    found = [finding for finding in engine.findings(sweep=sweep_day(case)) if finding.rule == rule]
    told = [
        {
            "subject": one.subject,
            "weight": one.weight,
            "party": one.party,
            "about": list(one.about),
            "evidence": one.evidence,
        }
        for one in found
    ]
    return sorted(told, key=lambda one: (one["subject"], one["weight"], str(one["party"]), str(one["evidence"])))


def fits(expected: dict, finding: dict) -> bool:
    """Tell whether a finding is as expected in all that is given; of the evidence the named entries."""
    evidence = expected.get("evidence", {})
    named = {name: value for name, value in expected.items() if name not in ("rule", "evidence")}
    if "about" in named:
        named["about"] = sorted(named["about"])
    return all(finding[name] == value for name, value in named.items()) and all(
        finding["evidence"].get(name) == value for name, value in evidence.items()
    )


def faults_of(case: dict, *, rule: str, engine: MemoryEngine) -> list[str]:
    """Return what differs between the findings of a rule and what the case expects."""
    findings = tell_findings(case, rule=rule, engine=engine)
    faults = []
    for expected in case.get("expects", []):
        assert expected.keys() <= EXPECTATION_FIELDS, f"unknown fields in {expected}"
        assert expected.get("rule", rule) == rule, "a case expects findings of its own rule only"
        met = next((one for one in findings if fits(expand(expected), one)), None)
        if met is None:
            faults.append(f"expected {expand(expected)}")
        else:
            findings.remove(met)
    return faults + [f"did not expect {one}" for one in findings]


def play_case(case: dict, *, order: list[dict] | None = None, rules: RuleTable = RULE_TABLE) -> MemoryEngine:
    """Judge the reports of a case, in the written order or another, among its participants."""
    reports = reports_of(case) if order is None else order
    engine = play(reports, rules=rules, registry=registry_of(case), thresholds=case.get("thresholds"))
    for alias, penalties in case.get("penalties", {}).items():
        engine.penalties[USCC_OF[alias]] = msgspec.convert(penalties, tuple[Penalty, ...])
    for act, ordered in enumerate(case.get("orders", []), start=1):
        engine.orders.append(msgspec.convert({**ORDER, "opened_by": f"2026-1/{act}", **expand(ordered)}, Duty))
    return engine


def registry_of(case: dict) -> Registry:
    registry = register_only(case["participants"]) if "participants" in case else REGISTRY
    return add_entries(registry, case["register"]) if "register" in case else registry


def reports_of(case: dict) -> list[dict]:
    return [fill_report(report, number=number) for number, report in enumerate(case["reports"], start=1)]


PATHS = sorted(FOLDER.glob("*/*.yaml"))
CASES = [pytest.param(path.stem, case, id=f"{path.stem}-{case['name']}") for path in PATHS for case in read_cases(path)]
BREAKING = [
    pytest.param(path.stem, case, id=f"{path.stem}-{case['name']}")
    for path in PATHS
    for case in read_cases(path)
    if case["kind"] == "breaks"
]


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_the_case_holds(rule, case):
    assert faults_of(case, rule=rule, engine=play_case(case)) == []


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_the_verdict_is_the_same_in_any_order_of_arrival(rule, case):
    first, *others = orders(reports_of(case))
    expected = play_case(case, order=first)
    for order in others:
        engine = play_case(case, order=order)
        assert engine.verdicts == expected.verdicts, [report["report_id"] for report in order]


@pytest.mark.parametrize(("rule", "case"), BREAKING)
def test_without_its_rule_a_breaking_case_fails(rule, case):
    others = RuleTable(one for one in RULES if one.name != rule)
    assert case["expects"], "a breaking case expects a finding"
    assert faults_of(case, rule=rule, engine=play_case(case, rules=others)) != []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_passing_a_breaking_and_a_boundary_case(rule):
    path = FOLDER / rule.family / f"{rule.name}.yaml"
    assert path.exists(), f"write {path.relative_to(FOLDER)}"
    kinds = {case["kind"] for case in read_cases(path)}
    assert kinds == set(KINDS_OF_CASE)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_every_case_file_belongs_to_a_rule(path):
    assert (path.parent.name, path.stem) in {(rule.family, rule.name) for rule in RULES}


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_passing_case_expects_nothing(rule, case):
    assert case["kind"] != "passes" or not case.get("expects")
