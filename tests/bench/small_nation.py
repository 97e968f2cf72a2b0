"""A nation of seven vehicles in the form that the simulator writes, with three breaches and three honest errors."""

import json
from datetime import date, timedelta

from story import USCC_OF, fill_report, write_participants_csv

OPENS_ON, UNTIL = date(2026, 4, 1), date(2026, 12, 31)


def write_nation(folder):
    """Write the world into a folder."""
    writer = Writer(folder)
    writer.send("BP1", "2026-04-20", *(born(number) for number in range(1, 8)))
    writer.send("VP1", "2026-04-25", *(built(number) for number in range(1, 7)), id_from=1)
    for number in (1, 2, 3, 5, 6):
        writer.send("SE1", "2026-05-10", sold(number), id_from=number)
    writer.send("SE1", "2026-05-10", sold(5), id_from=5)  # the same file again
    writer.label("duplicate_file", "SE1", subjects=[vin(5)], reports=["SE1/r5"], on="2026-05-10")
    writer.send("VP1", "2026-05-01", {**built(7), "battery_codes": ["{pack:6}"]}, id_from=7)
    writer.send(
        "VP1",
        "2026-05-04",
        {"kind": "report_withdrawn", "occurred_at": "2026-05-04", "withdrawn_report_id": "r7"},
        built(7),
        id_from=8,
    )
    writer.label("typing_error", "VP1", subjects=[vin(7), pack(6), pack(7)], reports=["VP1/r7"], on="2026-04-15")
    writer.scrap(1, found=[pack_of(1)], receiver="UE1")
    writer.send("UE1", "2026-08-20", moved("battery_received", 1, "2026-08-10", sender="{VD1}"))
    writer.scrap(2, found=[], receiver=None)
    writer.label("missing_pack", None, subjects=[vin(2), pack(2)], reports=["VD1/r20"], on="2026-08-01", breach=True)
    writer.scrap(3, found=[pack_of(3)], receiver="XX1")
    writer.label(
        "unlawful_receiver",
        "VD1",
        others=["XX1"],
        subjects=[pack(3)],
        reports=["VD1/r32"],
        on="2026-08-10",
        breach=True,
    )
    writer.send("SE1", "2026-09-20", sold(4), id_from=40)
    writer.label(
        "late_report",
        "SE1",
        subjects=[vin(4)],
        reports=["SE1/r40"],
        on="2026-05-01",
        breach=True,
        told="2026-09-20",
    )
    writer.end()


class Writer:
    """Writes the files of a world as its story is told."""

    def __init__(self, folder):
        self.folder, self.labels, self.files = folder, [], 0
        folder.mkdir(parents=True)
        (folder / "participants.csv").write_text(write_participants_csv(), encoding="utf-8")

    def send(self, who, received_on, *reports, id_from=0):
        month = self.folder / "submissions" / received_on[:7]
        month.mkdir(parents=True, exist_ok=True)
        lines = []
        for number, report in enumerate(reports, start=id_from):
            filled = fill_report({"by": who, **report}, number=number)
            del filled["by"]
            lines.append(json.dumps(filled))
        self.files += 1
        path = month / f"{received_on}T0900-{USCC_OF[who]}-{self.files:03d}.jsonl"
        path.write_text("\n".join(lines), encoding="utf-8")

    def scrap(self, number, *, found, receiver):
        reports = [
            {
                "kind": "vehicle_scrapped",
                "occurred_at": "2026-08-01",
                "vin": f"{{vin:{number}}}",
                "battery_codes_found": found,
            }
        ]
        if receiver is not None:
            removed = {"kind": "battery_removed", "occurred_at": "2026-08-02", "vin": f"{{vin:{number}}}"}
            reports.append({**removed, "battery_code": pack_of(number), "reason": "scrapping"})
            reports.append(moved("battery_handed_over", number, "2026-08-10", receiver=f"{{{receiver}}}"))
        self.send("VD1", "2026-08-15", *reports, id_from=number * 10)

    def label(self, kind, who, *, subjects, reports, on, others=(), breach=False, told=None):
        spelled = [f"{USCC_OF[name]}/{report_id}" for name, report_id in (one.split("/") for one in reports)]
        self.labels.append(
            {
                "label": kind,
                "breach": breach,
                "party": USCC_OF[who] if who else None,
                "parties": [USCC_OF[other] for other in others],
                "subjects": [fill_subject(one) for one in subjects],
                "reports": spelled,
                "happened_on": on,
                "told_on": told or (date.fromisoformat(on) + timedelta(days=14)).isoformat(),
                "note": kind,
            }
        )

    def end(self):
        lines = "".join(json.dumps(label) + "\n" for label in self.labels)
        (self.folder / "labels.jsonl").write_text(lines, encoding="utf-8")
        world = {"seed": 0, "scale": "1/1", "until": UNTIL.isoformat(), "platform_opens_on": OPENS_ON.isoformat()}
        (self.folder / "world.json").write_text(json.dumps(world), encoding="utf-8")


def born(number):
    return {"kind": "battery_produced", "occurred_at": "2026-04-10", "battery_code": pack_of(number)}


def built(number):
    packs = {"vin": f"{{vin:{number}}}", "battery_codes": [pack_of(number)]}
    return {"kind": "vehicle_produced", "occurred_at": "2026-04-15", **packs}


def sold(number):
    return {"kind": "vehicle_sold", "occurred_at": "2026-05-01", "vin": f"{{vin:{number}}}"}


def moved(kind, number, on, **whom):
    return {"kind": kind, "occurred_at": on, "battery_code": pack_of(number), **whom}


def pack_of(number):
    return f"{{pack:{number}@2026-04-10}}"


def pack(number):
    return f"battery:{pack_of(number)}"


def vin(number):
    return f"vehicle:{{vin:{number}}}"


def fill_subject(subject):
    filled = fill_report(
        {"by": "BP1", "kind": "nothing_to_report", "occurred_at": "2026-04-01", "note": subject}, number=0
    )
    return filled["note"]
