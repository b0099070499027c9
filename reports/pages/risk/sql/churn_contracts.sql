-- How many contracts there are, run, have ended, and of these were renewed.
SELECT count(*), coalesce(sum(k.running), 0), coalesce(sum(k.ended), 0), coalesce(sum(CASE WHEN k.ended = 1 THEN k.renewed END), 0)
FROM core.fact_contract AS k
