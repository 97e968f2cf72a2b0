"""Leads of the statistical detectors: for officers and the operator, since a lead says nothing against anybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, WithJsonSchema
from starlette.responses import Response

from suyuan.api.answer import json_answer
from suyuan.api.authentication import Asker, officer_needed, party_of
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.parameters import Day
from suyuan.api.service import TheService
from suyuan.app.detect import LOOKS, describe_lead, find_leads

router = APIRouter(tags=["lists"], dependencies=[Depends(accepts(JSON_TYPE))])


def _know_detector(name: str) -> str:
    if name not in LOOKS:
        raise ValueError(f"the detectors are {', '.join(LOOKS)}")
    return name


DetectorName = Annotated[str, AfterValidator(_know_detector), WithJsonSchema({"type": "string", "enum": list(LOOKS)})]


class LeadsQuery(BaseModel):
    """One detector, or all; `as_of` is the day by whose end things had occurred, today where none is given."""

    model_config = ConfigDict(extra="forbid")

    detector: DetectorName | None = None
    as_of: Day | None = None


@router.get("/leads")
def get_leads(query: Annotated[LeadsQuery, Query()], asker: Asker, service: TheService) -> Response:
    """Return what the detectors see over the whole record, worked out on asking: a matter of seconds."""
    if party_of(asker) is not None:
        raise officer_needed()
    with service.open_context() as context:
        on = query.as_of or context.today()
        found = find_leads(context, as_of=on, detectors=None if query.detector is None else [query.detector])
    return json_answer({"as_of": on.isoformat(), "leads": [describe_lead(lead) for lead in found]})
