-- Probabilities and what came true, in bins of equally many.
SELECT b.probability, b.rate, b.customers FROM score.churn_calibration AS b WHERE b.model = 'model' ORDER BY b.bin
