"""The pictures of a simulated nation: drawn by the script itself, at a scale that shows nothing but that they are drawn."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "plot_nation.py"
PNG = b"\x89PNG\r\n\x1a\n"
needs_matplotlib = pytest.mark.skipif(
    find_spec("matplotlib") is None, reason="matplotlib is missing: pip install 'suyuan[analysis]'"
)


def run_script(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@needs_matplotlib
def test_eight_small_pictures_are_drawn(nation, tmp_path):
    done = run_script(nation.folder, "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    pictures = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(pictures) == 8
    for name, body in pictures.items():
        assert body.startswith(PNG), name
        assert 10_000 < len(body) < 150_000, name


def test_the_deviations_are_a_table(nation):
    done = run_script(nation.folder, "--compare")
    assert done.returncode == 0, done.stderr
    heading, *rows = done.stdout.splitlines()
    assert heading == "series,year,published,simulated,difference_pct"
    assert {row.split(",")[0] for row in rows} == {
        "registered_million",
        "parc_million",
        "installs_gwh",
        "lfp_pct",
        "exits_thousand",
    }


def test_a_folder_that_holds_no_nation_is_refused_in_words(tmp_path):
    done = run_script(tmp_path)
    assert done.returncode == 2
    assert "world.json" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_matplotlib_the_script_says_how_to_install_it(nation, tmp_path):
    hidden = f"import runpy, sys; sys.modules['matplotlib'] = None; sys.argv = ['plot', {str(nation.folder)!r}, '-o', {str(tmp_path)!r}]; "
    command = [sys.executable, "-c", f"{hidden}runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "pip install 'suyuan[analysis]'" in done.stderr
    assert "Traceback" not in done.stderr
