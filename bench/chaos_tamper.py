"""A superuser edits the record at random, tables and files alike; the audit must name every edit.

Each edit is made in a copy of the same small platform: a copy of the database and of the log's folder. Some edits go on to make
everything below the signatures agree again. The control leaves out the comparison with signed roots: some edits then escape.
"""

import argparse
import json
import random
import shutil
import tempfile
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chaos_seal import IN_MEMORY, Outcome
from psycopg import Connection, sql
from psycopg.rows import TupleRow
from rich.progress import Progress

from suyuan.app import audit as auditing
from suyuan.app.context import Context
from suyuan.app.judge import judge_pending
from suyuan.app.log_tiles import write_tiles
from suyuan.app.register import import_participants
from suyuan.app.seal import seal
from suyuan.app.submit import Arrival, submit
from suyuan.evidence.record import TwinTree, digest_both
from suyuan.store import embedded
from suyuan.store.database import connect
from suyuan.store.log import read_entries, read_newest_head
from suyuan.store.log_folder import LogFolder
from suyuan.store.migrate import migrate
from suyuan.store.registry import write_act

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
YEAR = 2026
OUTLET = "91420100MA1000090E"
SUBMISSIONS, ACTS, SEALS = 24, 290, 6
ROOT_PARTS = ("checkpoint", "outside")
Rows = list[TupleRow]


@dataclass
class Attack:
    """One copy of the platform in the hands of somebody who may do anything in it but sign."""

    connection: Connection[TupleRow]
    folder: LogFolder
    chance: random.Random

    def rows(self, query: str, *given: object) -> Rows:
        """Run a query and return its rows."""
        return self.connection.execute(query, given or None).fetchall()

    def run(self, query: str, *given: object) -> bool:
        """Run a statement and tell whether it changed anything."""
        return self.connection.execute(query, given or None).rowcount > 0

    def pick(self, query: str, *given: object) -> TupleRow:
        """Return one row of a query at random."""
        return self.chance.choice(self.rows(query, *given))

    def flip(self, content: bytes) -> bytes:
        """Change one bit."""
        at = self.chance.randrange(len(content))
        return content[:at] + bytes([content[at] ^ 1 << self.chance.randrange(8)]) + content[at + 1 :]


# -- edits: each returns whether it found something to change -----------------------------------------------------------


def edit_row(attack: Attack) -> bool:
    """Change a mass or an explanation in an accepted row."""
    return _edit_line(
        attack, b'"outcome":"accepted"', ((b'"mass_g":1', b'"mass_g":2'), ("标签".encode(), "铭牌".encode()))
    )


def edit_refusal(attack: Attack) -> bool:
    """Change what a refused row was told, or what was read of it."""
    return _edit_line(
        attack, b'"outcome":"rejected"', ((b"-5", b"-6"), (b"mass_g", b"mass_h"), (b"rejected", b"accepted"))
    )


def _edit_line(attack: Attack, mark: bytes, changes: tuple[tuple[bytes, bytes], ...]) -> bool:
    number, first, body = attack.pick("SELECT submission_no, first_row, body FROM row_outcome")
    lines = zlib.decompress(body).split(b"\n")
    places = [at for at, line in enumerate(lines) if mark in line]
    old, new = attack.chance.choice(changes)
    if not places or old not in lines[places[0]]:
        return False
    at = attack.chance.choice([place for place in places if old in lines[place]])
    lines[at] = lines[at].replace(old, new)
    packed = zlib.compress(b"\n".join(lines), 1)
    return attack.run(
        "UPDATE row_outcome SET body = %s WHERE submission_no = %s AND first_row = %s", packed, number, first
    )


def edit_raw_bytes(attack: Attack) -> bool:
    """Change a bit of the raw bytes, whole or packed."""
    number, body = attack.pick("SELECT submission_no, body FROM submission_piece")
    is_packed = attack.chance.random() < 0.2
    changed = attack.flip(body) if is_packed else zlib.compress(attack.flip(zlib.decompress(body)), 1)
    return attack.run("UPDATE submission_piece SET body = %s WHERE submission_no = %s", changed, number)


def edit_submission(attack: Attack) -> bool:
    """Back-date a submission, change its counts, its name, its submitter, its digest or its form."""
    (number,) = attack.pick("SELECT submission_no FROM submission")
    change = attack.chance.choice(
        (
            "received_at = received_at - interval '3 days'", "accepted = accepted + 1", "rejected = rejected + 1",
            "file_name = file_name || 'x'", "submitter = submitter + 1", "digest = digest_sm3", "digest_sm3 = digest",
            "form = 'json'", "byte_count = byte_count + 1", "status = 'unreadable'",
        )
    )  # fmt: skip
    return attack.run(f"UPDATE submission SET {change} WHERE submission_no = %s", number)


def edit_act(attack: Attack) -> bool:
    """Change the bytes of an act, with or without its digest, its kind, its moment or who did it."""
    number, body = attack.pick("SELECT act_no, body FROM act")
    changed = attack.flip(zlib.decompress(body))
    change = attack.chance.choice(("body", "both", "kind", "acted_at", "actor"))
    if change == "both":
        packed = zlib.compress(changed, 6)
        return attack.run(
            "UPDATE act SET body = %s, digest = %s WHERE act_no = %s", packed, digest_both(changed).sha256, number
        )
    if change == "body":
        return attack.run("UPDATE act SET body = %s WHERE act_no = %s", zlib.compress(changed, 6), number)
    value = {"kind": "kind || 'x'", "acted_at": "acted_at + interval '1 second'", "actor": "actor || 'x'"}[change]
    return attack.run(f"UPDATE act SET {change} = {value} WHERE act_no = %s", number)


def edit_leaf(attack: Attack) -> bool:
    """Change a leaf's record, blind or source."""
    (index,) = attack.pick("SELECT leaf_index FROM log_leaf")
    change = attack.chance.choice(
        (
            "record = replace(record, '2026', '2025')", "blind = decode(repeat('00', 32), 'hex')",
            "source_no = source_no + 100000", "record = record || ' '",
        )
    )  # fmt: skip
    return attack.run(f"UPDATE log_leaf SET {change} WHERE leaf_index = %s", index)


def edit_head(attack: Attack) -> bool:
    """Move the head back or on, or change its roots."""
    size, sha256, sm3 = attack.rows("SELECT size, roots_sha256, roots_sm3 FROM log_head")[0]
    change = attack.chance.choice(("sha256", "sm3", "size"))
    if change == "size":
        roots = b"\0" * 32 * (size - 1).bit_count()
        return attack.run("UPDATE log_head SET size = %s, roots_sha256 = %s, roots_sm3 = %s", size - 1, roots, roots)
    return attack.run(f"UPDATE log_head SET roots_{change} = %s", attack.flip({"sha256": sha256, "sm3": sm3}[change]))


def edit_checkpoint(attack: Attack) -> bool:
    """Change the text of a checkpoint, or a signature line of one."""
    size, text = attack.pick("SELECT size, text FROM log_checkpoint")
    if attack.chance.random() < 0.5:
        lines = text.split("\n")
        at = attack.chance.randrange(5)
        lines[at] = lines[at][:-1] + ("A" if lines[at][-1] != "A" else "B")
        return attack.run("UPDATE log_checkpoint SET text = %s WHERE size = %s", "\n".join(lines), size)
    return attack.run(
        "UPDATE log_signature SET line = replace(line, 'A', 'B') WHERE size = %s AND line LIKE '%%A%%'", size
    )


def edit_acknowledgement(attack: Attack) -> bool:
    """Change an acknowledgement."""
    number, text = attack.pick("SELECT submission_no, text FROM acknowledgement")
    changed = text.replace('"accepted":', '"accepted":1', 1)
    return attack.run("UPDATE acknowledgement SET text = %s WHERE submission_no = %s", changed, number)


def edit_tile(attack: Attack) -> bool:
    """Change a bit of a tile, a bundle or the published checkpoint, or take the file away."""
    files = [path for path in (attack.folder.path / str(YEAR)).rglob("*") if path.is_file() and path.name != ".lock"]
    file = attack.chance.choice(sorted(files))
    if attack.chance.random() < 0.2 and file.name != "checkpoint":
        file.unlink()
    else:
        file.write_bytes(attack.flip(file.read_bytes()))
    return True


def delete_something(attack: Attack) -> bool:
    """Delete a row of the record."""
    table, key = attack.chance.choice(
        (
            ("submission", "submission_no"), ("submission_piece", "submission_no"), ("row_outcome", "submission_no"),
            ("act", "act_no"), ("log_leaf", "leaf_index"), ("log_head", "shard"),
        )
    )  # fmt: skip
    (number,) = attack.pick(f"SELECT {key} FROM {table}")
    return attack.run(f"DELETE FROM {table} WHERE {key} = %s", number)


def delete_with_traces(attack: Attack) -> bool:
    """Delete a submission with everything that tells of it, but for the place in the log."""
    (number,) = attack.pick("SELECT submission_no FROM submission")
    for table in ("submission_piece", "row_outcome", "acknowledgement", "submission"):
        attack.run(f"DELETE FROM {table} WHERE submission_no = %s", number)
    return attack.run("DELETE FROM log_leaf WHERE source = 'submission' AND source_no = %s", number)


def reorder(attack: Attack) -> bool:
    """Let two leaves change places."""
    (one,), (other,) = attack.pick("SELECT leaf_index FROM log_leaf"), attack.pick("SELECT leaf_index FROM log_leaf")
    if one == other:
        return False
    attack.run("UPDATE log_leaf SET leaf_index = -1 WHERE leaf_index = %s", one)
    attack.run("UPDATE log_leaf SET leaf_index = %s WHERE leaf_index = %s", one, other)
    return attack.run("UPDATE log_leaf SET leaf_index = %s WHERE leaf_index = -1", other)


def edit_state(attack: Attack) -> bool:
    """Change what was derived: states, duties, reports, timelines, sums."""
    change = attack.chance.choice(
        (
            "UPDATE subject_state SET status = 'lost' WHERE subject = (SELECT subject FROM subject_state ORDER BY random() LIMIT 1)",
            "DELETE FROM subject_state WHERE subject = (SELECT subject FROM subject_state ORDER BY random() LIMIT 1)",
            "DELETE FROM report WHERE report_no = (SELECT report_no FROM report ORDER BY random() LIMIT 1)",
            "DELETE FROM timeline WHERE report_no = (SELECT report_no FROM timeline ORDER BY random() LIMIT 1)",
            "UPDATE timeline SET occurred_on = occurred_on - 1 WHERE report_no = (SELECT report_no FROM timeline ORDER BY random() LIMIT 1)",
            "UPDATE tally SET count = count + 1 WHERE packed = (SELECT packed FROM tally ORDER BY random() LIMIT 1)",
            "UPDATE account_flow SET grams = grams + 1 WHERE item = (SELECT item FROM account_flow ORDER BY random() LIMIT 1)",
        )
    )
    return attack.run(change)


def rewrite_the_middle(attack: Attack) -> bool:
    """Change an act, its leaf and all that follows from the leaf; only what was signed says otherwise."""
    number, index, body, record = attack.pick(
        "SELECT act.act_no, leaf_index, body, record FROM act JOIN log_leaf ON source = 'act' AND source_no = act_no "
        "WHERE kind = 'sweep'"
    )
    changed = attack.flip(zlib.decompress(body))
    before, after = digest_both(zlib.decompress(body)), digest_both(changed)
    for old, new in ((before.sha256, after.sha256), (before.sm3, after.sm3)):
        record = record.replace(old.hex(), new.hex())
    attack.run(
        "UPDATE act SET body = %s, digest = %s WHERE act_no = %s", zlib.compress(changed, 6), after.sha256, number
    )
    attack.run("UPDATE log_leaf SET record = %s WHERE leaf_index = %s", record, index)
    _make_agree(attack)
    return True


def rewrite_the_tail(attack: Attack) -> bool:
    """Cut the last leaves off with the acts they are of, and make head, tiles, checkpoints agree; the old file is put back."""
    sizes = [size for (size,) in attack.rows("SELECT size FROM log_checkpoint ORDER BY size")]
    keep = attack.chance.choice(sizes[:-1])
    gone = attack.rows("DELETE FROM log_leaf WHERE leaf_index >= %s RETURNING source, source_no", keep)
    for source, number in gone:
        key = {"act": "act_no", "submission": "submission_no"}[source]
        for table in (
            ("act",) if source == "act" else ("submission_piece", "row_outcome", "acknowledgement", "submission")
        ):
            attack.run(f"DELETE FROM {table} WHERE {key} = %s", number)
    attack.run("DELETE FROM log_checkpoint WHERE size > %s", keep)
    attack.run("DELETE FROM log_signature WHERE size > %s", keep)
    text = attack.rows("SELECT text FROM log_checkpoint WHERE size = %s", keep)[0][0]
    lines = "".join(line for (line,) in attack.rows("SELECT line FROM log_signature WHERE size = %s", keep))
    shutil.rmtree(attack.folder.path / str(YEAR))
    _make_agree(attack, size=keep)
    attack.folder.write_checkpoint(YEAR, f"{text}\n{lines}", size=keep)
    return True


def _make_agree(attack: Attack, size: int | None = None) -> None:
    head, tree = read_newest_head(attack.connection), TwinTree()
    assert head is not None
    size = size or head.tree.size
    for entry in read_entries(attack.connection, shard=YEAR, start=0, end=size):
        tree.append(entry)
    roots = {name: one.encode() for name, one in tree.trees.items()}
    attack.connection.execute(
        "UPDATE log_head SET size = %(size)s, roots_sha256 = %(sha256)s, roots_sm3 = %(sm3)s", {"size": size, **roots}
    )
    write_tiles(attack.connection, attack.folder, YEAR, size_before=0, size=size)


EDITS: tuple[Callable[[Attack], bool], ...] = (
    edit_row, edit_refusal, edit_raw_bytes, edit_submission, edit_act, edit_leaf, edit_head, edit_checkpoint,
    edit_acknowledgement, edit_tile, delete_something, delete_with_traces, reorder, edit_state, rewrite_the_middle,
    rewrite_the_tail,
)  # fmt: skip


# -- the campaign ------------------------------------------------------------------------------------------------------


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what the campaign takes."""
    parser.add_argument("--edits", type=int, default=1000)
    parser.add_argument("--control", type=int, default=100, help="edits of the control")
    parser.add_argument("--seed", type=int, default=1)


def run(given: argparse.Namespace) -> Outcome:
    """Make the edits one by one, each in a fresh copy, and audit; then the control."""
    with tempfile.TemporaryDirectory(prefix="suyuan-chaos-", dir=IN_MEMORY) as place:
        base = Path(place)
        base.chmod(0o755)
        url = embedded.start(base / "db", settings={"fsync": "off", "synchronous_commit": "off"})
        try:
            kept = build(url, base / "log")
            clean = examine(url, base, kept, lambda _: True, random.Random(0))
            escaped, made = attack_all(url, base, kept, given.edits, random.Random(given.seed))
            parts, auditing.PARTS = auditing.PARTS, tuple(one for one in auditing.PARTS if one.name not in ROOT_PARTS)
            control, _ = attack_all(url, base, [], given.control, random.Random(given.seed + 1))
            auditing.PARTS = parts
        finally:
            embedded.stop(base / "db")
    listed = "\n".join(f"| {name} | {count} | {escaped[name]} |" for name, count in sorted(made.items()))
    text = (
        f"{sum(made.values())} edits (seed {given.seed}), {sum(escaped.values())} not named; the untouched copy: "
        f"{clean or 'nothing differs'}.\nControl, without the comparison with signed roots: "
        f"{sum(control.values())} of {given.control} escape ({', '.join(sorted(control))}).\n\n"
        f"| edit | made | not named |\n|---|---|---|\n{listed}"
    )
    return Outcome(text, not escaped and bool(control) and not clean)


def build(url: str, folder: Path) -> list[str]:
    """Make a small platform, sealed in several steps; returns the checkpoint that somebody outside keeps."""
    with connect(url, autocommit=True) as connection:
        migrate(connection)
        context = Context(connection, lambda: NOW, log_folder=LogFolder(folder))
        register(context)
        for at in range(SEALS):
            context.clock = _clock_at(at)
            for number in range(SUBMISSIONS // SEALS):
                send(context, at * SUBMISSIONS + number)
            for number in range(ACTS // SEALS):
                write_act(connection, "sweep", acted_at=NOW, body=b"act %d of %d" % (number, at))
            while seal(context, LogFolder(folder)):
                pass
        judge_pending(context)
        note = LogFolder(folder).read_checkpoint(YEAR)
        assert note is not None
        return [note]


def _clock_at(at: int) -> Callable[[], datetime]:
    return lambda: NOW + timedelta(seconds=at)


def register(context: Context) -> None:
    """Register the one participant that reports."""
    heading = "uscc,name,roles,division,manufacturer_codes,valid_from,valid_until"
    done = import_participants(context, f"{heading}\n{OUTLET},Outlet,collection_outlet,420100,,2015-01-01,\n".encode())
    assert done["rejected"] == 0, done


def send(context: Context, number: int) -> None:
    """Send a file of some good rows, a refused one and a repeated one."""
    rows = [
        {
            "kind": "uncoded_battery_declared", "report_id": f"r{number}-{at}", "occurred_at": "2026-05-02",
            "temporary_code": f"TMP-{OUTLET}-{number}-{at}", "mass_g": -5 if at == 3 else 1000 + at, "explanation": "标签烧毁",
        }
        for at in (*range(6), 0)
    ]  # fmt: skip
    content = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows).encode()
    submit(context, [content], arrival=Arrival(OUTLET, "jsonl", "reports.jsonl", context.clock()))


def attack_all(
    url: str, base: Path, kept: list[str], count: int, chance: random.Random
) -> tuple[Counter[str], Counter[str]]:
    """Make edits in turn; returns by kind how many were not named, and how many were made."""
    escaped, made = Counter[str](), Counter[str]()
    with Progress() as progress:
        task = progress.add_task("tamper", total=count)
        while made.total() < count:
            edit = EDITS[made.total() % len(EDITS)]
            found = examine(url, base, kept, edit, chance)
            if found is None:
                continue  # nothing of that kind to change this time: another is chosen
            made[edit.__name__] += 1
            if not found:
                escaped[edit.__name__] += 1
            progress.advance(task)
    return escaped, made


def examine(
    url: str, base: Path, kept: list[str], edit: Callable[[Attack], bool], chance: random.Random
) -> list[str] | None:
    """Edit a fresh copy and audit it; returns the parts that differ, None if there was nothing to edit."""
    with connect(url.replace("/suyuan?", "/postgres?"), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS copy WITH (FORCE)")
        admin.execute(sql.SQL("CREATE DATABASE copy TEMPLATE suyuan STRATEGY file_copy"))
    folder = base / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base / "log", folder)
    with connect(url.replace("/suyuan?", "/copy?"), autocommit=True) as connection:
        if not edit(Attack(connection, LogFolder(folder), chance)):
            return None
        context = Context(connection, lambda: NOW + timedelta(days=1), log_folder=LogFolder(folder))
        found = auditing.audit(context, checkpoints=kept)
        return [part["part"] for part in found["parts"] if part["differing"]]
