"""Make documents: give a number once, record what was issued, and print it with the form of its authority.

What was issued is printed again from its record, whatever has become of the case since.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from suyuan.app.context import Context, UseCaseError
from suyuan.app.document_docx import render_docx
from suyuan.app.document_fonts import choose_fonts
from suyuan.app.document_pdf import render_pdf
from suyuan.app.forms import Form, find_form
from suyuan.core.document import KIND_OF_DOCUMENT, Document
from suyuan.core.report import utc_text
from suyuan.store.documents import ACT_KIND, Issued, Occasion, Series, issue, list_issued, repeat_issue

Suffix = Literal["pdf", "docx"]
SUFFIXES: Final[Mapping[str, Suffix]] = {".pdf": "pdf", ".docx": "docx"}
_FORM_SUFFIX: Final = {"pdf": "typ", "docx": "docx"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A document with its bytes; `is_new` tells that its number was given just now, a draft has none."""

    document: Document
    body: bytes
    form: str
    is_new: bool
    is_draft: bool

    def describe(self) -> dict[str, Any]:
        """Return what answers say of it."""
        kind = KIND_OF_DOCUMENT[self.document.kind]
        return {
            "kind": kind.name,
            "title": kind.en,
            "title_zh": kind.zh,
            "number": None if self.is_draft else self.document.number or None,
            "dated": self.document.dated,
            "text_sha256": self.document.digest().hex(),
            "form": self.form,
            "new": self.is_new,
            "draft": self.is_draft,
            "doubts": list(self.document.doubts),
        }


def print_document(document: Document, *, line: str, suffix: Suffix) -> tuple[bytes, Form]:
    """Return a document printed with the form of a line of authority. Raises UseCaseError for forms and fonts."""
    form = find_form(document.kind, layout=document.layout, line=line, suffix=_FORM_SUFFIX[suffix])
    if suffix == "docx":
        return render_docx(document, form=form), form
    return render_pdf(document, form=form, fonts=choose_fonts()), form


def print_draft(document: Document, *, line: str, suffix: Suffix) -> Printed:
    """Return a document that takes no number and leaves no record."""
    body, form = print_document(document, line=line, suffix=suffix)
    return Printed(document, body, form.name, is_new=False, is_draft=True)


def issue_document(
    context: Context,
    occasion: Occasion,
    *,
    series: Series,
    line: str,
    suffix: Suffix,
    compose: Callable[[int], Document],
) -> Printed:
    """Return the document of an occasion; the first time it is composed under a new number, printed and recorded.

    Raises UseCaseError where the form or the fonts do not let it be printed: then no number is given.
    """
    printed: list[bytes] = []

    def make(number: int) -> Issued:
        document = compose(number)
        body, form = print_document(document, line=line, suffix=suffix)
        printed.append(body)
        return Issued(series, number, occasion, context.clock(), document, form.name, form.digest().hex())

    issued, is_new = issue(context.connection, occasion, series=series, make=make)
    if is_new:
        return Printed(issued.document, printed[-1], issued.form, is_new=True, is_draft=False)
    return print_issued(context, issued, suffix=suffix)


def print_issued(context: Context, issued: Issued, *, suffix: Suffix) -> Printed:
    """Return an issued document printed again from its record. Raises UseCaseError for forms and fonts."""
    issuer = context.read_registry().find_authority(issued.series.organ)
    body, form = print_document(issued.document, line=issuer.line if issuer else "", suffix=suffix)
    return Printed(issued.document, body, form.name, is_new=False, is_draft=False)


def list_documents(context: Context, subject: str) -> list[dict[str, Any]]:
    """Return the documents issued for a case (case:<no>) or a vehicle, in the order of their issue."""
    return describe_issued(number_issued(context, subject))


def number_issued(context: Context, subject: str) -> dict[int, Issued]:
    """Return the documents issued for a case or vehicle by their place in the order of issue, which never changes."""
    return dict(enumerate(list_issued(context.connection, subject), start=1))


def describe_issued(documents: Mapping[int, Issued]) -> list[dict[str, Any]]:
    """Return what answers say of issued documents; `document` is the place of each in the order of issue."""
    return [{"document": place, **_describe(issued)} for place, issued in documents.items()]


def _describe(issued: Issued) -> dict[str, Any]:
    kind = KIND_OF_DOCUMENT[issued.occasion.kind]
    return {
        "kind": kind.name,
        "title": kind.en,
        "title_zh": kind.zh,
        "number": issued.document.number,
        "subject": issued.occasion.subject,
        "occasion": issued.occasion.occasion,
        "dated": issued.document.dated,
        "issued_at": utc_text(issued.issued_at),
        "text_sha256": issued.document.digest().hex(),
        "form": issued.form,
        "form_sha256": issued.form_digest,
    }


def replay_document(context: Context, kind: str, body: bytes, *, act_no: int) -> None:
    """Write the rows of a recorded document again; a rebuild repeats acts so. `kind` is that of all its acts."""
    assert kind == ACT_KIND
    with context.connection.transaction():
        repeat_issue(context.connection, body, act_no=act_no)


def parse_suffix(name: str) -> Suffix:
    """Return which file a name asks for. Raises UseCaseError for any but .pdf and .docx."""
    for ending, suffix in SUFFIXES.items():
        if name.lower().endswith(ending):
            return suffix
    raise UseCaseError(
        f"{name}: a document is written as .pdf or .docx. Give the file one of these endings.",
        message_zh=f"{name}：文书只能写成 .pdf 或 .docx。请使用其中一种扩展名。",
    )
