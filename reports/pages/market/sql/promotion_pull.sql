-- Whether orders came in addition or only earlier.
SELECT d.name, p."during", p."after", p.after_low, p.after_high, p.reading, p.reading_zh
FROM score.pull_forward AS p
JOIN core.dim_campaign AS d ON d.campaign_key = p.campaign_key
ORDER BY p.campaign_key
