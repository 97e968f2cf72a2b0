"""Tables for people: no cell that a spreadsheet would run, and the same text back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.app.csv_text import neutralise, write_csv


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", "  =1"])
def test_what_begins_like_a_formula_gets_an_apostrophe(text):
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["Art. 40", "a=b", "", 20_000, -5, "杭州"])
def test_other_cells_stay_as_they_are(cell):
    assert neutralise(cell) == cell


def test_an_absent_value_is_an_empty_cell():
    assert write_csv(["a", "b"], [[None, "x,y"]]) == '\ufeffa,b\r\n,"x,y"\r\n'


@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_what_is_written_is_read_again_and_never_begins_a_formula(cells):
    [row] = list(csv.reader(io.StringIO(write_csv(["h"], [cells]).removeprefix("\ufeffh\r\n"), newline="")))
    assert [cell.removeprefix("'") for cell in row] == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@")) for cell in row)
