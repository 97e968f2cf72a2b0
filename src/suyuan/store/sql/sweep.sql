-- name: read_lapsed
-- Reads the open duties of a slot whose grace was over before a day; those of participants themselves are judged apart.
SELECT subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, evidence
FROM duty
WHERE slot = %(slot)s
    AND closed_by IS NULL
    AND lapses_on < %(as_of)s
    AND subject NOT LIKE 'participant:%%';

-- name: read_swept
-- Reads the lapse findings that earlier sweeps wrote in a slot.
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
FROM finding
WHERE slot = %(slot)s
    AND origin = 'sweep'
    AND subject NOT LIKE 'participant:%%';

-- name: note_findings
-- Notes which subjects have findings, so that the next judgement looks at them.
UPDATE subject_state
SET has_findings = EXISTS (
    SELECT 1
    FROM finding
    WHERE finding.slot = subject_state.slot
        AND finding.subject = subject_state.subject
)
WHERE slot = %(slot)s
    AND subject = ANY(%(subjects)s);
