"""The same naive model over random small worlds: absurd reports in any order, where the stories of the year are sensible."""

import random

import pytest
from tests.memory_engine import MemoryEngine
from tests.province.naive_subjects import FLAWS, compare_subjects
from tests.reference.campaign import take_step
from tests.reference.world import SWEEPS, make_small_registry, receive

REGISTRY = make_small_registry()
REPORTS_OF_A_WORLD = 32


def walk(*, worlds, seed, flaw=""):
    """Yield the differences of one world after another."""
    chance = random.Random(seed)
    for _ in range(worlds):
        engine, reports = MemoryEngine(REGISTRY), []
        for number in range(REPORTS_OF_A_WORLD):
            raw = take_step(chance, reports, number=number)
            reports.append(raw)
            engine.report(dict(raw), by=raw["reporter"], received_at=receive(raw))
        engine.judge()
        plain = list({(raw["reporter"], raw["report_id"]): raw for raw in reports}.values())
        yield from compare_subjects(engine, plain, sweep=chance.choice(SWEEPS), flaw=flaw)[0]


def test_every_small_world_is_judged_alike_by_program_and_model():
    assert list(walk(worlds=80, seed=1)) == []


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_known_mistake_is_seen_in_a_small_world(flaw):
    assert next(walk(worlds=20, seed=1, flaw=flaw), None) is not None
