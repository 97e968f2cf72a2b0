"""What the server can be told: from the environment, each name with SUYUAN_ before it."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The limits of the server; which database is meant says `store.database.resolve_database`."""

    model_config = SettingsConfigDict(env_prefix="SUYUAN_", frozen=True)

    body_bytes_max: int = Field(default=2 * 2**30, gt=0)
    """The largest submission that is taken in by HTTP."""

    dry_run_bytes_max: int = Field(default=64 * 2**20, gt=0)
    """The largest dry run: it is one transaction, and what it tries out others must wait for."""

    log_dir: Path | None = None
    """Where the transparency log lies: its tiles are served from there, its keys sign acknowledgements."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """At `info` every request has its line."""

    connections: int = Field(default=8, ge=2)
    """Connections to the database, at most; a request that finds none waits five seconds, then is asked to come again."""

    wait_seconds_max: float = Field(default=30.0, ge=0)
    """The longest that `Prefer: wait` is honoured; it holds a connection."""

    idle_seconds_max: float = Field(default=60.0, gt=0)
    """How long a sender may be silent in the middle of a body."""
