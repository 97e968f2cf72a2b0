"""The command `witness`: cosigns the checkpoints of logs that are not one's own."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from suyuan.cli.evidence_file import read_private_key, write_private_key
from suyuan.cli.screen import emit, tell
from suyuan.cli.serve import HostOption, PortOption, refuse_taken_port
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import CommandError, say

if TYPE_CHECKING:
    from suyuan.evidence.keys import VerifierKey

PORT = 8766
KeyOption = Annotated[Path, Parameter(name="--key", help=say("option_witness_key"))]
NewOption = Annotated[str | None, Parameter(name="--new", help=say("option_witness_new"))]
LogOption = Annotated[list[Path] | None, Parameter(name="--log", help=say("option_witness_log"))]
StateOption = Annotated[Path, Parameter(name="--state", help=say("option_witness_state"))]


def witness(
    *,
    key: KeyOption,
    state: StateOption = Path("witness"),
    log: LogOption = None,
    new: NewOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = PORT,
    setting: Setting = DEFAULT,
) -> int:
    """Cosign checkpoints over HTTP until Ctrl-C; with --new make a key and print its public half instead."""
    if new is not None:
        return _make_key(new, key, setting)
    import uvicorn

    from suyuan.evidence.keys import COSIGNATURE
    from suyuan.witness.server import create_witness
    from suyuan.witness.state import WitnessState

    signer = read_private_key(key)
    if (algorithm := signer.verifier.algorithm.name) != COSIGNATURE.name:  # its lines would count for nothing
        raise CommandError("witness_key_wrong", file=key, algorithm=algorithm)
    logs = _read_logs(log or [])
    refuse_taken_port(host, port=port)
    if setting.wants_json:
        emit({"url": f"http://{host}:{port}", "public": str(signer.verifier), "logs": sorted(logs)})
    else:
        tell(say("witnessing", public=signer.verifier, logs=", ".join(sorted(logs)), url=f"http://{host}:{port}"))
    application = create_witness(state=WitnessState(state), logs=logs, signers=[signer])
    uvicorn.run(application, host=host, port=port, log_level="warning")
    return 0


def _make_key(name: str, target: Path, setting: Setting) -> int:
    from suyuan.evidence.keys import COSIGNATURE, KeyTextError, make_signer_key

    try:
        signer = make_signer_key(name, algorithm=COSIGNATURE, private=secrets.token_bytes(32))
    except KeyTextError as error:
        raise CommandError("key_unusable", file=target, reason=error) from None
    write_private_key(signer, target)
    if setting.wants_json:
        emit({"file": str(target), "public": str(signer.verifier)})
    else:
        tell(say("wrote_private_key", file=target, public=signer.verifier))
    return 0


def _read_logs(files: list[Path]) -> "dict[str, list[VerifierKey]]":
    """Return the keys of the logs whose trust files are given, by name."""
    from suyuan.evidence.trust import TrustError, decode_trust

    logs: dict[str, list[VerifierKey]] = {}
    for file in files:
        try:
            trust = decode_trust(file.read_bytes())
        except TrustError as error:
            raise CommandError("trust_unusable", reason=error) from None
        logs[trust.name] = [key.named(trust.name) for key in trust.keys if key.stolen_at is None]
    if not logs:
        raise CommandError("witness_without_log")
    return logs
