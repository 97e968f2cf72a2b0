"""What general law says about the course of a penalty, as data: the documents of cases state it, the fold never reads it."""

import tomllib
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ProcedureEntry:
    """One statement of general law in the words of a document, where it comes from, and whether it is verified."""

    key: str
    value: str
    source: str
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Procedure:
    """The entries by key, in force from a day."""

    in_force_from: date
    entries: dict[str, ProcedureEntry]

    def __getitem__(self, key: str) -> str:
        """Return the words of an entry; raises KeyError where there is none."""
        return self.entries[key].value


def parse_procedure(text: str) -> Procedure:
    """Return the procedure of a TOML text; raises KeyError for an entry that lacks something."""
    content = tomllib.loads(text)
    entries = {
        entry["key"]: ProcedureEntry(entry["key"], entry["value"], entry["source"], entry["verified"])
        for entry in content["entry"]
    }
    return Procedure(content["procedure"]["in_force_from"], entries)
