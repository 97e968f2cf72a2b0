-- name: read_version
-- Reads the version of the register.
SELECT version
FROM registry_version;

-- name: raise_version
-- Raises the version of the register.
UPDATE registry_version
SET version = version + 1;

-- name: lock_version
-- Puts changes of the register in a line: the next one begins when this transaction has ended.
SELECT version
FROM registry_version
FOR UPDATE;

-- name: write_act
-- Records an act with its bytes; it now waits to be sealed.
WITH recorded AS (
    INSERT INTO act (kind, acted_at, digest, body, actor)
    VALUES (%(kind)s, %(acted_at)s, %(digest)s, %(body)s, %(actor)s)
    RETURNING act_no
)
INSERT INTO log_waiting (source, source_no)
SELECT 'act', act_no
FROM recorded
RETURNING source_no;

-- name: read_act
-- Reads one act.
SELECT kind, acted_at, actor, digest, body
FROM act
WHERE act_no = %(act_no)s;

-- name: read_acts_of
-- Reads the acts of one kind in the order in which they were recorded.
SELECT body
FROM act
WHERE kind = %(kind)s
ORDER BY act_no;

-- name: read_acts
-- Reads all acts in the order in which they were recorded.
SELECT act_no, kind, acted_at, digest, body
FROM act
ORDER BY act_no;

-- name: add_parties
-- Gives a number to parties that have none.
INSERT INTO party (uscc)
SELECT uscc
FROM unnest(%(usccs)s::text[]) AS uscc
ORDER BY uscc
ON CONFLICT (uscc) DO NOTHING;

-- name: find_parties
-- Reads the numbers of parties.
SELECT uscc, party_no
FROM party
WHERE uscc = ANY(%(usccs)s);

-- name: read_parties
-- Reads the parties with these numbers.
SELECT party_no, uscc
FROM party
WHERE party_no = ANY(%(numbers)s);

-- name: delay_concerned_subjects
-- Makes the subjects pending in whose timelines these parties report or are named, that bear these codes, or that are named.
WITH concerned AS (
    SELECT slot, subject, row_number() OVER (PARTITION BY slot ORDER BY subject) / 500 AS part_no
    FROM timeline
    WHERE reporter = ANY(%(numbers)s)
        OR counterparty = ANY(%(numbers)s)
        OR left(subject, 3) = ANY(%(manufacturer_codes)s)
        OR subject = ANY(%(subjects)s)
        OR (kind = %(hand_over)s AND (body::jsonb ->> 'carrier') = ANY(%(carriers)s))
    GROUP BY slot, subject
),
delayed AS (
    INSERT INTO pending_judgement (slot, lane, causes, subjects)
    SELECT slot, 2, '{0}', array_agg(subject)
    FROM concerned
    GROUP BY slot, part_no
)
SELECT count(*)
FROM concerned;

-- name: write_outstanding
-- Keeps what an act of the register concerns until the subjects are pending.
INSERT INTO register_outstanding (act_no, usccs, manufacturer_codes, subjects, carriers)
VALUES (%(act_no)s, %(usccs)s, %(manufacturer_codes)s, %(subjects)s, %(carriers)s);

-- name: take_outstanding
-- Takes away and reads what acts of the register concern, of one act or of all.
DELETE FROM register_outstanding
WHERE %(act_no)s::bigint IS NULL
    OR act_no = %(act_no)s
RETURNING usccs, manufacturer_codes, subjects, carriers;

-- name: read_setting
-- Reads one setting.
SELECT value
FROM setting
WHERE name = %(name)s;

-- name: write_setting
-- Writes one setting.
INSERT INTO setting (name, value)
VALUES (%(name)s, %(value)s)
ON CONFLICT (name) DO UPDATE
SET value = excluded.value;

-- name: add_token
-- Keeps the hash of a token.
INSERT INTO token (token_hash, uscc, created_at)
VALUES (%(token_hash)s, %(uscc)s, %(created_at)s);

-- name: find_token
-- Finds whose token this is.
SELECT uscc
FROM token
WHERE token_hash = %(token_hash)s
    AND revoked_at IS NULL;

-- name: revoke_tokens
-- Ends every token of a participant, or of the operator (null); the hashes stay.
UPDATE token
SET revoked_at = %(revoked_at)s
WHERE uscc IS NOT DISTINCT FROM %(uscc)s
    AND revoked_at IS NULL;
