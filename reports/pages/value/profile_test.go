package value

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// The pages of profiling and loyalty over scores: their tables add up, and they
// say what was found.
func TestProfilePages(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Scored(t, "profile_scores", lang)
		for slug, build := range map[string]func(context.Context, *page.Context) (view.Page, error){"profile": profile, "loyalty": loyalty} {
			p, err := build(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			pagetest.CheckWhole(t, p)
			pagetest.Golden(t, slug+".scored."+lang+".txt", pagetest.Outline(p))
			if text := p.Message.Finding + p.Message.Consequence; strings.Contains(text, "{") {
				t.Errorf("%s: %s", slug, text)
			}
		}
	}
}

// Moves on the page add up to the customers of the matrix, and to the values of
// both windows.
func TestMovesOnThePage(t *testing.T) {
	c := pagetest.Scored(t, "profile_scores", "en")
	flows, err := desk{c}.readFlows(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var customers int64
	for _, f := range flows {
		customers += f.customers
	}
	table := desk{c}.moveTable(flows)
	total := table.Rows[len(table.Rows)-1].Cells
	if got := total[1].ExactText(); got != view.I(customers).ExactText() {
		t.Errorf("%s customers in all, %d in the matrix", got, customers)
	}
	if got, want := total[4].ExactText(), view.Sub(total[3], total[2]).ExactText(); got != want {
		t.Errorf("change %s, want %s", got, want)
	}
}

// Without segments, and without moves beside, the page says so.
func TestProfileAtTheEdges(t *testing.T) {
	db := olaptest.Star(t)
	text, err := os.ReadFile(filepath.Join("testdata", "profile_scores.sql"))
	if err != nil {
		t.Fatal(err)
	}
	pagetest.Exec(t, db, string(text))
	for _, e := range []struct{ empty, part string }{
		{"DELETE FROM score.segment", "No segments can be told"},
		{"DELETE FROM score.tier_migration", "Nobody has bought yet"},
	} {
		pagetest.Exec(t, db, e.empty)
		c := pagetest.Context(t, db, "en")
		p, err := profile(context.Background(), c)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(p.Message.Finding, e.part) {
			t.Errorf("%s: %s", e.empty, p.Message.Finding)
		}
	}
}
