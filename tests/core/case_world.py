"""A case in short: days, officers, and the acts that lead to a state."""

from datetime import UTC, date, datetime, timedelta

from suyuan.core.case import Act, CaseLimits, FrozenFinding, apply_act, open_case
from suyuan.core.case_check import check_act, next_moves

LIMITS = CaseLimits(
    fine_ceiling_yuan=100_000,
    statement_days=5,
    hearing_request_days=10,
    hearing_notice_days=7,
    payment_days=15,
    order_grace_days=15,
)
NO_CEILING = CaseLimits(None, 5, 10, 7, 15, 15)
START = date(2026, 9, 1)
HANDLER, SECOND, REVIEWER = "o-1", "o-2", "o-3"


def frozen(**changes):
    given = {
        "subject": "LATPAB07XS1000001", "rule": "scrapped_vehicle_battery_missing", "reporter": "91330100MA1000045X",
        "report_id": "r1", "weight": "violation", "is_verified": True, "is_conflict": False, "about": ("pack-1",),
        "evidence": {}, "source": "Art. 19", "rulebook_version": "v1", **changes,
    }  # fmt: skip
    return FrozenFinding(**given)


def moment(day, *, hour=2):
    """Return a moment within the Shanghai day `day` days after the start."""
    on = START + timedelta(days=day)
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC)


def on(day):
    return (START + timedelta(days=day)).isoformat()


def make_act(number, move, day, *, by=HANDLER, second=None, **fields):
    return Act(number, move, by, second, moment(day), fields)


def new_case(*findings, party="91330100MA1000045X", day=0):
    return open_case(
        make_act(1, "open", day),
        case_no="330100-commerce-2026-0001",
        authority="hz-commerce",
        line="commerce",
        party=party,
        place="330106",
        findings=findings or (frozen(),),
    )


def faults_of(case, move, day, *, by=HANDLER, second=None, limits=LIMITS, standing=1, **fields):
    act = make_act(len(case.acts) + 1, move, day, by=by, second=second, **fields)
    found = check_act(case, act, limits=limits, standing_count=standing)
    assert not any("None" in words for one in found for words in (one.message, one.message_zh)), found
    return [(one.code, one.field) for one in found]


def step(case, move, day, *, by=HANDLER, second=None, limits=LIMITS, standing=1, **fields):
    """Return the case after a move that must be free of faults."""
    act = make_act(len(case.acts) + 1, move, day, by=by, second=second, **fields)
    found = check_act(case, act, limits=limits, standing_count=standing)
    assert not found, found
    return apply_act(case, act)


NOTICE = {"intended": "fine", "amount_yuan": 20_000, "facts": "a pack is missing", "grounds": "Art. 19"}
FINE = {"decision": "fine", "amount_yuan": 20_000, "text": "a fine"}


def investigated(*findings, **case):
    return step(new_case(*findings, **case), "investigate", 1, record="looked at the yard")


def noticed(*findings, **notice):
    return step(investigated(*findings), "give_notice", 2, **{**NOTICE, **notice})


def reviewed(*findings, **notice):
    return step(noticed(*findings, **notice), "pass_review", 13, by=REVIEWER, opinion="in order")


def decided(*findings, second=SECOND, notice=None, **decision):
    said = {**FINE, **decision}
    said = {name: value for name, value in said.items() if value is not None}
    return step(reviewed(*findings, **(notice or {})), "decide", 14, second=second, **said)


def served(*findings, **decision):
    return step(decided(*findings, **decision), "serve", 15, served_on=on(15), manner="direct")


def names(case):
    """Return the moves that a case allows."""
    return [move.name for move in next_moves(case)]
