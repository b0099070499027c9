-- feature.window: the period features look at. One row. months = 0 is all history.
SELECT
    CAST(? AS DATE) AS "from_date",
    CAST(? AS DATE) AS "to_date"
