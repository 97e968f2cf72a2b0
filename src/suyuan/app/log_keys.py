"""The log's keys: opened with the first use, or by the operator with a name and custodians; changed by two persons."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from suyuan.app.context import Context, UseCaseError
from suyuan.evidence import canonical
from suyuan.evidence.hashing import encode_base64
from suyuan.evidence.key_change import (
    KeyChangeError,
    KeyState,
    apply_change,
    fold_changes,
    open_change,
    write_change,
)
from suyuan.evidence.keys import (
    ED25519,
    LOG_ALGORITHMS,
    SM2,
    Algorithm,
    SignerKey,
    VerifierKey,
    is_key_name,
    make_signer_key,
)
from suyuan.evidence.note import sign_note
from suyuan.evidence.sm2 import Sm2UnavailableError
from suyuan.store.log_folder import LogFolder
from suyuan.store.registry import lock_version, read_acts_of, write_act

KEY_ACT = "key"
KEY_BYTES = 32
_NAME_BYTES = 4


def read_keys(context: Context) -> KeyState | None:
    """Return the log's keys, custodians and witnesses as recorded, None before the log is opened.

    Raises UseCaseError where the recorded changes do not follow from each other: somebody wrote in the database.
    """
    notes = tuple(body.decode() for body in read_acts_of(context.connection, KEY_ACT))
    try:
        return _fold_changes(notes)
    except KeyChangeError as error:
        raise UseCaseError(
            f"{error.message} Run suyuan audit.", message_zh=f"{error.message_zh} 请运行 suyuan audit。"
        ) from None


@lru_cache(1)
def _fold_changes(notes: tuple[str, ...]) -> KeyState | None:
    """Return what recorded changes come to; the same notes are not verified again for each acknowledgement."""
    return fold_changes(notes)


def open_log(
    context: Context,
    folder: LogFolder,
    *,
    name: str | None = None,
    custodians: Sequence[SignerKey] = (),
    algorithms: Sequence[Algorithm] = (ED25519, SM2),
) -> KeyState:
    """Return the log's keys; a log that is not open yet is opened, with keys made now and kept in the folder.

    Without a name the log gets one of its own that nobody else has. Raises UseCaseError for a name that cannot be used, and
    where a log that is open already was to be opened under another name.
    """
    state = read_keys(context)
    if state is None:
        chosen = _checked(name or f"suyuan.local/{secrets.token_hex(_NAME_BYTES)}")
        signers = _make_signers(chosen, algorithms)
        with context.connection.transaction():
            lock_version(context.connection)
            if not read_acts_of(context.connection, KEY_ACT):
                for signer in signers:
                    folder.write_signer(signer)
                _write_opening(context, name=chosen, signers=signers, custodians=custodians, at=context.clock())
        state = read_keys(context)
        assert state is not None
    if name is not None and state.name != name:
        raise UseCaseError(
            f"The log is open under the name {state.name}; its name stays for ever.",
            message_zh=f"日志已以名称 {state.name} 启用，名称不可更改。",
        )
    return state


def _checked(name: str) -> str:
    if not is_key_name(name) or name.endswith("/") or not name.isascii():
        raise UseCaseError(
            f'"{name}" cannot name a log. Take its address without https://, such as platform.example/log.',
            message_zh=f"“{name}”不能用作日志名称。请使用不含 https:// 的地址，例如 platform.example/log。",
        )
    return name


def _make_signers(name: str, algorithms: Sequence[Algorithm]) -> list[SignerKey]:
    """Make a key of each algorithm; where the machine has no SM2 the log goes without, and gets such a key later."""
    signers = []
    for algorithm in algorithms:
        try:
            signers.append(make_signer_key(name, algorithm=algorithm, private=secrets.token_bytes(KEY_BYTES)))
        except Sm2UnavailableError:
            continue
    return signers


def _write_opening(
    context: Context, *, name: str, signers: Sequence[SignerKey], custodians: Sequence[SignerKey], at: datetime
) -> None:
    keys: list[VerifierKey] = [signer.verifier for signer in signers]
    text = open_change(name=name, at=at, keys=keys, custodians=[one.verifier for one in custodians])
    note = sign_note(text, [*signers, *custodians])
    write_act(context.connection, KEY_ACT, acted_at=at, body=note.encode())


def propose_change(context: Context, folder: LogFolder, fields: dict[str, Any]) -> str:
    """Return the text of a change for the custodians to sign, each by appending a line; nothing changes yet.

    For `add` a key is made now, and waits in the folder. Raises UseCaseError where the log is not open, or SM2 is not there.
    """
    state = read_keys(context)
    if state is None:
        raise UseCaseError(
            "The log is not open yet. Run: suyuan log open --name NAME",
            message_zh="日志尚未启用。请运行：suyuan log open --name 名称",
        )
    fields = {
        "name": state.name,
        "change_no": state.count,
        "at": canonical.format_moment(context.clock()),
        **({"stolen": []} if fields["change"] == "witnesses" else {}),
        **fields,
    }
    if fields["change"] == "add":
        signer = make_signer_key(
            state.name, algorithm=LOG_ALGORITHMS[fields["algorithm"]], private=secrets.token_bytes(KEY_BYTES)
        )
        folder.write_signer(signer)
        fields["public"] = encode_base64(signer.verifier.public)
    text = write_change(fields)
    if fields["change"] == "custodians" and not state.custodians:
        signers = choose_signers(state, folder, moment=context.clock())
        return sign_note(text, signers)
    return text


def record_change(context: Context, note: str) -> KeyState:
    """Record a change that is signed as it must be, and return the keys after it. Raises UseCaseError."""
    with context.connection.transaction():
        lock_version(context.connection)
        try:
            state = apply_change(read_keys(context), note)
        except KeyChangeError as error:
            raise UseCaseError(error.message, message_zh=error.message_zh) from None
        write_act(context.connection, KEY_ACT, acted_at=context.clock(), body=note.encode())
    return state


def choose_signers(state: KeyState, folder: LogFolder, *, moment: datetime) -> list[SignerKey]:
    """Return the private keys that sign at a moment, as far as they lie in the folder."""
    publics = {key.public for key in state.signing_keys(moment)}
    return [signer for signer in folder.read_signers() if signer.verifier.public in publics]
