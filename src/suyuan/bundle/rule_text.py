"""The text of a rule as a bundle carries it."""

from typing import Any

from suyuan.core.finding import Rule

FIELDS = ("name", "family", "title", "title_zh", "weight", "competent_line", "source", "verified", "in_force_from", "counts",
          "counts_zh", "counts_not", "counts_not_zh", "remedy", "remedy_zh")  # fmt: skip


def describe_rule(rule: Rule) -> dict[str, Any]:
    """Return what a rule says of itself, without the function."""
    return {name: getattr(rule, name) for name in FIELDS}
