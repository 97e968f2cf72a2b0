-- name: try_slot
-- Takes a slot for this transaction unless another judge has it.
SELECT slot
FROM judge_slot
WHERE slot = %(slot)s
FOR UPDATE SKIP LOCKED;

-- name: wait_slot
-- Takes a slot for this transaction, waiting for the judge that has it.
SELECT slot
FROM judge_slot
WHERE slot = %(slot)s
FOR UPDATE;

-- name: find_slots
-- Finds the slots with pending subjects up to a lane.
WITH RECURSIVE step AS (
    (SELECT slot FROM pending_judgement ORDER BY slot LIMIT 1)
    UNION ALL
    SELECT (SELECT pending_judgement.slot FROM pending_judgement WHERE pending_judgement.slot > step.slot ORDER BY slot LIMIT 1)
    FROM step
    WHERE step.slot IS NOT NULL
)
SELECT slot
FROM step
WHERE slot IS NOT NULL
    AND EXISTS (SELECT 1 FROM pending_judgement WHERE pending_judgement.slot = step.slot AND lane <= %(lane_max)s)
ORDER BY slot;

-- name: find_slots_of_cause
-- Finds the slots that a submission keeps waiting.
SELECT DISTINCT slot
FROM pending_judgement
WHERE causes @> ARRAY[%(cause)s::bigint]
ORDER BY slot;

-- name: read_pending
-- Reads what waits in a slot, the small lane before the bulk, the oldest first.
SELECT pending_no, subjects, causes
FROM pending_judgement
WHERE slot = %(slot)s
    AND lane <= %(lane_max)s
ORDER BY lane, pending_no
LIMIT %(limit)s;

-- name: read_timelines
-- Reads the timelines of subjects.
SELECT subject, report_no, occurred_on, occurred_time, received_at, reporter, counterparty, kind, report_id, body
FROM timeline
WHERE slot = %(slot)s
    AND subject = ANY(%(subjects)s)
ORDER BY subject;

-- name: read_facts
-- Reads what others tell these subjects.
SELECT target, source, name, body
FROM fact
WHERE slot = %(slot)s
    AND target = ANY(%(subjects)s);

-- name: read_states
-- Reads what was written of these subjects before.
SELECT subject, told, has_findings, has_duties, tallies, flows
FROM subject_state
WHERE slot = %(slot)s
    AND subject = ANY(%(subjects)s);

-- name: read_findings
-- Reads the findings written of these subjects.
SELECT subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on
FROM finding
WHERE slot = %(slot)s
    AND subject = ANY(%(subjects)s);

-- name: read_duties
-- Reads the duties written of these subjects.
SELECT subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
FROM duty
WHERE slot = %(slot)s
    AND subject = ANY(%(subjects)s);

-- name: write_states
-- Writes the states of subjects that have one. The accounts are separated by commas.
INSERT INTO subject_state (
    slot, subject, status, holder, vehicle, body, told, has_findings, has_duties, tallies, flows, accounts, verdict_version
)
SELECT
    %(slot)s, subject, status, holder, vehicle, body, told, has_findings, has_duties, tallies, flows, string_to_array(accounts, ','),
    %(verdict_version)s
FROM unnest(
    %(subjects)s::text[], %(statuses)s::text[], %(holders)s::text[], %(vehicles)s::text[], %(bodies)s::text[], %(told)s::text[],
    %(with_findings)s::boolean[], %(with_duties)s::boolean[], %(tallies)s::text[], %(flows)s::text[],
    %(accounts)s::text[]
) AS staged (subject, status, holder, vehicle, body, told, has_findings, has_duties, tallies, flows, accounts)
ON CONFLICT (slot, subject) DO UPDATE
SET status = excluded.status,
    holder = excluded.holder,
    vehicle = excluded.vehicle,
    body = excluded.body,
    told = excluded.told,
    has_findings = excluded.has_findings,
    has_duties = excluded.has_duties,
    tallies = excluded.tallies,
    flows = excluded.flows,
    accounts = excluded.accounts,
    verdict_version = excluded.verdict_version;

-- name: copy_states
-- Takes the first states of subjects in the order of their key.
COPY subject_state (
    slot, subject, status, holder, vehicle, body, told, has_findings, has_duties, tallies, flows, accounts, verdict_version
)
FROM STDIN;

-- name: copy_facts
-- Takes first facts in the order of their key.
COPY fact (slot, target, source, name, body)
FROM STDIN;

-- name: copy_duties
-- Takes the duties of subjects that had none, in the order of their key.
COPY duty (
    slot, subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
)
FROM STDIN;

-- name: delete_findings
-- Takes back findings that no longer hold.
DELETE FROM finding
USING unnest(%(subjects)s::text[], %(rules)s::text[], %(reporters)s::text[], %(report_ids)s::text[], %(origins)s::text[])
    AS gone (subject, rule, reporter, report_id, origin)
WHERE finding.slot = %(slot)s
    AND finding.subject = gone.subject
    AND finding.rule = gone.rule
    AND finding.reporter = gone.reporter
    AND finding.report_id = gone.report_id
    AND finding.origin = gone.origin;

-- name: write_findings
-- Writes new and changed findings; unchanged ones are not rewritten. The names in about are separated by blanks.
INSERT INTO finding (slot, subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on)
SELECT %(slot)s, subject, rule, reporter, report_id, origin, weight, party, string_to_array(about, ' '), evidence, occurred_on
FROM unnest(
    %(subjects)s::text[], %(rules)s::text[], %(reporters)s::text[], %(report_ids)s::text[], %(origins)s::text[],
    %(weights)s::text[], %(parties)s::text[], %(abouts)s::text[], %(evidences)s::text[], %(occurred_ons)s::date[]
) AS staged (subject, rule, reporter, report_id, origin, weight, party, about, evidence, occurred_on)
ON CONFLICT (slot, subject, rule, reporter, report_id, origin) DO UPDATE
SET weight = excluded.weight,
    party = excluded.party,
    about = excluded.about,
    evidence = excluded.evidence,
    occurred_on = excluded.occurred_on;

-- name: delete_duties
-- Takes back duties that no longer hold.
DELETE FROM duty
USING unnest(%(subjects)s::text[], %(kinds)s::text[], %(openers)s::text[], %(opened_bys)s::text[], %(rules)s::text[])
    AS gone (subject, kind, opener, opened_by, rule)
WHERE duty.slot = %(slot)s
    AND duty.subject = gone.subject
    AND duty.kind = gone.kind
    AND duty.opener = gone.opener
    AND duty.opened_by = gone.opened_by
    AND duty.rule = gone.rule;

-- name: write_duties
-- Writes new and changed duties; unchanged ones are not rewritten.
INSERT INTO duty (
    slot, subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
)
SELECT
    %(slot)s, subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
FROM unnest(
    %(subjects)s::text[], %(kinds)s::text[], %(openers)s::text[], %(opened_bys)s::text[], %(rules)s::text[], %(parties)s::text[],
    %(opened_ons)s::date[], %(due_ons)s::date[], %(lapses_ons)s::date[], %(provisionals)s::boolean[], %(closed_bys)s::text[],
    %(closers)s::text[], %(evidences)s::text[], %(units)s::text[]
) AS staged (
    subject, kind, opener, opened_by, rule, party, opened_on, due_on, lapses_on, is_provisional, closed_by, closer, evidence, unit
)
ON CONFLICT (slot, subject, kind, opener, opened_by, rule) DO UPDATE
SET party = excluded.party,
    opened_on = excluded.opened_on,
    due_on = excluded.due_on,
    lapses_on = excluded.lapses_on,
    is_provisional = excluded.is_provisional,
    closed_by = excluded.closed_by,
    closer = excluded.closer,
    evidence = excluded.evidence,
    unit = excluded.unit;

-- name: delete_facts
-- Takes back facts that a source no longer tells.
DELETE FROM fact
USING unnest(%(slots)s::smallint[], %(targets)s::text[], %(sources)s::text[], %(names)s::text[]) AS gone (slot, target, source, name)
WHERE fact.slot = gone.slot
    AND fact.target = gone.target
    AND fact.source = gone.source
    AND fact.name = gone.name;

-- name: write_facts
-- Writes new and changed facts, in key order.
INSERT INTO fact (slot, target, source, name, body)
SELECT slot, target, source, name, body
FROM unnest(%(slots)s::smallint[], %(targets)s::text[], %(sources)s::text[], %(names)s::text[], %(bodies)s::text[])
    AS staged (slot, target, source, name, body)
ON CONFLICT (slot, target, source, name) DO UPDATE
SET body = excluded.body;

-- name: delete_pending
-- Deletes exactly the pending rows that were read; what came since stays.
DELETE FROM pending_judgement
WHERE slot = %(slot)s
    AND pending_no = ANY(%(numbers)s);

-- name: delay_older_verdicts
-- Makes the subjects of a slot pending that were judged by another version of program or rulebook.
WITH older AS (
    SELECT subject, row_number() OVER (ORDER BY subject) / 500 AS part_no
    FROM subject_state
    WHERE slot = %(slot)s
        AND verdict_version <> %(verdict_version)s
        AND subject NOT IN (SELECT unnest(subjects) FROM pending_judgement WHERE slot = %(slot)s)
),
delayed AS (
    INSERT INTO pending_judgement (slot, lane, causes, subjects)
    SELECT %(slot)s, 2, '{0}', array_agg(subject)
    FROM older
    GROUP BY part_no
)
SELECT count(*)
FROM older;

-- name: count_pending
-- Counts what still waits for a judge.
SELECT (SELECT coalesce(sum(cardinality(subjects)), 0) FROM pending_judgement) + (SELECT count(*) FROM pending_component);
