-- Schema 3: visits whose evidence is kept for ever, because something points at it.

CREATE TABLE pins (
    visit_id INTEGER PRIMARY KEY REFERENCES visits (id),
    why      TEXT    NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT;
