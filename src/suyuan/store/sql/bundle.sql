-- name: read_one_moment
-- Lets all that this transaction reads be of one moment, whatever is recorded meanwhile.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;
