-- The fairs, whose visitors choose themselves: extra order lines as a share of
-- what would have come, over the fairs that could be judged against those who had
-- come before and stayed away, each weighted by its precision. A small company has none
-- that can.
WITH planted AS (
    SELECT CAST(campaign_id AS VARCHAR) AS campaign_id, size FROM truth_campaign WHERE code = 'C'
), fair AS (
    SELECT c.lines_lift / c.lines_base AS more, (c.lines_high - c.lines_low) / c.lines_base / 2 / 1.96 AS se, c.naive_margin, c.incremental_margin
    FROM score.campaign c
    JOIN core.dim_campaign d ON d.campaign_key = c.campaign_key
    JOIN planted t ON t.campaign_id = d.campaign_id
    WHERE c.lines_base > 0 AND c.warning LIKE '%Judged on%' AND c.lines_high > c.lines_low
), pooled AS (
    SELECT sum(more / (se * se)) / sum(1 / (se * se)) AS more, 1 / sqrt(sum(1 / (se * se))) AS se, count(*) AS fairs FROM fair
)
SELECT CASE WHEN fairs > 0 THEN (SELECT printf('%+.0f %%, visitors choose themselves', 100 * max(size)) FROM planted) END AS planted,
       printf('%+.0f %% (%+.0f to %+.0f) over %d fairs', 100 * more, 100 * (more - 1.96 * se), 100 * (more + 1.96 * se), fairs) AS found,
       abs(more - (SELECT max(size) FROM planted)) <= 3 * se AND more > 0 AS accepted
FROM pooled
