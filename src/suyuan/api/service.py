"""What all requests of a process share: the pool, the clock, the limits, the register as last read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends
from psycopg import Connection
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool
from starlette.requests import Request

from suyuan.api.settings import Settings
from suyuan.app.context import Clock, Context
from suyuan.core.registry import Registry
from suyuan.store.database import connect, open_pool
from suyuan.store.log_folder import LogFolder
from suyuan.store.migrate import check_schema
from suyuan.store.rulebook import KnownRulebook

CONNECTION_SECONDS_MAX = 5.0


@dataclass(slots=True)
class Service:
    """The shared things of one process; whatever a request changes is replaced as a whole."""

    pool: ConnectionPool[Connection[TupleRow]]
    clock: Clock
    settings: Settings
    registry: Registry | None = None
    known_rulebook: KnownRulebook | None = None
    long_bodies: threading.Semaphore = field(init=False)
    """Bodies that are stored while they come in each hold a connection; half of the pool is kept for everybody else."""

    def __post_init__(self) -> None:
        """Count the places for long bodies."""
        self.long_bodies = threading.Semaphore(max(1, self.settings.connections // 2))

    @property
    def log_folder(self) -> LogFolder | None:
        """Where the transparency log lies, None where this server has none."""
        return LogFolder(self.settings.log_dir) if self.settings.log_dir is not None else None

    @contextmanager
    def open_context(self) -> Iterator[Context]:
        """Give one request its context; raises PoolTimeout when all connections stay busy.

        Numbers of parties are learnt anew by each request: a number read in a transaction that is taken back afterwards
        must not be remembered by another.
        """
        with self.pool.connection(timeout=CONNECTION_SECONDS_MAX) as connection:
            if not connection.autocommit:
                connection.autocommit = True  # the use cases open their own transactions
            context = Context(
                connection,
                self.clock,
                registry=self.registry,
                known_rulebook=self.known_rulebook,
                log_folder=self.log_folder,
            )
            yield context
            self.registry, self.known_rulebook = context.registry, context.known_rulebook


def open_service(url: str, *, clock: Clock, settings: Settings) -> Service:
    """Open the pool. Raises DatabaseUnavailableError, or SchemaMismatchError before the first request finds out."""
    with connect(url) as connection:
        check_schema(connection)
    return Service(open_pool(url, size=settings.connections), clock, settings)


def get_service(request: Request) -> Service:
    """Return the service of the application that a request came to."""
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(get_service)]
