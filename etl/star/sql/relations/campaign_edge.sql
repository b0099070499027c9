SELECT c.campaign_key, p.campaign_key AS parent_key
FROM star_campaign c
JOIN stage.campaign s ON s.campaign_id = c.campaign_id
JOIN star_campaign p ON p.campaign_id = s.parent_campaign_id
WHERE p.campaign_key <> c.campaign_key
ORDER BY c.campaign_key;
