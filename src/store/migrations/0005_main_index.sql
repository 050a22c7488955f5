-- Schema 5: an index that alone answers "this metric of all visits of a year".

CREATE INDEX visits_main ON visits (run_id, cell_id, round, state, lcp, ttfb)
WHERE state <> 'planned';
