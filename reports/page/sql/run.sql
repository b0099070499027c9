-- The run that made this generation.
SELECT run_id, as_of, company, currency, fiscal_year_start, version, seed, config_digest
FROM meta.run
ORDER BY run_id
