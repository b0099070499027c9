-- table: title
-- severity: warn
-- threshold: 0.02
-- needs: title
-- description: Book numbers whose check digit is wrong or that are no ISBN
-- hint: Correct them in the title master; titles without a valid ISBN are matched by title_id only.
-- tested: SELECT count(*) FROM core.dim_title WHERE isbn13 IS NOT NULL
SELECT title_id, isbn13 AS value
FROM core.dim_title
WHERE isbn13 IS NOT NULL AND NOT coalesce(isbn_valid, false)
