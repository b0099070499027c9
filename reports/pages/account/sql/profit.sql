-- The statement of twelve months, from gross sales to contribution. Parameter: keys
-- of customers.
SELECT p.customer_key, p.gross, p.discount, p.returned - p.recovered AS returns, p.cost, p.inbound, p.visits, p.contacts, p.tickets, p.expenses, p.handling, p.marketing, p.commission, p.capital,
       p.contribution, p.net_sales, p.orders, p.lines, p.rank, p.reason_1, p.excess_1, p.reason_2, p.excess_2
FROM score.customer_profit AS p
WHERE p.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
ORDER BY p.customer_key
