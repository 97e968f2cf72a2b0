"""Check: one decoded row against the catalogue, the register and the calendar day of its receipt, all errors at once.

Pure: the moment of receipt and the register are arguments. Who has not reported yet is no reason to refuse anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from suyuan.core.battery_code import BatteryCode
from suyuan.core.catalogue import COMMON_FIELDS, KIND_BY_NAME, ROLES
from suyuan.core.division import is_known_division
from suyuan.core.field import Field, FieldType, Kind
from suyuan.core.refusal import EITHER, Notice, RowError, refuse, shorten
from suyuan.core.registry import Registry
from suyuan.core.report import Report, drop_defaults, split_occurrence
from suyuan.core.rulebook import BatteryType, Rulebook
from suyuan.core.value import CHECKERS, SHANGHAI, ValueProblemError

EARLIEST_DAY = date(2011, 1, 1)  # the code's year letters begin with 2011; nothing older can carry one
CLOCK_TOLERANCE = timedelta(minutes=5)  # a reporter's clock may run ahead of ours this far
CODE_TYPES = frozenset(
    {
        FieldType.BATTERY_CODE,
        FieldType.GOODS_CODE,
        FieldType.TEMPORARY_CODE,
        FieldType.LOT_CODE,
        FieldType.VIN,
        FieldType.USCC,
    }
)


EITHER_FIELDS = {
    "battery_received": ("sender", "from_owner"),
    "material_received": ("sender", "customs_declaration_no"),
}


class KindFields:
    """The fields of a kind, arranged for checking many rows."""

    def __init__(self, kind: Kind) -> None:
        """Join the common fields and the kind's own."""
        self.kind = kind
        self.by_name: dict[str, Field] = {field.name: field for field in (*COMMON_FIELDS, *kind.fields)}
        self.checks = {name: (CHECKERS[field.type], field) for name, field in self.by_name.items() if name != "kind"}
        self.required = tuple(name for name, field in self.by_name.items() if field.is_required)
        self.either = EITHER_FIELDS.get(kind.name, ())
        self.droppable = frozenset(
            name
            for name, field in self.by_name.items()
            if field.default is not None or field.type in (FieldType.BATTERY_CODES, FieldType.LOT_CODES)
        )


FIELDS_BY_KIND = {name: KindFields(kind) for name, kind in KIND_BY_NAME.items()}


@dataclass(frozen=True, slots=True)
class Admission:
    """What the rows of one submission are checked against."""

    registry: Registry
    submitter: str
    received_at: datetime
    is_historical: bool
    rulebook: Rulebook
    received_on: date = field(init=False)  # the Shanghai day of receipt

    def __post_init__(self) -> None:
        """Work out once what every row asks for."""
        object.__setattr__(self, "received_on", self.received_at.astimezone(SHANGHAI).date())


class Admitted(msgspec.Struct):
    """What came of a row: a report or its errors, and notices."""

    report: Report | None
    errors: list[RowError]
    notices: list[Notice]


def admit(raw: Mapping[str, object], *, admission: Admission) -> Admitted:
    """Return the checked report of a row, or every reason why it cannot be one; never raises on JSON-like values."""
    kind_name = raw.get("kind")
    shape = FIELDS_BY_KIND.get(kind_name) if isinstance(kind_name, str) else None
    if shape is None:
        error = (
            refuse("kind_unknown", field="kind", value=kind_name)
            if kind_name
            else refuse("field_missing", field="kind", kind="?")
        )
        return Admitted(None, [error], [])
    errors: list[RowError] = []
    notices: list[Notice] = []
    fields = _check_fields(raw, shape, errors, notices)
    reporter = fields.setdefault("reporter", admission.submitter) if "reporter" not in raw else fields.get("reporter")
    occurred_on, occurred_time = _check_occurrence(fields, admission, errors)
    if reporter is not None:
        _check_reporter(str(reporter), shape.kind, occurred_on, admission, errors)
        _check_births(fields, shape.kind, str(reporter), admission.registry, errors)
    _check_place(fields, reporter, admission, errors)
    if errors or occurred_on is None or reporter is None:
        return Admitted(None, errors, [])
    _notice_doubtful_letters(fields, shape.kind, admission.rulebook, occurred_on, notices)
    if not shape.droppable.isdisjoint(fields):
        drop_defaults(fields, kind_fields=shape.by_name)
    return Admitted(
        Report(shape.kind, str(reporter), fields["report_id"], occurred_on, occurred_time, fields), [], notices
    )


def normalise_row(raw: Mapping[str, object], *, submitter: str) -> dict[str, Any] | None:
    """Return a row as the record keeps it, None where something in it is no value of its field.

    Nobody is asked whether the row may be reported: that was settled when it was received.
    """
    kind_name = raw.get("kind")
    shape = FIELDS_BY_KIND.get(kind_name) if isinstance(kind_name, str) else None
    if shape is None:
        return None
    errors: list[RowError] = []
    fields = _check_fields(raw, shape, errors, [])
    if "reporter" not in raw:
        fields["reporter"] = submitter
    if not errors and not shape.droppable.isdisjoint(fields):
        drop_defaults(fields, kind_fields=shape.by_name)
    return None if errors else fields


def _check_fields(
    raw: Mapping[str, object], shape: KindFields, errors: list[RowError], notices: list[Notice]
) -> dict[str, Any]:
    """Return the normalised fields that are right; null stands for absent."""
    fields: dict[str, Any] = {}
    checks = shape.checks
    for name, value in raw.items():
        if value is None:
            continue
        known = checks.get(name)
        if known is None:
            if name == "kind":  # `shape` was found by it
                fields[name] = value
                continue
            errors.append(refuse("field_unknown", field=shorten(name), value=value, kind=shape.kind.name))
            continue
        check, field = known
        try:
            fields[name] = normal = check(value, field)
        except ValueProblemError as problem:
            errors += problem.errors
            continue
        if normal != value and field.type in CODE_TYPES:
            notices.append(_notice_normalised(name, value, normal))
    if None in map(raw.get, shape.required):
        missing = [name for name in shape.required if raw.get(name) is None]
        errors += [refuse("field_missing", field=name, kind=shape.kind.name) for name in missing]
    if shape.either and not any(map(raw.get, shape.either)):
        errors.append(refuse("field_missing", field=EITHER.join(shape.either), kind=shape.kind.name))
    return fields


def _notice_normalised(name: str, value: object, normal: object) -> Notice:
    text = shorten(value)
    return Notice(
        "normalised",
        name,
        text,
        f'{name}: "{text}" was read as "{normal}".',
        f"字段“{name}”：“{text}”已按“{normal}”读取。",
    )


def _notice_doubtful_letters(
    fields: dict[str, Any], kind: Kind, rulebook: Rulebook, on: date, notices: list[Notice]
) -> None:
    """Tell who gives birth to a code that its letter of the battery type is not sure, or not known; nobody else can mend it."""
    types = rulebook.battery_types(on=on)
    for name in kind.births:
        for code in _born_codes(fields.get(name)):
            if code.startswith(("TMP-", "LOT-")):
                continue
            letter = BatteryCode(code).battery_type
            known = types.get(letter)
            if known is None or not known.is_verified:
                notices.append(_notice_letter(name, code, letter, known))


def _born_codes(value: Any) -> list[str]:  # noqa: ANN401 - a code, described packs, or nothing
    if value is None:
        return []
    return [pack["code"] for pack in value] if isinstance(value, list) else [value]


def _notice_letter(name: str, code: str, letter: str, known: BatteryType | None) -> Notice:
    meaning = f' as far as it is recalled, "{known.en}"' if known else " nothing that is known"
    meaning_zh = f"据记忆为“{known.zh}”" if known else "含义不明"
    return Notice(
        "battery_type_doubtful",
        name,
        code,
        f'{name}: battery type {letter} in "{code}" means{meaning}. The row was accepted; compare the letter with the standard.',
        f"字段“{name}”：“{code}”中的电池类型代码 {letter} {meaning_zh}。本行已接受，请对照标准核对。",
    )


def _check_occurrence(fields: dict[str, Any], admission: Admission, errors: list[RowError]) -> tuple[date | None, Any]:
    """Return day and time of the event; a day after receipt, or before any code existed, cannot be."""
    text = fields.get("occurred_at")
    if text is None:
        return None, None
    occurred_on, occurred_time = split_occurrence(text)
    if occurred_on > admission.received_on or (
        occurred_time is not None and datetime.fromisoformat(text) > admission.received_at + CLOCK_TOLERANCE
    ):
        errors.append(refuse("occurred_in_future", field="occurred_at", value=text, received=admission.received_on))
    if occurred_on < EARLIEST_DAY:
        errors.append(refuse("occurred_too_early", field="occurred_at", value=text, earliest=EARLIEST_DAY))
    return occurred_on, occurred_time


def _check_reporter(reporter: str, kind: Kind, on: date | None, admission: Admission, errors: list[RowError]) -> None:
    if reporter not in admission.registry:
        errors.append(refuse("reporter_unknown", field="reporter", value=reporter))
        return
    agent, received_on = admission.submitter, admission.received_on
    if reporter != agent and not admission.registry.may_report_for(agent, reporter, on=received_on):
        errors.append(
            refuse(
                "reporter_not_allowed",
                field="reporter",
                value=reporter,
                why=f"{agent} sent it and is not registered as its agent on {received_on}; send it with the reporter's own "
                "token, or ask the operator to register the agent",
                why_zh=f"报送单位 {agent} 在 {received_on} 未登记为其代报单位；请由报告单位自行报送，或请平台运营方登记代报关系",
            )
        )
    roles = admission.registry.roles_of(reporter, on=on or admission.received_on)
    if roles.isdisjoint(kind.reporters):
        wanted = sorted(kind.reporters, key=list(ROLES).index)
        errors.append(
            refuse(
                "reporter_not_allowed",
                field="kind",
                value=reporter,
                why=f'"{kind.name}" is for {", ".join(wanted)}',
                why_zh=f"“{kind.zh}”由{'、'.join(ROLES[role][0] for role in wanted)}报送",
            )
        )


def _check_births(
    fields: dict[str, Any], kind: Kind, reporter: str, registry: Registry, errors: list[RowError]
) -> None:
    """Ownership is checked only for the code a report gives birth to."""
    for name in kind.births:
        for code in _born_codes(fields.get(name)):
            error = _check_birth(code, name, reporter, registry)
            if error is not None:
                errors.append(error)


def _check_birth(code: str, name: str, reporter: str, registry: Registry) -> RowError | None:
    if code.startswith(("TMP-", "LOT-")):
        if code[4:22] == reporter and name in ("temporary_code", "lot_code"):
            return None
        return refuse("battery_code_not_yours", field=name, value=code, manufacturer=code[4:22])
    owners = registry.owners_of(code[:3])
    if reporter in owners:
        return None
    return refuse(
        "battery_code_not_yours" if owners else "manufacturer_code_unknown",
        field=name,
        value=code,
        manufacturer=code[:3],
    )


def _check_place(fields: dict[str, Any], reporter: object, admission: Admission, errors: list[RowError]) -> None:
    place = fields.get("place")
    if place is not None and not is_known_division(place, on=admission.received_on):
        errors.append(refuse("division_unknown", field="place", value=place))
    site = fields.get("site_id")
    if site is not None and (reporter, site) not in admission.registry.sites:
        errors.append(refuse("site_unknown", field="site_id", value=site))
    if "originally_reported_at" in fields and not admission.is_historical:
        errors.append(
            refuse(
                "field_unknown",
                field="originally_reported_at",
                kind=f"{fields.get('kind')} (only when history is loaded)",
            )
        )
