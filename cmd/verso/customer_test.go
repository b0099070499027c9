package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/engine"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/pages/account"
	"verso/reports/view"
)

// customersAreTold compares the pages of the key customers with SQL written by
// hand: net sales, contribution, open lines, what is owed; and the command with
// the pages.
func customersAreTold(t *testing.T, dir string, db engine.Database) {
	t.Helper()
	o, err := olap.Open(t.Context(), db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, lang := range []string{"en", "zh"} {
		c, err := page.NewContext(t.Context(), page.FromOlap(o, db), lang)
		if err != nil {
			t.Fatal(err)
		}
		list := account.Pages()[0]
		v, err := list.Build(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		pagetest.CheckWhole(t, v)
		below, err := list.Below(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range below {
			v, err := p.Build(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			pagetest.CheckWhole(t, v)
			customerIsTold(t, db, v, strings.TrimPrefix(p.Slug, "account-"))
			told++
		}
	}
	if told < 10 {
		t.Errorf("only %d pages of customers", told)
	}
	var got struct{ Title string }
	text, _ := verso(t, exitDone, "customer", "25", "--format", "json", "-c", dir+"/verso.yaml")
	if err := json.Unmarshal([]byte(text), &got); err != nil || got.Title == "" {
		t.Errorf("customer 25: %v, title %q", err, got.Title)
	}
	if _, told := verso(t, exitUsage, "customer", "no such customer", "-c", dir+"/verso.yaml"); !strings.Contains(told, "no customer has the number") {
		t.Error(told)
	}
}

// customerIsTold compares one page.
func customerIsTold(t *testing.T, db engine.Querier, p view.Page, id string) {
	t.Helper()
	row, err := engine.One(t.Context(), db, engine.SQL(`
		SELECT (SELECT sum(l.net) FROM core.fact_order_line AS l, meta.run AS r WHERE l.customer_key = c.customer_key AND l.order_date > r.as_of - INTERVAL 1 YEAR AND l.order_date <= r.as_of),
		  (SELECT contribution FROM score.customer_profit AS s WHERE s.customer_key = c.customer_key),
		  (SELECT count(*) FROM core.fact_order_stage AS s WHERE s.customer_key = c.customer_key AND s.is_open),
		  (SELECT sum(open) FROM core.fact_receivable AS s WHERE s.customer_key = c.customer_key AND s.is_open)
		FROM core.dim_customer AS c WHERE c.customer_id = ?`, id))
	if err != nil {
		t.Fatal(err)
	}
	figures := p.Sections[0].Blocks[0].KPIs.Items
	for i, want := range []view.Value{page.Value(row[0]), page.Value(row[1])} {
		if got := figures[i].Value; got.ExactText() != want.ExactText() {
			t.Errorf("customer %s: %s is %s, by hand %s", id, figures[i].Label, got.ExactText(), want.ExactText())
		}
	}
	tables := map[string]*view.Table{}
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Table != nil {
				tables[b.Table.ID] = b.Table
			}
		}
	}
	if open := page.Whole(row[2]); int64(len(tables["open"].Rows)) != min(open, 12) {
		t.Errorf("customer %s: %d open lines shown, by hand there are %d", id, len(tables["open"].Rows), open)
	}
	if owed := tables["receivable"].Rows; len(owed) > 0 {
		if got, want := owed[len(owed)-1].Cells[2].ExactText(), page.Value(row[3]).ExactText(); got != want {
			t.Errorf("customer %s owes %s, by hand %s", id, got, want)
		}
	}
	orders := tables["last-orders"].Rows
	if !slices.IsSortedFunc(orders, func(a, b view.Row) int { return b.Cells[1].Date.Compare(a.Cells[1].Date) }) {
		t.Errorf("customer %s: the last orders are not in order", id)
	}
}
