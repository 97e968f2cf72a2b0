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
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence
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

-- name: count_reports
-- Counts the reports of every party by kind and Shanghai month of receipt, each once however many timelines it stands in.
SELECT party.uscc, counted.kind, counted.month, counted.count
FROM (
    SELECT reporter, kind, to_char(received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, count(DISTINCT report_no) AS count
    FROM timeline
    GROUP BY 1, 2, 3
) AS counted
INNER JOIN party
    ON party.party_no = counted.reporter;

-- name: read_held_against
-- Reads the findings of some rules that are held against some parties, those about participants themselves left out.
SELECT party, rule, subject, report_id, weight, evidence
FROM finding_shown
WHERE party = ANY(%(usccs)s)
    AND rule = ANY(%(rules)s)
    AND subject NOT LIKE 'participant:%%';
