"""The reference page of rules, written from their files; `make docs-check` compares it with the page in docs."""

from collections.abc import Iterator
from itertools import groupby

from suyuan.core.catalogue import KIND_BY_NAME
from suyuan.core.finding import Rule
from suyuan.core.terms import TERMS
from suyuan.rules.catalogue import RULES

_OPENING = """\
# 规则 Rules

<!-- Written by `make docs` from src/suyuan/rules; change it there. -->

What the platform looks for, family by family. A **violation** is shown as a suspected breach until it is decided; a **lead** has an
innocent reading; a **notice** is only shown. **未核实 unverified**: the text of the law was not to hand; such a rule may open an inquiry
or an order to correct, but no penalty before an officer has entered article and text. Limits and thresholds stand in the
[rulebook](rulebook.md).

认定在决定前均为疑似；线索可能另有正当解释；提示仅供查看。未核实的规则可用于询问或责令改正，在经办人填入条文之前不得据以处罚。
"""
_FAMILIES = {
    "identity": ("身份", "identity"),
    "binding": ("装车绑定", "binding"),
    "custody": ("保管与移交", "custody"),
    "end_of_life": ("报废与再生利用", "end of life"),
    "duty": ("报告义务", "duty"),
    "mass": ("质量平衡", "mass"),
    "conduct": ("行为", "conduct"),
}


def write_rules_page() -> str:
    """Return the page in Markdown: a table of all rules, then the text of each in both languages."""
    return "\n".join(_write_lines()) + "\n"


def _write_lines() -> Iterator[str]:
    yield _OPENING
    for family, rules in groupby(RULES, key=lambda rule: rule.family):
        chinese, english = _FAMILIES[family]
        yield f"## {chinese} {english}\n"
        for rule in rules:
            yield from _write_rule(rule)


def _write_rule(rule: Rule) -> Iterator[str]:
    weight, line = TERMS[rule.weight], TERMS[rule.competent_line]
    verified = ("已核实", "verified") if rule.verified else ("未核实", "unverified")
    kinds = [KIND_BY_NAME[name] for name in rule.kinds]
    yield f"### {rule.name}\n"
    yield f"**{rule.title_zh}** · **{rule.title}**\n"
    yield "| | 中文 | English |"
    yield "|---|---|---|"
    yield f"| 程度 weight | {weight[0]} | {weight[1]} |"
    yield f"| 构成 what counts | {rule.counts_zh} | {rule.counts} |"
    yield f"| 不构成 what does not | {rule.counts_not_zh} | {rule.counts_not} |"
    yield f"| 处置 remedy | {rule.remedy_zh} | {rule.remedy} |"
    if kinds:
        yield f"| 报告 reports | {'、'.join(kind.zh for kind in kinds)} | {', '.join(kind.en for kind in kinds)} |"
    yield f"| 主管 competent line | {line[0]} | {line[1]} |"
    yield f"| 施行 in force from | {rule.in_force_from} | {rule.in_force_from} |"
    yield f"| 依据 source | {verified[0]} | {verified[1]}: {rule.source} |\n"
