-- Partners by what they took in and by what they kept of it.
--   net_after_returns   net less the value returned, of the same months
--   sell_in_rank, kept_rank   by net and by net after returns
--   return_rate         copies that came back of those ordered in the twelve months
--                       that ended half a year ago; before: in the twelve before
--   finding             returns rising: more copies come back than the year before,
--                       or more than with partners in general, beyond chance (fitted)
CREATE OR REPLACE TABLE score.partner AS
SELECT a.customer_key, a.channel_key, a.geo_key, CAST(a.net AS DECIMAL(18, 4)) AS net, CAST(a.margin AS DECIMAL(18, 4)) AS margin,
       CAST(a.returned AS DECIMAL(18, 4)) AS returned, CAST(a.net - a.returned AS DECIMAL(18, 4)) AS net_after_returns, CAST(a.copies_unsold AS BIGINT) AS copies_unsold,
       CAST(a.copies AS BIGINT) AS copies, CAST(a.copies_back AS BIGINT) AS copies_returned,
       CAST(a.copies_before AS BIGINT) AS copies_before, CAST(a.copies_back_before AS BIGINT) AS copies_returned_before,
       CAST(a.copies_back AS DOUBLE) / nullif(CAST(a.copies AS DOUBLE), 0) AS return_rate,
       CAST(a.copies_back_before AS DOUBLE) / nullif(CAST(a.copies_before AS DOUBLE), 0) AS return_rate_before,
       CAST(row_number() OVER (ORDER BY a.net DESC, a.customer_key) AS INTEGER) AS sell_in_rank,
       CAST(row_number() OVER (ORDER BY a.net - a.returned DESC, a.customer_key) AS INTEGER) AS kept_rank,
       f.z, f.finding
FROM partner_course AS a
INNER JOIN temp.main.fitted AS f ON f.customer_key = a.customer_key
ORDER BY sell_in_rank
