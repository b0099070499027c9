-- Which customers are sent which pages of the current catalogue issues: those for
-- whose list of new titles it holds three titles or a next volume.
CREATE OR REPLACE TABLE score.mailing AS
WITH listed AS (
    SELECT f.catalogue_key, f.title_key, min(f.page) AS page
    FROM core.fact_catalogue_listing AS f
    WHERE f.issue_date > CAST($1 AS DATE) - 45 AND f.catalogue_key > 0
    GROUP BY f.catalogue_key, f.title_key
), hit AS (
    SELECT l.catalogue_key, r.customer_key, r.employee_key, r.date_key, r.title_key, r.rank, r.is_next, r.is_holdout, l.page, t.title, coalesce(d.title_zh, t.title) AS title_zh
    FROM score.recommendation AS r
    INNER JOIN listed AS l ON l.title_key = r.title_key
    INNER JOIN feature.offer_title AS t ON t.title_key = r.title_key
    INNER JOIN core.dim_title AS d ON d.title_key = r.title_key
    WHERE r.list = 'new'
), page AS (
    SELECT p.catalogue_key, p.customer_key, string_agg(CAST(p.page AS VARCHAR), ', ' ORDER BY p.page) AS pages
    FROM (SELECT DISTINCT h.catalogue_key, h.customer_key, h.page FROM hit AS h WHERE h.page IS NOT NULL) AS p
    GROUP BY p.catalogue_key, p.customer_key
), letter AS (
    SELECT h.catalogue_key, h.customer_key, min(h.employee_key) AS employee_key, min(h.date_key) AS date_key, count(*) AS titles, sum(CASE WHEN h.is_next THEN 1 ELSE 0 END) AS volumes,
           bool_or(h.is_holdout) AS is_holdout, min(h.rank) AS first_rank, arg_min(h.title_key, h.rank) AS first_title_key, arg_min(h.title, h.rank) AS title, arg_min(h.title_zh, h.rank) AS title_zh
    FROM hit AS h
    GROUP BY h.catalogue_key, h.customer_key
)
SELECT l.catalogue_key, l.customer_key, l.employee_key, l.date_key, CAST(l.titles AS INTEGER) AS titles, CAST(l.volumes AS INTEGER) AS next_volumes, p.pages, CAST(l.first_title_key AS INTEGER) AS title_key,
       (l.titles >= 3 OR l.volumes > 0) AND NOT l.is_holdout AND coalesce(c.consent_marketing, true) AS is_sent, l.is_holdout,
       CASE WHEN l.is_holdout THEN 'Held out: gets nothing, so that the effect can be measured'
            WHEN NOT coalesce(c.consent_marketing, true) THEN 'No consent to mailings'
            WHEN l.volumes > 0 THEN printf('%d of the list of new titles, %d next volumes; first "%s"', l.titles, CAST(l.volumes AS INTEGER), l.title)
            WHEN l.titles >= 3 THEN printf('%d of the list of new titles; first "%s"', l.titles, l.title)
            ELSE printf('Only %d of the list of new titles: not worth a letter', l.titles) END AS reason_en,
       CASE WHEN l.is_holdout THEN '对照客户：不寄送，以便衡量效果'
            WHEN NOT coalesce(c.consent_marketing, true) THEN '未同意接收推广'
            WHEN l.volumes > 0 THEN printf('新书单中有 %d 种，其中续卷 %d 种；首推《%s》', l.titles, CAST(l.volumes AS INTEGER), l.title_zh)
            WHEN l.titles >= 3 THEN printf('新书单中有 %d 种；首推《%s》', l.titles, l.title_zh)
            ELSE printf('新书单中仅 %d 种，不值得寄送', l.titles) END AS reason_zh
FROM letter AS l
INNER JOIN feature.offer_customer AS c ON c.customer_key = l.customer_key
LEFT JOIN page AS p ON p.catalogue_key = l.catalogue_key AND p.customer_key = l.customer_key
ORDER BY l.catalogue_key, l.customer_key
