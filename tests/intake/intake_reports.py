"""Reports of any kind, as Hypothesis draws them, and the cells that carry them."""

from datetime import date

from hypothesis import strategies as st

from suyuan.core.catalogue import KINDS
from suyuan.core.field import Field, FieldType
from suyuan.intake.cells import COMPONENT_CODES, format_cell, gather_components, place_components
from suyuan.intake.headings import fields_of

CODES = st.text("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", min_size=5, max_size=24)
PROSE = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40)
WORDS = st.text("ABCxyz019._:-宁德", min_size=1, max_size=20)
LEVEL_CODES = st.builds(
    lambda maker, level, rest: f"{maker}{level}{rest}", st.just("001"), st.sampled_from("MC"), CODES
)


def values_of(field: Field) -> st.SearchStrategy:
    if field == COMPONENT_CODES:
        return st.lists(LEVEL_CODES, min_size=1, max_size=6, unique=True)
    if field.type is FieldType.TEXT:
        return WORDS if field.maximum <= 64 else PROSE.map(str.strip).filter(bool)
    materials = st.fixed_dictionaries(
        {"material": st.sampled_from(["black_mass", "copper"]), "mass_g": st.integers(0, 10**9)}
    )
    return {
        FieldType.INTEGER: st.integers(field.minimum, field.maximum),
        FieldType.BOOLEAN: st.booleans(),
        FieldType.DATE: st.dates(date(2011, 1, 1)).map(str),
        FieldType.DATE_OR_TIME: st.dates(date(2011, 1, 1)).map(str) | st.just("2026-05-03T10:00:00+08:00"),
        FieldType.TIME: st.just("2026-05-03T10:00:00.123456Z"),
        FieldType.CHOICE: st.sampled_from(field.choices or ("",)),
        FieldType.BATTERY_CODES: st.lists(CODES, max_size=5),
        FieldType.LOT_CODES: st.lists(CODES, max_size=5),
        FieldType.MODULES: st.lists(
            st.fixed_dictionaries({"code": CODES, "cells": st.lists(CODES, max_size=3)}), max_size=3
        ),
        FieldType.PACKS: st.lists(st.fixed_dictionaries({"code": CODES, "mass_g": st.integers(1, 9)}), max_size=3),
        FieldType.MATERIALS: st.lists(materials | materials.map(lambda part: {**part, "copper_g": 1}), max_size=3),
    }.get(field.type, CODES)


@st.composite
def reports_of_any_kind(draw):
    kind = draw(st.sampled_from(KINDS))
    fields = [field for field in fields_of(kind) if field.name not in ("kind", "report_id")]
    chosen = draw(st.lists(st.sampled_from(fields), unique_by=lambda field: field.name, max_size=8))
    if COMPONENT_CODES in chosen:
        chosen = [field for field in chosen if field.name not in ("modules", "cells")]
    raw = {"report_id": draw(WORDS), "kind": kind.name, **{field.name: draw(values_of(field)) for field in chosen}}
    place_components(raw)
    return raw


def cells_of(raw: dict, fields: dict[str, Field]) -> dict[str, str]:
    codes = gather_components(raw)
    flat = (
        raw
        if codes is None
        else {**{n: v for n, v in raw.items() if n not in ("modules", "cells")}, COMPONENT_CODES.name: codes}
    )
    return {name: format_cell(value, field=fields[name]) for name, value in flat.items()}
