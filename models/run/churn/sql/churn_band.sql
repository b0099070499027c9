-- score.churn_band: the bands of score.churn; see there.
CREATE OR REPLACE TABLE score.churn_band AS
SELECT CAST(b.band_no AS INTEGER) AS "band_no", b.band AS "band"
FROM (VALUES (1, 'high'), (2, 'medium'), (3, 'low')) AS b(band_no, band)
ORDER BY "band_no"
