"""The page that verifies receipts in the browser: served, or saved as one file that needs no network."""

import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from suyuan.api.edge import STATIC_CACHE
from suyuan.api.render import page

router = APIRouter(include_in_schema=False)

# The modules under static/verify, each after those that it imports.
MODULES: Final = (
    "bytes", "hashes", "ed25519", "sm2", "json", "tree", "note", "trust", "proof", "receipt", "page",
)  # fmt: skip
_IMPORT: Final = re.compile(r'^import (\{[^}]*\}) from "\./([a-z0-9]+)\.js";$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:function|const|class) (\w+))", re.MULTILINE)


@router.get("/verify")
def show_verifier(request: Request) -> Response:
    """Show the page."""
    return page(request, "verify.html", is_offline=False, script_version=_script_version())


@router.get("/verify.js")
def get_script() -> Response:
    """Return the verifier as one script: one request, and never modules of two versions side by side."""
    return Response(join_modules(), media_type="text/javascript", headers={"Cache-Control": STATIC_CACHE})


@router.get("/verify/offline.html")
def save_verifier(request: Request) -> Response:
    """Return the page as one file to keep: browsers load no modules from a disk."""
    style = files("suyuan.api").joinpath("static", "style.css").read_text(encoding="utf-8")
    answer = page(request, "verify.html", is_offline=True, script=join_modules(), style=style)
    answer.headers["Content-Disposition"] = 'attachment; filename="suyuan-verify.html"'
    return answer


@cache
def join_modules() -> str:
    """Return the modules as one classic script, each in a function of its own."""
    folder = files("suyuan.api").joinpath("static", "verify")
    return "".join(_wrap(name, folder.joinpath(f"{name}.js").read_text(encoding="utf-8")) for name in MODULES)


def _wrap(name: str, text: str) -> str:
    exported = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = \2Module;", text))
    return f'const {name}Module = (() => {{\n"use strict";\n{body}\nreturn {{ {exported} }};\n}})();\n'


@cache
def _script_version() -> str:
    return hashlib.sha256(join_modules().encode()).hexdigest()[:10]
