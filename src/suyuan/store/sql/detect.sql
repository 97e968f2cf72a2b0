-- What the detectors read of the whole record, grouped here. Reports withdrawn by the day looked at are given as numbers to leave out.

-- name: read_withdrawn
-- Reads the numbers of the reports withdrawn by a day.
SELECT DISTINCT report.report_no
FROM timeline AS withdrawal
INNER JOIN report
    ON report.reporter = withdrawal.reporter
    AND report.report_id = CAST(withdrawal.body AS json) ->> 'withdraws'
WHERE withdrawal.kind = 34
    AND withdrawal.occurred_on <= %(as_of)s
ORDER BY report.report_no;

-- name: find_leaps
-- Finds sightings of one subject that follow each other within days in different provinces, unless goods went between the two.
WITH home AS (
    SELECT party.party_no, given.division
    FROM unnest(%(usccs)s::text[], %(divisions)s::text[]) AS given (uscc, division)
    INNER JOIN party ON party.uscc = given.uscc
),

sighting AS (
    SELECT
        timeline.slot,
        timeline.subject,
        timeline.occurred_on,
        timeline.occurred_time,
        timeline.reporter,
        timeline.kind,
        timeline.report_id,
        coalesce(CAST(timeline.body AS json) ->> 'place', home.division) AS division
    FROM timeline
    LEFT JOIN home ON home.party_no = timeline.reporter
    WHERE timeline.kind = ANY(%(kinds)s::smallint[])
        AND timeline.occurred_on <= %(as_of)s
        AND timeline.subject NOT LIKE 'LOT-%%'
        AND strpos(timeline.subject, ':') = 0
        AND NOT timeline.report_no = ANY(%(withdrawn)s::bigint[])
),

followed AS (
    SELECT
        sighting.*,
        lag(occurred_on) OVER same_subject AS earlier_on,
        lag(occurred_time) OVER same_subject AS earlier_time,
        lag(reporter) OVER same_subject AS earlier_reporter,
        lag(kind) OVER same_subject AS earlier_kind,
        lag(report_id) OVER same_subject AS earlier_report_id,
        lag(division) OVER same_subject AS earlier_division
    FROM sighting
    WHERE division IS NOT NULL
    WINDOW same_subject AS (
        PARTITION BY slot, subject ORDER BY occurred_on, occurred_time, division, reporter, report_id
    )
)

SELECT
    followed.subject,
    followed.earlier_on,
    followed.earlier_time,
    followed.earlier_division,
    one.uscc AS earlier_uscc,
    followed.earlier_report_id,
    followed.earlier_kind,
    followed.occurred_on,
    followed.occurred_time,
    followed.division,
    other.uscc AS later_uscc,
    followed.report_id,
    followed.kind
FROM followed
INNER JOIN party AS one ON one.party_no = followed.earlier_reporter
INNER JOIN party AS other ON other.party_no = followed.reporter
WHERE left(followed.division, 2) <> left(followed.earlier_division, 2)
    AND followed.occurred_on - followed.earlier_on <= %(days)s
    AND NOT EXISTS (
        SELECT 1
        FROM timeline AS moved
        WHERE moved.slot = followed.slot
            AND moved.subject = followed.subject
            AND moved.kind IN (13, 14, 19, 20)
            AND (moved.reporter, moved.counterparty) IN (
                (followed.reporter, followed.earlier_reporter), (followed.earlier_reporter, followed.reporter)
            )
    )
ORDER BY followed.subject, followed.occurred_on, followed.report_id;

-- name: read_movements
-- Reads the movements of used goods between parties since a day, both halves as one; goods that were made good again are left out.
SELECT moved.subject, giver.uscc AS giver, receiver.uscc AS receiver, moved.first_on, moved.mass_g
FROM (
    SELECT
        subject,
        CASE WHEN kind = 19 THEN reporter ELSE counterparty END AS giver_no,
        CASE WHEN kind = 19 THEN counterparty ELSE reporter END AS receiver_no,
        min(occurred_on) AS first_on,
        max(CAST(CAST(body AS json) ->> 'mass_g' AS bigint)) AS mass_g
    FROM timeline
    WHERE kind IN (19, 20)
        AND counterparty IS NOT NULL
        AND counterparty <> reporter
        AND occurred_on BETWEEN %(since)s AND %(as_of)s
        AND NOT report_no = ANY(%(withdrawn)s::bigint[])
        AND NOT EXISTS (
            SELECT 1
            FROM timeline AS other
            WHERE other.slot = timeline.slot
                AND other.subject = timeline.subject
                AND other.kind = 22
        )
    GROUP BY slot, subject, giver_no, receiver_no
) AS moved
INNER JOIN party AS giver ON giver.party_no = moved.giver_no
INNER JOIN party AS receiver ON receiver.party_no = moved.receiver_no;

-- name: count_scrapped
-- Counts the scrapped vehicles of known packs by dismantler and age in years (99 where unknown), and those that lack one.
SELECT dismantler, age_years, count(*) AS vehicles, count(*) FILTER (WHERE is_incomplete) AS incomplete
FROM (
    SELECT
        state.body ->> 'scrapped_by' AS dismantler,
        coalesce(
            CAST(left(state.body ->> 'scrapped_on', 4) AS integer) - CAST(left(state.body ->> 'built_on', 4) AS integer), 99
        ) AS age_years,
        state.body -> 'missing' IS NOT NULL AS is_incomplete
    FROM (
        SELECT CAST(body AS json) AS body
        FROM subject_state
        WHERE status IN ('scrapped', 'incomplete')
    ) AS state
    WHERE state.body ->> 'is_expected_known' = 'true'
        AND state.body -> 'expected' IS NOT NULL
        AND state.body ->> 'is_swap_vehicle' IS DISTINCT FROM 'true'
        AND CAST(state.body ->> 'scrapped_on' AS date) <= %(as_of)s
) AS vehicle
WHERE dismantler IS NOT NULL
GROUP BY dismantler, age_years;

-- name: count_receipts
-- Counts receipts from named senders by some parties told before a moment, and weighs those of which the sender tells nothing.
SELECT
    party.uscc,
    count(*) FILTER (WHERE receipt.received_at < %(settled_before)s) AS receipts,
    count(*) FILTER (WHERE receipt.received_at < %(settled_before)s AND NOT receipt.is_confirmed) AS unconfirmed,
    CAST(
        coalesce(sum(receipt.mass_g) FILTER (WHERE receipt.received_at < %(settled_before)s AND NOT receipt.is_confirmed), 0) AS bigint
    ) AS unconfirmed_g
FROM (
    SELECT
        timeline.reporter,
        timeline.received_at,
        CAST(CAST(timeline.body AS json) ->> 'mass_g' AS bigint) AS mass_g,
        EXISTS (
            SELECT 1
            FROM timeline AS other
            WHERE other.slot = timeline.slot
                AND other.subject = timeline.subject
                AND other.kind = 19
                AND other.reporter = timeline.counterparty
                AND NOT other.report_no = ANY(%(withdrawn)s::bigint[])
        ) AS is_confirmed
    FROM timeline
    WHERE timeline.kind = 20
        AND timeline.counterparty IS NOT NULL
        AND timeline.occurred_on <= %(as_of)s
        AND NOT timeline.report_no = ANY(%(withdrawn)s::bigint[])
) AS receipt
INNER JOIN party ON party.party_no = receipt.reporter
WHERE party.uscc = ANY(%(usccs)s)
GROUP BY party.uscc;

-- name: sum_flows
-- Sums the flows of used goods of some parties up to a day, by item and flow.
SELECT uscc, item, flow, CAST(sum(grams) AS bigint) AS grams
FROM account_flow
WHERE lane = ANY(%(lanes)s)
    AND uscc = ANY(%(usccs)s)
    AND day <= %(as_of)s
    AND item IN ('battery', 'lot')
GROUP BY uscc, item, flow;

-- name: read_first_counts
-- Reads what the first count of each site of some parties found.
SELECT DISTINCT ON (uscc, site) uscc, site, CAST(sum(grams) AS bigint) AS grams
FROM account_flow
WHERE lane = ANY(%(lanes)s)
    AND uscc = ANY(%(usccs)s)
    AND day <= %(as_of)s
    AND flow = 'count'
GROUP BY uscc, site, day
ORDER BY uscc, site, day;

-- name: read_recoveries
-- Reads what went into recoveries that were fed no material, in their own timelines, and what came out.
SELECT
    party.uscc,
    CAST(CAST(timeline.body AS json) ->> 'input_mass_g' AS bigint) AS feed_g,
    CAST(timeline.body AS json) -> 'outputs' AS outputs
FROM timeline
INNER JOIN party ON party.party_no = timeline.reporter
WHERE timeline.kind = 27
    AND timeline.subject LIKE 'lot:%%'
    AND timeline.occurred_on BETWEEN %(since)s AND %(as_of)s
    AND CAST(timeline.body AS json) -> 'inputs' IS NULL
    AND NOT timeline.report_no = ANY(%(withdrawn)s::bigint[])
ORDER BY timeline.report_no;

-- name: count_mentions
-- Counts the goods in whose timelines others name a party, told before a moment, and those of which it tells nothing itself.
WITH mention AS (
    SELECT DISTINCT slot, subject, counterparty
    FROM timeline
    WHERE kind IN (13, 14, 19, 20)
        AND counterparty IS NOT NULL
        AND counterparty <> reporter
        AND occurred_on <= %(as_of)s
        AND received_at < %(settled_before)s
        AND NOT report_no = ANY(%(withdrawn)s::bigint[])
)

SELECT party.uscc, count(*) AS goods, count(*) FILTER (WHERE own.subject IS NULL) AS unanswered
FROM mention
INNER JOIN party ON party.party_no = mention.counterparty
LEFT JOIN (
    SELECT DISTINCT slot, subject, reporter
    FROM timeline
    WHERE kind BETWEEN 1 AND 33
) AS own
    ON own.slot = mention.slot
    AND own.subject = mention.subject
    AND own.reporter = mention.counterparty
GROUP BY party.uscc;

-- name: count_months
-- Counts, by party and Shanghai month of receipt, the reports of others that name it.
SELECT party.uscc, named.month, named.reports
FROM (
    SELECT
        counterparty,
        to_char(received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month,
        count(DISTINCT report_no) AS reports
    FROM timeline
    WHERE kind IN (13, 14, 19, 20, 26, 28)
        AND counterparty IS NOT NULL
        AND counterparty <> reporter
        AND occurred_on <= %(as_of)s
    GROUP BY counterparty, month
) AS named
INNER JOIN party ON party.party_no = named.counterparty;

-- name: count_own_months
-- Counts the reports of everybody by Shanghai month of receipt.
SELECT party.uscc, report_count.month, CAST(sum(report_count.count) AS bigint) AS reports
FROM report_count
INNER JOIN party ON party.party_no = report_count.reporter
WHERE report_count.lane = ANY(%(lanes)s)
GROUP BY party.uscc, report_count.month;

-- name: read_transits
-- Reads the movements since a day that both parties told of: the days from hand-over to receipt, and which half was told later.
WITH half AS (
    SELECT
        slot,
        subject,
        kind,
        CASE WHEN kind = 19 THEN reporter ELSE counterparty END AS giver,
        CASE WHEN kind = 19 THEN counterparty ELSE reporter END AS receiver,
        occurred_on,
        received_at
    FROM timeline
    WHERE kind IN (19, 20)
        AND counterparty IS NOT NULL
        AND counterparty <> reporter
        AND occurred_on BETWEEN %(since)s AND %(as_of)s
        AND NOT report_no = ANY(%(withdrawn)s::bigint[])
),

movement AS (
    SELECT
        given.subject,
        given.giver,
        given.receiver,
        min(given.occurred_on) AS given_on,
        min(given.received_at) AS given_told,
        min(taken.occurred_on) AS taken_on,
        min(taken.received_at) AS taken_told
    FROM half AS given
    INNER JOIN half AS taken
        ON taken.slot = given.slot
        AND taken.subject = given.subject
        AND taken.giver = given.giver
        AND taken.receiver = given.receiver
        AND taken.kind = 20
    WHERE given.kind = 19
    GROUP BY given.slot, given.subject, given.giver, given.receiver
    HAVING count(*) = 1
)

SELECT giver.uscc AS giver, receiver.uscc AS receiver, subject, taken_on - given_on AS days,
    taken_told > given_told AS is_told_after, given_told > taken_told AS is_told_before
FROM movement
INNER JOIN party AS giver ON giver.party_no = movement.giver
INNER JOIN party AS receiver ON receiver.party_no = movement.receiver;

-- name: read_filings
-- Reads, by party, day of receipt and kind, the first day of occurrence reported, since a day; migrated history is left out.
SELECT
    party.uscc,
    CAST(timeline.received_at AT TIME ZONE 'Asia/Shanghai' AS date) AS received_on,
    timeline.kind,
    min(timeline.occurred_on) AS oldest_on
FROM timeline
INNER JOIN party ON party.party_no = timeline.reporter
WHERE timeline.kind = ANY(%(kinds)s::smallint[])
    AND timeline.occurred_on BETWEEN %(since)s AND %(as_of)s
    AND strpos(timeline.body, 'originally_reported_at') = 0
    AND NOT timeline.report_no = ANY(%(withdrawn)s::bigint[])
GROUP BY party.uscc, received_on, timeline.kind;

-- name: read_batches
-- Reads how many reports of each day of occurrence came in batches, by party and day of receipt; migrated history is left out.
SELECT uscc, received_on, array_agg(occurred_on ORDER BY occurred_on), array_agg(reports ORDER BY occurred_on)
FROM (
    SELECT
        party.uscc,
        CAST(timeline.received_at AT TIME ZONE 'Asia/Shanghai' AS date) AS received_on,
        timeline.occurred_on,
        count(DISTINCT timeline.report_no) AS reports
    FROM timeline
    INNER JOIN party ON party.party_no = timeline.reporter
    WHERE timeline.kind = ANY(%(kinds)s::smallint[])
        AND timeline.occurred_on BETWEEN %(since)s AND %(as_of)s
        AND strpos(timeline.body, 'originally_reported_at') = 0
        AND NOT timeline.report_no = ANY(%(withdrawn)s::bigint[])
    GROUP BY party.uscc, received_on, timeline.occurred_on
) AS day
GROUP BY uscc, received_on
HAVING count(*) >= %(days_min)s
    AND sum(reports) BETWEEN %(reports_min)s AND %(reports_max)s;

-- name: count_births
-- Counts reported births of packs by maker, letter of the year, and the characters of type, specification and traceability.
SELECT left(subject, 3) AS maker, substr(subject, 15, 1) AS year_letter, substr(subject, 5, 10) AS segment, count(DISTINCT subject) AS born
FROM timeline
WHERE kind IN (1, 2, 9)
    AND body ~ '"as":"[a-z_+]*born'
    AND length(subject) = 24
    AND substr(subject, 4, 1) = 'P'
    AND occurred_on <= %(as_of)s
    AND NOT report_no = ANY(%(withdrawn)s::bigint[])
GROUP BY maker, year_letter, segment;

-- name: read_unborn
-- Reads the pack codes that only others than their maker tell of, with who told first.
SELECT
    subject,
    (array_agg(party.uscc ORDER BY timeline.received_at, timeline.occurred_on, party.uscc))[1] AS first_told_by,
    (array_agg(timeline.occurred_on ORDER BY timeline.received_at, timeline.occurred_on, party.uscc))[1] AS first_told_on
FROM timeline
INNER JOIN party ON party.party_no = timeline.reporter
WHERE length(timeline.subject) = 24
    AND substr(timeline.subject, 4, 1) = 'P'
    AND strpos(timeline.subject, '-') = 0
    AND strpos(timeline.subject, ':') = 0
    AND timeline.occurred_on <= %(as_of)s
    AND NOT timeline.report_no = ANY(%(withdrawn)s::bigint[])
GROUP BY timeline.slot, timeline.subject
HAVING bool_and(timeline.body !~ '"as":"[a-z_+]*born');

-- name: count_serials
-- Counts reported births of packs with some serial numbers.
SELECT substr(subject, 18, 7) AS serial, count(DISTINCT subject) AS born
FROM timeline
WHERE kind IN (1, 2, 9)
    AND body ~ '"as":"[a-z_+]*born'
    AND length(subject) = 24
    AND substr(subject, 4, 1) = 'P'
    AND substr(subject, 18, 7) = ANY(%(serials)s)
    AND occurred_on <= %(as_of)s
    AND NOT report_no = ANY(%(withdrawn)s::bigint[])
GROUP BY serial;

-- name: find_born
-- Finds which of some codes have a reported birth.
SELECT DISTINCT wanted.subject
FROM unnest(%(slots)s::smallint[], %(subjects)s::text[]) AS wanted (slot, subject)
INNER JOIN timeline
    ON timeline.slot = wanted.slot
    AND timeline.subject = wanted.subject
WHERE timeline.kind IN (1, 2, 9);
