-- name: read_version
-- Reads the version of the rulebook in force.
SELECT version
FROM rulebook_version;

-- name: lock_version
-- Puts changes of the rulebook in a line: the next one begins when this transaction has ended.
SELECT version
FROM rulebook_version
FOR UPDATE;

-- name: raise_version
-- Raises the version of the rulebook.
UPDATE rulebook_version
SET version = version + 1;

-- name: read_files
-- Reads the files of the rulebook in force.
SELECT name, body
FROM rulebook_file
ORDER BY name;

-- name: write_file
-- Puts a file in the place of what stood under its name.
INSERT INTO rulebook_file (name, body, act_no)
VALUES (%(name)s, %(body)s, %(act_no)s)
ON CONFLICT (name) DO UPDATE
SET body = excluded.body,
    act_no = excluded.act_no;

-- name: read_history
-- Reads the acts that changed the rulebook or the calendar, the latest first.
SELECT act_no, kind, acted_at, encode(digest, 'hex'), actor
FROM act
WHERE kind = ANY(%(kinds)s)
ORDER BY act_no DESC;

-- name: read_acts_until
-- Reads the acts that had changed the rulebook or the calendar by some act, in their order.
SELECT kind, body
FROM act
WHERE kind = ANY(%(kinds)s)
    AND act_no <= %(until_act)s
ORDER BY act_no;
