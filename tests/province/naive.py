"""The year judged a second time, every subject by itself; enterprises and sums are `naive_enterprises`."""

from collections import Counter
from datetime import date

from tests.memory_engine import MemoryEngine
from tests.province.naive_subjects import compare_subjects
from tests.province.year import SWEPT_ON, Sent, make_firms, make_registry

REGISTRY = make_registry(make_firms())


def judge_by_program(sent: list[Sent]) -> MemoryEngine:
    """Return the program's judgement of reports in their order of arrival."""
    engine = MemoryEngine(REGISTRY, is_historical=True)
    for one in sent:
        engine.report(dict(one.report), by=one.submitter, received_at=one.received_at)
    engine.judge()
    return engine


def compare_year(
    engine: MemoryEngine, sent: list[Sent], *, sweep: date = SWEPT_ON, flaw: str = ""
) -> tuple[list[str], Counter[str]]:
    """Return the differences, a sentence each, between program and model over the same reports, and what was compared."""
    reports = [{**one.report, "reporter": one.submitter} for one in sent]
    return compare_subjects(engine, reports, sweep=sweep, flaw=flaw)
