"""Parameters of addresses that several places share, each with its check and its words."""

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TEXT_CHARACTERS_MAX = 120
PAGE_ENTRIES_DEFAULT, PAGE_ENTRIES_MAX = 100, 1_000


def parse_day(text: object) -> date:
    """Return the day of YYYY-MM-DD; nothing else is taken, for a date guessed wrong answers another question."""
    try:
        if isinstance(text, str) and _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError("a day is written like 2026-05-03")


def _refuse_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("give a value or leave the parameter out")
    return text.strip()


Day = Annotated[date, BeforeValidator(parse_day), WithJsonSchema({"type": "string", "format": "date"})]
FilterText = Annotated[str, Field(max_length=TEXT_CHARACTERS_MAX), AfterValidator(_refuse_blank)]


class PageQuery(BaseModel):
    """How much of a list, and from where: `cursor` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(default=PAGE_ENTRIES_DEFAULT, ge=1, le=PAGE_ENTRIES_MAX)
    cursor: str | None = Field(default=None, max_length=1_000)
