"""Record an act of a case: its bytes first, then everything that follows from them, in one transaction.

`apply_case_act` is what a rebuild repeats, so that head, findings, duties and facts of a case come out as they were.
"""

import hashlib

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.app.context import Context
from suyuan.core.case import Act, Case, FrozenFinding, apply_act, case_subject, open_case, tell_subjects
from suyuan.core.case_order import list_order_duties
from suyuan.core.identifiers import SubjectError, subject_family
from suyuan.store.cases import CaseNumber, add_act, add_findings, read_case, write_case, write_order_duties
from suyuan.store.pending import LANE_SMALL, Waiting
from suyuan.store.registry import write_act
from suyuan.store.slot import slot_of
from suyuan.store.verdict import apply_facts, encode_json

ACT_KIND = "case"
TOLD_FAMILIES = frozenset({"battery", "vehicle", "lot"})  # whose fold reads what a case tells
_NO_CAUSE = 0


class Opening(msgspec.Struct, frozen=True):
    """What the first act of a case says beside itself."""

    number: CaseNumber
    authority: str
    line: str
    party: str | None
    place: str
    findings: tuple[FrozenFinding, ...]


class CaseAct(msgspec.Struct, frozen=True):
    """An act as it is recorded; the first one of a case opens it."""

    case_no: str
    act: Act
    opening: Opening | None = None


def record_case_act(connection: Connection[TupleRow], made: CaseAct) -> tuple[Case, set[str]]:
    """Record an act and apply it, in the caller's transaction; returns the case and the subjects it tells something new."""
    body = encode_json(made)
    act_no = write_act(connection, ACT_KIND, acted_at=made.act.acted_at, body=body)
    return apply_case_act(connection, body, act_no=act_no)


def replay_case_act(context: Context, kind: str, body: bytes, *, act_no: int) -> None:
    """Repeat a recorded act for a rebuild, in a transaction of its own."""
    assert kind == ACT_KIND, "the rebuild chooses the replay by the kind"
    with context.connection.transaction():
        apply_case_act(context.connection, body, act_no=act_no)


def apply_case_act(connection: Connection[TupleRow], body: bytes, *, act_no: int) -> tuple[Case, set[str]]:
    """Write what follows from a recorded act; returns the case and the subjects it tells something new."""
    made = msgspec.json.decode(body, type=CaseAct)
    before: Case | None = None
    if made.opening is not None:
        opening = made.opening
        number = opening.number
        case = open_case(
            made.act,
            case_no=made.case_no,
            authority=opening.authority,
            line=opening.line,
            party=opening.party,
            place=opening.place,
            findings=opening.findings,
        )
        add_findings(connection, made.case_no, findings=case.findings)
    else:
        record = read_case(connection, made.case_no)
        assert record is not None, "an act is recorded only of a case that was opened"
        before, number = record.case, record.number
        case = apply_act(before, made.act)
    add_act(connection, made.case_no, act=made.act, digest=hashlib.sha256(body).digest(), act_no=act_no)
    write_case(connection, case, number=number)
    write_orders(connection, case, is_vanished=False)
    return case, _tell(connection, before=before, after=case)


def write_orders(connection: Connection[TupleRow], case: Case, *, is_vanished: bool) -> None:
    """Write the duty of each order to correct: closed by the act that ended it, or because the findings vanished."""
    duties = list_order_duties(case, is_vanished=is_vanished)
    write_order_duties(connection, duties, subject=case_subject(case.case_no))


def _tell(connection: Connection[TupleRow], *, before: Case | None, after: Case) -> set[str]:
    """Replace what the case tells its subjects, as a set; whoever is told something else is judged again."""
    old = {fact.target: fact for fact in (tell_subjects(before) if before is not None else ()) if _folds(fact.target)}
    new = {fact.target: fact for fact in tell_subjects(after) if _folds(fact.target)}
    changed = [fact for target, fact in new.items() if old.get(target) != fact]
    gone = [old[target] for target in old.keys() - new.keys()]
    keys = [(slot_of(fact.target), fact.target, fact.source, fact.name) for fact in gone]
    apply_facts(connection, new=changed, gone=keys)
    waiting = Waiting()
    woken = {fact.target for fact in (*changed, *gone)}
    for target in woken:
        waiting.add((target,), slot=slot_of(target), lane=LANE_SMALL, causes=(_NO_CAUSE,))
    waiting.write(connection)
    return woken


def _folds(subject: str) -> bool:
    try:
        return subject_family(subject) in TOLD_FAMILIES
    except SubjectError:
        return False
