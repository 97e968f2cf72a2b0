"""Report withdrawn after it had brought a violation (违规认定后撤回报告)."""

from collections.abc import Iterator

from suyuan.core.finding import Finding, Rule, Withdrawal


def withdrawn_after_finding(withdrawn: Withdrawal) -> Iterator[Finding]:
    """A report that carried a violation against its reporter was withdrawn and not replaced within some days."""
    evidence = {
        "withdrawn_by": withdrawn.withdrawal.report_id,
        "withdrawn_on": withdrawn.withdrawn_on.isoformat(),
        "rules": list(withdrawn.rules),
    }
    target = withdrawn.target
    yield RULE.find_about(
        withdrawn.subject, key=target.key, on=withdrawn.withdrawn_on, party=target.reporter, evidence=evidence
    )


RULE = Rule(
    name="withdrawn_after_finding",
    family="conduct",
    title="Report withdrawn after it had brought a violation",
    title_zh="违规认定后撤回报告",
    weight="lead",
    kinds=("report_withdrawn",),
    families=("battery", "vehicle", "lot", "recovery", "model", "report"),
    competent_line="industry",
    source="platform choice: a violation does not leave the record with the report that showed it",
    verified=False,
    in_force_from="2026-04-01",
    counts="A report withdrawn on a later day than that on which it first brought a violation against its own reporter, where the "
    "violation would stand today had the report not been withdrawn.",
    counts_not="Reports withdrawn on the day on which the violation could first be seen; reports replaced, within the days after the "
    "withdrawal that the rulebook sets, by another of the same kind in the same timeline; violations that later reports have "
    "settled; lateness. A corrected code is an innocent reading: the report that replaces it then stands in another timeline.",
    counts_zh="报告使其报告单位首次被认定违规之日以后被撤回，而若未撤回，该认定至今仍应成立。",
    counts_not_zh="认定首次可见当日撤回；在规则书所定的撤回后天数内，已由同一时间线上同种类的另一报告取代；后续报告已消除的认定；逾期。"
    "更正编码属正当解释：取代它的报告列于另一时间线。",
    remedy="Report again what was wrong in the withdrawn report, or explain the withdrawal to the authority.",
    remedy_zh="重新报送更正后的内容，或向主管部门说明撤回原因。",
    check_withdrawal=withdrawn_after_finding,
)
