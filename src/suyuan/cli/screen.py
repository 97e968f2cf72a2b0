"""What goes to the screen: one JSON document for machines, tables and sentences for people, progress beside them.

Standard output carries answers only; progress, hints about trouble and the log go to standard error. Nothing here is
imported before it is needed: a reading command with --json loads no table printer.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from suyuan.cli.setting import Setting
from suyuan.core.value import SHANGHAI

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PIPED_COLUMNS = 200  # a table that goes into a file or another program is not cut to a screen


def emit(document: Any) -> None:  # noqa: ANN401 - any JSON value
    """Print one JSON document, in UTF-8 whatever the locale."""
    sys.stdout.flush()
    sys.stdout.buffer.write(msgspec.json.encode(document) + b"\n")
    sys.stdout.buffer.flush()


def clean(text: object) -> str:
    """Return text for a terminal: what reporters wrote must not move the cursor or change colours."""
    return "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in str(text))


def tell_moment(text: str) -> str:
    """Return a moment of an answer as people read it: day and minute in Shanghai, by whose days everything is counted."""
    return f"{datetime.fromisoformat(text).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def open_console(*, to_errors: bool = False) -> "Console":
    """Return the console for people: colours on terminals only, no markup in what others wrote."""
    from rich.console import Console

    stream = sys.stderr if to_errors else sys.stdout
    width = None if stream.isatty() else PIPED_COLUMNS
    return Console(file=stream, markup=False, emoji=False, highlight=False, width=width, soft_wrap=False)


def show(renderable: object, *, style: str | None = None) -> None:
    """Print a table, a list or a line for people; in a pipe without the blanks that fill a line."""
    console = open_console()
    if console.is_terminal:
        console.print(renderable, style=style)
        return
    with console.capture() as capture:
        console.print(renderable)
    for line in capture.get().splitlines():
        print(line.rstrip())  # noqa: T201 - as in tell


def tell(*lines: str) -> None:
    """Print sentences for people."""
    for line in lines:
        print(clean(line))  # noqa: T201 - this is the command line's voice


def make_table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None, whole: Iterable[int] = ()
) -> "Table":
    """Return a table; cells are cleaned text, or a pair of text and style. Columns in `whole` are never broken: codes."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False, show_edge=False
    )
    unbroken = frozenset(whole)
    for place, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", no_wrap=place in unbroken)
    for row in rows:
        table.add_row(
            *(
                Text(clean(cell[0]), style=cell[1])
                if isinstance(cell, tuple)
                else Text(clean("" if cell is None else cell))
                for cell in row
            )
        )
    return table


def make_list(pairs: Iterable[tuple[str, object]]) -> "Table":
    """Return labels and values, one a line."""
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in pairs:
        table.add_row(Text(label), Text(clean(value)))
    return table


@contextmanager
def show_progress(setting: Setting, text: str, *, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Yield what takes the count done so far; shows it on a terminal's standard error and nowhere else."""
    if setting.wants_json or not sys.stderr.isatty():
        yield _show_nothing
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    counted = "{task.completed:,.0f}" + ("/{task.total:,.0f}" if total else "")
    columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False), *([BarColumn()] if total else [])]
    with Progress(
        *columns, TextColumn(counted), TimeElapsedColumn(), console=open_console(to_errors=True), transient=True
    ) as progress:
        task = progress.add_task(text, total=total)
        yield lambda count: progress.update(task, completed=count)


def _show_nothing(_count: int) -> None:
    return
