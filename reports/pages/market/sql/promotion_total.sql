-- What campaigns did as a whole. naive_cost is the cost of those whose following
-- margin is known.
SELECT count(*) AS campaigns, count(CASE WHEN c.is_judged THEN 1 END) AS judged, count(CASE WHEN c.is_lift THEN 1 END) AS lifts,
       count(CASE WHEN c.held_back > 0 THEN 1 END) AS tested, sum(c.cost) AS cost, sum(c.cost_judged) AS cost_judged,
       sum(CASE WHEN c.incremental_margin IS NOT NULL THEN c.naive_margin END) AS naive_margin, sum(c.incremental_margin) AS incremental_margin, sum(c.profit) AS profit,
       min(c.from_date) AS first_date, max(c.from_date) AS last_date
FROM score.campaign AS c
