package value

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// Where what is about the company as a whole is not open, the pages of profiles and
// taste show the rest with the same figures, and say what is kept back.
func TestPagesOfAPart(t *testing.T) {
	type build func(context.Context, *page.Context) (view.Page, error)
	for slug, c := range map[string]struct {
		page     build
		scores   string
		drop     []string
		kept     []string // tables of the page that are the same
		column   int      // but for this column of the first; -1: none
		withheld int      // parts
	}{
		"profile": {profile, "profile_scores.sql", []string{"segment_profile", "tier_migration", "concentration", "completeness"}, []string{"segment-table", "move-table", "completeness"}, 7, 3},
		"taste":   {preferences, "taste_scores.sql", []string{"taste_demand"}, []string{"taste-subjects", "taste-readers", "taste-changed"}, -1, 1},
	} {
		t.Run(slug, func(t *testing.T) {
			db := olaptest.Star(t)
			text, err := os.ReadFile(filepath.Join("testdata", c.scores))
			if err != nil {
				t.Fatal(err)
			}
			pagetest.Exec(t, db, string(text))
			whole, err := c.page(context.Background(), pagetest.Context(t, db, "en"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range c.drop {
				pagetest.Exec(t, db, "DROP TABLE score."+name)
			}
			for _, lang := range []string{"zh", "en"} {
				part, err := c.page(context.Background(), pagetest.Context(t, db, lang))
				if err != nil {
					t.Fatal(err)
				}
				pagetest.CheckWhole(t, part)
				if lang == "zh" {
					continue
				}
				for i, id := range c.kept {
					want, got := rowsOf(whole, id), rowsOf(part, id)
					if len(want) == 0 {
						t.Fatalf("no table %s", id)
					}
					for r := range want {
						if i == 0 && c.column >= 0 && r < len(got) {
							want[r][c.column], got[r][c.column] = "", ""
						}
					}
					if d := cmp.Diff(want, got); d != "" {
						t.Errorf("%s:\n%s", id, d)
					}
				}
				if n := strings.Count(pagetest.Outline(part), "this is about the company as a whole"); n != c.withheld {
					t.Errorf("%d parts are said to be kept back, want %d", n, c.withheld)
				}
			}
		})
	}
}

// rowsOf are the cells of a table of a page, exact.
func rowsOf(p view.Page, id string) [][]string {
	var out [][]string
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if b.Table == nil || b.Table.ID != id {
				continue
			}
			for _, r := range b.Table.Rows {
				var cells []string
				for _, v := range r.Cells {
					cells = append(cells, v.ExactText())
				}
				out = append(out, slices.Clone(cells))
			}
		}
	}
	return out
}
