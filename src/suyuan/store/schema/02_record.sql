-- What was sent, what came of every row, and the timelines that rows stand in. Nothing here is ever changed but the progress
-- of a submission.

CREATE TABLE submission (
    submission_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT each_submission_once PRIMARY KEY,
    submitter integer NOT NULL,
    received_at timestamptz NOT NULL,
    form text NOT NULL,
    file_name text NOT NULL,
    status text NOT NULL,
    byte_count bigint NOT NULL DEFAULT 0,
    digest bytea,
    idempotency_key text,
    lane smallint NOT NULL DEFAULT 0,
    rows_done bigint NOT NULL DEFAULT 0,
    accepted bigint NOT NULL DEFAULT 0,
    duplicate bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    deferred_rows bigint[] NOT NULL DEFAULT '{}',
    file_errors text,
    digest_sm3 bytea
);
CREATE UNIQUE INDEX each_idempotency_key_of_a_submitter_once ON submission (submitter, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE INDEX submission_not_yet_recorded ON submission (submission_no) WHERE status IN ('receiving', 'received', 'recording');

-- The raw bytes, compressed, in pieces of at most 1 MB; a month's partition can be detached.
CREATE TABLE submission_piece (
    received_month date NOT NULL,
    submission_no bigint NOT NULL,
    piece_no integer NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT each_piece_once PRIMARY KEY (received_month, submission_no, piece_no)
) PARTITION BY RANGE (received_month);
CREATE TABLE submission_piece_default PARTITION OF submission_piece DEFAULT;

-- Makes the partition of a month. It runs with the rights of its owner, so that who runs the program needs none to make tables.
CREATE FUNCTION make_piece_partition(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF first_day <> date_trunc('month', first_day)::date THEN
        RAISE EXCEPTION '% is not the first day of a month', first_day;
    END IF;
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.submission_piece FOR VALUES FROM (%L) TO (%L)',
        'submission_piece_' || to_char(first_day, 'YYYY_MM'), first_day, (first_day + interval '1 month')::date
    );
END
$$;

-- The outcome of every row with the report it carried: compressed JSON lines, see store/outcomes.py.
CREATE TABLE row_outcome (
    submission_no bigint NOT NULL,
    first_row bigint NOT NULL,
    last_row bigint NOT NULL,
    row_count integer NOT NULL,
    told_count integer NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT each_outcome_piece_once PRIMARY KEY (submission_no, first_row)
);

-- report_no = submission_no * 2^31 + row: it tells where the full row lies.
CREATE TABLE report (
    reporter integer NOT NULL,
    report_id text NOT NULL,
    report_no bigint NOT NULL,
    content_digest bytea NOT NULL,
    CONSTRAINT each_report_id_of_a_reporter_once PRIMARY KEY (reporter, report_id)
);

CREATE TABLE timeline (
    slot smallint NOT NULL,
    subject text NOT NULL,
    report_no bigint NOT NULL,
    occurred_on date NOT NULL,
    occurred_time time,
    received_at timestamptz NOT NULL,
    reporter integer NOT NULL,
    counterparty integer,
    kind smallint NOT NULL,
    report_id text NOT NULL,
    body text NOT NULL,
    CONSTRAINT each_report_once_in_a_timeline PRIMARY KEY (slot, subject, report_no)
);
-- The few reports that concern parties alone, which the sweep reads: dismantling information, materials, nothing to report.
CREATE INDEX timeline_of_parties ON timeline (reporter) WHERE kind IN (5, 26, 28, 33);
CREATE INDEX timeline_of_named_parties ON timeline (counterparty) WHERE kind IN (26, 28);

-- slot = crc32(first 17 characters of the component) % 256
CREATE TABLE component_claim (
    slot smallint NOT NULL,
    component text NOT NULL,
    parent text NOT NULL,
    report_no bigint NOT NULL,
    since date NOT NULL,
    withdrawn_on date,
    CONSTRAINT each_claim_of_a_report_once PRIMARY KEY (slot, component, parent, report_no)
);
CREATE INDEX component_claim_by_parent ON component_claim (parent);
