"""Write `samples/`: participants, files of reports in all four forms, what they must bring, and what to look up.

The same bytes every time: one seed, no clock. Run it again after changing a life: `python scripts/make_samples.py`.
"""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sample_breaches import plant_breaches
from sample_guide import write_guides
from sample_lives import Story, tell_innocent_lives
from sample_mistakes import plant_mistakes
from sample_world import BATCHES, FIRMS, REGISTERED_FROM, SWEPT_ON, Batch, Row

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.field import Field, FieldType
from suyuan.core.topic import PARTICIPANTS
from suyuan.intake.cells import COMPONENT_CODES, format_cell, gather_components
from suyuan.intake.headings import fields_of
from suyuan.intake.template import open_workbook, write_headings

DAY_CHARACTERS = len("2026-05-03")
SAMPLES = Path(__file__).resolve().parents[1] / "samples"
KIND_COLUMN = "kind"
RULEBOOK = f"""\
# Entries of the operator's own: the samples tell of years and come in all at once, as the first load of a platform does.
[book]
name = "2026"

[[threshold]]
key = "first_load_window"
value = [{REGISTERED_FROM}, {SWEPT_ON.year}-12-31]
source = "platform choice: the samples are a first load"
verified = false
"""


def make_story() -> Story:
    """Return everything that is sent and must be found, rows in the order of their files."""
    story = Story()
    tell_innocent_lives(story)
    plant_breaches(story)
    plant_mistakes(story)
    for batch, rows in story.rows.items():
        place = {name: number for number, name in enumerate(KIND_BY_NAME)}
        if batch.form == "xlsx":  # sheet by sheet, in lifecycle order
            rows.sort(key=lambda row: (place[row.fields["kind"]], row.fields["occurred_at"]))
        else:
            rows.sort(key=lambda row: str(row.fields["occurred_at"]))
    return story


def write_samples(folder: Path) -> None:
    """Write the whole folder."""
    story = make_story()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    (folder / "participants.csv").write_bytes(_write_participants())
    (folder / "rulebook.toml").write_text(RULEBOOK, encoding="utf-8")
    names = {}
    for number, (batch, rows) in enumerate(story.rows.items(), start=1):
        names[batch] = f"{number:02d}-{FIRMS[batch.firm].uscc}-{batch.slug}.{batch.form}"
        (folder / names[batch]).write_bytes(WRITERS[batch.form](batch, rows))
    expected = _expect(story, names)
    text = json.dumps(expected, ensure_ascii=False, indent=1)
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")
    write_guides(folder, story, {batch: (name, expected["files"][name]) for batch, name in names.items()})


def _expect(story: Story, names: dict[Batch, str]) -> dict[str, Any]:
    """Return what the platform must say of the folder, from what was planted."""
    files = {}
    for batch in BATCHES:
        numbered = list(zip(_row_numbers(batch, story.rows[batch]), story.rows[batch], strict=True))
        counts = Counter(
            "rejected" if row.refused else "duplicate" if row.is_duplicate else "accepted" for _, row in numbered
        )
        files[names[batch]] = {
            **{outcome: counts[outcome] for outcome in ("accepted", "duplicate", "rejected")},
            "refused": {str(number): list(row.refused) for number, row in numbered if row.refused},
            "normalised": {str(number): list(row.normalised) for number, row in numbered if row.normalised},
        }
    return {
        "as_of": SWEPT_ON.isoformat(),
        "lives": len(story.lives),
        "files": files,
        "findings": [
            {"rule": rule, "weight": weight, "subject": subject, "count": count}
            for (rule, weight, subject), count in sorted(story.findings.items())
        ],
    }


def _row_numbers(batch: Batch, rows: list[Row]) -> Iterator[int]:
    """Yield the number that the platform gives each row: lines from 1, table rows after the heading, sheets one after another."""
    before, kind = 0, None
    for number, row in enumerate(rows, start=1):
        if batch.form == "xlsx" and row.fields["kind"] != kind:
            kind, before = row.fields["kind"], before + 1
        yield number + (before if batch.form == "xlsx" else batch.form == "csv")


def _write_participants() -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.name for column in PARTICIPANTS.columns])
    for firm in FIRMS.values():
        writer.writerow(
            [firm.uscc, firm.name, firm.roles, firm.division, firm.codes, REGISTERED_FROM, firm.valid_until]
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode()


# -- forms ---------------------------------------------------------------------------------------------------------


def _write_jsonl(_batch: Batch, rows: list[Row]) -> bytes:
    return "".join(json.dumps(row.fields, ensure_ascii=False) + "\n" for row in rows).encode()


def _write_json(_batch: Batch, rows: list[Row]) -> bytes:
    return (json.dumps([row.fields for row in rows], ensure_ascii=False, indent=1) + "\n").encode()


def _write_csv(batch: Batch, rows: list[Row]) -> bytes:
    """Write one table; clerks have Chinese headings and days as their spreadsheet shows them."""
    is_clerk = batch.manner.endswith("-zh")
    tables = [_cells(row) for row in rows]
    columns = _columns(rows, tables)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ["报告种类" if is_clerk else KIND_COLUMN, *(field.zh if is_clerk else name for name, field in columns.items())]
    )
    for row, cells in zip(rows, tables, strict=True):
        kind = row.fields["kind"]
        line = [KIND_BY_NAME[kind].zh if is_clerk else kind]
        for name, field in columns.items():
            cell = format_cell(cells.get(name), field=field)
            line.append(_as_clerk(cell, field) if is_clerk else cell)
        writer.writerow(line)
    encoding = {"gb18030": "gb18030", "bom": "utf-8-sig", "utf8": "utf-8"}[batch.manner.removesuffix("-zh")]
    return text.getvalue().encode(encoding)


def _as_clerk(cell: str, field: Field) -> str:
    """Return a cell as a Chinese spreadsheet shows it: 2026/5/3, 是."""
    if field.type in (FieldType.DATE, FieldType.DATE_OR_TIME) and len(cell) == DAY_CHARACTERS:
        year, month, day = cell.split("-")
        return f"{year}/{int(month)}/{int(day)}"
    return {"true": "是", "false": "否"}.get(cell, cell) if field.type is FieldType.BOOLEAN else cell


def _cells(row: Row) -> dict[str, Any]:
    """Return the fields of a report as a table carries them: components as one list of codes."""
    cells = {name: value for name, value in row.fields.items() if name != KIND_COLUMN}
    components = gather_components(cells)
    if components is not None:
        del cells["modules"]
        cells[COMPONENT_CODES.name] = components
    return cells


def _columns(rows: list[Row], tables: list[dict[str, Any]]) -> dict[str, Field]:
    """Return the columns that any row fills, in the order of the catalogue."""
    used = {name for cells in tables for name in cells}
    kinds = dict.fromkeys(row.fields["kind"] for row in rows)
    known = {field.name: field for kind in kinds for field in fields_of(KIND_BY_NAME.get(kind))}
    return {name: field for name, field in known.items() if name in used}


def _write_xlsx(_batch: Batch, rows: list[Row]) -> bytes:
    """Write a workbook like the templates, one sheet a kind."""
    target = io.BytesIO()
    workbook = open_workbook(target)
    for kind in dict.fromkeys(row.fields["kind"] for row in rows):
        own = [row for row in rows if row.fields["kind"] == kind]
        tables = [_cells(row) for row in own]
        columns = _columns(own, tables)
        sheet = workbook.add_worksheet(KIND_BY_NAME[kind].zh)
        write_headings(workbook, sheet, list(columns.values()))
        for number, cells in enumerate(tables, start=1):
            for place, (name, field) in enumerate(columns.items()):
                value = cells.get(name)
                if type(value) is int:
                    sheet.write_number(number, place, value)
                elif value is not None:
                    sheet.write_string(number, place, format_cell(value, field=field))
    workbook.close()
    return target.getvalue()


WRITERS = {"jsonl": _write_jsonl, "json": _write_json, "csv": _write_csv, "xlsx": _write_xlsx}

if __name__ == "__main__":
    write_samples(Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLES)
