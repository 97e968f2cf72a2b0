"""The labels as they are handed over: what lives wrote down, and what is true of enterprises as a whole."""

from collections import Counter
from pathlib import Path
from typing import Any, Final

import msgspec

from suyuan_sim.day import OPENED, TEXT
from suyuan_sim.firms import Firms

BURST_REPORTS_MIN: Final = 30  # held back by one enterprise and sent in one go: fewer are late reports and nothing else
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder().decode


def finish_labels(folder: Path, *, firms: Firms, until: int) -> Counter[str]:
    """Write `labels.jsonl`, month by month, those of enterprises as a whole at its end; returns how many there are of each."""
    counts: Counter[str] = Counter()
    rings: dict[str, dict[str, Any]] = {}
    held: dict[str, list[dict[str, Any]]] = {}
    with (folder / "labels.jsonl").open("wb") as file:
        parts = sorted({path.name for path in (folder / "spool").glob("*/labels-*")})
        for part in parts:
            paths = (folder / "spool").glob(f"*/{part}")
            for line in sorted(line for path in paths for line in path.read_bytes().splitlines()):
                label = _decode(line)
                if label["label"] == "ring":
                    _join(rings, label)
                    continue
                if label["label"] == "held_back" and label["told_on"]:
                    held.setdefault(label["party"], []).append(label)
                counts[label["label"]] += 1
                file.write(line + b"\n")
        for label in (*rings.values(), *_tell_held_back(held), *(_tell_silent(firms) if until >= OPENED else ())):
            counts[label["label"]] += 1
            file.write(_encode(label) + b"\n")
    return counts


def _join(rings: dict[str, dict[str, Any]], label: dict[str, Any]) -> None:
    """Make one label of all the packs that went round in one ring."""
    known = rings.setdefault(label["note"], label)
    if known is label:
        return
    known["subjects"] += label["subjects"]
    known["happened_on"] = min(known["happened_on"], label["happened_on"])
    told = [one for one in (known["told_on"], label["told_on"]) if one]
    known["told_on"] = min(told) if told else None


def _tell_held_back(held: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return a label for each enterprise that sent months of reports in one go."""
    return [
        {
            **labels[0],
            "label": "back_dating",
            "subjects": [f"participant:{party}"],
            "reports": [report for label in labels for report in label["reports"]],
            "happened_on": labels[0]["told_on"],
            "note": f"{len(labels)} reports held back",
        }
        for party, labels in sorted(held.items())
        if len(labels) >= BURST_REPORTS_MIN
    ]


def _tell_silent(firms: Firms) -> list[dict[str, Any]]:
    """Return a label for each enterprise that reports nothing."""
    return [
        {
            "label": "silent_enterprise",
            "breach": True,
            "party": firm.uscc,
            "parties": [firm.uscc],
            "subjects": [f"participant:{firm.uscc}"],
            "reports": [],
            "happened_on": TEXT[OPENED],
            "told_on": TEXT[OPENED],
            "note": "",
        }
        for firm in firms.every
        if firm.is_silent
    ]
