-- What a copy weighs, in milligrams: weight_g, else pages x grams_per_page, else
-- grams_per_copy (both from verso.yaml, section landed).
CREATE OR REPLACE TEMP TABLE star_title_weight AS
SELECT t.title_id,
       CAST(round(1000 * coalesce(CASE WHEN t.weight_g > 0 THEN t.weight_g END,
                                  CASE WHEN t.pages > 0 THEN t.pages * p.grams_per_page END,
                                  p.grams_per_copy)) AS BIGINT) AS mg
FROM stage.title t
CROSS JOIN meta.star_landed p;
