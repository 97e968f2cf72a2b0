-- What the sweep reads of participants beside timelines and sums; rebuilt from the record.

-- The months in which a party reported that something occurred; births of batteries also under their model.
CREATE TABLE party_month (
    reporter integer NOT NULL,
    model text NOT NULL,
    month text NOT NULL,
    CONSTRAINT each_month_of_a_party_once PRIMARY KEY (reporter, model, month)
);
