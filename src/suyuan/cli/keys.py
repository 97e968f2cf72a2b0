"""Commands about the log's keys: custodians, proposing a change, signing it, recording it. Two persons for every change."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from suyuan.cli.evidence_file import read_private_key, read_text, write_private_key
from suyuan.cli.screen import emit, tell
from suyuan.cli.session import find_log_folder, open_context
from suyuan.cli.setting import DEFAULT, OutputOption, Setting, parse_moment, wrong_value
from suyuan.cli.words import CommandError, say

if TYPE_CHECKING:
    from suyuan.evidence.key_change import KeyState

CHANGES = ("add", "retire", "stolen", "custodians", "witnesses")
ALGORITHMS = ("ed25519", "sm2-sm3")
AlgorithmOption = Annotated[str, Parameter(name="--algorithm", help=say("option_algorithm"))]
PublicOption = Annotated[str | None, Parameter(name="--public", help=say("option_public"))]
AtOption = Annotated[str | None, Parameter(name="--at", help=say("option_at"))]
PeopleOption = Annotated[list[str] | None, Parameter(name="--who", help=say("option_who"))]
QuorumOption = Annotated[int, Parameter(name="--quorum", help=say("option_quorum"))]
StolenOption = Annotated[list[str] | None, Parameter(name="--stolen", help=say("option_stolen"))]
KeyOption = Annotated[Path, Parameter(name="--key", help=say("option_custodian_key"))]

app = App(name="keys", help=say("help_keys"))


@app.command(help=say("help_keys_custodian"))
def custodian(name: str, /, *, output: OutputOption, setting: Setting = DEFAULT) -> int:
    """Make the private key of a custodian; prints the public half, which the change names."""
    from suyuan.evidence.keys import ED25519, KeyTextError, make_signer_key

    try:
        signer = make_signer_key(name, algorithm=ED25519, private=secrets.token_bytes(32))
    except KeyTextError as error:
        raise CommandError("key_unusable", file=output, reason=error) from None
    write_private_key(signer, output)
    if setting.wants_json:
        emit({"file": str(output), "public": str(signer.verifier)})
    else:
        tell(say("wrote_private_key", file=output, public=signer.verifier))
    return 0


@app.command(help=say("help_keys_propose"))
def propose(
    change: str,
    /,
    *,
    output: OutputOption,
    algorithm: AlgorithmOption = "ed25519",
    public: PublicOption = None,
    at: AtOption = None,
    who: PeopleOption = None,
    quorum: QuorumOption = 0,
    stolen: StolenOption = None,
    setting: Setting = DEFAULT,
) -> int:
    """Write a change for the custodians to sign. Nothing changes yet."""
    from suyuan.app.log_keys import propose_change
    from suyuan.evidence.canonical import format_moment

    if change not in CHANGES:
        raise wrong_value("CHANGE", value=change, wanted="wanted_key_change")
    if algorithm not in ALGORITHMS:
        raise wrong_value("--algorithm", value=algorithm, wanted="wanted_algorithm")
    fields: dict[str, Any] = {"change": change, **_describe(change, algorithm, public, who or [], quorum)}
    if change == "witnesses":
        fields["stolen"] = stolen or []
    if (moment := parse_moment(at, option="--at")) is not None:
        fields["at"] = format_moment(moment)
    with open_context(setting) as context:
        text = propose_change(context, find_log_folder(setting), fields)
    output.write_text(text, encoding="utf-8")
    if setting.wants_json:
        emit({"file": str(output), "change": change})
    else:
        tell(say("wrote_key_change", file=output))
    return 0


def _describe(change: str, algorithm: str, public: str | None, who: list[str], quorum: int) -> dict[str, Any]:
    """Return what a change says besides its name and time."""
    from suyuan.evidence.hashing import encode_base64

    if change == "add":
        return {"algorithm": algorithm}
    if change in ("retire", "stolen"):
        if public is None:
            raise wrong_value("--public", value="", wanted="wanted_public")
        return {"public": public}
    if change == "custodians":
        people = [_parse_public(one) for one in who]
        return {"custodians": [{"name": one.name, "public": encode_base64(one.public)} for one in people]}
    witnesses = []
    for one in who:
        text, _, url = one.partition("@")
        key = _parse_public(text)
        witnesses.append({"name": key.name, "public": encode_base64(key.public), "url": url})
    return {"witnesses": witnesses, "quorum": quorum}


def _parse_public(text: str) -> Any:  # noqa: ANN401 - a key, whose type is not imported for a help page
    from suyuan.evidence.keys import KeyTextError, parse_verifier_key

    try:
        return parse_verifier_key(text)
    except KeyTextError as error:
        raise CommandError("public_unusable", value=text[:60], reason=error) from None


@app.command(help=say("help_keys_sign"))
def sign(file: Path, /, *, key: KeyOption, setting: Setting = DEFAULT) -> int:
    """Sign a change as a custodian: append one's line to the file. Shows first what is signed."""
    from suyuan.evidence.note import NoteError, sign_line, split_note

    signer = read_private_key(key)
    text = read_text(file)
    try:
        body = split_note(text)[0] if "\n\n" in text else text
        line = sign_line(body, signer)
    except NoteError as error:
        raise CommandError("key_change_unusable", file=file, reason=error) from None
    file.write_text(text + ("" if "\n\n" in text else "\n") + line, encoding="utf-8")
    if setting.wants_json:
        emit({"file": str(file), "signer": signer.name, "text": body})
    else:
        tell(body, say("signed_key_change", name=signer.name, file=file))
    return 0


@app.command(help=say("help_keys_record"))
def record(file: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Record a change that enough custodians have signed; from then on it counts."""
    from suyuan.app.log_keys import record_change

    with open_context(setting) as context:
        state = record_change(context, read_text(file))
    return _show(state, setting)


@app.command(name="list", help=say("help_keys_list"))
def list_(*, setting: Setting = DEFAULT) -> int:
    """Show the log's keys, custodians and witnesses."""
    from suyuan.app.log_keys import read_keys

    with open_context(setting) as context:
        state = read_keys(context)
    if state is None:
        raise CommandError("log_not_open")
    return _show(state, setting)


def _show(state: "KeyState", setting: Setting) -> int:
    import json

    described = json.loads(state.trust.encode())
    described["custodians"] = [str(one) for one in state.custodians]
    if setting.wants_json:
        emit(described)
        return 0
    tell(say("keys_of_log", name=state.name))
    for key in described["keys"]:
        tell(say("key_line", **{"valid_until": "—", "stolen_at": "—", **key}))
    for one in state.custodians:
        tell(say("custodian_line", public=one))
    for witness in state.witnesses:
        tell(say("witness_line", public=witness.key, url=witness.url))
    tell(say("quorum_line", quorum=state.quorum, count=len(state.witnesses)))
    return 0
