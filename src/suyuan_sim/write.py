"""From the spool to files as enterprises send them: one a day of upload, JSON lines or tables in two encodings."""

import csv
import hashlib
import io
import random
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import msgspec

from suyuan.core.catalogue import COMMON_FIELDS, KIND_BY_NAME
from suyuan.core.field import FieldType
from suyuan_sim.day import TEXT
from suyuan_sim.firms import Firm

ROWS_PER_FILE: Final = 20_000
FILES_PER_DAY_MAX: Final = 800  # of one enterprise: their number has three digits; more reports make larger files
SENT_TWICE: Final = 0.004  # of files (assumption)
_KEY = 10  # characters of a spooled line that tell day and enterprise
_JSON = 15  # where the report begins
_NESTED: Final = (FieldType.MATERIALS, FieldType.MODULES, FieldType.PACKS)
_decode: Final = msgspec.json.Decoder().decode


def write_part(
    lines: list[bytes], *, firms: list[Firm], folder: Path, until: int, seed: str
) -> tuple[int, str, list[dict[str, Any]]]:
    """Write the submissions of one part of the spool; returns files, their digest, and labels of files sent twice."""
    lines.sort()
    digest = hashlib.sha256()
    chance = random.Random(seed)  # noqa: S311 - a simulation, no secret
    files, labels = 0, []
    for key, group in groupby(lines, key=lambda line: line[:_KEY]):
        day, firm = int(key[:5]), firms[int(key[5:])]
        for number, (ending, body) in enumerate(_make_bodies(list(group), firm)):
            files += 1
            name = _write(body, folder=folder, day=day, firm=firm, number=number, ending=ending)
            digest.update(name.encode() + b"\0" + hashlib.sha256(body).digest())
            if firm.form != "jsonl" and day < until and chance.random() < SENT_TWICE:
                files += 1
                name = _write(body, folder=folder, day=day + 1, firm=firm, number=900 + number, ending=ending)
                digest.update(name.encode() + b"\0")
                labels.append(_label_twice(firm, day, name))
    return files, digest.hexdigest(), labels


def _write(body: bytes, *, folder: Path, day: int, firm: Firm, number: int, ending: str) -> str:
    clock = f"{8 + firm.number % 10:02d}{firm.number * 7 % 60:02d}"
    name = f"{TEXT[day]}T{clock}-{firm.uscc}-{number:03d}.{ending}"
    path = f"{folder}/{TEXT[day][:7]}"
    try:
        file = open(f"{path}/{name}", "wb", buffering=0)  # noqa: SIM115, PTH123 - a hundred thousand small files: a Path costs more than the file
    except FileNotFoundError:  # the first one of its month
        Path(path).mkdir(parents=True, exist_ok=True)
        file = open(f"{path}/{name}", "wb", buffering=0)  # noqa: SIM115, PTH123
    rest = memoryview(body)
    with file:
        while rest:  # a full disk takes a part, and says so at the next
            rest = rest[file.write(rest) :]
    return name


def _label_twice(firm: Firm, day: int, name: str) -> dict[str, Any]:
    return {
        "label": "duplicate_file",
        "breach": False,
        "party": firm.uscc,
        "parties": [firm.uscc],
        "subjects": [],
        "reports": [],
        "happened_on": TEXT[day],
        "told_on": TEXT[day + 1],
        "note": name,
    }


def _make_bodies(lines: list[bytes], firm: Firm) -> Iterator[tuple[str, bytes]]:
    """Yield the files that hold some spooled reports, each with its ending."""
    if firm.form == "jsonl":
        size = max(ROWS_PER_FILE, -(-len(lines) // FILES_PER_DAY_MAX))
        for start in range(0, len(lines), size):
            yield "jsonl", b"".join(line[_JSON:] + b"\n" for line in lines[start : start + size])
        return
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for line in lines:
        report = _decode(line[_JSON:])
        by_kind.setdefault(report["kind"], []).append(report)
    for kind, reports in sorted(by_kind.items()):
        if any(field.type in _NESTED for field in KIND_BY_NAME[kind].fields):
            yield "jsonl", b"\n".join(map(msgspec.json.encode, reports)) + b"\n"
        else:
            yield "csv", make_table(kind, reports, is_chinese=firm.form == "gb18030")


def make_table(kind: str, reports: list[dict[str, Any]], *, is_chinese: bool) -> bytes:
    """Return reports of one kind as a table: Chinese headings in GB18030, else English ones in UTF-8."""
    known = {field.name: field for field in (*COMMON_FIELDS, *KIND_BY_NAME[kind].fields)}
    told = set().union(*reports)
    names = [name for name in known if name in told]
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([known[name].zh if is_chinese else name for name in names])
    for report in reports:
        table.writerow([_cell(report.get(name)) for name in names])
    return text.getvalue().encode("gb18030" if is_chinese else "utf-8-sig")


def _cell(value: Any) -> str:  # noqa: ANN401 - what JSON can hold
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(map(str, value)) or "无"  # an empty cell would say nothing, not that there is none
    return str(value)
