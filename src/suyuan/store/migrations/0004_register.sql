-- The register as statements of acts, participants among them; who did an act.

ALTER TABLE act ADD COLUMN actor text NOT NULL DEFAULT '';

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

INSERT INTO register_entry (topic, key, since, act_no, is_withdrawn, parties, body)
SELECT
    'participants',
    ARRAY[uscc],
    valid_from,
    act_no,
    FALSE,
    ARRAY[uscc],
    jsonb_build_object(
        'uscc', uscc,
        'name', name,
        'roles', roles,
        'division', division,
        'manufacturer_codes', manufacturer_codes,
        'valid_from', valid_from,
        'valid_until', valid_until
    )
FROM participant;
DROP TABLE participant;
-- No act ever wrote a site, so that there is none to keep.
DROP TABLE site;
