"""What the detectors read of a real database: planted breaches are found, withdrawn reports and order of arrival tell nothing."""

import json
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from database_world import DatabaseWorld
from story import USCC_OF, code

from suyuan.app import detect as detect_module
from suyuan.app.context import UseCaseError
from suyuan.app.detect import LOOKS, count_halves, describe_lead, find_leads
from suyuan.store.detect import (
    count_births,
    count_mentions,
    count_months,
    count_receipts,
    count_scrapped,
    count_serials,
    open_record,
    read_batches,
    read_filings,
    read_first_counts,
    read_movements,
    read_transits,
    read_unborn,
    sum_flows,
)

AS_OF = date(2026, 9, 30)
LATE = datetime(2026, 9, 29, tzinfo=UTC)


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url)


def pack(n):
    return f"{{pack:{n}}}"


def handed(n, giver, receiver, on, *, halves=(1, 2), goods=None, mass_g=420_000):
    """Return the halves of a hand-over, the receipt a day later."""
    goods = goods or pack(n)
    later = (date.fromisoformat(on) + timedelta(days=1)).isoformat()
    both = [
        {"by": giver, "kind": "battery_handed_over", "occurred_at": on, "battery_code": goods, "receiver": receiver,
         "mass_g": mass_g, "report_id": f"h{n}-{giver}-{on}"},
        {"by": receiver, "kind": "battery_received", "occurred_at": later, "battery_code": goods, "sender": giver,
         "mass_g": mass_g, "report_id": f"r{n}-{giver}-{on}"},
    ]  # fmt: skip
    return [both[half - 1] for half in halves]


def life(n, *, found=True, scrapper="VD1"):
    built = {"vin": f"{{vin:{n}}}", "battery_codes": [pack(n)]}
    return [
        {"by": "BP1", "kind": "battery_produced", "occurred_at": "2025-03-12", "battery_code": pack(n), "report_id": f"b{n}"},
        {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2025-04-01", **built, "report_id": f"v{n}"},
        {"by": scrapper, "kind": "vehicle_scrapped", "occurred_at": "2026-05-10", "vin": built["vin"],
         "battery_codes_found": [pack(n)] if found else [], "report_id": f"s{n}"},
    ]  # fmt: skip


def names(leads):
    return {one.detector for one in leads}


def test_an_empty_record_gives_no_leads_by_any_detector(world):
    assert find_leads(world.context, as_of=AS_OF) == []


def test_a_pack_in_two_places_on_one_day_is_found_whatever_came_first_until_a_report_is_withdrawn(world):
    removed = {"by": "VD1", "kind": "battery_removed", "occurred_at": "2026-06-01", "battery_code": pack(1), "vin": "{vin:1}",
               "place": "650100", "report_id": "away"}  # fmt: skip
    tested = {
        "by": "UE1",
        "kind": "battery_tested",
        "occurred_at": "2026-06-01",
        "battery_code": pack(1),
        "place": "230100",
    }
    near = {
        "by": "UE1",
        "kind": "battery_tested",
        "occurred_at": "2026-06-01",
        "battery_code": pack(2),
        "report_id": "near",
    }
    world.submit_each([tested, removed, near])
    (lead,) = find_leads(world.context, as_of=AS_OF)
    told = describe_lead(lead)
    assert (told["detector"], told["weight"], told["party"]) == ("seen_in_two_places_at_once", "lead", None)
    assert told["subject"] == f"battery:{code(1, level='P', on='2025-03-12', maker='001')}"
    assert told["expected_false_positives"]["at_most"] == 1e-4
    assert json.loads(json.dumps(told)) == told
    assert find_leads(world.context, as_of=date(2026, 5, 31)) == []
    world.submit(
        "VD1", {"kind": "report_withdrawn", "occurred_at": "2026-07-01", "withdrawn_report_id": "away"}, judge=False
    )
    assert find_leads(world.context, as_of=AS_OF) == []
    assert find_leads(world.context, as_of=date(2026, 6, 30)) == [lead]


def test_a_fast_hand_over_is_no_leap_with_all_that_both_did_on_that_day(world):
    halves = handed(3, "VD1", "UE1", "2026-06-01")
    halves += [
        {
            "by": "VD1",
            "kind": "battery_removed",
            "occurred_at": "2026-06-01",
            "battery_code": pack(3),
            "vin": "{vin:1}",
            "report_id": "z",
        },
        {"by": "UE1", "kind": "battery_tested", "occurred_at": "2026-06-01", "battery_code": pack(3), "report_id": "a"},
    ]
    for report in halves:
        report["place"] = "650100" if report["by"] == "VD1" else "230100"
        report["occurred_at"] = "2026-06-01"
    world.submit_each(halves)
    assert find_leads(world.context, as_of=AS_OF, detectors=["seen_in_two_places_at_once"]) == []


def ring(*, refurbished=False):
    reports = []
    for n in range(1, 5):
        on = date(2026, 5, 1) + timedelta(days=n)
        for giver, receiver in (("UE1", "CO1"), ("CO1", "UE2"), ("UE2", "UE1")):
            reports += handed(n, giver, receiver, on.isoformat(), halves=(1, 2) if n % 2 else (1,))
            on += timedelta(days=9)
        if refurbished:
            reports.append({"by": "UE1", "kind": "battery_refurbished", "occurred_at": "2026-09-01", "battery_code": pack(n),
                            "report_id": f"good{n}"})  # fmt: skip
    # Peers that get goods and keep them.
    for n in range(100, 140):
        reports += handed(n, "VD1", "UE3" if n % 2 else "CO2", "2026-05-20")
    return reports


def test_a_ring_is_found_in_any_order_of_arrival_though_half_of_the_halves_are_not_told(world):
    reports = ring()
    random.Random(1).shuffle(reports)
    world.submit_each(reports, received_at=LATE)
    (lead,) = find_leads(world.context, as_of=AS_OF, detectors=["goods_in_a_ring"])
    assert set(lead.evidence["ring"]) == {USCC_OF["UE1"], USCC_OF["CO1"], USCC_OF["UE2"]}
    assert find_leads(world.context, as_of=date(2026, 5, 9), detectors=["goods_in_a_ring"]) == []


def test_goods_made_good_again_may_go_round(world):
    world.submit_each(ring(refurbished=True), received_at=LATE)
    assert find_leads(world.context, as_of=AS_OF, detectors=["goods_in_a_ring"]) == []


def test_without_networkx_only_the_rings_fail_and_in_words(world, monkeypatch):
    def missing():
        raise UseCaseError("needs networkx", message_zh="需要 networkx")

    monkeypatch.setattr(detect_module, "load_networkx", missing)
    with pytest.raises(UseCaseError, match="needs networkx"):
        find_leads(world.context, as_of=AS_OF)
    assert find_leads(world.context, as_of=AS_OF, detectors=[name for name in LOOKS if name != "goods_in_a_ring"]) == []


def test_vehicles_are_counted_by_dismantler_and_age_with_what_they_lack(world):
    world.submit_each([*life(1), *life(2, found=False), *life(3, found=False, scrapper="VD2")])
    unknown = {
        "by": "VD1",
        "kind": "vehicle_scrapped",
        "occurred_at": "2026-05-10",
        "vin": "{vin:9}",
        "battery_codes_found": [],
    }
    world.submit_each([unknown])
    assert sorted(count_scrapped(open_record(world.connection, as_of=AS_OF))) == sorted(
        [(USCC_OF["VD1"], 1, 2, 1), (USCC_OF["VD2"], 1, 1, 1)]
    )
    assert count_scrapped(open_record(world.connection, as_of=date(2026, 5, 9))) == []


def test_receipts_nobody_confirms_are_told_from_those_their_sender_tells_of(world):
    world.submit_each([*handed(1, "VD1", "UE1", "2026-05-01"), *handed(2, "VD1", "UE1", "2026-05-01", halves=(2,))])
    record = open_record(world.connection, as_of=AS_OF)
    given = {"usccs": [USCC_OF["UE1"]], "settled_before": datetime(2026, 9, 1, tzinfo=UTC)}
    assert count_receipts(record, **given) == [(USCC_OF["UE1"], 2, 1, 420_000)]
    given["settled_before"] = datetime(2026, 5, 1, tzinfo=UTC)  # their other halves may still come
    assert count_receipts(record, **given) == [(USCC_OF["UE1"], 0, 0, 0)]
    flows = sum_flows(record, usccs=[USCC_OF["UE1"]])
    assert (USCC_OF["UE1"], "battery", "received", 840_000) in flows


def test_the_first_count_of_a_site_is_its_opening_stock(world):
    for month, mass_g in (("05", 7_000_000), ("06", 9_000_000)):
        world.submit(
            "UE1",
            {"kind": "stock_counted", "occurred_at": f"2026-{month}-01", "counted_mass_g": mass_g, "report_id": month},
        )
    assert read_first_counts(open_record(world.connection, as_of=AS_OF), usccs=[USCC_OF["UE1"]]) == [
        (USCC_OF["UE1"], "", 7_000_000)
    ]


def test_mentions_are_answered_by_any_report_of_the_named_one_on_the_same_goods(world):
    world.submit_each([*handed(1, "VD1", "UE1", "2026-05-01"), *handed(2, "VD1", "UE1", "2026-05-01", halves=(1,))])
    record = open_record(world.connection, as_of=AS_OF)
    answered = count_mentions(record, settled_before=datetime(2026, 9, 1, tzinfo=UTC))
    assert sorted(answered) == sorted([(USCC_OF["UE1"], 2, 1), (USCC_OF["VD1"], 1, 0)])
    months = count_months(record)
    assert (USCC_OF["UE1"], "2026-05", 1, 2) in months
    assert (USCC_OF["VD1"], "2026-05", 2, 1) in months


def test_halves_with_days_that_deny_each_other_count_against_who_told_later(world):
    given, taken = handed(1, "VD1", "UE1", "2026-06-20")
    taken["occurred_at"] = "2026-05-03"  # received, and told, long before the giver says it left
    world.submit_each([given], received_at=LATE)
    world.submit_each([taken], received_at=datetime(2026, 5, 4, tzinfo=UTC))
    world.submit_each(handed(2, "VD1", "UE1", "2026-05-01"))
    record = open_record(world.connection, as_of=AS_OF)
    moved = read_transits(record, since=date(2026, 4, 1))
    assert sorted(row[3:] for row in moved) == [(-48, False, True), (1, True, False)]
    assert count_halves(moved, days_before=3, days_after=21) == sorted([(USCC_OF["UE1"], 2, 0), (USCC_OF["VD1"], 2, 1)])
    assert count_halves(moved, days_before=48, days_after=21) == sorted(
        [(USCC_OF["UE1"], 2, 0), (USCC_OF["VD1"], 2, 0)]
    )


def test_filings_and_batches_leave_migrated_history_out(world):
    reports = [handed(n, "VD1", "UE1", f"2026-08-{n:02d}", halves=(1,))[0] for n in range(1, 29)]
    migrated = [
        handed(n, "VD2", "UE1", f"2026-08-{n:02d}", halves=(1,))[0]
        | {"originally_reported_at": "2026-08-29T08:00:00+08:00"}
        for n in range(1, 29)
    ]
    for who, batch in (("VD1", reports), ("VD2", migrated)):
        told = [{key: value for key, value in report.items() if key != "by"} for report in batch]
        assert world.submit(who, *told, judge=False, received_at=LATE)["accepted"] == 28
    record = open_record(world.connection, as_of=AS_OF)
    kinds, since = ["battery_handed_over"], date(2026, 4, 1)
    assert read_filings(record, kinds=kinds, since=since) == [
        (USCC_OF["VD1"], date(2026, 9, 29), "battery_handed_over", date(2026, 8, 1))
    ]
    sizes = {"days_min": 5, "reports_min": 10, "reports_max": 400}
    (batch,) = read_batches(record, kinds=kinds, since=since, **sizes)
    assert (batch.party, len(batch.occurred), batch.received_on) == (USCC_OF["VD1"], 28, date(2026, 9, 29))
    assert read_batches(record, kinds=kinds, since=since, **sizes | {"reports_max": 27}) == []


def test_born_packs_are_told_from_those_only_others_tell_of(world):
    born = {
        "by": "BP1",
        "kind": "battery_produced",
        "occurred_at": "2025-03-12",
        "battery_code": pack(1),
        "report_id": "b1",
    }
    imported = {"by": "VP2", "kind": "vehicle_imported", "occurred_at": "2025-04-02", "vin": "{vin:2}", "battery_codes": [],
                "packs": [{"code": "{pack:2/006}", "chemistry": "lfp", "rated_energy_wh": 1000, "mass_g": 1000}]}  # fmt: skip
    world.submit_each([born, imported, *handed(3, "VD1", "UE1", "2026-05-01"), *handed(1, "VD1", "UE1", "2026-05-01")])
    record = open_record(world.connection, as_of=AS_OF)
    assert [(one.maker, one.year, one.born) for one in sorted(count_births(record), key=lambda one: one.maker)] == [
        ("001", "F", 1),
        ("006", "F", 1),
    ]
    assert count_serials(record, ["0000001", "0000002", "0000003"]) == {"0000001": 1, "0000002": 1}
    (never,) = read_unborn(record)
    assert (never.code, never.first_told_by) == (code(3, level="P", on="2025-03-12", maker="001"), USCC_OF["VD1"])


def test_both_halves_are_one_movement_and_a_good_to_oneself_is_none(world):
    world.submit_each([*handed(1, "VD1", "UE1", "2026-05-01"), *handed(2, "CO1", "UE1", "2026-05-01", halves=(2,))])
    moved = read_movements(open_record(world.connection, as_of=AS_OF), since=date(2026, 1, 1))
    assert sorted((one.giver, one.receiver, one.on) for one in moved) == sorted(
        [(USCC_OF["VD1"], USCC_OF["UE1"], date(2026, 5, 1)), (USCC_OF["CO1"], USCC_OF["UE1"], date(2026, 5, 2))]
    )


def test_a_whole_look_stores_nothing_and_comes_to_the_same_again(world):
    world.submit_each(ring(), received_at=LATE)
    before = world.derived()
    first = find_leads(world.context, as_of=AS_OF)
    assert first == find_leads(world.context, as_of=AS_OF)
    assert "goods_in_a_ring" in names(first)
    assert world.derived() == before
