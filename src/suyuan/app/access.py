"""Who may read what: a participant reads the timelines it has a part in, and the parts of what it may read."""

from suyuan.app.context import Context
from suyuan.store.browse import find_parts
from suyuan.store.components import find_parents

PARENTS_DEPTH_MAX = 2  # cell in module in pack


def has_part(context: Context, uscc: str, subject: str) -> bool:
    """Tell whether a participant reports in a timeline, is named in it, holds the subject, or has a duty or finding there."""
    return bool(find_parts(context.connection, uscc=uscc, subjects=[subject]))


def may_read(context: Context, uscc: str, subject: str) -> bool:
    """Tell whether a participant may read a trace: it has a part in it, or in a pack or module that it ever was part of.

    A cell has no timeline of its own until something befalls it alone; its trace shows what befell its pack.
    """
    wanted = {subject}
    for _ in range(PARENTS_DEPTH_MAX + 1):
        if find_parts(context.connection, uscc=uscc, subjects=wanted):
            return True
        wanted = {parent for component in wanted for parent, _since in find_parents(context.connection, component)}
    return False
