"""Punished within two years (两年内受过处罚)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule
from suyuan.core.month import MONTHS_PER_YEAR, add_months
from suyuan.core.participant import ParticipantView
from suyuan.core.topic import INDUSTRY_LIST


def punished_within_two_years(view: ParticipantView) -> Iterator[Finding]:
    """Each warning or fine in force, from its decision on for the years that the rulebook sets; whether the list names it."""
    listed = [one.number for one in view.registry.licences_of(view.uscc, on=view.day) if one.kind == INDUSTRY_LIST]
    for penalty in view.penalties:
        years = view.rulebook.threshold("industry_list_bar_years", on=penalty.decided_on)
        barred_until = add_months(penalty.decided_on, years * MONTHS_PER_YEAR)
        if penalty.decided_on <= view.day < barred_until:
            evidence = {
                "case": penalty.case_no,
                "decision": penalty.decision,
                "decided_on": penalty.decided_on.isoformat(),
                "rules": list(penalty.rules),
                "barred_from_industry_list_until": barred_until.isoformat(),
                "earlier_penalties": sum(one.decided_on < penalty.decided_on for one in view.penalties),
            }
            if listed:
                evidence["to_be_struck_off"] = listed
            yield RULE.find_of_participant(view, period=penalty.case_no, on=penalty.decided_on, evidence=evidence)


RULE = Rule(
    name="punished_within_two_years",
    family="conduct",
    title="Punished within two years",
    title_zh="两年内受过处罚",
    weight="notice",
    kinds=(),
    families=(),
    competent_line="industry",
    source="Interim Measures (Order 73), Art. 42: a punished enterprise is barred from the industry list for two years, a listed one "
    "is struck off",
    verified=False,
    in_force_from="2026-04-01",
    counts="A warning or fine that was decided and served less than two years ago: the enterprise cannot be entered in the industry "
    "list until the second anniversary. Whom the register shows as listed is to be struck off; the notice names the entries.",
    counts_not="Orders to correct, decisions without a penalty, penalties annulled in reconsideration or lawsuit.",
    counts_zh="两年内作出并送达的警告或罚款：该企业在此期间不得列入行业规范名单；登记显示已列入的，应予移出，提示列明其名单编号。",
    counts_not_zh="责令改正、不予处罚的决定，以及经复议或诉讼撤销的处罚。",
    remedy="Nothing is to be reported; the notice ends with the two years.",
    remedy_zh="无需报送；两年期满后提示自动消除。",
    check_participant=punished_within_two_years,
)
