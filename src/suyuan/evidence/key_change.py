"""Key changes: what the log's keys, custodians and witnesses are at any time, folded from the recorded changes.

A change is a signed note. The first opens the log and is signed by its own keys and by all custodians it names; each
further one is signed by two different custodians.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from suyuan.evidence import canonical
from suyuan.evidence.hashing import decode_base64, encode_base64
from suyuan.evidence.keys import COSIGNATURE, ED25519, LOG_ALGORITHMS, Algorithm, KeyTextError, VerifierKey
from suyuan.evidence.note import NoteError, open_strictly, split_note
from suyuan.evidence.trust import LogKey, Trust

KEY_CHANGE_LABEL: Final = "suyuan-key-change/1"
APPROVALS: Final = 2


class KeyChangeError(ValueError):
    """A change that cannot be made; says why in English and Chinese."""

    def __init__(self, message: str, *, message_zh: str) -> None:
        super().__init__(message)
        self.message, self.message_zh = message, message_zh


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: its key, and where checkpoints are brought to it."""

    key: VerifierKey
    url: str


@dataclass(frozen=True, slots=True)
class KeyState:
    """The log's name, its keys, custodians and witnesses after some changes; `count` says how many there were.

    A witness that has left still counts for what it saw; one whose key was stolen does not, and is only known.
    """

    name: str
    keys: tuple[LogKey, ...] = ()
    custodians: tuple[VerifierKey, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0
    count: int = 0
    earlier_witnesses: tuple[VerifierKey, ...] = ()
    stolen_witnesses: tuple[VerifierKey, ...] = ()

    @property
    def trust(self) -> Trust:
        """Return what is given to verifiers."""
        witnesses = (*(one.key for one in self.witnesses), *self.earlier_witnesses)
        return Trust(self.name, self.keys, witnesses, self.quorum, self.stolen_witnesses)

    def signing_keys(self, moment: datetime) -> tuple[LogKey, ...]:
        """Return the keys that sign at a moment: valid, not stolen; of each algorithm the newest."""
        newest: dict[str, LogKey] = {}
        for key in self.keys:
            if key.is_valid(moment) and key.stolen_at is None:
                newest[key.algorithm.name] = key
        return tuple(newest.values())


def write_change(fields: dict[str, Any]) -> str:
    """Return the text of a change, which its signers sign."""
    return f"{KEY_CHANGE_LABEL}\n{canonical.encode(fields).decode()}\n"


def open_change(*, name: str, at: datetime, keys: Sequence[VerifierKey], custodians: Sequence[VerifierKey]) -> str:
    """Return the text of the change that opens a log."""
    return write_change(
        {
            "change": "open",
            "name": name,
            "change_no": 0,
            "at": canonical.format_moment(at),
            "keys": [{"algorithm": key.algorithm.name, "public": encode_base64(key.public)} for key in keys],
            "custodians": [{"name": key.name, "public": encode_base64(key.public)} for key in custodians],
        }
    )


def fold_changes(notes: Iterable[str]) -> KeyState | None:
    """Return the state after recorded changes in their order, None if there was none.

    Raises KeyChangeError at the first that is not rightly signed or cannot follow what is before it.
    """
    state: KeyState | None = None
    for note in notes:
        state = apply_change(state, note)
    return state


def apply_change(state: KeyState | None, note: str) -> KeyState:
    """Return the state after one more change; raises KeyChangeError."""
    try:
        fields = _read_fields(note)
        if state is None:
            return _apply_open(fields, note)
        _check_approvals(state, fields, note)
        return replace(_CHANGES[fields["change"]](state, fields), count=state.count + 1)
    except (NoteError, KeyTextError, canonical.NotCanonicalError, KeyError, TypeError) as error:
        raise KeyChangeError(
            f"The key change cannot be read, or is not rightly signed: {error}",
            message_zh=f"密钥变更无法读取或签名不符：{error}",
        ) from None


def _read_fields(note: str) -> dict[str, Any]:
    text, _ = split_note(note)
    label, _, content = text.partition("\n")
    if label != KEY_CHANGE_LABEL or content.count("\n") != 1:
        raise NoteError("the note is no key change")
    fields = canonical.decode(content[:-1].encode())
    change = fields["change"]
    if fields.keys() != _KEYS.get(change if type(change) is str else "", frozenset()):
        raise NoteError("the change is of no known kind, lacks a key, or has one that does not belong in it")
    return fields


def _apply_open(fields: dict[str, Any], note: str) -> KeyState:
    if fields["change"] != "open":
        raise NoteError("the first change must open the log")
    at = _moment(fields)
    keys = tuple(LogKey(*_public(one, LOG_ALGORITHMS[one["algorithm"]], fields["name"]), at) for one in fields["keys"])
    custodians = _people(fields["custodians"])
    signers = [*(key.named(fields["name"]) for key in keys), *custodians]
    if len(open_strictly(note, signers).signatures) != len(signers) or not keys:
        raise NoteError("the log's own keys and all custodians sign its opening")
    return KeyState(fields["name"], keys, custodians, count=1)


def _check_approvals(state: KeyState, fields: dict[str, Any], note: str) -> None:
    """Refuse a change of another log or place, or without two custodians' signatures.

    The first custodians are named by themselves and the log's keys.
    """
    if fields["name"] != state.name or type(fields["change_no"]) is not int or fields["change_no"] != state.count:
        raise NoteError(f"the next change of {state.name} is its number {state.count}; propose it anew")
    if not state.custodians:
        if fields["change"] != "custodians":
            raise NoteError("the log has no custodians yet; name them first")
        signers = [*(key.named(state.name) for key in state.keys), *_people(fields["custodians"])]
        if len(open_strictly(note, signers).signatures) != len(signers):
            raise NoteError("the log's keys and all custodians sign the naming of the first custodians")
    elif len(open_strictly(note, state.custodians).signatures) < APPROVALS:
        raise NoteError(f"{APPROVALS} different custodians sign a change")


def _apply_add(state: KeyState, fields: dict[str, Any]) -> KeyState:
    algorithm, public = _public(fields, LOG_ALGORITHMS[fields["algorithm"]], state.name)
    if any(key.public == public for key in state.keys):
        raise NoteError("the key is known already")
    return replace(state, keys=(*state.keys, LogKey(algorithm, public, _moment(fields))))


def _apply_retire(state: KeyState, fields: dict[str, Any]) -> KeyState:
    return _change_key(state, fields, "valid_until")


def _apply_stolen(state: KeyState, fields: dict[str, Any]) -> KeyState:
    return _change_key(state, fields, "stolen_at")


def _change_key(state: KeyState, fields: dict[str, Any], name: str) -> KeyState:
    public, at = decode_base64(fields["public"]), _moment(fields)
    found = [key for key in state.keys if key.public == public]
    if not found:
        raise NoteError("the log has no such key")
    before = found[0].valid_until if name == "valid_until" else found[0].stolen_at
    if before is not None and at >= before:
        raise NoteError("an end that was said already can only be moved to an earlier moment")
    changed = replace(found[0], valid_until=at) if name == "valid_until" else replace(found[0], stolen_at=at)
    return replace(state, keys=tuple(changed if key is found[0] else key for key in state.keys))


def _apply_custodians(state: KeyState, fields: dict[str, Any]) -> KeyState:
    custodians = _people(fields["custodians"])
    if len(custodians) < APPROVALS:
        raise NoteError(f"a log has at least {APPROVALS} custodians")
    return replace(state, custodians=custodians)


def _apply_witnesses(state: KeyState, fields: dict[str, Any]) -> KeyState:
    witnesses = tuple(
        Witness(VerifierKey(one["name"], COSIGNATURE, decode_base64(one["public"]) or b""), one["url"])
        for one in fields["witnesses"]
    )
    quorum, now = fields["quorum"], tuple(one.key for one in witnesses)
    if type(quorum) is not int or not 0 <= quorum <= len({key.name for key in now}):
        raise NoteError(f"the quorum {quorum} is no number from 0 to that of the witnesses")
    known = dict.fromkeys((*now, *(one.key for one in state.witnesses), *state.earlier_witnesses))
    stolen = {decode_base64(one) for one in fields["stolen"]} | {key.public for key in state.stolen_witnesses}
    publics = [key.public for key in now] + [key.public for key in state.keys]
    if len(set(publics)) != len(publics) or stolen & set(publics):
        raise NoteError("a witness is named twice, has a stolen key, or is the log itself")
    if stolen - {key.public for key in (*known, *state.stolen_witnesses)}:
        raise NoteError("a key is called stolen that was no witness's")
    return replace(
        state,
        witnesses=witnesses,
        quorum=quorum,
        earlier_witnesses=tuple(key for key in known if key not in now and key.public not in stolen),
        stolen_witnesses=(*state.stolen_witnesses, *(key for key in known if key.public in stolen)),
    )


_ALWAYS: Final = frozenset(("change", "name", "change_no", "at"))
_KEYS: Final = {
    "open": _ALWAYS | {"keys", "custodians"},
    "add": _ALWAYS | {"algorithm", "public"},
    "retire": _ALWAYS | {"public"},
    "stolen": _ALWAYS | {"public"},
    "custodians": _ALWAYS | {"custodians"},
    "witnesses": _ALWAYS | {"witnesses", "quorum", "stolen"},
}
_CHANGES: Final = {
    "add": _apply_add,
    "retire": _apply_retire,
    "stolen": _apply_stolen,
    "custodians": _apply_custodians,
    "witnesses": _apply_witnesses,
}


def _people(members: list[dict[str, Any]]) -> tuple[VerifierKey, ...]:
    people = tuple(VerifierKey(one["name"], ED25519, decode_base64(one["public"]) or b"") for one in members)
    if len({one.name for one in people}) != len(people) or len({one.public for one in people}) != len(people):
        raise NoteError("a custodian or a custodian's key is named twice")
    return people


def _public(fields: dict[str, Any], algorithm: Algorithm, name: str) -> tuple[Algorithm, bytes]:
    return algorithm, VerifierKey(name, algorithm, decode_base64(fields["public"]) or b"").public


def _moment(fields: dict[str, Any]) -> datetime:
    moment = canonical.parse_moment(fields["at"])
    if moment is None:
        raise NoteError(f"{fields['at']!r} is no moment")
    return moment
