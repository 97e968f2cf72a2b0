-- The transparency log: what is sealed, in which order, and the heads that were signed. Rows of log_leaf, log_checkpoint and
-- log_signature are only ever inserted. The format: docs/reference/evidence-format.md.

-- What has no place in the log yet: a submission with all its outcomes, an act. `waiting_no` gives the order.
CREATE TABLE log_waiting (
    waiting_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT each_wait_once PRIMARY KEY,
    source text NOT NULL,
    source_no bigint NOT NULL,
    CONSTRAINT each_source_waits_once UNIQUE (source, source_no)
);

-- One shard a year. `size` moves only by compare-and-swap; the roots are those of the largest full subtrees.
CREATE TABLE log_head (
    shard smallint NOT NULL CONSTRAINT each_shard_once PRIMARY KEY,
    size bigint NOT NULL,
    roots_sha256 bytea NOT NULL,
    roots_sm3 bytea NOT NULL
);

-- source: submission, act or log (the opening of the shard, source_no = the year).
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

-- There is one text for one size; what is signed is what stands here.
CREATE TABLE log_checkpoint (
    shard smallint NOT NULL,
    size bigint NOT NULL,
    text text NOT NULL,
    CONSTRAINT each_size_has_one_text PRIMARY KEY (shard, size)
);

-- Signature lines of the log's keys and of witnesses.
CREATE TABLE log_signature (
    shard smallint NOT NULL,
    size bigint NOT NULL,
    key_name text NOT NULL,
    key_id bytea NOT NULL,
    line text NOT NULL,
    CONSTRAINT each_key_signs_a_size_once PRIMARY KEY (shard, size, key_name, key_id)
);

-- The signed acknowledgement of a submission; the first one stays.
CREATE TABLE acknowledgement (
    submission_no bigint NOT NULL CONSTRAINT each_submission_is_acknowledged_once PRIMARY KEY,
    text text NOT NULL
);
