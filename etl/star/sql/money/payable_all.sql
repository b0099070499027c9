-- From which day on the balances of a supplier are made: the first.
CREATE OR REPLACE TEMP TABLE star_payable_from AS
SELECT DISTINCT supplier_key, DATE '0001-01-01' AS day FROM star_payable_event;
