-- What a subject contributes to accounts stands in its state, as its tallies do: as ten rows for each used battery, with two
-- indexes, it was a seventh of all bytes. See `core/contribution.py`.

ALTER TABLE subject_state ADD COLUMN flows text NOT NULL DEFAULT '', ADD COLUMN accounts text[] NOT NULL DEFAULT '{}';

UPDATE subject_state
SET flows = packed.flows,
    accounts = packed.accounts
FROM (
    SELECT
        slot,
        subject,
        '[' || string_agg(
            concat_ws(',', '["' || uscc || '"', to_json(site)::text, '"' || day || '"', '"' || item || '"', '"' || flow || '"', grams || ']'),
            ',' ORDER BY uscc COLLATE "C", site COLLATE "C", day, item COLLATE "C", flow COLLATE "C"
        ) || ']' AS flows,
        array_agg(DISTINCT concat(uscc, ':', to_char(day, 'YYYY-MM'))) AS accounts
    FROM contribution
    GROUP BY slot, subject
) AS packed
WHERE subject_state.slot = packed.slot
    AND subject_state.subject = packed.subject;

ALTER TABLE subject_state DROP COLUMN has_flows;
CREATE INDEX subject_state_by_account ON subject_state USING gin (accounts) WHERE accounts <> '{}';
DROP TABLE contribution;
