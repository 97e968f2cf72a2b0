-- name: add_party_months
-- Notes in which months parties reported that something occurred, in key order.
INSERT INTO party_month (reporter, model, month)
SELECT reporter, model, month
FROM unnest(%(reporters)s::integer[], %(models)s::text[], %(months)s::text[]) AS staged (reporter, model, month)
ON CONFLICT (reporter, model, month) DO NOTHING;

-- name: read_party_months
-- Reads in which months parties reported that something occurred, and that batteries of which model were born.
SELECT reporter, model, month
FROM party_month
WHERE reporter = ANY(%(reporters)s);

-- name: count_reports
-- Counts the reports of parties by kind and month of receipt.
SELECT reporter, kind, month, CAST(sum(count) AS bigint) AS count
FROM report_count
WHERE lane = ANY(%(lanes)s)
    AND reporter = ANY(%(reporters)s)
GROUP BY reporter, kind, month;

-- name: count_reports_of_kinds
-- Counts the reports of everybody of some kinds from a month of receipt on.
SELECT reporter, kind, month, CAST(sum(count) AS bigint) AS count
FROM report_count
WHERE kind = ANY(%(kinds)s)
    AND month >= %(since)s
GROUP BY reporter, kind, month;

-- name: read_held_against
-- Reads the findings of some rules that are held against some parties, those about participants themselves left out.
SELECT party, rule, subject, report_id, weight, evidence
FROM finding_shown
WHERE party = ANY(%(usccs)s)
    AND rule = ANY(%(rules)s)
    AND subject NOT LIKE 'participant:%%';

-- name: read_party_events
-- Reads the reports that concern parties alone, by them or naming them, unless withdrawn.
SELECT one.report_no, one.occurred_on, one.occurred_time, one.received_at, one.reporter, one.counterparty, one.kind, one.report_id, one.body
FROM (
    SELECT slot, subject, report_no, occurred_on, occurred_time, received_at, reporter, counterparty, kind, report_id, body
    FROM timeline
    WHERE kind IN (5, 26, 28, 33)
        AND reporter = ANY(%(reporters)s)
    UNION
    SELECT slot, subject, report_no, occurred_on, occurred_time, received_at, reporter, counterparty, kind, report_id, body
    FROM timeline
    WHERE kind IN (26, 28)
        AND counterparty = ANY(%(reporters)s)
) AS one
WHERE NOT EXISTS (
    SELECT 1
    FROM timeline AS other
    WHERE other.slot = one.slot
        AND other.subject = one.subject
        AND other.kind = 34
        AND other.reporter = one.reporter
        AND CAST(other.body AS json) ->> 'withdraws' = one.report_id
);

-- name: read_flows_of_many
-- Reads the accounts of participants up to a day, summed over lanes.
SELECT uscc, site, day, item, flow, CAST(sum(grams) AS bigint) AS grams
FROM account_flow
WHERE lane = ANY(%(lanes)s)
    AND uscc = ANY(%(usccs)s)
    AND day <= %(until)s
GROUP BY uscc, site, day, item, flow
HAVING sum(grams) <> 0;
