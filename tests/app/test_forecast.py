"""Forecast and leakage from the platform's own sums: what is sold, gone and recovered is counted in as it is reported."""

from collections import Counter
from datetime import date

import pytest
from database_world import DatabaseWorld
from story import USCC_OF

from suyuan.app.accounts import read_accounts
from suyuan.app.context import UseCaseError
from suyuan.app.forecast import read_forecast
from suyuan.app.leakage import read_leakage
from suyuan.core.contribution import Tally
from suyuan.store.sums import read_tallies, read_vehicle_months

TODAY = date(2026, 10, 1)
VP = USCC_OF["VP1"]


@pytest.fixture
def world(database_url):
    return DatabaseWorld(database_url)


def vehicle(n, *, scrapped=None, exported=None):
    pack, vin = f"{{pack:{n}}}", f"{{vin:{n}}}"
    story = [
        {"by": "BP1", "kind": "battery_produced", "occurred_at": "2019-03-12", "battery_code": pack},
        {"by": "VP1", "kind": "vehicle_produced", "occurred_at": "2019-04-01", "vin": vin, "battery_codes": [pack]},
        {"by": "SE1", "kind": "vehicle_sold", "occurred_at": "2019-05-01", "vin": vin, "place": "330106"},
    ]
    if scrapped:
        story.append(
            {
                "by": "VD1",
                "kind": "vehicle_scrapped",
                "occurred_at": scrapped,
                "vin": vin,
                "battery_codes_found": [pack],
            }
        )
    if exported:
        story.append({"by": "VP1", "kind": "vehicle_exported", "occurred_at": exported, "vin": vin})
    return [{**report, "report_id": f"v{n}-{place}"} for place, report in enumerate(story)]


def load(world, *vehicles):
    for report in [report for story in vehicles for report in story]:
        world.submit(report["by"], {key: value for key, value in report.items() if key != "by"})


def test_without_a_database_or_with_an_empty_one_the_series_alone_is_forecast_and_it_says_so(world):
    alone = read_forecast(None, as_of=TODAY)
    empty = read_forecast(world.context, as_of=TODAY)
    assert alone["rows"] == empty["rows"]
    assert (alone["held"], empty["held"], empty["verified"]) == (None, None, False)
    assert "the national series alone: there is no database" in alone["basis"]
    assert "the database holds no sold vehicle" in empty["basis"]
    (row,) = [row for row in alone["rows"] if row["year"] == 2030]
    assert row["kt"] == pytest.approx({"low": 940, "central": 1028, "high": 2452}, abs=1)


def test_the_platforms_own_vehicles_are_counted_in_by_what_was_reported_of_them(world):
    load(world, vehicle(1), vehicle(2, scrapped="2026-05-10"), vehicle(3, exported="2026-06-01"))
    found = read_forecast(world.context, as_of=TODAY, scope="platform", reported_share=1.0)
    assert found["held"] == {"sold": 3, "in_use": 1, "outside_series": 0}
    assert found["life"]["observed"]["exits"] == 1
    assert found["life"]["observed"]["since"] == "2026-04-01"
    packs = {row["year"]: row["packs"]["central"] for row in found["rows"]}
    assert packs[2026] == pytest.approx(1, abs=0.06)
    assert packs[2025] == 0
    by_province = read_forecast(world.context, as_of=TODAY, scope="platform", by="province")
    assert {row["province"] for row in by_province["rows"] if row["packs"]["high"]} == {"330000"}
    nation = read_forecast(world.context, as_of=TODAY)
    assert nation["held"]["sold"] == 3
    assert "the platform's own vehicles" in nation["basis"]


def test_as_of_an_earlier_day_later_exits_are_not_known(world):
    load(world, vehicle(1), vehicle(2, scrapped="2026-05-10"))
    assert read_forecast(world.context, as_of=date(2026, 4, 20))["held"]["in_use"] == 2
    assert read_forecast(world.context, as_of=TODAY)["held"]["in_use"] == 1


def test_many_exits_move_the_life_and_few_hardly_do(world):
    def add(name, count):
        world.connection.execute("INSERT INTO tally (lane, packed, count) VALUES (0, %s, %s)", [name, count])

    add(f"v{VP},330106,vehicle,sold,2018-05", 100)
    add(f"g{VP},330106,2018-05,scrapped,2026-05", 4)
    few = read_forecast(world.context, as_of=TODAY, reported_share=1.0)["life"]
    assert few["learned_mean_years"]["central"] == pytest.approx(11.6, abs=0.1)
    add(f"v{VP},330200,vehicle,sold,2018-05", 1_000_000)
    add(f"g{VP},330200,2018-05,scrapped,2026-06", 60_000)
    many = read_forecast(world.context, as_of=TODAY, reported_share=1.0)["life"]
    assert many["mean_years"] == few["mean_years"] == {"low": 12.0, "central": 11.6, "high": 8.0}
    assert many["observed"]["weight"] > 0.95
    seen = many["observed"]
    hazard = seen["exits"] / seen["expected_exits"]  # how much faster they leave than the calibrated life says
    learned = many["learned_mean_years"]
    assert learned["central"] == pytest.approx(11.6 * hazard ** (-1 / 3.5), abs=0.05)
    assert learned["low"] > learned["central"] > learned["high"], "a long life retires little"
    assert learned["low"] - learned["high"] < 0.8, "the band has closed, but for the error of the fit"


def test_what_is_expected_to_be_seen_goes_by_the_share_that_is_reported(world):
    load(world, vehicle(1), vehicle(2, scrapped="2026-09-10"))
    whole = read_forecast(world.context, as_of=TODAY, reported_share=1.0)["life"]["observed"]
    told = read_forecast(world.context, as_of=TODAY)["life"]["observed"]
    assert (whole["reported_share"], told["reported_share"]) == (1.0, 0.55)
    with pytest.raises(UseCaseError, match="no share of exits"):
        read_forecast(world.context, as_of=TODAY, reported_share=1.5)


def test_a_database_that_nobody_feeds_any_more_takes_its_silence_for_nothing(world):
    load(world, vehicle(1), vehicle(2, scrapped="2026-05-10"))
    late = date(2030, 1, 1)
    assert read_forecast(world.context, as_of=late)["known_until"] == "2026-05-31"
    assert (
        read_forecast(world.context, as_of=late)["life"]
        == read_forecast(world.context, as_of=date(2026, 5, 31))["life"]
    )
    told, earlier = (read_leakage(world.context, as_of=day)["leakage"] for day in (late, date(2026, 5, 31)))
    assert told == earlier
    assert read_forecast(world.context, as_of=date(2026, 5, 3))["known_until"] == "2026-05-03"
    of_another = read_leakage(world.context, as_of=late, producer=USCC_OF["BP1"])
    assert of_another["known_until"] == "2026-05-31", "what is known is not what one producer reports"


def test_recovered_metal_is_that_of_the_accounts(world):
    load(world, vehicle(1, scrapped="2026-05-10"))
    handed = {"kind": "battery_handed_over", "occurred_at": "2026-05-20", "battery_code": "{pack:1}", "report_id": "h"}
    world.submit("VD1", {**handed, "receiver": "UE1"})
    received = {"kind": "battery_received", "occurred_at": "2026-05-22", "battery_code": "{pack:1}", "report_id": "r"}
    world.submit("UE1", {**received, "sender": "VD1"})
    world.submit("UE1", {
        "kind": "material_recovered", "occurred_at": "2026-06-01", "battery_codes": ["{pack:1}"], "input_mass_g": 300_000, "report_id": "m",
        "outputs": [{"material": "lithium_carbonate", "mass_g": 20_000, "lithium_g": 3_700}], "residue_mass_g": 1_000,
    })  # fmt: skip
    found = read_forecast(world.context, as_of=TODAY, with_materials=True)
    (year,) = found["recovered"]
    accounts = read_accounts(world.context, USCC_OF["UE1"], month="2026-06")
    metals = {one["metal"]: one for one in accounts["months"][0]["metals"]}
    assert year["year"] == 2026
    assert year["lithium_recovered_t"] == metals["lithium"]["recovered_g"] / 1e6 == 0.0037
    assert year["lithium_fed_t"] == metals["lithium"]["fed_g"] / 1e6
    assert read_forecast(world.context, as_of=TODAY, with_materials=True, party=VP)["recovered"] == []
    assert "lithium_t" in found["rows"][0]
    assert "lithium_t" not in read_forecast(world.context, as_of=TODAY)["rows"][0]


@pytest.mark.parametrize(
    ("asked", "words"), [({"until": 2019}, "2019 cannot be forecast"), ({"scope": "platform"}, "no sold vehicle")]
)
def test_what_cannot_be_forecast_is_told_in_words(world, asked, words):
    with pytest.raises(UseCaseError, match=words):
        read_forecast(world.context, as_of=TODAY, **asked)


def test_leakage_is_told_by_producer_province_and_year(world):
    load(world, vehicle(1), vehicle(2, scrapped="2026-05-10"), vehicle(3, exported="2026-06-01"))
    for by, key in (("producer", VP), ("province", "330000")):
        (row,) = read_leakage(world.context, as_of=TODAY, by=by)["leakage"]
        assert (row["year"], row[by], row["seen"], row["seen_incomplete"]) == (2026, key, 1, 0)
    found = read_leakage(world.context, as_of=TODAY, by="year")
    (year,) = found["leakage"]
    assert {name: value for name, value in year.items() if name != "year"} == found["total"]
    assert 0 < year["expected"] < 0.1
    assert (year["unseen_low"], year["unseen_high"]) == (-1, -1), "one was seen where none was to be expected"
    assert read_leakage(world.context, as_of=TODAY, producer=USCC_OF["BP1"])["leakage"] == []


def test_sums_told_apart_or_not_are_the_same_vehicles(world):
    load(world, vehicle(1), vehicle(2, scrapped="2026-05-10"), vehicle(3, exported="2026-06-01"))
    one_by_one = [one for name in ("vehicle_sold", "vehicle_gone") for one in read_tallies(world.connection, name=name)]
    for by_party, by_province in ((True, True), (True, False), (False, True), (False, False)):
        summed = read_vehicle_months(world.connection, party=None, by_party=by_party, by_province=by_province)
        wanted = Counter()
        for one in one_by_one:
            tally = one.tally
            place, party = f"{tally.place[:2]}0000" if by_province else "", tally.party if by_party else ""
            wanted[Tally(tally.name, place, party, tally.kind, tally.status, tally.month)] += one.count
        assert {one.tally: one.count for one in summed} == wanted
