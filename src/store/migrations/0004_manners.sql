-- What was caused at sites, and what is remembered of their hosts between runs.

ALTER TABLE visits ADD COLUMN asked_ms INTEGER;   -- when the site was last asked for the page
ALTER TABLE visits ADD COLUMN page_views INTEGER; -- NULL in rows of schemas before this one
ALTER TABLE visits ADD COLUMN bytes REAL;         -- on the wire, also of visits without metrics

-- robots.txt as last fetched. An answer that cannot be had leaves the last body where it is.
CREATE TABLE robots (
    origin     TEXT PRIMARY KEY, -- scheme, host and port
    fetched_ms INTEGER NOT NULL,
    status     INTEGER,          -- after redirects; NULL when nobody answered
    error      TEXT,
    body       BLOB    NOT NULL
) STRICT;

-- Every time a host told us to wait.
CREATE TABLE host_stops (
    id       INTEGER PRIMARY KEY,
    run_id   INTEGER NOT NULL REFERENCES runs (id),
    host     TEXT    NOT NULL,
    target   TEXT    NOT NULL,
    at_ms    INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    reason   TEXT    NOT NULL
) STRICT;

CREATE INDEX host_stops_by_host ON host_stops (host, until_ms);

-- By what the distance to a host is multiplied; a host that is not here has 1.
CREATE TABLE host_distances (
    host   TEXT PRIMARY KEY,
    factor INTEGER NOT NULL CHECK (factor >= 1)
) STRICT;

-- What runs of each day (UTC, by the start of the run) caused each target.
CREATE VIEW ledger AS
SELECT
    strftime('%Y-%m-%d', r.started_ms / 1000.0, 'unixepoch') AS day,
    c.target,
    c.role,
    sum(CASE WHEN v.state = 'missed' THEN 0
             ELSE coalesce(v.page_views, 1 + (',' || v.flags || ',' LIKE '%,retried,%')) END)
        AS page_views,
    sum(CASE WHEN v.state = 'missed' THEN 0
             ELSE coalesce(v.bytes, v.transfer_bytes, 0) END) AS bytes,
    count(*) FILTER (WHERE v.state = 'blocked') AS blocked,
    count(*) FILTER (WHERE v.state = 'missed' AND v.reason LIKE 'robots:%') AS robots_refused,
    (SELECT count(*) FROM host_stops AS s JOIN runs AS sr ON sr.id = s.run_id
     WHERE s.target = c.target
       AND strftime('%Y-%m-%d', sr.started_ms / 1000.0, 'unixepoch')
         = strftime('%Y-%m-%d', r.started_ms / 1000.0, 'unixepoch')) AS stops,
    max(json_extract(t.value, '$.robots_override')) AS robots_override
FROM visits AS v
JOIN runs AS r ON r.id = v.run_id
JOIN cells AS c ON c.id = v.cell_id
LEFT JOIN json_each(r.config, '$.targets') AS t ON json_extract(t.value, '$.id') = c.target
WHERE v.state <> 'planned'
GROUP BY 1, 2, 3;
