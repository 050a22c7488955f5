-- The pages whose 75th percentile (nearest rank) of main content shown is the slowest.
WITH ordered AS (
    SELECT
        target, page, region, profile, lcp,
        cume_dist() OVER (PARTITION BY target, page, region, profile ORDER BY lcp) AS share
    FROM visit
    WHERE state = 'ok' AND warm_up = 0 AND lcp IS NOT NULL
)
SELECT target, page, region, profile, min(lcp) AS p75_lcp
FROM ordered
WHERE share >= 0.75
GROUP BY target, page, region, profile
ORDER BY p75_lcp DESC
LIMIT 10;
