"""The shapes that the catalogue of report kinds is written in: a field, the filing of a report under a subject, a kind.

Nothing here knows a particular kind; `catalogue.py` holds them all.
"""

from dataclasses import dataclass
from enum import StrEnum

JSON_INTEGER_MAX = 2**53 - 1  # what every JSON reader keeps exactly


class FieldType(StrEnum):
    """What a field may hold; each has one checker (`core.report`), one JSON Schema and one spreadsheet form."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    DATE_OR_TIME = "date_or_time"
    TIME = "time"
    CHOICE = "choice"
    BATTERY_CODE = "battery_code"  # coded battery of any level, reuse product, temporary code
    GOODS_CODE = "goods_code"  # battery_code, or a lot code
    TEMPORARY_CODE = "temporary_code"
    LOT_CODE = "lot_code"
    VIN = "vin"
    USCC = "uscc"
    DIVISION = "division"
    SHA256 = "sha256"
    BATTERY_CODES = "battery_codes"  # set-like list of codes
    LOT_CODES = "lot_codes"  # set-like list of lot codes
    MODULES = "modules"  # list of {code, cells}
    PACKS = "packs"  # list of {code, chemistry, rated_energy_wh, mass_g}
    MATERIALS = "materials"  # list of {material, mass_g, metals…}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a report kind: its name, type, limits and both titles.

    `minimum` and `maximum` bound numbers, and the length of text. `choices` are the codes of a choice, in one order
    with `choice_names_zh`, which people read and spreadsheets take too. `levels` are the GB/T 34014 level letters
    a battery code may carry here. `default` is what an absent field means; it is dropped from the content digest.
    A field that `is_personal` is a text about a natural person: the record has a commitment in its place.
    """

    name: str
    type: FieldType
    zh: str
    en: str
    is_required: bool = True
    minimum: int = 0
    maximum: int = JSON_INTEGER_MAX
    choices: tuple[str, ...] = ()
    levels: str = "PMC"
    default: bool | str | None = None
    choice_names_zh: tuple[str, ...] = ()
    is_personal: bool = False

    def label_choices(self) -> list[str]:
        """Return the Chinese name of each choice with its code, as people read them: `报废 scrapping`."""
        return [f"{name} {code}" for name, code in zip(self.choice_names_zh, self.choices, strict=True)]


@dataclass(frozen=True, slots=True)
class Filing:
    """Under which subjects a report stands, and what their fold reads of it.

    `field` names the field that holds the subject; empty, the report is filed under a subject of its own
    (`lot:<USCC>:<report id>` for a recovery, else `report:<USCC>:<report id>`). `role` says as what it appears there,
    `precondition` must hold before the event may come next within a day (`core.fold`), `body` are the fields kept in
    the timeline row.
    """

    field: str
    role: str
    precondition: str = ""
    body: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of report.

    `number` stands for it in stored timelines, for ever; `order` is its place in the lifecycle. `reporters` are role
    names. `births` name the fields whose codes are born here, `counterparty` the field with the other party,
    `components` those that list components.
    """

    number: int
    order: int
    name: str
    zh: str
    en: str
    reporters: frozenset[str]
    fields: tuple[Field, ...]
    filings: tuple[Filing, ...]
    births: tuple[str, ...]
    counterparty: str
    components: tuple[str, ...]
