"""Open a case: findings of one party, within the competence of the officer's authority, are taken in and frozen."""

from collections.abc import Sequence
from datetime import datetime

from suyuan.app.case_candidates import Candidate, FindingFilter, gather_candidates
from suyuan.app.case_trouble import CaseFaultsError
from suyuan.app.context import Context, UseCaseError
from suyuan.app.describe import describe_finding
from suyuan.app.initialise import settle_receipt
from suyuan.app.officer import require_desk
from suyuan.app.record_case import CaseAct, Opening, record_case_act
from suyuan.core.case import Act, FrozenFinding
from suyuan.core.case_check import check_opening
from suyuan.core.finding import Finding
from suyuan.rules.catalogue import RULE_TABLE
from suyuan.store.cases import take_number


def open_case(
    context: Context,
    *,
    officer: str,
    meant: FindingFilter,
    text: str | None = None,
    acted_at: datetime | None = None,
) -> str:
    """Open a case with all findings that are meant, and return its number.

    Raises UseCaseError where nothing can be taken in or several parties are meant, CaseFaultsError for a wrong act.
    """
    moment = settle_receipt(context, acted_at)
    desk = require_desk(context, officer, at=moment)
    act = Act(1, "open", officer, None, moment, {"text": text.strip()} if text and text.strip() else {})
    if faults := check_opening(act):
        raise CaseFaultsError(faults)
    series = f"{desk.authority.division}-{desk.authority.line}"
    with context.connection.transaction():
        # The lock comes first: what another opening took in meanwhile is no candidate any more.
        number = take_number(context.connection, series=series, year=act.acted_on.year)
        taken = gather_candidates(context, desk, meant)
        party = _only_party(taken)
        place = next((one.place for one in taken if one.place is not None), desk.authority.division)
        findings = tuple(sorted(_freeze(context, one.finding) for one in taken))
        opening = Opening(number, desk.authority.authority, desk.authority.line, party, place, findings)
        record_case_act(context.connection, CaseAct(number.text, act, opening))
    return number.text


def _only_party(taken: Sequence[Candidate]) -> str | None:
    """Return the one party of the findings, None where none of them names any."""
    if not taken:
        raise UseCaseError(
            "There is no such finding that you can take into a case: notices are no ground for one, what another case "
            "keeps stays there, and other lines and places belong to their authorities. See: suyuan cases findings",
            message_zh="没有可立案的问题：提示不能立案，已在其他案件中的不能重复立案，"
            "其他条线和地区由其主管机关办理。请查看：suyuan cases findings",
        )
    parties = {one.finding.party for one in taken}
    if len(parties) > 1:
        named = ", ".join(sorted(party or "-" for party in parties)[:10])
        raise UseCaseError(
            f"These findings are held against several parties ({named}); a case has one. Name the party with --party, "
            "or the subject with --subject.",
            message_zh=f"这些问题涉及多个责任方（{named}），一案只能有一个当事人。"
            "请用 --party 指明当事人，或用 --subject 指明主体。",
        )
    return parties.pop()


def _freeze(context: Context, finding: Finding) -> FrozenFinding:
    described = describe_finding(finding, rulebook=context.rulebook)
    rule = RULE_TABLE.rules.get(finding.rule)
    return FrozenFinding(
        subject=finding.subject,
        rule=finding.rule,
        reporter=finding.reporter,
        report_id=finding.report_id,
        weight=finding.weight,
        is_verified=described["verified"],
        is_conflict=rule is not None and rule.is_conflict,
        about=finding.about,
        evidence=finding.evidence,
        source=described["article"] or described["source"],
        rulebook_version=context.rulebook.version,
    )
