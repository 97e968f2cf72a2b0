-- name: read_state
-- Reads the state of one subject.
SELECT status, holder, vehicle, body
FROM subject_state
WHERE slot = %(slot)s
    AND subject = %(subject)s;

-- name: read_states
-- Reads the states of some subjects.
SELECT subject_state.subject, subject_state.status, subject_state.holder, subject_state.body
FROM unnest(%(slots)s::smallint[], %(subjects)s::text[]) AS wanted (slot, subject)
INNER JOIN subject_state
    ON subject_state.slot = wanted.slot
    AND subject_state.subject = wanted.subject;

-- name: is_pending
-- Tells whether a subject waits for a judge.
SELECT EXISTS (SELECT 1 FROM pending_judgement WHERE slot = %(slot)s AND %(subject)s = ANY(subjects));

-- name: list_findings
-- Lists findings as they are shown; a filter that is null lets everything through.
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
FROM finding_shown
WHERE (%(rule)s::text IS NULL OR rule = %(rule)s)
    AND (%(weight)s::text IS NULL OR weight = %(weight)s)
    AND (%(party)s::text IS NULL OR party = %(party)s)
    AND (
        %(subject)s::text IS NULL
        OR (slot = %(slot)s AND subject = %(subject)s)
        OR about @> ARRAY[%(subject)s::text]
    )
ORDER BY subject, rule, reporter, report_id;

-- name: list_findings_of_subject
-- Lists the findings of one subject, its own and those about it.
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
FROM finding_shown
WHERE slot = %(slot)s
    AND subject = %(subject)s
UNION ALL
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
FROM finding_shown
WHERE about @> ARRAY[%(subject)s::text]
ORDER BY 1, 2, 3, 4;

-- name: list_duties
-- Lists duties, by party and by what is overdue on a day.
SELECT subject, kind, party, opener, opened_by, rule, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
FROM duty
WHERE (%(party)s::text IS NULL OR party = %(party)s)
    AND (%(overdue_on)s::date IS NULL OR (due_on < %(overdue_on)s AND closed_by IS NULL))
ORDER BY closed_by IS NOT NULL, due_on NULLS LAST, subject, kind, opener, opened_by, rule;

-- name: list_duties_of_subject
-- Lists the duties in one subject's timeline.
SELECT subject, kind, party, opener, opened_by, rule, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
FROM duty
WHERE slot = %(slot)s
    AND subject = %(subject)s
ORDER BY opened_on, kind, opener, opened_by, rule;
