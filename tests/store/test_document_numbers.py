"""Document numbers: one for each occasion, without gaps, never twice, whoever issues at the same time."""

import threading
from datetime import UTC, datetime

import msgspec
import pytest
from document_cases import compose_all

from suyuan.store.database import connect
from suyuan.store.documents import Issued, Occasion, Series, find_issued, issue, list_issued, repeat_issue
from suyuan.store.registry import read_acts

NOW = datetime(2026, 5, 3, 2, 0, tzinfo=UTC)
SERIES = Series("FZ-1", "责改", 2026)
DOCUMENT = compose_all()[0]


def make(occasion, series=SERIES):
    def compose(number):
        document = msgspec.structs.replace(DOCUMENT, number=f"榕责改〔{series.year}〕{number}号")
        return Issued(series, number, occasion, NOW, document, "letter.typ", "00" * 32)

    return compose


def give(connection, name, *, series=SERIES):
    occasion = Occasion(f"case:{name}", "order_to_correct", "2")
    return issue(connection, occasion, series=series, make=make(occasion, series))


@pytest.fixture
def opened(database_url):
    with connect(database_url, autocommit=True) as connection:
        yield connection


def test_numbers_begin_at_one_in_each_organ_word_and_year(opened):
    assert [give(opened, name)[0].number for name in ("A", "B", "C")] == [1, 2, 3]
    others = [Series("FZ-2", "责改", 2026), Series("FZ-1", "罚", 2026), Series("FZ-1", "责改", 2027)]
    assert [give(opened, f"D{place}", series=one)[0].number for place, one in enumerate(others)] == [1, 1, 1]


def test_the_same_occasion_has_one_document_for_ever(opened):
    first, is_new = give(opened, "A")
    again, is_new_again = give(opened, "A")
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert give(opened, "B")[0].number == 2


def test_a_document_that_could_not_be_made_leaves_no_gap_and_no_act(opened):
    occasion = Occasion("case:X", "order_to_correct", "2")

    def fail(number):
        raise LookupError(number)

    with pytest.raises(LookupError):
        issue(opened, occasion, series=SERIES, make=fail)
    assert find_issued(opened, occasion) is None
    assert read_acts(opened) == []
    assert give(opened, "A")[0].number == 1


def test_what_was_issued_is_read_as_it_was(opened):
    issued, _ = give(opened, "A")
    assert list_issued(opened, "case:A") == [issued]
    assert issued.document.number == "榕责改〔2026〕1号"
    ((_, kind, at, _),) = read_acts(opened)
    assert (kind, at) == ("document", NOW)


@pytest.mark.every_server
def test_two_connections_at_once_leave_no_gap_and_give_no_number_twice(database_url):
    """Each of two connections issues for occasions of its own and for some that both want, all at once."""
    rounds, given, barrier = 25, {0: [], 1: []}, threading.Barrier(2)

    def work(place):
        with connect(database_url, autocommit=True) as connection:
            for turn in range(rounds):
                barrier.wait()
                given[place].append(give(connection, f"own-{place}-{turn}")[0])
                given[place].append(give(connection, f"shared-{turn}")[0])

    threads = [threading.Thread(target=work, args=(place,)) for place in given]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    everything = {issued.number: issued for issued in (*given[0], *given[1])}
    assert sorted(everything) == list(range(1, 3 * rounds + 1))
    assert len({issued.occasion for issued in everything.values()}) == 3 * rounds
    shared = [[one for one in given[place] if "shared" in one.occasion.subject] for place in given]
    assert shared[0] == shared[1]


def test_repeating_the_acts_makes_the_same_rows(opened):
    for name in ("A", "B"):
        give(opened, name)
    tables = {
        name: opened.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3, 4").fetchall()
        for name in ("document", "document_counter")
    }
    opened.execute("TRUNCATE document, document_counter")
    for act_no, _, _, body in read_acts(opened):
        repeat_issue(opened, body, act_no=act_no)
    for name, rows in tables.items():
        assert opened.execute(f"SELECT * FROM {name} ORDER BY 1, 2, 3, 4").fetchall() == rows
    assert give(opened, "C")[0].number == 3
