-- Schema 2: releases of our own site, as marks in time.
-- A version may be marked once; a mark that was a mistake is removed, and nothing refers to it.

CREATE TABLE releases (
    id         INTEGER PRIMARY KEY,
    version    TEXT    NOT NULL UNIQUE CHECK (version <> ''),
    at_ms      INTEGER NOT NULL, -- when it went live
    commit_id  TEXT,
    note       TEXT,
    created_ms INTEGER NOT NULL  -- when it was marked
) STRICT;

CREATE INDEX releases_by_time ON releases (at_ms);

CREATE VIEW release AS
SELECT
    id,
    version,
    strftime('%Y-%m-%dT%H:%M:%fZ', at_ms / 1000.0, 'unixepoch') AS at,
    commit_id,
    note
FROM releases;
