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
