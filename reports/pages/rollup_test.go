package pages

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	shipped "verso/olap/catalog"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/rollup"
	"verso/reports/page"
	"verso/reports/view"
)

// The shipped rollups answer what the pages ask, whether the as-of date ends a
// month or not, and no page is another one for it.
func TestPagesAreAnsweredFromRollups(t *testing.T) {
	ctx := context.Background()
	for _, asOf := range []string{"2025-06-30", "2025-06-17"} {
		db := olaptest.Star(t)
		if _, err := db.Exec(ctx, engine.SQL("UPDATE meta.run SET as_of = CAST(? AS DATE)", asOf)); err != nil {
			t.Fatal(err)
		}
		model, err := shipped.Load("")
		if err != nil {
			t.Fatal(err)
		}
		built, err := rollup.Build(ctx, db, model, rollup.Options{Limits: rollup.Limits{Cells: 1 << 30, Share: 100, Bits: 1 << 30}, Samples: -1})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range built {
			if s.State != rollup.OK || s.Reason != "" {
				t.Errorf("rollup %s: %s %s", s.Name, s.State, s.Reason)
			}
		}
		asked, hits, counts := 0, 0, true
		with, err := olap.Open(ctx, db, olap.Options{Asked: func(a olap.Asked) {
			if !counts {
				return
			}
			if asked++; a.Rollup != "" {
				hits++
			} else {
				t.Logf("from the facts: %+v %+v", a.Query, a.Rejected)
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		without, err := olap.Open(ctx, db, olap.Options{NoRollups: true})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pagesOf(t, without, db, func(string) {}), pagesOf(t, with, db, func(slug string) {
			counts = slug != "members" // asks by dimensions of which no rollup is kept
		})); diff != "" {
			t.Errorf("as of %s: pages differ (-facts +rollups):\n%s", asOf, diff)
		}
		if hits*100 < asked*95 {
			t.Errorf("as of %s: %d of %d questions from rollups, want 95%%", asOf, hits, asked)
		}
		t.Logf("as of %s: %d of %d questions from rollups", asOf, hits, asked)
	}
}

// pagesOf builds every page; next is told its slug before.
func pagesOf(t *testing.T, o *olap.Olap, db engine.Database, next func(slug string)) (pages []view.Page) {
	t.Helper()
	for _, lang := range []string{"en", "zh"} {
		c, err := page.NewContext(context.Background(), page.FromOlap(o, db), lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range All() {
			next(p.Slug)
			built, err := p.Build(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			pages = append(pages, built)
		}
	}
	return pages
}
