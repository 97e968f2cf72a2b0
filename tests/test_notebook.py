"""The notebook of the repository: it runs against an export, shows what it ran, and tells nothing of the machine that ran it."""

import re
import runpy
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from suyuan.app.context import Context
from suyuan.app.export_parquet import export_parquet
from suyuan.store.database import connect

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "run_notebook.py"))
NOTEBOOK, BYTES_MAX = SCRIPT["NOTEBOOK"], SCRIPT["BYTES_MAX"]
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
MACHINE = re.compile(r"/(?:tmp|root|home|work|Users|var|opt|usr)/|site-packages|127\.0\.0\.1|Traceback")


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def run(notebook, export, monkeypatch):
    monkeypatch.setenv("SUYUAN_EXPORT", "")  # as it was before, when the test is over
    SCRIPT["run_notebook"](notebook, export)


def test_the_notebook_runs_against_an_export_of_the_samples(notebook, samples_url, tmp_path, monkeypatch):
    with connect(samples_url, autocommit=True) as connection:
        export_parquet(Context(connection, lambda: NOON), tmp_path / "export")
    before = [shown(cell) for cell in notebook.cells]
    run(notebook, tmp_path / "export", monkeypatch)
    # The same kinds of things are shown; the numbers move with the samples and the rules.
    assert [shown(cell) for cell in notebook.cells] == before
    assert sum("image/png" in kinds for kinds in before) >= 6

    notebook.cells[1].source += "\nassert manifest['rows']['report'] == 0"  # the control: a cell that fails is noticed
    with pytest.raises(CellExecutionError):
        run(notebook, tmp_path / "export", monkeypatch)


def shown(cell):
    """Return what kinds of things a cell shows."""
    return sorted(kind for output in cell.get("outputs", ()) for kind in output.get("data", {output.output_type: None}))


def test_the_notebook_is_small_executed_and_tells_nothing_of_a_machine(notebook):
    text = NOTEBOOK.read_text(encoding="utf-8")
    assert len(text.encode()) < BYTES_MAX <= 400_000
    assert not MACHINE.search(text)
    assert MACHINE.search('"/tmp/x/export"')
    assert [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"] == list(
        range(1, 1 + sum(cell.cell_type == "code" for cell in notebook.cells))
    )
    assert not [one for cell in notebook.cells for one in cell.get("outputs", ()) if one.output_type == "error"]
