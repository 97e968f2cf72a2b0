"""The independent auditor: holds what the platform found in a simulated nation against what is true of it.

    python bench/alarms_audit.py DIR OUT        judge again what bench/alarms_play.py wrote into OUT

It shares no code with the platform: it reads the labels of the simulator and the findings as plain JSON, and knows the rules by
their public names only. A violation is true where a label of a breach names its subject or report, and its party; all others are
false, whatever they say.
"""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

RIPE_DAYS = 60  # limit and grace of most duties are over by then; a label told later may not be found yet
HABIT_MIN = 3  # breaches of one kind by one party
WEIGHTS = ("notice", "lead", "violation")
NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Detection:
    """Which findings count as detection of a kind of breach: those about its subjects and reports, and those about its party.

    What follows from it, an account that does not close while a report is out, detects nothing, but is true. So is a lead that
    tells of a habit, where its party commits several.
    """

    of_items: frozenset[str]
    of_parties: frozenset[str] = frozenset()
    follows: frozenset[str] = frozenset()
    of_habits: frozenset[str] = frozenset()


def _detection(of_items: str, of_parties: str = "", *, follows: str = "", of_habits: str = "") -> Detection:
    return Detection(*(frozenset(names.split()) for names in (of_items, of_parties, follows, of_habits)))


_ACCOUNTS = "stock_negative stock_count_differs report_overdue registered_but_silent"
DETECTIONS: Mapping[str, Detection] = {
    "missing_pack": _detection(
        "scrapped_vehicle_battery_missing certificate_issued_for_incomplete_vehicle removed_battery_not_handed_over unbound_vehicle_scrapped",
        of_habits="detector:missing_more_than_peers",
    ),
    "unlawful_receiver": _detection("handover_to_unlawful_receiver receiver_differs receiver_qualification_expired"),
    "cloned_code": _detection(
        "code_registered_twice pack_bound_to_two_vehicles two_holders_claim_one_battery handed_over_without_holding"
        " replaced_pack_was_not_fitted event_after_final_state seen_after_scrapping component_in_two_parents"
        " scrapped_vehicle_battery_is_another detector:seen_in_two_places_at_once"
    ),
    "forged_code": _detection(
        "code_seen_before_birth reuse_code_without_parent unknown_issuer code_date_contradicts_production_date"
        " handed_over_without_holding scrapped_vehicle_battery_is_another detector:codes_never_born"
    ),
    "swapped_pack": _detection(
        "scrapped_vehicle_battery_is_another scrapped_vehicle_battery_missing replaced_pack_was_not_fitted"
        " pack_bound_to_two_vehicles two_holders_claim_one_battery"
    ),
    "phantom_mass": _detection(
        "recovered_more_than_fed input_mass_unaccounted stock_negative throughput_above_permit stock_count_differs"
        " code_seen_before_birth",  # packs that never came were never made
        "recovered_more_than_fed stock_negative throughput_above_permit stock_count_differs detector:mass_without_a_source"
        " detector:more_metal_than_peers detector:codes_never_born",
    ),
    "ring": _detection(
        "returned_to_sender_in_a_ring parents_in_a_ring detector:goods_in_a_ring", "detector:goods_in_a_ring"
    ),
    "back_dating": _detection(
        "reported_late handed_over_but_never_received received_before_handed_over handed_over_without_holding"
        " two_holders_claim_one_battery event_after_final_state",  # a made-up day contradicts what others tell
        "burst_of_backdated_reports detector:dated_back",
    ),
    "silent_enterprise": _detection("", "registered_but_silent report_overdue detector:named_by_others_but_silent"),
    "held_back": _detection("reported_late", "burst_of_backdated_reports detector:dated_back", follows=_ACCOUNTS),
    "unreported": _detection(
        "handed_over_but_never_received received_but_never_handed_over code_seen_before_birth handed_over_without_holding",
        follows=_ACCOUNTS,
    ),
    "unreported_replacement": _detection("scrapped_vehicle_battery_is_another scrapped_vehicle_battery_missing"),
    "late_report": _detection("reported_late", follows=_ACCOUNTS),
    "cannibalised_modules": _detection(
        "modules_missing_at_dismantling component_in_two_parents mass_differs_in_transit"
    ),
}
"""The public names of rules and detectors that show a kind of breach. A party's own lead, as an unusual rate of missing packs,
shows no single missing pack and does not count for it."""


@dataclass(frozen=True, slots=True)
class Label:
    """What the simulator says is true: a breach, or an error or event that is none."""

    kind: str
    is_breach: bool
    accused: frozenset[str]
    subjects: frozenset[str]
    reports: frozenset[str]
    happened_on: date
    told_on: date | None
    note: str = ""

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Self:
        """Return a label from its JSON."""
        parties = {line.get("party"), *line.get("parties", ())} - {None}
        told_on = line.get("told_on")
        return cls(
            line["label"],
            line["breach"],
            frozenset(parties),
            frozenset(line.get("subjects", ())),
            frozenset(line.get("reports", ())),
            date.fromisoformat(line["happened_on"]),
            date.fromisoformat(told_on) if told_on else None,
            line.get("note") or "",
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that stood at some sweep: first seen on these days, by weight; `stands` is its weight at the end."""

    rule: str
    subject: str
    about: frozenset[str]
    party: str | None
    report: str
    first_seen: Mapping[str, date]
    stands: str | None
    said: Mapping[str, Any] = field(compare=False)

    @classmethod
    def read(cls, line: Mapping[str, Any]) -> Self:
        """Return a finding from its JSON."""
        return cls(
            line["rule"],
            line["subject"],
            frozenset(line["about"]),
            line["party"],
            f"{line['reporter']}/{line['report_id']}",
            {weight: date.fromisoformat(day) for weight, day in line["first_seen"].items()},
            line["stands"],
            line,
        )

    @property
    def places(self) -> frozenset[str]:
        """Return the subjects under which it is shown."""
        return self.about | {self.subject}

    @property
    def gravest(self) -> str:
        """Return the gravest weight at which it ever stood."""
        return max(self.first_seen, key=WEIGHTS.index)

    def seen_on(self, *, least: str) -> date | None:
        """Return the day on which it was first seen at this weight or above."""
        days = [day for weight, day in self.first_seen.items() if WEIGHTS.index(weight) >= WEIGHTS.index(least)]
        return min(days, default=None)


@dataclass(frozen=True, slots=True)
class Caught:
    """When a breach was first shown, at any weight from lead on, and as a violation; and the gravest that stands of it."""

    label: Label
    shown_on: date | None
    violation_on: date | None
    stands: str
    rules: frozenset[str]


@dataclass
class Truth:
    """Labels and findings, found by what they name."""

    labels: list[Label]
    findings: list[Finding]
    accepted: int
    until: date
    looks: int = 0

    def without_labels(self, kind: str) -> "Truth":
        """Return the same without the labels of a kind: a control."""
        return replace(self, labels=[one for one in self.labels if one.kind != kind])

    def without_findings(self, rule: str) -> "Truth":
        """Return the same without the findings of a rule: a control."""
        return replace(self, findings=[one for one in self.findings if one.rule != rule])

    # -- indexes ---------------------------------------------------------------------------------------------------

    @cached_property
    def labels_at(self) -> dict[str, list[Label]]:
        """Return labels by subject, report and accused party."""
        found: dict[str, list[Label]] = defaultdict(list)
        for label in self.labels:
            for name in label.subjects | label.reports | {f"party:{uscc}" for uscc in label.accused}:
                found[name].append(label)
        return found

    @cached_property
    def findings_at(self) -> dict[str, list[Finding]]:
        """Return findings by subject, report and party."""
        found: dict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            for name in finding.places | {finding.report, f"party:{finding.party}"}:
                found[name].append(finding)
        return found

    # -- true or false ---------------------------------------------------------------------------------------------

    def breaches_of(self, finding: Finding) -> list[Label]:
        """Return the labels of breaches that make a finding true: they name its subject or report, and its party."""
        near = [label for name in (*finding.places, finding.report) for label in self.labels_at.get(name, ())]
        found = [label for label in near if label.is_breach and _accuses(label, finding.party)]
        of_party = [label for label in self.labels_at.get(f"party:{finding.party}", ()) if label.is_breach]
        often = {kind for kind, count in Counter(label.kind for label in of_party).items() if count >= HABIT_MIN}
        for label in of_party:
            detection = DETECTIONS.get(label.kind)
            if detection is None:
                continue
            if finding.rule in detection.of_habits and label.kind in often:
                found.append(label)
            if finding.rule in detection.of_parties or (finding.rule in detection.follows and _is_out(label, finding)):
                found.append(label)
        return found

    @cached_property
    def false_ever(self) -> list[Finding]:
        """Return what ever stood as a violation and is matched by no breach."""
        return [one for one in self.findings if "violation" in one.first_seen and not self.breaches_of(one)]

    @property
    def false_standing(self) -> list[Finding]:
        """Return the false violations that stand at the end."""
        return [one for one in self.false_ever if one.stands == "violation"]

    @cached_property
    def honest_reports(self) -> int:
        """Return how many accepted reports belong to no breach."""
        return self.accepted - len({report for label in self.labels if label.is_breach for report in label.reports})

    def context_of(self, finding: Finding) -> list[str]:
        """Return in words which labels lie near a finding, for the engineer who looks into it."""
        near = {
            id(label): label for name in (*finding.places, finding.report) for label in self.labels_at.get(name, ())
        }
        return [
            f"{label.kind} ({'breach' if label.is_breach else 'honest'}) by {', '.join(sorted(label.accused)) or 'nobody'}"
            f" on {label.happened_on}: {label.note}"
            for label in near.values()
        ]

    # -- breaches and what was seen of them ------------------------------------------------------------------------

    @cached_property
    def breaches(self) -> list[Label]:
        """Return the breaches of which the record can tell by the end of the play."""
        return [one for one in self.labels if one.is_breach and one.told_on is not None and one.told_on <= self.until]

    def shows(self, label: Label) -> list[Finding]:
        """Return the findings that count as detection of a breach, notices left out."""
        detection = DETECTIONS.get(label.kind)
        if detection is None:
            return []
        items = [one for name in label.subjects | label.reports for one in self.findings_at.get(name, ())]
        parties = [one for uscc in label.accused for one in self.findings_at.get(f"party:{uscc}", ())]
        found = {id(one): one for one in items if one.rule in detection.of_items}
        found |= {id(one): one for one in parties if one.rule in detection.of_parties}
        return [one for one in found.values() if one.gravest != "notice"]

    @cached_property
    def caught(self) -> list[Caught]:
        """Return for each breach that is told what became of it."""
        return [self._catch(label) for label in self.breaches]

    def _catch(self, label: Label) -> Caught:
        shown = self.shows(label)
        leads = [day for one in shown if (day := one.seen_on(least="lead"))]
        violations = [day for one in shown if (day := one.seen_on(least="violation"))]
        stands = max((one.stands for one in shown if one.stands), key=WEIGHTS.index, default=NOTHING)
        return Caught(
            label,
            min(leads, default=None),
            min(violations, default=None),
            stands,
            frozenset(one.rule for one in shown),
        )

    def is_ripe(self, label: Label) -> bool:
        """Tell whether limit and grace of most duties were over for it by the end of the play."""
        return label.told_on is not None and label.told_on <= self.until - timedelta(days=RIPE_DAYS)

    def recall(self, kind: str, *, of_ripe: bool = False) -> float | None:
        """Return the share of the told breaches of a kind, or of the ripe ones, that were shown; None where there are none."""
        of_kind = [one for one in self.caught if one.label.kind == kind and (self.is_ripe(one.label) or not of_ripe)]
        return sum(one.shown_on is not None for one in of_kind) / len(of_kind) if of_kind else None

    # -- honest errors ---------------------------------------------------------------------------------------------

    def outcome_of_honest(self, label: Label) -> tuple[str, str]:
        """Return the gravest weight that stands, and that ever stood, near an honest error and belongs to no breach."""
        by_report = [one for report in label.reports for one in self.findings_at.get(report, ())]
        by_subject = [
            one
            for subject in label.subjects
            for one in self.findings_at.get(subject, ())
            if _accuses(label, one.party) and one.said.get("occurred_on", "9999") >= label.happened_on.isoformat()
        ]
        near = [
            one for one in {id(one): one for one in (*by_report, *by_subject)}.values() if not self.breaches_of(one)
        ]
        stands = max((one.stands for one in near if one.stands), key=WEIGHTS.index, default=NOTHING)
        ever = max((one.gravest for one in near), key=WEIGHTS.index, default=NOTHING)
        return stands, ever


def _accuses(label: Label, party: str | None) -> bool:
    return party is None or not label.accused or party in label.accused


def _is_out(label: Label, finding: Finding) -> bool:
    """Tell whether what a label tells of had happened, and was not yet told, when a finding was first seen."""
    first = min(finding.first_seen.values())
    return label.happened_on <= first and (label.told_on is None or label.told_on >= first)


def read_truth(folder: Path, out: Path) -> Truth:
    """Read the labels of a world and what the player noted of it."""
    played = json.loads((out / "played.json").read_text(encoding="utf-8"))
    with (folder / "labels.jsonl").open(encoding="utf-8") as stream:
        labels = [Label.read(json.loads(line)) for line in stream]
    with (out / "findings.jsonl").open(encoding="utf-8") as stream:
        findings = [Finding.read(json.loads(line)) for line in stream]
    until = date.fromisoformat(played["until"])
    return Truth(labels, findings, played["accepted"], until, played.get("looks", 0))


# -- the controls that must fail -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Control:
    """One control: what was taken away, what had to get worse, and whether it did."""

    taken: str
    before: str
    after: str
    is_noticed: bool


def run_controls(truth: Truth) -> list[Control]:
    """Take away the labels of each kind and the findings of each mapped rule in turn; what was right must then be wrong.

    A kind whose violations other labels explain too, and a rule whose breaches other rules show too, are left out.
    """
    return [*_drop_labels(truth), *_drop_findings(truth)]


def _drop_labels(truth: Truth) -> Iterable[Control]:
    alone: Counter[str] = Counter()
    for finding in truth.findings:
        kinds = {label.kind for label in truth.breaches_of(finding)} if "violation" in finding.first_seen else set()
        if len(kinds) == 1:
            alone[kinds.pop()] += 1
    for kind, count in sorted(alone.items()):
        before, after = len(truth.false_ever), len(truth.without_labels(kind).false_ever)
        yield Control(f"labels of {kind}", f"{before} false", f"{after} false", after == before + count)


def _drop_findings(truth: Truth) -> Iterable[Control]:
    alone = {(one.label.kind, next(iter(one.rules))) for one in truth.caught if len(one.rules) == 1}
    for kind, rule in sorted(alone):
        before, after = truth.recall(kind) or 0.0, truth.without_findings(rule).recall(kind) or 0.0
        taken = f"findings of {rule}"
        yield Control(taken, f"recall of {kind} {before:.1%}", f"{after:.1%}", after < before)


def main() -> int:
    """Judge a played folder again and print the tables."""
    from alarms_tables import describe_truth, write_examples

    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    truth = read_truth(folder, out)
    print(describe_truth(truth))
    print(f"Examples: {write_examples(truth, out)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
