-- Documents that were issued, each under its number; every row is derived from an act of kind "document", which rebuild
-- repeats. `subject` is case:<no> or a VIN, `occasion` what in it the document is about. No row is ever deleted.
CREATE TABLE document (
    organ text NOT NULL,
    word text NOT NULL,
    year smallint NOT NULL,
    number integer NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    occasion text NOT NULL,
    issued_at timestamptz NOT NULL,
    text_digest bytea NOT NULL,
    form_digest bytea NOT NULL,
    act_no bigint NOT NULL,
    CONSTRAINT each_document_number_once PRIMARY KEY (organ, word, year, number),
    CONSTRAINT each_occasion_has_one_document UNIQUE (subject, kind, occasion)
);

-- The last number given, by organ, word and year. Who takes the next one holds the row until commit: no gaps.
CREATE TABLE document_counter (
    organ text NOT NULL,
    word text NOT NULL,
    year smallint NOT NULL,
    last_number integer NOT NULL,
    CONSTRAINT each_series_of_documents_once PRIMARY KEY (organ, word, year)
);
