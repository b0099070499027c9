package pages

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/olaptest"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// Every page says in its own language which source's data are older than it.
func TestStaleSourcesOnEveryPage(t *testing.T) {
	db := olaptest.Star(t)
	before := buildAll(t, pagetest.Context(t, db, "en")) // a generation without the table
	pagetest.Exec(t, db, `CREATE TABLE meta.stale_source ("source" VARCHAR, "since" DATE, "reason" VARCHAR)`)
	if d := cmp.Diff(before, buildAll(t, pagetest.Context(t, db, "en")), cmp.AllowUnexported(view.Value{})); d != "" {
		t.Errorf("pages change though nothing is stale:\n%s", d)
	}
	pagetest.Exec(t, db, `INSERT INTO meta.stale_source VALUES ('shop', DATE '2026-06-29', 'x'), ('erp', DATE '2026-06-28', 'connection refused')`)
	for lang, want := range map[string][]string{
		"en": {"Source erp could not be read; its data are from 28 June 2026.", "Source shop could not be read; its data are from 29 June 2026."},
		"zh": {"数据源 erp 未能读取，所用数据截至 2026年6月28日。", "数据源 shop 未能读取，所用数据截至 2026年6月29日。"},
	} {
		for _, p := range buildAll(t, pagetest.Context(t, db, lang)) {
			var got []string
			for _, b := range p.Banners {
				if b.Tone == view.Caution && slices.Contains(want, b.Text) {
					got = append(got, b.Text)
				}
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("%s %s: %s; all banners: %v", p.Slug, lang, d, p.Banners)
			}
		}
	}
}
