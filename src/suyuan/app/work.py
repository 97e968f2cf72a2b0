"""The worker: records what is stored but not recorded, judges what is pending, until told to stop."""

import time
from collections.abc import Callable

from suyuan.app.context import Context
from suyuan.app.judge import delay_older_verdicts, judge_pending
from suyuan.app.submit import record
from suyuan.store.submission import list_unrecorded

IDLE_SECONDS_MIN, IDLE_SECONDS_MAX = 0.02, 0.25  # an idle worker asks the database four times a second


def work(context: Context, *, should_stop: Callable[[], bool]) -> None:
    """Record and judge whatever waits; what another version of program or rulebook judged is judged again first."""
    judged_by = None
    idle_seconds = IDLE_SECONDS_MIN
    while not should_stop():
        if context.rulebook.version != judged_by:
            judged_by = context.rulebook.version
            delay_older_verdicts(context)  # whoever changed it may have been cut off
        if work_once(context):
            idle_seconds = IDLE_SECONDS_MIN
        else:
            time.sleep(idle_seconds)
            idle_seconds = min(2 * idle_seconds, IDLE_SECONDS_MAX)


def work_once(context: Context) -> int:
    """Do what waits now; returns how much it was."""
    waiting = list_unrecorded(context.connection)
    for submission_no in waiting:
        record(context, submission_no)
    return len(waiting) + judge_pending(context)
