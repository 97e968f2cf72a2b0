"""Check that the state of a bundled case follows from its acts, that its frozen findings are those claimed, and its documents whole."""

from collections.abc import Iterable, Iterator

from suyuan.bundle.content import BundledDocument, Subject, claims_of, plain
from suyuan.bundle.difference import Difference, compare_values
from suyuan.core.case import Case, apply_act, open_case
from suyuan.core.case_order import list_order_duties

NAME = "case.json"


def check_documents(documents: Iterable[BundledDocument]) -> Iterator[Difference]:
    """Yield the documents whose text is not the one whose digest was recorded."""
    for one in documents:
        found = one.document.digest().hex()
        if found != one.text_sha256:
            yield Difference("documents.json", one.document.number, "text_sha256", one.text_sha256, found)


def check_case(subject: Subject) -> Iterator[Difference]:
    """Yield what does not follow; nothing where the bundle is of no case."""
    case = subject.case
    if case is None:
        return
    for path, expected, found in compare_values(plain(claims_of(case)), plain(subject.claimed)):
        yield Difference(NAME, case.case_no, f"claimed{path}", expected, found)
    yield from _check_course(NAME, case)


def check_orders(cases: Iterable[Case]) -> Iterator[Difference]:
    """Yield what is wrong with the cases about whose orders something is claimed."""
    for case in cases:
        faults = list(_check_course("ordered_cases.json", case))
        if not faults:
            try:
                list_order_duties(case, is_vanished=False)
            except (KeyError, ValueError, TypeError):
                faults.append(
                    Difference("ordered_cases.json", case.case_no, "acts", "orders with their days", "others")
                )
        yield from faults


def _check_course(name: str, case: Case) -> Iterator[Difference]:
    """Yield where the acts of a case do not follow from each other, or its state from them."""
    if not case.acts or case.acts[0].move != "open":
        yield Difference(name, case.case_no, "acts[0].move", "open", case.acts[0].move if case.acts else None)
        return
    if any(act.acted_at.tzinfo is None for act in case.acts):
        yield Difference(name, case.case_no, "acts", "moments with an offset", "some without")
        return
    again = open_case(
        case.acts[0],
        case_no=case.case_no,
        authority=case.authority,
        line=case.line,
        party=case.party,
        place=case.place,
        findings=case.findings,
    )
    for number, act in enumerate(case.acts, 1):
        if act.number != number:
            yield Difference(name, case.case_no, f"acts[{number - 1}].number", number, act.number)
            return
        try:
            again = apply_act(again, act) if number > 1 else again
        except KeyError:
            yield Difference(name, case.case_no, f"acts[{number - 1}].move", f"a move from {again.state}", act.move)
            return
    if again.state != case.state:
        yield Difference(name, case.case_no, "state", again.state, case.state)
