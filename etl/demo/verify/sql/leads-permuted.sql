-- What the model of leads finds after their outcomes were dealt out at random.
SELECT CASE WHEN count(*) > 0 THEN 'nothing' END AS planted,
       printf('AUC %.2f', max(m.value)) AS found,
       abs(max(m.value) - 0.5) <= 0.08 AS accepted
FROM card.metric m
WHERE m.model = 'leads' AND m.name = 'lead.permuted_auc'
