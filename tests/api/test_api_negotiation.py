"""What stands in headers and addresses is read without ever breaking down, whatever is sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from suyuan.api.negotiation import (
    FILE_NAME_CHARACTERS_MAX,
    is_accepted,
    read_file_name,
    read_idempotency_key,
    read_wait,
)
from suyuan.api.problem import Problem
from suyuan.app.browse import CursorError, browse_duties, browse_findings

HEADER_TEXT = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=80)


@given(HEADER_TEXT, st.none() | st.text(max_size=300))
def test_file_name_is_short_printable_and_without_folders(header, given_name):
    headers = Headers({"content-disposition": f"attachment; filename{header}"})
    name = read_file_name(headers, given=given_name)
    assert len(name) <= FILE_NAME_CHARACTERS_MAX
    assert name.isprintable()
    assert not set(name) & set("/\\")


@given(HEADER_TEXT | st.from_regex(r"wait ?= ?[0-9]{1,12}", fullmatch=True))
def test_wait_is_never_longer_than_granted(prefer):
    assert 0 <= read_wait({"prefer": prefer}, seconds_max=30) <= 30


def test_wait_is_read_among_other_preferences():
    assert read_wait({"prefer": "respond-async, wait=7; foo=1"}, seconds_max=30) == 7
    assert read_wait({"prefer": "await=7"}, seconds_max=30) == 0


@given(HEADER_TEXT)
def test_any_accept_header_is_answered_with_yes_or_no(accept):
    assert is_accepted("application/json", accept=accept) in (True, False)


@given(HEADER_TEXT)
def test_idempotency_key_is_visible_text_or_refused(text):
    try:
        key = read_idempotency_key({"idempotency-key": text})
    except Problem:
        return
    assert key
    assert key.isascii()
    assert " " not in key


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.hex()))
@pytest.mark.parametrize("browse", [browse_findings, browse_duties])
def test_text_that_no_page_gave_is_refused_before_the_database_is_asked(browse, cursor):
    if not cursor:
        return
    with pytest.raises(CursorError):
        browse(None, reader=None, limit=1, cursor=cursor)
