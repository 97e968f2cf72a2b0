"""What reading costs at most: memory in this process, memory and time in the child."""

import subprocess
import sys
from pathlib import Path

import pytest
from intake_files import GOOD_WORKBOOK

from suyuan.intake.reader import DecodedRow, FileError, open_reader
from suyuan.intake.sandbox import ChildLimits, run_child

# Reads 200 MB of one form and prints how many megabytes the process grew by and what it saw.
MEASURE = """
import sys
from collections import deque
from suyuan.intake.reader import open_reader

form, begin, repeat, times, keep = sys.argv[1], *(eval(word) for word in sys.argv[2:])

def source():
    yield begin
    for _ in range(times):
        yield repeat

def peak():
    (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) // 1024

list(open_reader(lambda: [begin, repeat], form=form))
before = peak()
outcomes = deque(maxlen=None if keep else 1)
count = 0
for outcome in open_reader(source, form=form):
    count += 1
    outcomes.append(outcome)
print(peak() - before, count, type(outcomes[-1]).__name__)
"""
ROW = '{"report_id": "a", "note": "' + "x" * 2000 + '"}'
CSV_HEAD = b"kind,report_id,note\n"
CSV_ROW = "battery_sold,a," + "x" * 2000 + "\n"
GROWTH_MB_MAX = 16


needs_proc = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")


def measure(form: str, begin: bytes, repeat: bytes, times: int, *, keep: bool = False) -> tuple[int, int, str]:
    command = [sys.executable, "-c", MEASURE, form, repr(begin), repr(repeat), str(times), str(keep)]
    growth, count, last = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(growth), int(count), last


@needs_proc
@pytest.mark.parametrize(
    ("form", "begin", "repeat", "times", "rows"),
    [
        pytest.param("jsonl", b"", (ROW + "\n").encode() * 32, 3200, 102_400, id="jsonl-of-200-mb"),
        pytest.param("jsonl", b"", b"[" * 65536, 3200, 1, id="one-line-of-200-mb"),
        pytest.param("jsonl", b"", b"{}\n" * 100 + b"1" * 60000, 800, 80_001, id="many-long-lines"),
        pytest.param("csv", CSV_HEAD, CSV_ROW.encode() * 32, 800, 25_600, id="csv-of-50-mb"),
        pytest.param("csv", CSV_HEAD + b'"', b"x\n" * 32768, 1600, 1, id="quoted-100-mb"),
        pytest.param("json", b"[", (ROW + ",").encode() * 32, 450, 14_401, id="json-of-29-mb"),
        pytest.param("json", b"[", b"[" * 65536, 900, 1, id="brackets-of-58-mb"),
        pytest.param("json", b'["', b"0]," * 21840, 900, 1, id="one-text-of-58-mb"),
    ],
)
def test_memory_does_not_grow_with_the_file(form, begin, repeat, times, rows):
    growth, count, _ = measure(form, begin, repeat, times)
    assert count == rows
    assert growth <= GROWTH_MB_MAX


@needs_proc
def test_holding_the_rows_would_show_in_that_measure():
    growth, count, last = measure("jsonl", b"", (ROW + "\n").encode() * 32, 800, keep=True)
    assert (count, last) == (800 * 32, "DecodedRow")
    assert growth > GROWTH_MB_MAX


def outcomes_within(limits: ChildLimits, content: bytes = GOOD_WORKBOOK) -> list[DecodedRow | FileError]:
    return list(open_reader(lambda: [content], form="xlsx", limits=limits))


def test_workbook_within_the_limits_is_read():
    assert [type(outcome) for outcome in outcomes_within(ChildLimits())] == [DecodedRow, DecodedRow]


@pytest.mark.parametrize(
    ("limits", "content", "words"),
    [
        pytest.param(ChildLimits(wall_seconds=0.01), GOOD_WORKBOOK, "longer than 0.01 seconds", id="clock"),
        pytest.param(ChildLimits(output_bytes=10), GOOD_WORKBOOK, "more text", id="output"),
    ],
)
def test_child_over_a_limit_is_ended_and_the_reason_told(limits, content, words):
    (error,) = outcomes_within(limits, content)
    assert words in error.message
    assert not error.message_zh.isascii()


def test_child_that_fails_at_once_is_told_as_damage():
    error = run_child("suyuan.intake.no_such_module", [], limits=ChildLimits())
    assert isinstance(error, FileError)
    assert "damaged" in error.message


def test_child_sees_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("SUYUAN_SECRET", "x")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert [type(outcome) for outcome in outcomes_within(ChildLimits())] == [DecodedRow, DecodedRow]
    answer = run_child("sysconfig", [], limits=ChildLimits())
    assert isinstance(answer, bytes)
    assert b"SUYUAN_SECRET" not in answer
