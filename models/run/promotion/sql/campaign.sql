-- score.campaign: what every campaign caused, one row each.
--   response, baseline   share of the treated who ordered in the window; what it would have been
--   lift, low, high      their difference with its 95 % interval; p_adjusted over the
--                        campaigns with customers held back, or over those without
--   unmatched_lift       the treated less everyone else, without matching
--   balance              largest difference that matching left, in standard deviations
--   lines_*              order lines per treated customer: without the campaign, and their lift
--   incremental_margin   extra margin of all treated, with its interval
--   cost_judged, treated_judged  those of campaigns whose margin or lift is known
--   extra_buyers         lift times all treated
--   naive_margin, naive_romi  as if all they ordered had come of it
--   needed, needed_break_even  customers an arm to find the lift seen, and one that pays, four times in five
CREATE OR REPLACE TABLE score.campaign AS
SELECT
    CAST(s.campaign_key AS INTEGER) AS "campaign_key",
    CAST(EXTRACT(year FROM f.from_date) * 10000 + EXTRACT(month FROM f.from_date) * 100 + EXTRACT(day FROM f.from_date) AS INTEGER) AS "date_key",
    f.from_date AS "from_date",
    f.to_date AS "to_date",
    f.treated AS "treated",
    f.held_back AS "held_back",
    CAST(s.judged AS INTEGER) AS "judged",
    CAST(s.compared AS INTEGER) AS "compared",
    s.method AS "method",
    s.response AS "response",
    s.baseline AS "baseline",
    s.lift AS "lift",
    s.low AS "low",
    s.high AS "high",
    s.p AS "p",
    s.p_adjusted AS "p_adjusted",
    s.unmatched_lift AS "unmatched_lift",
    s.balance AS "balance",
    s.lines_base AS "lines_base",
    s.lines_lift AS "lines_lift",
    s.lines_low AS "lines_low",
    s.lines_high AS "lines_high",
    CAST(s.incremental_margin AS DECIMAL(18, 4)) AS "incremental_margin",
    CAST(s.margin_low AS DECIMAL(18, 4)) AS "margin_low",
    CAST(s.margin_high AS DECIMAL(18, 4)) AS "margin_high",
    CAST(s.profit AS DECIMAL(18, 4)) AS "profit",
    f.cost AS "cost",
    CAST(CASE WHEN s.incremental_margin IS NOT NULL THEN f.cost END AS DECIMAL(18, 4)) AS "cost_judged",
    CAST(CASE WHEN s.lift IS NOT NULL THEN f.treated END AS INTEGER) AS "treated_judged",
    CAST(s.lift * f.treated AS DECIMAL(18, 4)) AS "extra_buyers",
    s.lift IS NOT NULL AS "is_judged",
    s.verdict = 'lift' AS "is_lift",
    s.romi AS "romi",
    s.romi_low AS "romi_low",
    s.romi_high AS "romi_high",
    CAST(s.naive_margin AS DECIMAL(18, 4)) AS "naive_margin",
    s.naive_romi AS "naive_romi",
    s.break_even_lift AS "break_even_lift",
    s.break_even_response AS "break_even_response",
    CAST(s.needed AS INTEGER) AS "needed",
    CAST(s.needed_break_even AS INTEGER) AS "needed_break_even",
    s.verdict AS "verdict",
    s.words AS "words",
    s.words_zh AS "words_zh",
    s.warning AS "warning",
    s.warning_zh AS "warning_zh"
FROM temp.main.fitted AS s
INNER JOIN feature.campaign AS f ON f.campaign_key = s.campaign_key
ORDER BY "from_date", "campaign_key"
