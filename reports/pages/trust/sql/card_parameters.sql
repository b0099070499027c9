SELECT model, name, value FROM card.parameter ORDER BY rowid
