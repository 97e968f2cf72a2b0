"""The house rules that no linter holds: sizes, docstrings, and a core that never asks what time it is."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src"
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
PURE_PACKAGES = ("suyuan/core", "suyuan/rules")
# Names whose call makes a pure function depend on the moment or on the machine.
IMPURE_CALLS = {"now", "utcnow", "today", "open", "print", "input", "uuid1", "uuid4"}
FILES = sorted(SOURCE.rglob("*.py"))


def faults_of_size(text: str) -> Iterator[str]:
    """Yield a sentence for a file that is too long and for each function that does not fit a screen."""
    line_count = len(text.splitlines())
    if line_count > FILE_LINES_MAX:
        yield f"{line_count} lines, at most {FILE_LINES_MAX}: split it by the story it tells"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield f"line {node.lineno}: {node.name} has {length} lines, at most {FUNCTION_LINES_MAX}"


def faults_of_docstring(text: str) -> Iterator[str]:
    """Yield a sentence when the module does not say what it is for."""
    if not (ast.get_docstring(ast.parse(text)) or "").strip():
        yield "no module docstring: say in a sentence what it is for"


def faults_of_purity(text: str) -> Iterator[str]:
    """Yield a sentence for each call that reads a clock or the machine."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in IMPURE_CALLS:
                yield f"line {node.lineno}: {name}() in a pure package: take the value as an argument"


def faults_in(files, check) -> list[str]:
    return [
        f"{path.relative_to(SOURCE)}: {fault}" for path in files for fault in check(path.read_text(encoding="utf-8"))
    ]


def test_files_and_functions_fit_their_limits():
    assert faults_in(FILES, faults_of_size) == []


def test_every_module_says_what_it_is_for():
    assert faults_in(FILES, faults_of_docstring) == []


def test_core_and_rules_read_no_clock_and_no_machine():
    pure = [path for path in FILES if path.relative_to(SOURCE).as_posix().startswith(PURE_PACKAGES)]
    assert pure, "the pure packages have moved: name them in PURE_PACKAGES"
    assert faults_in(pure, faults_of_purity) == []


LONG_FUNCTION = '"""Long."""\nclass Case:\n    async def open_case(self):\n' + "        pass\n" * FUNCTION_LINES_MAX


@pytest.mark.parametrize(
    ("check", "text"),
    [
        pytest.param(faults_of_size, '"""Long."""\n' + "a = 1\n" * FILE_LINES_MAX, id="long-file"),
        pytest.param(faults_of_size, LONG_FUNCTION, id="long-function"),
        pytest.param(faults_of_docstring, "a = 1\n", id="no-docstring"),
        pytest.param(faults_of_docstring, '""" """\n', id="empty-docstring"),
        pytest.param(faults_of_purity, '"""Impure."""\nday = date.today()\n', id="reads-the-clock"),
        pytest.param(faults_of_purity, '"""Impure."""\ntext = open("limits.toml").read()\n', id="reads-a-file"),
    ],
)
def test_offending_text_is_caught(check, text):
    assert len(list(check(text))) == 1


@pytest.mark.parametrize("check", [faults_of_size, faults_of_docstring, faults_of_purity])
def test_text_at_the_limits_is_let_pass(check):
    function = "def fold_timeline():\n" + "    pass\n" * (FUNCTION_LINES_MAX - 1)
    filler = "a = 1\n" * (FILE_LINES_MAX - 1 - FUNCTION_LINES_MAX)
    assert list(check('"""At the limit."""\n' + function + filler)) == []
