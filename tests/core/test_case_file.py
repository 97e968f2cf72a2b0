"""A case file answers two questions of its own: which act of a kind was the last, and whether its findings vanished."""

from datetime import UTC, date, datetime

import pytest

from suyuan.core.case_file import ActEntry, AuthorityEntry, CaseFile, FindingEntry

CASE_NO = "330100-commerce-2026-0001"


def act(number, move):
    at = datetime(2026, 9, number, 2, tzinfo=UTC)
    return ActEntry(number, move, move, move, None, None, at, at.date(), {}, "0" * 64)


def finding(standing):
    return FindingEntry(
        "LATPAB07XS1000001", "scrapped_vehicle_battery_missing", "title", "名称", "violation", "reporter", "r1", (), {}, "Art. 19",
        True, "v1", "remedy", "改正", standing, None if standing == "vanished" else "violation",
    )  # fmt: skip


def case_file(*, acts=(), findings=()):
    authority = AuthorityEntry("hz-commerce", "name", "commerce", "330100", "杭州市")
    return CaseFile(
        CASE_NO,
        2026,
        1,
        authority,
        None,
        "330106",
        "西湖区",
        "filed",
        "已立案",
        date(2026, 9, 1),
        findings,
        acts,
        None,
        (),
    )


def test_the_last_act_of_a_kind_is_found_among_all_acts():
    acts = (act(1, "open"), act(2, "order_correction"), act(3, "order_correction"), act(4, "investigate"))
    file = case_file(acts=acts)
    assert file.last("order_correction") == acts[2]
    assert file.last("open") == acts[0]
    assert file.last("decide") is None


@pytest.mark.parametrize(
    ("standings", "is_vanished"),
    [
        (("stands",), False),
        (("changed",), False),
        (("vanished", "stands"), False),
        (("vanished", "vanished"), True),
    ],
)
def test_a_case_has_vanished_when_none_of_its_findings_stands(standings, is_vanished):
    assert case_file(findings=tuple(map(finding, standings))).is_vanished is is_vanished
