-- name: find_slots
-- Finds the component slots with pending lists.
SELECT DISTINCT slot
FROM pending_component
ORDER BY slot;

-- name: find_slots_of_cause
-- Finds the component slots that a submission keeps waiting.
SELECT DISTINCT slot
FROM pending_component
WHERE cause_submission = %(cause)s
ORDER BY slot;

-- name: read_pending
-- Reads lists of components that wait in a slot.
SELECT pending_no, prefix, report_no, parent, cause_submission
FROM pending_component
WHERE slot = %(slot)s
ORDER BY pending_no
LIMIT %(limit)s;

-- name: delete_pending
-- Deletes exactly the pending rows that were read.
DELETE FROM pending_component
WHERE slot = %(slot)s
    AND pending_no = ANY(%(numbers)s);

-- name: read_rival_claims
-- Reads every claim of those components in the lists that more than one parent has claimed, withdrawn claims too.
SELECT
    rival.component,
    rival.parent,
    rival.report_no,
    rival.since,
    CAST(submission.received_at AT TIME ZONE 'Asia/Shanghai' AS date),
    rival.withdrawn_on IS NOT NULL,
    listed.causes
FROM (
    SELECT claim.component, array_agg(DISTINCT list.cause) AS causes
    FROM unnest(%(prefixes)s::text[], %(report_nos)s::bigint[], %(parents)s::text[], %(causes)s::bigint[])
        AS list (prefix, report_no, parent, cause)
    INNER JOIN component_claim AS claim
        ON claim.parent = list.parent
        AND claim.report_no = list.report_no
        AND claim.slot = %(slot)s
        AND left(claim.component, 17) = list.prefix
    WHERE EXISTS (
        SELECT 1
        FROM component_claim AS other
        WHERE other.slot = claim.slot
            AND other.component = claim.component
            AND other.parent <> claim.parent
    )
    GROUP BY claim.component
) AS listed
INNER JOIN component_claim AS rival
    ON rival.slot = %(slot)s
    AND rival.component = listed.component
INNER JOIN submission
    ON submission.submission_no = rival.report_no >> 31
ORDER BY rival.component, rival.parent, rival.since, rival.report_no;

-- name: read_rivals_of
-- Reads, for the components that a parent and another both claimed up to a day, all claims of that day.
SELECT DISTINCT
    rival.component,
    rival.parent,
    rival.report_no,
    rival.since,
    CAST(submission.received_at AT TIME ZONE 'Asia/Shanghai' AS date)
FROM component_claim AS own
INNER JOIN component_claim AS rival
    ON rival.slot = own.slot
    AND rival.component = own.component
INNER JOIN submission
    ON submission.submission_no = rival.report_no >> 31
WHERE own.parent = %(parent)s
    AND own.since <= %(until)s
    AND (own.withdrawn_on IS NULL OR own.withdrawn_on > %(until)s)
    AND rival.since <= %(until)s
    AND (rival.withdrawn_on IS NULL OR rival.withdrawn_on > %(until)s)
ORDER BY rival.component, rival.parent, rival.since, rival.report_no;

-- name: read_reports_of_claims
-- Reads which reports claim components for these parents, withdrawn ones too.
SELECT DISTINCT report_no
FROM component_claim
WHERE parent = ANY(%(parents)s)
ORDER BY report_no;

-- name: read_reports_of_rivals
-- Reads which reports claim, for another parent, a component that a parent claims too, withdrawn ones too.
SELECT DISTINCT rival.report_no
FROM component_claim AS own
INNER JOIN component_claim AS rival
    ON rival.slot = own.slot
    AND rival.component = own.component
    AND rival.parent <> own.parent
WHERE own.parent = %(parent)s
ORDER BY rival.report_no;

-- name: read_told
-- Reads what the component index tells these parents.
SELECT slot, target, source, name, body
FROM fact
WHERE slot = ANY(%(slots)s::smallint[])
    AND target = ANY(%(parents)s)
    AND name = 'component_claimed';

-- name: read_composition
-- Reads which components are claimed for parents; withdrawn claims do not count.
SELECT parent, component, min(since)
FROM component_claim
WHERE parent = ANY(%(parents)s)
    AND (withdrawn_on IS NULL OR withdrawn_on > %(until)s)
    AND since <= %(until)s
GROUP BY parent, component
ORDER BY parent, component;

-- name: find_parents
-- Reads which parents claim a component.
SELECT parent, min(since)
FROM component_claim
WHERE slot = %(slot)s
    AND component = %(component)s
    AND (withdrawn_on IS NULL OR withdrawn_on > %(until)s)
    AND since <= %(until)s
GROUP BY parent
ORDER BY min(since), parent;
