"""The real program, in processes of its own, on an embedded database in a folder of its own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest
from command_line import HEADING
from story import USCC_OF, code

from suyuan.app.context import Context
from suyuan.app.initialise import initialise
from suyuan.app.register import import_participants
from suyuan.cli.demo_load import choose_receipt, list_samples, load_folder, make_key, submit_files
from suyuan.cli.setting import Setting
from suyuan.store.database import connect

BP1 = USCC_OF["BP1"]
DEADLINE_SECONDS = 120.0
PACK = code(1, level="P", on="2025-03-12", maker="001")
REPORT = {
    "kind": "battery_produced",
    "report_id": "p1",
    "occurred_at": "2025-03-12",
    "battery_code": PACK,
    "model": "M1",
    "produced_on": "2025-03-12",
    "rated_energy_wh": 55_000,
    "mass_g": 420_000,
}
PARTICIPANTS = f"{HEADING}\n{BP1},福州电池,battery_producer,350100,001,2015-01-01,\n"


class Program:
    def __init__(self, folder):
        self.folder = folder
        self.options = ["--data", str(folder / "db")]
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != "SUYUAN_DATABASE_URL"},
            "SUYUAN_LANGUAGE": "en",
        }

    def start(self, *arguments, **more):
        return subprocess.Popen(
            [sys.executable, "-m", "suyuan", *map(str, arguments), *self.options],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **more,
        )

    def run(self, *arguments, given=b""):
        process = self.start(*arguments)
        out, err = process.communicate(given, timeout=DEADLINE_SECONDS)
        assert b"Traceback" not in err
        return process.returncode, out, err


@pytest.fixture(scope="module")
def program(session_folder):
    # Below the session's folder: the server's own user must be able to reach it when root runs the tests.
    folder = session_folder / f"cli-{os.getpid()}"
    folder.mkdir(mode=0o755)
    started = Program(folder)
    participants = folder / "participants.csv"
    participants.write_text(PARTICIPANTS)
    code, out, _ = started.run("participants", "import", participants)
    assert code == 0, out
    yield started
    started.run("stop")
    shutil.rmtree(folder)


def wait_until(is_true):
    give_up_at = time.monotonic() + DEADLINE_SECONDS
    while not is_true():
        assert time.monotonic() < give_up_at, "it did not come true"
        time.sleep(0.05)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def read_url(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read()
    except OSError:
        return None


def is_known(program, battery_code):
    _, out, _ = program.run("trace", battery_code, "--json")
    return json.loads(out)["state"]["status"] != "unknown"


def test_standard_input_is_submitted_and_the_exit_code_tells_of_refusals(program):
    rows = [REPORT, {**REPORT, "report_id": "p2", "mass_g": -1}]
    given = "\n".join(json.dumps(row) for row in rows).encode()
    code, out, err = program.run("submit", "-", "--as", BP1, "--json", given=given)
    assert (code, err) == (1, b"")
    assert (json.loads(out)["accepted"], json.loads(out)["rejected"]) == (1, 1)
    code, out, _ = program.run("submit", "-", "--as", BP1, "--dry-run", "--json", given=given)
    assert (code, json.loads(out)["duplicate"]) == (1, 1)


def test_a_reader_that_has_seen_enough_is_no_trouble(program):
    process = program.start("kinds")
    process.stdout.close()
    assert process.wait(DEADLINE_SECONDS) == 0
    assert process.stderr.read() == b""


def test_a_worker_judges_what_comes_until_it_is_told_to_stop(program):
    worker = program.start("work", "--json")
    other = PACK[:-1] + "2"
    row = {**REPORT, "report_id": "w1", "battery_code": other}
    code, out, _ = program.run("submit", "-", "--as", BP1, "--json", given=json.dumps(row).encode())
    assert (code, json.loads(out)["judged"]) == (0, False)
    wait_until(lambda: is_known(program, other))
    worker.send_signal(signal.SIGTERM)
    out, err = worker.communicate(timeout=DEADLINE_SECONDS)
    assert (worker.returncode, json.loads(out), err) == (0, {"ended": True}, b"")


def test_a_server_answers_has_a_worker_beside_it_and_ends_when_told(program):
    port = free_port()
    server = program.start("serve", "--port", port)
    wait_until(lambda: read_url(f"http://127.0.0.1:{port}/api/v1/rules") is not None)
    other = PACK[:-1] + "3"
    row = {**REPORT, "report_id": "s1", "battery_code": other}
    program.run("submit", "-", "--as", BP1, "--json", given=json.dumps(row).encode())
    wait_until(lambda: is_known(program, other))
    code, _, err = program.run("serve", "--port", port)
    assert code == 3
    assert f"Port {port} on 127.0.0.1 cannot be used".encode() in err
    server.send_signal(signal.SIGTERM)
    out, err = server.communicate(timeout=DEADLINE_SECONDS)
    assert (server.returncode, err) == (0, b"")
    assert out.startswith(f"Serving on http://127.0.0.1:{port}".encode())


@pytest.fixture
def fresh_program(session_folder):
    folder = session_folder / f"demo-{os.getpid()}"
    folder.mkdir(mode=0o755)
    started = Program(folder)
    yield started
    started.run("stop")
    shutil.rmtree(folder)


def test_the_demo_loads_the_samples_once_and_sums_them_up(fresh_program):
    samples = fresh_program.folder / "samples"
    samples.mkdir()
    (samples / "participants.csv").write_text(PARTICIPANTS)
    (samples / f"01-{BP1}-produced.jsonl").write_text(json.dumps(REPORT) + "\n")
    (samples / f"02-{BP1}-wrong.json").write_text(json.dumps([{**REPORT, "report_id": "d2", "mass_g": -1}]))
    (samples / "README.md").write_text("no submission")
    first = fresh_program.run("demo", "--samples", samples, "--no-serve", "--json")
    assert first[0] == 0
    told = json.loads(first[1])
    assert (told["accepted"], told["rejected"], told["url"], len(told["files"])) == (1, 1, None, 2)
    assert json.loads(fresh_program.run("demo", "--samples", samples, "--no-serve", "--json")[1]) == told
    code, out, _ = fresh_program.run("demo", "--samples", samples, "--no-serve")
    assert (code, b"suyuan findings --weight violation --data" in out) == (0, True)


def test_the_demo_writes_a_nation_once_and_loads_it_once(fresh_program, database_url):
    tiny = ("--no-serve", "--json", "--scale", "1/1000000")
    first = fresh_program.run("demo", *tiny)
    assert first[0] == 0, first[2]
    told = json.loads(first[1])
    files = fresh_program.folder / "db-files"
    world = json.loads((files / "world.json").read_bytes())
    assert (told["world"], len(told["files"])) == (world, world["files"])
    assert told["accepted"] + told["duplicate"] + told["rejected"] >= world["reports"]
    written = (files / "world.json").stat().st_mtime_ns
    assert json.loads(fresh_program.run("demo", *tiny)[1]) == told
    assert (files / "world.json").stat().st_mtime_ns == written
    code, out, _ = fresh_program.run("demo", "--no-serve", "--scale", "1/1000000")
    assert (code, b"labels.jsonl" in out, b"leakage --by province" in out) == (0, True, True)
    code, _, err = fresh_program.run("demo", "--no-serve", "--scale", "1/2000000")
    assert (code, b"is loaded with another nation" in err) == (3, True)

    # One process comes to the same, also where a load broke off.
    noon = datetime.fromisoformat(f"{world['until']}T12:00+08:00") + timedelta(days=1)
    with connect(database_url, autocommit=True) as connection:
        context = Context(connection, lambda: noon)
        initialise(context, is_historical_load=True)
        import_participants(context, (files / "participants.csv").read_bytes())
        assert submit_files(context, [(make_key(one), one) for one in list_samples(files)[:9]]) == 9
        again = load_folder(context, files, Setting(wants_json=True), processes=1)
    for name in ("accepted", "duplicate", "rejected", "findings", "sights", "coverage"):
        assert again[name] == told[name], name


def test_the_demo_takes_no_scale_for_samples(program):
    code, _, err = program.run("demo", "--samples", program.folder, "--scale", "1/1000")
    assert (code, b"not together with --samples" in err) == (2, True)


def test_the_demo_keeps_away_from_a_database_in_use(program):
    samples = program.folder / "samples"
    samples.mkdir()
    (samples / "participants.csv").write_text(PARTICIPANTS)
    program.run("submit", "-", "--as", BP1, given=json.dumps(REPORT).encode())
    code, _, err = program.run("demo", "--samples", samples, "--no-serve")
    assert (code, b"already holds submissions" in err) == (3, True)


def test_the_demo_without_samples_says_where_to_find_them(program):
    code, _, err = program.run("demo", "--samples", program.folder / "none")
    assert (code, b"The folder of samples was not found" in err) == (3, True)


def test_stop_tells_whether_a_database_ran_and_the_next_command_starts_it(program):
    assert json.loads(program.run("stop", "--json")[1]) == {"stopped": True}
    assert json.loads(program.run("stop", "--json")[1]) == {"stopped": False}
    assert program.run("findings", "--json")[0] == 0


def test_a_sample_comes_in_the_morning_after_what_it_tells_of_and_never_later_than_now():
    noon = datetime(2026, 5, 1, 4, tzinfo=UTC)
    body = b"\n".join(json.dumps({**REPORT, "occurred_at": day}).encode() for day in ("2025-03-31", "2025-03-12", "x"))
    assert choose_receipt(body, name="a.jsonl", latest=noon).isoformat() == "2025-04-01T09:00:00+08:00"
    today = json.dumps({**REPORT, "occurred_at": "2026-05-01"}).encode()
    assert choose_receipt(today, name="a.jsonl", latest=noon) == noon
    assert choose_receipt(b"{}", name="a.jsonl", latest=noon) == noon
