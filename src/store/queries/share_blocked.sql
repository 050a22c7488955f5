-- Of the visits that were made, the share that each target refused, in percent.
SELECT
    target,
    count(*) AS made,
    round(100.0 * avg(state = 'blocked'), 1) AS blocked_percent
FROM visit
WHERE warm_up = 0 AND state <> 'missed'
GROUP BY target
ORDER BY blocked_percent DESC, target;
