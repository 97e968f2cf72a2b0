-- name: write_pieces
-- Writes pieces of row outcomes.
INSERT INTO row_outcome (submission_no, first_row, last_row, row_count, told_count, body)
SELECT %(submission_no)s, first_row, last_row, row_count, told_count, body
FROM unnest(%(first_rows)s::bigint[], %(last_rows)s::bigint[], %(row_counts)s::integer[], %(told)s::integer[], %(bodies)s::bytea[])
    AS piece (first_row, last_row, row_count, told_count, body);

-- name: list_pieces
-- Lists the pieces of a submission, all or those with something to tell.
SELECT first_row
FROM row_outcome
WHERE submission_no = %(submission_no)s
    AND (NOT %(only_told)s OR told_count > 0)
ORDER BY first_row;

-- name: read_piece
-- Reads one piece.
SELECT body
FROM row_outcome
WHERE submission_no = %(submission_no)s
    AND first_row = %(first_row)s;

-- name: find_pieces
-- Finds the pieces that hold some rows; pieces of deferred rows overlap others.
SELECT DISTINCT ON (piece.first_row) piece.body
FROM unnest(%(rows)s::bigint[]) AS wanted (row_no)
INNER JOIN row_outcome AS piece
    ON piece.submission_no = %(submission_no)s
    AND piece.first_row <= wanted.row_no
    AND piece.last_row >= wanted.row_no
ORDER BY piece.first_row;

-- name: read_piece_counts
-- Reads the pieces of a submission with what their rows say of them.
SELECT first_row, last_row, row_count, told_count, body
FROM row_outcome
WHERE submission_no = %(submission_no)s
ORDER BY first_row;
