"""Collection outlet not published (回收服务网点未公布)."""

from collections.abc import Iterator
from datetime import date, timedelta

from suyuan.core.finding import Finding, Rule
from suyuan.core.participant import ParticipantView


def outlet_not_published(view: ParticipantView) -> Iterator[Finding]:
    """An outlet in force for longer than the rulebook sets without a day on which it was published.

    Where the register holds such a day for nobody, nothing is known of publishing and nothing is found.
    """
    if "outlet_publication" not in view.kept:
        return
    days = view.rulebook.threshold("outlet_publication_days", on=view.day)
    for outlet in view.registry.outlets_of(view.uscc, on=view.day):
        last_day = max(outlet.valid_from, date.fromisoformat(RULE.in_force_from)) + timedelta(days=days)
        if outlet.published_on is None and view.day > last_day:
            evidence = {
                "outlet": outlet.outlet_id,
                "division": outlet.division,
                "in_force_from": outlet.valid_from.isoformat(),
                "days": days,
            }
            yield RULE.find_of_participant(view, period=outlet.outlet_id, on=last_day, evidence=evidence)


RULE = Rule(
    name="outlet_not_published",
    family="duty",
    title="Collection outlet not published",
    title_zh="回收服务网点未公布",
    weight="notice",
    kinds=(),
    families=(),
    competent_line="commerce",
    source="Interim Measures (Order 73), outlets are to be made public (article unknown); the days are a platform choice",
    verified=False,
    in_force_from="2026-04-01",
    counts="An outlet that has been in force for more than the days the rulebook sets, of which the register holds no day of publication.",
    counts_not="Outlets whose entry has ended; registers that hold no day of publication for anybody.",
    counts_zh="网点设立超过规则书所定天数，而登记册没有其公布日期。",
    counts_not_zh="已终止的网点；没有任何公布日期的登记册。",
    remedy="Publish name, address and contact of the outlet and have the day entered in the register.",
    remedy_zh="向社会公布网点名称、地址和联系方式，并登记公布日期。",
    check_participant=outlet_not_published,
)
