-- How much of the purchases the largest suppliers have. Parameters: first and last day.
WITH each AS (
    SELECT supplier_key, CAST(sum(cost) AS DOUBLE) AS cost
    FROM core.fact_purchase_line
    WHERE supplier_key > 0 AND cost > 0 AND po_date BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)
    GROUP BY supplier_key
), placed AS (
    SELECT cost, row_number() OVER (ORDER BY cost DESC, supplier_key) AS place, sum(cost) OVER () AS whole FROM each
)
SELECT sum(CASE WHEN place <= 5 THEN cost ELSE 0 END ORDER BY place) / max(whole), sum(cost / whole * cost / whole ORDER BY place), count(*) FROM placed
