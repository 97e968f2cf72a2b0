-- The day on which a rival claim of a component was received, told with the claim; the newer version of the program judges
-- the claimants again.

UPDATE fact
SET body = regexp_replace(
    fact.body,
    ',"report_id":',
    ',"received_on":"' || to_char(submission.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') || '","report_id":'
)
FROM party
INNER JOIN report
    ON report.reporter = party.party_no
INNER JOIN submission
    ON submission.submission_no = report.report_no >> 31
WHERE fact.name = 'component_claimed'
    AND party.uscc = (fact.body::json ->> 'reporter')
    AND report.report_id = (fact.body::json ->> 'report_id');
