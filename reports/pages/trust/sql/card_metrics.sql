SELECT model, name, value, unit, reading FROM card.metric ORDER BY rowid
