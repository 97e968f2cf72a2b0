-- Who takes part, the acts that said so, and what was set at the beginning.

CREATE TABLE setting (
    name text NOT NULL CONSTRAINT each_setting_once PRIMARY KEY,
    value text NOT NULL
);

-- An act with effect on judgements, kept with its bytes: files of the register, days swept. `actor` tells who
-- did it, where that is known. Rebuild repeats acts in order.
CREATE TABLE act (
    act_no bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT each_act_once PRIMARY KEY,
    kind text NOT NULL,
    acted_at timestamptz NOT NULL,
    digest bytea NOT NULL,
    body bytea NOT NULL,
    actor text NOT NULL DEFAULT ''
);
CREATE INDEX act_by_kind ON act (kind, act_no);

-- Every USCC that ever stood in a report, registered or not, under a small number.
CREATE TABLE party (
    party_no integer GENERATED ALWAYS AS IDENTITY CONSTRAINT each_party_once PRIMARY KEY,
    uscc text NOT NULL CONSTRAINT each_uscc_once UNIQUE
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
