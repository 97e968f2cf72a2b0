-- name: begin_snapshot
-- Lets all queries of this transaction see one moment, whoever records and judges meanwhile.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY;

-- name: compare_account_flows
-- Compares the account flows of one lane with the flows of the subjects of its slots; answers with the first keys that differ.
WITH counted AS (
    SELECT
        one.flow ->> 0 AS uscc,
        (one.flow ->> 2)::date AS day,
        one.flow ->> 1 AS site,
        one.flow ->> 3 AS item,
        one.flow ->> 4 AS flow,
        sum((one.flow ->> 5)::bigint)::bigint AS grams
    FROM subject_state
    CROSS JOIN LATERAL json_array_elements(flows::json) AS one (flow)
    WHERE slot = ANY(%(slots)s)
        AND flows <> ''
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum((one.flow ->> 5)::bigint) <> 0
),
standing AS (
    SELECT uscc, day, site, item, flow, grams
    FROM account_flow
    WHERE lane = %(lane)s
)
SELECT uscc, day, site, item, flow, standing.grams, counted.grams, count(*) OVER () AS differing
FROM counted
FULL JOIN standing USING (uscc, day, site, item, flow)
WHERE standing.grams IS DISTINCT FROM counted.grams
ORDER BY uscc, day, site, item, flow
LIMIT %(limit)s;

-- name: compare_tallies
-- Compares the counts of one lane with what the subjects of its slots count for; answers with the first that differ.
WITH counted AS (
    SELECT one.packed COLLATE "C" AS packed, count(*) AS count
    FROM subject_state
    CROSS JOIN LATERAL unnest(string_to_array(tallies, ';')) AS one (packed)
    WHERE slot = ANY(%(slots)s)
        AND tallies <> ''
    GROUP BY 1
),
standing AS (
    SELECT packed, count
    FROM tally
    WHERE lane = %(lane)s
)
SELECT packed, standing.count, counted.count, count(*) OVER () AS differing
FROM counted
FULL JOIN standing USING (packed)
WHERE standing.count IS DISTINCT FROM counted.count
ORDER BY packed
LIMIT %(limit)s;

-- name: read_standing_counts
-- Reads the report counts of one lane.
SELECT party.uscc, report_count.kind, report_count.month, report_count.count
FROM report_count
INNER JOIN party
    ON party.party_no = report_count.reporter
WHERE report_count.lane = %(lane)s;

-- name: list_submissions
-- Lists the submissions of one lane with their moment of receipt.
SELECT submission_no, received_at
FROM submission
WHERE mod(submission_no, 8) = %(lane)s
ORDER BY submission_no;

-- name: read_outcomes
-- Reads the outcomes of a submission's rows.
SELECT body
FROM row_outcome
WHERE submission_no = %(submission_no)s
ORDER BY first_row;
