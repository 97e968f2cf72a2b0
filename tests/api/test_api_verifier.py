"""The page that verifies receipts in the browser: small, without anything from elsewhere, and whole when it is saved."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from suyuan.api.verifier import MODULES, join_modules

NODE = shutil.which("node")
PAGE_BYTES_MAX = 100_000
FOLDER = Path(__file__).parents[2] / "src" / "suyuan" / "api" / "static" / "verify"


def test_page_and_its_parts_are_small_and_from_here_alone(server):
    for lang in ("", "?lang=en"):
        page = server.get(f"/verify{lang}")
        assert page.status_code == 200
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        parts = re.findall(r'(?:src|href)="(/(?:static|verify\.js)[^"]*)"', page.text)
        assert len(parts) == 3
        answers = [page, *(server.get(one) for one in parts)]
        assert [one.status_code for one in answers] == [200] * 4
        assert sum(len(one.content) for one in answers) < PAGE_BYTES_MAX
        assert not re.search(r"<script>|<style|\son[a-z]+=|https?://", page.text), "the content policy would stop it"


def test_start_page_leads_to_it(server):
    assert 'href="/verify"' in server.get("/").text
    assert 'href="/verify?lang=en"' in server.get("/?lang=en").text


def test_saved_page_needs_nothing_else(server):
    page = server.get("/verify/offline.html?lang=en")
    assert page.headers["Content-Disposition"] == 'attachment; filename="suyuan-verify.html"'
    assert not re.search(r"(?:src|href)=", page.text.replace(join_modules(), ""))
    assert join_modules() in page.text
    assert join_modules().count("</") == 0, "would end the script"


def test_joined_script_has_every_module_after_those_it_imports():
    assert sorted(MODULES) == sorted(path.stem for path in FOLDER.glob("*.js"))
    seen: dict[str, set[str]] = {}
    for name in MODULES:
        text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
        imports = re.findall(r'^import \{([^}]*)\} from "\./(\w+)\.js";$', text, re.MULTILINE)
        assert len(imports) == len(re.findall(r"\bimport\b.*\{", text))
        for names, source in imports:
            assert {one.strip() for one in names.split(",") if one.strip()} <= seen[source]
        seen[name] = set(re.findall(r"^export \w+ (\w+)", text, re.MULTILINE))
        assert len(seen[name]) == text.count("export ")


@pytest.mark.skipif(NODE is None, reason="no program `node`")
def test_joined_script_runs_and_verifies(tmp_path):
    script = join_modules()
    script = (
        script[: script.index("const pageModule")] + "console.log(receiptModule.verifyReceipt(null, null).outcome);"
    )
    (tmp_path / "joined.js").write_text(script, encoding="utf-8")
    done = subprocess.run([NODE, str(tmp_path / "joined.js")], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"
