-- name: page_findings
-- Reads findings as they are shown, behind the last one of the page before; a filter that is null lets everything through.
SELECT slot, subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
FROM finding_shown
WHERE (slot, subject, rule, reporter, report_id, origin) > (
    %(slot)s::smallint, %(after_subject)s::text, %(after_rule)s::text, %(after_reporter)s::text, %(after_report_id)s::text,
    %(after_origin)s::text
)
    AND (%(rule)s::text IS NULL OR rule = %(rule)s)
    AND (%(weight)s::text IS NULL OR weight = %(weight)s)
    AND (%(party)s::text IS NULL OR party = %(party)s)
    AND (
        %(subject)s::text IS NULL
        OR (slot = %(subject_slot)s::smallint AND subject = %(subject)s)
        OR about @> ARRAY[%(subject)s::text]
    )
ORDER BY slot, subject, rule, reporter, report_id, origin
LIMIT %(limit)s;

-- name: page_duties
-- Reads open duties by the day they are due, then those settled, behind the last one of the page before.
SELECT closed_by IS NOT NULL, coalesce(due_on, date '9999-12-31'), subject, kind, party, opener, opened_by, rule, opened_on, due_on, lapses_on, is_provisional,
    closed_by, closer, evidence, unit
FROM duty
WHERE (closed_by IS NOT NULL, coalesce(due_on, date '9999-12-31'), subject, kind, opener, opened_by, rule) > (
    %(after_settled)s::boolean, %(after_due_on)s::date, %(after_subject)s::text, %(after_kind)s::text, %(after_opener)s::text, %(after_opened_by)s::text,
    %(after_rule)s::text
)
    AND (%(party)s::text IS NULL OR party = %(party)s)
    AND (%(overdue_on)s::date IS NULL OR (due_on < %(overdue_on)s AND closed_by IS NULL))
ORDER BY closed_by IS NOT NULL, coalesce(due_on, date '9999-12-31'), subject, kind, opener, opened_by, rule
LIMIT %(limit)s;

-- name: find_parts
-- Finds the subjects in whose timelines a party reports or is named, which it holds, or where it has a duty or finding.
SELECT wanted.subject
FROM unnest(%(slots)s::smallint[], %(subjects)s::text[]) AS wanted (slot, subject)
WHERE EXISTS (
    SELECT 1
    FROM timeline
    WHERE timeline.slot = wanted.slot
        AND timeline.subject = wanted.subject
        AND (timeline.reporter = %(party_no)s::integer OR timeline.counterparty = %(party_no)s::integer)
)
    OR EXISTS (
        SELECT 1
        FROM subject_state
        WHERE subject_state.slot = wanted.slot
            AND subject_state.subject = wanted.subject
            AND subject_state.holder = %(uscc)s
    )
    OR EXISTS (
        SELECT 1
        FROM duty
        WHERE duty.slot = wanted.slot
            AND duty.subject = wanted.subject
            AND duty.party = %(uscc)s
    )
    OR EXISTS (
        SELECT 1
        FROM finding
        WHERE finding.slot = wanted.slot
            AND finding.subject = wanted.subject
            AND finding.party = %(uscc)s
    );
