"""The page that verifies receipts in the browser: small, without anything from elsewhere, and whole when it is saved."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from api_world import write_birth

from suyuan.api.settings import Settings
from suyuan.api.verifier import MODULES, join_modules
from suyuan.app.seal import seal
from suyuan.store.log_folder import LogFolder

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


@pytest.fixture
def settings(tmp_path):
    return Settings(connections=4, log_dir=tmp_path / "log")


@pytest.mark.skipif(NODE is None, reason="no program `node`")
def test_receipt_of_this_platform_is_verified_by_its_page(server, settings, tmp_path):
    name = server.post(write_birth(1)).json()["submission"]
    while seal(server.world.context, LogFolder(settings.log_dir)):
        pass
    for file, path in (("receipt", f"/api/v1/submissions/{name}/receipt?row=1"), ("trust", "/log/trust.json")):
        (tmp_path / file).write_bytes(server.get(path, who="BP1").content)
    script = join_modules()
    run = f"""
        const read = (name) => new Uint8Array(require("fs").readFileSync({json.dumps(str(tmp_path))} + "/" + name));
        const {{ outcome, facts }} = receiptModule.verifyReceipt(read("receipt"), read("trust"));
        console.log(JSON.stringify([outcome, facts.record.submission, facts.row.outcome, facts.promise]));
    """
    (tmp_path / "joined.js").write_text(script[: script.index("const pageModule")] + run, encoding="utf-8")
    done = subprocess.run([NODE, str(tmp_path / "joined.js")], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["verified", name, "accepted", "kept"]
