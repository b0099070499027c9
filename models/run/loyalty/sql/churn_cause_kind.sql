-- score.churn_cause_kind: the causes of score.churn_cause with a number, as a cube counts
-- them. One row a cause and source; without a cause: nothing named.
CREATE OR REPLACE TABLE score.churn_cause_kind AS
SELECT CAST(row_number() OVER (ORDER BY c."source", c."cause") AS INTEGER) AS "cause_no", nullif(c."cause", '') AS "cause", nullif(c."source", '') AS "source", nullif(c."name", '') AS "name", nullif(c."name_zh", '') AS "name_zh"
FROM score.churn_cause AS c
ORDER BY "cause_no"
