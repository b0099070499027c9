-- What the configuration says about money, one row a word: subject rate (name:
-- a currency), constant_year, balance_days, cost (name: a cost rate), people
-- (name: a kind of expense that pays for people's time).
CREATE OR REPLACE TEMP TABLE star_given (subject VARCHAR, name VARCHAR, value DECIMAL(18, 8));
