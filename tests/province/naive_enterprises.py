"""All that concerns an enterprise or is a sum, recomputed from plain reports, beside what the program derives."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tests.memory_engine import MemoryEngine
from tests.province.naive_accounts import Accounts, keep_accounts
from tests.province.naive_conduct import judge_conduct, judge_withdrawals
from tests.province.naive_duties import find_lapsed, find_unpublished, list_duties
from tests.province.naive_lives import read_lives
from tests.province.naive_mass import judge_accounts, judge_recoveries
from tests.province.naive_reading import compare_accounts
from tests.province.naive_subjects import judge_subjects
from tests.province.naive_sums import count_all, sales_of
from tests.province.naive_world import Found, Key, Owes, Plain, Raw

from suyuan.core.account import merge_flows
from suyuan.core.participant import ParticipantView
from suyuan.core.participant_duty import list_participant_duties

OF_REPORTS = ("recovered_more_than_fed", "input_mass_unaccounted", "withdrawn_after_finding")
CHAIN_FAMILIES = ("identity", "binding", "custody")


@dataclass
class Judged:
    """What the naive recomputation says of enterprises on a day."""

    accounts: Accounts
    counts: Counter[tuple[str, str, str, str, str, str]]
    duties: list[Owes]
    findings: list[Found]


def judge_enterprises(plain: Plain, day: date, *, chain_rules: set[str]) -> Judged:
    """Return accounts, counts, duties and findings of a day; a violation of one of `chain_rules` breaks a battery's chain."""
    of_subjects = judge_subjects(plain.reports, world=plain.world(), sweep=day).findings
    broken = {one.subject for one in of_subjects if one.weight == "violation" and one.rule in chain_rules}
    lives = read_lives(plain)
    accounts = keep_accounts(plain, lives)
    counts = count_all(plain, lives, accounts.lots, broken)
    duties = list_duties(plain, sales_of(counts), day)
    findings = [*find_lapsed(duties, day), *find_unpublished(plain, day), *judge_recoveries(plain, accounts),
                *judge_accounts(plain, accounts, day), *judge_conduct(plain, day), *judge_withdrawals(plain)]  # fmt: skip
    return Judged(accounts, counts, duties, findings)


def make_plain(reports: list[Raw], received: dict[Key, datetime], engine: MemoryEngine) -> Plain:
    """Return the plain world of some reports."""
    penalties = tuple(
        {"party": uscc, "case_no": one.case_no, "decided_on": one.decided_on, "decision": one.decision}
        for uscc, decided in engine.penalties.items()
        for one in decided
    )
    return Plain(reports, received, engine.registry, penalties=penalties)


def compare_enterprises(engine: MemoryEngine, plain: Plain, day: date) -> tuple[list[str], Counter[str]]:
    """Return the differences, a sentence each, between program and naive recomputation, and what was compared."""
    found = engine.findings(sweep=day)
    chain_rules = {name for name, rule in engine.rules.rules.items() if rule.family in CHAIN_FAMILIES}
    judged = judge_enterprises(plain, day, chain_rules=chain_rules)
    differences, compared = [], Counter[str]()
    views = engine.views(found, day)
    for what, program, model in (
        ("flows", _flows(engine), dict(judged.accounts.flows)),
        ("counts", _counts(engine, found), {key: count for key, count in judged.counts.items() if count}),
        ("duties of enterprises", _duties(views), {_duty_key(one): one for one in judged.duties}),
        ("findings of enterprises", _findings(found, judged.findings), Counter(map(_told, judged.findings))),
    ):
        compared[what] = len(program)
        differences += [f"{what} {key}: the program says {program.get(key)}, the model says {model.get(key)}"
                        for key in sorted(program.keys() | model.keys(), key=repr) if program.get(key) != model.get(key)]  # fmt: skip
    differences += compare_accounts(engine, plain, judged.accounts, day)
    return differences, compared


def _flows(engine: MemoryEngine) -> dict[Any, int]:
    merged = merge_flows(flow for verdict in engine.verdicts.values() for flow in verdict.flows)
    return {(one.uscc, one.site, one.day, one.item, one.flow): one.grams for one in merged}


def _counts(engine: MemoryEngine, found: list[Any]) -> dict[Any, int]:
    return {
        (one.name, one.place, one.party, one.kind, one.status, one.month): count
        for one, count in engine.tallies(found).items()
    }


def _duty_key(one: Any) -> tuple[str, str, str]:
    return one.party, one.kind, one.opened_by


def _duties(views: list[ParticipantView]) -> dict[Any, Owes]:
    owed = [duty for view in views for duty in list_participant_duties(view)]
    return {_duty_key(one): Owes(one.kind, one.rule, one.party, one.opener, one.opened_by, one.opened_on, one.due_on, one.lapses_on,
                                 one.closed_by, one.closer, _tuple(one.evidence), not one.is_provisional) for one in owed}  # fmt: skip


def _tuple(evidence: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(evidence.items()))


def _told(one: Found) -> str:
    return repr((one.rule, one.subject, one.weight, one.party, one.evidence, one.report, one.about))


def _findings(found: list[Any], model: list[Found]) -> Counter[str]:
    """Return the program's findings in the words of the model: of the evidence what the model tells of this rule."""
    names: dict[tuple[str, bool], set[str]] = {}
    for one in model:
        names.setdefault((one.rule, one.report is None), set()).update(name for name, _ in one.evidence)
    told: Counter[str] = Counter()
    for one in found:
        is_party = one.subject.startswith("participant:")
        if is_party or one.rule in OF_REPORTS:
            kept = names.get((one.rule, is_party), set())
            evidence = tuple(sorted((name, value) for name, value in one.evidence.items() if name in kept))
            report = None if is_party else (one.reporter, one.report_id)
            about = () if is_party else tuple(sorted(one.about))
            told[_told(Found(one.rule, one.subject, one.weight, one.party, evidence, report, about))] += 1
    return told
