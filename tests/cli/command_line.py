"""The command line as tests call it: in this process, on a fresh database named by its URL."""

import json
from dataclasses import dataclass
from pathlib import Path

from story import PARTICIPANTS_HEADING as HEADING
from story import write_participants_csv

from suyuan.cli.main import main

__all__ = ["HEADING", "Answer", "CommandLine"]


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
        file = self.write(write_participants_csv(), name="participants.csv")
        answer = self("participants", "import", file)
        assert answer.code == 0, answer.out
