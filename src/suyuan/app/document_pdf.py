"""A document as PDF/A: its text is handed to a typst form as data and set on the page.

PDF/A refuses what no font can show, so a page never carries a box in place of a character. The date of creation is the
document's own, so that the same text, form and fonts give the same bytes.
"""

import re
from datetime import datetime, time
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any, Final

import msgspec

from suyuan.app.context import UseCaseError
from suyuan.app.document_extra import load_typst, load_zxingcpp
from suyuan.app.document_fonts import Fonts
from suyuan.app.forms import Form
from suyuan.core.document import Document
from suyuan.core.value import SHANGHAI

PDF_STANDARD: Final = "a-2u"
_ONE_AT_A_TIME: Final = Lock()  # a compiler serves one thread
_PACKAGE: Final = re.compile(rb'"@[a-z]+/')
_MAIN: Final = "main.typ"
_UNSHOWN: Final = re.compile(r"the text `\"(.+?)\"` could not be displayed")
_PLACE: Final = re.compile(r"┌─ ([^\n:]+):(\d+):")
_CHARACTERS_NAMED_MAX: Final = 10


def render_pdf(document: Document, *, form: Form, fonts: Fonts) -> bytes:
    """Return the document as PDF/A-2u. Raises UseCaseError: a broken form, a character that no font has."""
    assert document.on is not None, "every document has its day"
    moment = datetime.combine(document.on, time(), tzinfo=SHANGHAI)
    body: bytes = _compile(
        document, form, fonts, format="pdf", pdf_standards=PDF_STANDARD, timestamp=int(moment.timestamp())
    )
    return body


def render_pages(document: Document, *, form: Form, fonts: Fonts, ppi: int) -> list[bytes]:
    """Return each page of the document as PNG, for looking at it. Raises UseCaseError like `render_pdf`."""
    pages = _compile(document, form, fonts, format="png", ppi=ppi)
    return [pages] if isinstance(pages, bytes) else list(pages)


def gather_files(document: Document, *, form: Form, fonts: Fonts) -> dict[str, bytes]:
    """Return what the form sees, by name: itself, what it may use, `data.json`, and `code.svg` where there is a symbol."""
    gathered = {**form.files, _MAIN: form.body, "data.json": msgspec.json.encode(describe(document, fonts=fonts))}
    if document.code:
        gathered["code.svg"] = draw_code(document.code).encode()
    return gathered


def describe(document: Document, *, fonts: Fonts | None = None) -> dict[str, Any]:
    """Return what a form is given of a document, as plain values; the doubts are the officer's and stay out."""
    assert document.on is not None, "every document has its day"
    told: dict[str, Any] = msgspec.to_builtins(document)
    del told["doubts"], told["on"]
    told |= {"year": document.on.year, "month": document.on.month, "day": document.on.day}
    if fonts is not None:
        told["fonts"] = {
            "body": fonts.body,
            "title": fonts.title,
            "heading": fonts.heading,
            "title_has_bold": fonts.title_has_bold,
        }
    return told


def draw_code(text: str) -> str:
    """Return a QR symbol as SVG."""
    zxing = load_zxingcpp()
    symbol = zxing.create_barcode(text, zxing.BarcodeFormat.QRCode, ec_level="M")
    drawn: str = zxing.write_barcode_to_svg(symbol)
    return drawn


def _compile(document: Document, form: Form, fonts: Fonts, **options: Any) -> Any:  # noqa: ANN401 - typst has no types
    gathered = gather_files(document, form=form, fonts=fonts)
    for name, body in gathered.items():
        if name.endswith(".typ") and _PACKAGE.search(body):
            raise UseCaseError(
                f"{_name_file(name, form)} imports a package of typst (@...). Forms must be whole: put the "
                "files that it needs into the folder of forms and import them by name.",
                message_zh=f"{_name_file(name, form)} 引用了 typst 软件包（@…）。格式文件必须自足："
                "请把所需文件放入格式文件夹并按文件名引用。",
            )
    try:
        with _ONE_AT_A_TIME:
            return _open_compiler(fonts.folders).compile(input=gathered, **options)
    except load_typst().TypstError as error:
        raise _tell(error, form) from None


@cache
def _open_compiler(folders: tuple[str, ...]) -> Any:  # noqa: ANN401 - as above
    """Return a compiler that knows the fonts; finding them takes thirty times as long as setting a page (measured).

    From disk it can read the packaged forms and nothing else.
    """
    return load_typst().Compiler(font_paths=list(folders), root=str(files("suyuan") / "forms"))


def _tell(error: Any, form: Form) -> UseCaseError:  # noqa: ANN401 - an exception without types
    told = f"{error.message}\n{getattr(error, 'diagnostic', '')}"
    unshown = sorted(set("".join(_UNSHOWN.findall(told))))[:_CHARACTERS_NAMED_MAX]
    if unshown:
        named = " ".join(f"{character} (U+{ord(character):04X})" for character in unshown)
        return UseCaseError(
            f"No font here can show {named}. Install one that has these characters (on Debian and Ubuntu: apt-get install "
            "fonts-noto-cjk), or put its file into the folder that SUYUAN_FONTS names.",
            message_zh=f"现有字体都不能显示：{named}。请安装含有这些字符的字体（Debian、Ubuntu 上：apt-get install "
            "fonts-noto-cjk），或把字体文件放入 SUYUAN_FONTS 指定的文件夹。",
        )
    place = _PLACE.search(told)
    name = _name_file(place[1].rpartition("/")[2] if place else _MAIN, form)
    where = f"{name}, line {place[2]}" if place else name
    where_zh = f"{name} 第 {place[2]} 行" if place else name
    return UseCaseError(
        f"The form does not work: {where}: {error.message}. Correct the form, or take it away to use the packaged one.",
        message_zh=f"格式文件有误：{where_zh}：{error.message}。请更正该文件，或将其移走以使用自带的格式。",
    )


def _name_file(name: str, form: Form) -> str:
    """Return what people call a file that the compiler names: the form itself goes in under another name."""
    return form.name if name == _MAIN else name
