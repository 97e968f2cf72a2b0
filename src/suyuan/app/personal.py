"""Personal values: taken out of a report before it is recorded, shown to whom the log names, erased for good.

In the report stands a commitment; salt and encrypted value stand beside the record. Erasing both, and the raw bytes that hold
the value, is an act in the log. Every receipt still holds.
"""

import secrets
from collections.abc import Iterable
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import TupleRow

from suyuan.app.context import Context, UseCaseError
from suyuan.core.catalogue import PERSONAL_FIELDS
from suyuan.core.report import Report
from suyuan.evidence import canonical
from suyuan.evidence.hashing import HASH_BYTES
from suyuan.evidence.record import commit_personal
from suyuan.store.log import find_place
from suyuan.store.log_folder import LogFolder
from suyuan.store.personal import (
    PersonalValue,
    decrypt_value,
    encrypt_value,
    erase_values,
    read_values,
    read_values_of,
)
from suyuan.store.registry import read_acts_of, write_act
from suyuan.store.slot import place_of, report_no_of
from suyuan.store.submission import Submission, delete_pieces, read_submission, submission_name

ERASURE_ACT = "erasure"
SHOWN_ACT = "personal_value_shown"
KEPT, ERASED = "kept", "erased"
REASON_CHARACTERS_MAX = 500
_encode = msgspec.json.Encoder(order="deterministic").encode


class Safe:
    """Takes personal values out of the reports of one submission.

    The key is read, or made, with the first value. Without a folder there is no key: then a value can be proven by whoever
    knows it, and is shown to nobody.
    """

    def __init__(self, folder: LogFolder | None) -> None:
        self.folder = folder
        self._key: bytes | None = None

    def take_out(self, report: Report, *, report_no: int) -> list[PersonalValue]:
        """Put commitments in the place of the personal values of a report; returns what is to be kept. Raises LogFolderError."""
        kept = []
        for name in sorted(PERSONAL_FIELDS[report.kind.name].intersection(report.fields)):
            value, salt = report.fields[name], secrets.token_bytes(HASH_BYTES)
            key = self._read_key()
            sealed = None if key is None else encrypt_value(value, key=key, report_no=report_no, field=name)
            report.fields[name] = commit_personal(name, value, salt=salt)
            kept.append(PersonalValue(report_no, name, salt, sealed))
        return kept

    def _read_key(self) -> bytes | None:
        if self._key is None and self.folder is not None:
            self._key = self.folder.read_personal_key() or self.folder.make_personal_key()
        return self._key


def describe_personal(context: Context, report_nos: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return for reports with personal values whether each is kept or erased, by field."""
    found: dict[int, dict[str, str]] = {}
    for one in read_values(context.connection, report_nos):
        found.setdefault(one.report_no, {})[one.field] = ERASED if one.is_erased else KEPT
    return found


# -- showing -----------------------------------------------------------------------------------------------------------


def show_personal(context: Context, submission_no: int, *, row: int, by: str) -> dict[str, str | None]:
    """Return the personal values of a row by field, None for an erased one; that they were looked at is recorded first.

    Raises UseCaseError for a row without any, and where the key does not open them.
    """
    _require_name(by)
    submission = _require_submission(context, submission_no)
    values = read_values(context.connection, [report_no_of(submission_no, row=row)])
    if not values:
        raise _no_value(submission, row)
    shown = {one.field: None if one.is_erased else _open(context, one) for one in values}
    body = _encode({"submission": submission.name, "row": row, "fields": sorted(shown)})
    write_act(context.connection, SHOWN_ACT, acted_at=context.clock(), body=body, actor=by)
    return shown


def _open(context: Context, kept: PersonalValue) -> str:
    key = context.log_folder.read_personal_key() if context.log_folder is not None else None
    value = decrypt_value(kept, key=key) if key is not None else None
    if value is None:
        submission_no, row = place_of(kept.report_no)
        raise UseCaseError(
            f"The value of {kept.field} in {submission_name(submission_no)} row {row} cannot be decrypted: keys/personal.key in the "
            "folder of the log is missing or another one. Restore it from a copy.",
            message_zh=f"无法解密 {submission_name(submission_no)} 第 {row} 行的 {kept.field}：日志目录中的 keys/personal.key 缺失"
            "或不是原来的密钥。请从备份恢复。",
        )
    return value


# -- erasing -----------------------------------------------------------------------------------------------------------


def erase_personal(context: Context, submission_no: int, *, row: int | None, reason: str, by: str) -> dict[str, Any]:
    """Erase the personal values of a row, or of all rows, with the raw bytes of the submission; returns the act.

    Raises UseCaseError where the submission is not sealed yet, where nothing is left to erase, and for a reason that names
    the value itself.
    """
    _require_name(by)
    submission = _require_submission(context, submission_no)
    connection = context.connection
    if find_place(connection, source="submission", source_no=submission_no) is None:
        raise UseCaseError(
            f"{submission.name} is not sealed yet, so nothing would prove what was erased. Seal it first (suyuan receipt).",
            message_zh=f"{submission.name} 尚未封存，删除后将无从证明。请先封存（suyuan receipt）。",
        )
    _check_reason(context, submission, reason)
    with connection.transaction():
        values = erase_values(connection, submission_no, row=row)
        if row is not None and not values:
            raise _no_value(submission, row)
        pieces = delete_pieces(connection, submission)
        if not values and not pieces:
            raise UseCaseError(
                f"Nothing of {submission.name} is left to erase.", message_zh=f"{submission.name} 已无可删除的内容。"
            )
        act: dict[str, Any] = {
            "submission": submission.name,
            "values": [{"row": place_of(number)[1], "field": field} for number, field in sorted(values)],
            "raw_bytes": pieces > 0,
            "reason": canonical.clean_text(reason),
        }
        act_no = write_act(connection, ERASURE_ACT, acted_at=context.clock(), body=_encode(act), actor=by)
    return {"act_no": act_no, **act}


def _check_reason(context: Context, submission: Submission, reason: str) -> None:
    """Refuse a reason that says nothing, or what is to be erased: it stays for ever."""
    if not reason.strip() or len(reason) > REASON_CHARACTERS_MAX:
        raise UseCaseError(
            f"Say in 1 to {REASON_CHARACTERS_MAX} characters why it is erased.",
            message_zh=f"请用 1 至 {REASON_CHARACTERS_MAX} 个字符说明删除原因。",
        )
    key = context.log_folder.read_personal_key() if context.log_folder is not None else None
    for kept in read_values_of(context.connection, submission.submission_no) if key is not None else []:
        value = decrypt_value(kept, key=key) if key is not None else None
        if value and value in reason:
            raise UseCaseError(
                "The reason holds the value that is to be erased; the reason stays for ever. Word it without the value.",
                message_zh="删除原因中含有待删除的个人信息，而原因将永久保留。请改写。",
            )


def _require_submission(context: Context, submission_no: int) -> Submission:
    submission = read_submission(context.connection, submission_no)
    if submission is None:
        raise UseCaseError(
            f"There is no submission {submission_name(submission_no)}. Check the number on the receipt.",
            message_zh=f"没有报送记录 {submission_name(submission_no)}。请核对回执上的编号。",
        )
    return submission


def _require_name(by: str) -> None:
    if not by.strip():
        raise UseCaseError("Say who does this.", message_zh="请注明操作人。")


def _no_value(submission: Submission, row: int) -> UseCaseError:
    return UseCaseError(
        f"{submission.name} row {row} has no personal value that is kept. Of refused rows and repeated reports only the raw bytes hold "
        "one; they are erased with the whole submission (leave out --row).",
        message_zh=f"{submission.name} 第 {row} 行没有保留的个人信息。被退回的行和重复报告的个人信息只在原始字节中，"
        "可删除整份报送的原始字节（不填 --row）。",
    )


# -- what an audit asks ------------------------------------------------------------------------------------------------


class Erasures:
    """What erasure acts name, read when it is first asked for, and again where something seems to be missing without one."""

    def __init__(self, connection: Connection[TupleRow]) -> None:
        self.connection = connection
        self.submissions: frozenset[str] = frozenset()
        self.values: frozenset[tuple[str, int, str]] = frozenset()
        self.read()

    def read(self) -> None:
        """Read the acts anew."""
        acts = [msgspec.json.decode(body) for body in read_acts_of(self.connection, ERASURE_ACT)]
        self.submissions = frozenset(act["submission"] for act in acts if act["raw_bytes"])
        self.values = frozenset(
            (act["submission"], value["row"], value["field"]) for act in acts for value in act["values"]
        )

    def names_bytes(self, submission: Submission) -> bool:
        """Tell whether an act says that the raw bytes of a submission were erased."""
        if submission.name not in self.submissions:
            self.read()
        return submission.name in self.submissions

    def names_value(self, kept: PersonalValue) -> bool:
        """Tell whether an act says that a value was erased."""
        return place_of_value(kept) in self.values


def place_of_value(kept: PersonalValue) -> tuple[str, int, str]:
    """Return where a value stood: submission, row and field."""
    submission_no, row = place_of(kept.report_no)
    return submission_name(submission_no), row, kept.field
