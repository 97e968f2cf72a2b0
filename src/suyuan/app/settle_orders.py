"""End an order to correct when nothing of its case stands any more, and take it up again when something does.

Part of the sweep: a late report that answers a finding must not leave the party accused of an order that has no ground.
"""

from collections.abc import Iterator

from suyuan.app.context import Context
from suyuan.app.record_case import write_orders
from suyuan.core.case import case_subject, has_open_order
from suyuan.store.cases import list_cases_with_orders, lock_case, read_case, read_standing
from suyuan.store.slot import slot_of


def settle_orders(context: Context) -> Iterator[int]:
    """Write the duties of open orders anew, case by case, and yield the slot of each case for its lapses to be swept.

    A later case may stand on the lapsed order of an earlier one, therefore in the order in which they were opened.
    """
    for case_no in list_cases_with_orders(context.connection):
        with context.connection.transaction():
            record = read_case(context.connection, case_no) if lock_case(context.connection, case_no) else None
            if record is None or not has_open_order(record.case):
                continue
            is_vanished = not read_standing(context.connection, record.case.findings)
            write_orders(context.connection, record.case, is_vanished=is_vanished)
        yield slot_of(case_subject(case_no))
