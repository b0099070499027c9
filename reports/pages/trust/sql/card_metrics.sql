SELECT model, name, value, unit, reading, reading_zh FROM card.metric ORDER BY rowid
