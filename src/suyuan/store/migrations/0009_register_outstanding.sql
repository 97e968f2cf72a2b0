-- What a committed change of the register concerns, until the subjects are pending: whoever judges next goes on with it where
-- the one who changed it was cut off.
CREATE TABLE register_outstanding (
    act_no bigint NOT NULL CONSTRAINT each_outstanding_act_once PRIMARY KEY,
    usccs text[] NOT NULL,
    manufacturer_codes text[] NOT NULL,
    subjects text[] NOT NULL,
    carriers text[] NOT NULL
);
