"""Run the notebook docs/notebooks/first-look.ipynb against a fresh export of the samples and keep what it shows.

    python scripts/run_notebook.py

Edit the notebook as you like (its cells are its source), then run this: outputs are made anew, nothing of this machine stays in it.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from suyuan.app.context import Context
from suyuan.app.export_parquet import export_parquet
from suyuan.cli.demo_load import load_folder
from suyuan.cli.setting import Setting
from suyuan.store import embedded
from suyuan.store.database import connect
from suyuan.store.migrate import migrate

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "docs" / "notebooks" / "first-look.ipynb"
NOON = datetime(
    2026, 11, 23, 4, 0, tzinfo=UTC
)  # the day that the samples are judged as of; the same run shows the same
BYTES_MAX = 400_000
CELL_SECONDS_MAX = 60


def main() -> None:
    """Export the samples, run the notebook, write it back."""
    with tempfile.TemporaryDirectory(prefix="suyuan-notebook-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        try:
            with connect(embedded.start(folder / "db"), autocommit=True) as connection:
                migrate(connection)
                context = Context(connection, lambda: NOON)
                load_folder(context, ROOT / "samples", Setting(wants_json=True), processes=1)
                export_parquet(context, folder / "export")
        finally:
            embedded.stop(folder / "db")
        notebook = run_notebook(nbformat.read(NOTEBOOK, as_version=4), folder / "export")
    text = nbformat.writes(notebook) + "\n"
    if name in text or len(text.encode()) > BYTES_MAX:
        sys.exit(f"The notebook holds a path of this machine, or more than {BYTES_MAX:,} bytes; it was not written.")
    NOTEBOOK.write_text(text, encoding="utf-8")


def run_notebook(notebook: nbformat.NotebookNode, export: Path) -> nbformat.NotebookNode:
    """Run all cells against an export, and take out what tells of this run. A cell that fails raises CellExecutionError."""
    os.environ["SUYUAN_EXPORT"] = str(export)  # the kernel is a child of this process
    NotebookClient(notebook, timeout=CELL_SECONDS_MAX, kernel_name="python3", record_timing=False).execute()
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


if __name__ == "__main__":
    main()
