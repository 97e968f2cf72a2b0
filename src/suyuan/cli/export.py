"""Export what the platform holds as Parquet, and check an export, which needs no database."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from suyuan.cli.screen import emit, make_table, show, show_progress, tell
from suyuan.cli.setting import DEFAULT, Setting, wrong_value
from suyuan.cli.words import language, say

FromOption = Annotated[str | None, Parameter(name="--from", help=say("option_month_from"))]
UntilOption = Annotated[str | None, Parameter(name="--until", help=say("option_month_until"))]
SHOWN_MAX = 20

app = App(name="export", help=say("help_export"))


@app.command(name="parquet", help=say("help_export_parquet"))
def parquet(
    folder: Path, /, *, month_from: FromOption = None, month_until: UntilOption = None, setting: Setting = DEFAULT
) -> int:
    """Export everything as Parquet into a folder that is empty or not there yet."""
    from suyuan.app.export_parquet import export_parquet
    from suyuan.cli.log import log_event
    from suyuan.cli.session import open_context

    _check_month("--from", month_from)
    _check_month("--until", month_until)
    if month_from and month_until and month_until < month_from:
        raise wrong_value("--until", value=month_until, wanted="wanted_month_order", first=month_from)
    with open_context(setting) as context, show_progress(setting, say("doing_export")) as progress:
        written = export_parquet(context, folder, month_from=month_from, month_until=month_until, progress=progress)
    log_event(setting, "export.written", files=written["files"], bytes=written["bytes"])
    if setting.wants_json:
        emit(written)
    else:
        _print_written(written)
    return 0


@app.command(name="verify", help=say("help_export_verify"))
def verify(folder: Path, /, *, setting: Setting = DEFAULT) -> int:
    """Check an export against its manifest. Exits 1 when anything differs."""
    from suyuan.analysis.export_manifest import describe_verification, verify_export
    from suyuan.analysis.extra import need_library

    need_library("polars")
    found = describe_verification(verify_export(folder))
    if setting.wants_json:
        emit(found)
    else:
        _print_verification(found)
    return 0 if found["identical"] else 1


def _check_month(option: str, value: str | None) -> None:
    from suyuan.app.export_parquet import parse_month

    if value is not None and parse_month(value) is None:
        raise wrong_value(option, value=value, wanted="wanted_month")


def _print_written(written: dict[str, Any]) -> None:
    counts = [(name, f"{count:,}") for name, count in written["rows"].items()]
    show(make_table([say("head_table"), say("head_rows")], counts))
    tell(
        say(
            "export_written",
            **{name: written[name] for name in ("folder", "files", "as_of")},
            bytes=f"{written['bytes']:,}",
        )
    )
    if written["pending"]:
        tell(say("export_pending", count=written["pending"]))
    tell(say("export_digest", digest=written["manifest_sha256"]))


def _print_verification(found: dict[str, Any]) -> None:
    if found["identical"]:
        tell(say("export_identical", files=found["files"], rows=f"{found['rows']:,}", as_of=found["as_of"]))
    else:
        tell(say("export_different", count=len(found["differences"])))
    message = "message_zh" if language() == "zh" else "message"
    tell(*(one[message] for one in found["differences"][:SHOWN_MAX]))
    tell(say("export_digest", digest=found["manifest_sha256"]))
