"""What a request says of forms: which form its body has, which answer it takes, how long it waits."""

import re
from collections.abc import Callable, Mapping, Sequence
from email.message import Message

from starlette.datastructures import Headers
from starlette.requests import Request

from suyuan.api.problem import Problem, cut
from suyuan.intake.reader import CONTENT_TYPES

JSON_TYPE = "application/json"
ZIP_TYPE = "application/zip"
CSV_TYPE = "text/csv"
PDF_TYPE = "application/pdf"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_TYPE = next(name for name, form in CONTENT_TYPES.items() if form == "xlsx")
FILE_NAME_CHARACTERS_MAX = 200
KEY_CHARACTERS_MAX = 255
_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,9})\"?\s*(?:$|[,;])", re.IGNORECASE)
_QUOTED = re.compile(r"\"(.+)\"")
_KEY = re.compile(r"[\x21-\x7e]{1,255}")


def find_form(headers: Mapping[str, str]) -> str:
    """Return the form that the content type names; raises the problem 415."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise Problem(
            "form_not_supported",
            "Send the body as it is, without Content-Encoding.",
            detail_zh="请直接发送文件内容，不要使用 Content-Encoding 压缩。",
            headers={"Accept-Encoding": "identity"},
        )
    form = CONTENT_TYPES.get(headers.get("content-type", "").partition(";")[0].strip().lower())
    if form is None:
        raise Problem(
            "form_not_supported",
            "Content-Type must name one of the forms: application/x-ndjson, application/json, text/csv or xlsx.",
            detail_zh="Content-Type 应为 application/x-ndjson、application/json、text/csv 或 xlsx 的类型之一。",
            headers={"Accept": ", ".join(CONTENT_TYPES)},
        )
    return form


def accepts(media_type: str) -> Callable[[Request], None]:
    """Return the dependency that refuses (406) a request whose Accept leaves out the one form there is."""

    def check(request: Request) -> None:
        require_accepted(media_type, request)

    return check


def require_accepted(media_type: str, request: Request) -> None:
    """Refuse (406) a request whose Accept leaves out the form of its answer."""
    if not is_accepted(media_type, accept=request.headers.get("accept", "")):
        raise Problem(
            "not_acceptable",
            f"The answer is {media_type}; Accept leaves it out.",
            detail_zh=f"仅提供 {media_type} 格式。",
        )


def is_accepted(media_type: str, *, accept: str) -> bool:
    """Tell whether a media type passes an Accept header; the most exact range that names it counts."""
    if not accept.strip():
        return True
    ranges = dict(map(_read_range, accept.split(",")))
    for name in (media_type, media_type.partition("/")[0] + "/*", "*/*"):
        if name in ranges:
            return ranges[name] > 0
    return False


def prefers(media_types: Sequence[str], *, accept: str) -> str:
    """Return the form that an Accept header likes best, the first of several; raises the problem 406 for none."""
    ranges = dict(map(_read_range, accept.split(","))) if accept.strip() else {"*/*": 1.0}
    weights = [
        next((ranges[name] for name in (one, one.partition("/")[0] + "/*", "*/*") if name in ranges), 0.0)
        for one in media_types
    ]
    best = max(weights)
    if best <= 0:
        raise Problem(
            "not_acceptable",
            f"The answer is {' or '.join(media_types)}; Accept leaves out both.",
            detail_zh=f"仅提供 {'、'.join(media_types)} 格式。",
        )
    return media_types[weights.index(best)]


def _read_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return name, float(quality)
    except ValueError:
        return name, 0.0


def read_wait(headers: Mapping[str, str], *, seconds_max: float) -> float:
    """Return how many seconds `Prefer: wait` asks for, at most those that are granted; 0 without it."""
    found = _WAIT.search(headers.get("prefer", ""))
    return min(float(found[1]), seconds_max) if found else 0.0


def read_idempotency_key(headers: Mapping[str, str]) -> str | None:
    """Return the idempotency key, without the quotes of a structured field; raises the problem 400."""
    text = headers.get("idempotency-key")
    if text is None:
        return None
    quoted = _QUOTED.fullmatch(text.strip())
    key = quoted[1] if quoted else text.strip()
    if not _KEY.fullmatch(key):
        raise Problem(
            "request_malformed",
            f"Idempotency-Key holds 1 to {KEY_CHARACTERS_MAX} visible ASCII characters.",
            detail_zh=f"Idempotency-Key 应为 1 至 {KEY_CHARACTERS_MAX} 个可见 ASCII 字符。",
        )
    return key


def read_file_name(headers: Headers, *, given: str | None) -> str:
    """Return the name of the file: from the address, else from Content-Disposition; empty where neither tells it."""
    name = given
    if name is None and "content-disposition" in headers:
        message = Message()
        message["Content-Disposition"] = headers["content-disposition"]
        name = message.get_filename()
    bare = re.split(r"[/\\]", name or "")[-1]
    return cut("".join(character for character in bare if character.isprintable()), FILE_NAME_CHARACTERS_MAX)
