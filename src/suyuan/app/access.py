"""Who may read what: a participant reads the timelines it has a part in."""

from suyuan.app.context import Context
from suyuan.store import read


def has_part(context: Context, uscc: str, subject: str) -> bool:
    """Tell whether a participant reports in a timeline, is named in it, holds the subject, or has a duty or finding there."""
    return read.has_part(context.connection, uscc=uscc, subject=subject)
