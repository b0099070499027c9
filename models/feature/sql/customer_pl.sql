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
--                     sales without a known cost counted as cost, so that it is
--                     the least there is. NULL where it cannot be told: where
--                     no cost of the customer's sales is known, or of what it sent
--                     back when it bought nothing, or of any sale of the company;
--                     and where it is a loss that the sales without a known cost
--                     might make good
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
    SELECT r.customer_key, sum(r.returned) AS returned, sum(r.recovered) AS recovered, sum(r.guessed) AS guessed
    FROM feature.returned AS r
    GROUP BY r.customer_key
), kind AS (
    SELECT customer_type, row_number() OVER (ORDER BY customer_type NULLS FIRST) AS type_no
    FROM (SELECT DISTINCT customer_type FROM core.dim_customer) AS t
), costed AS (
    SELECT count(l.cost) > 0 AS any_cost FROM core.fact_order_line AS l
), item AS (
    SELECT m.customer_key, coalesce(k.type_no, 0) AS type_no, m.orders, m.lines, m.copies,
           CAST(m.gross AS DECIMAL(18, 4)) AS gross, CAST(m.gross - m.net AS DECIMAL(18, 4)) AS discount,
           CAST(coalesce(b.returned, 0) AS DECIMAL(18, 4)) AS returned, CAST(coalesce(b.recovered, 0) AS DECIMAL(18, 4)) AS recovered,
           CAST(coalesce(b.guessed, 0) AS DECIMAL(18, 4)) AS guessed,
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
), told AS (
    SELECT i.customer_key, CAST(i.visits + i.contacts + i.tickets + i.expenses + i.handling AS DECIMAL(18, 4)) AS cost_to_serve,
           n.any_cost AND CASE WHEN i.lines > 0 THEN i.net_costed IS NOT NULL ELSE i.returned = 0 OR i.guessed < i.returned END AS is_told,
           CAST(coalesce(i.net_costed, 0) - coalesce(i.cost, 0) - (i.returned - i.recovered) - i.inbound
                - i.visits - i.contacts - i.tickets - i.expenses - i.handling - i.marketing - i.commission - i.capital AS DECIMAL(18, 4)) AS least,
           CAST(i.net - coalesce(i.net_costed, 0) + greatest(i.guessed - i.recovered, 0) AS DECIMAL(18, 4)) AS more
    FROM item AS i
    CROSS JOIN costed AS n
)
SELECT i.customer_key, i.type_no, i.orders, i.lines, i.copies, i.gross, i.discount, i.returned, i.recovered, i.net, i.net_costed, i.cost, i.inbound,
       i.visits, i.contacts, i.tickets, i.expenses, i.handling, i.marketing, i.commission, i.capital,
       t.cost_to_serve, CASE WHEN t.is_told AND (t.least >= 0 OR t.least + t.more < 0) THEN t.least END AS contribution
FROM item AS i
INNER JOIN told AS t ON t.customer_key = i.customer_key
WHERE i.lines > 0 OR i.returned <> 0 OR i.visits + i.contacts + i.tickets + i.expenses + i.handling + i.marketing + i.commission + i.capital <> 0
ORDER BY i.customer_key
