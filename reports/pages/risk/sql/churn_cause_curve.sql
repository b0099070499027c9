-- Cumulative incidence of the four causes named most, every half-year.
WITH first AS (
    SELECT c.cause, c.source, c.name, c.name_zh, row_number() OVER (ORDER BY c.lost DESC, c.value DESC, c.source, c.cause) AS place
    FROM score.churn_cause AS c
    WHERE c.cause <> '' AND c.lost > 0
)
SELECT f.place, f.name, f.name_zh, k.quarter, k.incidence, k.low, k.high, k.at_risk
FROM first AS f
INNER JOIN score.churn_cause_curve AS k ON k.cause = f.cause AND k.source = f.source
WHERE f.place <= 4 AND k.quarter % 2 = 0
ORDER BY f.place, k.quarter
