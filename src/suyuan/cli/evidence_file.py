"""Files of evidence: private keys, written for their owner alone and never written over; texts to sign or to compare."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from suyuan.cli.words import CommandError

if TYPE_CHECKING:
    from suyuan.evidence.keys import SignerKey


def write_private_key(signer: "SignerKey", target: Path) -> None:
    """Write a private key into a file that is not there yet; raises CommandError where there is one."""
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError("key_exists", file=target) from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(f"{signer}\n")


def read_private_key(source: Path) -> "SignerKey":
    """Return the private key in a file; raises CommandError for another text."""
    from suyuan.evidence.keys import KeyTextError, parse_signer_key

    try:
        return parse_signer_key(source.read_text(encoding="utf-8").strip())
    except (KeyTextError, UnicodeDecodeError) as error:
        raise CommandError("key_unusable", file=source, reason=error) from None


def read_text(source: Path) -> str:
    """Return the text in a file; raises CommandError where it is none."""
    try:
        return source.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise CommandError("not_text", file=source) from None
