"""The SQL files: each query has a name and a sentence, and keeps its text."""

from importlib.resources import files

import pytest

from suyuan.store.queries import load_queries, parse_queries

GOOD = """-- Of the slots.

-- name: find_slot
-- Takes one free slot.
SELECT slot
FROM judge_slot; -- the lock is the caller's
-- name: count_slots
-- Counts them.

SELECT count(*) FROM judge_slot WHERE mod(slot, 8) = %(lane)s;
"""


def test_queries_are_found_by_name_and_carry_it_as_a_comment():
    queries = parse_queries(GOOD, file_stem="slot")
    assert list(queries) == ["find_slot", "count_slots"]
    assert queries.count_slots == (
        b"/* slot.count_slots */ SELECT count(*) FROM judge_slot WHERE mod(slot, 8) = %(lane)s"
    )
    assert queries["count_slots"] is queries.count_slots


def test_a_query_that_does_not_exist_is_named_in_the_error():
    with pytest.raises(AttributeError, match="no query find_lane; there are find_slot, count_slots"):
        _ = parse_queries(GOOD, file_stem="slot").find_lane


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT 1;\n" + GOOD, "SQL before the first name"),
        (GOOD + GOOD, "stands twice"),
        ("-- name: slots\n-- Finds.\nSELECT 1;", "a verb and a noun"),
        ("-- name:\n-- Finds.\nSELECT 1;", "a verb and a noun"),
        ("-- name: find_slot\nSELECT 1;", "says what the query does"),
        ("-- name: find_slot\n-- Finds.\n;", "there is no query"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        parse_queries(text, file_stem="slot")


def test_all_files_of_the_store_keep_the_form():
    folder = files("suyuan.store").joinpath("sql")
    stems = [path.name.removesuffix(".sql") for path in folder.iterdir() if path.name.endswith(".sql")]
    for stem in stems:
        assert len(load_queries(stem)) > 0
