-- Of how many titles that were forecast the stock is known.
SELECT count(f.in_stock) AS counted FROM score.forecast_title AS f
