"""The planted typing errors: rows that must be refused and why, rows that are understood all the same, and duplicates."""

from datetime import date
from typing import Any

from sample_lives import USCC, Story

FULL_WIDTH = {ord("!") + place: ord("！") + place for place in range(94)}


def plant_mistakes(story: Story) -> None:
    """Plant what people mistype, each in an otherwise right row of its own."""
    _mistype_births(story)
    _mistype_vehicles(story)
    _mistype_custody(story)
    _send_again(story)


def _birth(story: Story, firm: str, on: date) -> dict[str, Any]:
    """Return a right birth of a pack that is sent wrong, and perhaps never again."""
    pack = story.draw_pack(firm, on)
    story.lives.discard(pack.code)
    return story.draft(firm, "battery_produced", on, **story.birth_fields(pack, on))


def _mistype_births(story: Story) -> None:
    on = date(2025, 9, 3)
    corrected = []
    for number, name in enumerate(("short", "no such day", "no mass", "words", "minus")):
        right = _birth(story, "BP2", on)
        code = right["battery_code"]
        wrong, refusal = {
            "short": ({"battery_code": code[:11] + code[12:]}, "battery_code_length"),
            "no such day": ({"battery_code": code[:15] + "2Y" + code[17:]}, "battery_code_date"),
            "no mass": ({"mass_g": None}, "field_missing"),
            "words": ({"rated_energy_wh": "六万"}, "field_malformed"),
            "minus": ({"mass_g": -438_000}, "number_out_of_range"),
        }[name]
        fields = {key: value for key, value in {**right, **wrong}.items() if value is not None}
        story.send("BP2", fields, refused=(refusal,))
        if number in (0, 2, 4):
            corrected.append(right)
    for right in corrected:
        story.lives.add(right["battery_code"])
        story.send("BP2", right, slug="corrections")
    right = _birth(story, "BP2", on)
    story.send("BP2", {**right, "occurred_at": "2025-02-30"}, refused=("field_malformed",))
    right = _birth(story, "BP2", on)
    several = {"battery_code": right["battery_code"][:-2], "mass_g": 0, "model": "型" * 65}
    story.send("BP2", {**right, **several}, refused=("battery_code_length", "field_malformed", "number_out_of_range"))
    for change in (str.lower, lambda code: code.translate(FULL_WIDTH)):
        right = _birth(story, "BP2", on)
        story.lives.add(right["battery_code"])
        story.send("BP2", {**right, "battery_code": change(right["battery_code"])}, normalised=("battery_code",))
    story.plant("typed in full width; understood", "全角录入，已识别", right["battery_code"])
    right = _birth(story, "BP2", on)
    neighbour = "7YA" + right["battery_code"][3:]
    story.send("BP2", {**right, "battery_code": neighbour}, refused=("battery_code_not_yours",))
    right = _birth(story, "BP1", on)
    for change, refusal in (
        ({"battery_code": "9QX" + right["battery_code"][3:]}, "manufacturer_code_unknown"),
        ({"battery_code": right["battery_code"][:3] + "Q" + right["battery_code"][4:]}, "battery_code_level"),
        ({"battery_code": right["battery_code"][:9] + "-" + right["battery_code"][10:]}, "battery_code_characters"),
        ({"colour": "red"}, "field_unknown"),
        ({"cells": [story.code("7YA", on, level="C")] * 2}, "component_repeated"),
        ({"occurred_at": "2009-09-03"}, "occurred_too_early"),
        ({"occurred_at": "2027-09-03"}, "occurred_in_future"),
    ):
        story.send(
            "BP1", {**right, "report_id": f"{right['report_id']}.{story.number('again')}", **change}, refused=(refusal,)
        )


def _mistype_vehicles(story: Story) -> None:
    right = {"vehicle_model": "驰风 E5", "conformity_certificate_no": "VP1C9", "conformity_certificate_issued_on": "2025-09-10",
             "battery_codes": []}  # fmt: skip
    story.send(
        "VP1",
        story.draft("VP1", "vehicle_produced", "2025-09-10", vin="LCFEV1A5OS1009001", **right),
        refused=("vin_malformed",),
    )
    row = story.draft("VP1", "vehicle_produced", "2025-09-10", vin=story.vin("VP1"), reporter=USCC["VP2"], **right)
    story.send("VP1", row, refused=("reporter_not_allowed",))
    _, vin = story.drive(date(2025, 8, 20), number=1)
    sale = {"vin": vin, "use_type": "private", "place": "330106", "sale_kind": "second_hand"}
    for change, refusal in (
        ({"use_type": "家用"}, "field_malformed"),
        ({"place": "999999"}, "division_unknown"),
        ({"site_id": "杭州一店"}, "site_unknown"),
    ):
        story.send("SE1", story.draft("SE1", "vehicle_sold", "2026-09-10", **{**sale, **change}), refused=(refusal,))
    right_sale = story.draft("SE1", "vehicle_sold", "2026-09-11", **sale)
    story.send("SE1", right_sale)
    story.send("SE1", right_sale, is_duplicate=True)
    story.send("SE1", {**right_sale, "use_type": "taxi"}, refused=("report_id_reused",))


def _mistype_custody(story: Story) -> None:
    pack, vin = story.drive(date(2025, 8, 26), number=0)
    handed_on = story.wreck("VD1", pack, vin, date(2026, 8, 26))
    right = {"battery_code": pack.code, "mass_g": pack.mass_g}
    wrong_uscc = USCC["UE1"][:-1] + ("1" if USCC["UE1"][-1] != "1" else "2")
    story.send(
        "VD1",
        story.draft("VD1", "battery_handed_over", handed_on, receiver=wrong_uscc, **right),
        refused=("uscc_check_digit",),
    )
    story.send("VD1", story.draft("VD1", "battery_handed_over", handed_on, **right), refused=("field_missing",))
    story.pass_on("VD1", "UE1", pack, handed_on)
    story.send("UE1", story.draft("UE1", "battery_received", "2026-09-22", **right), refused=("field_missing",))
    row = story.draft("UE1", "vehicle_scrapped", "2026-09-22", vin=vin, battery_codes_found=[])
    story.send("UE1", row, refused=("reporter_not_allowed",))
    story.send(
        "RE2", story.draft("RE2", "battery_painted", "2026-09-22", battery_code=pack.code), refused=("kind_unknown",)
    )
    row = story.draft("RE2", "report_withdrawn", "2026-09-23", withdrawn_report_id="RE2-000000-0000", reason="录入错误")
    story.send("RE2", row, refused=("withdrawn_report_unknown",))


def _send_again(story: Story) -> None:
    """Send a seller's file a second time as it is, and another's as csv instead of a workbook: rows come back as duplicates."""
    for firm, slug in (("SE1", "sales-sent-twice"), ("SE2", "sales-again-as-csv")):
        for row in list(story.rows[story.batch_of(firm, kind="vehicle_sold")]):
            story.send(firm, row.fields, refused=row.refused, is_duplicate=not row.refused, slug=slug)
