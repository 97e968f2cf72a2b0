-- The rulebook in force and the calendar of working days.

-- The files of the rulebook in force by name: the packaged books and calendar, the operator's own entries and calendar.
-- Each row is what the latest act about that file said; a database in which no act has spoken goes by the program's own.
CREATE TABLE rulebook_file (
    name text NOT NULL CONSTRAINT each_rulebook_file_once PRIMARY KEY,
    body text NOT NULL,
    act_no bigint NOT NULL
);

-- One row: a new version is committed before what it concerns is judged again.
CREATE TABLE rulebook_version (
    version bigint NOT NULL
);
INSERT INTO rulebook_version (version) VALUES (0);
