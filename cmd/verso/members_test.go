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

// What editors write in files is on the pages; a wrong file is named by check and
// on the page of runs, and everything else is still built.
func TestEditorsFiles(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, smallest...)
	text, err := os.ReadFile(filepath.Join(dir, "verso.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	own := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(own, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	moved := strings.NewReplacer("\nwarehouse: warehouse\n", "\nwarehouse: "+dir+"/warehouse\n", "path: data/", "path: "+dir+"/data/").Replace(string(text))
	write("verso.yaml", moved)
	config := filepath.Join(own, "verso.yaml")
	out := filepath.Join(own, "out")
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(out, name+".html"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	write("annotations.yaml", "annotations:\n  - date: 2026-03-02\n    text: {en: Prices <raised>, zh: 提价}\n  - from: 2026-01-15\n    to: 2026-02-24\n    member: {region.area: North China}\n    text: {en: Customs closed, zh: 海关停办}\n")
	write("goals.yaml", "goals:\n  - goal: on_time\n    target: 0.95\n")
	if _, errs := verso(t, exitConfig, "check", "-c", config, "--cubes", "none"); !strings.Contains(errs, `goals.yaml:3:13: "0.95" is no percentage`) {
		t.Errorf("check says %s", errs)
	}
	verso(t, exitDone, "site", "-c", config, "--out", out)
	for name, want := range map[string][]string{
		"index": {"Prices &lt;raised&gt;"}, "quality": {"goals.yaml:3:13", "Customs closed"}, "goals": {"Goal scoreboard"},
		"region-north-china": {"Prices &lt;raised&gt;", "Customs closed"}, "class-o": {"Prices &lt;raised&gt;"}, "zh/region-north-china": {"海关停办"}} {
		for _, w := range want {
			if !strings.Contains(read(name), w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
	if strings.Contains(read("region-east-china"), "Customs closed") || strings.Contains(read("index"), "Customs closed") {
		t.Error("an annotation about one region is on another page")
	}
	write("goals.yaml", "goals:\n  - goal: on_time\n    baseline: 90%\n    milestones: {2026: 98.5%}\n    owner: Head of logistics\n")
	verso(t, exitDone, "check", "-c", config, "--cubes", "none")
	c := goalsContext(t, config)
	all := pages.All()
	v, err := all[slices.IndexFunc(all, func(p page.Page) bool { return p.Slug == "goals" })].Build(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	pagetest.CheckWhole(t, v)
	_, tables := partsOf(v)
	row := tables["board-rows"].Rows[2].Cells
	if row[2].Float != .985 || row[3].Float != .9 || row[6].Text != "will be missed" || row[7].Text != "Head of logistics" || row[8].Text != "goals.yaml" {
		t.Errorf("the scoreboard has %+v", row)
	}
	if other := tables["board-rows"].Rows[0].Cells; other[8].Text != "plan" {
		t.Errorf("a goal that the file does not name comes from %+v", other[8])
	}
}

// goalsContext is what the pages of a configuration are written with.
func goalsContext(t *testing.T, config string) *page.Context {
	t.Helper()
	a := &app{configPath: config, env: func(string) (string, bool) { return "", false }}
	p, err := a.openPublished(t.Context(), "en")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.close)
	c, err := p.page(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return c
}
