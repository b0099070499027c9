package site

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/pages"
	"verso/reports/site/sitetest"
)

// scoredLong gives every kind of findings that can be made of few tables, about
// members with names of 300 characters.
const scoredLong = `CREATE TABLE score.sevenp AS SELECT customer_key, 'top' AS tier FROM core.dim_customer WHERE customer_key > 0;
	CREATE TABLE score.gain_loss AS SELECT customer_key, 300000.0 AS net_before, 200000.0 AS net_now FROM core.dim_customer WHERE customer_key > 0;
	CREATE TABLE score.clv AS SELECT customer_key, DATE '2025-06-30' AS as_of, DATE '2025-05-01' AS next_order_late FROM core.dim_customer WHERE customer_key > 0;
	CREATE TABLE score.customer_profit AS SELECT customer_key, -30000.0 AS contribution, 'returns' AS reason_1 FROM core.dim_customer WHERE customer_key > 0;
	CREATE TABLE score.orphan_account AS SELECT customer_key, 50000.0 AS net_before, 4.0 AS net_since, true AS is_fading FROM core.dim_customer WHERE customer_key > 0;
	CREATE TABLE score.wallet AS SELECT customer_key, 50000.0 AS potential_margin, true AS is_low, true AS is_wanted FROM core.dim_customer WHERE customer_key > 0;
	UPDATE core.dim_customer SET name = repeat('A very long name ', 18) || customer_key WHERE customer_key > 0;
	UPDATE core.dim_geo SET area_zh = area_zh || repeat('很长的地区名称', 42), area = area || repeat(' a far away region', 16) WHERE geo_key > 0;
	UPDATE meta.run SET company = repeat('Company of a long name ', 13)`

// The briefing is printed on exactly one sheet of A4 in each language: with ordinary
// data, the longest names, a company of three customers, and without any rows.
func TestBriefingIsOneSheet(t *testing.T) {
	a := assets(t)
	ctx := sitetest.Browser(t)
	few := slices.DeleteFunc(pages.All(), func(p page.Page) bool { return !slices.Contains([]string{"index", "briefing", "sales"}, p.Slug) })
	for name, statement := range map[string]string{
		"ordinary":        `SELECT 1`,
		"longest":         scoredLong,
		"three customers": `DELETE FROM core.fact_order_line WHERE customer_key NOT IN (SELECT customer_key FROM core.fact_order_line WHERE customer_key > 0 GROUP BY customer_key ORDER BY customer_key LIMIT 3); DELETE FROM core.fact_return`,
		"no rows":         `DELETE FROM core.fact_order_line; DELETE FROM core.fact_return`,
	} {
		t.Run(name, func(t *testing.T) {
			db := olaptest.Star(t)
			if _, err := db.Exec(context.Background(), engine.SQL(statement)); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(t.TempDir(), "site")
			if _, err := Build(context.Background(), Options{Out: out, Lang: "en", Source: open(t, db), Assets: a}, few...); err != nil {
				t.Fatal(err)
			}
			files := tree(t, out)
			if !strings.Contains(files["index.html"], `href="briefing.html">One-page briefing`) {
				t.Error("the front page does not lead to the briefing")
			}
			for _, folder := range []string{"", "zh"} {
				if n, err := sitetest.Sheets(ctx, filepath.Join(out, folder, "briefing.html")); err != nil || n != 1 {
					t.Errorf("%q: %d sheets, %v", folder, n, err)
				}
			}
			if n, err := sitetest.Sheets(ctx, filepath.Join(out, "sales.html")); name == "ordinary" && (err != nil || n < 2) {
				t.Errorf("a page of more sheets has %d, %v", n, err)
			}
			if name == "longest" && strings.Count(files["briefing.html"], "To decide") == 0 {
				t.Error("there are no findings to be long")
			}
		})
	}
}
