-- name: copy_reports
-- Takes reports with new ids in key order; fails if one is taken.
COPY report (reporter, report_id, report_no, content_digest)
FROM STDIN;

-- name: insert_reports
-- Claims report ids in key order; an id that is taken is left out and looked at by the next statement.
INSERT INTO report (reporter, report_id, report_no, content_digest)
SELECT reporter, report_id, report_no, content_digest
FROM unnest(%(reporters)s::integer[], %(report_ids)s::text[], %(report_nos)s::bigint[], %(digests)s::bytea[])
    AS staged (reporter, report_id, report_no, content_digest)
ON CONFLICT (reporter, report_id) DO NOTHING;

-- name: find_reports
-- Reads what is recorded under these ids.
SELECT report.reporter, report.report_id, report.report_no, report.content_digest
FROM unnest(%(reporters)s::integer[], %(report_ids)s::text[]) AS wanted (reporter, report_id)
INNER JOIN report
    ON report.reporter = wanted.reporter
    AND report.report_id = wanted.report_id;

-- name: copy_timeline
-- Takes timeline rows in the order of their key.
COPY timeline (slot, subject, report_no, reporter, counterparty, occurred_on, occurred_time, received_at, kind, report_id, body)
FROM STDIN;

-- name: insert_claims
-- Records which report claims which component for which parent.
INSERT INTO component_claim (slot, component, parent, report_no, since)
SELECT slot, component, parent, report_no, since
FROM unnest(%(slots)s::smallint[], %(components)s::text[], %(parents)s::text[], %(report_nos)s::bigint[], %(days)s::date[])
    AS staged (slot, component, parent, report_no, since)
ON CONFLICT DO NOTHING;

-- name: withdraw_claims
-- Ends the claims of a withdrawn report from the day of its withdrawal; of several withdrawals the earliest day counts.
UPDATE component_claim
SET withdrawn_on = least(component_claim.withdrawn_on, staged.withdrawn_on)
FROM (
    SELECT parent, report_no, min(day) AS withdrawn_on
    FROM unnest(%(parents)s::text[], %(report_nos)s::bigint[], %(days)s::date[]) AS withdrawal (parent, report_no, day)
    GROUP BY parent, report_no
) AS staged
WHERE component_claim.parent = staged.parent
    AND component_claim.report_no = staged.report_no;

-- name: insert_pending_components
-- Makes lists of components pending, one row a prefix.
INSERT INTO pending_component (slot, prefix, report_no, parent, cause_submission)
SELECT slot, prefix, report_no, parent, %(cause)s
FROM unnest(%(slots)s::smallint[], %(prefixes)s::text[], %(report_nos)s::bigint[], %(parents)s::text[])
    AS staged (slot, prefix, report_no, parent);
