SELECT model, name, definition, definition_zh FROM card.feature ORDER BY rowid
