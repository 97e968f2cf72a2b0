"""A superuser edits the record at random; the audit names every edit."""


def add_arguments(parser):
    parser.add_argument("--edits", type=int, default=1000)


def run(given): ...
