-- name: read_newest_head
-- Reads the head of the shard in use.
SELECT shard, size, roots_sha256, roots_sm3
FROM log_head
ORDER BY shard DESC
LIMIT 1;

-- name: read_head
-- Reads the head of one shard.
SELECT shard, size, roots_sha256, roots_sm3
FROM log_head
WHERE shard = %(shard)s;

-- name: list_heads
-- Lists the heads of all shards, the oldest first.
SELECT shard, size, roots_sha256, roots_sm3
FROM log_head
ORDER BY shard;

-- name: lock_heads
-- Waits for another sealer's append to end and lets none begin: a shard must not grow while the next one is opened.
SELECT pg_advisory_xact_lock(hashtextextended('suyuan.log_head', 0));

-- name: open_head
-- Opens a shard with its first leaf if the shard before it is still as the caller saw it.
INSERT INTO log_head (shard, size, roots_sha256, roots_sm3)
SELECT %(shard)s, %(size)s, %(roots_sha256)s, %(roots_sm3)s
WHERE NOT EXISTS (
        SELECT 1
        FROM log_head
        WHERE log_head.shard > %(shard_before)s
            OR (log_head.shard = %(shard_before)s AND log_head.size <> %(size_before)s)
    )
ON CONFLICT (shard) DO NOTHING
RETURNING shard;

-- name: swap_head
-- Moves the head if it is still where the caller saw it, and its shard is still the last.
UPDATE log_head
SET size = %(size)s,
    roots_sha256 = %(roots_sha256)s,
    roots_sm3 = %(roots_sm3)s
WHERE shard = %(shard)s
    AND size = %(size_before)s
    AND NOT EXISTS (
        SELECT 1
        FROM log_head AS later
        WHERE later.shard > %(shard)s
    )
RETURNING shard;

-- name: list_waiting
-- Lists what waits to be sealed behind a number, in order, with the number of its rows.
SELECT log_waiting.waiting_no, log_waiting.source, log_waiting.source_no,
    coalesce(submission.accepted + submission.duplicate + submission.rejected, 1) AS row_count
FROM log_waiting
LEFT JOIN submission
    ON log_waiting.source = 'submission'
    AND submission.submission_no = log_waiting.source_no
WHERE log_waiting.waiting_no > %(after)s
ORDER BY log_waiting.waiting_no
LIMIT %(limit)s;

-- name: count_waiting
-- Counts what waits to be sealed, up to a limit.
SELECT count(*)
FROM (
    SELECT 1
    FROM log_waiting
    LIMIT %(limit)s
) AS waiting;

-- name: reaches_limit
-- Tells whether so much waits to be sealed; counts only where the first and the last number do not rule it out.
SELECT (SELECT max(waiting_no) - min(waiting_no) FROM log_waiting) >= %(limit)s - 1
    AND (
        SELECT count(*)
        FROM (
            SELECT 1
            FROM log_waiting
            LIMIT %(limit)s
        ) AS waiting
    ) >= %(limit)s;

-- name: delete_waiting
-- Takes out what has its leaf now.
DELETE FROM log_waiting
USING unnest(%(sources)s::text[], %(source_nos)s::bigint[]) AS sealed (source, source_no)
WHERE log_waiting.source = sealed.source
    AND log_waiting.source_no = sealed.source_no;

-- name: insert_leaves
-- Inserts leaves, one after the other from an index on.
INSERT INTO log_leaf (shard, leaf_index, source, source_no, blind, record)
SELECT %(shard)s, leaf_index, source, source_no, blind, record
FROM unnest(%(leaf_indexes)s::bigint[], %(sources)s::text[], %(source_nos)s::bigint[], %(blinds)s::bytea[], %(records)s::text[])
    AS leaf (leaf_index, source, source_no, blind, record);

-- name: read_leaves
-- Reads leaves of a shard in order, from one index to before another.
SELECT leaf_index, blind, record
FROM log_leaf
WHERE shard = %(shard)s
    AND leaf_index >= %(start)s
    AND leaf_index < %(end)s
ORDER BY leaf_index;

-- name: find_leaf
-- Finds the leaf of a submission or act.
SELECT shard, leaf_index, blind, record
FROM log_leaf
WHERE source = %(source)s
    AND source_no = %(source_no)s;

-- name: insert_checkpoint
-- Keeps the text of a checkpoint; the first text of a size stays.
INSERT INTO log_checkpoint (shard, size, text)
VALUES (%(shard)s, %(size)s, %(text)s)
ON CONFLICT (shard, size) DO NOTHING;

-- name: read_checkpoint
-- Reads the text of a checkpoint.
SELECT text
FROM log_checkpoint
WHERE shard = %(shard)s
    AND size = %(size)s;

-- name: find_checkpoint
-- Finds the first signed checkpoint that is as large as asked for, with as many witnesses as asked for.
SELECT log_checkpoint.size, log_checkpoint.text
FROM log_checkpoint
WHERE log_checkpoint.shard = %(shard)s
    AND log_checkpoint.size >= %(size)s
    AND EXISTS (
        SELECT 1
        FROM log_signature
        WHERE log_signature.shard = log_checkpoint.shard
            AND log_signature.size = log_checkpoint.size
    )
    AND (
        SELECT count(DISTINCT log_signature.key_name)
        FROM log_signature
        WHERE log_signature.shard = log_checkpoint.shard
            AND log_signature.size = log_checkpoint.size
            AND log_signature.key_name = ANY(%(witnesses)s::text[])
    ) >= %(quorum)s
ORDER BY log_checkpoint.size
LIMIT 1;

-- name: insert_signature
-- Keeps a signature line; the first line of a key for a size stays.
INSERT INTO log_signature (shard, size, key_name, key_id, line)
VALUES (%(shard)s, %(size)s, %(key_name)s, %(key_id)s, %(line)s)
ON CONFLICT (shard, size, key_name, key_id) DO NOTHING;

-- name: list_signatures
-- Lists the signature lines of a checkpoint.
SELECT key_name, key_id, line
FROM log_signature
WHERE shard = %(shard)s
    AND size = %(size)s
ORDER BY key_name, key_id;

-- name: insert_acknowledgement
-- Keeps the acknowledgement of a submission; the first one stays.
INSERT INTO acknowledgement (submission_no, text)
VALUES (%(submission_no)s, %(text)s)
ON CONFLICT (submission_no) DO NOTHING;

-- name: read_acknowledgement
-- Reads the acknowledgement of a submission.
SELECT text
FROM acknowledgement
WHERE submission_no = %(submission_no)s;

-- name: read_whole_leaves
-- Reads leaves of a shard with what they are of, from one index to before another.
SELECT leaf_index, source, source_no, blind, record
FROM log_leaf
WHERE shard = %(shard)s
    AND leaf_index >= %(start)s
    AND leaf_index < %(end)s
ORDER BY leaf_index;

-- name: list_unsealed
-- Lists what is recorded and has neither a leaf nor a place in the queue before the sealer.
SELECT 'submission' AS source, submission.submission_no AS source_no
FROM submission
WHERE submission.status IN ('recorded', 'unreadable')
    AND NOT EXISTS (
        SELECT 1
        FROM log_leaf
        WHERE log_leaf.source = 'submission'
            AND log_leaf.source_no = submission.submission_no
    )
    AND NOT EXISTS (
        SELECT 1
        FROM log_waiting
        WHERE log_waiting.source = 'submission'
            AND log_waiting.source_no = submission.submission_no
    )
UNION ALL
SELECT 'act' AS source, act.act_no AS source_no
FROM act
WHERE NOT EXISTS (
        SELECT 1
        FROM log_leaf
        WHERE log_leaf.source = 'act'
            AND log_leaf.source_no = act.act_no
    )
    AND NOT EXISTS (
        SELECT 1
        FROM log_waiting
        WHERE log_waiting.source = 'act'
            AND log_waiting.source_no = act.act_no
    )
ORDER BY source, source_no
LIMIT %(limit)s;

-- name: list_checkpoints
-- Lists the checkpoints of a shard with sizes from one to before another.
SELECT size, text
FROM log_checkpoint
WHERE shard = %(shard)s
    AND size > %(start)s
    AND size <= %(end)s
ORDER BY size;

-- name: count_leaves
-- Counts the leaves of a shard beyond its head.
SELECT count(*)
FROM log_leaf
WHERE shard = %(shard)s
    AND leaf_index >= %(size)s;

-- name: list_acknowledgements
-- Lists acknowledgements with numbers from one to before another.
SELECT submission_no, text
FROM acknowledgement
WHERE submission_no >= %(start)s
    AND submission_no < %(end)s
ORDER BY submission_no;

-- name: find_last_acknowledgement
-- Finds the highest number that was acknowledged.
SELECT coalesce(max(submission_no), 0)
FROM acknowledgement;

-- name: list_signed_sizes
-- Lists the largest sizes of a shard that were signed.
SELECT size
FROM (
    SELECT DISTINCT size
    FROM log_signature
    WHERE shard = %(shard)s
    ORDER BY size DESC
    LIMIT 3
) AS signed
ORDER BY size;

-- name: find_last_sealing
-- Finds the latest moment at which a leaf from an index on says it was sealed; records have such moments in one form.
SELECT max(substring(record FROM '"sealed_at":"([^"]+)"'))
FROM log_leaf
WHERE shard = %(shard)s
    AND leaf_index >= %(start)s;
