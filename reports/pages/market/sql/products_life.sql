-- How demand fades, by level of readership; all titles first.
SELECT l."by", l.code, l.titles, l.lines, l.half_life_days, l.low, l.high, l.share_90, l.share_365
FROM score.life_cycle AS l
WHERE l."by" <> 'class'
ORDER BY l.rowid
