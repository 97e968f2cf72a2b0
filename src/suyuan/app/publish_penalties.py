"""The public list of penalties: who, what for, under which rule and article, when, and until when it is shown.

Only decisions that were served and are in force; one that is revoked by reconsideration or in court is taken off.
"""

from datetime import date
from typing import Any

from suyuan.app.context import Context
from suyuan.app.csv_text import write_csv
from suyuan.app.read_cases import name_rules
from suyuan.core.case import find_penalty
from suyuan.core.case_course import CHOICES
from suyuan.core.case_limits import shown_until
from suyuan.store.cases import CaseRecord, list_served_penalties, read_cases

HEADINGS = (
    ("case_no", "案号"), ("authority_name", "处罚机关"), ("party", "统一社会信用代码"), ("party_name", "当事人"),
    ("decision_zh", "处罚种类"), ("amount_yuan", "罚款金额（元）"), ("rules_zh", "违法事项"), ("article", "法律条款"),
    ("decided_on", "决定日期"), ("served_on", "送达日期"), ("shown_until", "公示截止日期"),
)  # fmt: skip


def list_public_penalties(context: Context) -> list[dict[str, Any]]:
    """Return the penalties that stand on the public list today, the last served first."""
    today = context.today()
    records = read_cases(context.connection, list_served_penalties(context.connection))
    described = (_describe(context, record) for record in records)
    return [one for one in described if one["shown_until"] >= today.isoformat()]


def write_public_penalties(context: Context) -> str:
    """Return the public list as CSV with Chinese headings."""
    rows = []
    for one in list_public_penalties(context):
        row = {**one, "rules_zh": "；".join(rule["title_zh"] for rule in one["rules"])}
        rows.append([row[name] for name, _ in HEADINGS])
    return write_csv([f"{zh} {name}" for name, zh in HEADINGS], rows)


def _describe(context: Context, record: CaseRecord) -> dict[str, Any]:
    case, registry = record.case, context.read_registry()
    penalty = find_penalty(case)
    assert penalty is not None, "the head of the case says that a penalty is in force"
    assert penalty.served_on is not None, "a penalty is in force once it was served"
    authority = registry.find_authority(case.authority, on=case.opened_on) or registry.find_authority(case.authority)
    party = registry.find(case.party, on=case.opened_on) if case.party else None
    until: date = shown_until(penalty.served_on, rulebook=context.rulebook)
    return {
        "case_no": case.case_no,
        "authority": case.authority,
        "authority_name": authority.name if authority else case.authority,
        "party": case.party,
        "party_name": party.name if party else case.party,
        "decision": penalty.decision,
        "decision_zh": CHOICES[penalty.decision][0],
        "amount_yuan": penalty.amount_yuan,
        "rules": name_rules(sorted({finding.rule for finding in case.findings})),
        "article": penalty.article,
        "decided_on": penalty.decided_on.isoformat(),
        "served_on": penalty.served_on.isoformat(),
        "shown_until": until.isoformat(),
        "is_contested": case.state == "contested",
    }
