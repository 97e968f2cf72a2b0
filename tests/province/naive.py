"""The year judged a second time: every subject by itself, and material accounts, by loops over the plain reports."""

from collections import Counter
from datetime import date
from typing import Any

from tests.memory_engine import MemoryEngine
from tests.province.naive_subjects import compare_subjects
from tests.province.year import SWEPT_ON, Sent, make_firms, make_registry

from suyuan.core.account import merge_flows
from suyuan.core.catalogue import MATERIALS

REGISTRY = make_registry(make_firms())
MATERIAL_ITEMS = {*MATERIALS, "residue"}
METERED = {"bought", "sold", "recovered", "fed"}  # what the plain reports of materials say by themselves


def judge_by_program(sent: list[Sent]) -> MemoryEngine:
    """Return the program's judgement of reports in their order of arrival."""
    engine = MemoryEngine(REGISTRY, is_historical=True)
    for one in sent:
        engine.report(dict(one.report), by=one.submitter, received_at=one.received_at)
    engine.judge()
    return engine


def compare_year(engine: MemoryEngine, sent: list[Sent], *, flaw: str = "") -> tuple[list[str], Counter[str]]:
    """Return the differences, a sentence each, between program and model over the same reports, and what was compared."""
    reports = [{**one.report, "reporter": one.submitter} for one in sent]
    differences, compared = compare_subjects(engine, reports, sweep=SWEPT_ON, flaw=flaw)
    booked, plain = _booked_materials(engine), _plain_materials(reports)
    differences += _differ("flow", booked, plain)
    return differences, compared + Counter(flows=len(booked), reports=len(sent))


def _booked_materials(engine: MemoryEngine) -> dict[Any, int]:
    return {(flow.uscc, flow.site, flow.day, flow.item, flow.flow): flow.grams
            for flow in _sum_up(engine) if flow.item in MATERIAL_ITEMS and flow.flow in METERED}  # fmt: skip


def _sum_up(engine: MemoryEngine) -> list[Any]:
    return merge_flows(flow for verdict in engine.verdicts.values() for flow in verdict.flows)


def _plain_materials(reports: list[dict[str, Any]]) -> dict[Any, int]:
    """Return grams by enterprise, site, day, item and flow, as the reports say them; withdrawn ones say nothing."""
    gone = {(raw["reporter"], raw["withdrawn_report_id"]) for raw in reports if raw["kind"] == "report_withdrawn"}
    grams: Counter[Any] = Counter()
    for raw in reports:
        if (raw["reporter"], raw["report_id"]) in gone:
            continue
        moved: list[tuple[str, str, int]] = []
        if raw["kind"] == "material_received":
            moved = [(raw["material"], "bought", raw["mass_g"])]
        elif raw["kind"] == "material_sold":
            moved = [(raw["material"], "sold", raw["mass_g"])]
        elif raw["kind"] == "material_recovered":
            moved = [(part["material"], "recovered", part["mass_g"]) for part in raw["outputs"]]
            moved += [(part["material"], "fed", part["mass_g"]) for part in raw.get("inputs", ())]
            moved.append(("residue", "recovered", raw["residue_mass_g"]))
        for item, flow, mass_g in moved:
            day = date.fromisoformat(raw["occurred_at"][:10])
            grams[raw["reporter"], raw.get("site_id", ""), day, item, flow] += mass_g
    return {key: mass_g for key, mass_g in grams.items() if mass_g}


def _differ(what: str, program: dict[Any, Any], model: dict[Any, Any]) -> list[str]:
    return [f"{what} {key}: the program says {program.get(key)}, the model says {model.get(key)}"
            for key in sorted(program.keys() | model.keys(), key=repr) if program.get(key) != model.get(key)]  # fmt: skip
