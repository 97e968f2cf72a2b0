-- name: read_one_moment
-- Lets all that this transaction reads be of one moment, whatever is recorded meanwhile.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;

-- name: find_opening_act
-- Finds the recorded act that opened a case.
SELECT act_no
FROM case_act
WHERE case_no = %(case_no)s
    AND case_act_no = 1;

-- name: read_sweep_before
-- Reads the day of the last sweep before an act.
SELECT body
FROM act
WHERE kind = 'swept'
    AND act_no < %(until_act)s
ORDER BY act_no DESC
LIMIT 1;
