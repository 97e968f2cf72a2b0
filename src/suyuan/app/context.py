"""What every use case needs of its surroundings, given once: connections and the clock."""

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.core.registry import Registry
from suyuan.core.rulebook import Rulebook
from suyuan.core.value import SHANGHAI
from suyuan.store.log_folder import LogFolder
from suyuan.store.register import load_registry
from suyuan.store.registry import PartyNumbers
from suyuan.store.rulebook import KnownRulebook, load_recorded

Clock = Callable[[], datetime]
Progress = Callable[[int], None]


def no_progress(_count: int) -> None:
    """Tell nobody how far the work is."""


def system_clock() -> datetime:
    """Return the present moment; only the edges of the program (command line, server, worker) choose this clock."""
    return datetime.now(UTC)


def collect_garbage_rarely() -> None:
    """Let this process look for cycles of objects less often; for the edges of the program, like the clock.

    A batch makes a million objects and no cycle; looking through them took a tenth of the time (measured).
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


class UseCaseError(Exception):
    """What was asked cannot be done; the text says why and what to do, in both languages."""

    def __init__(self, message: str, *, message_zh: str) -> None:
        """Keep both texts."""
        super().__init__(message)
        self.message, self.message_zh = message, message_zh


@dataclass(slots=True)
class Context:
    """A connection outside any transaction, the clock, and what a process remembers of the register and of party numbers."""

    connection: Connection[TupleRow]
    clock: Clock
    parties: PartyNumbers = field(default_factory=PartyNumbers)
    registry: Registry | None = None
    known_rulebook: KnownRulebook | None = None
    log_folder: LogFolder | None = None
    """Where the transparency log lies; without it nothing is sealed or acknowledged."""

    def today(self) -> date:
        """Return the day in Shanghai by the clock."""
        return self.clock().astimezone(SHANGHAI).date()

    def read_registry(self) -> Registry:
        """Return the register as it stands now; read again only when its version has changed."""
        self.registry = load_registry(self.connection, known=self.registry)
        return self.registry

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook in force as it stands now; read again only when its version has changed."""
        self.known_rulebook = load_recorded(self.connection, known=self.known_rulebook)
        return self.known_rulebook.rulebook
