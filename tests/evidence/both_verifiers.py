"""The two verifiers as programs: each is given the same cases as JSON lines, without network and with a bare environment."""

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO, Any

HERE = Path(__file__).parent
SOURCE = HERE.parents[1] / "src"
JAVASCRIPT = SOURCE / "suyuan" / "api" / "static" / "verify"
NODE = shutil.which("node")
Case = dict[str, str]
Answer = dict[str, Any]


@cache
def without_network() -> tuple[str, ...]:
    """Return what to put before a command so that it runs without network; nothing where the system does not offer it."""
    prefix = ("unshare", "--map-root-user", "--net")
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return ()
    return prefix


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def receipt_case(receipt: bytes, trust: bytes) -> Case:
    return {"trust": text(trust), "receipt": text(receipt)}


def judge_with_both(cases: list[Case]) -> tuple[list[Answer], list[Answer]]:
    """Return the answers of the Python and of the JavaScript verifier; they run at the same time."""
    python, javascript = (
        _start([sys.executable, str(HERE / "verify_batch.py")], cases),
        _start(_node(JAVASCRIPT), cases),
    )
    return _collect(python, cases), _collect(javascript, cases)


def judge_with_javascript(cases: list[Case], folder: Path) -> list[Answer]:
    """Return the answers of the JavaScript verifier in a folder, of a spoilt one for example."""
    return _collect(_start(_node(folder), cases), cases)


def spoil(folder: Path, *, name: str, check: str, instead: str) -> Path:
    """Return a folder with the JavaScript verifier in which one check was replaced."""
    spoilt = Path(shutil.copytree(JAVASCRIPT, folder))
    program = (spoilt / name).read_text(encoding="utf-8")
    assert program.count(check) == 1, f"{name} no longer has: {check}"
    (spoilt / name).write_text(program.replace(check, instead), encoding="utf-8")
    return spoilt


def _node(folder: Path) -> list[str]:
    return [NODE or "node", str(HERE / "verify_batch.mjs"), str(folder)]


def _start(command: list[str], cases: list[Case]) -> tuple[subprocess.Popen, IO[str]]:
    answers = tempfile.TemporaryFile("w+")  # noqa: SIM115 - `_collect` closes it
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    with tempfile.TemporaryFile("w+") as given:
        given.writelines(f"{json.dumps(case)}\n" for case in cases)
        given.seek(0)
        return subprocess.Popen([*without_network(), *command], stdin=given, stdout=answers, env=environment), answers


def _collect(started: tuple[subprocess.Popen, IO[str]], cases: list[Case]) -> list[Answer]:
    process, answers = started
    with answers:
        assert process.wait() == 0, f"{process.args} broke off"
        answers.seek(0)
        found = [json.loads(line) for line in answers]
    assert len(found) == len(cases)
    return found
