-- The day of what a finding is about: the book of that day says whether its rule is verified. Findings from before get theirs when
-- the newer version of the program judges and sweeps again.

ALTER TABLE finding ADD COLUMN occurred_on date NOT NULL DEFAULT '0001-01-01';

CREATE OR REPLACE VIEW finding_shown AS
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
