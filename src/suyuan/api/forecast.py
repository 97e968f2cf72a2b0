"""Forecast of what retires, and leakage: for the operator of all vehicles, for a participant of those that it produced."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from suyuan.analysis.leakage import LeakageBy
from suyuan.analysis.retirement import By, Scope
from suyuan.api.answer import json_answer
from suyuan.api.authentication import Reader
from suyuan.api.negotiation import JSON_TYPE, accepts
from suyuan.api.parameters import Day
from suyuan.api.service import TheService
from suyuan.app.forecast import FIRST_YEAR, LAST_YEAR, UNTIL_DEFAULT, read_forecast
from suyuan.app.leakage import read_leakage

router = APIRouter(tags=["forecast"], dependencies=[Depends(accepts(JSON_TYPE))])


class ForecastQuery(BaseModel):
    """Until which year, how arranged, of which vehicles, as of which day (today), what is taken to be reported, metals or not."""

    model_config = ConfigDict(extra="forbid")

    until: int = Field(default=UNTIL_DEFAULT, ge=FIRST_YEAR, le=LAST_YEAR)
    by: By = "year"
    scope: Scope = "nation"
    materials: bool = False
    reported_share: float | None = Field(default=None, gt=0, le=1)
    as_of: Day | None = None


class LeakageQuery(BaseModel):
    """How the estimate is arranged, and as of which day (today)."""

    model_config = ConfigDict(extra="forbid")

    by: LeakageBy = "producer"
    as_of: Day | None = None


@router.get("/forecast")
def get_forecast(query: Annotated[ForecastQuery, Query()], reader: Reader, service: TheService) -> Response:
    """Return the forecast by year and group, with all that the platform holds for the operator, for a participant its own."""
    with service.open_context() as context:
        found = read_forecast(
            context,
            as_of=query.as_of or context.today(),
            until=query.until,
            by=query.by,
            scope=query.scope,
            with_materials=query.materials,
            reported_share=query.reported_share,
            party=reader.uscc,
        )
    return json_answer(found)


@router.get("/leakage")
def get_leakage(query: Annotated[LeakageQuery, Query()], reader: Reader, service: TheService) -> Response:
    """Return expected, seen and unseen exits: of all vehicles for the operator, for a participant of those it produced."""
    with service.open_context() as context:
        return json_answer(
            read_leakage(context, as_of=query.as_of or context.today(), by=query.by, producer=reader.uscc)
        )
