-- Empty table the program fills: every book number in the data, read.
CREATE OR REPLACE TEMP TABLE star_isbn (raw VARCHAR, code VARCHAR, is_valid BOOLEAN, country VARCHAR, language VARCHAR);
