"""How a rebuild repeats recorded acts: by their kind, in the order in which they were recorded.

An act whose kind has no entry here (a day swept) is repeated by the rebuild itself.
"""

from collections.abc import Mapping
from typing import Protocol

from suyuan.app.context import Context
from suyuan.app.documents import replay_document
from suyuan.app.record_case import ACT_KIND as CASE_ACT
from suyuan.app.record_case import replay_case_act
from suyuan.app.register import replay_entries
from suyuan.app.rulebook import ACT_KINDS, replay_rulebook
from suyuan.core.topic import TOPICS
from suyuan.store.documents import ACT_KIND as DOCUMENT_ACT
from suyuan.store.registry import read_acts


class ReplayAct(Protocol):
    """Repeats one act, in a transaction of its own."""

    def __call__(self, context: Context, kind: str, body: bytes, *, act_no: int) -> None:
        """Write again what the act wrote, under its number."""


REPLAYS: Mapping[str, ReplayAct] = {
    **dict.fromkeys(TOPICS, replay_entries),
    CASE_ACT: replay_case_act,
    **dict.fromkeys(ACT_KINDS, replay_rulebook),
    DOCUMENT_ACT: replay_document,
}


def replay_acts(context: Context) -> None:
    """Repeat every recorded act of a kind that has a replay."""
    for act_no, kind, _, body in read_acts(context.connection):
        if kind in REPLAYS:
            REPLAYS[kind](context, kind, body, act_no=act_no)
