"""The web server: the API under /api/v1 and the public pages, as one application.

Run it with `uvicorn --factory suyuan.api.main:create_app`, any number of workers; a judging worker runs beside it, not in it.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from suyuan.api import (
    accounts,
    cases,
    documents,
    enterprise_accounts,
    forecast,
    leads,
    lists,
    log,
    pages,
    reference,
    register,
    subjects,
    submissions,
    verifier,
)
from suyuan.api.edge import Edge
from suyuan.api.errors import add_handlers
from suyuan.api.openapi import OPENAPI_PATH, describe_api
from suyuan.api.service import Service, open_service
from suyuan.api.settings import Settings
from suyuan.app.context import Clock, system_clock
from suyuan.store.database import resolve_database

API_PREFIX = "/api/v1"


def create_app(
    *, database_url: str | None = None, clock: Clock = system_clock, settings: Settings | None = None
) -> FastAPI:
    """Return the application; database and limits come from the environment unless given."""
    limits = settings or Settings()

    def open_database() -> Service:
        url = database_url or resolve_database(None, environ=os.environ).start()
        return open_service(url, clock=clock, settings=limits)

    @asynccontextmanager
    async def serve(app: FastAPI) -> AsyncIterator[None]:
        app.state.service = await run_in_threadpool(open_database)
        try:
            yield
        finally:
            await run_in_threadpool(app.state.service.pool.close)

    configure_log(limits.log_level)
    app = FastAPI(
        title="溯源 Suyuan", lifespan=serve, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False
    )
    parts = (
        submissions,
        subjects,
        lists,
        leads,
        accounts,
        enterprise_accounts,
        forecast,
        register,
        cases,
        documents,
        reference,
    )
    for part in parts:
        app.include_router(part.router, prefix=API_PREFIX)
    describe_api(app, path=OPENAPI_PATH)
    app.include_router(reference.health)
    app.include_router(log.router)
    app.include_router(verifier.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=str(files("suyuan.api").joinpath("static"))), name="static")
    add_handlers(app)
    app.add_middleware(Edge)
    return app


def configure_log(level: str) -> None:
    """Write one event a line to standard error, unless the program has its own way already."""
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
