-- Parameters of the cards; a whole model as JSON is for programs, not for a page.
SELECT model, name, value, value_zh FROM card.parameter WHERE length(value) <= 2000 ORDER BY rowid
