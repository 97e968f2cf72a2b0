"""The text of a rule as a bundle carries it."""

from typing import Any

from suyuan.core.finding import Rule
from suyuan.core.rulebook import LegalBasis

FIELDS = ("name", "family", "title", "title_zh", "weight", "competent_line", "source", "verified", "in_force_from", "counts",
          "counts_zh", "counts_not", "counts_not_zh", "remedy", "remedy_zh")  # fmt: skip


def describe_rule(rule: Rule, *, basis: LegalBasis | None) -> dict[str, Any]:
    """Return what a rule says of itself, without the function; what the operator entered goes before its own source."""
    described = {name: getattr(rule, name) for name in FIELDS}
    if basis is None:
        return described
    return {
        **described,
        "source": basis.source,
        "verified": basis.is_verified,
        "article": basis.article,
        "text": basis.text,
    }
