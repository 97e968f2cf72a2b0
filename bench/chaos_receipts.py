"""Receipts by the thousand, good and spoilt, before both verifiers, in Python and in JavaScript: they must say the same.

Both run as programs of their own with a bare environment and, where the system offers it, in a network namespace of their
own: no database, no network. The controls take one check out of the JavaScript verifier: some spoilt receipts then get through.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from chaos_seal import Outcome
from rich.progress import Progress

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "evidence"))

from both_verifiers import (
    NODE,
    Case,
    judge_with_both,
    judge_with_javascript,
    receipt_case,
    spoil,
    without_network,
)
from receipt_sorts import KINDS, PIECES, SORTS, Good, Samples, Spoilt, take_apart

SIZES = (1, 2, 3, 7, 40, 300, 1000)
BATCH = 500
WITNESS = "line of a witness"
# A file of the JavaScript verifier, a check in it, and what stands in its place.
CONTROLS = (
    ("whether a path leads to the root", "tree.js", "isSame(reached, root)", "true"),
    ("whether a signature holds", "note.js", "!holds(key, message, signature)", "false"),
    ("whether a key signs twice", "note.js", "seen.has(place)", "false"),
    ("whether the acknowledgement agrees", "receipt.js", "!agrees", "false"),
)


@dataclass
class Tally:
    """What came out so far."""

    good: Counter[tuple[str, str]] = field(default_factory=Counter)
    spoilt: Counter[tuple[str, str]] = field(default_factory=Counter)
    smaller: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    through: Counter[str] = field(default_factory=Counter)
    seconds: float = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the campaign takes."""
    parser.add_argument("--count", type=int, default=10_000, help="good receipts, and as many spoilt ones")
    parser.add_argument("--seed", type=int, default=1)


def run(given: argparse.Namespace) -> Outcome:
    """Run the campaign and its controls."""
    if NODE is None:
        return Outcome("No program `node` is here, which runs the second verifier.", is_good=False)
    samples, tally = Samples(seed=given.seed, sizes=SIZES), Tally()
    classes = [(piece, kind) for piece in PIECES for kind in KINDS]
    drawn = 0
    with Progress(transient=True) as progress, tempfile.TemporaryDirectory() as folder:
        spoilers = [
            (what, spoil(Path(folder) / str(at), name=name, check=check, instead=instead))
            for at, (what, name, check, instead) in enumerate(CONTROLS)
        ]
        task = progress.add_task("receipts", total=given.count)
        while (done := tally.good.total()) < given.count:
            good = [samples.good(SORTS[(done + at) % len(SORTS)]) for at in range(min(BATCH, given.count - done))]
            spoilt: list[Spoilt] = []
            while len(spoilt) < len(good):
                piece, kind = classes[drawn % len(classes)]
                drawn += 1
                spoilt += _draw_spoilt(samples, good, piece, kind)
            _judge(good, spoilt, tally)
            _judge_smaller([one for one in good if one.sort == "whole"], tally)
            _judge_spoilt_verifiers(spoilt[::4], spoilers, tally)
            progress.update(task, completed=done + len(good))
    return _tell(tally)


def _draw_spoilt(samples: Samples, good: list[Good], piece: str, kind: str) -> list[Spoilt]:
    """Return one mutation, or none where no receipt that was drawn has such a piece, or the kind cannot change it."""
    for _ in range(30):
        if made := samples.spoilt(samples.chance.choice(good), name=piece, kind=kind):
            return [made]
    return []


def _judge(good: list[Good], spoilt: list[Spoilt], tally: Tally) -> None:
    cases = [receipt_case(one.content, one.trust.encode()) for one in [*good, *spoilt]]
    started = time.perf_counter()
    python, javascript = judge_with_both(cases)
    tally.seconds += time.perf_counter() - started
    wanted = [one.outcome for one in good] + ["refused"] * len(spoilt)
    names = [("good", one.sort) for one in good] + [(one.piece, one.kind) for one in spoilt]
    for name, expected, mine, theirs in zip(names, wanted, python, javascript, strict=True):
        (tally.good if name[0] == "good" else tally.spoilt)[name] += 1
        if not mine["outcome"] == theirs["outcome"] == expected:
            tally.faults.append(f"{name}: must be {expected}, is {mine['outcome']} and {theirs['outcome']}")
        elif expected != "refused" and (mine["facts"], mine["promise"]) != (theirs["facts"], theirs["promise"]):
            tally.faults.append(f"{name}: the facts differ")


def _judge_smaller(good: list[Good], tally: Tally) -> None:
    """Take a whole line of a witness away, which may be done: of three that are asked for two are left."""
    cases: list[Case] = []
    for one in good:
        line = next(piece for piece in take_apart(one.content) if piece.name == WITNESS)
        cases.append(receipt_case(one.content[: line.start] + one.content[line.end :], one.trust.encode()))
    for mine, theirs in zip(*judge_with_both(cases), strict=True):
        tally.smaller[f"{mine['outcome']} and {theirs['outcome']}"] += 1


def _judge_spoilt_verifiers(spoilt: list[Spoilt], spoilers: list[tuple[str, Path]], tally: Tally) -> None:
    cases = [receipt_case(one.content, one.trust.encode()) for one in spoilt]
    for what, folder in spoilers:
        answers = judge_with_javascript(cases, folder)
        tally.through[what] += sum(one["outcome"] != "refused" for one in answers)


def _tell_counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {outcomes}" for outcomes, count in counts.items())


def _tell(tally: Tally) -> Outcome:
    good, spoilt = tally.good.total(), tally.spoilt.total()
    network = "in a network namespace of their own" if without_network() else "with the network of this machine"
    summary = (
        f"{good:,} good receipts of {len(SORTS)} sorts and {spoilt:,} spoilt ones before both verifiers, {network}, without any "
        f"setting of a database: {len(tally.faults)} verdicts that differ or are not what they must be. "
        f"{tally.seconds:.0f} s for both, side by side."
    )
    lines = [
        summary,
        "",
        "| sort | good |",
        "|---|---|",
        *(f"| {sort} | {tally.good['good', sort]} |" for sort in SORTS),
        "",
        f"| class of bytes | {' | '.join(KINDS)} |",
        f"|---|{'---|' * len(KINDS)}",
        *(f"| {piece} | {' | '.join(str(tally.spoilt[piece, kind]) for kind in KINDS)} |" for piece in PIECES),
        "",
        f"A whole line of a witness taken away, which may be done: {_tell_counts(tally.smaller)}.",
        *(
            f"Control, without asking {what}: {tally.through[what]} spoilt receipts get through."
            for what, *_ in CONTROLS
        ),
        *tally.faults[:20],
    ]
    are_controls_good = all(tally.through[what] for what, *_ in CONTROLS)
    is_smaller_good = set(tally.smaller) == {"provisional and provisional"}
    return Outcome("\n".join(lines), is_good=not tally.faults and are_controls_good and is_smaller_good)
