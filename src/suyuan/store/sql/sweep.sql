-- name: read_lapsed
-- Reads the open duties of a slot whose grace was over before a day, with the lead that opened them, if one did.
SELECT duty.subject, duty.kind, duty.opener, duty.opened_by, duty.rule, duty.party, duty.opened_on, duty.due_on, duty.lapses_on,
    duty.is_provisional, duty.evidence, finding.about, finding.evidence
FROM duty
LEFT JOIN finding
    ON finding.slot = duty.slot
    AND finding.subject = duty.subject
    AND finding.rule = duty.rule
    AND finding.reporter = duty.opener
    AND finding.report_id = duty.opened_by
    AND finding.origin = 'judge'
WHERE duty.slot = %(slot)s
    AND duty.closed_by IS NULL
    AND duty.lapses_on < %(as_of)s;

-- name: read_swept
-- Reads the findings that earlier sweeps wrote in a slot.
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence
FROM finding
WHERE slot = %(slot)s
    AND origin = 'sweep';

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
