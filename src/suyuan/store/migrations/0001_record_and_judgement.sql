-- Who takes part, the acts that said so, and what was set at the beginning.

CREATE TABLE setting (
    name text NOT NULL CONSTRAINT each_setting_once PRIMARY KEY,
    value text NOT NULL
);

-- An act with effect on judgements, kept with its bytes: participants imported, days swept. Rebuild repeats them in order.
CREATE TABLE act (
    act_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT each_act_once PRIMARY KEY,
    kind text NOT NULL,
    acted_at timestamptz NOT NULL,
    digest bytea NOT NULL,
    body bytea NOT NULL
);

-- Every USCC that ever stood in a report, registered or not, under a small number.
CREATE TABLE party (
    party_no integer GENERATED ALWAYS AS IDENTITY CONSTRAINT each_party_once PRIMARY KEY,
    uscc text NOT NULL CONSTRAINT each_uscc_once UNIQUE
);

CREATE TABLE participant (
    uscc text NOT NULL,
    valid_from date NOT NULL,
    valid_until date,
    name text NOT NULL,
    roles text[] NOT NULL,
    division text NOT NULL,
    manufacturer_codes text[] NOT NULL,
    act_no bigint NOT NULL,
    CONSTRAINT each_entry_of_a_participant_once PRIMARY KEY (uscc, valid_from)
);

CREATE TABLE site (
    uscc text NOT NULL,
    site_id text NOT NULL,
    CONSTRAINT each_site_once PRIMARY KEY (uscc, site_id)
);

-- One row: a new version is committed before the subjects it concerns become pending.
CREATE TABLE registry_version (
    version bigint NOT NULL
);
INSERT INTO registry_version (version) VALUES (0);

-- A bearer token is kept as its hash only; a null uscc is the operator's.
CREATE TABLE token (
    token_hash bytea NOT NULL CONSTRAINT each_token_once PRIMARY KEY,
    uscc text,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
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
    file_errors text
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
-- What is derived from the record: every row can be rebuilt. Every key begins with the slot, crc32(subject) % 256.

-- Locked by whoever judges: slots 0 to 255 of subjects, 256 to 511 of components.
CREATE TABLE judge_slot (
    slot smallint NOT NULL CONSTRAINT each_slot_once PRIMARY KEY
);
INSERT INTO judge_slot (slot) SELECT number FROM generate_series(0, 511) AS number;

CREATE TABLE pending_judgement (
    slot smallint NOT NULL,
    lane smallint NOT NULL,
    pending_no bigint GENERATED ALWAYS AS IDENTITY,
    causes bigint[] NOT NULL,
    subjects text[] NOT NULL,
    CONSTRAINT each_pending_judgement_once PRIMARY KEY (slot, lane, pending_no)
);
CREATE INDEX pending_judgement_by_cause ON pending_judgement USING gin (causes) WITH (fastupdate = on, gin_pending_list_limit = 512);

CREATE TABLE pending_component (
    slot smallint NOT NULL,
    pending_no bigint GENERATED ALWAYS AS IDENTITY,
    prefix text NOT NULL,
    report_no bigint NOT NULL,
    parent text NOT NULL,
    cause_submission bigint NOT NULL,
    CONSTRAINT each_pending_component_once PRIMARY KEY (slot, pending_no)
);
CREATE INDEX pending_component_by_cause ON pending_component (cause_submission);

CREATE TABLE subject_state (
    slot smallint NOT NULL,
    subject text NOT NULL,
    status text NOT NULL,
    holder text,
    vehicle text,
    body text NOT NULL,
    told text NOT NULL,
    has_findings boolean NOT NULL,
    has_duties boolean NOT NULL,
    verdict_version text NOT NULL,
    CONSTRAINT each_state_once PRIMARY KEY (slot, subject)
);

CREATE TABLE fact (
    slot smallint NOT NULL,
    target text NOT NULL,
    source text NOT NULL,
    name text NOT NULL,
    body text NOT NULL,
    CONSTRAINT each_fact_once PRIMARY KEY (slot, target, source, name)
);

-- origin "judge" or "sweep"; a lapsed conflict (sweep) takes the place of its lead (judge) wherever findings are shown.
CREATE TABLE finding (
    slot smallint NOT NULL,
    subject text NOT NULL,
    rule text NOT NULL,
    reporter text NOT NULL,
    report_id text NOT NULL,
    origin text NOT NULL,
    weight text NOT NULL,
    party text,
    about text[] NOT NULL,
    evidence text NOT NULL,
    CONSTRAINT each_finding_once PRIMARY KEY (slot, subject, rule, reporter, report_id, origin)
);
CREATE INDEX finding_by_rule ON finding (rule);
CREATE INDEX finding_by_party ON finding (party);
CREATE INDEX finding_by_about ON finding USING gin (about);

CREATE VIEW finding_shown AS
SELECT slot, subject, rule, reporter, report_id, origin, weight, party, about, evidence
FROM finding AS one
WHERE one.origin = 'sweep'
    OR NOT EXISTS (
        SELECT 1
        FROM finding AS other
        WHERE other.slot = one.slot
            AND other.subject = one.subject
            AND other.rule = one.rule
            AND other.reporter = one.reporter
            AND other.report_id = one.report_id
            AND other.origin = 'sweep'
    );

CREATE TABLE duty (
    slot smallint NOT NULL,
    subject text NOT NULL,
    kind text NOT NULL,
    opener text NOT NULL,
    opened_by text NOT NULL,
    rule text NOT NULL,
    party text,
    opened_on date NOT NULL,
    due_on date,
    lapses_on date,
    is_provisional boolean NOT NULL,
    closed_by text,
    closer text,
    evidence text NOT NULL,
    CONSTRAINT each_duty_once PRIMARY KEY (slot, subject, kind, opener, opened_by, rule)
);
CREATE INDEX duty_by_party ON duty (party);
CREATE INDEX open_duty_by_lapse ON duty (slot, lapses_on) WHERE closed_by IS NULL;
