-- Duties and findings of participants.

-- What the rule of a duty counts in: calendar or working days.
ALTER TABLE duty ADD COLUMN unit text NOT NULL DEFAULT 'calendar';

-- The few reports that concern parties alone, which the sweep reads: dismantling information, materials, nothing to report.
CREATE INDEX timeline_of_parties ON timeline (reporter) WHERE kind IN (5, 26, 28, 33);
CREATE INDEX timeline_of_named_parties ON timeline (counterparty) WHERE kind IN (26, 28);

-- The months in which a party reported that something occurred; births of batteries also under their model.
CREATE TABLE party_month (
    reporter integer NOT NULL,
    model text NOT NULL,
    month text NOT NULL,
    CONSTRAINT each_month_of_a_party_once PRIMARY KEY (reporter, model, month)
);
