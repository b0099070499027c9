package page

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/olaptest"
	"verso/reports/view"
)

// scored is the fixture with the scores of a file of testdata.
func scored(t *testing.T, name string) *Context {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	db := olaptest.Star(t)
	exec(t, db, string(text))
	return contextOf(t, db, "en")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s (-want +got; -update writes it anew):\n%s", path, d)
	}
}

// Every table of the page adds up to the same contribution, and the statement
// runs from gross sales to it.
func TestProfitPage(t *testing.T) {
	c := scored(t, "profit_scores")
	p, err := profit(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	checkWhole(t, p)
	golden(t, "profit.scored.txt", outline(p))
	var total []string
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Table == nil || len(b.Table.Rows) == 0 {
				continue
			}
			last := b.Table.Rows[len(b.Table.Rows)-1]
			column := slices.IndexFunc(b.Table.Columns, func(x view.Column) bool { return x.Label == c.t("profit.item.contribution") })
			if b.Table.ID == "profit-statement" {
				column = 1
			}
			if s.ID != "losing" {
				total = append(total, view.Show("en", last.Cells[column], view.Format{Style: view.Decimal, Decimals: 4}))
			}
		}
	}
	if len(total) != 4 || len(slices.Compact(slices.Clone(total))) != 1 {
		t.Errorf("contributions at the ends of the tables: %v", total)
	}
}
