package main

import (
	"testing"

	"verso/olap/engine"
)

// productsEqualTheirSQL compares the scores of titles and catalogues with SQL over
// the facts, written by hand and another way than the models' own.
func productsEqualTheirSQL(t *testing.T, db engine.Database) {
	t.Helper()
	const year = "o.order_date > DATE '2025-06-30' AND o.order_date <= DATE '2026-06-30' AND o.qty > 0 AND o.title_key > 0"
	for name, sql := range map[string]string{
		"ABC": `WITH back AS (SELECT r.title_key, sum(r.value) AS v FROM core.fact_return r LEFT JOIN core.fact_order_line l ON l.line_id = CASE WHEN r.from_order_line THEN -9 ELSE r.line_id END
WHERE r.return_date <= DATE '2026-06-30' AND CASE WHEN l.line_id IS NULL THEN r.return_date ELSE l.order_date END BETWEEN DATE '2025-07-01' AND DATE '2026-06-30' GROUP BY 1),
sold AS (SELECT o.title_key, sum(o.net) - coalesce(any_value(b.v), 0) AS net FROM core.fact_order_line o LEFT JOIN back b ON b.title_key = o.title_key WHERE ` + year + ` GROUP BY 1),
placed AS (SELECT title_key, net, coalesce(sum(greatest(net, 0)) OVER (ORDER BY net DESC, title_key ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before, sum(greatest(net, 0)) OVER () AS total FROM sold)
SELECT count(*) FROM score.title s FULL JOIN placed p ON p.title_key = s.title_key WHERE s.abc IS DISTINCT FROM
CASE WHEN p.title_key IS NULL THEN 'N' WHEN p.net <= 0 THEN 'C' WHEN p.before < 0.8 * p.total THEN 'A' WHEN p.before < 0.95 * p.total THEN 'B' ELSE 'C' END`,
		"net sales": `SELECT count(*) FROM (SELECT (SELECT sum(net) FROM score.title) AS a, (SELECT sum(net) FROM core.fact_order_line o WHERE ` + year + `) AS b) AS x WHERE a <> b`,
		"GMROI": `WITH value AS (SELECT i.title_key, sum(CAST(i.value AS DOUBLE)) / 11 AS mean, count(*) AS n FROM core.fact_inventory i WHERE i.snap_date BETWEEN DATE '2025-07-01' AND DATE '2026-06-30' GROUP BY 1),
earned AS (SELECT o.title_key, sum(coalesce(o.gross_margin, o.margin)) AS margin FROM core.fact_order_line o WHERE ` + year + ` GROUP BY 1)
SELECT count(*) FROM score.title s JOIN value v ON v.title_key = s.title_key LEFT JOIN earned e ON e.title_key = s.title_key
WHERE v.n > 11 OR (SELECT count(DISTINCT snap_date) FROM core.fact_inventory WHERE snap_date BETWEEN DATE '2025-07-01' AND DATE '2026-06-30') <> 11 OR abs(coalesce(s.gmroi, -1) - coalesce(CAST(CASE WHEN e.title_key IS NULL THEN 0 ELSE e.margin END AS DOUBLE) / nullif(v.mean, 0), -1)) > 1e-4 * greatest(1, abs(s.gmroi))`,
		"stock": "SELECT count(*) FROM score.title s FULL JOIN (SELECT title_key, qty_on_hand FROM core.fact_inventory WHERE snap_date = DATE '2026-05-31') i ON i.title_key = s.title_key WHERE s.stock IS DISTINCT FROM i.qty_on_hand",
		"XYZ": `WITH months AS (SELECT CAST(m AS DATE) AS m FROM range(DATE '2024-07-01', DATE '2026-07-01', INTERVAL 1 MONTH) AS r (m)),
sold AS (SELECT o.title_key, date_trunc('month', o.order_date) AS m, sum(o.qty) AS q FROM core.fact_order_line o WHERE o.qty > 0 GROUP BY 1, 2),
demand AS (SELECT s.title_key, stddev_samp(coalesce(d.q, 0)) / nullif(avg(coalesce(d.q, 0)), 0) AS cv, count(*) AS n FROM score.title s CROSS JOIN months LEFT JOIN sold d ON d.title_key = s.title_key AND d.m = months.m WHERE months.m >= s.origin_date GROUP BY 1)
SELECT count(*) FROM score.title s LEFT JOIN demand d ON d.title_key = s.title_key WHERE coalesce(s.xyz, '-') <> CASE WHEN d.n >= 6 AND d.cv <= 0.5 THEN 'X' WHEN d.n >= 6 AND d.cv <= 1 THEN 'Y' WHEN d.n >= 6 AND d.cv IS NOT NULL THEN 'Z' ELSE '-' END`,
		"dead titles": "SELECT count(*) FROM score.title s WHERE s.age_days >= 365 AND (s.phase = 'dead') = EXISTS (SELECT 1 FROM core.fact_order_line o WHERE o.title_key = s.title_key AND o.qty > 0 AND o.order_date > DATE '2025-06-30' AND o.order_date <= DATE '2026-06-30')",
		"hit rates": `SELECT count(*) FROM score.catalogue s JOIN (SELECT c.code, count(*) AS n, count(*) FILTER (WHERE EXISTS (SELECT 1 FROM core.fact_order_line o WHERE o.title_key = g.title_key AND o.qty > 0 AND o.order_date >= g.issue_date AND o.order_date < g.issue_date + 90)) AS k
FROM core.fact_catalogue_listing g JOIN core.dim_catalogue c ON c.catalogue_key = g.catalogue_key WHERE g.issue_date <= DATE '2026-06-30' - 89 GROUP BY 1) h ON h.code = s.code
WHERE s.page_third = '(all)' AND s.customer_type = '(all)' AND (s.listings <> h.n OR s.hits <> h.k OR s.hit_rate NOT BETWEEN s.low AND s.high)`,
		"hits by type add up to no less than the hits": "SELECT count(*) FROM (SELECT code, sum(CASE WHEN customer_type = '(all)' THEN hits END) AS h, sum(CASE WHEN customer_type <> '(all)' THEN hits END) AS k FROM score.catalogue WHERE page_third = '(all)' GROUP BY 1) AS x WHERE k < h",
		"a rule's counts": `SELECT count(*) FROM score.basket_rule r WHERE r.level = 'order_title' AND r."count" <> (SELECT count(*) FROM (SELECT DISTINCT o.order_key FROM core.fact_order_line o WHERE o.title_key = r.antecedent_key AND o.qty > 0 AND o.order_date > DATE '2023-06-30' AND o.order_date <= DATE '2026-06-30') a
JOIN (SELECT DISTINCT o.order_key FROM core.fact_order_line o WHERE o.title_key = r.consequent_key AND o.qty > 0) b USING (order_key))`,
	} {
		if n := figure(t, db, sql); n != "0" {
			t.Errorf("%s: %s rows differ from the SQL written by hand", name, n)
		}
	}
	for _, filled := range []string{"score.title WHERE gmroi >= 0", "score.title WHERE abc = 'A'", "score.title WHERE xyz = 'Z'", "score.catalogue", "score.basket_rule"} {
		if figure(t, db, "SELECT count(*) FROM "+filled) == "0" {
			t.Errorf("no row of %s to compare", filled)
		}
	}
}
