"""The evidence bundle of a case: its frozen findings, computed from what had been received when it was opened."""

from datetime import date
from zlib import decompress

from suyuan.app.bundle import WrittenBundle, write_bundle
from suyuan.app.context import Context
from suyuan.app.read_cases import require_record
from suyuan.bundle.content import Cut, case_in_utc, claims_of
from suyuan.core.case import Case
from suyuan.core.competence import Desk
from suyuan.store.queries import load_queries

SQL = load_queries("bundle")


def write_case_bundle(context: Context, case_no: str, *, desk: Desk | None = None) -> WrittenBundle:
    """Return the bundle of a case; an officer (`desk`) has those of its authority. Raises UnknownError, UseCaseError."""
    case = case_in_utc(require_record(context, case_no, desk=desk).case)
    return write_bundle(context, claims_of(case), cut=_find_cut(context, case), case=case)


def _find_cut(context: Context, case: Case) -> Cut:
    """Return what counted when a case was opened: what had been received, and the register, the rulebook and the sweep of then."""
    row = context.connection.execute(SQL.find_opening_act, {"case_no": case.case_no}).fetchone()
    assert row is not None, "a case has the act that opened it"
    until_act = int(row[0])
    swept = context.connection.execute(SQL.read_sweep_before, {"until_act": until_act}).fetchone()
    swept_day = date.fromisoformat(decompress(swept[0]).decode()) if swept is not None else None
    return Cut(case.acts[0].acted_at, swept_day, until_act)
