"""The result of a submission for people: counts, refused rows with what to do, notices."""

from typing import Any

from suyuan.cli.screen import make_table, show, tell, tell_moment
from suyuan.cli.words import language, say
from suyuan.core.catalogue import COMMON_FIELDS, KINDS
from suyuan.core.refusal import EITHER

REFUSED_SHOWN_MAX = 50
NOTICES_SHOWN_MAX = 20


def print_submission(result: dict[str, Any]) -> None:
    """Print what came of a submission."""
    name = result["submission"]
    if name:
        tell(say("submission_head", name=name, at=f"{tell_moment(result['received_at'])} +08:00"))
    else:
        tell(say("dry_run_head"))
    tell(say("submission_counts", **{count: result[count] for count in ("accepted", "duplicate", "rejected")}))
    message = "message_zh" if language() == "zh" else "message"
    for error in result.get("file_errors", ()):
        tell(error[message])
    _print_refused(result, message)
    _print_notices(result, message)
    if result["duplicate"]:
        first = {row["duplicate_of"]["submission"] for row in result["rows"] if row["outcome"] == "duplicate"}
        if first:
            tell(say("submission_repeats", name=", ".join(sorted(first)[:3])))
    if name and result["rejected"]:
        tell(say("correct_and_resend", name=name))
    if name and result["accepted"]:
        tell(say("submission_judged" if result["judged"] else "submission_not_judged"))


def _print_refused(result: dict[str, Any], message: str) -> None:
    refused = [row for row in result["rows"] if row["outcome"] == "rejected"]
    if not refused:
        return
    headings = [say("head_row"), say("head_field"), say("head_value"), say("head_what_to_do")]
    where = "where_zh" if language() == "zh" else "where"
    rows = [
        (row.get(where, row["row"]), _name_field(error["field"]), error["value"], f"{error[message]} ({error['code']})")
        for row in refused[:REFUSED_SHOWN_MAX]
        for error in row["errors"]
    ]
    show(make_table(headings, rows, title=say("refused_rows")))
    if result["rejected"] > REFUSED_SHOWN_MAX:
        tell(say("more_rows", count=result["rejected"] - REFUSED_SHOWN_MAX))


def _print_notices(result: dict[str, Any], message: str) -> None:
    notices = [
        (row["row"], _name_field(notice["field"]), notice[message])
        for row in result["rows"]
        for notice in row.get("notices", ())
    ]
    if not notices:
        return
    headings = [say("head_row"), say("head_field"), say("row_notices")]
    show(make_table(headings, notices[:NOTICES_SHOWN_MAX], title=say("row_notices")))
    if len(notices) > NOTICES_SHOWN_MAX:
        tell(say("more_rows", count=len(notices) - NOTICES_SHOWN_MAX))


def _name_field(name: str) -> str:
    """Return a field as the heading of its column has it: where Chinese is spoken the Chinese title stands before the name."""
    titles = {field.name: field.zh for kind in KINDS for field in kind.fields} | {
        one.name: one.zh for one in COMMON_FIELDS
    }
    known = [titles[part] for part in name.split(EITHER) if part in titles]
    return f"{EITHER.join(known)}\n{name}" if language() == "zh" and known else name
