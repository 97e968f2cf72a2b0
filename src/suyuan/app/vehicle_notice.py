"""The notice to a dismantler that packs are missing on a vehicle it has taken in; made from the finding that says so."""

import hashlib
from datetime import date
from typing import Any, Final

from suyuan.app.check_scrapping import parse_vin
from suyuan.app.context import Context, UseCaseError
from suyuan.app.documents import Printed, Suffix, issue_document, print_draft
from suyuan.app.forms import describe_organ
from suyuan.app.naming import name_party, name_place
from suyuan.app.officer import place_key, places_of
from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.competence import is_competent
from suyuan.core.document import KIND_OF_DOCUMENT, Document
from suyuan.core.document_sheet import IncompleteVehicle, MissingPack, compose_incomplete_vehicle_notice
from suyuan.core.finding import Finding
from suyuan.core.registry import Authority, is_current
from suyuan.core.report import split_occurrence
from suyuan.core.vehicle import STATEMENTS
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.documents import Occasion, Series, find_reports
from suyuan.store.outcomes import read_reports
from suyuan.store.read import read_findings_of

KIND: Final = KIND_OF_DOCUMENT["incomplete_vehicle_notice"]
RULE: Final = "scrapped_vehicle_battery_missing"
_DIGEST_CHARACTERS: Final = 16


def issue_vehicle_notice(context: Context, vin: str, *, authority: str, suffix: Suffix, is_draft: bool) -> Printed:
    """Return the notice about an incomplete vehicle by an authority; the same missing packs give the same notice again.

    Raises UseCaseError: no such authority or not the one of the place and the line, the VIN is malformed, nothing is
    missing on this vehicle.
    """
    subject = parse_vin(vin)
    today = context.today()
    issuer = find_authority(context, authority, on=today)
    finding = _find_missing(context, subject)
    _refuse_incompetent(context, issuer, finding, on=today)
    organ = describe_organ(issuer)
    vehicle = describe_vehicle(context, finding, vin=subject, on=today)

    def compose(number: int | None) -> Document:
        return compose_incomplete_vehicle_notice(vehicle, organ=organ, number=number)

    if is_draft:
        return print_draft(compose(None), line=issuer.line, suffix=suffix)
    return issue_document(
        context,
        Occasion(subject, KIND.name, _name_occasion(vehicle)),
        series=Series(issuer.authority, KIND.word, today.year),
        line=issuer.line,
        suffix=suffix,
        compose=compose,
    )


def find_authority(context: Context, authority: str, *, on: date) -> Authority:
    """Return an authority of the register in force on a day. Raises UseCaseError naming those there are."""
    known = [one for one in context.read_registry().register.authorities if is_current(one, on=on)]
    for entry in known:
        if entry.authority == authority:
            return entry
    listed = ", ".join(sorted(one.authority for one in known)) or "-"
    raise UseCaseError(
        f"{authority}: the register has no such authority today. There are: {listed}. "
        'Import authorities with "suyuan register import".',
        message_zh=f"{authority}：登记中没有该机关。现有：{listed}。请用“suyuan register import”导入机关。",
    )


def _refuse_incompetent(context: Context, authority: Authority, finding: Finding, *, on: date) -> None:
    """Refuse an authority of another place or line, naming those that are competent."""
    line = RULE_TABLE.rules[RULE].competent_line
    place = places_of(context, [finding])[place_key(finding)]
    if is_competent(authority, line=line, place=place):
        return
    known = context.read_registry().register.authorities
    competent = [one for one in known if is_current(one, on=on) and is_competent(one, line=line, place=place)]
    listed = ", ".join(sorted(one.authority for one in competent)) or "-"
    raise UseCaseError(
        f"{authority.authority} is not competent for {line} at {place or 'an unknown place'}. Competent: {listed}.",
        message_zh=f"{authority.authority} 对该地（{place or '地点不明'}）的 {line} 事项没有管辖权。有管辖权的机关：{listed}。",
    )


def describe_vehicle(context: Context, finding: Finding, *, vin: str, on: date) -> IncompleteVehicle:
    """Return an incomplete vehicle with every name written out, as of a day, from the finding about it."""
    evidence = finding.evidence
    return IncompleteVehicle(
        vin,
        name_party(context, finding.reporter, on=on),
        finding.reporter,
        _find_day(context, finding),
        finding.report_id,
        on,
        tuple(sorted(evidence["expected"])),
        tuple(sorted(evidence["found"])),
        tuple(sorted(_describe_pack(context, pack, on) for pack in evidence["missing"])),
        statement=tuple(_name_statement(name, evidence[name]) for name in STATEMENTS if evidence.get(name)),
    )


def _find_missing(context: Context, vin: str) -> Finding:
    for finding in read_findings_of(context.connection, vin):
        if finding.rule == RULE and finding.subject == vin:
            return finding
    raise UseCaseError(
        f"{vin}: no pack is missing on this vehicle, or its scrapping was never reported. Nothing to notify.",
        message_zh=f"{vin}：该车没有缺失的动力电池，或者没有报告其报废接收，无须告知。",
    )


def _find_day(context: Context, finding: Finding) -> date:
    """Return the day of the scrapping, as its report tells it: a finding of the end of a timeline has no day of its own."""
    number = find_reports(context.connection, uscc=finding.reporter, report_ids=[finding.report_id])[finding.report_id]
    return split_occurrence(read_reports(context.connection, [number])[number]["occurred_at"])[0]


def _describe_pack(context: Context, pack: dict[str, Any], on: date) -> MissingPack:
    holder, place = pack["last_holder"] or "", pack["place"] or ""
    return MissingPack(pack["battery_code"], name_party(context, holder, on=on), holder, name_place(place, on=on))


def _name_statement(name: str, value: str) -> tuple[str, str]:
    field = next(one for one in KIND_BY_NAME["vehicle_scrapped"].fields if one.name == name)
    chosen = dict(zip(field.choices, field.choice_names_zh, strict=True))
    return field.zh, chosen.get(value, value)


def _name_occasion(vehicle: IncompleteVehicle) -> str:
    """Return what the notice is about: the report of the scrapping, and which packs are missing."""
    missing = hashlib.sha256("\0".join(pack.code for pack in vehicle.missing).encode()).hexdigest()
    return f"{vehicle.dismantler}/{vehicle.report_id}/{missing[:_DIGEST_CHARACTERS]}"


def addressee_of(occasion: Occasion) -> str:
    """Return the USCC of the dismantler to whom the notice of an occasion is addressed."""
    return occasion.occasion.partition("/")[0]
