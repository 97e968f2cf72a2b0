-- name: read_entries
-- Reads what counts now of every topic: of each key and first day the latest statement, unless it was withdrawn.
SELECT topic, body
FROM (
    SELECT DISTINCT ON (topic, key, since) topic, is_withdrawn, body::text AS body
    FROM register_entry
    ORDER BY topic ASC, key ASC, since ASC, act_no DESC
) AS latest
WHERE NOT is_withdrawn;

-- name: read_entries_of
-- Reads what counted of every topic after an act.
SELECT topic, body
FROM (
    SELECT DISTINCT ON (topic, key, since) topic, is_withdrawn, body::text AS body
    FROM register_entry
    WHERE act_no <= %(until_act)s
    ORDER BY topic ASC, key ASC, since ASC, act_no DESC
) AS latest
WHERE NOT is_withdrawn;

-- name: read_latest
-- Reads the latest statement about each key and first day of a topic, withdrawn ones too.
SELECT DISTINCT ON (key, since) is_withdrawn, body::text AS body
FROM register_entry
WHERE topic = %(topic)s
ORDER BY key ASC, since ASC, act_no DESC;

-- name: copy_statements
-- Writes statements; none of what earlier acts said is touched.
COPY register_entry (topic, key, since, act_no, is_withdrawn, parties, body)
FROM STDIN;

-- name: read_history
-- Reads what acts said about an enterprise or under a key, in the order of the acts.
SELECT
    entry.topic,
    entry.key,
    entry.since,
    entry.act_no,
    act.acted_at,
    act.actor,
    entry.is_withdrawn,
    entry.body::text AS body
FROM register_entry AS entry
INNER JOIN act USING (act_no)
WHERE (%(name)s = ANY(entry.parties) OR %(name)s = ANY(entry.key))
    AND (%(topic)s::text IS NULL OR entry.topic = %(topic)s)
ORDER BY entry.act_no, entry.topic, entry.key, entry.since;
