-- name: move_account_flows
-- Moves sums of one lane by a difference, in key order; answers with those that fell to zero.
WITH moved AS (
    INSERT INTO account_flow (lane, uscc, day, site, item, flow, grams)
    SELECT %(lane)s, uscc, day, site, item, flow, grams
    FROM unnest(
        %(usccs)s::text[], %(days)s::date[], %(sites)s::text[], %(items)s::text[], %(flows)s::text[], %(grams)s::bigint[]
    ) AS staged (uscc, day, site, item, flow, grams)
    ON CONFLICT (lane, uscc, day, site, item, flow) DO UPDATE
    SET grams = account_flow.grams + excluded.grams
    RETURNING uscc, day, site, item, flow, grams
)
SELECT uscc, day, site, item, flow
FROM moved
WHERE grams = 0;

-- name: delete_account_flows
-- Deletes sums that fell to zero in this transaction, which still holds their rows.
DELETE FROM account_flow
USING unnest(%(usccs)s::text[], %(days)s::date[], %(sites)s::text[], %(items)s::text[], %(flows)s::text[])
    AS gone (uscc, day, site, item, flow)
WHERE account_flow.lane = %(lane)s
    AND account_flow.uscc = gone.uscc
    AND account_flow.day = gone.day
    AND account_flow.site = gone.site
    AND account_flow.item = gone.item
    AND account_flow.flow = gone.flow;

-- name: move_tallies
-- Moves counts of one lane by a difference, in key order.
INSERT INTO tally (lane, packed, count)
SELECT %(lane)s, packed, difference
FROM unnest(%(packed)s::text[], %(differences)s::bigint[]) AS staged (packed, difference)
ON CONFLICT (lane, packed) DO UPDATE
SET count = tally.count + excluded.count;

-- name: delete_tallies
-- Deletes those of these counts that fell to zero in this transaction, which still holds their rows.
DELETE FROM tally
WHERE lane = %(lane)s
    AND packed = ANY(%(packed)s)
    AND count = 0;

-- name: add_report_counts
-- Counts accepted reports, in key order.
INSERT INTO report_count (lane, reporter, kind, month, count)
SELECT %(lane)s, reporter, kind, %(month)s, count
FROM unnest(%(reporters)s::integer[], %(kinds)s::smallint[], %(counts)s::bigint[]) AS staged (reporter, kind, count)
ON CONFLICT (lane, reporter, kind, month) DO UPDATE
SET count = report_count.count + excluded.count;

-- name: read_chains
-- Reads what decides, beside the findings, whether these subjects count as whole, and how they count now.
SELECT subject, body, tallies
FROM subject_state
WHERE slot = %(slot)s
    AND subject = ANY(%(subjects)s)
    AND tallies <> '';

-- name: write_tallies
-- Writes how subjects count.
UPDATE subject_state
SET tallies = staged.tallies
FROM unnest(%(subjects)s::text[], %(tallies)s::text[]) AS staged (subject, tallies)
WHERE subject_state.slot = %(slot)s
    AND subject_state.subject = staged.subject;

-- name: read_flows
-- Reads the account of a participant up to a day, summed over lanes.
SELECT uscc, site, day, item, flow, sum(grams)::bigint AS grams
FROM account_flow
WHERE lane = ANY(%(lanes)s)
    AND uscc = %(uscc)s
    AND day <= %(until)s
GROUP BY uscc, site, day, item, flow
HAVING sum(grams) <> 0
ORDER BY uscc, site, day, item, flow;

-- name: read_flow_years
-- Reads some flows of some items up to a day by year, summed over lanes and sites, of one participant or of all.
SELECT extract(YEAR FROM day)::integer AS year, item, flow, sum(grams)::bigint AS grams
FROM account_flow
WHERE lane = ANY(%(lanes)s)
    AND item = ANY(%(items)s)
    AND flow = ANY(%(flows)s)
    AND (%(uscc)s::text IS NULL OR uscc = %(uscc)s)
    AND day <= %(until)s
GROUP BY extract(YEAR FROM day), item, flow
HAVING sum(grams) <> 0
ORDER BY extract(YEAR FROM day), item, flow;

-- name: find_contributors
-- Finds the subjects with flows in an account in a month. That it is not empty is what the index asks for.
SELECT subject, flows
FROM subject_state
WHERE accounts @> ARRAY[%(account)s::text]
    AND accounts <> '{}';

-- name: read_tallies
-- Reads counts whose packed form begins in one of these ways, summed over lanes.
SELECT tally.packed, sum(tally.count)::bigint AS count
FROM unnest(%(prefixes)s::text[]) AS wanted (prefix)
INNER JOIN tally
    ON tally.lane = ANY(%(lanes)s)
    AND tally.packed >= wanted.prefix
    AND tally.packed < wanted.prefix || '~'
GROUP BY tally.packed;

-- name: read_vehicle_months
-- Reads vehicles sold new and those gone by month of sale, summed over lanes, and over parties and provinces unless asked for by them.
-- The fields are those of core/tally.py; a nation's counts are too many to unpack one by one.
SELECT
    left(tally.packed, 1) AS letter,
    CASE WHEN %(by_party)s THEN split_part(substr(tally.packed, 2), ',', 1) ELSE '' END AS party,
    CASE WHEN %(by_province)s THEN left(split_part(tally.packed, ',', 2), 2) ELSE '' END AS province,
    split_part(tally.packed, ',', 3) AS kind,
    split_part(tally.packed, ',', 4) AS status,
    split_part(tally.packed, ',', 5) AS month,
    sum(tally.count)::bigint AS count
FROM unnest(%(prefixes)s::text[]) AS wanted (prefix)
INNER JOIN tally
    ON tally.lane = ANY(%(lanes)s)
    AND tally.packed >= wanted.prefix
    AND tally.packed < wanted.prefix || '~'
GROUP BY
    left(tally.packed, 1),
    CASE WHEN %(by_party)s THEN split_part(substr(tally.packed, 2), ',', 1) ELSE '' END,
    CASE WHEN %(by_province)s THEN left(split_part(tally.packed, ',', 2), 2) ELSE '' END,
    split_part(tally.packed, ',', 3),
    split_part(tally.packed, ',', 4),
    split_part(tally.packed, ',', 5);

-- name: read_newest_month
-- Reads the newest month, up to one, in the counts that begin in these ways.
SELECT max(right(tally.packed, 7)) AS month
FROM unnest(%(prefixes)s::text[]) AS wanted (prefix)
INNER JOIN tally
    ON tally.lane = ANY(%(lanes)s)
    AND tally.packed >= wanted.prefix
    AND tally.packed < wanted.prefix || '~'
WHERE right(tally.packed, 7) <= %(until)s;

-- name: read_report_counts
-- Reads how many reports of each kind a participant has in the record, by month of receipt.
SELECT kind, month, sum(count)::bigint AS count
FROM report_count
WHERE lane = ANY(%(lanes)s)
    AND reporter = %(reporter)s
GROUP BY kind, month;
