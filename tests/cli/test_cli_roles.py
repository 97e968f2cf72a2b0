"""The roles of a shared server: under the program's role the whole job gets done, and nothing of the record can be changed."""

import fcntl
import itertools
import os
import re
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.resources import files

import pytest
from database_world import DatabaseWorld
from psycopg import Cursor, errors, sql
from story import USCC_OF, expand

from suyuan.app.audit import audit
from suyuan.app.context import Context
from suyuan.app.judge import judge_pending
from suyuan.app.log_keys import read_keys
from suyuan.app.receipt import make_receipt
from suyuan.app.seal import seal
from suyuan.app.sweep import sweep
from suyuan.evidence.receipt import verify_receipt
from suyuan.store.database import connect
from suyuan.store.log_folder import LogFolder
from suyuan.store.queries import load_queries
from suyuan.store.roles import MAY, MAY_CHANGE, OWNER, RECORD, RolesError, list_undecided, make_roles
from suyuan.store.submission import ensure_partition

NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
NUMBERS = itertools.count(1)
RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
RECEIVED = {
    "kind": "battery_received", "report_id": "r1", "occurred_at": "2026-05-02", "battery_code": expand("TMP-{CO1}-1"), "mass_g": 1000,
    "from_owner": True, "owner_name": "Zhang San", "place": "420100",
}  # fmt: skip


class Roles:
    """A database with its roles: the administrator's connection, and addresses under the program's role."""

    def __init__(self, url, admin, name):
        self.admin, self.name, self.admin_url = admin, name, url
        self.url = f"{url}{'&' if '?' in url else '?'}options=-c%20role%3D{name}"

    def connect(self):
        return connect(self.url, autocommit=True)

    def tables(self):
        """Return the tables of the schema that are no partitions, as the server's catalogue has them."""
        rows = self.admin.execute(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
            "AND NOT relispartition ORDER BY 1"
        ).fetchall()
        return [name for (name,) in rows]


@contextmanager
def one_at_a_time(folder):
    """Roles are the server's, and tests in other processes make them too."""
    with (folder / "roles.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def roles(database_url, session_folder):
    name = f"suyuan_app_{os.getpid()}_{next(NUMBERS)}"
    with connect(database_url, autocommit=True) as admin:
        with one_at_a_time(session_folder):
            make_roles(admin, application=name)
        yield Roles(database_url, admin, name)
        with one_at_a_time(session_folder):
            drop_role(admin, name)


def drop_role(admin, name):
    for command in ("DROP OWNED BY {}", "DROP ROLE {}"):
        admin.execute(sql.SQL(command).format(sql.Identifier(name)))


def test_the_whole_job_gets_done_under_the_role(roles, tmp_path):
    folder, world = LogFolder(tmp_path / "transparency"), DatabaseWorld(roles.url)
    context = Context(roles.connect(), lambda: NOW, log_folder=folder)
    assert context.connection.execute("SELECT current_user::text").fetchone() == (roles.name,)
    sold = {"kind": "battery_produced", "battery_code": "{P1}", "report_id": "b1", "produced_on": "2026-05-01",
            "occurred_at": "2026-05-01"}  # fmt: skip
    assert (
        world.submit("CO1", RECEIVED, {**RECEIVED, "report_id": "r2", "mass_g": -1}, context=context)["accepted"] == 1
    )
    assert world.submit("CO1", RECEIVED, context=context)["duplicate"] == 1
    withdrawal = {"kind": "report_withdrawn", "withdrawn_report_id": "r1", "report_id": "w1", "reason": "typed twice",
                  "occurred_at": "2026-05-03"}  # fmt: skip
    assert world.submit("CO1", withdrawal, context=context)["accepted"] == 1
    assert world.submit("BP1", sold, context=context)["submission"]
    judge_pending(context)
    sweep(context, as_of=date(2026, 9, 1))
    while seal(context, folder):
        pass
    content = make_receipt(context, "submission", 1, row=1)
    assert verify_receipt(content, trust=read_keys(context).trust).outcome == "verified"
    found = audit(context)
    assert found["identical"], found
    ensure_partition(context.connection, date(2031, 12, 1))
    owners = roles.admin.execute(
        "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'"
    ).fetchall()
    assert owners == [(OWNER,)]


def test_every_table_is_decided_and_a_new_one_is_not(roles):
    assert list_undecided(roles.admin) == []
    assert set(roles.tables()) | {"finding_shown"} == set(MAY)
    roles.admin.execute("CREATE TABLE something_new (number int)")
    assert list_undecided(roles.admin) == ["something_new"]
    with pytest.raises(RolesError, match="something_new"):
        make_roles(roles.admin, application=roles.name)


def test_the_role_has_exactly_the_rights_of_the_list(roles):
    for table in (*roles.tables(), "finding_shown"):
        has = [
            right
            for right in RIGHTS
            if roles.admin.execute(
                "SELECT has_table_privilege(%s, %s, %s)", [roles.name, f'public."{table}"', right]
            ).fetchone() == (True,)
        ]  # fmt: skip
        assert has == list(MAY[table]), table
        rows = roles.admin.execute(
            "SELECT column_name::text, has_column_privilege(%s, %s, column_name::text, 'UPDATE') "
            "FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s",
            [roles.name, f'public."{table}"', table],
        ).fetchall()
        may = {name for name, may in rows if may}
        assert may == (set(dict(rows)) if "UPDATE" in MAY[table] else set(MAY_CHANGE.get(table, ()))), table
    assert not {"received_at", "submitter", "form", "file_name", "submission_no"} & set(MAY_CHANGE["submission"])


def test_nothing_of_the_record_can_be_changed_and_no_table_altered(roles):
    connection = roles.connect()
    tried = 0
    for table in roles.tables():
        statements = ["TRUNCATE {table}", "ALTER TABLE {table} ADD COLUMN extra int", "DROP TABLE {table}",
                      "ALTER TABLE {table} OWNER TO CURRENT_USER", "ALTER TABLE {table} DISABLE TRIGGER ALL"]  # fmt: skip
        columns = connection.execute(
            "SELECT column_name::text FROM information_schema.columns WHERE table_name = %s AND is_identity = 'NO'",
            [table],
        ).fetchall()
        if table in RECORD:
            statements.append("DELETE FROM {table}")
            fixed = [name for (name,) in columns if name not in MAY_CHANGE.get(table, ())]
            assert fixed
            statements += [f"UPDATE {{table}} SET {name} = DEFAULT" for name in fixed]
        for statement in statements:
            with pytest.raises(errors.InsufficientPrivilege):
                connection.execute(sql.SQL(statement).format(table=sql.Identifier(table)))
            tried += 1
    assert tried > 5 * len(roles.tables()) + 2 * len(RECORD)
    for statement in ("DELETE FROM submission_piece_default", "CREATE TABLE mine (number int)", f"SET ROLE {OWNER}; DROP TABLE act",
                      "CREATE SCHEMA mine", "DROP FUNCTION make_piece_partition(date)"):  # fmt: skip
        with pytest.raises(errors.InsufficientPrivilege):
            as_the_program(roles, statement)
    with pytest.raises(errors.RaiseException, match="first day"):
        connection.execute("SELECT make_piece_partition('2026-05-02')")


def as_the_program(roles, statement):
    """Run a statement in a session that is the role's from its beginning, as after a login."""
    with connect(roles.admin_url) as session:
        session.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(roles.name)))
        for part in statement.split("; "):
            session.execute(part.encode())


def test_every_query_of_the_program_but_an_erasure_is_within_the_rights_of_the_role(roles):
    connection = roles.connect()
    refused, allowed = set(), 0
    for path in files("suyuan.store").joinpath("sql").iterdir():
        for name, query in load_queries(path.name.removesuffix(".sql")).items():
            text = query.decode().partition("*/ ")[2].replace("%%", "%")
            for number, given in enumerate(sorted(set(re.findall(r"%\(\w+\)s", text))), 1):
                text = text.replace(given, f"${number}")
            if text.startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                try:
                    Cursor(connection).execute(f"EXPLAIN (GENERIC_PLAN) {text}".encode())
                    allowed += 1
                except errors.InsufficientPrivilege:
                    refused.add(name)
                except (errors.IndeterminateDatatype, errors.AmbiguousFunction, errors.DatatypeMismatch):
                    continue  # a bare parameter says no type; the rights were not looked at
    assert refused == {"erase_values", "delete_pieces"}
    assert allowed > 150


def test_control_the_administrator_can_do_all_that(roles):
    for statement in ("UPDATE act SET kind = kind", "DELETE FROM act", "TRUNCATE act", "ALTER TABLE act ADD COLUMN extra int",
                      "DROP TABLE act"):  # fmt: skip
        roles.admin.execute(statement.encode())


def test_the_owner_cannot_log_in_and_the_program_is_nobody_else(roles):
    rows = roles.admin.execute(
        "SELECT rolname::text, rolcanlogin, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname IN (%s, %s)",
        [OWNER, roles.name],
    ).fetchall()
    assert {row[0]: row[1:] for row in rows} == {
        OWNER: (False, False, False, False),
        roles.name: (True, False, False, False),
    }
    assert roles.admin.execute("SELECT pg_has_role(%s, %s, 'MEMBER')", [roles.name, OWNER]).fetchone() == (False,)


def test_a_role_that_may_more_than_it_should_is_refused_in_words(roles, session_folder):
    with one_at_a_time(session_folder):
        roles.admin.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(roles.name)))
        make_roles(roles.admin, application=roles.name)
        roles.admin.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(sql.Identifier(roles.name)))
        with pytest.raises(RolesError, match="more than a role of this program should"):
            make_roles(roles.admin, application=roles.name)


def test_the_owner_of_the_database_who_may_create_roles_makes_them_too(roles, session_folder):
    boss, name = f"boss_{roles.name}", f"{roles.name}_too"
    give = [f"CREATE ROLE {boss} CREATEROLE", f"GRANT {OWNER} TO {boss} WITH ADMIN OPTION",
            f"ALTER DATABASE {roles.admin.info.dbname} OWNER TO {boss}",
            f"ALTER FUNCTION make_piece_partition(date) OWNER TO {boss}", f"ALTER SCHEMA suyuan_rebuild OWNER TO {boss}",
            *(f'ALTER TABLE "{table}" OWNER TO {boss}' for table in [*roles.tables(), "submission_piece_default"]),
            f"ALTER VIEW finding_shown OWNER TO {boss}"]  # fmt: skip
    take = [f"REASSIGN OWNED BY {boss} TO CURRENT_USER", f"DROP OWNED BY {boss}"]
    with one_at_a_time(session_folder):
        for command in give:
            roles.admin.execute(command.encode())
        with connect(roles.admin_url) as session:
            session.execute(f"SET SESSION AUTHORIZATION {boss}".encode())
            session.commit()
            session.autocommit = True
            for _ in range(2):
                assert make_roles(session, application=name) == list(RECORD)
            session.execute("SELECT make_piece_partition('2031-01-01')")
        drop_role(roles.admin, name)
        for command in (*take, f"DROP ROLE {boss}"):
            roles.admin.execute(command.encode())


@pytest.mark.parametrize("name", ["", OWNER, "x" * 64])
def test_a_name_that_cannot_be_a_role_is_told_in_words(connection, name):
    with pytest.raises(RolesError, match="cannot name"):
        make_roles(connection, application=name)


def test_the_commands_say_what_needs_the_administrator(peopled, session_folder, monkeypatch):
    name = f"suyuan_app_{os.getpid()}_{next(NUMBERS)}"
    monkeypatch.setenv("SUYUAN_LOG_DIR", str(peopled.folder / "transparency"))
    with one_at_a_time(session_folder):
        made = peopled("roles", "--name", name, "--json")
        assert (made.code, made.json["application"]) == (0, name), made
        assert peopled("roles", "--name", name).code == 0  # a second time changes nothing
    admin_url = os.environ["SUYUAN_DATABASE_URL"]
    monkeypatch.setenv("SUYUAN_DATABASE_URL", f"{admin_url}&options=-c%20role%3D{name}")
    report = {**RECEIVED, "from_owner": True}
    answer = peopled("submit", peopled.write_reports(report), "--as", USCC_OF["CO1"], "--wait", "sealed", "--json")
    assert (answer.code, answer.json["accepted"], answer.json["sealed"]) == (0, 1, True), answer
    submission = answer.json["submission"]
    assert "Zhang San" in peopled("personal", "show", submission, "--row", "1", "--by", "clerk 7").out
    erase = ("personal", "erase", submission, "--by", "clerk 7", "--reason", "asked for")
    for command in (erase, ("migrate",), ("roles", "--name", name)):
        refused = peopled(*command)
        assert refused.code == 3, refused
        assert "administrator" in refused.err or "superuser" in refused.err
    assert peopled("rebuild").code == 0
    assert peopled("audit").code == 0
    monkeypatch.setenv("SUYUAN_DATABASE_URL", admin_url)
    assert peopled(*erase).code == 0
    assert peopled("personal", "show", submission, "--row", "1", "--by", "clerk 7").out.startswith(
        "owner_name: (erased)"
    )
    assert peopled("audit").code == 0
    with connect(admin_url, autocommit=True) as admin, one_at_a_time(session_folder):
        drop_role(admin, name)
