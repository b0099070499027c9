SELECT model, 'score.' || table_name FROM card.output ORDER BY rowid
