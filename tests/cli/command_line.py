"""The command line as tests call it: in this process, on a fresh database named by its URL."""

import json
from dataclasses import dataclass
from pathlib import Path

from story import PARTICIPANTS

from suyuan.cli.main import main

HEADING = "uscc,name,roles,division,manufacturer_codes,valid_from,valid_until"


@dataclass
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class CommandLine:
    """Runs commands and keeps files in one folder."""

    def __init__(self, folder: Path, capsys):
        self.folder, self.capsys, self.count = folder, capsys, 0

    def __call__(self, *arguments) -> Answer:
        self.capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        said = self.capsys.readouterr()
        return Answer(code, said.out, said.err)

    def write(self, content, *, name) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_reports(self, *reports) -> Path:
        self.count += 1
        lines = "\n".join(report if isinstance(report, str) else json.dumps(report) for report in reports)
        return self.write(lines + "\n", name=f"reports-{self.count}.jsonl")

    def import_everybody(self):
        rows = [
            f"{uscc},{alias} 公司,{roles},{division},{makers},2015-01-01,{until}"
            for alias, (uscc, roles, division, makers, until) in PARTICIPANTS.items()
            if roles
        ]
        answer = self("participants", "import", self.write("\n".join([HEADING, *rows]), name="participants.csv"))
        assert answer.code == 0, answer.out
