"""One place where a bundle does not say what it must: which file, which subject, which field, and both values."""

from collections.abc import Iterator
from typing import Any

import msgspec

VALUE_CHARACTERS_MAX = 200


class Difference(msgspec.Struct, frozen=True):
    """Something else stands in a file than must; `field` may be a path, empty for the whole."""

    file: str
    subject: str
    field: str
    expected: Any
    found: Any

    @property
    def message(self) -> str:
        """Return it in an English sentence."""
        return f"{self._where(of=' of ')}: {_show(self.expected)} is expected, {_show(self.found)} stands there."

    @property
    def message_zh(self) -> str:
        """Return it in a Chinese sentence."""
        return f"{self._where(of=' / ')}：应为 {_show(self.expected)}，实为 {_show(self.found)}。"

    def _where(self, *, of: str) -> str:
        place = f"{self.field}{of}{self.subject}" if self.field and self.subject else self.field or self.subject
        return f"{self.file}, {place}" if place else self.file


def _show(value: object) -> str:
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= VALUE_CHARACTERS_MAX else text[: VALUE_CHARACTERS_MAX - 1] + "…"


def compare_values(expected: object, found: object, *, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Yield where two JSON values differ: the path, and both values there."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in sorted({*expected, *found}):
            yield from compare_values(expected.get(name), found.get(name), path=f"{path}.{name}" if path else name)
    elif isinstance(expected, list) and isinstance(found, list):
        for place in range(max(len(expected), len(found))):
            one = expected[place] if place < len(expected) else None
            other = found[place] if place < len(found) else None
            yield from compare_values(one, other, path=f"{path}[{place}]")
    elif expected != found or isinstance(expected, bool) != isinstance(found, bool):
        yield path, expected, found
