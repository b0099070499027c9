-- From which day on the balances of a customer are made: the first.
CREATE OR REPLACE TEMP TABLE star_receivable_from AS
SELECT DISTINCT customer_key, DATE '0001-01-01' AS day FROM star_receivable_event;
