"""The tables of bench/alarms.py: what the auditor measured, as Markdown, and files of examples for engineers."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from alarms_audit import DETECTIONS, NOTHING, RIPE_DAYS, WEIGHTS, Caught, Control, Finding, Truth

FALSE_SHARE_MAX = 0.0005  # at most 0.05 % of honest reports may end as a violation
RECALL_MIN = 0.95
EXAMPLES_PER_RULE = 25
Row = Iterable[object]


def describe_truth(truth: Truth) -> str:
    """Return all tables of one play."""
    parts = [
        describe_false(truth),
        "Breaches told by the end, and what was seen of them:",
        describe_kinds(truth),
        "Rules and detectors, leads and violations that ever stood:",
        describe_rules(truth),
        "Detectors: how often they named the honest, beside what they promise:",
        describe_detectors(truth),
        "Honest errors and events, by the gravest that stands near them at the end and belongs to no breach:",
        describe_honest(truth),
    ]
    return "\n\n".join(parts)


def describe_false(truth: Truth) -> str:
    """Return the sentence that counts: false violations among honest reports."""
    standing, ever = truth.false_standing, truth.false_ever
    reports = truth.honest_reports
    verdict = "held" if is_quiet(truth) else "NOT held"
    by_rule = Counter(one.rule for one in standing)
    told = ", ".join(f"{rule} {count}" for rule, count in by_rule.most_common()) or "none"
    return (
        f"False violations: {len(standing)} stand at the end among {reports:,} honest reports, {_permyriad(len(standing), reports)} "
        f"(at most 0.05 %: {verdict}); {len(ever)} ever stood, {_permyriad(len(ever), reports)}. Standing, by rule: {told}."
    )


def is_quiet(truth: Truth) -> bool:
    """Tell whether few enough honest reports ended as a violation."""
    return len(truth.false_standing) <= FALSE_SHARE_MAX * truth.honest_reports


def missed_kinds(truth: Truth) -> list[str]:
    """Return the kinds of breach of whose ripe ones too few were shown."""
    recalls = {kind: truth.recall(kind, of_ripe=True) for kind in sorted(DETECTIONS)}
    return [kind for kind, recall in recalls.items() if recall is not None and recall < RECALL_MIN]


def describe_kinds(truth: Truth) -> str:
    """Return recall, precision, days to detection and what breaches ended as, by kind."""
    heads = (
        "breach", "told", "recall", f"recall, told {RIPE_DAYS} days before the end", "as a violation", "precision",
        "days from the breach, median / p90", "from when it is told", "stands as violation / lead / notice / nothing",
    )  # fmt: skip
    rows = [row for kind in DETECTIONS if (row := _kind_row(truth, kind)) is not None]
    strange = sorted({one.kind for one in truth.labels if one.is_breach} - DETECTIONS.keys())
    rows += [(kind, "no rule is mapped to it") for kind in strange]
    return _table(heads, rows)


def _kind_row(truth: Truth, kind: str) -> Row | None:
    of_kind = [one for one in truth.caught if one.label.kind == kind]
    if not of_kind:
        return None
    ripe = [one for one in of_kind if truth.is_ripe(one.label)]
    shown = [one for one in of_kind if one.shown_on]
    stands = Counter(one.stands for one in of_kind)
    return (
        kind,
        len(of_kind),
        _share(len(shown), len(of_kind)),
        _share(sum(one.shown_on is not None for one in ripe), len(ripe)),
        _share(sum(one.violation_on is not None for one in of_kind), len(of_kind)),
        _precision(truth, kind),
        _days([(one.shown_on - one.label.happened_on).days for one in shown]),
        _days([_days_from_told(one) for one in shown]),
        " / ".join(str(stands[weight]) for weight in (*reversed(WEIGHTS), NOTHING)),
    )


def _days_from_told(one: Caught) -> int:
    assert one.shown_on is not None
    assert one.label.told_on is not None
    return (one.shown_on - one.label.told_on).days


def _precision(truth: Truth, kind: str) -> str:
    """Return the share of the leads and violations of a kind's rules that some breach explains."""
    detection = DETECTIONS[kind]
    rules = detection.of_items | detection.of_parties
    found = [one for one in truth.findings if one.rule in rules and one.gravest != "notice"]
    return _share(sum(bool(truth.breaches_of(one)) for one in found), len(found))


def describe_rules(truth: Truth) -> str:
    """Return for each rule how many of its leads and violations a breach explains, its own kind or another."""
    heads = (
        "rule or detector",
        "violations",
        "true",
        "leads",
        "true",
        "explained by its own kind",
        "false violations that stand",
    )
    standing = Counter(one.rule for one in truth.false_standing)
    rows = []
    for rule in sorted({one.rule for one in truth.findings if one.gravest != "notice"}):
        of_rule = [one for one in truth.findings if one.rule == rule and one.gravest != "notice"]
        kinds = [{label.kind for label in truth.breaches_of(one)} for one in of_rule]
        own = {
            kind for kind, found in DETECTIONS.items() if rule in found.of_items | found.of_parties | found.of_habits
        }
        rows.append(
            (
                rule,
                *_true_share(of_rule, kinds, "violation"),
                *_true_share(of_rule, kinds, "lead"),
                _share(sum(bool(one & own) for one in kinds), len(of_rule)),
                standing[rule],
            )
        )
    return _table(heads, rows)


def describe_detectors(truth: Truth) -> str:
    """Return for each detector how often its looks named somebody whom no breach explains, beside the rate it expects."""
    heads = (
        "detector",
        "leads",
        "explained by a breach",
        "not",
        "looks that newly named the honest",
        "expected at most",
    )
    rows = []
    for name in sorted({one.rule for one in truth.findings if one.rule.startswith("detector:")}):
        leads = [one for one in truth.findings if one.rule == name]
        false = [one for one in leads if not truth.breaches_of(one)]
        days = {one.first_seen["lead"] for one in false}
        expected = leads[0].said["expected_false_positives"]
        told = f"{expected['at_most']:g} of {expected['per']}"
        rows.append((name, len(leads), len(leads) - len(false), len(false), f"{len(days)} of {truth.looks}", told))
    return _table(heads, rows)


def _true_share(findings: list[Finding], kinds: list[set[str]], weight: str) -> tuple[int, str]:
    of_weight = [bool(found) for one, found in zip(findings, kinds, strict=True) if one.gravest == weight]
    return len(of_weight), _share(sum(of_weight), len(of_weight))


def describe_honest(truth: Truth) -> str:
    """Return how honest errors and events of each kind ended."""
    heads = ("honest", "labels", "violation", "lead", "notice", "nothing", "ever a violation")
    by_kind: dict[str, list[tuple[str, str]]] = {}
    for label in truth.labels:
        if not label.is_breach:
            by_kind.setdefault(label.kind, []).append(truth.outcome_of_honest(label))
    rows = []
    for kind, outcomes in sorted(by_kind.items()):
        stands = Counter(stands for stands, _ in outcomes)
        ever = sum(ever == "violation" for _, ever in outcomes)
        rows.append((kind, len(outcomes), *(stands[weight] for weight in (*reversed(WEIGHTS), NOTHING)), ever))
    return _table(heads, rows)


def describe_controls(controls: list[Control]) -> str:
    """Return which controls were noticed; a control that was not is named."""
    blind = [one for one in controls if not one.is_noticed]
    lines = [f"Controls: {len(controls)}, noticed {len(controls) - len(blind)}."]
    lines += [f"NOT noticed: {one.taken}: {one.before}, then {one.after}." for one in blind]
    return "\n".join(lines)


def tabulate_controls(controls: list[Control]) -> str:
    """Return the controls one by one."""
    rows = [(one.taken, one.before, one.after, "yes" if one.is_noticed else "NO") for one in controls]
    return _table(("taken away", "before", "after", "noticed"), rows)


def write_examples(truth: Truth, out: Path) -> Path:
    """Write false violations by rule and missed breaches by kind, some of each, for engineers; returns the folder."""
    _write(out / "false.jsonl", _pick((_false_example(truth, one) for one in truth.false_ever), by="rule"))
    missed = (one for one in truth.caught if one.shown_on is None)
    _write(out / "missed.jsonl", _pick((_missed_example(truth, one) for one in missed), by="label"))
    return out


def _false_example(truth: Truth, finding: Finding) -> dict[str, Any]:
    return {**finding.said, "labels_near": truth.context_of(finding)}


def _missed_example(truth: Truth, one: Caught) -> dict[str, Any]:
    label = one.label
    near = {id(found): found for name in label.subjects | label.reports for found in truth.findings_at.get(name, ())}
    return {
        "label": label.kind,
        "accused": sorted(label.accused),
        "subjects": sorted(label.subjects),
        "reports": sorted(label.reports),
        "happened_on": label.happened_on.isoformat(),
        "told_on": label.told_on.isoformat() if label.told_on else None,
        "note": label.note,
        "findings_near": sorted({f"{found.rule} {found.gravest} {found.subject}" for found in near.values()}),
    }


def _pick(examples: Iterable[dict[str, Any]], *, by: str) -> Iterable[dict[str, Any]]:
    counts: Counter[str] = Counter()
    for one in examples:
        counts[one[by]] += 1
        if counts[one[by]] <= EXAMPLES_PER_RULE:
            yield one


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(row, ensure_ascii=False, default=_tell_day) + "\n" for row in rows)


def _tell_day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON")


def _table(heads: Row, rows: Iterable[Row]) -> str:
    heads = tuple(heads)
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def _permyriad(part: int, whole: int) -> str:
    return f"{100 * part / whole:.4f} %" if whole else "–"


def _days(days: list[int]) -> str:
    ordered = sorted(days)
    return f"{ordered[len(ordered) // 2]} / {ordered[len(ordered) * 9 // 10]}" if ordered else "–"
