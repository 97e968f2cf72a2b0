"""Commands about the database as a whole: init, migrate, sweep, rebuild, stop."""

from datetime import date
from typing import Annotated

from cyclopts import Parameter

from suyuan.app.initialise import bring_up, initialise
from suyuan.cli.log import log_event
from suyuan.cli.screen import emit, show_progress, tell
from suyuan.cli.session import describe_database, find_database, open_context, start_database
from suyuan.cli.setting import DEFAULT, Setting
from suyuan.cli.words import CommandError, say

HistoricalOption = Annotated[bool, Parameter(name="--historical", negative=(), help=say("option_historical"))]
RoleOption = Annotated[str, Parameter(name="--name", help=say("option_role_name"))]
AsOfOption = Annotated[date, Parameter(name="--as-of", help=say("option_as_of"))]


def init(*, historical: HistoricalOption = False, setting: Setting = DEFAULT) -> int:
    """Make a database ready; a second time changes nothing."""
    with show_progress(setting, say("doing_start")), open_context(setting, makes_database=True) as context:
        done = initialise(context, is_historical_load=historical)
    log_event(setting, "database.initialised", historical=done["historical"])
    if setting.wants_json:
        emit({"database": describe_database(setting), **done})
        return 0
    tell(say("init_done", where=describe_database(setting)))
    if done["historical"]:
        tell(say("init_historical"))
    if done["is_new"]:
        tell(say("init_next"))
    return 0


def migrate(*, setting: Setting = DEFAULT) -> int:
    """Bring a database to the schema of this program."""
    from suyuan.store.database import connect
    from suyuan.store.migrate import migrate as apply_missing

    with connect(start_database(setting), autocommit=True) as connection:
        applied = apply_missing(connection)
    log_event(setting, "database.migrated", applied=len(applied))
    if setting.wants_json:
        emit({"applied": applied})
    else:
        tell(say("migrate_done", files=" ".join(applied)) if applied else say("migrate_nothing"))
    return 0


def roles(*, name: RoleOption = "suyuan_app", setting: Setting = DEFAULT) -> int:
    """Make the owner and the role of the program on a shared server."""
    from suyuan.store.database import connect
    from suyuan.store.roles import OWNER, make_roles

    with connect(start_database(setting), autocommit=True) as connection:
        bring_up(connection, makes_schema=True)
        record = make_roles(connection, application=name)
    log_event(setting, "database.roles_made", role=name)
    if setting.wants_json:
        emit({"owner": OWNER, "application": name, "record": record})
    else:
        tell(say("roles_done", owner=OWNER, name=name, count=len(record)))
    return 0


def sweep(*, as_of: AsOfOption, setting: Setting = DEFAULT) -> int:
    """Make the lapse findings exactly those of a day."""
    from suyuan.app.sweep import SWEEP_STEPS
    from suyuan.app.sweep import sweep as sweep_until

    with open_context(setting) as context, show_progress(setting, say("doing_sweep"), total=SWEEP_STEPS) as progress:
        done = sweep_until(context, as_of=as_of, progress=progress)
    log_event(setting, "duties.swept", as_of=done["as_of"], lapsed=done["lapsed"], taken_back=done["taken_back"])
    if setting.wants_json:
        emit(done)
    else:
        tell(say("swept", day=done["as_of"], lapsed=done["lapsed"], taken_back=done["taken_back"]))
    return 0


def rebuild(*, setting: Setting = DEFAULT) -> int:
    """Derive everything again from the record; exits 1 where it differed from what stood."""
    from suyuan.app.rebuild import rebuild as derive_again

    with open_context(setting) as context, show_progress(setting, say("doing_rebuild")) as progress:
        done = derive_again(context, progress=progress)
    log_event(setting, "record.rebuilt", reports=done["reports"], identical=done["identical"])
    if setting.wants_json:
        emit(done)
        return 0 if done["identical"] else 1
    tell(say("rebuilt", reports=done["reports"]))
    if done["identical"]:
        tell(say("rebuilt_identical"))
        return 0
    tell(say("rebuilt_differs", tables=", ".join(f"{table} {count}" for table, count in done["differing"].items())))
    return 1


def stop(*, setting: Setting = DEFAULT) -> int:
    """Stop the embedded database."""
    database = find_database(setting)
    if database.folder is None:
        raise CommandError("not_ours_to_stop")
    was_running = database.stop()
    if setting.wants_json:
        emit({"stopped": was_running})
    else:
        tell(say("stopped" if was_running else "stopped_nothing"))
    return 0
