CREATE OR REPLACE TABLE score.segment_choice AS
SELECT
    CAST(s.segments AS INTEGER) AS "segments",
    s.found_again AS "found_again",
    s.found_again_low AS "found_again_low",
    s.silhouette AS "silhouette",
    CAST(s.smallest AS INTEGER) AS "smallest",
    s.is_chosen AS "is_chosen"
FROM temp.main.fitted AS s
ORDER BY "segments"
