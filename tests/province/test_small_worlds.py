"""The same naive model over random small worlds: absurd reports in any order, where the stories of the year are sensible."""

import random

import pytest
from tests.memory_engine import MemoryEngine
from tests.province.naive_subjects import FLAWS, compare_subjects
from tests.reference.campaign import take_step
from tests.reference.world import ANYBODY, DAYS, HOURS, REPORTERS, SWEEPS, U, make_small_registry, receive

REGISTRY = make_small_registry()
MASSES_G = (300_000, 300_000, 310_000, 600_000, 900_000)
NEAR = (U["BP1"], U["CO1"], U["UE1"])
LOT_KINDS = (
    "lot_declared",
    "battery_handed_over",
    "battery_handed_over",
    "battery_received",
    "battery_received",
    "material_recovered",
)


def move_some_of_a_lot(chance, reports, *, number):
    """Return a report on one of a few lots, mostly by one of three parties."""
    kind, owner = chance.choice(LOT_KINDS), chance.choice(NEAR[:2])
    lot, mass_g = f"LOT-{owner}-{chance.choice((1, 1, 2))}", chance.choice(MASSES_G)
    may_report = {"lot_declared": (owner,), "material_recovered": (U["UE1"], U["UE2"])}.get(kind) or REPORTERS[kind]
    by = chance.choice([*(party for party in NEAR if party in may_report), *may_report][:8])
    other = chance.choice([*NEAR, *NEAR, *ANYBODY])
    content = {
        "lot_declared": {"lot_code": lot, "content": "mixed", "mass_g": mass_g},
        "battery_handed_over": {"battery_code": lot, "receiver": other, "mass_g": mass_g},
        "battery_received": {"battery_code": lot, "mass_g": mass_g, **chance.choice(({"sender": other}, {"from_owner": True}))},
        "material_recovered": {"lot_codes": [lot], "input_mass_g": mass_g, "residue_mass_g": 1,
                               "outputs": [{"material": "black_mass", "mass_g": 1000}]},
    }  # fmt: skip
    occurred_at = chance.choice(DAYS).isoformat() + chance.choice(HOURS)
    return {"kind": kind, "report_id": f"r{number}", "reporter": by, "occurred_at": occurred_at, **content[kind]}


def take_any_step(chance, reports, *, number):
    return take_step(chance, reports, number=number)


def walk(step, *, worlds, reports_each, seed, flaw=""):
    """Yield the differences of one world after another."""
    chance = random.Random(seed)
    for _ in range(worlds):
        engine, reports = MemoryEngine(REGISTRY), []
        for number in range(reports_each):
            raw = step(chance, reports, number=number)
            reports.append(raw)
            engine.report(dict(raw), by=raw["reporter"], received_at=receive(raw))
        engine.judge()
        plain = list({(raw["reporter"], raw["report_id"]): raw for raw in reports}.values())
        yield from compare_subjects(engine, plain, sweep=chance.choice(SWEEPS), flaw=flaw)[0]


def test_every_small_world_is_judged_alike_by_program_and_model():
    assert list(walk(take_any_step, worlds=80, reports_each=32, seed=1)) == []


def test_every_small_world_of_lots_is_judged_alike_by_program_and_model():
    assert list(walk(move_some_of_a_lot, worlds=200, reports_each=12, seed=1)) == []


@pytest.mark.parametrize("flaw", FLAWS)
def test_a_known_mistake_is_seen_in_a_small_world(flaw):
    assert next(walk(take_any_step, worlds=20, reports_each=32, seed=1, flaw=flaw), None) is not None


def test_a_known_mistake_is_seen_in_a_small_world_of_lots():
    assert next(walk(move_some_of_a_lot, worlds=20, reports_each=12, seed=1, flaw="grace_forgotten"), None) is not None
