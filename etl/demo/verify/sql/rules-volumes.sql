-- The next volume of a series is drawn with this probability whenever a buyer of the
-- one before orders; orders of few lines offer it fewer times than there are volumes.
SELECT '70 % of occasions' AS planted,
       printf('%.0f %% of buyers who came again; %.0f rules', 100 * max(CASE WHEN m.name = 'continuation' THEN m.value END), max(CASE WHEN m.name = 'next_volume.rules' THEN m.value END)) AS found,
       coalesce(max(CASE WHEN m.name = 'continuation' THEN m.value END) BETWEEN 0.4 AND 0.75 AND max(CASE WHEN m.name = 'next_volume.rules' THEN m.value END) >= 20, false) AS accepted
FROM card.metric AS m
WHERE m.model = 'basket'
