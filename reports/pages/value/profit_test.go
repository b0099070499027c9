package value

import (
	"context"
	"slices"
	"testing"

	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// Every table of the page adds up to the same contribution, and the statement
// runs from gross sales to it.
func TestProfitPage(t *testing.T) {
	c := pagetest.Scored(t, "profit_scores", "en")
	p, err := profit(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	pagetest.CheckWhole(t, p)
	pagetest.Golden(t, "profit.scored.txt", pagetest.Outline(p))
	var total []string
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Table == nil || len(b.Table.Rows) == 0 {
				continue
			}
			last := b.Table.Rows[len(b.Table.Rows)-1]
			column := slices.IndexFunc(b.Table.Columns, func(x view.Column) bool { return x.Label == c.T("profit.item.contribution") })
			if b.Table.ID == "profit-statement" {
				column = 1
			}
			if s.ID != "losing" {
				total = append(total, view.Show(c.Lang, last.Cells[column], view.Format{Style: view.Decimal, Decimals: 4}))
			}
		}
	}
	if len(total) != 4 || len(slices.Compact(slices.Clone(total))) != 1 {
		t.Errorf("contributions at the ends of the tables: %v", total)
	}
}
