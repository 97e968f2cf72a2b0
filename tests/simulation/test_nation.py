"""The simulator against its own promises: bytes, codes, labels, and what the platform's checker says of every row."""

from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
from nation_files import write_nation

from suyuan.core.admission import Admission, admit
from suyuan.core.battery_code import BatteryCode
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.identifiers import Uscc, UsccError, Vin
from suyuan.rulebook import load_rulebook
from suyuan_sim.codes import make_uscc, make_vin
from suyuan_sim.ledger import BREACH_LABELS

TINY, EARLY = 1 / 150_000, date(2026, 8, 31)
STRAGGLING_DAYS = 100  # a late report comes in at most so long after its event


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return write_nation(tmp_path_factory.mktemp("tiny"), scale=TINY, until=EARLY)


def test_the_same_seed_gives_the_same_bytes_whatever_the_number_of_processes(tiny, tmp_path):
    assert write_nation(tmp_path, scale=TINY, until=EARLY, processes=3).digest() == tiny.digest()


def test_another_seed_gives_other_bytes(tiny, tmp_path):
    assert write_nation(tmp_path, scale=TINY, until=EARLY, seed=8).digest() != tiny.digest()


def test_the_checker_accepts_every_row_but_the_labelled_typing_errors(nation):
    refused = {name_of(sent, raw) for sent, raw, admitted in nation.answers if admitted.report is None}
    mistyped = {
        name
        for label in nation.labels
        if label["label"] == "typing_error" and label["told_on"]
        for name in label["reports"]
    }
    assert refused == mistyped
    assert mistyped, "a nation without typing errors proves nothing: take another seed"


def test_a_spoilt_row_of_the_nation_is_refused(nation):
    sent, raw, admitted = next(one for one in nation.answers if one[1]["kind"] == "battery_produced")
    admission = Admission(
        nation.registry, sent.submitter, sent.received_at, is_historical=True, rulebook=load_rulebook()
    )
    spoilt = {**raw, "battery_code": "000" + raw["battery_code"][3:]}
    assert admitted.report is not None
    assert admit(spoilt, admission=admission).report is None


def test_a_mistyped_report_comes_again_under_its_name_and_is_accepted(nation):
    accepted = {name_of(sent, raw) for sent, raw, admitted in nation.answers if admitted.report is not None}
    until = nation.world["until"]
    for label in nation.labels:
        if (
            label["label"] == "typing_error"
            and label["told_on"]
            and label["told_on"] < str(date.fromisoformat(until) - timedelta(days=7))
        ):
            assert set(label["reports"]) <= accepted


def test_every_report_that_a_label_names_is_in_the_files_or_came_in_after_the_last_day(nation):
    known = {name_of(sent, raw) for sent, raw, _ in nation.answers}
    begin_of_stragglers = str(date.fromisoformat(nation.world["until"]) - timedelta(days=STRAGGLING_DAYS))
    named = Counter(report in known for label in nation.labels for report in label["reports"])
    lost = [
        label
        for label in nation.labels
        if not known.issuperset(label["reports"])
        and (label["told_on"] is not None or label["happened_on"] < begin_of_stragglers)
    ]
    assert lost == []
    assert named[True] > 20 * named[False] > 0  # both occur: the test can tell them apart


def test_labels_have_the_members_that_the_auditor_reads(nation):
    usccs = set(nation.registry.usccs)
    for label in nation.labels:
        assert set(label) == {
            "label", "breach", "party", "parties", "subjects", "reports", "happened_on", "told_on", "note",
        }  # fmt: skip
        assert label["breach"] == (label["label"] in BREACH_LABELS)
        assert label["party"] is None or label["party"] in usccs
        assert (
            label["told_on"] is None or nation.world["platform_opens_on"] <= label["told_on"] <= nation.world["until"]
        )
        assert label["happened_on"] <= nation.world["until"]
    assert Counter(label["label"] for label in nation.labels) == nation.world["labels"]
    assert {label["breach"] for label in nation.labels} == {True, False}


def test_what_a_label_says_was_told_on_a_day_came_in_on_it(nation):
    received = defaultdict(set)
    for sent, raw, _ in nation.answers:
        received[name_of(sent, raw)].add(str(sent.received_at.date()))
    held = [label for label in nation.labels if label["label"] in ("late_report", "typing_error") and label["told_on"]]
    assert held
    for label in held:
        assert all(label["told_on"] in received[report] for report in label["reports"]), label


def test_every_label_that_names_reports_was_told_when_one_of_them_came_in(nation):
    received = defaultdict(set)
    for sent, raw, _ in nation.answers:
        received[name_of(sent, raw)].add(str(sent.received_at.date()))
    told = [label for label in nation.labels if label["told_on"] and label["reports"]]
    assert {label["label"] for label in told} >= {"cloned_code", "missing_pack", "phantom_mass", "unlawful_receiver"}
    assert [
        label for label in told if label["told_on"] not in set().union(*(received[one] for one in label["reports"]))
    ] == []


def test_late_reports_are_late_and_no_other_report_is(nation):
    late = {
        report
        for label in nation.labels
        if label["label"] in ("late_report", "held_back")
        for report in label["reports"]
    }
    by_name: dict[str, int] = {}
    for sent, raw, _ in nation.answers:
        occurred = date.fromisoformat(raw["occurred_at"][:10])
        if str(occurred) >= nation.world["platform_opens_on"]:
            days = (sent.received_at.date() - occurred).days
            by_name[name_of(sent, raw)] = days
    assert {name for name, days in by_name.items() if days > 30} <= late
    assert any(by_name[name] > 30 for name in late if name in by_name)


def test_nothing_is_received_before_the_platform_opens_or_after_the_last_day(nation):
    days = {str(sent.received_at.date()) for sent in nation.files}
    assert min(days) >= nation.world["platform_opens_on"]
    assert max(days) <= nation.world["until"]


def test_what_happened_before_the_platform_opened_says_when_it_was_first_reported(nation):
    opens_on = nation.world["platform_opens_on"]
    marked = Counter((raw["occurred_at"] < opens_on, "originally_reported_at" in raw) for _, raw, _ in nation.answers)
    assert set(marked) == {(True, True), (False, False)}


def test_every_check_digit_is_right(nation):
    vins = {raw["vin"] for _, raw, admitted in nation.answers if admitted.report is not None and "vin" in raw}
    assert vins
    assert [vin for vin in vins if not Vin(vin).check_digit_is_right] == []
    assert [Uscc.parse(uscc) for uscc in nation.registry.usccs]
    assert not Vin(spoil(make_vin("LSVAA49J", tail="21234567"))).check_digit_is_right  # the control
    with pytest.raises(UsccError):
        Uscc.parse(spoil(make_uscc("91310000MA0000001"), place=17))


def test_every_battery_code_says_its_maker_and_its_day(nation):
    births = [(sent, raw) for sent, raw, ok in nation.answers if raw["kind"] == "battery_produced" and ok.report]
    assert births
    for sent, raw in births:
        code = BatteryCode(raw["battery_code"])
        assert code.produced_on == date.fromisoformat(raw["produced_on"])
        assert code.manufacturer_code in {
            one for entry in nation.registry.entries_of(sent.submitter) for one in entry.manufacturer_codes
        }


def test_no_code_is_born_twice_but_labelled_clones(nation):
    born = Counter()
    for _, raw, admitted in nation.answers:
        if admitted.report is None:
            continue
        if raw["kind"] == "battery_produced":
            born[f"battery:{raw['battery_code']}"] += 1
            born.update(f"battery:{part['code']}" for part in raw.get("modules", ()))
        elif raw["kind"] == "vehicle_produced":
            born[f"vehicle:{raw['vin']}"] += 1
    twice = {code for code, times in born.items() if times > 1}
    slips = {s for label in nation.labels if label["label"] in SLIPS for s in label["subjects"]}
    cloned = {s for label in nation.labels if label["label"] == "cloned_code" for s in label["subjects"]}
    assert twice <= cloned | slips
    assert twice & cloned, "no clone was born twice: take another seed"


SLIPS = ("neighbour_typing_error", "withdrawn_report")


def test_the_files_hold_the_reports_that_the_world_says(nation):
    assert len(nation.answers) == nation.world["reports"]
    assert len(nation.files) == nation.world["files"]
    assert {raw["kind"] for _, raw, _ in nation.answers} <= set(KIND_BY_NAME)


def test_files_come_in_three_forms_and_those_in_chinese_characters_read_the_same(nation):
    bodies = [sent.path.read_bytes() for sent in nation.files]
    forms = Counter(
        "jsonl" if body[:1] == b"{" else "utf-8" if body.startswith(b"\xef\xbb\xbf") else "gb18030" for body in bodies
    )
    assert set(forms) == {"jsonl", "utf-8", "gb18030"}


def test_a_file_sent_twice_is_the_same_and_labelled(nation):
    again = [sent for sent in nation.files if sent.is_sent_again]
    assert sorted(sent.path.name for sent in again) == sorted(
        label["note"] for label in nation.labels if label["label"] == "duplicate_file"
    )
    bodies = Counter(sent.path.read_bytes() for sent in nation.files)
    assert again
    assert all(bodies[sent.path.read_bytes()] > 1 for sent in again)


def name_of(sent, raw):
    return f"{sent.submitter}/{raw['report_id']}"


def spoil(text, *, place=8):
    """Return a text with another character at a place."""
    other = "1" if text[place] != "1" else "2"
    return f"{text[:place]}{other}{text[place:][1:]}"
