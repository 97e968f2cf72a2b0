"""The course of a case against a table written down here a second time, walked at random by Hypothesis."""

from datetime import timedelta

from case_world import LIMITS, START, frozen, moment
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from suyuan.core.case import Act, apply_act, find_decision, find_penalty, has_open_order, open_case, tell_subjects
from suyuan.core.case_check import check_act, next_moves
from suyuan.core.case_course import MOVE_BY_NAME, MOVES, STATES

# From which state each move leads where; "back" is where the decision stood before it was contested.
COURSE = {
    "filed": {"investigate": "investigated", "close_early": "closed"},
    "investigated": {
        "investigate": "investigated", "order_correction": "ordered", "confirm_correction": "investigated",
        "give_notice": "noticed", "close_early": "closed",
    },
    "ordered": {
        "order_correction": "ordered", "confirm_correction": "corrected", "give_notice": "noticed", "close_early": "closed",
    },
    "corrected": {"give_notice": "noticed", "close_early": "closed"},
    "noticed": {
        "give_notice": "noticed", "take_statement": "answered", "ask_hearing": "hearing_asked", "pass_review": "reviewed",
        "return_review": "investigated", "confirm_correction": "noticed", "close_early": "closed",
    },
    "answered": {
        "give_notice": "noticed", "take_statement": "answered", "ask_hearing": "hearing_asked", "pass_review": "reviewed",
        "return_review": "investigated", "confirm_correction": "answered", "close_early": "closed",
    },
    "hearing_asked": {
        "take_statement": "hearing_asked", "drop_hearing": "answered", "call_hearing": "hearing_called",
        "confirm_correction": "hearing_asked", "close_early": "closed",
    },
    "hearing_called": {
        "take_statement": "hearing_called", "drop_hearing": "answered", "call_hearing": "hearing_called", "hold_hearing": "heard",
        "confirm_correction": "hearing_called", "close_early": "closed",
    },
    "heard": {
        "give_notice": "noticed", "pass_review": "reviewed", "return_review": "investigated", "confirm_correction": "heard",
        "close_early": "closed",
    },
    "reviewed": {"decide": "decided", "confirm_correction": "reviewed"},
    "decided": {"serve": "served", "confirm_correction": "decided"},
    "served": {"record_performance": "performed", "contest": "contested", "close": "closed", "confirm_correction": "served"},
    "performed": {"contest": "contested", "close": "closed", "confirm_correction": "performed"},
    "contested": {"uphold": "back", "amend": "back", "revoke": "revoked"},
    "revoked": {"close": "closed"},
    "closed": {"contest": "contested"},
}  # fmt: skip
INVESTIGATES = {"open", "investigate", "order_correction", "confirm_correction", "give_notice"}
BY_ANOTHER = {"hold_hearing", "pass_review", "return_review"}
OFFICERS = ("o-1", "o-2", "o-3", "o-4")
WEIGHT = {"no_penalty": 0, "warning": 1, "fine": 2}
# The straight course: move, officer, second officer, days that pass before it.
STRAIGHT = (
    ("investigate", "o-1", None, 1), ("give_notice", "o-1", None, 1), ("pass_review", "o-4", None, 11),
    ("decide", "o-1", "o-2", 1), ("serve", "o-1", None, 1), ("contest", "o-1", None, 1),
)  # fmt: skip


def test_the_table_is_the_one_written_down_here():
    table = {state: {move.name: move.leads[state] for move in MOVES if state in move.leads} for state in STATES}
    assert table == {
        state: {name: "=" if target == "back" else target for name, target in moves.items()}
        for state, moves in COURSE.items()
    }


class CaseWalk(RuleBasedStateMachine):
    """Makes moves that are complete in form; a second book-keeping tells which of them must be let pass."""

    def __init__(self):
        super().__init__()
        opening = Act(1, "open", OFFICERS[0], None, moment(0), {})
        self.case = open_case(
            opening, case_no="c", authority="a", line="commerce", party="p", place="330100", findings=(frozen(),)
        )
        self.state, self.back_to, self.day = "filed", "", 0
        self.handlers, self.reviewers = {OFFICERS[0]}, set()
        self.notice, self.noticed_on, self.announced = None, 0, None
        self.is_ordered = self.is_served = self.is_revoked = False
        self.standing_decision = None

    @initialize(count=st.integers(0, len(STRAIGHT)), decision=st.sampled_from(("fine", "warning")))
    def begin_further_on(self, count, decision):
        """Walk the straight course for a while: by chance alone few cases would ever be decided."""
        for name, officer, second, days in STRAIGHT[:count]:
            self.day += days
            self.move(name, officer, second, decision, 20_000, 1)

    @rule(days=st.sampled_from((1, 11)))
    def wait(self, days):
        self.day += days

    @rule(
        data=st.data(),
        officer=st.sampled_from(OFFICERS),
        second=st.sampled_from((None, *OFFICERS)),
        decision=st.sampled_from(("fine", "warning", "no_penalty")),
        amount=st.sampled_from((1, 20_000, 100_000, 100_001)),
        standing=st.sampled_from((1, 1, 1, 0)),
    )
    def go_on(self, data, officer, second, decision, amount, standing):
        """Mostly a move that the state knows, sometimes any."""
        known = sorted(COURSE[self.state])
        name = data.draw(st.sampled_from(known * 4 + sorted(MOVE_BY_NAME)))
        self.move(name, officer, second, decision, amount, standing)

    def move(self, name, officer, second, decision, amount, standing):
        second = second if name == "decide" else None
        fields = self.complete(name, decision, amount)
        act = Act(len(self.case.acts) + 1, name, officer, second, moment(self.day), fields)
        faults = check_act(self.case, act, limits=LIMITS, standing_count=standing)
        allowed = self.is_allowed(name, officer, second, fields, standing)
        assert (not faults) == allowed, (self.state, name, fields, faults)
        if allowed:
            assert name in {one.name for one in next_moves(self.case)}
            self.case = apply_act(self.case, act)
            self.note(name, officer, fields)

    def complete(self, name, decision, amount):
        today = (START + timedelta(days=self.day)).isoformat()
        later = (START + timedelta(days=self.day + 7)).isoformat()
        said = decision if name in ("decide", "amend") else "warning" if decision == "no_penalty" else decision
        fields = {}
        for one in MOVE_BY_NAME[name].carries:
            match one.form:
                case "day":
                    fields[one.name] = later if one.is_future else today
                case "choice":
                    fields[one.name] = {"decision": said, "intended": said, "reason": "findings_vanished"}.get(
                        one.name, one.choices[0]
                    )
                case "amount":
                    if said == "fine":
                        fields[one.name] = amount
                case _:
                    fields[one.name] = "words"
        return fields

    def is_allowed(self, name, officer, second, fields, standing):
        if name not in COURSE[self.state]:
            return False
        checks = [
            name not in INVESTIGATES or officer not in self.reviewers,
            name not in BY_ANOTHER or officer not in self.handlers,
            name != "pass_review" or self.state == "heard" or self.day > self.noticed_on + 10,
            name != "confirm_correction" or self.is_ordered,
            name != "close_early" or standing == 0,
            name != "contest" or (self.is_served and not self.is_revoked),
            name != "close" or self.state != "served" or self.standing_decision[0] != "fine",
        ]
        amount = fields.get("amount_yuan", 0)
        if name == "give_notice":
            checks.append(fields["intended"] != "fine" or amount <= 100_000)
        if name == "decide":
            said = (WEIGHT[fields["decision"]], amount)
            checks.append(amount <= 100_000)
            checks.append(said <= self.announced)
            checks.append(second != officer)
            checks.append(fields["decision"] == "no_penalty" or second is not None)
        if name == "amend":
            before, yuan = self.standing_decision
            checks.append((WEIGHT[fields["decision"]], amount) <= (WEIGHT[before], yuan))
        return all(checks)

    def note(self, name, officer, fields):
        target = COURSE[self.state][name]
        if name == "contest":
            self.back_to = self.state
        self.state = self.back_to if target == "back" else target
        if name in INVESTIGATES:
            self.handlers.add(officer)
        if name in ("pass_review", "return_review"):
            self.reviewers.add(officer)
        match name:
            case "give_notice":
                self.noticed_on = self.day
                self.announced = (WEIGHT[fields["intended"]], fields.get("amount_yuan", 0))
            case "decide" | "amend":
                self.standing_decision = (fields["decision"], fields.get("amount_yuan", 0))
            case "order_correction":
                self.is_ordered = True
            case "confirm_correction" | "close" | "close_early":
                self.is_ordered = False
            case "serve":
                self.is_served = True
            case "revoke":
                self.is_revoked, self.standing_decision = True, None

    @invariant()
    def the_case_is_where_the_second_book_says(self):
        assert self.case.state == self.state
        assert has_open_order(self.case) == self.is_ordered
        decision = find_decision(self.case)
        kept = (decision.decision, decision.amount_yuan or 0) if decision else None
        assert kept == self.standing_decision
        is_penalty = self.is_served and kept is not None and kept[0] != "no_penalty"
        assert (find_penalty(self.case) is not None) == is_penalty
        assert bool(tell_subjects(self.case)) == (kept is not None)


TestCaseWalk = CaseWalk.TestCase
TestCaseWalk.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
