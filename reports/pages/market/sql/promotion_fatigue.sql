-- Answers to e-mails by which of its month it was.
SELECT f.contacts, f.messages, f.rate, f.low, f.high, f.ratio, f.ratio_low, f.ratio_high
FROM score.fatigue AS f
WHERE f.counting = 'calendar month'
ORDER BY f.contacts
