-- What acts said of the register, topic by topic (`core.topic`). Nothing is overwritten: of the statements about one key and
-- first day that of the latest act counts; one that is withdrawn says that the entry was recorded in error.
CREATE TABLE register_entry (
    topic text NOT NULL,
    key text[] NOT NULL,
    since date NOT NULL,
    act_no bigint NOT NULL,
    is_withdrawn boolean NOT NULL,
    parties text[] NOT NULL,
    body jsonb NOT NULL,
    CONSTRAINT each_statement_of_an_act_once PRIMARY KEY (topic, key, since, act_no)
);
CREATE INDEX register_entry_by_party ON register_entry USING gin (parties);

-- What a committed change of the register concerns, until the subjects are pending: whoever judges next goes on with it where
-- the one who changed it was cut off.
CREATE TABLE register_outstanding (
    act_no bigint NOT NULL CONSTRAINT each_outstanding_act_once PRIMARY KEY,
    usccs text[] NOT NULL,
    manufacturer_codes text[] NOT NULL,
    subjects text[] NOT NULL,
    carriers text[] NOT NULL
);
