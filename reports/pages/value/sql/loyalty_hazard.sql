-- Hazard ratios, of the model in which service failures are taken together; the
-- measures that only hold others even are left out.
SELECT h.covariate_en, h.covariate_zh, h.hazard_ratio, h.lower, h.upper, h.p, h.losses
FROM score.hazard AS h
WHERE h.model = 'together' AND h.covariate NOT IN ('orders', 'years')
ORDER BY h.place
