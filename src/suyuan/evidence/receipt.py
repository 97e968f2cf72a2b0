"""Verify a receipt: from its bytes and a trust file to a verdict in words, with nothing else at hand."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from suyuan.evidence import canonical
from suyuan.evidence.acknowledgement import INCLUSION, SHARED_KEYS, read_promise
from suyuan.evidence.checkpoint import Checkpoint, CheckpointError, parse_checkpoint
from suyuan.evidence.hashing import SHA256, SM3, TWINS, decode_hex
from suyuan.evidence.keys import COSIGNATURE
from suyuan.evidence.merkle import leaf_hash, verify_inclusion
from suyuan.evidence.note import Note, NoteError, open_strictly, split_note
from suyuan.evidence.proof import Proof, ProofError, Receipt, RowProof, decode_receipt, parse_proof
from suyuan.evidence.record import make_entry
from suyuan.evidence.trust import LogKey, Trust

CLOCK_TOLERANCE: Final = timedelta(seconds=60)
_YEAR_DIGITS: Final = 4
# When what a record tells of happened, by its type.
_HAPPENED_AT: Final = {"submission": "received_at", "act": "acted_at", "log": "sealed_at"}
_OUTCOMES: Final = ("accepted", "duplicate", "rejected")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of verifying a receipt.

    `outcome` is "verified", "provisional" (too few witnesses so far) or "refused". The sentences say why, in English and
    Chinese; `facts` say what the receipt proves.
    """

    outcome: str
    sentences: tuple[tuple[str, str], ...]
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """Tell whether the receipt proves nothing."""
        return self.outcome == "refused"


class _RefusedError(Exception):
    """The receipt proves nothing; carries the sentence in English and Chinese."""

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.sentence = message, message_zh


def verify_receipt(content: bytes, *, trust: Trust) -> Verdict:
    """Return the verdict on a receipt; never raises, whatever the bytes are."""
    try:
        return _verify(content, trust)
    except _RefusedError as error:
        return Verdict("refused", (error.sentence,))
    except (ProofError, NoteError, CheckpointError, canonical.NotCanonicalError) as error:
        return Verdict("refused", ((str(error), f"回执格式不符：{error}"),))


def _verify(content: bytes, trust: Trust) -> Verdict:
    if not isinstance(content, bytes | bytearray):
        raise ProofError("A receipt is read as bytes.")
    proof = parse_proof(content)
    if str(proof).encode() != bytes(content):
        raise ProofError("The file is not written as a receipt is, to the byte.")
    # Hashing first, signatures after: what was altered is mostly found at a tenth of the cost.
    checkpoint = _read_checkpoint(proof, trust)
    receipt = decode_receipt(proof.extra)
    record = _check_record(receipt, proof, checkpoint)
    signed = _open_checkpoint(proof, checkpoint, trust)
    cosigned_at = _witnessed_at(signed, checkpoint, trust)
    _check_keys(signed, checkpoint, trust, cosigned_at)
    _check_told(receipt.told, record)
    facts = _describe(record, checkpoint, proof, cosigned_at)
    if receipt.row is not None:
        facts["row"] = _check_row(receipt.row, record)
    sentences: list[tuple[str, str]] = []
    if receipt.acknowledgement is not None:
        sentences += _check_acknowledgement(receipt.acknowledgement, record, trust)
    is_final = cosigned_at is not None or trust.quorum == 0
    return Verdict(
        "verified" if is_final else "provisional", (_conclude(record, cosigned_at, trust), *sentences), facts
    )


# -- the checkpoint ----------------------------------------------------------------------------------------------------


def _read_checkpoint(proof: Proof, trust: Trust) -> Checkpoint:
    """Return the checkpoint, whose signatures nobody has looked at yet, of a shard of the log that the trust is for."""
    origin = proof.checkpoint.partition("\n")[0]
    name, slash, year = origin.rpartition("/")
    if name != trust.name or not slash or len(year) != _YEAR_DIGITS or not (year.isascii() and year.isdigit()):
        raise _RefusedError(
            f'The receipt is of the log {origin[:80]!a}; the trust file is for "{trust.name}".',
            f"回执来自日志 {origin[:80]!a}，信任文件对应“{trust.name}”。",
        )
    return parse_checkpoint(split_note(proof.checkpoint)[0])


def _open_checkpoint(proof: Proof, checkpoint: Checkpoint, trust: Trust) -> Note:
    """Return the checkpoint's note, signed by a key of the trust under the name of the shard."""
    keys = [key.named(checkpoint.origin) for key in trust.keys]
    return open_strictly(proof.checkpoint, [*keys, *trust.witnesses, *trust.stolen_witnesses])


def _witnessed_at(note: Note, checkpoint: Checkpoint, trust: Trust) -> datetime | None:
    """Return when the quorum was complete: the latest of its cosignatures; None where there is no quorum.

    A witness counts once, by its earliest cosignature, under however many keys it has signed; of more witnesses than the
    quorum asks for the earliest count.
    """
    first: dict[str, datetime] = {}
    for key, one in note.signatures:
        if key.algorithm is COSIGNATURE and key not in trust.stolen_witnesses:
            moment = _moment(one.time or 0)
            first[key.name] = min(moment, first.get(key.name, moment))
    moments = sorted(first.values())
    if moments and checkpoint.time - moments[0] > CLOCK_TOLERANCE:
        raise _RefusedError(
            "A witness claims to have seen the checkpoint before it was written.",
            "见证方的签名时间早于检查点的生成时间。",
        )
    return moments[trust.quorum - 1] if 0 < trust.quorum <= len(moments) else None


def _moment(time: int) -> datetime:
    try:
        return datetime.fromtimestamp(time, UTC)
    except (OverflowError, ValueError, OSError):
        raise _RefusedError("A witness's time is beyond any calendar.", "见证方的签名时间超出历法范围。") from None


def _check_keys(note: Note, checkpoint: Checkpoint, trust: Trust, cosigned_at: datetime | None) -> None:
    """Refuse unless every algorithm that the trust asks for at that time has signed with a key that counts."""
    signed = _signing_keys(note, trust)
    counting = {key.algorithm.name for key in signed if _counts(key, checkpoint.time, cosigned_at)}
    wanted = {key.algorithm.name for key in trust.keys if key.is_valid(checkpoint.time)}
    if not wanted or wanted - counting:
        missing = ", ".join(sorted(wanted - counting)) or "any algorithm"
        raise _RefusedError(
            f"No key of {missing} that is valid at {canonical.format_moment(checkpoint.time)} has signed the checkpoint. A key "
            "outside of its time, or stolen and not witnessed before, does not count.",
            f"检查点缺少在 {canonical.format_moment(checkpoint.time)} 有效的 {missing} 签名；"
            "超出有效期、或已被盗且此前未经见证的密钥不算数。",
        )


def _signing_keys(note: Note, trust: Trust) -> list[LogKey]:
    by_public = {key.public: key for key in trust.keys}
    return [by_public[key.public] for key, _ in note.signatures if key.algorithm is not COSIGNATURE]


def _counts(key: LogKey, time: datetime, cosigned_at: datetime | None) -> bool:
    if not key.is_valid(time):
        return False
    return key.stolen_at is None or (cosigned_at is not None and cosigned_at < key.stolen_at)


# -- the record --------------------------------------------------------------------------------------------------------


def _check_record(receipt: Receipt, proof: Proof, checkpoint: Checkpoint) -> dict[str, Any]:
    """Return the record, whose entry stands in both trees at the proof's index."""
    text = receipt.record.encode()
    record = canonical.decode(text)
    entry = make_entry(text, blind=receipt.blind)
    for hashing, path, root in (
        (SHA256, proof.path, checkpoint.root),
        (SM3, receipt.path_sm3, checkpoint.root_sm3),
    ):
        if not verify_inclusion(
            leaf_hash(entry, hashing=hashing),
            index=proof.index,
            size=checkpoint.size,
            proof=path,
            root=root,
            hashing=hashing,
        ):
            raise _RefusedError(
                f"The record does not lead to the {hashing.name} root of the checkpoint: record, blind, index or path is not "
                "what the log holds.",
                f"由记录推算不出检查点的 {hashing.name} 根：记录、盲值、序号或路径与日志不符。",
            )
    if record.get("type") not in list(_HAPPENED_AT):
        raise _RefusedError("The record is of no known type.", "记录类型未知。")
    if record["type"] == "log" and record.get("origin") != checkpoint.origin:
        raise _RefusedError("The record opens another log.", "该记录启用的是另一个日志。")
    _check_times(record, checkpoint)
    return record


def _check_times(record: dict[str, Any], checkpoint: Checkpoint) -> None:
    sealed_at = canonical.parse_moment(record.get("sealed_at"))
    happened_at = canonical.parse_moment(record.get(_HAPPENED_AT[record["type"]]))
    if sealed_at is None or happened_at is None:
        raise _RefusedError("The record does not say when it was received or sealed.", "记录缺少接收时间或封存时间。")
    if not happened_at <= sealed_at <= checkpoint.time:
        raise _RefusedError(
            "The record's times contradict the checkpoint: it was sealed before it was received, or after the checkpoint.",
            "记录时间与检查点矛盾：封存早于接收，或晚于检查点。",
        )


def _check_row(row: RowProof, record: dict[str, Any]) -> dict[str, Any]:
    """Return the row's record, which leads to both row roots of its submission's record."""
    text = row.record.encode()
    fields = canonical.decode(text)
    counts = [record.get(name) for name in _OUTCOMES]
    size = sum(one for one in counts if type(one) is int)
    if record["type"] != "submission" or not all(type(one) is int and one >= 0 for one in counts):
        raise _RefusedError("The record has no rows.", "该记录不含数据行。")
    for hashing, path in ((SHA256, row.path_sha256), (SM3, row.path_sm3)):
        root = record.get(f"rows_root_{hashing.name}")
        leaf = leaf_hash(text, hashing=hashing)
        if not verify_inclusion(
            leaf, index=row.index, size=size, proof=path, root=decode_hex(root) or b"", hashing=hashing
        ):
            raise _RefusedError(
                f"The row does not lead to the {hashing.name} root of its submission.",
                f"由该行推算不出报送记录的 {hashing.name} 行根。",
            )
    if fields.get("outcome") not in _OUTCOMES:
        raise _RefusedError("The row's outcome is none that is known.", "该行的处理结果未知。")
    _check_told(row.told, fields)
    return fields


def _check_told(told: bytes | None, record: dict[str, Any]) -> None:
    """Refuse what the receipt says was told unless both of its digests stand in the record; it may be absent, erased."""
    if told is not None and any(record.get(f"told_{one.name}") != one.digest(told).hex() for one in TWINS):
        raise _RefusedError(
            "What the receipt says was told is not what the record says.", "回执所附的答复内容与记录不符。"
        )


# -- the word of the platform ------------------------------------------------------------------------------------------


def _check_acknowledgement(text: str, record: dict[str, Any], trust: Trust) -> list[tuple[str, str]]:
    """Return a sentence on whether the promise was kept; refuse an acknowledgement of something else."""
    note, promise = open_strictly(text, [key.named(trust.name) for key in trust.keys]), read_promise(text)
    if promise["log"] != trust.name:
        raise NoteError("The acknowledgement is of another log.")
    included_by, sealed_at = canonical.parse_moment(promise["included_by"]), canonical.parse_moment(record["sealed_at"])
    assert included_by is not None and sealed_at is not None, "both were read before"  # noqa: PT018 - one thought
    if record["type"] != "submission" or any(not _is_same(promise[one], record.get(one, ...)) for one in SHARED_KEYS):
        raise _RefusedError(
            "The acknowledgement is of another submission, or says other things of it than the record.",
            "受理凭证对应另一份报送，或与记录内容不一致。",
        )
    if not _is_promised(note, included_by, trust):
        return [
            (
                "The acknowledgement is signed with a key that was stolen; its promise counts for nothing.",
                "受理凭证由已被盗的密钥签署，其承诺不作数。",
            )
        ]
    if sealed_at > included_by:
        return [
            (
                f"The platform broke its promise: sealed at {record['sealed_at']}, promised by {promise['included_by']}.",
                f"平台未守承诺：承诺于 {promise['included_by']} 前封存，实际封存于 {record['sealed_at']}。",
            )
        ]
    return [("The platform kept its promise of sealing in time.", "平台按承诺时限完成封存。")]


def _is_same(left: object, right: object) -> bool:
    return type(left) is type(right) and left == right  # else true were the number 1


def _is_promised(note: Note, included_by: datetime, trust: Trust) -> bool:
    """Tell whether keys that were never stolen signed an acknowledgement; refuse one that keys of its time did not sign.

    It bears no time that a witness has seen, so that of a stolen key's word nobody knows whether it was given before.
    A later key may have signed it: an acknowledgement may be written anew.
    """
    committed_at = included_by - INCLUSION
    wanted = {key.algorithm.name for key in trust.keys if key.is_valid(committed_at)}
    counting = [key for key in _signing_keys(note, trust) if key.valid_until is None or committed_at < key.valid_until]
    if not wanted or wanted - {key.algorithm.name for key in counting}:
        raise _RefusedError(
            "The acknowledgement lacks a signature of each algorithm by a key that was valid when it was given, or later.",
            "受理凭证缺少签发时有效（或此后启用）的密钥以各算法作出的签名。",
        )
    return wanted <= {key.algorithm.name for key in counting if key.stolen_at is None}


def _describe(
    record: dict[str, Any], checkpoint: Checkpoint, proof: Proof, cosigned_at: datetime | None
) -> dict[str, Any]:
    return {
        "record": record,
        "origin": checkpoint.origin,
        "index": proof.index,
        "size": checkpoint.size,
        "checkpoint_time": canonical.format_moment(checkpoint.time),
        "witnessed_at": None if cosigned_at is None else canonical.format_moment(cosigned_at),
    }


def _conclude(record: dict[str, Any], cosigned_at: datetime | None, trust: Trust) -> tuple[str, str]:
    """Return what is proved, in one sentence."""
    what, what_zh = _name_record(record)
    if cosigned_at is not None:
        moment = canonical.format_moment(cosigned_at)
        return (
            f"Proved: {what} stands in the log, seen by {trust.quorum} independent witnesses by {moment}.",
            f"已证明：{what_zh}已载入日志，{trust.quorum} 个独立见证方于 {moment} 前确认。",
        )
    if trust.quorum == 0:
        return (
            f"{what} stands in the log. No witness is asked for: this rests on the operator's word alone.",
            f"{what_zh}已载入日志。未要求见证方：仅以运营方的保证为据。",
        )
    return (
        f"Provisional: {what} stands in the log on the operator's word; not yet seen by {trust.quorum} witnesses. Fetch it later.",
        f"暂定：{what_zh}已载入日志，但确认的见证方尚不足 {trust.quorum} 个。请稍后重新获取回执。",
    )


def _name_record(record: dict[str, Any]) -> tuple[str, str]:
    if record["type"] == "submission":
        name, submitter = record.get("submission"), record.get("submitter")
        return (
            f"submission {name} of {submitter}, received at {record.get('received_at')}",
            f"{submitter} 于 {record.get('received_at')} 报送的 {name} ",
        )
    if record["type"] == "act":
        return (
            f"act {record.get('act_no')} ({record.get('kind')}) of {record.get('acted_at')}",
            f"{record.get('acted_at')} 的第 {record.get('act_no')} 号行为（{record.get('kind')}）",
        )
    return "the opening of the log", "日志的启用"


def as_json(verdict: Verdict) -> str:
    """Return a verdict as one line of JSON."""
    return json.dumps(
        {
            "outcome": verdict.outcome,
            "message": [one for one, _ in verdict.sentences],
            "message_zh": [one for _, one in verdict.sentences],
            **verdict.facts,
        },
        ensure_ascii=False,
    )
