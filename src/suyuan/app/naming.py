"""What parties and places are called in documents, as the register and the table of divisions say of a day."""

from datetime import date
from typing import Final

from suyuan.app.context import Context
from suyuan.core.division import division_name
from suyuan.core.identifiers import DivisionCodeError

# Placeholders of the table between a province and its districts or counties; no place is called so.
_NO_NAMES: Final = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


def name_party(context: Context, uscc: str, *, on: date) -> str:
    """Return the name of a participant, empty where the register has none."""
    entry = context.read_registry().find(uscc, on=on) if uscc else None
    return entry.name if entry else ""


def name_place(code: str, *, on: date) -> str:
    """Return what a division is called with its province and prefecture before it; an unknown code stands as it is."""
    names: list[str] = []
    for part in dict.fromkeys((f"{code[:2]}0000", f"{code[:4]}00", code)) if code else ():
        try:
            names.append(division_name(part, lang="zh", on=on))
        except DivisionCodeError:
            continue
    return "".join(name for name in names if name not in _NO_NAMES) or code
