package market

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// Every table of the page says the same of the same: phases and classes end in one
// total, and what is not to be added up is not.
func TestProductsPage(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "products_scores", lang)
		p, err := products(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		pagetest.CheckWhole(t, p)
		pagetest.Golden(t, "products.scored."+lang+".txt", pagetest.Outline(p))
		total := map[string]string{}
		for _, s := range p.Sections {
			for _, b := range s.Blocks {
				if b.Table == nil || len(b.Table.Rows) == 0 || b.Table.Rows[len(b.Table.Rows)-1].Kind != view.Total {
					continue
				}
				for i, x := range b.Table.Columns {
					if x.Label == c.T("products.col.net") || x.Label == c.T("products.col.titles") || x.Label == c.T("products.col.stock") {
						shown := b.Table.Rows[len(b.Table.Rows)-1].Cells[i].ExactText()
						if was, seen := total[x.Label]; seen && was != shown {
							t.Errorf("%s ends in %s and in %s", x.Label, was, shown)
						}
						total[x.Label] = shown
					}
				}
			}
		}
		if len(total) != 3 {
			t.Errorf("totals: %v", total)
		}
	}
}

// A company without stock, catalogues and rules has a page that says so.
func TestProductsPageOfLittle(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "products_scores.sql"))
	if err != nil {
		t.Fatal(err)
	}
	db := olaptest.Star(t)
	pagetest.Exec(t, db, string(text))
	for _, sql := range []string{"UPDATE score.title SET stock = NULL, stock_value = NULL, mean_stock_value = NULL, stock_margin = NULL, excess_value = NULL, dead_value = NULL, is_dead = NULL, xyz = NULL",
		"DELETE FROM score.basket_rule", "DELETE FROM score.basket_level", "DELETE FROM score.catalogue", "DELETE FROM score.substitution", "DELETE FROM score.life_cycle"} {
		pagetest.Exec(t, db, sql)
	}
	p, err := products(context.Background(), pagetest.Context(t, db, "en"))
	if err != nil {
		t.Fatal(err)
	}
	pagetest.CheckWhole(t, p)
	outline := pagetest.Outline(p)
	for _, part := range []string{"No title sells steadily enough", "inventory_snapshot", "catalogue_item", "No stock-out and no new edition"} {
		if !strings.Contains(outline, part) {
			t.Errorf("the page does not say %q", part)
		}
	}
}
