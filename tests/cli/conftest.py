"""A command line on a fresh database, and one with the participants of the tests registered."""

import pytest
from command_line import CommandLine


@pytest.fixture
def anywhere(tmp_path, capsys, monkeypatch):
    """A command line that needs no database, speaking English."""
    monkeypatch.setenv("SUYUAN_LANGUAGE", "en")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.delenv("SUYUAN_DATABASE_URL", raising=False)
    return CommandLine(tmp_path, capsys)


@pytest.fixture
def suyuan(anywhere, database_url, monkeypatch):
    monkeypatch.setenv("SUYUAN_DATABASE_URL", database_url)
    return anywhere


@pytest.fixture
def peopled(suyuan):
    suyuan.import_everybody()
    return suyuan
