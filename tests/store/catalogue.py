"""Read the structure of a database from pg_catalog, as text that two databases can be compared by."""

from psycopg import Cursor, errors

_QUERIES = {
    "relation": """
        SELECT c.relname, c.relkind, c.relpersistence, coalesce(c.reloptions::text, ''), c.relrowsecurity,
               c.relforcerowsecurity, coalesce(pg_get_partkeydef(c.oid), ''),
               coalesce(pg_get_expr(c.relpartbound, c.oid), ''),
               coalesce((SELECT p.relname::text FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent
                         WHERE i.inhrelid = c.oid), ''), coalesce(c.relacl::text, '')
        FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind NOT IN ('c', 't')""",
    "column": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, coalesce(pg_get_expr(d.adbin, d.adrelid), ''), coalesce(l.collname, ''),
               a.attstorage, a.attcompression
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')""",
    "constraint": """
        SELECT coalesce(c.relname, t.typname), k.conname, pg_get_constraintdef(k.oid), k.convalidated
        FROM pg_constraint k LEFT JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_type t ON t.oid = k.contypid
        WHERE k.connamespace = 'public'::regnamespace""",
    "index": """
        SELECT i.indrelid::regclass::text, i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace""",
    "view": """
        SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('v', 'm')""",
    "sequence": """
        SELECT c.relname, s.seqtypid::regtype::text, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
               s.seqcycle, coalesce(d.refobjid::regclass::text || '.' || d.refobjsubid, '')
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        LEFT JOIN pg_depend d ON d.objid = c.oid AND d.deptype IN ('a', 'i') AND d.refclassid = 'pg_class'::regclass
        WHERE c.relnamespace = 'public'::regnamespace""",
    "function": """
        SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')""",
    "trigger": """
        SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace""",
    "policy": """
        SELECT tablename, policyname, permissive, roles::text, cmd, coalesce(qual, ''), coalesce(with_check, '')
        FROM pg_policies WHERE schemaname = 'public'""",
    "type": """
        SELECT t.typname, t.typtype, coalesce(format_type(t.typbasetype, t.typtypmod), ''), t.typnotnull,
               coalesce(t.typdefault, ''), coalesce((SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
                                                     FROM pg_enum e WHERE e.enumtypid = t.oid), '')
        FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('d', 'e', 'r')""",
}


def describe_structure(connection):
    """Return every relation, column, constraint, ... of the schema public, one line each, sorted."""
    lines = []
    for kind, query in _QUERIES.items():
        # Text results: the catalogues have types that psycopg leaves as bytes in binary form.
        rows = Cursor(connection).execute(query).fetchall()
        lines += [" | ".join([kind, *(str(field) for field in row)]) for row in rows]
    return sorted(lines)


def build_schema(connection, *, texts):
    """Run the files of `schema/` in whatever order they need each other."""
    waiting = dict(texts)
    while waiting:
        done = []
        for name, text in waiting.items():
            try:
                with connection.transaction():
                    Cursor(connection).execute(text)
            except (errors.UndefinedTable, errors.UndefinedObject, errors.UndefinedFunction) as error:
                trouble = f"{name}: {error}"
            else:
                done.append(name)
        if not done:
            raise AssertionError(trouble)
        waiting = {name: text for name, text in waiting.items() if name not in done}
