-- name: copy_pending
-- Makes subjects pending.
COPY pending_judgement (slot, lane, causes, subjects)
FROM STDIN;
