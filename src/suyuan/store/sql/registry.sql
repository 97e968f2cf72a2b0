-- name: read_version
-- Reads the version of the register.
SELECT version
FROM registry_version;

-- name: raise_version
-- Raises the version of the register; the row's lock puts changes in a line.
UPDATE registry_version
SET version = version + 1
RETURNING version;

-- name: read_participants
-- Reads every entry of the register.
SELECT uscc, name, roles, division, manufacturer_codes, valid_from, valid_until
FROM participant;

-- name: read_sites
-- Reads every registered site.
SELECT uscc, site_id
FROM site;

-- name: write_participant
-- Writes one entry; the act that changed it keeps the earlier text.
INSERT INTO participant (uscc, name, roles, division, manufacturer_codes, valid_from, valid_until, act_no)
VALUES (%(uscc)s, %(name)s, %(roles)s, %(division)s, %(manufacturer_codes)s, %(valid_from)s, %(valid_until)s, %(act_no)s)
ON CONFLICT (uscc, valid_from) DO UPDATE
SET name = excluded.name,
    roles = excluded.roles,
    division = excluded.division,
    manufacturer_codes = excluded.manufacturer_codes,
    valid_until = excluded.valid_until,
    act_no = excluded.act_no;

-- name: write_act
-- Records an act with its bytes.
INSERT INTO act (kind, acted_at, digest, body)
VALUES (%(kind)s, %(acted_at)s, %(digest)s, %(body)s)
RETURNING act_no;

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
-- Makes the subjects pending in whose timelines these parties report or are named, or that bear these manufacturer codes.
WITH concerned AS (
    SELECT slot, subject, row_number() OVER (PARTITION BY slot ORDER BY subject) / 500 AS part_no
    FROM timeline
    WHERE reporter = ANY(%(numbers)s)
        OR counterparty = ANY(%(numbers)s)
        OR left(subject, 3) = ANY(%(manufacturer_codes)s)
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
