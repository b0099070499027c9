SELECT model, name, value, value_zh FROM card.parameter ORDER BY rowid
