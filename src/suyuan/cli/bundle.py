"""Write the evidence bundle of a case, and verify one: that needs no database and no network, and unpacks nothing."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from suyuan.cli.screen import emit, tell
from suyuan.cli.setting import DEFAULT, OutputOption, Setting, need_ending
from suyuan.cli.words import language, say

if TYPE_CHECKING:
    from suyuan.bundle.verify import Verification

SHOWN_MAX = 10


def bundle(case_no: str, /, *, output: OutputOption, setting: Setting = DEFAULT) -> int:
    """Write the evidence bundle of a case. Exits 1 when a frozen finding does not come out of the record as it was frozen."""
    from suyuan.app.bundle_case import write_case_bundle
    from suyuan.cli.session import open_context

    need_ending(output, ".zip")
    with open_context(setting) as context:
        written = write_case_bundle(context, case_no)
    output.write_bytes(written.content)
    if setting.wants_json:
        emit(
            {
                "case_no": case_no,
                "file": str(output),
                "sha256": written.sha256,
                "not_reproduced": list(written.not_reproduced),
            }
        )
    else:
        tell(say("wrote_file", file=output), say("bundle_digest", digest=written.sha256))
        tell(
            *(
                say("bundle_not_reproduced", rule=one.rule, subject=one.subject, report_id=one.report_id)
                for one in written.not_reproduced
            )
        )
    return 1 if written.not_reproduced else 0


def verify(bundle: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Compute an evidence bundle again and compare. Exits 1 when anything differs or could not be computed again."""
    from suyuan.bundle.verify import verify_bundle
    from suyuan.rulebook import load_rulebook
    from suyuan.rules.catalogue import RULE_TABLE

    verification = verify_bundle(_read(bundle), rules=RULE_TABLE, packaged_texts=load_rulebook().texts)
    if setting.wants_json:
        emit(_describe(verification))
    else:
        _print(verification)
    return 0 if verification.outcome == "identical" else 1


def _read(bundle: Path) -> bytes:
    """Return the bytes of a file, of one that is too large no more than it takes to see that."""
    from suyuan.bundle.archive import BUNDLE_BYTES_MAX

    with bundle.open("rb") as stream:
        return stream.read(BUNDLE_BYTES_MAX + 1)


def _describe(verification: "Verification") -> dict[str, Any]:
    return {
        "outcome": verification.outcome,
        "sha256": verification.bundle_sha256,
        "case_no": verification.case_no,
        "verdict_version": verification.verdict_version,
        "members": verification.member_count,
        "reports": verification.report_count,
        "subjects": verification.subject_count,
        "findings": list(verification.claimed),
        "own_rulebook_texts": list(verification.own_texts),
        "differences": [
            {
                "file": one.file,
                "subject": one.subject,
                "field": one.field,
                "expected": one.expected,
                "found": one.found,
                "message": one.message,
                "message_zh": one.message_zh,
            }
            for one in verification.differences
        ],
    }


def _print(verification: "Verification") -> None:
    details = {
        "members": verification.member_count,
        "reports": verification.report_count,
        "subjects": verification.subject_count,
        "findings": len(verification.claimed),
        "differences": len(verification.differences),
        "version": verification.verdict_version,
    }
    tell(say(f"bundle_{verification.outcome}", **details))
    tell(say("bundle_digest", digest=verification.bundle_sha256))
    if verification.own_texts:
        tell(say("bundle_own_texts", names=" ".join(verification.own_texts)))
    shown = verification.differences[:SHOWN_MAX]
    tell(*(one.message_zh if language() == "zh" else one.message for one in shown))
