"""A child process that may fail: limited memory, time and output, and its end told in words.

Readers of workbooks have been made to allocate terabytes by files of a few kilobytes. Such a file kills the child,
never the process that asked.
"""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence

import msgspec

from suyuan.intake.row import FileError

EXIT_REFUSED = 3  # the child understood the file and refuses it; the words are on its standard output


class ChildLimits(msgspec.Struct, frozen=True):
    """What a child may use; the defaults are the figures promised for hostile files."""

    memory_bytes: int = 1 << 30
    cpu_seconds: int = 30
    wall_seconds: float = 30.0
    output_bytes: int = 1 << 30


def run_child(module: str, arguments: Sequence[str], *, limits: ChildLimits) -> bytes | FileError:
    """Run `python -m module ARGUMENTS` under limits; return its standard output, or why it could not finish.

    The child sees none of our environment. It must call `apply_limits` with its first argument before anything else.
    """
    command = [sys.executable, "-I", "-m", module, msgspec.json.encode(limits).decode(), *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        close_fds=True,
    ) as child:
        try:
            answer, _ = child.communicate(timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return _too_slow(limits)
        except BaseException:
            child.kill()
            raise
    if child.returncode == 0:
        return answer
    if child.returncode == EXIT_REFUSED:
        return msgspec.json.decode(answer, type=FileError)
    return _explain_end(child.returncode, limits=limits)


def apply_limits(encoded: str) -> ChildLimits:
    """Limit this process as `run_child` asked, for good."""
    limits = msgspec.json.decode(encoded, type=ChildLimits)
    wanted = {
        "RLIMIT_AS": limits.memory_bytes,
        "RLIMIT_DATA": limits.memory_bytes,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": limits.output_bytes,
        "RLIMIT_CORE": 0,
    }
    for name, limit in wanted.items():
        try:
            resource.setrlimit(getattr(resource, name), (limit, limit))
        except (AttributeError, ValueError, OSError):
            continue  # a system without this limit, such as macOS for memory, has the checks and the parent's clock
    return limits


def _explain_end(code: int, *, limits: ChildLimits) -> FileError:
    """Return in words why a child ended; a negative code is the signal that killed it."""
    if code in (-signal.SIGXCPU, -signal.SIGALRM):
        return _too_slow(limits)
    if code in (-signal.SIGABRT, -signal.SIGKILL, -signal.SIGSEGV, -signal.SIGBUS):
        return FileError(
            f"Reading the workbook needs more memory than the {limits.memory_bytes >> 20} MB allowed. Delete "
            "cells far from "
            "the table, split the workbook, or save it as CSV, which may have any size.",
            f"读取该工作簿所需内存超过允许的 {limits.memory_bytes >> 20} MB。请删除表格以外的单元格、拆分工作簿"
            "，或另存为 CSV（大小不限）。",
        )
    return FileError(
        f"The workbook is damaged and could not be read (reader ended with {code}). Open it in a spreadsheet "
        "program, save it "
        "anew as .xlsx, and send that file.",
        f"工作簿已损坏，无法读取（读取程序返回 {code}）。请用电子表格软件打开并重新另存为 .xlsx 后报送。",
    )


def _too_slow(limits: ChildLimits) -> FileError:
    return FileError(
        f"Reading the workbook took longer than {limits.wall_seconds:g} seconds and was stopped. Split it, or "
        "save it as CSV, "
        "which may have any size.",
        f"读取该工作簿超过 {limits.wall_seconds:g} 秒，已停止。请拆分，或另存为 CSV（大小不限）。",
    )
