-- Personal values beside the record, until they are erased.

CREATE TABLE personal_value (
    report_no bigint NOT NULL,
    field text NOT NULL,
    salt bytea,
    ciphertext bytea,
    CONSTRAINT each_personal_value_once PRIMARY KEY (report_no, field)
);
