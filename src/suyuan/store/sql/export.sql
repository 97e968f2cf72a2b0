-- name: begin_snapshot
-- Lets everything in this transaction read one state of the database, and write nothing.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: list_report_months
-- Lists the Shanghai months in which submissions with accepted rows were received.
SELECT DISTINCT to_char(received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month
FROM submission
WHERE accepted > 0
ORDER BY month;

-- name: stream_pieces
-- Reads the row outcomes of what was received between two moments, in the order of submissions and rows.
SELECT submission.submission_no, submission.received_at, row_outcome.body
FROM submission
INNER JOIN row_outcome ON row_outcome.submission_no = submission.submission_no
WHERE submission.received_at >= %(since)s
    AND submission.received_at < %(until)s
    AND submission.accepted > 0
ORDER BY submission.submission_no, row_outcome.first_row;

-- name: stream_states
-- Reads the states of the subjects whose name has a shape, slot by slot.
SELECT subject, body, tallies
FROM subject_state
WHERE subject ~ %(shape)s
ORDER BY slot, subject COLLATE "C";

-- name: stream_findings
-- Reads all findings as they are shown, slot by slot.
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
FROM finding_shown
ORDER BY slot, subject COLLATE "C", rule COLLATE "C", reporter COLLATE "C", report_id COLLATE "C", origin COLLATE "C";

-- name: stream_duties
-- Reads all duties, slot by slot.
SELECT subject, kind, party, opener, opened_by, rule, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
FROM duty
ORDER BY slot, subject COLLATE "C", kind COLLATE "C", opener COLLATE "C", opened_by COLLATE "C", rule COLLATE "C";

-- name: list_flow_months
-- Lists the months of which accounts hold flows.
SELECT DISTINCT to_char(day, 'YYYY-MM') AS month
FROM account_flow
ORDER BY month;

-- name: stream_flows
-- Reads the flows of all accounts between two days, summed over lanes.
SELECT uscc, site, day, item, flow, sum(grams)::bigint AS grams
FROM account_flow
WHERE day >= %(since)s
    AND day < %(until)s
GROUP BY uscc, site, day, item, flow
HAVING sum(grams) <> 0
ORDER BY day, uscc COLLATE "C", site COLLATE "C", item COLLATE "C", flow COLLATE "C";

-- name: stream_tallies
-- Reads all counts, summed over lanes.
SELECT packed, sum(count)::bigint AS count
FROM tally
GROUP BY packed
HAVING sum(count) <> 0
ORDER BY packed;

-- name: read_last_checkpoint
-- Reads the newest signed checkpoint of the newest shard.
SELECT log_checkpoint.shard, log_checkpoint.size, log_checkpoint.text
FROM log_checkpoint
WHERE EXISTS (
    SELECT 1
    FROM log_signature
    WHERE log_signature.shard = log_checkpoint.shard
        AND log_signature.size = log_checkpoint.size
)
ORDER BY log_checkpoint.shard DESC, log_checkpoint.size DESC
LIMIT 1;

-- name: count_reports
-- Counts the reports by month of receipt and kind, as the recorder counted them.
SELECT month, kind, sum(count)::bigint AS count
FROM report_count
GROUP BY month, kind
HAVING sum(count) <> 0;

-- name: count_findings
-- Counts the findings that are shown by rule and weight.
SELECT rule, weight, count(*) AS count
FROM finding_shown
GROUP BY rule, weight;

-- name: count_duties
-- Counts the duties that are open and those that are settled.
SELECT closed_by IS NULL AS is_open, count(*) AS count
FROM duty
GROUP BY is_open;

-- name: sum_flows
-- Sums all accounts by month, item and flow.
SELECT to_char(day, 'YYYY-MM') AS month, item, flow, sum(grams)::bigint AS grams
FROM account_flow
GROUP BY month, item, flow
HAVING sum(grams) <> 0;
