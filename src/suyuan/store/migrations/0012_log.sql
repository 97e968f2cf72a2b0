-- The transparency log, and the second digest of the raw bytes.

CREATE TABLE log_waiting (
    waiting_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT each_wait_once PRIMARY KEY,
    source text NOT NULL,
    source_no bigint NOT NULL,
    CONSTRAINT each_source_waits_once UNIQUE (source, source_no)
);

CREATE TABLE log_head (
    shard smallint NOT NULL CONSTRAINT each_shard_once PRIMARY KEY,
    size bigint NOT NULL,
    roots_sha256 bytea NOT NULL,
    roots_sm3 bytea NOT NULL
);

CREATE TABLE log_leaf (
    shard smallint NOT NULL,
    leaf_index bigint NOT NULL,
    source text NOT NULL,
    source_no bigint NOT NULL,
    blind bytea NOT NULL,
    record text NOT NULL,
    CONSTRAINT each_leaf_once PRIMARY KEY (shard, leaf_index),
    CONSTRAINT each_source_has_one_leaf UNIQUE (source, source_no)
);

CREATE TABLE log_checkpoint (
    shard smallint NOT NULL,
    size bigint NOT NULL,
    text text NOT NULL,
    CONSTRAINT each_size_has_one_text PRIMARY KEY (shard, size)
);

CREATE TABLE log_signature (
    shard smallint NOT NULL,
    size bigint NOT NULL,
    key_name text NOT NULL,
    key_id bytea NOT NULL,
    line text NOT NULL,
    CONSTRAINT each_key_signs_a_size_once PRIMARY KEY (shard, size, key_name, key_id)
);

ALTER TABLE submission ADD COLUMN digest_sm3 bytea;

-- What was recorded before there was a log is sealed first, in the order of its numbers.
INSERT INTO log_waiting (source, source_no)
SELECT 'act', act_no
FROM act
ORDER BY act_no;

INSERT INTO log_waiting (source, source_no)
SELECT 'submission', submission_no
FROM submission
WHERE status IN ('recorded', 'unreadable')
ORDER BY submission_no;

CREATE INDEX act_by_kind ON act (kind, act_no);

CREATE TABLE acknowledgement (
    submission_no bigint NOT NULL CONSTRAINT each_submission_is_acknowledged_once PRIMARY KEY,
    text text NOT NULL
);
