-- feature.customer_pl: the profit and loss of every known customer over the
-- calendar months from the given one to that of the as-of date, as far as they
-- have come: one row per customer that bought, sent back or cost anything.
--   gross, discount   sales before discount, and what was taken off
--   returned          value credited for copies sent back, and
--   recovered         what they had cost (feature.returned)
--   cost              of the lines whose cost is known (net_costed: their sales)
--   inbound           freight, duty and handling on top of it
--   visits … capital  cost to serve, marketing, commission and what open
--                     receivables cost, as core.fact_customer_month has them
--   contribution      gross - discount - (returned - recovered) - all of these,
--                     where the cost of any line is known; NULL where sales have
--                     no known cost at all
WITH span AS (
    SELECT CAST(? AS DATE) AS first_month, r.as_of
    FROM meta.run AS r
), summed AS (
    SELECT m.customer_key, sum(m.orders) AS orders, sum(m.lines) AS lines, sum(m.copies) AS copies,
           sum(m.gross) AS gross, sum(m.net) AS net, sum(m.net_costed) AS net_costed, sum(m.margin) AS margin,
           sum(m.margin_landed) AS margin_landed, sum(m.contact_cost) AS contacts, sum(m.ticket_cost) AS tickets,
           sum(m.expense_cost) AS expenses, sum(m.return_cost) AS handling, sum(m.marketing_cost) AS marketing,
           sum(m.commission) AS commission, sum(m.capital_cost) AS capital, max(m.recency_days) AS recency_days
    FROM core.fact_customer_month AS m
    CROSS JOIN span AS s
    WHERE m.month >= s.first_month AND m.month <= s.as_of AND m.customer_key <> -1
    GROUP BY m.customer_key
), visited AS (
    SELECT a.customer_key, sum(a.cost) AS visits
    FROM core.fact_activity AS a
    INNER JOIN core.dim_activity_kind AS k ON k.activity_kind_key = a.activity_kind_key
    CROSS JOIN span AS s
    WHERE a.date >= s.first_month AND a.date < CAST(date_trunc('month', s.as_of) + INTERVAL 1 MONTH AS DATE) AND k.type = 'visit'
    GROUP BY a.customer_key
), back AS (
    SELECT r.customer_key, sum(r.returned) AS returned, sum(r.recovered) AS recovered
    FROM feature.returned AS r
    GROUP BY r.customer_key
), kind AS (
    SELECT customer_type, row_number() OVER (ORDER BY customer_type NULLS FIRST) AS type_no
    FROM (SELECT DISTINCT customer_type FROM core.dim_customer) AS t
), item AS (
    SELECT m.customer_key, coalesce(k.type_no, 0) AS type_no, m.orders, m.lines, m.copies,
           CAST(m.gross AS DECIMAL(18, 4)) AS gross, CAST(m.gross - m.net AS DECIMAL(18, 4)) AS discount,
           CAST(coalesce(b.returned, 0) AS DECIMAL(18, 4)) AS returned, CAST(coalesce(b.recovered, 0) AS DECIMAL(18, 4)) AS recovered,
           CAST(m.net AS DECIMAL(18, 4)) AS net, CAST(m.net_costed AS DECIMAL(18, 4)) AS net_costed,
           CAST(m.net_costed - m.margin AS DECIMAL(18, 4)) AS cost,
           CAST(coalesce(m.margin - m.margin_landed, 0) AS DECIMAL(18, 4)) AS inbound,
           CAST(coalesce(v.visits, 0) AS DECIMAL(18, 4)) AS visits, CAST(m.contacts - coalesce(v.visits, 0) AS DECIMAL(18, 4)) AS contacts,
           CAST(m.tickets AS DECIMAL(18, 4)) AS tickets, CAST(m.expenses AS DECIMAL(18, 4)) AS expenses,
           CAST(m.handling AS DECIMAL(18, 4)) AS handling, CAST(m.marketing AS DECIMAL(18, 4)) AS marketing,
           CAST(m.commission AS DECIMAL(18, 4)) AS commission, CAST(m.capital AS DECIMAL(18, 4)) AS capital
    FROM summed AS m
    LEFT JOIN core.dim_customer AS c ON c.customer_key = m.customer_key
    LEFT JOIN kind AS k ON k.customer_type IS NOT DISTINCT FROM c.customer_type
    LEFT JOIN visited AS v ON v.customer_key = m.customer_key
    LEFT JOIN back AS b ON b.customer_key = m.customer_key
)
SELECT i.customer_key, i.type_no, i.orders, i.lines, i.copies, i.gross, i.discount, i.returned, i.recovered, i.net, i.net_costed, i.cost, i.inbound,
       i.visits, i.contacts, i.tickets, i.expenses, i.handling, i.marketing, i.commission, i.capital,
       CAST(i.visits + i.contacts + i.tickets + i.expenses + i.handling AS DECIMAL(18, 4)) AS cost_to_serve,
       CASE WHEN i.lines = 0 OR i.net_costed IS NOT NULL
            THEN CAST(coalesce(i.net_costed, 0) - coalesce(i.cost, 0) - (i.returned - i.recovered) - i.inbound
                      - i.visits - i.contacts - i.tickets - i.expenses - i.handling - i.marketing - i.commission - i.capital AS DECIMAL(18, 4)) END AS contribution
FROM item AS i
WHERE i.lines > 0 OR i.returned <> 0 OR i.visits + i.contacts + i.tickets + i.expenses + i.handling + i.marketing + i.commission + i.capital <> 0
ORDER BY i.customer_key
