-- Every reason that lists and targets give, worked out again from the star: a row
-- for each kind with how often it is said and how often it is wrong. Anything that
-- is none of the kinds is counted as "other".
WITH now AS (
    SELECT max(CAST(as_of AS DATE)) AS d FROM meta.run
), daily AS (
    SELECT x.customer_key, x.title_key, x.day, sum(x.copies) AS copies
    FROM (
        SELECT customer_key, title_key, order_date AS day, qty - coalesce(qty_cancelled, 0) AS copies FROM core.fact_order_line WHERE qty > coalesce(qty_cancelled, 0)
        UNION ALL
        SELECT customer_key, title_key, return_date, -qty FROM core.fact_return WHERE qty > 0
    ) AS x, now AS n
    WHERE x.title_key > 0 AND x.customer_key > 0 AND x.day <= n.d
    GROUP BY x.customer_key, x.title_key, x.day
), kept AS (
    SELECT y.customer_key, y.title_key, bool_or(y.copies > 0 AND y.day > n.d - 365) AS lately
    FROM daily AS y, now AS n
    GROUP BY y.customer_key, y.title_key
    HAVING sum(y.copies) > 0
), author AS (
    SELECT CAST(c.title_id AS VARCHAR) AS title_id, arg_min(c.name, (coalesce(c.seq, 1), c.name)) AS author
    FROM stage.title_contributor AS c
    WHERE NOT coalesce(c.is_deleted, false) AND coalesce(c.role, 'author') = 'author'
    GROUP BY c.title_id
), title AS (
    SELECT t.title_key, t.title, t.series_id, t.publisher_key, lower(a.author) AS author, CASE WHEN k.clc_key IS NOT NULL THEN coalesce(t.clc_primary, k.code) END AS class, v.volume
    FROM core.dim_title AS t
    LEFT JOIN author AS a ON a.title_id = t.title_id
    LEFT JOIN core.dim_clc AS k ON k.clc_key = t.clc_key AND k.clc_key > 0
    LEFT JOIN feature.offer_title AS v ON v.title_key = t.title_key
), said AS (
    SELECT r.customer_key, r.title_key, unnest(string_split(r.reason_en, '; ')) AS reason FROM score.recommendation AS r
    UNION ALL
    SELECT r.customer_key, r.title_key, unnest(string_split(r.reason_en, '; ')) FROM score.title_target AS r
), parsed AS (
    SELECT s.*, t.class, t.author, t.publisher_key, t.series_id,
           CASE WHEN s.reason LIKE 'volume % of a series you hold: you have "%"' THEN 'series'
                WHEN s.reason LIKE 'because you bought "%"' THEN 'bought'
                WHEN s.reason LIKE 'in %, % % of the titles you took in twelve months (%)' THEN 'class'
                WHEN s.reason LIKE 'in %, % % of the titles you ever took (%)' THEN 'class ever'
                WHEN s.reason LIKE 'by %, of whom you have %' THEN 'author'
                WHEN s.reason LIKE 'from a publisher of whom you have % titles' THEN 'publisher'
                WHEN s.reason LIKE 'taken by % customers in twelve months' THEN 'popular'
                WHEN s.reason LIKE 'taken by % customers who share titles with you' THEN 'peers'
                WHEN s.reason LIKE 'in %, which you said you care for' THEN 'interest'
                WHEN s.reason LIKE 'taken by % customers of your kind (%) in twelve months' THEN 'type'
                WHEN s.reason = 'new in this issue of the catalogue' THEN 'issue'
                ELSE 'other' END AS kind,
           regexp_extract(s.reason, '"(.*)"$', 1) AS named, regexp_extract(s.reason, '^in ([^,]+),', 1) AS code,
           TRY_CAST(regexp_extract(s.reason, '\(([0-9]+)\)$', 1) AS BIGINT) AS of_class, TRY_CAST(regexp_extract(s.reason, ', ([0-9]+) % of', 1) AS BIGINT) AS percent,
           TRY_CAST(regexp_extract(s.reason, '(?:taken by|you have|^volume) ([0-9]+)', 1) AS BIGINT) AS n
    FROM said AS s
    LEFT JOIN title AS t ON t.title_key = s.title_key
), own AS (
    SELECT k.customer_key, count(*) AS everything, count(*) FILTER (WHERE k.lately) AS lately FROM kept AS k GROUP BY k.customer_key
), classes AS (
    SELECT k.customer_key, t.class, count(*) AS everything, count(*) FILTER (WHERE k.lately) AS lately
    FROM kept AS k INNER JOIN title AS t ON t.title_key = k.title_key WHERE t.class IS NOT NULL GROUP BY k.customer_key, t.class
), authors AS (
    SELECT k.customer_key, t.author, count(*) AS n FROM kept AS k INNER JOIN title AS t ON t.title_key = k.title_key WHERE t.author IS NOT NULL GROUP BY k.customer_key, t.author
), publishers AS (
    SELECT k.customer_key, t.publisher_key, count(*) AS n FROM kept AS k INNER JOIN title AS t ON t.title_key = k.title_key WHERE t.publisher_key > 0 GROUP BY k.customer_key, t.publisher_key
), buyers AS (
    SELECT l.title_key, count(DISTINCT l.customer_key) AS n FROM core.fact_order_line AS l, now AS n
    WHERE l.customer_key > 0 AND l.qty > coalesce(l.qty_cancelled, 0) AND l.order_date <= n.d AND l.order_date > n.d - 365 GROUP BY l.title_key
), kinds AS (
    SELECT y.title_key, coalesce(c.customer_type, '') AS customer_type, count(DISTINCT y.customer_key) AS n
    FROM daily AS y INNER JOIN core.dim_customer AS c ON c.customer_key = y.customer_key, now AS n
    WHERE y.copies > 0 AND y.day > n.d - 365 AND coalesce(c.status, 'active') NOT IN ('merged', 'lost', 'closed')
    GROUP BY y.title_key, coalesce(c.customer_type, '')
), checked AS (
    SELECT p.kind, p.reason, p.customer_key, p.title_key,
           CASE p.kind
               WHEN 'series' THEN EXISTS (SELECT 1 FROM kept AS k INNER JOIN title AS h ON h.title_key = k.title_key INNER JOIN title AS t ON t.title_key = p.title_key
                    WHERE k.customer_key = p.customer_key AND h.series_id = t.series_id AND h.title = p.named AND t.volume = p.n AND h.volume = p.n - 1)
               WHEN 'bought' THEN EXISTS (SELECT 1 FROM kept AS k INNER JOIN title AS h ON h.title_key = k.title_key WHERE k.customer_key = p.customer_key AND h.title = p.named)
               WHEN 'class' THEN p.code = p.class AND c.lately = p.of_class AND round(100.0 * c.lately / o.lately) = p.percent
               WHEN 'class ever' THEN p.code = p.class AND c.everything = p.of_class AND round(100.0 * c.everything / o.everything) = p.percent
               WHEN 'author' THEN a.n = p.n AND starts_with(lower(p.reason), 'by ' || p.author || ', of whom')
               WHEN 'publisher' THEN b.n = p.n
               WHEN 'popular' THEN y.n = p.n
               WHEN 'type' THEN z.n = p.n AND p.reason LIKE '%(' || coalesce(u.customer_type, '') || ')%'
               WHEN 'interest' THEN starts_with(p.class, p.code) AND EXISTS (SELECT 1 FROM stage.customer_clc_interest AS i WHERE CAST(i.customer_id AS VARCHAR) = u.customer_id AND i.clc_code = p.code)
               WHEN 'issue' THEN EXISTS (SELECT 1 FROM core.fact_catalogue_listing AS f, now AS n WHERE f.title_key = p.title_key AND f.issue_date > n.d - 45)
               WHEN 'peers' THEN p.n = (SELECT count(DISTINCT v.customer_key) FROM kept AS v INNER JOIN kept AS w ON w.customer_key = v.customer_key INNER JOIN kept AS m ON m.title_key = w.title_key AND m.customer_key = p.customer_key WHERE v.title_key = p.title_key)
               ELSE false END AS is_true
    FROM parsed AS p
    LEFT JOIN core.dim_customer AS u ON u.customer_key = p.customer_key
    LEFT JOIN own AS o ON o.customer_key = p.customer_key
    LEFT JOIN classes AS c ON c.customer_key = p.customer_key AND c.class = p.class
    LEFT JOIN authors AS a ON a.customer_key = p.customer_key AND a.author = p.author
    LEFT JOIN publishers AS b ON b.customer_key = p.customer_key AND b.publisher_key = p.publisher_key
    LEFT JOIN buyers AS y ON y.title_key = p.title_key
    LEFT JOIN kinds AS z ON z.title_key = p.title_key AND z.customer_type = coalesce(u.customer_type, '')
)
SELECT c.kind, count(*) AS said, count(*) FILTER (WHERE NOT coalesce(c.is_true, false)) AS wrong,
       coalesce(min(CASE WHEN NOT coalesce(c.is_true, false) THEN 'customer ' || c.customer_key || ', title ' || c.title_key || ': ' || c.reason END), '') AS example
FROM checked AS c
GROUP BY c.kind
ORDER BY c.kind
