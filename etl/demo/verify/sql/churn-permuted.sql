-- What the model of churn finds after the next orders were dealt out at random.
SELECT CASE WHEN count(*) > 0 THEN 'nothing' END AS planted,
       printf('AUC %.3f', max(m.value)) AS found,
       abs(max(m.value) - 0.5) <= 0.06 AS accepted
FROM card.metric AS m
WHERE m.model = 'churn' AND m.name = 'permuted_auc'
