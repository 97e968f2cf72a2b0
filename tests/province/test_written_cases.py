"""The written cases of all rules, enterprise by enterprise and sum by sum, against the recomputation from plain reports."""

import unicodedata
from datetime import date
from typing import Any

import pytest
from tests.province.naive_enterprises import compare_enterprises, make_plain
from tests.province.naive_world import Plain
from tests.rules.test_cases import CASES, play_case, reports_of, sweep_day

AFTER_ALL = date(2026, 12, 31)  # cases without a sweep are looked at on this day


def plain_of(case: dict[str, Any], engine) -> Plain:
    reports = []
    for raw in reports_of(case):
        fields = {name: _same_letters(value) if "code" in name else value for name, value in raw.items()}
        reports.append({**fields, "reporter": fields.pop("by")})
        reports[-1].pop("received_at", None)
    plain = make_plain(reports, engine.received, engine)
    plain.thresholds |= case.get("thresholds", {})
    return plain


def _same_letters(value: Any) -> Any:
    if isinstance(value, list):
        return [_same_letters(one) for one in value]
    return unicodedata.normalize("NFKC", value).upper() if isinstance(value, str) else value


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_program_and_recomputation_say_the_same_of_a_written_case(rule, case):
    engine = play_case(case)
    differences, _ = compare_enterprises(engine, plain_of(case, engine), sweep_day(case) or AFTER_ALL)
    assert not differences, (rule, *differences)
