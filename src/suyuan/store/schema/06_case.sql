-- Cases: every row is derived from the acts of kind "case" in `act`, which rebuild repeats in their order.
-- `keeps_findings` tells that its findings come into no other case; the penalty is the one in force, null once revoked.

CREATE TABLE "case" (
    case_no text NOT NULL CONSTRAINT each_case_once PRIMARY KEY,
    series text NOT NULL,
    year smallint NOT NULL,
    number integer NOT NULL,
    authority text NOT NULL,
    line text NOT NULL,
    party text,
    place text NOT NULL,
    opened_at timestamptz NOT NULL,
    state text NOT NULL,
    keeps_findings boolean NOT NULL,
    penalty text,
    penalty_on date,
    penalty_served_on date,
    CONSTRAINT each_number_of_a_series_once_a_year UNIQUE (series, year, number)
);
CREATE INDEX case_by_party ON "case" (party);

-- Append only. `act_no` names the row of `act` that holds the bytes; `digest` is their SHA-256.
CREATE TABLE case_act (
    case_no text NOT NULL,
    case_act_no integer NOT NULL,
    move text NOT NULL,
    officer text,
    second_officer text,
    acted_at timestamptz NOT NULL,
    body text NOT NULL,
    digest bytea NOT NULL,
    act_no bigint NOT NULL,
    CONSTRAINT each_act_of_a_case_once PRIMARY KEY (case_no, case_act_no)
);

-- Findings as they were when a case took them in, whatever their timelines say since.
CREATE TABLE case_finding (
    case_no text NOT NULL,
    subject text NOT NULL,
    rule text NOT NULL,
    reporter text NOT NULL,
    report_id text NOT NULL,
    weight text NOT NULL,
    is_verified boolean NOT NULL,
    is_conflict boolean NOT NULL,
    about text[] NOT NULL,
    evidence text NOT NULL,
    source text NOT NULL,
    rulebook_version text NOT NULL,
    CONSTRAINT each_finding_of_a_case_once PRIMARY KEY (case_no, subject, rule, reporter, report_id)
);
CREATE INDEX case_finding_by_subject ON case_finding (subject);

-- A bearer token of an officer, kept as its hash only; apart from those of participants and of the operator, so that one
-- is never taken for the other.
CREATE TABLE officer_token (
    token_hash bytea NOT NULL CONSTRAINT each_token_of_an_officer_once PRIMARY KEY,
    officer text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
);
