package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/pages"
	"verso/reports/site/sitetest"
	"verso/reports/view"
)

// memberPages are the pages of members of a company in a language.
func memberPages(t *testing.T, c *page.Context) []page.Page {
	t.Helper()
	all := pages.All()
	at := slices.IndexFunc(all, func(p page.Page) bool { return p.Slug == "members" })
	below, err := all[at].Below(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return below
}

// memberColumns are the columns of core.fact_order_line's dimensions that pages of
// members are about, as hand-written SQL joins them.
var memberColumns = map[string]string{
	"region.area":      "(SELECT g.area FROM core.dim_geo AS g WHERE g.geo_key = l.geo_key)",
	"customer.type":    "(SELECT d.customer_type FROM core.dim_customer AS d WHERE d.customer_key = l.customer_key)",
	"customer.segment": "(SELECT s.segment FROM score.customer_place AS s WHERE s.customer_key = l.customer_key)",
	"salesperson.name": "CAST(l.employee_key AS VARCHAR)",
	"publisher.name":   "CAST(l.publisher_key AS VARCHAR)",
	"class.bucket":     "(SELECT g.bucket FROM core.dim_clc AS g WHERE g.clc_key = l.clc_key)",
}

// Every figure on the pages of members is what SQL written by hand finds.
func TestMembersAreTold(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, smallest...)
	db := generation(t, dir)
	seen := map[string]int{}
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Context(t, db, lang)
		for _, p := range memberPages(t, c) {
			v, err := p.Build(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			pagetest.CheckWhole(t, v)
			seen[p.About.Attribute]++
			if lang == "en" {
				memberIsTold(t, db, p, v)
			}
		}
	}
	for attribute := range memberColumns {
		if seen[attribute] < 4 {
			t.Errorf("only %d pages by %s", seen[attribute], attribute)
		}
	}
}

// memberIsTold compares one page.
func memberIsTold(t *testing.T, db engine.Querier, p page.Page, v view.Page) {
	t.Helper()
	figures, tables := partsOf(v)
	sql := fmt.Sprintf(`WITH mine AS (SELECT l.* FROM core.fact_order_line AS l WHERE %s = ?),
		now AS (SELECT * FROM mine WHERE order_date BETWEEN DATE '2026-01-01' AND DATE '2026-06-30'),
		before AS (SELECT * FROM mine WHERE order_date BETWEEN DATE '2025-01-01' AND DATE '2025-06-30')
		SELECT (SELECT sum(net) FROM now), (SELECT sum(net) FROM before), (SELECT sum(margin) FROM now), (SELECT count(DISTINCT order_key) FROM now),
		  (SELECT count(DISTINCT customer_key) FROM now WHERE customer_key > 0),
		  (SELECT sum(net) FROM mine WHERE order_date BETWEEN DATE '2025-06-01' AND DATE '2026-06-30'),
		  (SELECT max(net) FROM (SELECT sum(net) AS net FROM now GROUP BY customer_key)),
		  (SELECT max(d) FROM (SELECT sum(CASE WHEN order_date >= DATE '2026-01-01' THEN net ELSE -net END) AS d FROM (SELECT * FROM now UNION ALL SELECT * FROM before) GROUP BY customer_key)),
		  (SELECT min(d) FROM (SELECT sum(CASE WHEN order_date >= DATE '2026-01-01' THEN net ELSE -net END) AS d FROM (SELECT * FROM now UNION ALL SELECT * FROM before) GROUP BY customer_key))`, memberColumns[p.About.Attribute])
	row, err := engine.One(t.Context(), db, engine.SQL(sql, p.About.Key))
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, got, want view.Value) {
		t.Helper()
		if got, want := page.Zero(got).ExactText(), page.Zero(want).ExactText(); got != want {
			t.Errorf("%s: %s is %s, by hand %s", p.Slug, what, got, want)
		}
	}
	check("net", figures["Net revenue"].Value, page.Value(row[0]))
	check("net before", figures["Net revenue"].Previous, page.Value(row[1]))
	check("margin", figures["Margin"].Value, page.Value(row[2]))
	check("orders", figures["Orders"].Value, page.Value(row[3]))
	check("customers", figures["Customers who ordered"].Value, page.Value(row[4]))
	for _, id := range []string{"top", "parts", "titles", "bridge"} {
		last := tables[id].Rows[len(tables[id].Rows)-1]
		check(id+" in all", last.Cells[1], page.Value(row[0]))
	}
	months := tables["months"]
	check("13 months", months.Rows[len(months.Rows)-1].Cells[1], page.Value(row[5]))
	check("the largest customer", tables["top"].Rows[0].Cells[1], page.Value(row[6]))
	check("the bridge in all", tables["bridge"].Rows[len(tables["bridge"].Rows)-1].Cells[3], view.Sub(page.Zero(page.Value(row[0])), page.Zero(page.Value(row[1]))))
	if up := page.Value(row[7]); up.Float > 0 {
		check("who grew most", tables["bridge"].Rows[0].Cells[3], up)
	}
	if down := page.Value(row[8]); down.Float < 0 {
		low := view.I(0)
		for _, r := range tables["bridge"].Rows {
			if d := r.Cells[3]; r.Kind == view.Leaf && d.Float < low.Float {
				low = d
			}
		}
		check("who fell most", low, down)
	}
}

// partsOf are the figures of a page by their names, and its tables by their ids.
func partsOf(v view.Page) (map[string]view.KPI, map[string]*view.Table) {
	figures, tables := map[string]view.KPI{}, map[string]*view.Table{}
	for _, s := range v.Sections {
		for _, b := range s.Blocks {
			switch {
			case b.KPIs != nil:
				for _, k := range b.KPIs.Items {
					figures[k.Label] = k
				}
			case b.Chart != nil:
				tables[b.Chart.ID] = &b.Chart.Table
			case b.Table != nil:
				tables[b.Table.ID] = b.Table
			}
		}
	}
	return figures, tables
}

// Pages of members are reached from the rows about them, lead on, and pass in a
// browser.
func TestMembersAreReached(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, smallest...)
	root := filepath.Join(dir, "site")
	for _, c := range []struct{ from, to string }{
		{"index", "region-north-china"}, {"sales", "class-"}, {"sales", "publisher-"}, {"performance", "region-"}, {"performance", "salesperson-"},
		{"salesforce", "salesperson-"}, {"suppliers", "publisher-"}, {"profile", "segment-"}, {"members", "type-library"},
		{"region-north-china", "class-o"}, {"region-north-china", "account-"}, {"region-north-china", "members.html#region"}, {"class-o", "type-"}} {
		text, err := os.ReadFile(filepath.Join(root, c.from+".html"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), `href="`+c.to) {
			t.Errorf("%s does not lead to %s", c.from, c.to)
		}
	}
	index, err := os.ReadFile(filepath.Join(root, "zh", "search.js"))
	if err != nil || !strings.Contains(string(index), "region-north-china.html") {
		t.Errorf("the search index does not know the page of a region: %v", err)
	}
	ctx, axe := sitetest.Browser(t), sitetest.Axe(t)
	for _, look := range []sitetest.Look{
		{File: filepath.Join(root, "region-north-china.html"), Name: "member-en-1440", Theme: "light", Width: 1440, Axe: axe},
		{File: filepath.Join(root, "zh", "class-o.html"), Name: "member-zh-390", Theme: "dark", Width: 390, Axe: axe}} {
		t.Run(look.Name, func(t *testing.T) { sitetest.Inspect(t, ctx, look) })
	}
}
