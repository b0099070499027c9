package trust

import (
	"context"
	"strings"
	"testing"

	"verso/olap"
	shipped "verso/olap/catalog"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/rollup"
	"verso/reports/page"
)

// A rollup that was tampered with is found, is said to differ in both languages,
// and no page takes a figure from it.
func TestFailedRollupIsShown(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	model, err := shipped.Load("")
	if err != nil {
		t.Fatal(err)
	}
	o := rollup.Options{Limits: rollup.Limits{Cells: 1 << 30, Share: 100, Bits: 1 << 30}, Samples: -1}
	if _, err := rollup.Build(ctx, db, model, o); err != nil {
		t.Fatal(err)
	}
	if text := rollupText(t, db, "en"); !strings.Contains(text, "differs from the single rows.") || strings.Contains(text, "▲") {
		t.Errorf("all in order: %s", text)
	}
	if _, err := db.Exec(ctx, engine.SQL(`UPDATE rollup.sales_month SET net = net + 1`)); err != nil {
		t.Fatal(err)
	}
	o.Samples = 5
	if _, err := rollup.Recheck(ctx, db, model, o); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string][]string{
		"en": {"Differing from the single rows, and not used: sales_month.", "sales_month|", "▲\u00a0differs, not used", "not that of the single rows"},
		"zh": {"与明细不一致、未被使用的汇总：sales_month。", "▲\u00a0不一致，未使用", "与逐行计算不同"},
	} {
		text := rollupText(t, db, lang)
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
	}
}

func rollupText(t *testing.T, db engine.Database, lang string) string {
	t.Helper()
	o, err := olap.Open(context.Background(), db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := page.NewContext(context.Background(), page.FromOlap(o, db), lang)
	if err != nil {
		t.Fatal(err)
	}
	p, err := quality(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, s := range p.Sections {
		for _, block := range s.Blocks {
			if block.Table == nil || block.Table.ID != "rollups" {
				continue
			}
			b.WriteString(block.Table.Insight + "\n")
			for _, r := range block.Table.Rows {
				for _, v := range r.Cells {
					b.WriteString(v.Text + "|")
				}
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}
