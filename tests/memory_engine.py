"""The whole judgement in memory, without a database: admit, file, fold until facts rest, sweep. For tests of rules and order."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from suyuan.core.admission import Admission, admit
from suyuan.core.chain import breaks_chain
from suyuan.core.contribution import Tally
from suyuan.core.duty import Duty, lapse
from suyuan.core.event import Event, Fact, Facts
from suyuan.core.finding import Finding
from suyuan.core.fold import RuleTable, Verdict, fold_timeline
from suyuan.core.identifiers import subject_family
from suyuan.core.month import month_of
from suyuan.core.order import drop_withdrawn
from suyuan.core.participant import Counted, HeldAgainst, ParticipantView, Penalty, ReportCount
from suyuan.core.participant_duty import OUTLET_SALES, list_participant_duties
from suyuan.core.peer import sum_peers
from suyuan.core.registry import EMPTY_REGISTER, Participant, Register, Registry, list_kept
from suyuan.core.report import Report, file_report, find_counterparty, list_components
from suyuan.core.swept import find_of_participant
from suyuan.core.tally import tally_subject, unpack_tallies
from suyuan.core.value import SHANGHAI
from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULE_TABLE

PARTY_KINDS = frozenset(("dismantling_information_filed", "material_received", "material_sold", "nothing_to_report"))
MODEL_BIRTHS = frozenset(("battery_produced", "battery_imported"))


class MemoryEngine:
    """Reports in, verdicts out; every subject is folded again until nobody tells anything new."""

    def __init__(self, registry: Registry, *, rules: RuleTable = RULE_TABLE, is_historical: bool = False) -> None:
        self.is_historical = is_historical
        self.registry, self.rules, self.rulebook = registry, rules, load_rulebook()
        self.events: dict[str, list[Event]] = {}
        self.reports: dict[tuple[str, str], Report] = {}
        self.received: dict[tuple[str, str], datetime] = {}
        self.orders: list[Duty] = []  # of cases, which only acts open
        self.penalties: dict[str, tuple[Penalty, ...]] = {}
        self.claims: list[tuple[str, str, date, tuple[str, str]]] = []
        self.verdicts: dict[str, Verdict] = {}
        self._number = 0

    def report(self, raw: dict[str, Any], *, by: str, received_at: datetime | None = None) -> None:
        """Admit and file one report; an AssertionError tells why it is refused."""
        occurred = date.fromisoformat(raw["occurred_at"][:10])
        moment = received_at or datetime(
            occurred.year, occurred.month, occurred.day, 23, 59, tzinfo=SHANGHAI
        ) + timedelta(days=1)
        admitted = admit(
            raw,
            admission=Admission(self.registry, by, moment, is_historical=self.is_historical, rulebook=self.rulebook),
        )
        assert admitted.report is not None, admitted.errors
        report = admitted.report
        key = (report.reporter, report.report_id)
        if key in self.reports:
            return
        self.reports[key], self.received[key] = report, moment
        self._number += 1
        if report.kind.name == "report_withdrawn":
            target_id = report.fields["withdrawn_report_id"]
            target = self.reports[(report.reporter, target_id)]
            for filed in file_report(target):
                self._append(report, filed.subject, {"as": "withdrawal", "withdraws": target_id}, moment)
            self.claims = [claim for claim in self.claims if claim[3] != (report.reporter, target_id)]
            return
        for filed in file_report(report):
            self._append(report, filed.subject, filed.body, moment)
        self.claims += [(parent, component, report.occurred_on, key) for parent, component in list_components(report)]

    def _append(self, report: Report, subject: str, body: dict[str, Any], moment: datetime) -> None:
        event = Event(report.kind, tuple(body["as"].split("+")), self._number, report.report_id, report.reporter,
                      find_counterparty(report), report.occurred_on, report.occurred_time, moment, body)  # fmt: skip
        self.events.setdefault(subject, []).append(event)

    def judge(self, *, until: date = date.max) -> None:
        """Fold every subject as of a day until the facts rest."""
        facts: dict[str, dict[tuple[str, str], Fact]] = {}
        for fact in self.component_facts():
            facts.setdefault(fact.target, {})[fact.source, fact.name] = fact
        pending = set(self.events) | set(facts)
        self.verdicts = {}
        rounds = 0
        while pending:
            rounds += 1
            assert rounds <= 4, "facts must come to rest after one hop"
            pending = self._judge_round(pending, facts, until)

    def _judge_round(self, pending: set[str], facts: dict[str, dict[tuple[str, str], Fact]], until: date) -> set[str]:
        woken: set[str] = set()
        for subject in sorted(pending):
            old = (
                {(fact.target, fact.name): fact for fact in self.verdicts[subject].facts}
                if subject in self.verdicts
                else {}
            )
            verdict = fold_timeline(
                subject,
                [event for event in self.events.get(subject, []) if event.occurred_on <= until],
                facts=Facts(tuple(facts.get(subject, {}).values())),
                composition=self._composition_of(subject),
                registry=self.registry,
                rulebook=self.rulebook,
                rules=self.rules,
            )
            self.verdicts[subject] = verdict
            new = {(fact.target, fact.name): fact for fact in verdict.facts}
            for target, name in old.keys() - new.keys():
                del facts[target][subject, name]
                woken.add(target)
            for (target, name), fact in new.items():
                if old.get((target, name)) != fact:
                    facts.setdefault(target, {})[subject, name] = fact
                    woken.add(target)
        return woken

    def _composition_of(self, subject: str) -> tuple[tuple[str, str], ...]:
        """Return the pairs claimed for a battery, and those of its modules."""
        pairs = [(parent, component) for parent, component, _, _ in self.claims]
        parts = {component for parent, component in pairs if parent == subject}
        return tuple(pair for pair in pairs if pair[0] == subject or pair[0] in parts)

    def component_facts(self) -> list[Fact]:
        """Return what rival claims of components tell their claimants."""
        by_component: dict[str, dict[str, tuple[date, tuple[str, str]]]] = {}
        for parent, component, since, key in self.claims:
            first = by_component.setdefault(component, {})
            if parent not in first or (since, key) < first[parent]:
                first[parent] = (since, key)
        told = []
        for component, parents in by_component.items():
            for parent in parents:
                others = {other: claim for other, claim in parents.items() if other != parent}
                for other, (since, key) in sorted(others.items()):
                    body = {"component": component, "other": other, "since": since.isoformat(), "reporter": key[0], "report_id": key[1],
                            "own_since": parents[parent][0].isoformat(),
                            "received_on": self.received[key].astimezone(SHANGHAI).date().isoformat()}  # fmt: skip
                    told.append(Fact(parent, f"component:{component}:{other}", "component_claimed", body))
        return told

    def findings(self, *, sweep: date | None = None) -> list[Finding]:
        """Return all findings; a sweep adds those of duties lapsed before its day (in the place of their lead) and of participants."""
        found = {(f.subject, f.rule, f.reporter, f.report_id): f for v in self.verdicts.values() for f in v.findings}
        if sweep is not None:
            owed = [duty for verdict in self.verdicts.values() for duty in verdict.duties]
            for duty in (*owed, *self.orders):
                if duty.has_lapsed(on=sweep) and duty.rule in self.rules.rules:
                    finding = lapse(duty, rule=self.rules.rules[duty.rule])
                    found[finding.subject, finding.rule, finding.reporter, finding.report_id] = finding
            for finding in self._participant_findings(list(found.values()), sweep):
                found[finding.subject, finding.rule, finding.reporter, finding.report_id] = finding
        return list(found.values())

    def _participant_findings(self, found: list[Finding], day: date) -> list[Finding]:
        return [
            finding
            for view in self.views(found, day)
            for finding in find_of_participant(view, duties=list_participant_duties(view), rules=self.rules.rules)
        ]

    def tallies(self, found: list[Finding]) -> Counter[Tally]:
        """Return the counts to which all subjects add, with these findings."""
        broken = {one.subject for one in found if breaks_chain(one.rule, weight=one.weight, rules=self.rules.rules)}
        return Counter(
            tally
            for subject, verdict in self.verdicts.items()
            for tally in unpack_tallies(tally_subject(subject, subject_family(subject), verdict.state,
                                                      since=verdict.since, is_broken=subject in broken))
        )  # fmt: skip

    def views(self, found: list[Finding], day: date) -> list[ParticipantView]:
        """Return what participant rules see of each participant on a day."""
        read = {name for rule in self.rules.rules.values() for name in rule.reads_findings}
        flows = [flow for verdict in self.verdicts.values() for flow in verdict.flows if flow.day <= day]
        sales = [
            Counted(tally, count) for tally, count in self.tallies(found).items() if tally.name in OUTLET_SALES.values()
        ]
        reports = {uscc: self._count_reports(uscc) for uscc in self.registry.usccs}
        peers = sum_peers(reports, registry=self.registry, day=day)
        events = self._party_events()
        return [
            ParticipantView(
                uscc,
                day,
                self.registry,
                self.rulebook,
                flows=tuple(sorted(flow for flow in flows if flow.uscc == uscc)),
                reports=reports[uscc],
                findings=tuple(
                    HeldAgainst(one.rule, one.subject, one.report_id, one.weight, dict(sorted(one.evidence.items())))
                    for one in found
                    if one.party == uscc and one.rule in read
                ),
                penalties=self.penalties.get(uscc, ()),
                tallies=tuple(sorted(one for one in sales if one.tally.party == uscc)),
                peers=peers.get(self.registry.roles_of(uscc, on=day), {}),
                events=tuple(one for one in events if uscc in (one.reporter, one.counterparty)),
                months=self._party_months(uscc),
                kept=list_kept(self.registry.register),
            )
            for uscc in self.registry.usccs
        ]

    def _count_reports(self, uscc: str) -> tuple[ReportCount, ...]:
        counts = Counter(
            (report.kind.name, f"{self.received[key].astimezone(SHANGHAI):%Y-%m}")
            for key, report in self.reports.items()
            if report.reporter == uscc
        )
        return tuple(sorted(ReportCount(kind, month, count) for (kind, month), count in counts.items()))

    def _party_events(self) -> tuple[Event, ...]:
        """Return the reports that concern parties alone and nobody withdrew."""
        events = {
            event.key: event
            for timeline in self.events.values()
            for event in drop_withdrawn(timeline)
            if event.kind.name in PARTY_KINDS
        }
        return tuple(sorted(events.values(), key=lambda one: (one.occurred_on, one.key)))

    def _party_months(self, uscc: str) -> dict[str, tuple[str, ...]]:
        """Return the months in which a participant reported something to have occurred, births also under their model."""
        months: dict[str, set[str]] = {}
        for report in self.reports.values():
            if report.reporter == uscc and report.kind.name not in ("nothing_to_report", "report_withdrawn"):
                models = {"", report.fields["model"]} if report.kind.name in MODEL_BIRTHS else {""}
                for model in models:
                    months.setdefault(model, set()).add(month_of(report.occurred_on))
        return {model: tuple(sorted(named)) for model, named in months.items()}


def make_registry(rows: dict[str, tuple[str, str, str, str]], *, register: Register = EMPTY_REGISTER) -> Registry:
    """Return a registry of `USCC: (roles, division, manufacturer codes, valid until)` and what else is registered."""
    entries = [
        Participant(
            uscc,
            uscc,
            frozenset(roles.split()),
            division,
            frozenset(makers.split()),
            date(2015, 1, 1),
            date.fromisoformat(until) if until else None,
        )
        for uscc, (roles, division, makers, until) in rows.items()
    ]
    return Registry(entries, version=1, register=register)
