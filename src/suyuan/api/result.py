"""The result of a submission as it is answered: everything where it fits, and never a multiple of what came in.

A file of 4 kB can hold two thousand wrong rows, whose reasons in two languages are 700 kB. What is left out here is counted
here, and stands in the stored result and in the refusals workbook.
"""

from typing import Any

import msgspec

ERRORS_PER_ROW_MAX = 20
ANSWER_BYTES_MIN = 64_000  # some 150 refused rows are always told, however small the file
ANSWER_BYTES_PER_BYTE = 8  # a file of ordinary rows, all of them wrong twice, stays below


def encode_result(result: dict[str, Any], *, bytes_max: int | None = None) -> bytes:
    """Return a result as JSON; with `bytes_max`, only as many rows as find room, the first ones first."""
    shown = {**result, "rows": [_cap_errors(row) for row in result["rows"]]}
    body = msgspec.json.encode(shown)
    if bytes_max is None or len(body) <= bytes_max:
        return body
    all_left_out = len(shown["rows"]) + result.get("rows_not_listed", 0)
    room = bytes_max - len(msgspec.json.encode({**shown, "rows": [], "rows_not_listed": all_left_out}))
    listed = []
    for row in shown["rows"]:
        room -= len(msgspec.json.encode(row)) + 1
        if room < 0:
            break
        listed.append(row)
    return msgspec.json.encode({**shown, "rows": listed, "rows_not_listed": all_left_out - len(listed)})


def answer_bytes_max(byte_count: int) -> int:
    """Return how large the answer to a body of so many bytes may be."""
    return max(ANSWER_BYTES_MIN, ANSWER_BYTES_PER_BYTE * byte_count)


def _cap_errors(row: dict[str, Any]) -> dict[str, Any]:
    errors = row.get("errors", ())
    if len(errors) <= ERRORS_PER_ROW_MAX:
        return row
    return {**row, "errors": errors[:ERRORS_PER_ROW_MAX], "errors_not_listed": len(errors) - ERRORS_PER_ROW_MAX}
