"""Records of an export: how a recorded report, a written state, a finding become the values of their table's columns."""

from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from suyuan.analysis.export_tables import is_left_out
from suyuan.analysis.parquet import Record
from suyuan.core.account import FLOWS
from suyuan.core.battery_state import BatteryState
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.contribution import Flow
from suyuan.core.duty import Duty
from suyuan.core.finding import Finding
from suyuan.core.identifiers import subject_family
from suyuan.core.lot import LotState
from suyuan.core.participant import Counted
from suyuan.core.registry import Participant
from suyuan.core.report import find_counterparty, list_subjects, restore_report
from suyuan.core.tally import battery_kind, unpack_tallies
from suyuan.core.value import DATE_LENGTH
from suyuan.core.vehicle import VehicleState

_decode_battery = msgspec.json.Decoder(BatteryState).decode
_decode_vehicle = msgspec.json.Decoder(VehicleState).decode
_decode_lot = msgspec.json.Decoder(LotState).decode


def report_record(
    fields: dict[str, Any], *, report_no: int, submission: str, row: int, received_at: datetime
) -> Record:
    """Return a report by its normalised fields, with the defaults of absent ones and without what has no column."""
    report = restore_report(fields)
    defaults, left_out = _read_shape(report.kind.name)
    told = fields["occurred_at"]
    record = {**defaults, **fields}
    for name in left_out:
        record.pop(name, None)
    record |= {
        "report_no": report_no,
        "submission": submission,
        "row": row,
        "received_at": received_at,
        "occurred_on": report.occurred_on,
        "occurred_at": None if len(told) == DATE_LENGTH else told,
        "counterparty": find_counterparty(report),
        "subjects": list_subjects(report),
    }
    return record


@cache
def _read_shape(kind_name: str) -> tuple[dict[str, Any], frozenset[str]]:
    """Return the defaults of a kind's fields, and the names of those that never leave."""
    fields = KIND_BY_NAME[kind_name].fields
    defaults = {field.name: field.default for field in fields if field.default is not None}
    return defaults, frozenset(field.name for field in fields if is_left_out(field))


def battery_record(code: str, body: str, tallies: str) -> Record:
    """Return a battery by the body of its written state and what it adds to the counts."""
    state = _decode_battery(body)
    first, last = (state.bindings[0], state.bindings[-1]) if state.bindings else (None, None)
    counts = {one.name: one for one in unpack_tallies(tallies)}
    covered, marketed = counts.get("coverage"), state.marketed
    return {
        **_plain(state, _BATTERY_NAMES),
        "battery_code": code,
        "level": battery_kind(code),
        "status_month": _status_month(tallies),
        "chain_whole": None if covered is None else covered.status == "whole",
        "rated_energy_wh": state.birth.rated_energy_wh if state.birth else None,
        "chemistry": (state.birth.chemistry if state.birth else None) or state.declared_chemistry,
        "first_bound_on": first.since if first else None,
        "last_off_on": last.until if last else None,
        "bindings": [{"vin": one.vin, "since": one.since, "until": one.until} for one in state.bindings],
        "marketed_on": marketed.on if marketed else None,
        "marketed_place": marketed.place if marketed else None,
        "final_on": state.final_from[0] if state.final_from else None,
    }


def vehicle_record(vin: str, body: str, tallies: str) -> Record:
    """Return a vehicle by the body of its written state and what it adds to the counts."""
    state = _decode_vehicle(body)
    return {
        **_plain(state, _VEHICLE_NAMES),
        "vin": vin,
        "status_month": _status_month(tallies),
        "absence_reason": state.statement.get("absence_reason"),
    }


def lot_record(code: str, body: str, tallies: str) -> Record:
    """Return a lot by the body of its written state and what it adds to the counts."""
    state = _decode_lot(body)
    return {**_plain(state, _LOT_NAMES), "lot_code": code, "status_month": _status_month(tallies)}


_BATTERY_NAMES = (
    "status", "holder", "holding", "vehicle", "is_used", "responsible_producer", "place", "mass_g", "born_by", "born_on",
    "fitted_by", "is_sold", "collected_on", "dismantled_on", "recovered_on", "recovered_by", "missing_from", "parent",
    "parents", "product",
)  # fmt: skip
_VEHICLE_NAMES = (
    "status", "is_born", "is_swap_vehicle", "built_by", "built_on", "is_sold", "sold_on", "sold_at", "packs", "ever_packs",
    "scrapped_on", "scrapped_by", "expected", "found", "missing", "strange", "place",
)  # fmt: skip
_LOT_NAMES = ("status", "holder", "holders", "content", "chemistry", "declared_mass_g", "place", "fed_to")


def _plain(state: BatteryState | VehicleState | LotState, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(state, name) for name in names}


def _status_month(tallies: str) -> str | None:
    """Return the month in which a status began; the count by status stands first in what a subject adds."""
    return next((one.month for one in unpack_tallies(tallies) if one.name == "subject"), None)


def finding_record(finding: Finding, described: dict[str, Any]) -> Record:
    """Return a finding with what the platform says of its rule."""
    return {
        "subject": finding.subject,
        "family": subject_family(finding.subject),
        "rule": finding.rule,
        "weight": finding.weight,
        "party": finding.party,
        "reporter": finding.reporter,
        "report_id": finding.report_id,
        "occurred_on": finding.on,
        "about": finding.about,
        "competent_line": described["competent_line"],
        "source": described["source"],
        "is_verified": described["verified"],
        "evidence": finding.evidence,
    }


def duty_record(duty: Duty) -> Record:
    """Return a duty."""
    return {
        "subject": duty.subject,
        "family": subject_family(duty.subject),
        "kind": duty.kind,
        "rule": duty.rule,
        "party": duty.party,
        "opener": duty.opener,
        "opened_by": duty.opened_by,
        "opened_on": duty.opened_on,
        "due_on": duty.due_on,
        "lapses_on": duty.lapses_on,
        "unit": duty.unit,
        "is_provisional": duty.is_provisional,
        "closer": duty.closer,
        "closed_by": duty.closed_by,
    }


def flow_record(flow: Flow) -> Record:
    """Return a day's sum of one flow."""
    return {**msgspec.structs.asdict(flow), "direction": FLOWS[flow.flow].direction}


def tally_record(counted: Counted) -> Record:
    """Return a count."""
    return {**msgspec.structs.asdict(counted.tally), "count": counted.count}


def participant_record(entry: Participant) -> Record:
    """Return an entry of a participant; what is a set is told in order."""
    return {
        **msgspec.structs.asdict(entry),
        "roles": sorted(entry.roles),
        "manufacturer_codes": sorted(entry.manufacturer_codes),
    }


def rule_record(described: dict[str, Any]) -> Record:
    """Return a rule as the platform describes it."""
    return {**described, "is_verified": described["verified"]}
