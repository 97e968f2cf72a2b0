"""A document as Word file, to be changed by hand: docxtpl fills the form with the same text that the PDF shows.

What others wrote is escaped, and a template's marks in it stay text. The same text and form give the same bytes.
"""

import zipfile
from io import BytesIO
from typing import Any, Final

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from suyuan.app.context import UseCaseError
from suyuan.app.document_extra import load_docxtpl, load_zxingcpp
from suyuan.app.document_pdf import describe
from suyuan.app.forms import Form
from suyuan.app.png import write_png
from suyuan.core.document import Document

_PACKED_AT: Final = (2026, 1, 1, 0, 0, 0)
_CONTENTS: Final = "[Content_Types].xml"
_HEAD_POINTS_MAX: Final = 44
_HEAD_POINTS: Final = 424  # the width that the head may take of the 156 mm of the type area
_SYMBOL_SCALE: Final = 8
_SYMBOL_MM: Final = 38
_TITLE_FONT: Final = "eastAsia:方正小标宋简体"
_RED: Final = "E60012"


def render_docx(document: Document, *, form: Form) -> bytes:
    """Return the document as Word file. Raises UseCaseError for a form that does not work."""
    docxtpl = load_docxtpl()
    try:
        template = docxtpl.DocxTemplate(BytesIO(form.body))
        context = _describe_for_word(document, docxtpl, template)
        environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        template.render(context, jinja_env=environment)
        written = BytesIO()
        template.save(written)
    except TemplateError as error:
        raise _tell(form, error.message or type(error).__name__) from None
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise _tell(form, f"this is no Word file (.docx) that can be read ({error})") from None
    return pack_again(written.getvalue())


def pack_again(body: bytes) -> bytes:
    """Return a zip with the same files, in one order and with one date, so that equal contents are equal bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(BytesIO(body)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != _CONTENTS, one)):
            entry = zipfile.ZipInfo(name, _PACKED_AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return packed.getvalue()


def _describe_for_word(document: Document, docxtpl: Any, template: Any) -> dict[str, Any]:  # noqa: ANN401 - untyped
    told = describe(document)
    head = docxtpl.RichText()
    points = min(_HEAD_POINTS_MAX, _HEAD_POINTS // max(len(document.organ), 1))
    head.add(document.organ, size=points * 2, color=_RED, font=_TITLE_FONT)
    told["organ_head"] = head
    # A blank to write in keeps its height.
    for row in told["rows"]:
        row["value"] += "\n" * max(0, row["lines"] - 1 - row["value"].count("\n"))
    if document.code:
        told["symbol"] = docxtpl.InlineImage(
            template, BytesIO(draw_code_as_png(document.code)), width=_SYMBOL_MM * 36_000
        )
    return told


def draw_code_as_png(text: str) -> bytes:
    """Return a QR symbol as PNG."""
    zxing = load_zxingcpp()
    symbol = zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level="M")
    image = memoryview(symbol.to_image(scale=_SYMBOL_SCALE))
    assert image.shape is not None, "a picture has two sides"
    height, width = image.shape
    return write_png(image.tobytes(), width=width, height=height)


def _tell(form: Form, reason: str) -> UseCaseError:
    return UseCaseError(
        f"The form {form.name} does not work: {reason}. Correct it, or take it away to use the packaged one.",
        message_zh=f"格式文件 {form.name} 有误：{reason}。请更正，或将其移走以使用自带的格式。",
    )
