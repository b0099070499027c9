-- What the card of a model says. Parameter: the model.
SELECT reading, reading_zh FROM card.model WHERE model = ?
