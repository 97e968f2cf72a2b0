"""Single cells: what people and spreadsheet programs write, and what the report then says."""

import pytest

from suyuan.core.catalogue import KINDS
from suyuan.core.field import Field, FieldType
from suyuan.intake.cells import convert_cell, format_cell, gather_components, place_components, trim
from suyuan.intake.headings import fields_of, is_ignored, normalise_name


def field(type_: FieldType, *, maximum: int = 64) -> Field:
    return Field("x", type_, "某", "some", maximum=maximum)


@pytest.mark.parametrize(
    ("type_", "cell", "value"),
    [
        (FieldType.INTEGER, "420000", 420000),
        (FieldType.INTEGER, "420000.0", 420000),
        (FieldType.INTEGER, "420,000", 420000),
        (FieldType.INTEGER, "-5", -5),
        (FieldType.INTEGER, "４２０", 420),
        (FieldType.INTEGER, "'420", 420),
        (FieldType.INTEGER, "1.5", "1.5"),
        (FieldType.INTEGER, "4.2E+05", "4.2E+05"),
        (FieldType.INTEGER, "4,20", "4,20"),
        (FieldType.INTEGER, "420 kg", "420 kg"),
        (FieldType.INTEGER, "9007199254740992", "9007199254740992"),
        (FieldType.BOOLEAN, "TRUE", True),
        (FieldType.BOOLEAN, "是", True),
        (FieldType.BOOLEAN, "1", True),
        (FieldType.BOOLEAN, "yes", True),
        (FieldType.BOOLEAN, "No", False),
        (FieldType.BOOLEAN, "否", False),
        (FieldType.BOOLEAN, "0", False),
        (FieldType.BOOLEAN, "perhaps", "perhaps"),
        (FieldType.DATE, "2026/5/3", "2026-05-03"),
        (FieldType.DATE, "2026年5月3日", "2026-05-03"),
        (FieldType.DATE, "20260503", "2026-05-03"),
        (FieldType.DATE, "2026-05-03 00:00:00", "2026-05-03"),
        (FieldType.DATE, "2026-05-03 08:00:00", "2026-05-03 08:00:00"),
        (FieldType.DATE, "2026/2/30", "2026/2/30"),
        (FieldType.DATE, "5/3/2026", "5/3/2026"),
        (FieldType.DATE, "46145", "46145"),
        (FieldType.DATE_OR_TIME, "2026/5/3 8:30", "2026-05-03T08:30:00+08:00"),
        (FieldType.DATE_OR_TIME, "2026/5/3 8：30：15", "2026-05-03T08:30:15+08:00"),
        (FieldType.DATE_OR_TIME, "2026/5/3 25:30", "2026/5/3 25:30"),
        (FieldType.DATE_OR_TIME, "2026-05-03T10:00:00+08:00", "2026-05-03T10:00:00+08:00"),
        (FieldType.DATE_OR_TIME, "2026-05-03T10:00:00", "2026-05-03T10:00:00"),
        (FieldType.BATTERY_CODES, "A  B\u3000C\nD", ["A", "B", "C", "D"]),
        (FieldType.BATTERY_CODES, '["A","B"]', ["A", "B"]),
        (FieldType.BATTERY_CODES, "无", []),
        (FieldType.BATTERY_CODES, "None", []),
        (FieldType.BATTERY_CODES, "[]", []),
        (FieldType.BATTERY_CODES, '["A"', '["A"'),
        (FieldType.MODULES, '[{"code":"M","cells":[]}]', [{"code": "M", "cells": []}]),
        (FieldType.MODULES, '[{"code":"M","code":"N"}]', '[{"code":"M","code":"N"}]'),
        (FieldType.MODULES, "M1 M2", "M1 M2"),
        (FieldType.MATERIALS, "copper:10;black_mass: 5 ;", [{"material": "copper", "mass_g": 10}, {"material": "black_mass", "mass_g": 5}]),
        (FieldType.MATERIALS, "copper：10；steel：7.0", [{"material": "copper", "mass_g": 10}, {"material": "steel", "mass_g": 7}]),
        (FieldType.MATERIALS, "copper 10", "copper 10"),
        (FieldType.MATERIALS, "copper:10; steel", "copper:10; steel"),
        (FieldType.MATERIALS, '[{"material":"copper","mass_g":1,"copper_g":1}]', [{"material": "copper", "mass_g": 1, "copper_g": 1}]),
        (FieldType.VIN, '="LATPAB075S1000001"', "LATPAB075S1000001"),
        (FieldType.VIN, "'LATPAB075S1000001", "LATPAB075S1000001"),
        (FieldType.VIN, "'", "'"),
        (FieldType.DIVISION, "350100", "350100"),
        (FieldType.TEXT, "'00123", "00123"),
    ],
)  # fmt: skip
def test_cell_becomes_the_value_or_stays_text(type_, cell, value):
    converted = convert_cell(cell, field(type_))
    assert (converted, type(converted)) == (value, type(value))


def test_sentences_keep_their_apostrophes():
    assert convert_cell("'tis so", field(FieldType.TEXT, maximum=500)) == "'tis so"


def test_blanks_of_every_width_are_trimmed():
    assert trim("\ufeff\u3000 \xa0a b\t\u200b\r\n") == "a b"


def test_components_are_sorted_by_their_level_letter():
    raw = {"component_codes": ["001MBA1", "001CBC1", "００１ｍ2", "?"]}
    place_components(raw)
    assert raw == {
        "modules": [{"code": "001MBA1", "cells": []}, {"code": "００１ｍ2", "cells": []}],
        "cells": ["001CBC1", "?"],
    }


def test_components_beside_modules_are_left_for_the_checker_to_refuse():
    raw = {"component_codes": ["001MBA1"], "modules": []}
    place_components(raw)
    assert raw == {"component_codes": ["001MBA1"], "modules": []}


@pytest.mark.parametrize(
    ("raw", "codes"),
    [
        ({"modules": [{"code": "001MBA1", "cells": []}], "cells": ["001CBC1"]}, ["001MBA1", "001CBC1"]),
        ({"cells": ["001CBC1"]}, ["001CBC1"]),
        ({"modules": [], "cells": ["001CBC1"]}, None),
        ({"modules": [{"code": "001MBA1", "cells": ["001CBC1"]}]}, None),
        ({"modules": [{"code": "001MBA1"}]}, None),
        ({"cells": ["001MBA1"]}, None),
        ({"cells": [1]}, None),
        ({"modules": "x"}, None),
        ({}, None),
    ],
)
def test_component_codes_are_gathered_only_where_they_read_back_the_same(raw, codes):
    assert gather_components(raw) == codes


def test_titles_lead_to_one_field_in_every_kind():
    for kind in KINDS:
        names: dict[str, str] = {}
        for one in fields_of(kind):
            for title in (one.zh, one.en, one.name):
                assert names.setdefault(normalise_name(title), one.name) == one.name, (kind.name, title)


def test_columns_that_refusals_add_hide_no_field():
    assert [
        one.name
        for kind in KINDS
        for one in fields_of(kind)
        for title in (one.zh, one.en, one.name)
        if is_ignored(title)
    ] == []
    assert is_ignored("退回原因\nrefusal_reason_zh")


def test_titles_of_kinds_are_titles_of_sheets():
    assert all(len(kind.zh) <= 31 and not set(kind.zh) & set("[]:*?/\\") for kind in KINDS)


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (True, "true"), (5, "5"), (1.5, "1.5"), ([], "[]"), ({"a": 1}, '{"a":1}')]
)
def test_values_of_the_wrong_type_are_still_shown(value, cell):
    assert format_cell(value, field=field(FieldType.VIN)) == cell
