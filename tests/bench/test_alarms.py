"""The player plays a small nation through the real platform, and the auditor tells right findings from wrong ones."""

import json
from dataclasses import replace
from datetime import date

import pytest
from alarms_audit import DETECTIONS, Finding, Label, Truth, read_truth, run_controls
from alarms_play import list_sweep_days, play_on
from alarms_tables import describe_controls, describe_truth, is_quiet, missed_kinds, write_examples
from small_nation import UNTIL, write_nation

from suyuan.rules.catalogue import RULES

DAY = date(2026, 9, 1)


@pytest.fixture
def truth(database_url, tmp_path):
    """The small nation played and ready for the auditor."""
    write_nation(tmp_path / "world")
    play_on(database_url, tmp_path / "world", tmp_path / "out", until=None, sweep_days=30, lead_days=400, processes=1)
    return read_truth(tmp_path / "world", tmp_path / "out")


def test_small_nation_ends_with_its_breaches_shown_and_nobody_else_accused(truth, tmp_path):
    assert truth.false_ever == []
    assert [(one.label.kind, one.violation_on is not None) for one in truth.caught] == [
        ("missing_pack", True),
        ("unlawful_receiver", True),
        ("late_report", True),
    ]
    played = json.loads((tmp_path / "out" / "played.json").read_text(encoding="utf-8"))
    assert (played["accepted"], played["duplicate"], played["rejected"]) == (30, 1, 0)
    assert truth.honest_reports == played["accepted"] - 3
    assert [control for control in run_controls(truth) if not control.is_noticed] == []
    assert {control.taken for control in run_controls(truth)} >= {"labels of late_report", "findings of reported_late"}
    assert is_quiet(truth)
    assert missed_kinds(truth) == []


def label(kind, *, accused="A", subjects=("battery:1",), reports=(), breach=True, told_on=DAY):
    return Label(
        kind, breach, frozenset(filter(None, [accused])), frozenset(subjects), frozenset(reports), DAY, told_on
    )


def finding(rule, *, subject="battery:1", party="A", report="A/r1", weight="violation", stands="same", seen_on=DAY):
    said = {"rule": rule, "subject": subject, "occurred_on": DAY.isoformat()}
    stands = weight if stands == "same" else stands
    return Finding(rule, subject, frozenset(), party, report, {weight: seen_on}, stands, said)


def truth_of(labels, findings):
    return Truth(list(labels), list(findings), 1_000, UNTIL)


def test_violation_of_what_a_breach_names_is_true():
    assert truth_of([label("unlawful_receiver")], [finding("handover_to_unlawful_receiver")]).false_ever == []


def test_violation_near_a_breach_against_another_party_is_false():
    one = finding("handover_to_unlawful_receiver", party="B")
    assert truth_of([label("unlawful_receiver")], [one]).false_ever == [one]


def test_violation_near_an_honest_error_is_false():
    one = finding("pack_bound_to_two_vehicles")
    truth = truth_of([label("typing_error", breach=False)], [one])
    assert truth.false_standing == [one]
    assert truth.outcome_of_honest(truth.labels[0]) == ("violation", "violation")


def test_violation_that_was_taken_back_is_counted_apart():
    truth = truth_of([], [finding("pack_bound_to_two_vehicles", stands=None)])
    assert (len(truth.false_ever), truth.false_standing) == (1, [])


def test_lead_is_never_a_false_violation():
    assert truth_of([], [finding("held_too_long", weight="lead")]).false_ever == []


def test_notice_detects_nothing_and_a_lead_does():
    of_notice = truth_of([label("forged_code")], [finding("unknown_issuer", weight="notice")])
    of_lead = truth_of([label("forged_code")], [finding("code_seen_before_birth", weight="lead")])
    assert (of_notice.recall("forged_code"), of_lead.recall("forged_code")) == (0.0, 1.0)


def test_finding_of_a_rule_that_is_not_mapped_detects_nothing():
    assert truth_of([label("late_report")], [finding("mass_differs_in_transit")]).recall("late_report") == 0.0


def test_lead_about_a_party_detects_its_silence_and_no_single_missing_pack():
    silent = finding("registered_but_silent", subject="participant:A", weight="lead")
    truth = truth_of([label("silent_enterprise", subjects=()), label("missing_pack")], [silent])
    assert (truth.recall("silent_enterprise"), truth.recall("missing_pack")) == (1.0, 0.0)


def test_breach_of_which_the_record_never_tells_is_not_asked_for():
    assert truth_of([label("cloned_code", told_on=None)], []).recall("cloned_code") is None


def test_days_of_detection_run_to_the_first_day_it_was_seen():
    early, late = date(2026, 10, 1), date(2026, 11, 1)
    found = [finding("reported_late", seen_on=late), finding("reported_late", weight="lead", seen_on=early)]
    (one,) = truth_of([label("late_report")], found).caught
    assert (one.shown_on, one.violation_on) == (early, late)


def test_removed_labels_of_a_kind_make_its_violations_false():
    truth = truth_of([label("late_report"), label("ring", subjects=["battery:2"])], [finding("reported_late")])
    assert len(truth.without_labels("late_report").false_ever) == 1
    assert truth.without_labels("ring").false_ever == []


def test_removed_findings_of_a_rule_lower_recall():
    truth = truth_of([label("late_report")], [finding("reported_late")])
    assert truth.without_findings("reported_late").recall("late_report") == 0.0
    assert all(control.is_noticed for control in run_controls(truth))


def test_control_that_changes_nothing_is_told():
    class Blind(Truth):
        def without_labels(self, _kind):
            return self

    blind = Blind([label("late_report")], [finding("reported_late")], 1_000, UNTIL)
    assert "NOT noticed: labels of late_report" in describe_controls(run_controls(blind))


def test_more_than_five_in_ten_thousand_is_not_quiet():
    one = finding("pack_bound_to_two_vehicles")
    truth = truth_of([], [one])
    assert not is_quiet(truth)
    assert is_quiet(replace(truth, accepted=2_000))


def test_every_rule_the_auditor_knows_is_a_public_name():
    known = {rule.name for rule in RULES}
    named = {name for one in DETECTIONS.values() for name in one.of_items | one.of_parties}
    assert {name for name in named if not name.startswith("detector:")} <= known


def test_tables_and_examples_name_what_is_wrong(tmp_path):
    truth = truth_of([label("late_report", reports=["A/r9"], subjects=())], [finding("pack_bound_to_two_vehicles")])
    text = describe_truth(truth)
    assert "NOT held" in text
    assert "| late_report | 1 | 0.0% |" in text
    write_examples(truth, tmp_path)
    assert json.loads((tmp_path / "false.jsonl").read_text(encoding="utf-8"))["labels_near"] == []
    assert json.loads((tmp_path / "missed.jsonl").read_text(encoding="utf-8"))["label"] == "late_report"


def test_last_day_is_always_a_sweep():
    days = list_sweep_days(date(2026, 4, 1), until=date(2026, 6, 1), first=30, every=20)
    assert days == [date(2026, 5, 1), date(2026, 5, 21), date(2026, 6, 1)]


def test_what_follows_from_a_report_that_is_out_is_true_until_it_came():
    late = label("late_report", told_on=date(2026, 10, 1))
    out = finding("stock_negative", subject="participant:A", seen_on=date(2026, 9, 20))
    after = finding("stock_negative", subject="participant:A", seen_on=date(2026, 10, 2))
    before = finding("stock_negative", subject="participant:A", seen_on=date(2026, 8, 31))
    assert truth_of([late], [out]).false_ever == []
    assert truth_of([late], [after]).false_ever == [after]
    assert truth_of([late], [before]).false_ever == [before]


def test_what_follows_detects_nothing():
    out = finding("stock_negative", subject="participant:A", seen_on=date(2026, 9, 20))
    assert truth_of([label("late_report")], [out]).recall("late_report") == 0.0


def test_detector_that_names_an_honest_party_is_counted_beside_what_it_promises():
    leads = [
        finding("detector:goods_in_a_ring", subject=f"participant:{party}", party=party, weight="lead")
        for party in ("A", "B")
    ]
    for one in leads:
        one.said["expected_false_positives"] = {"at_most": 0.001, "per": "looks"}
    truth = replace(truth_of([label("ring", subjects=())], leads), looks=8)
    assert "| detector:goods_in_a_ring | 2 | 1 | 1 | 1 of 8 | 0.001 of looks |" in describe_truth(truth)


def test_lead_about_a_habit_is_true_only_of_who_commits_several():
    lead = finding("detector:missing_more_than_peers", subject="participant:A", weight="lead")
    lead.said["expected_false_positives"] = {"at_most": 0.02, "per": "looks"}
    missing = [label("missing_pack", subjects=[f"vehicle:{number}"]) for number in range(3)]
    assert truth_of(missing, []).breaches_of(lead)
    assert not truth_of(missing[:2], []).breaches_of(lead)
    assert truth_of(missing, [lead]).recall("missing_pack") == 0.0


def test_breach_told_shortly_before_the_end_may_not_be_found_yet():
    late, early = label("forged_code", told_on=date(2026, 11, 2)), label("forged_code", told_on=date(2026, 11, 1))
    assert (truth_of([late], []).recall("forged_code"), missed_kinds(truth_of([late], []))) == (0.0, [])
    assert missed_kinds(truth_of([late, early], [])) == ["forged_code"]
