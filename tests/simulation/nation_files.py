"""Reading a simulated nation as the platform would: register, files in the order of receipt, rows, the checker's answers."""

import csv
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from suyuan.core.admission import Admission, Admitted, admit
from suyuan.core.registry import Participant, Registry
from suyuan.core.value import SHANGHAI
from suyuan.intake.reader import DecodedRow, open_reader
from suyuan.rulebook import load_rulebook
from suyuan_sim.nation import Order, simulate

SENT_AGAIN = "9"  # the number of a file that is sent a second time begins with it


def write_nation(folder, *, scale, seed=7, until=date(2027, 3, 31), times=1.0, processes=1):
    """Simulate into a folder and return what can be read there."""
    world = simulate(Order(folder, scale, seed, until, times=times, processes=processes))
    return NationFiles(folder, world)


@dataclass
class SentFile:
    """One file as its name tells."""

    path: Path
    submitter: str = field(init=False)
    received_at: datetime = field(init=False)
    is_sent_again: bool = field(init=False)

    def __post_init__(self):
        moment, submitter, number = self.path.stem.rsplit("-", 2)
        self.received_at = datetime.strptime(moment, "%Y-%m-%dT%H%M").replace(tzinfo=SHANGHAI)
        self.submitter, self.is_sent_again = submitter, number.startswith(SENT_AGAIN)

    def rows(self) -> Iterator[DecodedRow]:
        body = self.path.read_bytes()
        for row in open_reader(lambda: iter((body,)), form=self.path.suffix[1:], file_name=self.path.name):
            assert isinstance(row, DecodedRow), f"{self.path.name}: {row.message}"
            yield row


@dataclass
class NationFiles:
    """A folder that the simulator wrote, and what `simulate` said of it."""

    folder: Path
    world: dict

    @cached_property
    def registry(self) -> Registry:
        with (self.folder / "participants.csv").open(encoding="utf-8", newline="") as file:
            return Registry([_participant(row) for row in csv.DictReader(file)], version=1)

    @cached_property
    def files(self) -> list[SentFile]:
        return [SentFile(path) for path in sorted((self.folder / "submissions").glob("*/*"))]

    @cached_property
    def labels(self) -> list[dict]:
        return [json.loads(line) for line in (self.folder / "labels.jsonl").read_bytes().splitlines()]

    @cached_property
    def answers(self) -> list[tuple[SentFile, dict, Admitted]]:
        """Return each row of each file sent once, with what the platform's checker says of it."""
        rulebook, told = load_rulebook(), []
        for sent in self.files:
            admission = Admission(
                self.registry, sent.submitter, sent.received_at, is_historical=True, rulebook=rulebook
            )
            if not sent.is_sent_again:
                told += [(sent, row.raw, admit(row.raw, admission=admission)) for row in sent.rows()]
        return told

    @cached_property
    def series(self) -> dict[tuple[int, str, str], float]:
        with (self.folder / "series.csv").open(encoding="utf-8", newline="") as file:
            return {(int(r["year"]), r["series"], r["scope"]): float(r["value"]) for r in csv.DictReader(file)}

    def digest(self) -> str:
        """Return a digest of every byte in the folder, and of the names."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                digest.update(str(path.relative_to(self.folder)).encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()


def _participant(row):
    return Participant(
        row["uscc"],
        row["name"],
        frozenset(row["roles"].split()),
        row["division"],
        frozenset(row["manufacturer_codes"].split()),
        date.fromisoformat(row["valid_from"]),
        date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
    )
