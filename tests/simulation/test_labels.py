"""Labels are true: what each says was done can be read in the files, by nothing but the reports themselves."""

from collections import defaultdict
from datetime import date

import pytest


class Reports:
    """Accepted reports of a nation, by name and by what they are about."""

    def __init__(self, nation):
        self.by_name = {}
        self.born, self.modules = set(), {}
        self.packs_of = defaultdict(set)
        self.handed = defaultdict(set)
        self.of_reporter = defaultdict(list)
        for sent, raw, admitted in nation.answers:
            if admitted.report is None:
                continue
            self.by_name[f"{sent.submitter}/{raw['report_id']}"] = raw
            self.of_reporter[sent.submitter].append(raw)
            self._file(sent.submitter, raw)

    def _file(self, reporter, raw):
        if raw["kind"] == "battery_produced":
            self.born.add(raw["battery_code"])
            self.modules[raw["battery_code"]] = [part["code"] for part in raw.get("modules", ())]
        elif raw["kind"] == "vehicle_produced":
            self.packs_of[raw["vin"]] |= set(raw["battery_codes"])
        elif raw["kind"] in ("battery_replaced", "battery_fitted"):
            self.packs_of[raw["vin"]].add(raw.get("fitted_battery_code") or raw["battery_code"])
        elif raw["kind"] == "battery_handed_over":
            self.handed[raw["battery_code"]].add((reporter, raw["receiver"]))


@pytest.fixture(scope="module")
def reports(nation):
    return Reports(nation)


def labels_of(nation, kind):
    """Return the labels of a kind that the record can show; a nation without any proves nothing."""
    labels = [label for label in nation.labels if label["label"] == kind and label["told_on"] is not None]
    assert labels, f"no {kind} in this nation: take another seed"
    return labels


def codes(label, family="battery"):
    return [one.split(":", 1)[1] for one in label["subjects"] if one.startswith(f"{family}:")]


def test_of_a_missing_pack_the_vehicle_is_scrapped_without_it(nation, reports):
    for label in labels_of(nation, "missing_pack"):
        (raw,) = (reports.by_name[name] for name in label["reports"])
        assert raw["kind"] == "vehicle_scrapped"
        assert reports.packs_of[raw["vin"]] - set(listed(raw["battery_codes_found"]))


def test_honest_scrappings_find_every_pack_or_say_why_not(nation, reports):
    guilty = {name for label in nation.labels if label["breach"] for name in label["reports"]}
    uncoded = {vin for label in nation.labels if label["label"] == "uncoded_battery" for vin in codes(label, "vehicle")}
    seen = 0
    for name, raw in reports.by_name.items():
        if raw["kind"] != "vehicle_scrapped" or raw["occurred_at"] < nation.world["platform_opens_on"]:
            continue
        packs = reports.packs_of[raw["vin"]]
        is_whole = bool(set(listed(raw["battery_codes_found"])) & packs)
        if name not in guilty and packs and raw["vin"] not in uncoded and raw["vin"] not in swap_vehicles(reports):
            seen += 1
            assert is_whole or raw.get("absence_reason"), raw
    assert seen > 10


def test_a_swapped_pack_is_none_of_the_vehicles_own(nation, reports):
    for label in labels_of(nation, "swapped_pack"):
        (raw,) = (reports.by_name[name] for name in label["reports"])
        assert set(listed(raw["battery_codes_found"])) - reports.packs_of[raw["vin"]]


def test_an_unlawful_receiver_is_in_no_register(nation, reports):
    for label in labels_of(nation, "unlawful_receiver"):
        (raw,) = (reports.by_name[name] for name in label["reports"])
        assert raw["receiver"] not in nation.registry
        assert {label["party"], raw["receiver"]} <= set(label["parties"])
    lawful = {receiver for pairs in reports.handed.values() for _, receiver in pairs if receiver in nation.registry}
    assert len(lawful) > 10


def test_a_forged_code_was_never_born(nation, reports):
    for label in labels_of(nation, "forged_code"):
        (raw,) = (reports.by_name[name] for name in label["reports"])
        assert raw["fitted_battery_code"] not in reports.born


def test_an_honest_replacement_fits_a_pack_that_was_born(nation, reports):
    forged = {name for label in nation.labels if label["label"] == "forged_code" for name in label["reports"]}
    unknown = [
        raw["fitted_battery_code"]
        for name, raw in reports.by_name.items()
        if raw["kind"] == "battery_replaced" and name not in forged and raw["fitted_battery_code"] not in reports.born
    ]
    replaced = sum(1 for raw in reports.by_name.values() if raw["kind"] == "battery_replaced")
    assert len(unknown) < replaced / 3  # births held back, late or lost behind the last day


def test_of_a_cannibalised_pack_modules_are_missing_when_it_is_taken_apart(nation, reports):
    taken_apart = {raw["battery_code"]: raw for raw in reports.by_name.values() if raw["kind"] == "battery_dismantled"}
    for label in labels_of(nation, "cannibalised_modules"):
        pack, *missing = codes(label)
        assert missing
        assert not set(missing) & set(listed(taken_apart[pack]["recovered_codes"]))
        assert (label["party"], True) in {(giver, True) for giver, _ in reports.handed[pack]}
    stolen = {codes(label)[0] for label in nation.labels if label["label"] == "cannibalised_modules"}
    honest = [raw for pack, raw in taken_apart.items() if pack in reports.modules and pack not in stolen]
    whole = [raw for raw in honest if len(listed(raw["recovered_codes"])) == len(reports.modules[raw["battery_code"]])]
    assert honest == whole


def test_what_goes_round_in_a_ring_is_handed_over_among_its_members(nation, reports):
    for label in labels_of(nation, "ring"):
        members = set(label["parties"])
        assert 3 <= len(members) <= 6
        rounds = [sum(set(pair) <= members for pair in reports.handed[code]) for code in codes(label)]
        assert max(rounds) >= len(members)  # of the last ones the circle closes behind the last day


def test_a_silent_enterprise_tells_nothing_that_happened_since_the_platform_opened(nation, reports):
    opens_on = nation.world["platform_opens_on"]
    silent = {label["party"] for label in nation.labels if label["label"] == "silent_enterprise"}
    assert silent
    for uscc in silent:
        assert all(raw["occurred_at"] < opens_on for raw in reports.of_reporter[uscc])
    speaking = {
        uscc for uscc, told in reports.of_reporter.items() if any(raw["occurred_at"] >= opens_on for raw in told)
    }
    assert len(speaking) > len(silent)


def test_a_burst_is_sent_on_one_day(nation):
    received = {f"{sent.submitter}/{raw['report_id']}": sent.received_at.date() for sent, raw, _ in nation.answers}
    for label in nation.labels:
        if label["label"] == "held_back" and label["told_on"]:
            assert {received[name] for name in label["reports"]} == {date.fromisoformat(label["told_on"])}


def swap_vehicles(reports):
    return {raw["vin"] for raw in reports.by_name.values() if raw.get("is_swap_vehicle") in (True, "true")}


def listed(value):
    """Return a list as a table or a JSON line writes it."""
    return value if isinstance(value, list) else [one for one in value.split() if one != "无"]
