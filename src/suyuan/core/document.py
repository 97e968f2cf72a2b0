"""The documents of cases as data: which there are, what each needs, and the shape in which forms lay them out.

A document is text built from the case alone (`core.document_letter`, `core.document_sheet`): the same case gives the
same text, byte for byte. A form only arranges it on the page.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final, Literal

import msgspec

from suyuan.core.chinese_text import clean_text

Layout = Literal["letter", "record", "voucher"]
BlockStyle = Literal["heading", "text", "item", "flush"]
LINES: Final = ("industry", "commerce", "transport", "ecology", "market")


class DocumentField(msgspec.Struct, frozen=True):
    """Something that the officer adds when a document is made, because no report and no act holds it.

    Left out it stays a blank to write by hand, unless `is_required`.
    """

    name: str
    zh: str
    en: str
    is_required: bool = False


class DocumentKind(msgspec.Struct, frozen=True):
    """One kind of document: its names, the form that lays it out, and the word before the year in its number.

    `move` is the move of a case (`core.case_course`) after which it is made, None where it belongs to none; `needs` name what the case must
    hold (attributes of `CaseText`), `fields` what the officer may add.
    """

    name: str
    zh: str
    en: str
    layout: Layout
    word: str
    move: str | None = None
    needs: tuple[str, ...] = ()
    fields: tuple[DocumentField, ...] = ()


_PLACE = DocumentField("place", "地点", "place")
_PERSON_IN_CHARGE = DocumentField("person_in_charge", "现场负责人", "person in charge on site")

DOCUMENT_KINDS: Final = (
    DocumentKind(
        "order_to_correct",
        "责令改正通知书",
        "order to correct",
        "letter",
        "责改",
        "order_correction",
        ("due_on",),
    ),
    DocumentKind(
        "prior_notice",
        "行政处罚事先告知书",
        "prior notice",
        "letter",
        "罚告",
        "give_notice",
        ("facts", "basis", "decision"),
    ),
    DocumentKind(
        "hearing_notice",
        "听证通知书",
        "hearing notice",
        "letter",
        "听通",
        "call_hearing",
        (),
        (
            DocumentField("hearing_time", "听证时刻", "time of day of the hearing", is_required=True),
            DocumentField("presiding_officer", "听证主持人", "who presides", is_required=True),
        ),
    ),
    DocumentKind(
        "inspection_record",
        "现场检查笔录",
        "record of inspection",
        "record",
        "检",
        "investigate",
        (),
        (
            DocumentField("inspected_at", "检查时间", "time of the inspection"),
            _PLACE,
            _PERSON_IN_CHARGE,
            DocumentField("observations", "检查情况", "what was seen"),
        ),
    ),
    DocumentKind(
        "penalty_decision",
        "行政处罚决定书",
        "penalty decision",
        "letter",
        "罚",
        "decide",
        ("facts", "basis", "decision", "officers"),
        (DocumentField("evidence", "证据", "evidence"),),
    ),
    DocumentKind(
        "proof_of_service",
        "送达回证",
        "proof of service",
        "record",
        "送",
        "serve",
        (),
        (
            DocumentField("documents", "送达文书名称及文号", "documents served"),
            _PLACE,
            DocumentField("manner", "送达方式", "manner of service"),
        ),
    ),
    DocumentKind(
        "incomplete_vehicle_notice", "报废车辆动力电池缺失告知书", "incomplete-vehicle notice", "letter", "缺告"
    ),
    DocumentKind("handover_voucher", "废旧动力电池移交凭证", "hand-over voucher", "voucher", ""),
)
KIND_OF_DOCUMENT: Final[Mapping[str, DocumentKind]] = {kind.name: kind for kind in DOCUMENT_KINDS}


class Organ(msgspec.Struct, frozen=True):
    """The organ that issues: its name and line from the register, the rest from the operator's `organs.toml`.

    `sign` is its short sign in document numbers (机关代字), its name where none is set; what is empty is not printed.
    """

    authority: str
    name: str
    line: str
    sign: str = ""
    address: str = ""
    contact: str = ""
    phone: str = ""
    postcode: str = ""
    payee: str = ""
    reconsideration: str = ""
    court: str = ""


class Party(msgspec.Struct, frozen=True):
    """Whom a document is addressed to."""

    name: str
    uscc: str
    address: str = ""


class Ground(msgspec.Struct, frozen=True):
    """One frozen finding as a document states it: `facts` in words, `subject` a code, VIN or lot."""

    title: str
    subject: str
    report_id: str
    remedy: str
    facts: str = ""


class Basis(msgspec.Struct, frozen=True):
    """Under which law: article and text as an officer entered them, or the rule's own source.

    `is_verified` tells that the rulebook is sure of it, or that an officer has read and entered it.
    """

    article: str
    text: str = ""
    is_verified: bool = False


class CaseOfficer(msgspec.Struct, frozen=True):
    """An officer of the case: name and number of the warrant card or the account."""

    name: str
    number: str


class CaseText(msgspec.Struct, frozen=True):
    """What documents state of a case, as of the act that the document belongs to; everything in Chinese.

    `decision` is "warning", "fine" or "no_penalty"; `amount_fen` belongs to a fine. `due_on` is the last day to correct;
    `days`, `hearing_days` and `payment_days` are how long the party may answer, ask for a hearing, pay. `text` is what the
    officer wrote in the act itself.
    """

    case_no: str
    organ: Organ
    party: Party
    on: date
    grounds: tuple[Ground, ...] = ()
    basis: tuple[Basis, ...] = ()
    facts: str = ""
    decision: tuple[str, ...] = ()
    amount_fen: int | None = None
    text: str = ""
    days: int | None = None
    hearing_days: int | None = None
    payment_days: int | None = None
    due_on: date | None = None
    may_ask_hearing: bool = False
    statement: str = ""
    officers: tuple[CaseOfficer, ...] = ()
    earlier_numbers: tuple[str, ...] = ()
    details: dict[str, str] = {}


class Block(msgspec.Struct, frozen=True):
    """A paragraph of a letter."""

    style: BlockStyle
    text: str


class Row(msgspec.Struct, frozen=True):
    """A labelled line of a record; an empty value is a blank of `lines` lines to write by hand."""

    label: str
    value: str = ""
    lines: int = 1


class Document(msgspec.Struct, frozen=True):
    """A document as text, ready for a form.

    `doubts` are for the officer, never printed: what it states without the rulebook being sure.
    """

    kind: str
    layout: Layout
    title: str
    organ: str = ""
    number: str = ""
    recipient: str = ""
    dated: str = ""
    on: date | None = None
    blocks: tuple[Block, ...] = ()
    rows: tuple[Row, ...] = ()
    headings: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    after: tuple[Block, ...] = ()
    notes: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    code: str = ""
    footer: str = ""
    doubts: tuple[str, ...] = ()

    def digest(self) -> bytes:
        """Return the SHA-256 of everything the document says."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).digest()


def format_number(sign: str, *, word: str, year: int, number: int | None) -> str:
    """Return a document number (发文字号): sign and word, the year in 〔〕, the number without 第 and leading zeros.

    Without a number it is a draft and says so on the page, with a blank in its place.
    """
    return f"{sign}{word}〔{year}〕　号（草稿）" if number is None else f"{sign}{word}〔{year}〕{number}号"


def reach_organ(organ: Organ) -> tuple[str, ...]:
    """Return how an organ is reached, one line each, as far as the operator has set it."""
    pairs = (
        ("联系人", organ.contact),
        ("联系电话", organ.phone),
        ("地址", organ.address),
        ("邮政编码", organ.postcode),
    )
    return tuple(f"{label}：{cleaned}" for label, value in pairs if (cleaned := clean_text(value)))


def find_missing(kind: DocumentKind, case: CaseText) -> list[tuple[str, str]]:
    """Return what a document of this kind still lacks, in Chinese and English; empty when it can be made."""
    missing = [_NAMES_OF_NEEDS[need] for need in kind.needs if not getattr(case, need)]
    if "fine" in case.decision and case.amount_fen is None:
        missing.append(("罚款数额", "the amount of the fine"))
    return missing + [
        (field.zh, field.en) for field in kind.fields if field.is_required and not case.details.get(field.name)
    ]


def find_unknown_details(kind: DocumentKind, names: Iterable[str]) -> list[str]:
    """Return the names that are no field of this kind of document."""
    known = {field.name for field in kind.fields}
    return sorted(set(names) - known)


_NAMES_OF_NEEDS: Final = {
    "facts": ("违法事实", "the facts"),
    "basis": ("法律依据（条、款、内容）", "the article and its text"),
    "decision": ("处理决定", "the decision"),
    "officers": ("承办人员", "the officers"),
    "due_on": ("改正期限", "the day by which to correct"),
}
