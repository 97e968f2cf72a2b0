"""Who reads which issued documents: an authority its own, whom one is addressed to that one, the operator all."""

from suyuan.app.check_scrapping import parse_vin
from suyuan.app.context import Context
from suyuan.app.documents import number_issued
from suyuan.app.read_cases import require_own_record, require_record, seen_acts
from suyuan.app.vehicle_notice import addressee_of
from suyuan.core.case import case_subject
from suyuan.core.competence import Desk
from suyuan.core.document_letter import LETTERS
from suyuan.store.documents import Issued


def documents_of_case(
    context: Context, case_no: str, *, desk: Desk | None = None, party: str | None = None
) -> dict[int, Issued]:
    """Return the documents issued in a case, by their place: to its party the letters of acts that it may see.

    Raises UnknownError for a case that the asker may not read.
    """
    documents = number_issued(context, case_subject(case_no))
    if party is None:
        require_record(context, case_no, desk=desk)
        return documents
    seen = {str(act.number) for act in seen_acts(require_own_record(context, case_no, party=party).case)}
    return {
        place: one for place, one in documents.items() if one.occasion.kind in LETTERS and one.occasion.occasion in seen
    }


def documents_of_vehicle(
    context: Context, vin: str, *, desk: Desk | None = None, party: str | None = None
) -> dict[int, Issued]:
    """Return the notices issued about a vehicle, by their place: to an officer those of its authority, to a party its own.

    Raises UseCaseError for a malformed VIN.
    """
    documents = number_issued(context, parse_vin(vin))
    if desk is not None:
        return {place: one for place, one in documents.items() if one.series.organ == desk.authority.authority}
    if party is not None:
        return {place: one for place, one in documents.items() if addressee_of(one.occasion) == party}
    return documents
