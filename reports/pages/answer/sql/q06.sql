-- Open leads by the margin of a year that can be expected of them.
WITH total AS (
    SELECT count(*) AS leads, sum(l.expected_margin) AS margin, sum(CASE WHEN l.place <= 10 THEN l.expected_margin END) AS first_ten
    FROM score.lead AS l
    WHERE l.expected_margin IS NOT NULL
)
SELECT t.leads AS found_n, t.margin AS margin_money, CAST(t.first_ten AS DOUBLE) / nullif(CAST(t.margin AS DOUBLE), 0) AS ten_pct,
       CAST(f.lead_id AS VARCHAR) AS lead_name, f.lead_source AS source_word, f.expected_margin AS lead_money, f.margin_if_won AS won_money
FROM total AS t
LEFT JOIN score.lead AS f ON f.place = 1
