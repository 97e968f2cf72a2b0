"""Forms: the packaged ones are what the script builds; an operator's own replace them, for one line or for all."""

import importlib.util
import io
import zipfile
from datetime import date
from pathlib import Path

import pytest
from document_cases import compose_all

from suyuan.app.context import UseCaseError
from suyuan.app.document_docx import render_docx
from suyuan.app.document_pdf import render_pdf
from suyuan.app.forms import Form, copy_forms, describe_organ, find_form
from suyuan.core.registry import Authority

SCRIPT = Path(__file__).parents[2] / "scripts" / "build_forms.py"
ORDER = next(document for document in compose_all() if document.kind == "order_to_correct")
AUTHORITY = Authority("FZ-1", "福州市工业和信息化局", "industry", "350100", date(2026, 1, 1))


@pytest.fixture(scope="module")
def script():
    specification = importlib.util.spec_from_file_location("build_forms", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture
def own(tmp_path):
    (tmp_path / "ecology").mkdir()
    return tmp_path, {"SUYUAN_FORMS": str(tmp_path)}


def parts(body):
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return {name: packed.read(name) for name in packed.namelist() if name.startswith("word/")}


@pytest.mark.parametrize("name", ["letter.docx", "record.docx", "voucher.docx"])
def test_packaged_word_forms_are_what_the_script_builds(script, name):
    assert parts(script.build(name)) == parts((script.FORMS / name).read_bytes())


def find(line, environ, suffix="typ"):
    return find_form("order_to_correct", layout="letter", line=line, suffix=suffix, environ=environ)


def test_the_form_of_a_line_comes_before_the_common_one_and_a_kind_before_its_layout(own):
    folder, environ = own
    assert find("ecology", environ).name == "letter.typ"
    for path in ("letter.typ", "order_to_correct.typ", "ecology/letter.typ", "ecology/order_to_correct.typ"):
        (folder / path).write_text(f"// {path}")
        assert find("ecology", environ).name == str(folder / path)
    assert find("market", environ).name == str(folder / "order_to_correct.typ")
    assert find("", {}).name == "letter.typ"


def test_an_own_form_may_use_the_packaged_page_and_its_own_files(own, fonts):
    folder, environ = own
    (folder / "ecology" / "words.typ").write_text('#let greeting = "自有格式"')
    (folder / "ecology" / "order_to_correct.typ").write_text(
        '#import "page.typ": *\n#import "words.typ": greeting\n#show: official-page\n#greeting #data.title'
    )
    form = find("ecology", environ)
    assert render_pdf(ORDER, form=form, fonts=fonts).startswith(b"%PDF")
    assert form.digest() != find("market", environ).digest()


def test_digest_of_a_form_changes_with_what_it_uses(own):
    folder, environ = own
    before = find("ecology", environ).digest()
    assert find("ecology", environ).digest() == before
    (folder / "page.typ").write_text("// another page")
    assert find("ecology", environ).digest() != before


def test_a_broken_form_is_told_with_file_and_line(own, fonts):
    folder, environ = own
    (folder / "order_to_correct.typ").write_text('#import "page.typ": *\n\n#no-such-function()')
    with pytest.raises(
        UseCaseError, match=r"order_to_correct\.typ, line 3: unknown variable: no-such-function"
    ) as caught:
        render_pdf(ORDER, form=find("market", environ), fonts=fonts)
    assert "第 3 行" in caught.value.message_zh


def test_a_form_cannot_read_files_of_the_machine(own, fonts, monkeypatch):
    folder, environ = own
    monkeypatch.chdir(folder)
    (folder / "secret.toml").write_text("secret")
    (folder / "market").mkdir()
    for path in ("/etc/hostname", "../../etc/hostname", "secret.toml", "/secret.toml"):
        (folder / "market" / "order_to_correct.typ").write_text(f'#read("{path}")')
        form = find("market", environ)
        with pytest.raises(UseCaseError, match="does not work"):
            render_pdf(ORDER, form=Form(form.name, form.body, {}), fonts=fonts)


def test_a_form_takes_nothing_from_the_network(own, fonts):
    folder, environ = own
    (folder / "order_to_correct.typ").write_text('#import "@preview/cetz:0.2.2"')
    with pytest.raises(UseCaseError, match="imports a package"):
        render_pdf(ORDER, form=find("market", environ), fonts=fonts)


def test_a_broken_word_form_is_told(own, script):
    folder, environ = own
    (folder / "order_to_correct.docx").write_bytes(b"no zip")
    with pytest.raises(UseCaseError, match="no Word file"):
        render_docx(ORDER, form=find("market", environ, "docx"))
    document = script._open_page()
    script._line(document, "{{ no_such_field }}")
    written = io.BytesIO()
    document.save(written)
    (folder / "order_to_correct.docx").write_bytes(written.getvalue())
    with pytest.raises(UseCaseError, match="no_such_field"):
        render_docx(ORDER, form=find("market", environ, "docx"))


def test_a_folder_that_is_none_is_told():
    with pytest.raises(UseCaseError, match="SUYUAN_FORMS names /no/such/folder"):
        find("market", {"SUYUAN_FORMS": "/no/such/folder"})


def test_organs_come_from_register_and_file(own):
    folder, environ = own
    assert describe_organ(AUTHORITY, environ=environ).sign == "福州市工业和信息化局"
    (folder / "organs.toml").write_text('["FZ-1"]\nsign = "榕工信"\nphone = "0591"\n', encoding="utf-8")
    organ = describe_organ(AUTHORITY, environ=environ)
    assert (organ.sign, organ.phone, organ.name) == ("榕工信", "0591", "福州市工业和信息化局")


@pytest.mark.parametrize(
    ("text", "told"),
    [("sign = ", "TOML"), ('["FZ-1"]\ncolour = "red"\n', r"FZ-1\.colour"), ('["FZ-1"]\nphone = 591\n', r"FZ-1\.phone")],
)
def test_a_wrong_file_of_organs_is_told(own, text, told):
    folder, environ = own
    (folder / "organs.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UseCaseError, match=told):
        describe_organ(AUTHORITY, environ=environ)


def test_packaged_forms_can_be_copied_out_and_nothing_is_written_over(tmp_path):
    target = tmp_path / "forms"
    target.mkdir()
    (target / "letter.typ").write_text("mine")
    written = copy_forms(target)
    assert "page.typ" in written
    assert "letter.docx" in written
    assert "letter.typ" not in written
    assert (target / "letter.typ").read_text() == "mine"
