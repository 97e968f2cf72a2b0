"""The verifier as a package of its own: what is in it, what it asks for, and that it verifies with nothing else."""

import os
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from receipt_factory import ReceiptFactory

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "packaging" / "suyuan-verify"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=PACKAGE, check=True, capture_output=True)
    (found,) = folder.glob("suyuan_verify-*.whl")
    return zipfile.ZipFile(found)


def test_wheel_holds_the_evidence_and_the_command_alone(wheel):
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    source = ROOT / "src"
    whole = [*source.glob("suyuan/evidence/**/*.py"), *source.glob("suyuan_verify/**/*.py")]
    assert names == {"suyuan/__init__.py", *(path.relative_to(source).as_posix() for path in whole)}


def test_what_it_asks_for_is_what_the_whole_asks_for(wheel):
    (name,) = [one for one in wheel.namelist() if one.endswith("/METADATA")]
    metadata = Parser().parsestr(wheel.read(name).decode())
    whole = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(metadata.get_all("Requires-Dist")) < set(whole["dependencies"])
    assert (metadata["Version"], metadata["Requires-Python"]) == (whole["version"], whole["requires-python"])


def test_unpacked_it_verifies_and_has_nothing_else(wheel, tmp_path):
    wheel.extractall(tmp_path / "site")
    factory = ReceiptFactory(size=3)
    (tmp_path / "trust.json").write_bytes(factory.trust.encode())
    (tmp_path / "good.tlog-proof").write_bytes(factory.receipt(1, row=0))
    (tmp_path / "bad.tlog-proof").write_bytes(factory.receipt(1, row=0).replace(b"index 1\n", b"index 2\n"))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "site")}

    def run(*arguments: str) -> int:
        return subprocess.run(
            [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, check=False
        ).returncode

    assert run("-m", "suyuan_verify", "good.tlog-proof", "--trust", "trust.json") == 0
    assert run("-m", "suyuan_verify", "bad.tlog-proof", "--trust", "trust.json") == 1
    assert run("-c", "import suyuan.evidence") == 0
    assert run("-c", "import suyuan.core") == 1
