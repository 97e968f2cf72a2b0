"""The hash path of the evidence: leaves and trees a second, entries, notes signed and opened.

    python bench/evidence.py [--leaves N] [--results]

Rates beside a bare SHA-256 of the same entries in the same run. The best of three runs: others may use the machine too.
"""

import argparse
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

from machine import describe_commit, describe_machine

from suyuan.evidence.hashing import TWINS
from suyuan.evidence.keys import ED25519, SM2, SignerKey, make_signer_key
from suyuan.evidence.merkle import leaf_hash, tree_root
from suyuan.evidence.note import open_note, sign_note
from suyuan.evidence.record import TwinTree, make_entry

RESULTS = Path(__file__).with_name("RESULTS.md")
RUNS, NOTES = 3, 300
RECORD_BYTES = 600  # about what the record of a submission has


def main() -> None:
    """Measure and print; with --results write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leaves", type=int, default=200_000)
    parser.add_argument("--results", action="store_true", help="append the outcome to bench/RESULTS.md")
    given = parser.parse_args()
    text = describe(given.leaves)
    print(text)
    if given.results:
        with RESULTS.open("a", encoding="utf-8") as stream:
            stream.write(f"\n{text}\n")


def describe(count: int) -> str:
    """Return the figures as a section of the results file."""
    record, blind = b"x" * RECORD_BYTES, b"\1" * 32
    entries = [make_entry(b"%d" % number, blind=blind) for number in range(count)]
    floor = measure(lambda: [hashlib.sha256(entry).digest() for entry in entries], count)
    rows = [("bare SHA-256 of the entries", floor)]
    for hashing in TWINS:
        rate = measure(lambda h=hashing: tree_root([leaf_hash(one, hashing=h) for one in entries], hashing=h), count)
        rows.append((f"leaf_hash and tree_root, {hashing.name}", rate))
    rows.append(("entries of records of 600 bytes, both digests", measure(lambda: _make(record, blind, count), count)))
    rows.append(("rows added to both trees of a submission", measure(lambda: _append(entries), count)))
    for algorithm in (ED25519, SM2):
        signer = make_signer_key("bench.example/log", algorithm=algorithm, private=b"\2" * 32)
        note = sign_note("text\n", [signer])
        rows.append((f"notes signed, {algorithm.name}", measure(lambda s=signer: _sign(s), NOTES)))
        rows.append((f"notes opened, {algorithm.name}", measure(lambda n=note, s=signer: _open(n, s), NOTES)))
    lines = [
        f"## evidence, {count:,} leaves ({describe_commit()})",
        "",
        f"{describe_machine()}. Best of {RUNS} runs, processor seconds.",
        "",
        "| what | a second | ratio to bare SHA-256 |",
        "|---|---|---|",
        *(f"| {what} | {rate:,.0f} | {rate / floor:.3f} |" for what, rate in rows),
    ]
    return "\n".join(lines)


def measure(work: Callable[[], object], count: int) -> float:
    """Return how many things a processor second does."""
    best = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        work()
        best = min(best, time.process_time() - started)
    return count / best


def _make(record: bytes, blind: bytes, count: int) -> None:
    for _ in range(count):
        make_entry(record, blind=blind)


def _append(entries: list[bytes]) -> None:
    tree = TwinTree()
    for entry in entries:
        tree.append(entry)
    tree.roots()


def _sign(signer: SignerKey) -> None:
    for _ in range(NOTES):
        sign_note("text\n", [signer])


def _open(note: str, signer: SignerKey) -> None:
    for _ in range(NOTES):
        open_note(note, [signer.verifier])


if __name__ == "__main__":
    main()
