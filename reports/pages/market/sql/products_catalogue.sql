-- Hit rates along one cut: code, page_third or customer_type; the whole first.
SELECT c.code, c.page_third, c.customer_type, c.listings, c.hits, c.hit_rate, c.low, c.high, c.copies_per_title, c.net, c.days_p50
FROM score.catalogue AS c
WHERE CASE WHEN c.code = '(all)' THEN 0 ELSE 1 END + CASE WHEN c.page_third = '(all)' THEN 0 ELSE 1 END + CASE WHEN c.customer_type = '(all)' THEN 0 ELSE 1 END < 2
ORDER BY c.rowid
