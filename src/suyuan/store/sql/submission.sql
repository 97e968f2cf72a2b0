-- name: create_submission
-- Opens a submission whose bytes are about to be stored.
INSERT INTO submission (submitter, received_at, form, file_name, status)
VALUES (%(submitter)s, %(received_at)s, %(form)s, %(file_name)s, 'receiving')
RETURNING submission_no;

-- name: store_piece
-- Stores one compressed piece of the raw bytes.
INSERT INTO submission_piece (received_month, submission_no, piece_no, body)
VALUES (%(received_month)s, %(submission_no)s, %(piece_no)s, %(body)s);

-- name: finish_receiving
-- Notes that all bytes are stored: from here on nothing is lost.
UPDATE submission
SET status = 'received',
    byte_count = %(byte_count)s,
    digest = %(digest)s,
    digest_sm3 = %(digest_sm3)s,
    lane = %(lane)s,
    idempotency_key = %(idempotency_key)s
WHERE submission_no = %(submission_no)s;

-- name: read_piece
-- Reads one piece of the raw bytes, and tells whether it is the last.
SELECT body,
    NOT EXISTS (
        SELECT 1
        FROM submission_piece AS next_piece
        WHERE next_piece.received_month = %(received_month)s
            AND next_piece.submission_no = %(submission_no)s
            AND next_piece.piece_no = %(piece_no)s + 1
    ) AS is_last
FROM submission_piece
WHERE received_month = %(received_month)s
    AND submission_no = %(submission_no)s
    AND piece_no = %(piece_no)s;

-- name: has_pieces
-- Tells whether raw bytes of a submission are there.
SELECT EXISTS (
    SELECT 1
    FROM submission_piece
    WHERE received_month = %(received_month)s
        AND submission_no = %(submission_no)s
);

-- name: delete_pieces
-- Erases the raw bytes of a submission.
DELETE FROM submission_piece
WHERE received_month = %(received_month)s
    AND submission_no = %(submission_no)s;

-- name: lock_submission
-- Takes the submission for the next batch; whoever waits sees how far the other came.
SELECT status, rows_done, deferred_rows
FROM submission
WHERE submission_no = %(submission_no)s
FOR UPDATE;

-- name: add_progress
-- Notes what a batch did; what has all its outcomes now waits to be sealed.
WITH progressed AS (
    UPDATE submission
    SET status = %(status)s,
        rows_done = greatest(rows_done, %(rows_done)s),
        accepted = accepted + %(accepted)s,
        duplicate = duplicate + %(duplicate)s,
        rejected = rejected + %(rejected)s,
        deferred_rows = %(deferred_rows)s::bigint[],
        file_errors = %(file_errors)s
    WHERE submission_no = %(submission_no)s
    RETURNING submission_no, status
)
INSERT INTO log_waiting (source, source_no)
SELECT 'submission', submission_no
FROM progressed
WHERE status IN ('recorded', 'unreadable');

-- name: read_submission
-- Reads a submission with its submitter.
SELECT submission.submission_no, party.uscc, submission.received_at, submission.form, submission.file_name, submission.status,
    submission.byte_count, submission.digest, submission.lane, submission.rows_done, submission.accepted, submission.duplicate,
    submission.rejected, submission.file_errors, submission.digest_sm3
FROM submission
INNER JOIN party
    ON party.party_no = submission.submitter
WHERE submission.submission_no = %(submission_no)s;

-- name: find_by_key
-- Finds the submission stored under an idempotency key.
SELECT submission.submission_no
FROM submission
INNER JOIN party
    ON party.party_no = submission.submitter
WHERE party.uscc = %(uscc)s
    AND submission.idempotency_key = %(idempotency_key)s;

-- name: list_keyed
-- Lists the submissions under idempotency keys that begin alike, with what came of them.
SELECT submission_no, idempotency_key, status, accepted, duplicate, rejected
FROM submission
WHERE starts_with(idempotency_key, %(prefix)s)
ORDER BY submission_no;

-- name: list_unrecorded
-- Lists submissions whose bytes are stored but whose rows are not all recorded.
SELECT submission_no
FROM submission
WHERE status IN ('received', 'recording')
ORDER BY lane, submission_no;

-- name: list_recorded
-- Lists recorded submissions in the order of their numbers.
SELECT submission_no
FROM submission
WHERE status IN ('recorded', 'recording')
ORDER BY submission_no;

-- name: is_pending
-- Tells whether anything caused by a submission still waits for a judge.
SELECT (SELECT count(*) FROM pending_judgement WHERE causes @> ARRAY[%(submission_no)s::bigint]) > 0
    OR EXISTS (SELECT 1 FROM pending_component WHERE cause_submission = %(submission_no)s);

-- name: find_partition
-- Tells whether the month has its partition.
SELECT to_regclass(%(name)s) IS NOT NULL;

-- name: make_partition
-- Makes the partition of a month unless it is there.
SELECT make_piece_partition(%(month)s);

-- name: try_recording
-- Takes up a submission so that no other process decodes it at the same time; correctness does not hang on it.
SELECT pg_try_advisory_lock(%(submission_no)s);

-- name: end_recording
-- Lets a submission go.
SELECT pg_advisory_unlock(%(submission_no)s);

-- name: find_any_submission
-- Finds one submission, whichever; none where nothing was ever submitted.
SELECT submission_no
FROM submission
LIMIT 1;

-- name: find_last_submission
-- Finds the highest number of a submission.
SELECT coalesce(max(submission_no), 0)
FROM submission;
