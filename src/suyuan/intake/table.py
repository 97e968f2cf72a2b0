"""Rows of text cells under a heading row into reports: what CSV files and workbooks have in common."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from suyuan.core.field import Field, Kind
from suyuan.core.refusal import refuse
from suyuan.intake.cells import COMPONENT_CODES, convert_cell, place_components, trim
from suyuan.intake.headings import find_field, find_kind, is_ignored, is_known, name_of, normalise_name
from suyuan.intake.row import FIELDS_MAX, ROW_BYTES_MAX, DecodedRow, FileError

_ONLY_KIND = {"kind"}


class _Column(NamedTuple):
    place: int
    name: str
    field: Field | None  # None: no field of this kind; the cell stays text and the checker refuses it


class TableDecoder:
    """Turns the rows of one table into reports; made by `read_heading_row`."""

    def __init__(self, headings: Sequence[str], *, kind: Kind | None, kind_place: int | None) -> None:
        self.headings = headings
        self._kind = kind
        self._kind_place = kind_place
        self._ignored = frozenset(place for place, heading in enumerate(headings) if is_ignored(heading))
        self._plans: dict[str | None, list[_Column]] = {}

    def decode(
        self, cells: Sequence[str], *, row: int, text_bytes: int, sheet: str = "", sheet_row: int = 0
    ) -> DecodedRow | None:
        """Return the report of one row of cells, or None if nothing is filled in but, perhaps, the kind."""
        kind, kind_text = self._kind_of(cells)
        raw: dict[str, Any] = {}
        for place, name, field in self._plan(kind):
            if place >= len(cells):
                break
            text = trim(cells[place])
            if text:
                raw[name] = convert_cell(text, field) if field is not None else text
        for place in range(len(self.headings), len(cells)):
            text = trim(cells[place])
            if text:
                raw[_nameless(place)] = text
        if not raw or raw.keys() == _ONLY_KIND:
            return None
        if kind_text:
            raw["kind"] = kind_text
        decoded = DecodedRow(row, raw, [], text_bytes, sheet, sheet_row)
        if len(raw) > FIELDS_MAX:
            decoded.raw, decoded.errors = None, [refuse("too_many_fields", field="", limit=FIELDS_MAX)]
        elif text_bytes > ROW_BYTES_MAX:
            decoded.raw, decoded.errors = None, [refuse("row_too_long", field="", limit=ROW_BYTES_MAX)]
        elif COMPONENT_CODES.name in raw:
            place_components(raw)
        return decoded

    def _kind_of(self, cells: Sequence[str]) -> tuple[Kind | None, str]:
        """Return the kind of a row and what the report says as its kind."""
        text = ""
        if self._kind_place is not None and self._kind_place < len(cells):
            text = trim(cells[self._kind_place])
        if not text:
            return self._kind, self._kind.name if self._kind is not None else ""
        kind = find_kind(text)
        return kind, kind.name if kind is not None else text

    def _plan(self, kind: Kind | None) -> list[_Column]:
        key = kind.name if kind is not None else None
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._make_plan(kind)
        return plan

    def _make_plan(self, kind: Kind | None) -> list[_Column]:
        plan: list[_Column] = []
        taken: set[str] = set()
        for place, heading in enumerate(self.headings):
            if place in self._ignored:
                continue
            field = find_field(heading, kind=kind)
            name = field.name if field is not None else name_of(heading)
            if not name or name in taken:  # a second column of one name must not overwrite the first
                field, name = None, _nameless(place)
            taken.add(name)
            plan.append(_Column(place, name, field))
        return plan


def read_heading_row(cells: Sequence[str], *, kind: Kind | None, where: str, where_zh: str) -> TableDecoder | FileError:
    """Return the decoder of the rows below these headings, or why the table cannot be read.

    `kind` is what the rows are when no column says so: known from the title of the sheet or the name of the file.
    """
    headings = [trim(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if not any(map(is_known, headings)):
        return FileError(
            f'{where}: the first row names no known column. It must hold headings such as "report_id" or "报告编号"; '
            'see "suyuan template KIND".',
            f"{where_zh}：第一行没有可识别的列名。首行应为表头，例如“报告编号”或“report_id”；请使用模板。",
        )
    names = [normalise_name(heading) for heading in headings if heading]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        shown = repeated[0].replace("\n", " ")[:80]
        return FileError(
            f'{where}: the heading "{shown}" stands over more than one column. Keep one of them and send the '
            "file again.",
            f"{where_zh}：列名“{shown}”出现多次。请只保留一列后重新报送。",
        )
    places = [place for place, heading in enumerate(headings) if _is_kind_column(heading)]
    if kind is None and not places:
        return FileError(
            f'{where}: nothing says what kind of reports these are. Add a column "kind" (报告种类), or name the '
            "sheet or the "
            "file after the kind, such as 电池生产 or battery_produced.",
            f"{where_zh}：无法判断报告种类。请增加“kind（报告种类）”列，或将工作表或文件以种类命名，例如“电池生产”。",
        )
    return TableDecoder(headings, kind=kind, kind_place=places[0] if places else None)


def _is_kind_column(heading: str) -> bool:
    field = find_field(heading, kind=None)
    return field is not None and field.name == "kind"


def _nameless(place: int) -> str:
    return f"column_{place + 1}"
