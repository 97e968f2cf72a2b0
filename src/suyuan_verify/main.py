"""The command `suyuan-verify`: reads a receipt and a trust file, prints the verdict in words.

Exit codes: 0 verified, 1 refused, 2 wrong usage or a file that cannot be read, 4 provisional.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from suyuan.evidence.proof import RECEIPT_BYTES_MAX
from suyuan.evidence.receipt import Verdict, as_json, verify_receipt
from suyuan.evidence.sm2 import Sm2UnavailableError
from suyuan.evidence.trust import TRUST_BYTES_MAX, TrustError, decode_trust

EXIT_CODES = {"verified": 0, "refused": 1, "provisional": 4}
USAGE = 2
_OUTCOMES = {
    "verified": "VERIFIED 核验通过",
    "refused": "REFUSED 核验不通过",
    "provisional": "PROVISIONAL 暂定",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(
        prog="suyuan-verify",
        description="Verify a receipt offline: record, leaf, path, root, signatures, times. 离线核验回执。",
    )
    parser.add_argument("receipt", type=Path, help="the receipt, a .tlog-proof file 回执文件")
    parser.add_argument("--trust", type=Path, required=True, help="the trust file of the platform 信任文件")
    parser.add_argument("--json", action="store_true", help="print one line of JSON 以 JSON 输出")
    given = parser.parse_args(arguments)
    try:
        trust = decode_trust(_read(given.trust, TRUST_BYTES_MAX))
        verdict = verify_receipt(_read(given.receipt, RECEIPT_BYTES_MAX), trust=trust)
    except (OSError, TrustError, Sm2UnavailableError) as error:
        print(f"suyuan-verify: {error}", file=sys.stderr)
        return USAGE
    print(as_json(verdict) if given.json else describe(verdict))
    return EXIT_CODES[verdict.outcome]


def describe(verdict: Verdict) -> str:
    """Return a verdict as lines for a person: the outcome, then what is proved or why not, in both languages."""
    lines = [_OUTCOMES[verdict.outcome]]
    for message, message_zh in verdict.sentences:
        lines += [f"  {message}", f"  {message_zh}"]
    for name in ("origin", "index", "size", "checkpoint_time", "witnessed_at"):
        if verdict.facts.get(name) is not None:
            lines.append(f"  {name}: {verdict.facts[name]}")
    return "\n".join(lines)


def _read(path: Path, bytes_max: int) -> bytes:
    """Return the bytes of a file, of one that is too large no more than it takes to see that."""
    with path.open("rb") as stream:
        return stream.read(bytes_max + 1)
