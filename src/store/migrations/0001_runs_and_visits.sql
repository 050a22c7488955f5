-- Schema 1: runs, their planned and finished visits, evidence, and the views for analysts.
-- Append-only: a released migration is never edited; a change is a new file.
-- Times are milliseconds since 1970-01-01 UTC; the views print them as ISO 8601.

PRAGMA application_id = 1869968496; -- 0x6f757470, "outp" in ASCII

CREATE TABLE runs (
    id          INTEGER PRIMARY KEY,
    started_ms  INTEGER NOT NULL,
    finished_ms INTEGER,
    state       TEXT    NOT NULL CHECK (state IN ('unfinished', 'finished', 'abandoned')),
    seed        INTEGER NOT NULL, -- the bits of an unsigned 64-bit number
    config_hash TEXT    NOT NULL,
    config      TEXT    NOT NULL CHECK (json_valid(config)), -- holds no secret
    rounds      INTEGER NOT NULL,
    host        TEXT    NOT NULL CHECK (json_valid(host))
) STRICT;

CREATE INDEX runs_by_start ON runs (started_ms);

-- What is visited, said once, so that a visit stays small. Independent of runs.
CREATE TABLE cells (
    id          INTEGER PRIMARY KEY,
    target      TEXT NOT NULL,
    target_name TEXT NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('own', 'rival')),
    market      TEXT NOT NULL,
    page        TEXT NOT NULL,
    region      TEXT NOT NULL,
    profile     TEXT NOT NULL,
    url         TEXT NOT NULL,
    UNIQUE (target, page, region, profile, url, market, role, target_name)
) STRICT;

CREATE TABLE environments (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

-- A plan is rows in state `planned`; the end of a visit fills its row, once.
CREATE TABLE visits (
    id             INTEGER PRIMARY KEY,
    run_id         INTEGER NOT NULL REFERENCES runs (id),
    seq            INTEGER NOT NULL,
    round          INTEGER NOT NULL,
    cell_id        INTEGER NOT NULL REFERENCES cells (id),
    state          TEXT    NOT NULL DEFAULT 'planned'
                   CHECK (state IN ('planned', 'ok', 'failed', 'blocked', 'missed')),
    started_ms     INTEGER,
    duration_ms    REAL,
    reason         TEXT,
    flags          TEXT    NOT NULL DEFAULT '', -- separated by commas
    environment_id INTEGER REFERENCES environments (id),
    final_url      TEXT,
    title          TEXT,
    attribution    TEXT    CHECK (attribution IS NULL OR json_valid(attribution)),

    ttfb                 REAL,
    redirect             REAL,
    dns                  REAL,
    connect              REAL,
    tls                  REAL,
    wait                 REAL,
    download             REAL,
    fcp                  REAL,
    lcp                  REAL,
    lcp_ttfb             REAL,
    lcp_load_delay       REAL,
    lcp_load_time        REAL,
    lcp_render_delay     REAL,
    cls                  REAL,
    tbt                  REAL,
    inp                  REAL,
    speed_index          REAL,
    visual_complete      REAL,
    dom_content_loaded   REAL,
    load                 REAL,
    fully_loaded         REAL,
    requests             REAL,
    failed_requests      REAL,
    transfer_bytes       REAL,
    js_bytes             REAL,
    css_bytes            REAL,
    image_bytes          REAL,
    font_bytes           REAL,
    third_party_requests REAL,
    third_party_bytes    REAL,
    js_errors            REAL,
    console_errors       REAL,

    UNIQUE (run_id, seq)
) STRICT;

CREATE INDEX visits_by_state ON visits (run_id, state);
CREATE INDEX visits_by_cell ON visits (cell_id, started_ms);

CREATE TABLE evidence (
    id         INTEGER PRIMARY KEY,
    visit_id   INTEGER NOT NULL REFERENCES visits (id),
    kind       TEXT    NOT NULL,
    media_type TEXT    NOT NULL, -- of the body when decoded
    encoding   TEXT    NOT NULL CHECK (encoding IN ('zstd', 'none')),
    body       BLOB    NOT NULL,
    UNIQUE (visit_id, kind)
) STRICT;

CREATE VIEW visit AS
SELECT
    v.id,
    v.run_id AS run,
    v.round,
    v.round = 0 AS warm_up,
    c.target,
    c.role,
    c.market,
    c.page,
    NULL AS step, -- a visit is one load; journeys have steps
    c.region,
    c.profile,
    strftime('%Y-%m-%dT%H:%M:%fZ', v.started_ms / 1000.0, 'unixepoch') AS started_at,
    v.duration_ms,
    v.state,
    v.reason,
    v.flags,
    e.name AS environment,
    v.ttfb,
    v.redirect,
    v.dns,
    v.connect,
    v.tls,
    v.wait,
    v.download,
    v.fcp,
    v.lcp,
    v.lcp_ttfb,
    v.lcp_load_delay,
    v.lcp_load_time,
    v.lcp_render_delay,
    v.cls,
    v.tbt,
    v.inp,
    v.speed_index,
    v.visual_complete,
    v.dom_content_loaded,
    v.load,
    v.fully_loaded,
    v.requests,
    v.failed_requests,
    v.transfer_bytes,
    v.js_bytes,
    v.css_bytes,
    v.image_bytes,
    v.font_bytes,
    v.third_party_requests,
    v.third_party_bytes,
    v.js_errors,
    v.console_errors
FROM visits AS v
JOIN cells AS c ON c.id = v.cell_id
LEFT JOIN environments AS e ON e.id = v.environment_id
WHERE v.state <> 'planned';

CREATE VIEW run AS
SELECT
    r.id,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.started_ms / 1000.0, 'unixepoch') AS started_at,
    strftime('%Y-%m-%dT%H:%M:%fZ', r.finished_ms / 1000.0, 'unixepoch') AS finished_at,
    r.state,
    printf('%x', r.seed) AS seed,
    r.config_hash,
    r.rounds,
    (SELECT count(*) FROM visits AS v WHERE v.run_id = r.id) AS planned,
    (SELECT count(*) FROM visits AS v WHERE v.run_id = r.id AND v.state = 'ok') AS ok,
    (SELECT count(*) FROM visits AS v WHERE v.run_id = r.id AND v.state = 'failed') AS failed,
    (SELECT count(*) FROM visits AS v WHERE v.run_id = r.id AND v.state = 'blocked') AS blocked,
    (SELECT count(*) FROM visits AS v WHERE v.run_id = r.id AND v.state = 'missed') AS missed,
    json_extract(r.host, '$.tool') AS tool,
    json_extract(r.host, '$.platform') AS platform,
    json_extract(r.host, '$.cores') AS cores,
    json_extract(r.host, '$.host') AS host
FROM runs AS r;
