"""Whether the chain of a battery or vehicle is whole (链条完整): one answer for trace, coverage and the public page.

Whole: birth known; bound, pooled or held; every hand-over matched or within its limit; no open identity, binding or
custody violation of its own. A pack that its scrapped vehicle misses is nowhere, whatever its own timeline last said.
An unmatched hand-over past its limit is a custody violation, so the findings tell of it.
"""

from collections.abc import Mapping

from suyuan.core.finding import Rule

CHAIN_FAMILIES = frozenset({"identity", "binding", "custody"})
NOWHERE = frozenset({"unknown", "incomplete"})


def breaks_chain(rule: str, *, weight: str, rules: Mapping[str, Rule]) -> bool:
    """Tell whether a finding of this rule and weight breaks the chain of the subject that owns it."""
    known = rules.get(rule)
    return weight == "violation" and known is not None and known.family in CHAIN_FAMILIES


def is_chain_whole(*, status: str, is_birth_known: bool, is_missing: bool, is_broken: bool) -> bool:
    """Tell whether a chain is whole; `is_broken` tells that a finding breaks it (`breaks_chain`)."""
    return is_birth_known and status not in NOWHERE and not is_missing and not is_broken
