-- The last 8 tickets. Parameter: keys of customers.
SELECT t.customer_key, t.date, t.type, t.severity, t.is_complaint, t.open, t.resolution_hours, t.csat, t.tickets
FROM (
  SELECT f.customer_key, f.date, k.type, k.severity, k.is_complaint, f.open, f.resolution_hours, f.csat, count(*) OVER (PARTITION BY f.customer_key) AS tickets,
         row_number() OVER (PARTITION BY f.customer_key ORDER BY f.date DESC, f.ticket_id DESC) AS place
  FROM core.fact_ticket AS f
  LEFT JOIN core.dim_ticket_kind AS k ON k.ticket_kind_key = f.ticket_kind_key
  WHERE f.customer_key IN (SELECT CAST(k.key AS INTEGER) FROM (SELECT unnest(string_split(?, ',')) AS key) AS k)
) AS t
WHERE t.place <= 8
ORDER BY t.customer_key, t.place
