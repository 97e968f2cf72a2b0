-- name: insert_values
-- Keeps the personal values of a batch.
INSERT INTO personal_value (report_no, field, salt, ciphertext)
SELECT report_no, field, salt, ciphertext
FROM unnest(%(report_nos)s::bigint[], %(fields)s::text[], %(salts)s::bytea[], %(ciphertexts)s::bytea[])
    AS kept (report_no, field, salt, ciphertext);

-- name: read_values
-- Reads what is kept of the personal values of some reports.
SELECT report_no, field, salt, ciphertext
FROM personal_value
WHERE report_no = ANY(%(report_nos)s::bigint[])
ORDER BY report_no, field;

-- name: read_values_of
-- Reads what is kept of the personal values of a submission.
SELECT report_no, field, salt, ciphertext
FROM personal_value
WHERE report_no BETWEEN %(first)s AND %(last)s
ORDER BY report_no, field;

-- name: walk_values
-- Reads what is kept behind a place, in the order of the key.
SELECT report_no, field, salt, ciphertext
FROM personal_value
WHERE (report_no, field) > (%(report_no)s::bigint, %(field)s::text)
ORDER BY report_no, field
LIMIT %(limit)s;

-- name: erase_values
-- Deletes salt and ciphertext; that there was a value stays.
UPDATE personal_value
SET salt = NULL,
    ciphertext = NULL
WHERE report_no BETWEEN %(first)s AND %(last)s
    AND salt IS NOT NULL
RETURNING report_no, field;
