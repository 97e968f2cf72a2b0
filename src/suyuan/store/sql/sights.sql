-- name: find_longest_life
-- Finds the battery of which the most different things are reported and about which nothing was found.
SELECT timeline.subject
FROM timeline
INNER JOIN subject_state
    ON subject_state.slot = timeline.slot
    AND subject_state.subject = timeline.subject
WHERE length(timeline.subject) = %(code_length)s
    AND NOT subject_state.has_findings
    AND subject_state.status NOT IN ('unknown', 'incomplete')
GROUP BY timeline.subject
ORDER BY count(DISTINCT timeline.kind) DESC, count(*) DESC, timeline.subject
LIMIT 1;

-- name: find_busiest_battery
-- Finds the battery with the most reports of one kind and nothing found about it.
SELECT timeline.subject
FROM timeline
INNER JOIN subject_state
    ON subject_state.slot = timeline.slot
    AND subject_state.subject = timeline.subject
WHERE timeline.kind = %(kind)s
    AND length(timeline.subject) = %(code_length)s
    AND NOT subject_state.has_findings
GROUP BY timeline.subject
ORDER BY count(*) DESC, timeline.subject
LIMIT 1;
