package value

import (
	"context"
	"slices"
	"strings"
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

// Where the profit of some is not known, the page says of how many and of what share
// of the sales; where it is of nobody's, it says only that.
func TestProfitKnownInPart(t *testing.T) {
	const unknown = "UPDATE score.customer_profit SET contribution = NULL; UPDATE score.profit_cell SET contribution = NULL, margin = NULL, net_known = NULL, net_costed = NULL, is_known = false"
	p, err := profit(context.Background(), pagetest.Scored(t, "profit_scores", "en", strings.ReplaceAll(unknown+";", ";", " WHERE customer_key <= 5;")))
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Says(t, p, []string{"Of 5 more customers, with ", "is not known for want of costs", "what 5 others cost"}, nil)
	if p, err = profit(context.Background(), pagetest.Scored(t, "profit_scores", "en")); err != nil {
		t.Fatal(err)
	}
	pagetest.Says(t, p, []string{"The cost of 86.2%", "at least these"}, []string{"for want of costs"})
	if p, err = profit(context.Background(), pagetest.Scored(t, "profit_scores", "en", unknown)); err != nil {
		t.Fatal(err)
	}
	pagetest.Says(t, p, []string{"What customers earn is not known.", "purchase_line"}, []string{"lose"})
}
