"""Verifies a batch with the Python verifier, as verify_batch.mjs does with the other: JSON lines in, JSON lines out."""

import base64
import json
import sys
from functools import cache

from suyuan.evidence.keys import COSIGNATURE, LOG_ALGORITHMS
from suyuan.evidence.receipt import verify_receipt
from suyuan.evidence.trust import Trust, TrustError, decode_trust

PROMISES = {"kept its promise": "kept", "broke its promise": "broken", "key that was stolen": "void"}
ALGORITHMS = {**LOG_ALGORITHMS, "cosignature": COSIGNATURE}


@cache
def read_trust(text: str) -> Trust | None:
    try:
        return decode_trust(base64.b64decode(text))
    except TrustError:
        return None


def judge(case: dict) -> dict:
    trust = read_trust(case["trust"])
    if trust is None:
        return {"outcome": "refused", "facts": {}}
    verdict = verify_receipt(base64.b64decode(case["receipt"]), trust=trust)
    words = " ".join(english for english, _ in verdict.sentences)
    facts = {"row": None, **verdict.facts} if verdict.facts else {}
    promise = None if verdict.is_refused else next((one for said, one in PROMISES.items() if said in words), None)
    return {"outcome": verdict.outcome, "facts": facts, **({} if verdict.is_refused else {"promise": promise})}


def verify(case: dict) -> dict:
    public, message, signature = (base64.b64decode(case[name]) for name in ("public", "message", "signature"))
    return {"outcome": ALGORITHMS[case["algorithm"]].verify(public, message, signature)}


for line in sys.stdin:
    case = json.loads(line)
    sys.stdout.write(json.dumps(verify(case) if "algorithm" in case else judge(case)) + "\n")
