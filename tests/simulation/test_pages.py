"""The pages about the simulator say what the program does: values, labels, series, pictures."""

import re
import sys
from pathlib import Path

import pytest

from suyuan_sim.ledger import BREACH_LABELS

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from fill_simulation_page import PAGE, count_confidence, fill, list_constants, list_undescribed, render  # noqa: E402

FORMAT = ROOT / "docs" / "reference" / "simulation-format.md"


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def names_in_first_column(text):
    """Return what stands in backticks in the first cells of all tables."""
    return {
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }


def test_the_page_has_the_values_of_the_program(page):
    assert fill(page) == page, "run python scripts/fill_simulation_page.py"


def test_a_value_that_is_behind_would_be_seen(page):
    behind = page.replace("| `calibration.MEAN_YEARS` | 11.6 |", "| `calibration.MEAN_YEARS` | 12.6 |")
    assert behind != page
    assert fill(behind) == page


def test_every_number_of_the_simulator_stands_in_a_table(page):
    assert list_undescribed(page) == []
    assert len(list(list_constants())) > 50
    assert list_undescribed(page.replace("end._BURNT", "end.BURNT")) == ["end._BURNT"]  # the control


def test_assumptions_are_not_passed_off_as_found(page):
    """A row whose value has no source says assumption or recalled."""
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 5 and cells[3] == "–":
            assert cells[4] in ("assumption", "recalled"), line


def test_values_are_written_as_people_read_them():
    assert render({"bus": 4, "truck": 2}) == "bus 4, truck 2"
    assert render(((2019, 0.735), (9999, 0.97))) == "to 2019 0.735; later 0.97"
    assert render((0.04, 1.0)) == "0.04 / 1"
    assert count_confidence("nev_parc_mps") == "1 derived, 8 found, 1 recalled"


def test_every_label_and_every_series_of_a_nation_is_described(page, nation):
    described = set(re.findall(r"`(\w+)`", page))
    assert set(nation.world["labels"]) <= described
    series = {name for _, name, _ in nation.series}
    assert series <= names_in_first_column(FORMAT.read_text(encoding="utf-8"))
    assert set(nation.world) <= names_in_first_column(FORMAT.read_text(encoding="utf-8"))


def test_the_table_of_breaches_names_all_of_them_and_nothing_innocent(page):
    table = page.split("| breach |")[1].split("\n\n")[0]
    assert names_in_first_column(table) == BREACH_LABELS


def test_eight_pictures_are_shown_and_small(page):
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", page)
    assert len(shown) == 8
    for name in shown:
        assert 10_000 < (PAGE.parent / name).stat().st_size < 150_000, name


@pytest.mark.parametrize(
    "path", ["docs/explanation/simulation.md", "docs/how-to/simulate.md", "docs/reference/simulation-format.md"]
)
def test_links_lead_somewhere(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)", text)
    assert links
    assert [link for link in links if not ((ROOT / path).parent / link).exists()] == []
