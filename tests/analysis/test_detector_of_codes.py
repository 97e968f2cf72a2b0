"""The detector of codes that were never born: what it names and what it must not."""

import math
import random
from datetime import date

import pytest

from suyuan.analysis.detectors.codes_never_born import (
    DETECTOR,
    Births,
    Unborn,
    find_codes_never_born,
    progression_chance,
)

AS_OF = date(2028, 3, 31)


def pack_code(serial, *, maker="001", segment="B010000000", day="G51"):
    return f"{maker}P{segment}{day}{serial:07d}"


BORN = [Births("001", "G", f"B01000{n:04d}", 5_000) for n in range(6)] + [Births("002", "G", "B010000000", 12)]


def find_never_born(births, codes, born_with_serial=None):
    return find_codes_never_born(births, codes, born_with_serial or {})


def unborn(*codes, by="VD1"):
    return [Unborn(code, by, AS_OF) for code in codes]


def test_codes_with_characters_that_their_maker_never_used_are_a_lead_against_nobody_but_told_of_who_told_first():
    codes = [pack_code(serial, segment="E77XYZ0001") for serial in (5, 811, 4242)]
    (lead,) = find_never_born(BORN, unborn(*codes))
    assert (lead.subject, lead.party, lead.evidence["codes"]) == ("participant:VD1", "VD1", codes)
    assert find_never_born(BORN[::-1], unborn(*codes[::-1])) == [lead]


def test_unborn_codes_of_the_usual_form_of_small_makers_and_of_one_wrong_character_are_none():
    assert find_never_born(BORN, unborn(pack_code(5), pack_code(977))) == []
    assert find_never_born(BORN, unborn(pack_code(5, maker="002", segment="E77XYZ0001"))) == []
    assert find_never_born(BORN, unborn(pack_code(5, maker="009", segment="E77XYZ0001"))) == []
    near = Unborn(pack_code(5, segment="B010000009"), "VD1", AS_OF, is_near_a_born_code=True)
    assert find_never_born(BORN, [near]) == []


def test_honest_packs_of_rare_kinds_are_named_as_seldom_as_good_turing_says():
    chance = random.Random(61)
    segments = [f"B0{n:08d}" for n in range(400)]
    weights = [1 / (rank + 1) ** 2 for rank in range(400)]
    born = chance.choices(segments, weights, k=20_000)
    births = [Births("001", "G", one, born.count(one)) for one in sorted(set(born))]
    honest = chance.choices(segments, weights, k=20_000)
    rare = sum(row.born == 1 for row in births) / 20_000
    leads = find_never_born(births, unborn(*(pack_code(n * n, segment=one) for n, one in enumerate(honest))))
    named = sum(one.evidence["codes_count"] for one in leads if one.evidence["signal"] == "structure")
    assert named <= 20_000 * DETECTOR.false_positives.at_most * 1.5, f"segments seen once: {rare}"


def test_serials_in_steps_are_a_lead_and_those_of_a_fleet_or_of_chance_are_not():
    steps = unborn(*(pack_code(serial) for serial in range(1000, 1100, 10)))
    (lead,) = find_never_born(BORN, steps)
    assert (lead.evidence["signal"], lead.evidence["step"], lead.evidence["codes_count"]) == ("progression", 10, 10)
    assert find_never_born(BORN, unborn(*(pack_code(serial) for serial in range(1000, 1050)))) == []
    chance = random.Random(62)
    assert find_never_born(BORN, unborn(*(pack_code(chance.randrange(10**7)) for _ in range(9)))) == []
    assert progression_chance([10, 20, 30, 40]) == 1.0
    assert progression_chance([10, 20, 30, 40, 50]) == pytest.approx(41 * 40 / 8 / math.comb(41, 5))


def test_one_serial_number_again_and_again_is_a_lead_unless_births_bear_it_as_often():
    days = ("G11", "G12", "G2A", "G3B", "G4C", "G55")
    again = unborn(*(pack_code(4711, day=day) for day in days), pack_code(12), pack_code(99))
    (lead,) = find_never_born(BORN, again, {"0004711": 2})
    assert (lead.evidence["signal"], lead.evidence["serial"], lead.evidence["codes_count"]) == (
        "repeated_serial",
        "0004711",
        6,
    )
    first_of_each_day = unborn(*(pack_code(1, day=day) for day in days))
    assert find_never_born(BORN, first_of_each_day, {"0000001": 4_000}) == []
    assert find_never_born([], again) == []
