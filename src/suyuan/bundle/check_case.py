"""Check that the state of a bundled case follows from its acts, that its frozen findings are those claimed, and its documents whole."""

from collections.abc import Iterable, Iterator

from suyuan.bundle.content import BundledDocument, Subject, claims_of, plain
from suyuan.bundle.difference import Difference, compare_values
from suyuan.core.case import apply_act, open_case

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
    if not case.acts:
        yield Difference(NAME, case.case_no, "acts", "an act that opens the case", "none")
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
            yield Difference(NAME, case.case_no, f"acts[{number - 1}].number", number, act.number)
            return
        try:
            again = apply_act(again, act) if number > 1 else again
        except KeyError:
            yield Difference(NAME, case.case_no, f"acts[{number - 1}].move", f"a move from {again.state}", act.move)
            return
    if again.state != case.state:
        yield Difference(NAME, case.case_no, "state", again.state, case.state)
