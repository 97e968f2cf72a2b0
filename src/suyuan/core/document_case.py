"""What documents state of a case: the file of the case, cut at the act that the document belongs to.

The same acts give the same text, whatever was done in the case later.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from suyuan.core.case import CaseLimits
from suyuan.core.case_course import ARTICLE, CHOICES
from suyuan.core.case_file import ActEntry, CaseFile, FindingEntry, OfficerEntry
from suyuan.core.chinese_text import format_day, number_in_chinese
from suyuan.core.document import Basis, CaseOfficer, CaseText, DocumentKind, Ground, Organ, Party
from suyuan.core.procedure import Procedure

_FEN_PER_YUAN: Final = 100
_ARTICLE_OF_MEASURES: Final = re.compile(r"Order 73\), Art\. (\d{1,2})\b")
_MEASURES: Final = "Order 73"


def find_act(file: CaseFile, kind: DocumentKind) -> ActEntry | None:
    """Return the act that a document of this kind belongs to: the last of its move; a record takes the last act of all.

    None where the case has not come so far.
    """
    act = file.last(kind.move) if kind.move else None
    return act if act is not None or kind.layout != "record" else file.acts[-1]


def cut_file(file: CaseFile, act: ActEntry) -> CaseFile:
    """Return the file as it was when this act was made."""
    return msgspec.structs.replace(file, acts=tuple(one for one in file.acts if one.number <= act.number))


def describe_case(
    file: CaseFile,
    act: ActEntry,
    *,
    kind: DocumentKind,
    organ: Organ,
    limits: CaseLimits,
    procedure: Procedure,
    details: Mapping[str, str],
    earlier_numbers: tuple[str, ...],
) -> CaseText:
    """Return what documents state of a case as of an act; the case has a party. `details` are what the officer adds."""
    known = cut_file(file, act)
    assert known.party is not None, "a case without a party has no documents"
    notice = known.last("give_notice")
    noticed: dict[str, Any] = notice.fields if notice is not None else {}
    said = {**noticed, **act.fields}
    decision = act.fields.get("decision") or noticed.get("intended")
    amount_yuan = act.fields.get("amount_yuan") if "decision" in act.fields else noticed.get("amount_yuan")
    return CaseText(
        known.case_no,
        organ,
        Party(known.party.name, known.party.uscc, known.party.division_name_zh or ""),
        act.acted_on,
        grounds=tuple(_describe_finding(finding) for finding in known.findings),
        basis=tuple(_list_basis(known, said, procedure)),
        facts=noticed.get("facts", ""),
        text=act.fields.get("text", ""),
        decision=(decision,) if decision else (),
        amount_fen=amount_yuan * _FEN_PER_YUAN if decision == "fine" and amount_yuan is not None else None,
        days=limits.statement_days,
        hearing_days=limits.hearing_request_days,
        payment_days=limits.payment_days,
        due_on=_day(act.fields, "correct_by"),
        may_ask_hearing=decision == "fine",
        statement="\n".join(_list_statements(known)),
        officers=tuple(_list_officers(act)),
        earlier_numbers=earlier_numbers,
        details={**_details_of_act(act, kind), **details},
    )


def _describe_finding(finding: FindingEntry) -> Ground:
    evidence = finding.evidence
    facts = ""
    if finding.rule == "scrapped_vehicle_battery_missing":
        missing = "、".join(pack["battery_code"] for pack in evidence["missing"])
        facts = f"登记应有动力电池{len(evidence['expected'])}个，报告发现{len(evidence['found'])}个，缺失：{missing}"
    subject = finding.subject.partition(":")[2] or finding.subject
    return Ground(finding.title_zh, subject, finding.report_id, finding.remedy_zh, facts)


def _list_basis(file: CaseFile, said: Mapping[str, Any], procedure: Procedure) -> Iterator[Basis]:
    """Yield article and text that an officer entered; else what the notice names; else what the rules' sources name."""
    is_verified = all(finding.is_verified for finding in file.findings)
    article, text = (said.get(name, "") for name in ARTICLE)
    if article:
        yield Basis(article, text, is_verified=True)
    elif said.get("grounds"):
        yield Basis(said["grounds"], is_verified=is_verified)
    else:
        named = dict.fromkeys(name for finding in file.findings for name in _name_basis(finding, procedure))
        yield from (Basis(name, is_verified=is_verified) for name in named)


def _name_basis(finding: FindingEntry, procedure: Procedure) -> Iterator[str]:
    """Yield what a finding rests on: the article that the operator verified as it was entered, else what its source names."""
    yield from (_name_source(finding.source, procedure) if not finding.is_verified else [finding.source])


def _name_source(source: str, procedure: Procedure) -> Iterator[str]:
    """Yield what a rule's source names of the measures, in Chinese; nothing for a choice of the platform."""
    articles = _ARTICLE_OF_MEASURES.findall(source)
    yield from (f"{procedure['measures']}第{number_in_chinese(int(number))}条" for number in articles)
    if not articles and _MEASURES in source:
        yield procedure["measures"]


def _list_statements(file: CaseFile) -> Iterator[str]:
    for act in file.acts:
        if act.move == "take_statement":
            yield f"{format_day(date.fromisoformat(act.fields['stated_on']))}，你单位提出陈述、申辩：{act.fields['text']}"
        if act.move == "hold_hearing":
            yield f"{format_day(date.fromisoformat(act.fields['held_on']))}，本机关依法举行听证。"


def _list_officers(act: ActEntry) -> Iterator[CaseOfficer]:
    officers: tuple[OfficerEntry | None, ...] = (act.officer, act.second_officer)
    yield from (CaseOfficer(one.name, one.officer) for one in officers if one is not None)


def _details_of_act(act: ActEntry, kind: DocumentKind) -> dict[str, str]:
    """Return what the act itself says of the fields that an officer may add to this kind of document."""
    fields = act.fields
    told: dict[str, str] = {}
    if kind.name == "hearing_notice":
        told = {"hearing_on": format_day(date.fromisoformat(fields["hearing_on"])), "place": fields["hearing_at"]}
    elif kind.name == "inspection_record" and act.move == "investigate":
        day = _day(fields, "inspected_on")
        told = {
            "inspected_at": format_day(day) if day else "",
            "place": fields.get("inspected_at", ""),
            "observations": fields["record"],
        }
    elif kind.name == "proof_of_service" and act.move == "serve":
        told = {"manner": CHOICES[fields["manner"]][0]}
    return {name: value for name, value in told.items() if value}


def _day(fields: Mapping[str, Any], name: str) -> date | None:
    value = fields.get(name)
    return date.fromisoformat(value) if value else None
