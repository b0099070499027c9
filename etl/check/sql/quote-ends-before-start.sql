-- table: quote
-- severity: warn
-- threshold: 0.01
-- needs: quote
-- description: Quotations whose last day is before their first
-- hint: No order can fall under them; check valid_from and valid_to.
-- tested: SELECT count(*) FROM stage.quote WHERE valid_to IS NOT NULL
SELECT q.quote_id, q.valid_to AS value, q.valid_from
FROM stage.quote q
WHERE q.valid_to < q.valid_from
