"""The voucher of a hand-over: from the giver's reports, with a symbol that the receiver scans. Nothing is recorded."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from suyuan.app.context import Context, UseCaseError
from suyuan.app.documents import Printed, Suffix, print_document
from suyuan.app.naming import name_party, name_place
from suyuan.core.document_sheet import HandedOver, Voucher, compose_voucher
from suyuan.core.report import split_occurrence
from suyuan.store.documents import find_reports
from suyuan.store.outcomes import read_reports
from suyuan.store.slot import slot_of
from suyuan.store.timeline import read_timelines

LINES_MAX: Final = 500
_SAME_FOR_ALL: Final = (
    ("receiver", "接收单位", "receiver"),
    ("carrier", "承运单位", "carrier"),
    ("waybill_no", "运单号", "waybill"),
    ("un_number", "联合国编号", "UN number"),
)


def make_voucher(context: Context, report_ids: Sequence[str], *, giver: str, suffix: Suffix) -> Printed:
    """Return the voucher of hand-overs of one giver to one receiver on one day. Raises UseCaseError with all that is wrong."""
    wanted = list(dict.fromkeys(report_ids))
    if not 0 < len(wanted) <= LINES_MAX:
        raise UseCaseError(
            f"A voucher lists 1 to {LINES_MAX} hand-overs; these are {len(wanted)}. Make several vouchers.",
            message_zh=f"一张凭证列 1 至 {LINES_MAX} 项移交，现有 {len(wanted)} 项。请分开生成。",
        )
    numbers = find_reports(context.connection, uscc=giver, report_ids=wanted)
    found = read_reports(context.connection, numbers.values())
    reports = {report_id: found[number] for report_id, number in numbers.items() if number in found}
    faults = list(_find_faults(context, wanted, reports, giver=giver))
    if faults:
        raise UseCaseError(" ".join(english for _, english in faults), message_zh="".join(zh for zh, _ in faults))
    document = compose_voucher(_describe(context, [reports[one] for one in wanted], giver=giver))
    body, form = print_document(document, line="", suffix=suffix)
    return Printed(document, body, form.name, is_new=False, is_draft=False)


def _find_faults(
    context: Context, wanted: Iterable[str], reports: dict[str, dict[str, Any]], *, giver: str
) -> Iterator[tuple[str, str]]:
    for report_id in wanted:
        report = reports.get(report_id)
        if report is None:
            yield (f"{giver} 没有报告 {report_id}。", f"{giver} has no report {report_id}.")
        elif report["kind"] != "battery_handed_over":
            yield (f"报告 {report_id} 不是移交出库。", f"Report {report_id} is no hand-over but {report['kind']}.")
        elif _is_withdrawn(context, report):
            yield (f"报告 {report_id} 已撤回。", f"Report {report_id} was withdrawn.")
    movements = [one for one in reports.values() if one["kind"] == "battery_handed_over"]
    for name, chinese, english in _SAME_FOR_ALL:
        if len({one.get(name) for one in movements}) > 1:
            yield (
                f"所列报告的{chinese}不同，请分开生成凭证。",
                f"The reports name different values of {english}: make a voucher for each.",
            )
    if len({_day_of(one) for one in movements}) > 1:
        yield (
            "所列报告的移交日期不同，请分开生成凭证。",
            "The reports are of different days: make a voucher for each.",
        )


def _is_withdrawn(context: Context, report: dict[str, Any]) -> bool:
    code = report["battery_code"]
    events = read_timelines(context.connection, slot=slot_of(code), subjects=[code], parties=context.parties)[code]
    return any(
        event.reporter == report["reporter"] and event.body.get("withdraws") == report["report_id"] for event in events
    )


def _describe(context: Context, reports: Sequence[dict[str, Any]], *, giver: str) -> Voucher:
    first = reports[0]
    on = _day_of(first)
    registry = context.read_registry()
    place = first.get("place") or registry.division_of(giver, on=on) or ""
    carrier = first.get("carrier", "")
    return Voucher(
        name_party(context, giver, on=on),
        giver,
        name_party(context, first["receiver"], on=on),
        first["receiver"],
        on,
        name_place(place, on=on),
        tuple(
            HandedOver(one["battery_code"], one["report_id"], one["mass_g"], one.get("damage_class", ""))
            for one in reports
        ),
        carrier=name_party(context, carrier, on=on) or carrier,
        waybill_no=first.get("waybill_no", ""),
        un_number=first.get("un_number", ""),
    )


def _day_of(report: dict[str, Any]) -> date:
    return split_occurrence(report["occurred_at"])[0]
