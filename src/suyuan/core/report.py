"""A report: one checked and normalised row, its content digest, and the timelines it stands in."""

import hashlib
from datetime import UTC, date, datetime, time
from typing import Any

import msgspec

from suyuan.core.catalogue import KIND_BY_NAME, PERSONAL_FIELDS
from suyuan.core.field import Field, Filing, Kind
from suyuan.core.identifiers import BatteryCode
from suyuan.core.value import DATE_LENGTH, SHANGHAI, parse_date

DIGEST_VERSION = b"\x01"
# Identifiers are subclasses of str, which msgspec does not write by itself.
_encode = msgspec.json.Encoder(order="deterministic", enc_hook=str).encode


class Report(msgspec.Struct):
    """One report after checking: `fields` hold the normalised content, kind, id, reporter and time included.

    `occurred_time` is the time of day in Asia/Shanghai, None for a bare date.
    """

    kind: Kind
    reporter: str
    report_id: str
    occurred_on: date
    occurred_time: time | None
    fields: dict[str, Any]


class FiledEvent(msgspec.Struct):
    """A report as it stands in the timeline of one subject: in which roles, and what its fold reads."""

    subject: str
    body: dict[str, Any]


def split_occurrence(occurred_at: str) -> tuple[date, time | None]:
    """Return the Shanghai day, and the time of day unless only a date was given, of a normalised `occurred_at`."""
    if len(occurred_at) == DATE_LENGTH:
        return parse_date(occurred_at), None
    moment = datetime.fromisoformat(occurred_at).astimezone(SHANGHAI)
    return moment.date(), moment.time()


def restore_report(fields: dict[str, Any]) -> Report:
    """Return the report of its recorded, already normalised fields."""
    occurred_on, occurred_time = split_occurrence(fields["occurred_at"])
    kind = KIND_BY_NAME[fields["kind"]]
    return Report(kind, fields["reporter"], fields["report_id"], occurred_on, occurred_time, fields)


def encode_content(report: Report) -> bytes:
    """Return the normalised content as JSON with sorted keys; defaults and absent fields were dropped on checking."""
    return _encode(report.fields)


def digest_content(report: Report, content: bytes) -> bytes:
    """Return the digest by which a repeated report is told from an id used for other content: version, then SHA-256.

    Personal fields do not count: a digest of their values could be tried out, one of their commitments never repeats.
    """
    names = PERSONAL_FIELDS.get(report.kind.name)
    if names is not None and not names.isdisjoint(report.fields):
        content = _encode({name: value for name, value in report.fields.items() if name not in names})
    return DIGEST_VERSION + hashlib.sha256(content).digest()


def find_counterparty(report: Report) -> str | None:
    """Return the USCC of the other party the report names, None if it names none."""
    name = report.kind.counterparty
    return report.fields.get(name) if name else None


def file_report(report: Report) -> list[FiledEvent]:
    """Return the timelines this report stands in, once each; a subject in several roles has them joined by "+".

    A recovery stands under `lot:<USCC>:<report_id>` too, a report that names no other subject under
    `report:<USCC>:<report_id>`. A withdrawal is filed by whoever knows its target.
    """
    filed: dict[str, FiledEvent] = {}
    fields = report.fields
    for filing in report.kind.filings:
        value = fields.get(filing.field) if filing.field else own_subject(report)
        if value is None:
            continue
        body = {"as": filing.role}
        for name in filing.body:
            if name in fields:
                body[name] = fields[name]
        for name in CIRCUMSTANCES:
            if name in fields:
                body[name] = fields[name]
        if filing.role in ROLES_WITH_MORE:
            for subject, more in _subjects_with_more(report, filing, value):
                _file(filed, subject, {**body, **more})
        elif type(value) is list:
            for subject in value:
                _file(filed, subject, body)
        else:
            _file(filed, value, body)
    return list(filed.values())


CIRCUMSTANCES = ("place", "site_id", "originally_reported_at")  # kept of every report that states them


def list_subjects(report: Report) -> list[str]:
    """Return the subjects under which `file_report` files a report, in its order, without working out what is kept there."""
    subjects: dict[str, None] = {}
    for filing in report.kind.filings:
        value: Any = report.fields.get(filing.field) if filing.field else own_subject(report)
        if value is None:
            continue
        if filing.role == "model":
            value = f"{report.reporter}:{value}"
        elif filing.role == "born_bound":
            value = [pack["code"] for pack in value]
        subjects.update(dict.fromkeys(value if type(value) is list else (value,)))
    return list(subjects)


def own_subject(report: Report) -> str:
    """Return the subject that a report without another, or a recovery, is filed under."""
    prefix = "lot" if report.kind.name == "material_recovered" else "report"
    return f"{prefix}:{report.reporter}:{report.report_id}"


def _file(filed: dict[str, FiledEvent], subject: str, body: dict[str, Any]) -> None:
    """Add one appearance of a subject; `body` may be shared and is not changed."""
    known = filed.get(subject)
    if known is None:
        filed[subject] = FiledEvent(subject, body)
    else:
        known.body = {**known.body, **body, "as": f"{known.body['as']}+{body['as']}"}


ROLES_WITH_MORE = frozenset({"model", "born_bound", "born", "product", "part", "listed"})


def _subjects_with_more(report: Report, filing: Filing, value: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - any field value
    """Return the subjects of a filing whose name or body is not simply a field of the report."""
    if filing.role == "model":
        return [(f"{report.reporter}:{value}", {})]
    if filing.role == "born_bound":
        return [
            (pack["code"], {**_birth_digest(pack), **{k: v for k, v in pack.items() if k != "code"}}) for pack in value
        ]
    if filing.role in ("part", "listed"):
        share = _mass_share_g(report.fields, filing.role, pieces=len(value)) if value else None
        return [(code, {} if share is None else {"mass_share_g": share}) for code in value]
    return [(value, {**_birth_digest(report.fields), **_newest_component(report)})]


def _mass_share_g(fields: dict[str, Any], role: str, *, pieces: int) -> int | None:
    """Return one piece's part of a mass told of all pieces together, None where none is told."""
    if role == "listed":
        return int(fields["counted_mass_g"]) // pieces
    mass_g = fields.get("recovered_mass_g")
    return None if mass_g is None else piece_share_g(mass_g, pieces=pieces, uncoded=fields.get("unreadable_count", 0))


def piece_share_g(mass_g: int, *, pieces: int, uncoded: int) -> int:
    """Return what one of several coded pieces weighs if all weigh the same, uncoded ones included; 0 where there are none."""
    return mass_g // (pieces + uncoded) if pieces else 0


NOT_BIRTH_CONTENT = frozenset(
    {"report_id", "note", "occurred_at", "reporter", "place", "site_id", "kind", "originally_reported_at"}
)


def _birth_digest(fields: dict[str, Any]) -> dict[str, Any]:
    """Return what tells two births of one code apart, without the circumstances of the report."""
    content = {name: value for name, value in fields.items() if name not in NOT_BIRTH_CONTENT}
    return {"content": hashlib.sha256(_encode(content)).hexdigest()[:16]}


def list_components(report: Report) -> list[tuple[str, str]]:
    """Return the pairs of parent and component that a report claims; a module is the parent of its cells."""
    claims: list[tuple[str, str]] = []
    fields = report.fields
    for name in report.kind.components:
        parent = fields["battery_code"]
        for part in fields.get(name, ()):
            if isinstance(part, dict):
                claims.append((parent, part["code"]))
                claims += [(part["code"], cell) for cell in part["cells"]]
            else:
                claims.append((parent, part))
    return claims


def _newest_component(report: Report) -> dict[str, Any]:
    """Return the component with the latest date in its code, for the rule that no child is younger than its assembly."""
    if "cells" not in report.fields and "modules" not in report.fields:
        return {}
    codes = [component for _, component in list_components(report) if not component.startswith("TMP-")]
    if not codes:
        return {}
    newest = max(codes, key=lambda code: (BatteryCode(code).produced_on, code))
    return {"newest_component": newest}


def drop_defaults(fields: dict[str, Any], *, kind_fields: dict[str, Field]) -> None:
    """Take out in place what equals its field's default and every empty optional list: saying it changes no content."""
    for name in [name for name, value in fields.items() if _means_nothing(kind_fields[name], value)]:
        del fields[name]


def _means_nothing(field: Field, value: Any) -> bool:  # noqa: ANN401 - any field value
    if field.default is not None:
        return bool(value == field.default)
    return value == [] and not field.is_required


def utc_text(moment: datetime) -> str:
    """Return a moment as answers print it: UTC with six fraction digits."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
