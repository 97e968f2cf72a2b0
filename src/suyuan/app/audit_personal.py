"""Audit of personal values: what is kept is what the record commits to, what is gone is named by an erasure act, and is gone."""

from collections.abc import Iterator

from suyuan.app.context import Context
from suyuan.app.personal import ERASED, KEPT, Erasures, place_of_value
from suyuan.evidence.record import commit_personal
from suyuan.store.audit import FIRST_KEYS_MAX, Fault, Faults
from suyuan.store.outcomes import read_reports
from suyuan.store.personal import PersonalValue, decrypt_value, walk_values
from suyuan.store.submission import has_pieces, parse_submission_name, read_submission


def check_personal(context: Context, _step: int) -> Faults:
    """Compare personal values with the commitments in the record and with the erasure acts."""
    faults = Faults(0, [])
    for fault in _find_faults(context):
        faults.count += 1
        faults.first = [*faults.first, fault][:FIRST_KEYS_MAX]
    return faults


def _find_faults(context: Context) -> Iterator[Fault]:
    connection = context.connection
    key = context.log_folder.read_personal_key() if context.log_folder is not None else None
    erasures = Erasures(connection)
    erased: set[tuple[str, int, str]] = set()
    for values in walk_values(connection):
        erasures.read()
        reports = read_reports(connection, [one.report_no for one in values if not one.is_erased])
        erased.update(place_of_value(one) for one in values if one.is_erased)
        for one in values:
            if one.is_erased != erasures.names_value(one):
                stands = (ERASED, KEPT) if one.is_erased else (KEPT, ERASED)
                yield Fault(_key(one), *stands)
            elif one.salt is not None:
                commitment = reports.get(one.report_no, {}).get(one.field)
                value = decrypt_value(one, key=key) if key is not None else None
                if commitment is None or (
                    value is not None and commit_personal(one.field, value, salt=one.salt) != commitment
                ):
                    yield Fault(_key(one), "another value", commitment)
    for name, row, field in sorted(erasures.values - erased):
        yield Fault({"table": "personal_value", "submission": name, "row": row, "field": field}, None, ERASED)
    for name in sorted(erasures.submissions):
        submission = read_submission(connection, parse_submission_name(name) or 0)
        if submission is not None and has_pieces(connection, submission):
            yield Fault({"table": "submission_piece", "submission": submission.submission_no}, KEPT, ERASED)


def _key(one: PersonalValue) -> dict[str, str | int]:
    name, row, field = place_of_value(one)
    return {"table": "personal_value", "submission": name, "row": row, "field": field}
