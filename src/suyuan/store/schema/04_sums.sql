-- Sums of what subjects contribute, which stands in their states. A judge moves sums by the difference, in lanes (slot % 8), as its last
-- statement and in key order; a sum that falls to zero has no row.

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

-- One key column: with a column for each field a count cost half as much again to move (measured). See core/tally.py.
CREATE TABLE tally (
    lane smallint NOT NULL,
    packed text COLLATE "C" NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT each_tally_once PRIMARY KEY (lane, packed)
) WITH (fillfactor = 90);

-- Accepted reports by the Shanghai month of their receipt, counted by the recorder; lane = submission_no % 8.
CREATE TABLE report_count (
    lane smallint NOT NULL,
    reporter integer NOT NULL,
    kind smallint NOT NULL,
    month text NOT NULL,
    count bigint NOT NULL,
    CONSTRAINT each_report_count_once PRIMARY KEY (lane, reporter, kind, month)
) WITH (fillfactor = 90);
