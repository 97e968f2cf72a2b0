-- Contributions of subjects, and the sums of what they contribute; reports counted by reporter and month of receipt.
-- Subjects judged before get theirs when the newer version of the program judges them again.

ALTER TABLE subject_state ADD COLUMN tallies text NOT NULL DEFAULT '', ADD COLUMN has_flows boolean NOT NULL DEFAULT FALSE;

CREATE TABLE contribution (
    slot smallint NOT NULL,
    subject text NOT NULL,
    uscc text NOT NULL,
    site text NOT NULL,
    day date NOT NULL,
    item text NOT NULL,
    flow text NOT NULL,
    grams bigint NOT NULL,
    CONSTRAINT each_contribution_once PRIMARY KEY (slot, subject, uscc, site, day, item, flow)
);
CREATE INDEX contribution_by_flow ON contribution (uscc, item, flow, day);

CREATE TABLE account_flow (
    lane smallint NOT NULL,
    uscc text NOT NULL,
    day date NOT NULL,
    site text NOT NULL,
    item text NOT NULL,
    flow text NOT NULL,
    grams bigint NOT NULL,
    CONSTRAINT each_account_flow_once PRIMARY KEY (lane, uscc, day, site, item, flow)
) WITH (fillfactor = 90);

CREATE TABLE tally (
    lane smallint NOT NULL,
    packed text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT each_tally_once PRIMARY KEY (lane, packed)
) WITH (fillfactor = 90);

CREATE TABLE report_count (
    lane smallint NOT NULL,
    reporter integer NOT NULL,
    kind smallint NOT NULL,
    month text NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT each_report_count_once PRIMARY KEY (lane, reporter, kind, month)
) WITH (fillfactor = 90);

INSERT INTO report_count (lane, reporter, kind, month, count)
SELECT
    submission.submission_no % 8,
    report.reporter,
    filed.kind,
    to_char(submission.received_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'),
    count(*)
FROM report
INNER JOIN submission
    ON submission.submission_no = report.report_no / 2147483648
INNER JOIN (SELECT DISTINCT report_no, kind FROM timeline) AS filed
    ON filed.report_no = report.report_no
GROUP BY 1, 2, 3, 4;
