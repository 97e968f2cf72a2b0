-- name: find_document
-- Finds the document of an occasion.
SELECT a.body
FROM document AS d
INNER JOIN act AS a ON a.act_no = d.act_no
WHERE d.subject = %(subject)s
    AND d.kind = %(kind)s
    AND d.occasion = %(occasion)s;

-- name: list_documents
-- Lists the documents of a subject in the order in which they were issued.
SELECT a.body
FROM document AS d
INNER JOIN act AS a ON a.act_no = d.act_no
WHERE d.subject = %(subject)s
ORDER BY d.act_no;

-- name: take_number
-- Takes the next number of a series; whoever wants the one after waits until this transaction ends.
INSERT INTO document_counter AS c (organ, word, year, last_number)
VALUES (%(organ)s, %(word)s, %(year)s, 1)
ON CONFLICT (organ, word, year) DO UPDATE
SET last_number = c.last_number + 1
RETURNING last_number;

-- name: keep_number
-- Keeps a number that a recorded act has given.
INSERT INTO document_counter AS c (organ, word, year, last_number)
VALUES (%(organ)s, %(word)s, %(year)s, %(number)s)
ON CONFLICT (organ, word, year) DO UPDATE
SET last_number = greatest(c.last_number, excluded.last_number);

-- name: write_document
-- Writes a document under the act that issued it.
INSERT INTO document (organ, word, year, number, kind, subject, occasion, issued_at, text_digest, form_digest, act_no)
VALUES (%(organ)s, %(word)s, %(year)s, %(number)s, %(kind)s, %(subject)s, %(occasion)s, %(issued_at)s, %(text_digest)s, %(form_digest)s,
    %(act_no)s);

-- name: find_reports
-- Finds the reports of a participant with these ids.
SELECT report.report_id, report.report_no
FROM report
INNER JOIN party ON party.party_no = report.reporter
WHERE party.uscc = %(uscc)s
    AND report.report_id = ANY(%(report_ids)s);
