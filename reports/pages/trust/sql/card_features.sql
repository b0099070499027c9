SELECT model, name, definition FROM card.feature ORDER BY rowid
