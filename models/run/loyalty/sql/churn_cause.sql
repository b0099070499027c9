-- score.churn_cause: what the customers who were lost had named before, one row a cause
-- and source; the cause '' is nothing. It is what they said, no proof that it is why they
-- left: kept_share says how many of those who stayed had named the same.
--   lost, share    lost customers that named it last, and their share of all lost, with
--                  its 95 % interval (Wilson)
--   kept_share     share of the customers that were not lost that had named it, in as long
--   value          net that those lost had brought in their last year
--   rate           lost by it a hundred customers and year at risk
--   after_1, after_3   cumulative incidence one and three years after the third order day,
--                  other causes competing (Aalen and Johansen 1978), with its 95 % interval
CREATE OR REPLACE TABLE score.churn_cause AS
WITH worth AS (
    SELECT c.cause, c.source, CAST(sum(CASE WHEN c.is_lost = 1 THEN c.value ELSE 0 END) AS DECIMAL(18, 2)) AS value
    FROM feature.churn_cause AS c
    WHERE c.lost_day > c.entry_day
    GROUP BY c.cause, c.source
), named AS (
    SELECT d.code, CASE d.kind WHEN 'lost' THEN 'opportunity' ELSE 'complaint' END AS source, min(d.name_en) AS name_en, min(d.name_zh) AS name_zh
    FROM core.dim_reason AS d
    WHERE d.kind IN ('lost', 'complaint')
    GROUP BY d.code, d.kind
)
SELECT s.cause AS "cause", s.source AS "source", coalesce(n.name_en, s.cause) AS "name", coalesce(n.name_zh, s.cause) AS "name_zh",
       CAST(s.lost AS INTEGER) AS "lost", s.share AS "share", s.share_low AS "share_low", s.share_high AS "share_high", s.kept_share AS "kept_share", w.value AS "value", s.rate AS "rate",
       s.one AS "after_1", s.one_low AS "after_1_low", s.one_high AS "after_1_high", s.three AS "after_3", s.three_low AS "after_3_low", s.three_high AS "after_3_high"
FROM temp.main.fitted AS s
LEFT JOIN worth AS w ON w.cause = s.cause AND w.source = s.source
LEFT JOIN named AS n ON n.code = s.cause AND n.source = s.source
ORDER BY s.cause = '', "lost" DESC, "value" DESC, "source", "cause"
