"""The rules of conduct once more: penalties, bursts, silence, losses beside those of peers, and what was withdrawn too late."""

from datetime import date, datetime, timedelta
from math import exp
from typing import Any

from tests.province.naive_subjects import judge_subjects
from tests.province.naive_world import (
    RULES_BEGIN,
    Found,
    Key,
    Plain,
    Raw,
    about_party,
    add_months,
    day_of,
    due_day,
    key_of,
    month_end,
    month_of,
)
from tests.reference.model import batteries_in
from tests.reference.timeline import CHINA

TOOK_IN_HAND = ("battery_produced", "battery_imported", "uncoded_battery_declared", "swap_pool_joined", "battery_swapped",
                "battery_replaced", "vehicle_scrapped", "battery_removed", "battery_received")  # fmt: skip


def judge_conduct(plain: Plain, day: date) -> list[Found]:
    """Return what is found on a day about the conduct of every participant."""
    found = []
    for uscc in plain.usccs:
        found += _punished(plain, uscc, day)
        found += _bursts(plain, uscc, day)
        found += _silent(plain, uscc, day)
        found += _losses(plain, uscc, day)
    return found


def _punished(plain: Plain, uscc: str, day: date) -> list[Found]:
    known = sorted((one["decided_on"], one["case_no"], one["decision"]) for one in plain.penalties
                   if one["party"] == uscc and one["decided_on"] <= day)  # fmt: skip
    found = []
    for place, (decided_on, case_no, decision) in enumerate(known):
        until = add_months(decided_on, 12 * plain.threshold("industry_list_bar_years", day))
        if day < until:
            found.append(about_party(uscc, "punished_within_two_years", "notice", case=case_no, decision=decision,
                                     decided_on=decided_on.isoformat(), barred_from_industry_list_until=until.isoformat(),
                                     earlier_penalties=place))  # fmt: skip
    return found


# -- bursts --------------------------------------------------------------------------------------------------------


def last_day_in_time(plain: Plain, raw: Raw) -> date | None:
    """Return the last day on which a report was in time; None where it was owed by no day."""
    on = day_of(raw)
    limit = plain.limit(raw["kind"], raw["reporter"], on)
    if limit is None or raw.get("sale_kind", "new") != "new":
        return None
    since = date.fromisoformat(raw[limit["counted_from"]]) if limit.get("counted_from") in raw else on
    return due_day(since, limit)


def received_for_limits(plain: Plain, raw: Raw) -> date:
    """Return the day of receipt; of migrated history that of the first report."""
    told = raw.get("originally_reported_at")
    return datetime.fromisoformat(told).astimezone(CHINA).date() if told else plain.received_on(raw)


def is_first_load(plain: Plain, raw: Raw, came: date) -> bool:
    """Tell whether a report came within the first load of its reporter, or of everybody."""
    first = min((one.valid_from for one in plain.registry.entries_of(raw["reporter"])), default=None)
    days, window = plain.threshold("first_load_days", came), plain.threshold("first_load_window", came)
    return (first is not None and came <= first + timedelta(days=days)) or bool(
        window and window[0] <= came <= window[1]
    )


def _bursts(plain: Plain, uscc: str, day: date) -> list[Found]:
    least, days = plain.threshold("burst_days_late_min", day), plain.threshold("burst_days", day)
    late: list[tuple[date, date]] = []
    for raw in plain.by(uscc):
        if raw["kind"] != "report_withdrawn" and key_of(raw) not in plain.withdrawn:
            due, came = last_day_in_time(plain, raw), received_for_limits(plain, raw)
            if due is not None and came <= day and (came - due).days >= least and not is_first_load(plain, raw, came):
                late.append((came, due))
    late.sort()
    groups: list[set[int]] = []
    for came, _ in late:
        week = {place for place, (other, _) in enumerate(late) if came <= other < came + timedelta(days=days)}
        if len(week) >= plain.threshold("burst_reports_min", day):
            if groups and groups[-1] & week:
                groups[-1] |= week
            else:
                groups.append(week)
    return [about_party(uscc, "burst_of_backdated_reports", "lead",
                        received_from=min(late[one][0] for one in group).isoformat(),
                        received_until=max(late[one][0] for one in group).isoformat(), reports=len(group),
                        oldest_due_on=min(late[one][1] for one in group).isoformat()) for group in groups]  # fmt: skip


# -- silence and losses --------------------------------------------------------------------------------------------


def _silent(plain: Plain, uscc: str, day: date) -> list[Found]:
    if not plain.is_in_force(uscc, day):
        return []
    months = [month_of(plain.received_on(raw)) for raw in plain.by(uscc)]
    last = max((month for month in months if month <= month_of(day)), default=None)
    entry = min(one.valid_from for one in plain.registry.entries_of(uscc))
    since = max(month_end(last) if last else entry, RULES_BEGIN)
    if add_months(since, plain.threshold("silent_months", day)) >= day:
        return []
    return [about_party(uscc, "registered_but_silent", "lead", silent_since=since.isoformat(), last_report_month=last)]


def _count(plain: Plain, uscc: str, kinds: tuple[str, ...], months: set[str]) -> int:
    return sum(1 for raw in plain.by(uscc) if raw["kind"] in kinds and month_of(plain.received_on(raw)) in months)


def _losses(plain: Plain, uscc: str, day: date) -> list[Found]:
    first = day.replace(day=1)
    months = {month_of(add_months(first, -n)) for n in range(1, 13)}
    lost = _count(plain, uscc, ("battery_lost",), months)
    if lost < plain.threshold("losses_min", day):
        return []
    roles = plain.roles(uscc, day)
    others = [
        one
        for one in plain.usccs
        if one != uscc and plain.roles(one, day) == roles and _count(plain, one, TOOK_IN_HAND, months)
    ]
    if len(others) < plain.threshold("losses_peers_min", day):
        return []
    handled = _count(plain, uscc, TOOK_IN_HAND, months)
    others_handled = sum(_count(plain, one, TOOK_IN_HAND, months) for one in others)
    others_lost = sum(_count(plain, one, ("battery_lost",), months) for one in others)
    expected = handled * (others_lost + 1) / others_handled
    if lost <= expected * plain.threshold("losses_times_peers", day):
        return []
    if chance_of(lost, expected) * 1_000_000 >= plain.threshold("losses_chance_ppm", day):
        return []
    return [about_party(uscc, "losses_above_peers", "lead", lost=lost, handled=handled, others=len(others), others_lost=others_lost,
                        others_handled=others_handled, expected=round(expected, 2), since_month=min(months))]  # fmt: skip


def chance_of(least: int, expected: float) -> float:
    """Return the Poisson chance of at least so many where so many are expected."""
    term, below = exp(-expected), 0.0
    for number in range(least):
        below += term
        term *= expected / (number + 1)
    return 1 - below


# -- withdrawals ---------------------------------------------------------------------------------------------------


def judge_withdrawals(plain: Plain) -> list[Found]:
    """Return the reports withdrawn after the day on which they first brought a violation against their own reporter.

    Each is judged twice more among the reports that touch its subjects: what had come before the day of the withdrawal, and
    all that is known now without it.
    """
    found = []
    by_key: dict[Key, Raw] = {key_of(raw): raw for raw in plain.reports}
    for key, withdrawals in sorted((key, told) for key, told in plain.withdrawn.items() if key in by_key):
        target, first = by_key[key], min(withdrawals, key=lambda raw: plain.received[key_of(raw)])
        day, near = plain.received_on(first), _reports_near(plain, target)
        before = _violations(plain, [raw for raw in near if plain.received_on(raw) < day])
        now = _violations(plain, [raw for raw in near if raw not in withdrawals])
        both = {one for one in before & now if one[2] == key and one[0] != "reported_late"}
        for subject in sorted({one[1] for one in both}):
            if not _is_replaced(plain, target, subject, day):
                evidence: tuple[tuple[str, Any], ...] = (
                    ("rules", sorted(rule for rule, about, _ in both if about == subject)),
                    ("withdrawn_by", first["report_id"]),
                    ("withdrawn_on", day.isoformat()),
                )
                found.append(Found("withdrawn_after_finding", subject, "lead", key[0], evidence, key))
    return found


def _subjects_of(raw: Raw) -> set[str]:
    """Return the batteries and the vehicle in whose timelines a report stands."""
    return batteries_in(raw) | ({raw["vin"]} if "vin" in raw else set())


def _reports_near(plain: Plain, target: Raw) -> list[Raw]:
    """Return the reports that touch the subjects of one, or the subjects of those, and what withdraws them."""
    subjects, near = _subjects_of(target), set[Key]()
    for _ in range(3):
        touching = [raw for raw in plain.reports if _subjects_of(raw) & subjects]
        near = {key_of(raw) for raw in touching}
        subjects = subjects.union(*map(_subjects_of, touching))
    return [raw for raw in plain.reports
            if key_of(raw) in near or (raw["reporter"], raw.get("withdrawn_report_id", "")) in near]  # fmt: skip


def _violations(plain: Plain, reports: list[Raw]) -> set[tuple[str, str, Key]]:
    """Return which rules were broken in whose timeline by which report, held against its own reporter."""
    found = judge_subjects(reports, world=plain.world(), sweep=None).findings
    return {(one.rule, one.subject, one.key) for one in found if one.weight == "violation" and one.party == one.key[0]}


def _is_replaced(plain: Plain, target: Raw, subject: str, day: date) -> bool:
    """Tell whether another report of the kind stood in its place within the days that the rulebook leaves."""
    day += timedelta(days=plain.threshold("replacement_days", day))
    return any(raw["kind"] == target["kind"] and raw["reporter"] == target["reporter"] and raw is not target
               and subject in _subjects_of(raw) and plain.received[key_of(raw)] > plain.received[key_of(target)]
               and plain.received_on(raw) <= day for raw in plain.counted)  # fmt: skip
