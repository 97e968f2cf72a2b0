"""What participants themselves owe: periods, halves of material, information of models, outlets; each by its day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from story import REGISTRY, USCC_OF, add_entries, register_only

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.contribution import Tally
from suyuan.core.duty import lapse
from suyuan.core.event import Event
from suyuan.core.participant import Counted, ParticipantView, ReportCount
from suyuan.core.participant_duty import list_participant_duties
from suyuan.core.registry import list_kept
from suyuan.rulebook import load_rulebook
from suyuan.rules.catalogue import RULE_TABLE

CO1, UE1, UE2, BP1, VP1 = (USCC_OF[alias] for alias in ("CO1", "UE1", "UE2", "BP1", "VP1"))


def view(uscc, day, *, register=None, registry=None, rulebook=None, **seen):
    registry = registry or register_only(["CO1", "UE1", "UE2", "BP1", "VP1", "UE3"])
    if register:
        registry = add_entries(registry, register)
    return ParticipantView(
        uscc, date.fromisoformat(day), registry, rulebook or load_rulebook(), kept=list_kept(registry.register), **seen
    )


def event(kind, reporter, on, *, report_id="r", counterparty=None, **body):
    on = date.fromisoformat(on)
    received_at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return Event(KIND_BY_NAME[kind], ("own",), 1, report_id, reporter, counterparty, on, None, received_at, body)


def told(duties):
    return [
        (one.kind, one.opened_by, str(one.opened_on), str(one.due_on), str(one.lapses_on), one.closed_by)
        for one in duties
    ]


def owed(seen, kind):
    return [one for one in list_participant_duties(seen) if one.kind == kind]


# -- zero reports


def zero(first, last, **more):
    return event("nothing_to_report", CO1, "2026-07-05", period_from=first, period_until=last, **more)


def test_a_period_is_asked_for_when_it_is_over_and_not_before():
    assert owed(view(CO1, "2026-06-30"), "report_zero") == []
    assert told(owed(view(CO1, "2026-07-01"), "report_zero")) == [
        ("report_zero", "2026-06-30", "2026-06-30", "2026-07-30", "2026-08-14", None)
    ]


def test_each_period_since_the_rule_began_is_asked_for_by_itself():
    assert [one.opened_by for one in owed(view(CO1, "2027-04-01"), "report_zero")] == [
        "2026-06-30", "2026-09-30", "2026-12-31", "2027-03-31",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("month", "is_owed"), [("2026-03", True), ("2026-04", False), ("2026-06", False), ("2026-07", True)]
)
def test_a_report_received_in_the_period_or_about_it_is_enough(month, is_owed):
    received = view(CO1, "2026-07-01", reports=(ReportCount("battery_received", month, 1),))
    occurred = view(CO1, "2026-07-01", months={"": (month,)})
    assert [bool(owed(one, "report_zero")) for one in (received, occurred)] == [is_owed, is_owed]


@pytest.mark.parametrize("kind", ["nothing_to_report", "report_withdrawn"])
def test_reports_that_tell_of_nothing_are_no_reports_of_the_period(kind):
    assert owed(view(CO1, "2026-07-01", reports=(ReportCount(kind, "2026-05", 1),)), "report_zero")


def test_a_period_of_which_something_was_reported_leaves_the_next_one_owed():
    seen = view(CO1, "2026-10-01", reports=(ReportCount("battery_received", "2026-05", 1),))
    assert [one.opened_by for one in owed(seen, "report_zero")] == ["2026-09-30"]


def test_a_zero_report_settles_the_period_and_is_named():
    (duty,) = owed(view(CO1, "2026-07-10", events=(zero("2026-04-01", "2026-06-30", report_id="z"),)), "report_zero")
    assert (duty.closed_by, duty.closer, duty.party, duty.subject) == ("z", CO1, CO1, f"participant:{CO1}")


@pytest.mark.parametrize(
    ("parts", "closed_by"),
    [
        ([("2026-01-01", "2026-12-31")], "p0"),
        ([("2026-04-02", "2026-06-30")], None),
        ([("2026-04-01", "2026-06-29")], None),
        ([("2026-04-01", "2026-05-15"), ("2026-05-16", "2026-06-30")], "p1"),
        ([("2026-05-16", "2026-06-30"), ("2026-04-01", "2026-05-15")], "p0"),
        ([("2026-04-01", "2026-05-15"), ("2026-05-17", "2026-06-30")], None),
        ([("2026-04-01", "2026-06-30"), ("2026-05-01", "2026-05-31")], "p0"),
        ([("2026-04-01", "2026-05-31"), ("2026-04-01", "2026-05-31"), ("2026-05-01", "2026-07-31")], "p2"),
    ],
)
def test_zero_reports_settle_a_period_once_they_leave_no_day_open(parts, closed_by):
    events = tuple(zero(*part, report_id=f"p{number}") for number, part in enumerate(parts))
    (duty,) = owed(view(CO1, "2026-07-10", events=events), "report_zero")
    assert duty.closed_by == closed_by


def test_who_was_not_registered_for_the_whole_period_owes_nothing():
    def registered(since, until=""):
        row = {"uscc": CO1, "name": "x", "roles": ["collection_outlet"], "division": "420100", "valid_from": since}
        return add_entries(register_only([]), {"participants": [row | ({"valid_until": until} if until else {})]})

    def is_owed(registry):
        return bool(owed(view(CO1, "2026-07-01", registry=registry), "report_zero"))

    assert is_owed(registered("2026-04-01"))
    assert not is_owed(registered("2026-04-02"))
    assert is_owed(registered("2020-01-01", "2026-06-30"))
    assert not is_owed(registered("2020-01-01", "2026-06-29"))
    of_two = owed(view(CO1, "2026-10-01", registry=registered("2026-04-02")), "report_zero")
    assert [one.opened_by for one in of_two] == ["2026-09-30"]


def test_a_lapsed_zero_report_is_a_lead_while_the_limit_is_unverified():
    (duty,) = owed(view(CO1, "2026-08-15"), "report_zero")
    assert duty.has_lapsed(on=date(2026, 8, 15))
    assert not duty.has_lapsed(on=date(2026, 8, 14))
    assert lapse(duty, rule=RULE_TABLE.rules[duty.rule]).weight == "lead"
    duty.is_provisional = False
    assert lapse(duty, rule=RULE_TABLE.rules[duty.rule]).weight == "violation"


# -- materials


def sale(on="2026-05-20", *, giver=UE1, receiver=UE2, report_id="s", mass_g=100, material="black_mass", **more):
    return event(
        "material_sold", giver, on, report_id=report_id, counterparty=receiver, material=material, mass_g=mass_g, **more
    )


def receipt(on="2026-05-21", *, giver=UE1, receiver=UE2, report_id="r", mass_g=100, material="black_mass", **more):
    return event(
        "material_received",
        receiver,
        on,
        report_id=report_id,
        counterparty=giver,
        material=material,
        mass_g=mass_g,
        **more,
    )


def owed_halves(uscc, *events):
    return [(one.kind, one.opened_by, one.evidence.get("lot_no"), one.evidence.get("doubt"))
            for one in list_participant_duties(view(uscc, "2026-06-01", events=events))]  # fmt: skip


def test_the_silent_side_of_a_sale_owes_the_receipt_and_the_other_side_nothing():
    assert owed_halves(UE2, sale(lot_no="L")) == [("report_material_receipt", "s", "L", None)]
    assert owed_halves(UE1, sale(lot_no="L")) == []


def test_the_silent_side_of_a_receipt_owes_the_sale():
    assert owed_halves(UE1, receipt(lot_no="L")) == [("report_material_sale", "r", "L", None)]
    assert owed_halves(UE2, receipt(lot_no="L")) == []


def test_days_run_from_the_movement_and_the_duty_names_who_reported_it():
    (duty,) = owed(view(UE2, "2026-06-01", events=(sale(lot_no="L", mass_g=7),)), "report_material_receipt")
    assert told([duty])[0][2:5] == ("2026-05-20", "2026-06-19", "2026-07-04")
    assert (duty.opener, duty.party, duty.evidence) == (
        UE1, UE2, {"reported_by": UE1, "material": "black_mass", "mass_g": 7, "lot_no": "L"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("other", "is_owed"),
    [
        pytest.param({"lot_no": "L"}, False, id="the same lot"),
        pytest.param({"lot_no": "L", "mass_g": 60}, False, id="a part of the lot"),
        pytest.param({"lot_no": "M"}, True, id="another lot"),
        pytest.param({}, False, id="no lot number"),
        pytest.param({"lot_no": "L", "material": "copper"}, True, id="another material"),
        pytest.param({"lot_no": "L", "giver": CO1}, True, id="from another giver"),
    ],
)
def test_a_sale_is_answered_by_a_receipt_that_can_be_its_own(other, is_owed):
    assert bool(owed_halves(UE2, sale(lot_no="L"), receipt(**other))) is is_owed


def test_without_lot_numbers_the_same_mass_answers_before_the_oldest():
    events = [
        sale("2026-05-01", report_id="s1", mass_g=5),
        sale("2026-05-02", report_id="s2", mass_g=9),
        receipt(mass_g=9),
    ]
    # The oldest sale is asked first; it takes the only receipt there is, whatever its mass.
    assert owed_halves(UE2, *events) == [("report_material_receipt", "s2", None, "no_lot_no")]
    two = [*events, receipt("2026-05-04", report_id="r2", mass_g=5)]
    assert owed_halves(UE2, *two) == []
    mixed = [
        sale("2026-05-01", report_id="s1", mass_g=5, lot_no="A"),
        receipt(report_id="r1", mass_g=7),
        receipt(report_id="r2", mass_g=5),
    ]
    assert owed_halves(UE1, *mixed) == [("report_material_sale", "r2", None, "no_lot_no")]


def test_one_half_without_lot_number_answers_one_other_half_only():
    assert owed_halves(UE2, sale(report_id="s1"), sale("2026-05-22", report_id="s2"), receipt()) == [
        ("report_material_receipt", "s2", None, "no_lot_no")
    ]


def test_a_lot_that_is_answered_answers_nothing_beside_it():
    without = sale("2026-05-22", report_id="s2")
    assert owed_halves(UE2, sale(lot_no="L"), receipt(lot_no="L"), without) == [
        ("report_material_receipt", "s2", None, "no_lot_no")
    ]


def test_every_half_that_stays_unanswered_is_asked_for():
    answered = [sale("2026-05-22", report_id="s3", lot_no="C", material="copper"), receipt(material="copper")]
    lots = [sale(report_id="s1", lot_no="A"), sale("2026-05-21", report_id="s2", lot_no="B"), *answered]
    assert owed_halves(UE2, *lots) == [
        ("report_material_receipt", "s1", "A", None),
        ("report_material_receipt", "s2", "B", None),
    ]


def test_the_half_of_the_same_mass_is_taken_first_and_the_other_stays_for_the_next():
    halves = [
        sale("2026-05-01", report_id="s1", mass_g=5),
        sale("2026-05-02", report_id="s2", mass_g=9, lot_no="L"),
        receipt("2026-05-03", report_id="r1", mass_g=9),
        receipt("2026-05-04", report_id="r2", mass_g=5, lot_no="M"),
    ]
    assert owed_halves(UE2, *halves) == []


def test_the_receipt_is_owed_in_the_role_of_the_day_of_the_sale():
    def entry(role, since, until=None):
        return {"uscc": UE2, "name": "x", "roles": [role], "division": "420100", "valid_from": since} | (
            {"valid_until": until} if until else {}
        )

    rows = [entry("collection_outlet", "2020-01-01", "2026-05-20"), entry("utilization_enterprise", "2026-05-21")]
    registry = add_entries(register_only(["UE1"]), {"participants": rows})
    for day, count in (("2026-05-20", 0), ("2026-05-21", 1)):
        seen = view(UE2, "2026-06-01", registry=registry, events=(sale(day, lot_no="L"),))
        assert len(owed(seen, "report_material_receipt")) == count, day


@pytest.mark.parametrize("receiver", [VP1, CO1, USCC_OF["XX1"]])
def test_who_reports_no_materials_owes_no_receipt(receiver):
    assert owed_halves(receiver, sale(receiver=receiver, lot_no="L")) == []


def test_a_battery_producer_owes_the_receipt_but_not_the_sale():
    assert owed_halves(BP1, sale(receiver=BP1, lot_no="L")) == [("report_material_receipt", "s", "L", None)]
    assert owed_halves(BP1, receipt(giver=BP1, lot_no="L")) == []


def test_a_sale_whose_receiver_is_not_named_asks_nobody():
    assert owed_halves(UE2, receipt(giver=None)) == []


def test_an_unanswered_half_is_a_violation_and_without_lot_number_a_lead():
    weights = []
    for lot in ({"lot_no": "L"}, {}):
        (duty,) = owed(view(UE2, "2026-06-01", events=(sale(**lot),)), "report_material_receipt")
        weights.append(lapse(duty, rule=RULE_TABLE.rules[duty.rule]).weight)
    assert weights == ["violation", "lead"]


# -- dismantling information


def models(*rows):
    return {"models": [{"uscc": BP1, **row} for row in rows]}


def information(model, *, report_id="d"):
    return event("dismantling_information_filed", BP1, "2026-06-01", report_id=report_id, model=model)


@pytest.mark.parametrize(
    ("certified_on", "days"),
    [
        ("2026-05-31", ("2026-05-31", "2026-11-30", "2026-12-15")),
        ("2019-01-01", ("2026-04-01", "2026-10-01", "2026-10-16")),
        ("2026-04-02", ("2026-04-02", "2026-10-02", "2026-10-17")),
    ],
)
def test_six_months_run_from_the_certification_or_from_the_rule(certified_on, days):
    seen = view(BP1, "2026-06-30", register=models({"model": "M", "certified_on": certified_on}))
    (duty,) = owed(seen, "file_dismantling_information")
    assert (duty.opened_by, *told([duty])[0][2:5]) == ("M", *days)
    assert duty.evidence == {"model": "M", "certified_on": certified_on}


def test_a_model_that_will_be_certified_is_asked_for_then():
    register = models({"model": "M", "certified_on": "2026-07-01"})
    assert owed(view(BP1, "2026-06-30", register=register), "file_dismantling_information") == []
    assert owed(view(BP1, "2026-07-01", register=register), "file_dismantling_information")


def test_the_first_filing_of_the_model_settles_it():
    events = (information("N", report_id="n"), information("M", report_id="a"), information("M", report_id="b"))
    seen = view(BP1, "2026-06-30", register=models({"model": "M", "certified_on": "2026-05-01"}), events=events)
    assert [one.closed_by for one in owed(seen, "file_dismantling_information")] == ["a"]


def test_a_model_without_certification_is_doubted_from_the_month_of_its_first_battery():
    seen = view(BP1, "2026-06-30", months={"": ("2026-05", "2026-06"), "M": ("2026-05", "2026-06")})
    (duty,) = owed(seen, "file_dismantling_information")
    assert (str(duty.opened_on), duty.evidence) == (
        "2026-05-31", {"model": "M", "first_battery_month": "2026-05", "doubt": "certification_unknown"},
    )  # fmt: skip
    assert lapse(duty, rule=RULE_TABLE.rules[duty.rule]).weight == "lead"


def test_a_known_certification_goes_before_the_first_battery():
    seen = view(
        BP1, "2026-06-30", register=models({"model": "M", "certified_on": "2026-05-01"}), months={"M": ("2025-01",)}
    )
    assert [one.evidence for one in owed(seen, "file_dismantling_information")] == [
        {"model": "M", "certified_on": "2026-05-01"}
    ]


# -- outlets


def outlets(*rows):
    return {
        "outlets": [
            {"producer": VP1, "outlet_id": f"O{n}", "form": "own", "valid_from": "2020-01-01", **row}
            for n, row in enumerate(rows)
        ]
    }


ELSEWHERE = {"division": "110105"}


def sold(month, count, *, place="440305", name="vehicle_sold", party=VP1):
    return Counted(Tally(name, place, party, "vehicle", "sold", month), count)


def missing(day, *tallies, register=None, uscc=VP1):
    return [(one.opened_by, str(one.opened_on), one.evidence["sales_of_12_months"])
            for one in owed(view(uscc, day, register=register or outlets(ELSEWHERE), tallies=tallies), "provide_outlet")]  # fmt: skip


def test_more_sales_of_twelve_months_than_enough_call_for_an_outlet():
    assert missing("2026-06-15", sold("2026-05", 100)) == []
    assert missing("2026-06-15", sold("2026-05", 101)) == [("440300", "2026-05-31", 101)]


def test_sales_of_the_running_month_and_of_more_than_twelve_months_ago_do_not_count():
    assert missing("2026-06-15", sold("2026-06", 500)) == []
    assert missing("2026-06-15", sold("2025-05", 500)) == []
    assert missing("2026-06-15", sold("2025-06", 500)) == [("440300", "2026-04-01", 500)]
    assert missing("2026-06-15", sold("2025-06", 60), sold("2026-05", 60)) == [("440300", "2026-05-31", 120)]


def test_the_days_run_from_the_month_since_which_sales_were_enough_without_a_break():
    assert missing("2028-06-15", sold("2026-10", 200), sold("2027-09", 300)) == [("440300", "2026-10-31", 300)]
    assert missing("2028-06-15", sold("2026-08", 200), sold("2027-09", 300)) == [("440300", "2027-09-30", 300)]
    assert missing("2026-06-15", sold("2025-01", 200), sold("2025-12", 200)) == [("440300", "2026-04-01", 200)]


def test_sales_are_read_three_years_back_to_tell_since_when_an_outlet_is_missing():
    each_june = [sold(f"{year}-06", 200) for year in range(2026, 2030)]
    assert missing("2030-06-15", *each_june) == [("440300", "2028-06-30", 200)]


def test_due_days_of_an_outlet_come_from_the_rulebook():
    (duty,) = owed(
        view(VP1, "2026-06-15", register=outlets(ELSEWHERE), tallies=(sold("2026-05", 101),)), "provide_outlet"
    )
    assert told([duty])[0][2:5] == ("2026-05-31", "2026-11-27", "2026-12-27")
    assert duty.evidence == {"area": "440300", "role": "vehicle_producer", "sales_of_12_months": 101, "more_than": 100}
    assert lapse(duty, rule=RULE_TABLE.rules[duty.rule]).weight == "lead"


def test_places_of_one_prefecture_count_together_and_unknown_places_not_at_all():
    here = [sold("2026-05", 60), sold("2026-05", 60, place="440303")]
    assert missing("2026-06-15", *here) == [("440300", "2026-05-31", 120)]
    assert missing("2026-06-15", sold("2026-05", 60), sold("2026-05", 60, place="440103")) == []
    assert missing("2026-06-15", sold("2026-05", 500, place="")) == []
    assert missing("2026-06-15", sold("2026-05", 500, place="440000")) == []


@pytest.mark.parametrize("form", ["own", "joint", "entrusted"])
def test_an_outlet_of_any_form_in_the_prefecture_is_enough(form):
    assert missing("2026-06-15", sold("2026-05", 101), register=outlets({"division": "440303", "form": form})) == []
    assert missing("2026-06-15", sold("2026-05", 101), register=outlets({"division": "440103", "form": form}))


def test_an_outlet_counts_from_its_first_to_its_last_day():
    def found(**days):
        return missing("2026-06-15", sold("2026-05", 101), register=outlets(ELSEWHERE, {"division": "440300", **days}))

    assert found(valid_until="2026-06-15") == []
    assert found(valid_until="2026-06-14") == [("440300", "2026-06-14", 101)]
    assert found(valid_until="2026-05-10") == [("440300", "2026-05-31", 101)]
    assert found(valid_from="2026-06-15") == []
    assert found(valid_from="2026-06-16") == [("440300", "2026-05-31", 101)]


def test_an_outlet_that_moved_ended_in_its_old_prefecture_the_day_before():
    register = outlets({"division": "440303"})
    register["outlets"].append({**register["outlets"][0], "division": "110105", "valid_from": "2026-06-05"})
    assert missing("2026-06-15", sold("2026-05", 101), register=register) == [("440300", "2026-06-04", 101)]
    assert missing("2026-06-04", sold("2026-05", 101), register=register) == []


def test_an_outlet_of_another_producer_is_none_of_its_own():
    register = {
        "outlets": [
            {"producer": BP1, "outlet_id": "O", "form": "own", "division": "440303", "valid_from": "2020-01-01"}
        ]
    }
    assert missing("2026-06-15", sold("2026-05", 101), register=register) == [("440300", "2026-05-31", 101)]


def test_a_battery_producer_needs_an_outlet_in_the_province():
    packs = sold("2026-05", 101, name="pack_sold", party=BP1)
    assert missing("2026-06-15", packs, uscc=BP1) == [("440000", "2026-05-31", 101)]
    near = {
        "outlets": [
            {"producer": BP1, "outlet_id": "O", "form": "own", "division": "441900", "valid_from": "2020-01-01"}
        ]
    }
    assert missing("2026-06-15", packs, register=near, uscc=BP1) == []
    assert missing("2026-06-15", sold("2026-05", 101, party=BP1), uscc=BP1) == [], "vehicles are the vehicle producer's"


def test_where_the_register_holds_no_outlet_of_anybody_none_is_missing():
    assert owed(view(VP1, "2026-06-15", tallies=(sold("2026-05", 101),)), "provide_outlet") == []


def test_a_producer_whose_registration_has_ended_needs_no_outlet():
    row = {"uscc": VP1, "name": "x", "roles": ["vehicle_producer"], "division": "440300", "valid_from": "2015-01-01"}
    for until, count in (("2026-06-15", 1), ("2026-06-14", 0)):
        registry = add_entries(
            register_only([]), {"participants": [{**row, "valid_until": until}], **outlets(ELSEWHERE)}
        )
        seen = view(VP1, "2026-06-15", registry=registry, tallies=(sold("2026-05", 101),))
        assert len(owed(seen, "provide_outlet")) == count, until


def test_who_became_a_producer_needs_an_outlet_from_then_on():
    def entry(role, since, until=None):
        return {"uscc": VP1, "name": "x", "roles": [role], "division": "440300", "valid_from": since} | (
            {"valid_until": until} if until else {}
        )

    rows = [entry("seller", "2015-01-01", "2026-06-14"), entry("vehicle_producer", "2026-06-15")]
    registry = add_entries(register_only([]), {"participants": rows, **outlets(ELSEWHERE)})
    for day, count in (("2026-06-14", 0), ("2026-06-15", 1)):
        seen = view(VP1, day, registry=registry, tallies=(sold("2026-05", 101),))
        assert len(owed(seen, "provide_outlet")) == count, day


def test_every_participant_of_the_tests_can_be_asked():
    assert all(
        list_participant_duties(view(uscc, "2026-12-31", registry=REGISTRY))
        for uscc in REGISTRY.usccs
        if uscc != USCC_OF["UE3"]
    )


def test_a_rulebook_without_limits_asks_no_participant_for_anything():
    book = load_rulebook()
    without = replace(book, books=tuple(replace(one, limits=()) for one in book.books), deadlines={})
    register = outlets(ELSEWHERE) | models({"model": "M", "certified_on": "2020-05-01"})
    registry = add_entries(register_only(["BP1", "VP1"]), register)
    for uscc in (BP1, VP1):
        duties = [
            list_participant_duties(
                view(uscc, "2026-12-31", registry=registry, rulebook=one, tallies=(sold("2026-05", 101, party=uscc),))
            )
            for one in (book, without)
        ]
        assert [bool(one) for one in duties] == [True, False]
