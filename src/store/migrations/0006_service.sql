-- Schema of the service: which starts are known, what became of them, alerts, mutes, messages.

-- Since when a plan's starts are watched; a changed expression is watched anew.
CREATE TABLE schedule_plans (
    job     TEXT    NOT NULL CHECK (job IN ('night', 'report', 'prune', 'backup')),
    plan    TEXT    NOT NULL,
    cron    TEXT    NOT NULL,
    seen_ms INTEGER NOT NULL,
    PRIMARY KEY (job, plan)
) STRICT;

-- One row a start. `local` is the civil time that names it, so that it is there once.
CREATE TABLE nights (
    id         INTEGER PRIMARY KEY,
    job        TEXT    NOT NULL CHECK (job IN ('night', 'report', 'prune', 'backup')),
    plan       TEXT    NOT NULL,
    local      TEXT    NOT NULL,
    start_ms   INTEGER NOT NULL, -- as the expression says
    due_ms     INTEGER NOT NULL, -- with jitter, and later for another try
    state      TEXT    NOT NULL DEFAULT 'due'
               CHECK (state IN ('due', 'running', 'done', 'failed', 'missed')),
    started_ms INTEGER,
    ended_ms   INTEGER,
    run_id     INTEGER REFERENCES runs (id),
    tries      INTEGER NOT NULL DEFAULT 0,
    reason     TEXT,
    decided    INTEGER NOT NULL DEFAULT 0, -- whether alerts were decided after it
    UNIQUE (job, plan, local)
) STRICT;

CREATE INDEX nights_by_state ON nights (state);

-- What the service noticed: starts and stops, reloads, jumps of the clock.
CREATE TABLE journal (
    id    INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    kind  TEXT    NOT NULL,
    what  TEXT    NOT NULL
) STRICT;

-- One row a condition, from its beginning to its recovery. `told`: the id of the message, or why
-- there was none.
CREATE TABLE alerts (
    id           INTEGER PRIMARY KEY,
    key          TEXT    NOT NULL,
    lane         TEXT    NOT NULL CHECK (lane IN ('A', 'B', 'C', 'D')),
    state        TEXT    NOT NULL CHECK (state IN ('open', 'recovered', 'logged')),
    opened_ms    INTEGER NOT NULL,
    recovered_ms INTEGER,
    what         TEXT    NOT NULL,
    facts        TEXT    NOT NULL CHECK (json_valid(facts)),
    told         TEXT    NOT NULL,
    told_end     TEXT
) STRICT;

CREATE UNIQUE INDEX alerts_open ON alerts (key) WHERE state = 'open';

CREATE TABLE mutes (
    id         INTEGER PRIMARY KEY,
    pattern    TEXT    NOT NULL, -- beginning of an alert's key
    until_ms   INTEGER NOT NULL,
    reason     TEXT    NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;

-- Messages by channel. The id is the same on every try.
CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    message    TEXT    NOT NULL,
    channel    TEXT    NOT NULL,
    lane       TEXT    NOT NULL CHECK (lane IN ('A', 'B', 'C', 'D')),
    body       TEXT    NOT NULL CHECK (json_valid(body)),
    created_ms INTEGER NOT NULL,
    tries      INTEGER NOT NULL DEFAULT 0,
    next_ms    INTEGER NOT NULL,
    sent_ms    INTEGER,
    last_error TEXT,
    UNIQUE (message, channel)
) STRICT;

CREATE INDEX outbox_waiting ON outbox (next_ms) WHERE sent_ms IS NULL;

CREATE VIEW night AS
SELECT
    id,
    job,
    plan,
    local,
    strftime('%Y-%m-%dT%H:%M:%fZ', due_ms / 1000.0, 'unixepoch') AS due_at,
    state,
    strftime('%Y-%m-%dT%H:%M:%fZ', started_ms / 1000.0, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', ended_ms / 1000.0, 'unixepoch') AS ended_at,
    run_id AS run,
    tries,
    reason
FROM nights;

CREATE VIEW alert AS
SELECT
    id,
    lane,
    key,
    state,
    strftime('%Y-%m-%dT%H:%M:%fZ', opened_ms / 1000.0, 'unixepoch') AS opened_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', recovered_ms / 1000.0, 'unixepoch') AS recovered_at,
    what,
    told,
    told_end,
    facts
FROM alerts;

CREATE VIEW message AS
SELECT
    message,
    channel,
    lane,
    strftime('%Y-%m-%dT%H:%M:%fZ', created_ms / 1000.0, 'unixepoch') AS created_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', sent_ms / 1000.0, 'unixepoch') AS sent_at,
    tries,
    last_error,
    json_extract(body, '$.title') AS title
FROM outbox;
