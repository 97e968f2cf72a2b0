-- Salt and ciphertext of the personal values for which commitments stand in reports; erasing sets both to null.
CREATE TABLE personal_value (
    report_no bigint NOT NULL,
    field text NOT NULL,
    salt bytea,
    ciphertext bytea,
    CONSTRAINT each_personal_value_once PRIMARY KEY (report_no, field)
);
