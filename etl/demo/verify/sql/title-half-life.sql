-- Demand halves in nine months (academic, professional, reference) or four (trade),
-- over a small floor that lengthens what is fitted; textbooks do not fade.
WITH life AS (
    SELECT max(CASE WHEN l.code = 'academic' THEN l.half_life_days END) AS academic, max(CASE WHEN l.code = 'trade' THEN l.half_life_days END) AS trade,
           max(CASE WHEN l.code = 'textbook' THEN coalesce(l.half_life_days, 99999) END) AS textbook
    FROM score.life_cycle AS l
    WHERE l."by" = 'level'
)
SELECT 'academic 274 days, trade 122, textbooks none' AS planted,
       printf('academic %.0f days, trade %.0f, textbooks %s', academic, trade, CASE WHEN textbook > 1000 THEN 'none in three years' ELSE printf('%.0f', textbook) END) AS found,
       coalesce(academic BETWEEN 220 AND 340 AND trade BETWEEN 110 AND 190 AND textbook > 1000, false) AS accepted
FROM life
