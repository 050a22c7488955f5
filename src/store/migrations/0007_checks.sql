-- Release checks: their question, every load of their pairs, and what came of them.
-- Apart from `visits`: the loads of a check are no night of anybody and enter no figure.

CREATE TABLE checks (
    id          INTEGER PRIMARY KEY,
    started_ms  INTEGER NOT NULL,
    finished_ms INTEGER,
    state       TEXT    NOT NULL CHECK (state IN ('unfinished', 'finished', 'abandoned')),
    seed        INTEGER NOT NULL, -- the bits of an unsigned 64-bit number
    question    TEXT    NOT NULL, -- hash of everything that the answer depends on
    result      TEXT    CHECK (result IS NULL OR json_valid(result))
) STRICT;

CREATE INDEX checks_by_question ON checks (question, started_ms);

CREATE TABLE check_loads (
    id          INTEGER PRIMARY KEY,
    check_id    INTEGER NOT NULL REFERENCES checks (id),
    page        TEXT    NOT NULL,
    region      TEXT    NOT NULL,
    profile     TEXT    NOT NULL,
    pair        INTEGER NOT NULL,
    side        TEXT    NOT NULL CHECK (side IN ('baseline', 'candidate')),
    warm_up     INTEGER NOT NULL CHECK (warm_up IN (0, 1)),
    started_ms  INTEGER NOT NULL,
    duration_ms REAL    NOT NULL,
    counts      TEXT    NOT NULL CHECK (counts IN ('measured', 'failed', 'lost')),
    reason      TEXT,
    metrics     TEXT    NOT NULL CHECK (json_valid(metrics)),
    attribution TEXT    NOT NULL CHECK (json_valid(attribution)),
    requests    BLOB    NOT NULL, -- JSON, zstd
    UNIQUE (check_id, page, region, profile, pair, side)
) STRICT;
