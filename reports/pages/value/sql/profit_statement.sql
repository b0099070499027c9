-- The profit and loss of all customers together, of those whose profit is known;
-- last how many others bought, and the net sales of all.
SELECT count(*) AS "customers", sum(gross), sum(discount), sum(returned - recovered), sum(coalesce(cost, 0)), sum(inbound), sum(visits), sum(contacts),
  sum(tickets), sum(expenses), sum(handling), sum(marketing), sum(commission), sum(capital), sum(contribution),
  sum(CASE WHEN contribution < 0 THEN 1 ELSE 0 END) AS "losing", sum(CASE WHEN contribution < 0 THEN contribution ELSE 0 END) AS "loss",
  sum(CASE WHEN contribution > 0 THEN 1 ELSE 0 END) AS "earning", sum(CASE WHEN contribution > 0 THEN contribution ELSE 0 END) AS "peak",
  sum(net), sum(net_costed), sum(cost_to_serve), sum(net - coalesce(net_costed, 0)) AS "uncosted",
  (SELECT count(*) FROM score.customer_profit AS u WHERE u.contribution IS NULL AND u.net <> 0), (SELECT sum(u.net) FROM score.customer_profit AS u)
FROM score.customer_profit
WHERE contribution IS NOT NULL
