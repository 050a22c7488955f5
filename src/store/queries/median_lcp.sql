-- Median of main content shown (LCP), by target and page, of November 2026.
WITH ordered AS (
    SELECT
        v.target,
        v.page,
        v.lcp,
        row_number() OVER w AS place,
        count(*) OVER (PARTITION BY v.target, v.page) AS visits
    FROM visit AS v
    JOIN run AS r ON r.id = v.run
    WHERE v.state = 'ok' AND v.warm_up = 0 AND v.lcp IS NOT NULL
      AND r.started_at >= '2026-11-01' AND r.started_at < '2026-12-01'
    WINDOW w AS (PARTITION BY v.target, v.page ORDER BY v.lcp)
)
SELECT target, page, visits, avg(lcp) AS median_lcp
FROM ordered
WHERE place IN ((visits + 1) / 2, (visits + 2) / 2)
GROUP BY target, page
ORDER BY page, median_lcp;
