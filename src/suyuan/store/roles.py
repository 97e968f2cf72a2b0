"""Roles of a shared server: one owns everything and cannot log in, one runs the program and can only add to the record.

The table list below is the only place that says what the program may do with a table; a table without a line is refused.
"""

from collections.abc import Mapping
from typing import Final

from psycopg import Connection, errors, sql
from psycopg.rows import TupleRow

from suyuan.store.error import StoreError
from suyuan.store.shadow import SHADOW

OWNER: Final = "suyuan_owner"
APPLICATION_DEFAULT: Final = "suyuan_app"
SERVER_NAME_BYTES_MAX: Final = 63

READ: Final = ("SELECT",)
ADD: Final = ("SELECT", "INSERT")  # the record: nothing in it is ever changed or taken out
WORK: Final = ("SELECT", "INSERT", "UPDATE", "DELETE")
MAY: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        (
            "submission_piece", "row_outcome", "personal_value", "party", "act", "acknowledgement",
            "log_leaf", "log_checkpoint", "log_signature",
            "report", "timeline", "register_entry", "case_act", "case_finding", "document",
        ),
        ADD,
    ),
    "submission": ADD,  # and its progress, below
    "log_head": ADD,  # and its move, below
    "schema_migration": READ,
    "finding_shown": READ,
    **dict.fromkeys(
        (
            "log_waiting", "setting", "token", "officer_token", "registry_version", "register_outstanding", "rulebook_file",
            "rulebook_version",
            "component_claim", "judge_slot", "pending_judgement", "pending_component", "subject_state", "fact", "finding", "duty",
            "account_flow", "tally", "report_count", "party_month", "case", "document_counter",
        ),
        WORK,
    ),
}  # fmt: skip
MAY_CHANGE: Final[Mapping[str, tuple[str, ...]]] = {
    "submission": (
        "status", "byte_count", "digest", "digest_sm3", "lane", "idempotency_key", "rows_done", "accepted", "duplicate",
        "rejected", "deferred_rows", "file_errors",
    ),
    "log_head": ("size", "roots_sha256", "roots_sm3"),
}  # fmt: skip
RECORD: Final = tuple(name for name, may in MAY.items() if may == ADD)
_FUNCTION: Final = sql.SQL("public.make_piece_partition(date)")
_LIST_OBJECTS: Final = b"""
SELECT relname::text, relkind::text, relispartition
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
ORDER BY relname
"""

_LIST_MIGHTY: Final = b"""
SELECT rolname::text
FROM pg_roles
WHERE rolname = ANY(%s)
    AND (rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls
        OR EXISTS (SELECT 1 FROM pg_auth_members WHERE member = pg_roles.oid))
ORDER BY rolname
"""


class RolesError(StoreError):
    """The roles cannot be made: who may, or which table nobody decided about."""


def list_undecided(connection: Connection[TupleRow]) -> list[str]:
    """Return the tables and views about which nobody has said what the program may do with them."""
    rows = connection.execute(_LIST_OBJECTS).fetchall()
    return [name for name, _, is_partition in rows if name not in MAY and not is_partition]


def make_roles(connection: Connection[TupleRow], *, application: str = APPLICATION_DEFAULT) -> list[str]:
    """Give everything to the owner and the application exactly what it needs; a second time changes nothing.

    Returns the tables of the record. To be run by a superuser, or by who owns the database and may create roles, and again
    after every migration. Raises RolesError.
    """
    undecided = list_undecided(connection)
    if undecided:
        raise RolesError(
            f"Nobody has decided what the program may do with: {', '.join(undecided)}. Drop what is not of this program, or "
            "install the version that made it.",
            message_zh=f"尚未规定程序对以下表的权限：{'、'.join(undecided)}。请删除不属于本程序的表，或安装创建它的程序版本。",
        )
    if not application or application == OWNER or len(application.encode()) > SERVER_NAME_BYTES_MAX:
        raise RolesError(
            f'"{application}" cannot name the role of the program.', message_zh=f"“{application}”不能用作程序的角色名。"
        )
    try:
        with connection.transaction():
            _create_roles(connection, application)
            _give_to_owner(connection)
            _grant(connection, application)
    except errors.InsufficientPrivilege as error:
        raise RolesError(
            f"This login may not make roles or own what is there ({error.diag.message_primary}). Run it as a superuser, or as the "
            "owner of the database with CREATEROLE.",
            message_zh=f"当前登录无权创建角色或转移所有权（{error.diag.message_primary}）。请以超级用户"
            "或具有 CREATEROLE 的数据库所有者运行。",
        ) from None
    return list(RECORD)


def _create_roles(connection: Connection[TupleRow], application: str) -> None:
    known = {name for (name,) in connection.execute("SELECT rolname::text FROM pg_roles").fetchall()}
    is_super = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (True,)
    # A new role has none of these; to take them from one that is there asks for a superuser.
    limits = sql.SQL("NOSUPERUSER NOREPLICATION NOBYPASSRLS NOCREATEDB NOCREATEROLE" if is_super else "")
    for name, login in ((OWNER, sql.SQL("NOLOGIN")), (application, sql.SQL("LOGIN"))):
        verb = sql.SQL("ALTER" if name in known else "CREATE")
        connection.execute(sql.SQL("{} ROLE {} {} {}").format(verb, sql.Identifier(name), login, limits))
    connection.execute(sql.SQL("REVOKE {} FROM {}").format(sql.Identifier(OWNER), sql.Identifier(application)))
    if not is_super:  # who gives something to a role must belong to it
        connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(OWNER)))
    mighty = [name for (name,) in connection.execute(_LIST_MIGHTY, [[OWNER, application]]).fetchall()]
    if mighty:
        raise RolesError(
            f"{', '.join(mighty)} may do more than a role of this program should (superuser, CREATEROLE, CREATEDB, BYPASSRLS, or "
            "member of another role). Take that away, or choose another name.",
            message_zh=f"{'、'.join(mighty)} 的权限超出本程序角色应有的范围（超级用户、CREATEROLE、CREATEDB、BYPASSRLS 或属于其他角色）。"
            "请收回，或另选名称。",
        )


def _give_to_owner(connection: Connection[TupleRow]) -> None:
    owner = sql.Identifier(OWNER)
    connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(owner))
    for name, kind, _ in connection.execute(_LIST_OBJECTS).fetchall():
        what = sql.SQL("VIEW" if kind == "v" else "TABLE")
        connection.execute(sql.SQL("ALTER {} public.{} OWNER TO {}").format(what, sql.Identifier(name), owner))
    connection.execute(sql.SQL("ALTER FUNCTION {} OWNER TO {}").format(_FUNCTION, owner))


def _grant(connection: Connection[TupleRow], application: str) -> None:
    """Take everything from the application and from everybody, then grant what the list says."""
    role = sql.Identifier(application)
    for whom in (role, sql.SQL("PUBLIC")):
        connection.execute(sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(whom))
        connection.execute(sql.SQL("REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {}").format(whom))
        connection.execute(sql.SQL("REVOKE ALL ON FUNCTION {} FROM {}").format(_FUNCTION, whom))
        connection.execute(sql.SQL("REVOKE CREATE ON SCHEMA public FROM {}").format(whom))
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role))
    connection.execute(sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(_FUNCTION, role))
    for name, rights in MAY.items():
        given = sql.SQL(", ").join(map(sql.SQL, rights))
        connection.execute(sql.SQL("GRANT {} ON public.{} TO {}").format(given, sql.Identifier(name), role))
    for name, columns in MAY_CHANGE.items():
        listed = sql.SQL(", ").join(map(sql.Identifier, columns))
        connection.execute(sql.SQL("GRANT UPDATE ({}) ON public.{} TO {}").format(listed, sql.Identifier(name), role))
    # Where a rebuild works beside the tables that people read; an audit derives every state there too.
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(SHADOW)))
    connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA {} TO {}").format(sql.Identifier(SHADOW), role))
