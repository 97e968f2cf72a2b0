-- name: lock_cases
-- Lets one case be opened at a time, so that numbers have no gaps and a finding comes into one case only.
LOCK TABLE "case" IN SHARE ROW EXCLUSIVE MODE;

-- name: find_last_number
-- Finds the last number that a series has in a year, 0 before the first.
SELECT coalesce(max(number), 0)
FROM "case"
WHERE series = %(series)s
    AND year = %(year)s;

-- name: lock_case
-- Takes a case for this transaction: its acts come one after the other.
SELECT case_no
FROM "case"
WHERE case_no = %(case_no)s
FOR UPDATE;

-- name: read_cases
-- Reads the heads of cases.
SELECT case_no, series, year, number, authority, line, party, place, state
FROM "case"
WHERE case_no = ANY(%(case_nos)s);

-- name: read_case_acts
-- Reads the acts of cases in their order.
SELECT case_no, case_act_no, move, officer, second_officer, acted_at, body, digest
FROM case_act
WHERE case_no = ANY(%(case_nos)s)
ORDER BY case_no, case_act_no;

-- name: read_case_findings
-- Reads the frozen findings of cases.
SELECT case_no, subject, rule, reporter, report_id, weight, is_verified, is_conflict, about, evidence, source, rulebook_version
FROM case_finding
WHERE case_no = ANY(%(case_nos)s)
ORDER BY case_no, subject, rule, reporter, report_id;

-- name: write_case
-- Writes the head of a case, new or after another act.
INSERT INTO "case" (
    case_no, series, year, number, authority, line, party, place, opened_at, state, keeps_findings, penalty, penalty_on, penalty_served_on
)
VALUES (
    %(case_no)s, %(series)s, %(year)s, %(number)s, %(authority)s, %(line)s, %(party)s, %(place)s, %(opened_at)s, %(state)s,
    %(keeps_findings)s, %(penalty)s, %(penalty_on)s, %(penalty_served_on)s
)
ON CONFLICT (case_no) DO UPDATE
SET state = excluded.state,
    keeps_findings = excluded.keeps_findings,
    penalty = excluded.penalty,
    penalty_on = excluded.penalty_on,
    penalty_served_on = excluded.penalty_served_on;

-- name: add_case_act
-- Adds an act to a case.
INSERT INTO case_act (case_no, case_act_no, move, officer, second_officer, acted_at, body, digest, act_no)
VALUES (
    %(case_no)s, %(case_act_no)s, %(move)s, %(officer)s, %(second_officer)s, %(acted_at)s, %(body)s, %(digest)s, %(act_no)s
);

-- name: add_case_finding
-- Adds a frozen finding to a case.
INSERT INTO case_finding (
    case_no, subject, rule, reporter, report_id, weight, is_verified, is_conflict, about, evidence, source, rulebook_version
)
VALUES (
    %(case_no)s, %(subject)s, %(rule)s, %(reporter)s, %(report_id)s, %(weight)s, %(is_verified)s, %(is_conflict)s, %(about)s,
    %(evidence)s, %(source)s, %(rulebook_version)s
);

-- name: list_cases
-- Lists the numbers of cases that pass all given filters, the newest first.
SELECT case_no
FROM "case"
WHERE (%(authority)s::text IS NULL OR authority = %(authority)s)
    AND (%(party)s::text IS NULL OR party = %(party)s)
    AND (%(state)s::text IS NULL OR state = %(state)s)
ORDER BY year DESC, number DESC, case_no;

-- name: find_cases_of_findings
-- Finds the cases that hold findings of these subjects, with the keys of the findings.
SELECT case_finding.subject, case_finding.rule, case_finding.reporter, case_finding.report_id, case_finding.case_no, "case".keeps_findings
FROM case_finding
INNER JOIN "case" ON "case".case_no = case_finding.case_no
WHERE case_finding.subject = ANY(%(subjects)s)
ORDER BY case_finding.case_no;

-- name: read_standing
-- Reads what stands today of some findings: weight and evidence.
SELECT finding_shown.subject, finding_shown.rule, finding_shown.reporter, finding_shown.report_id, finding_shown.weight, finding_shown.evidence
FROM unnest(%(slots)s::smallint[], %(subjects)s::text[], %(rules)s::text[], %(reporters)s::text[], %(report_ids)s::text[])
    AS frozen (slot, subject, rule, reporter, report_id)
INNER JOIN finding_shown
    ON finding_shown.slot = frozen.slot
    AND finding_shown.subject = frozen.subject
    AND finding_shown.rule = frozen.rule
    AND finding_shown.reporter = frozen.reporter
    AND finding_shown.report_id = frozen.report_id;

-- name: read_penalties
-- Reads the penalties that were served and are in force, with the rules of their cases.
SELECT "case".party, "case".case_no, "case".penalty_on, "case".penalty, array_agg(DISTINCT case_finding.rule ORDER BY case_finding.rule)
FROM "case"
INNER JOIN case_finding ON case_finding.case_no = "case".case_no
WHERE "case".penalty_served_on IS NOT NULL
    AND "case".party IS NOT NULL
    AND (%(party)s::text IS NULL OR "case".party = %(party)s)
GROUP BY "case".party, "case".case_no, "case".penalty_on, "case".penalty
ORDER BY "case".party, "case".penalty_on, "case".case_no;

-- name: list_served_penalties
-- Lists the cases with a penalty that was served and is in force, the last served first.
SELECT case_no
FROM "case"
WHERE penalty_served_on IS NOT NULL
ORDER BY penalty_served_on DESC, case_no;

-- name: list_cases_with_orders
-- Lists the cases with an order to correct that are not closed, in the order in which they were opened.
SELECT "case".case_no
FROM "case"
WHERE "case".state <> 'closed'
    AND EXISTS (SELECT 1 FROM case_act WHERE case_act.case_no = "case".case_no AND case_act.move = 'order_correction')
ORDER BY (SELECT min(case_act.act_no) FROM case_act WHERE case_act.case_no = "case".case_no);

-- name: add_officer_token
-- Keeps the hash of an officer's token.
INSERT INTO officer_token (token_hash, officer, created_at)
VALUES (%(token_hash)s, %(officer)s, %(created_at)s);

-- name: find_officer_token
-- Finds whose token this is.
SELECT officer
FROM officer_token
WHERE token_hash = %(token_hash)s
    AND revoked_at IS NULL;

-- name: revoke_officer_tokens
-- Ends every token of an officer; the hashes stay.
UPDATE officer_token
SET revoked_at = %(revoked_at)s
WHERE officer = %(officer)s
    AND revoked_at IS NULL;

-- name: delete_settled_lapses
-- Takes back what sweeps found of orders that are closed.
DELETE FROM finding
USING duty
WHERE finding.slot = %(slot)s
    AND finding.subject = %(subject)s
    AND finding.origin = 'sweep'
    AND duty.slot = finding.slot
    AND duty.subject = finding.subject
    AND duty.rule = finding.rule
    AND duty.opener = finding.reporter
    AND duty.opened_by = finding.report_id
    AND duty.closed_by IS NOT NULL;
