"""Program against reference model: random small worlds, in any order of dates, must be judged alike by both.

The same worlds are walked much further by `python -m tests.reference.campaign --steps 100000`.
"""

from datetime import date

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from tests.reference.campaign import walk
from tests.reference.compare import MODELLED, compare_judgements
from tests.reference.model import FLAWS, judge_world
from tests.reference.world import (
    DAYS,
    PACKS,
    PRODUCTS,
    SWEEPS,
    U,
    continue_a_pair,
    invent_report,
    make_small_registry,
    withdraw_one,
)

from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULES

REGISTRY = make_small_registry()
EXAMPLES = 300
STEPS = 30
COMPARED_AFTER = 6


class Worlds(RuleBasedStateMachine):
    """Reports arrive one by one; every few steps both judge what there is, sometimes as of an earlier day."""

    flaw = ""

    def __init__(self):
        super().__init__()
        self.reports = []
        self.compared = 0

    def _arrive(self, report):
        if report is not None:
            self.reports.append(report)

    @rule(story=st.data())
    def somebody_reports(self, story):
        self._arrive(invent_report(_chooser(story), number=len(self.reports)))

    @precondition(lambda self: self.reports)
    @rule(story=st.data())
    def the_other_half_arrives(self, story):
        self._arrive(continue_a_pair(_chooser(story), self.reports, number=len(self.reports)))

    @precondition(lambda self: self.reports)
    @rule(story=st.data())
    def a_report_is_withdrawn(self, story):
        self._arrive(withdraw_one(_chooser(story), self.reports, number=len(self.reports)))

    @precondition(lambda self: self.reports)
    @rule(story=st.data())
    def a_report_arrives_twice(self, story):
        self._arrive(_chooser(story)(self.reports))

    @precondition(lambda self: len(self.reports) >= self.compared + COMPARED_AFTER)
    @rule(sweep=st.sampled_from(SWEEPS), until=st.sampled_from((date.max, date.max, *DAYS)))
    def both_judge(self, sweep, until):
        self._compare(sweep=sweep, until=until)

    @invariant()
    def both_judge_alike(self):
        if len(self.reports) >= self.compared + 2 * COMPARED_AFTER:
            self._compare(sweep=SWEEPS[-1], until=date.max)

    def teardown(self):
        self._compare(sweep=SWEEPS[-1], until=date.max)

    def _compare(self, *, sweep, until):
        self.compared = len(self.reports)
        differences = compare_judgements(self.reports, registry=REGISTRY, sweep=sweep, until=until, flaw=self.flaw)
        assert not differences, "\n".join(differences)


def _chooser(story):
    return lambda options: story.draw(st.sampled_from(options))


def test_program_and_reference_model_judge_every_small_world_alike():
    run_state_machine_as_test(
        Worlds, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None)
    )


def test_hours_tell_which_of_two_makings_and_of_two_recoveries_of_a_day_came_first():
    made = {"kind": "reuse_product_made", "reporter": U["UE1"], "product_code": PRODUCTS[0], "field_of_use": "stationary_storage",
            "rated_energy_wh": 40_000, "mass_g": 400_000}  # fmt: skip
    fed = {"kind": "material_recovered", "battery_codes": [PRODUCTS[0]], "input_mass_g": 400_000, "residue_mass_g": 1,
           "outputs": [{"material": "black_mass", "mass_g": 100_000}]}  # fmt: skip
    reports = [
        {**made, "report_id": "r1", "occurred_at": f"{DAYS[5]}T16:30:00+08:00", "parent_codes": [PACKS[0]]},
        {**made, "report_id": "r2", "occurred_at": f"{DAYS[5]}T08:00:00+08:00", "parent_codes": [PACKS[1]]},
        {**fed, "report_id": "r3", "reporter": U["UE1"], "occurred_at": f"{DAYS[7]}T16:30:00+08:00"},
        {**fed, "report_id": "r4", "reporter": U["UE2"], "occurred_at": f"{DAYS[7]}T08:00:00+08:00"},
    ]
    assert compare_judgements(reports, registry=REGISTRY) == []
    parent = judge_world(reports, registry=REGISTRY, rulebook=load_rulebook()).batteries[PACKS[1]]
    assert (parent.status, parent.holder) == ("recovered", U["UE2"])


def test_every_rule_that_the_model_knows_is_compared():
    assert {one.name for one in RULES} >= MODELLED


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_known_mistake_is_seen_within_a_short_walk(flaw):
    assert next(walk(REGISTRY, steps=3000, seed=1, flaw=flaw), None) is not None


def test_the_machine_itself_sees_days_that_are_ignored():
    class FlawedWorlds(Worlds):
        flaw = "days_ignored"

    short = settings(
        max_examples=60,
        stateful_step_count=STEPS,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
    )
    with pytest.raises(AssertionError, match="the program says"):
        run_state_machine_as_test(FlawedWorlds, settings=short)
