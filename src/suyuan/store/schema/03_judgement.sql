-- What is derived from the record: every row can be rebuilt. Every key begins with the slot, crc32(subject) % 256.

-- Locked by whoever judges: slots 0 to 255 of subjects, 256 to 511 of components.
CREATE TABLE judge_slot (
    slot smallint NOT NULL CONSTRAINT each_slot_once PRIMARY KEY
);
INSERT INTO judge_slot (slot) SELECT number FROM generate_series(0, 511) AS number;

-- One row holds the subjects of a slot that one batch makes pending, and the submissions that caused it.
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
    tallies text NOT NULL DEFAULT '',
    flows text NOT NULL DEFAULT '',
    accounts text[] NOT NULL DEFAULT '{}',
    CONSTRAINT each_state_once PRIMARY KEY (slot, subject)
);
CREATE INDEX subject_state_by_account ON subject_state USING gin (accounts) WHERE accounts <> '{}';

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
    occurred_on date NOT NULL DEFAULT '0001-01-01',
    CONSTRAINT each_finding_once PRIMARY KEY (slot, subject, rule, reporter, report_id, origin)
);
CREATE INDEX finding_by_rule ON finding (rule);
CREATE INDEX finding_by_party ON finding (party);
CREATE INDEX finding_by_about ON finding USING gin (about);

CREATE VIEW finding_shown AS
SELECT slot, subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
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
    unit text NOT NULL DEFAULT 'calendar',
    CONSTRAINT each_duty_once PRIMARY KEY (slot, subject, kind, opener, opened_by, rule)
);
CREATE INDEX duty_by_party ON duty (party);
CREATE INDEX open_duty_by_lapse ON duty (slot, lapses_on) WHERE closed_by IS NULL;
