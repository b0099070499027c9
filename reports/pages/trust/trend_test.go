package trust

import (
	"context"
	"strings"
	"testing"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/view"
)

// The history of checks and the duplicates are shown where the generation has
// them, in both languages, without the names of people.
func TestTrendsAndDuplicatesAreShown(t *testing.T) {
	ctx := context.Background()
	db := olaptest.Star(t)
	context := func(lang string) desk {
		o, err := olap.Open(ctx, db, olap.Options{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := page.NewContext(ctx, page.FromOlap(o, db), lang)
		if err != nil {
			t.Fatal(err)
		}
		return desk{c}
	}
	tables := func(lang string) (trend, twice *view.Table) {
		c := context(lang)
		trend, err := c.trendTable(ctx)
		if err != nil {
			t.Fatal(err)
		}
		twice, err = c.twiceTable(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return trend, twice
	}
	if trend, twice := tables("en"); trend != nil || twice != nil {
		t.Errorf("%v %v of a generation without them", trend, twice)
	}
	const fill = `CREATE TABLE meta.check_word AS SELECT 'title.isbn' AS check_id, '书号无效' AS description_zh;
CREATE TABLE meta.check_history AS SELECT no, run_id, as_of, false AS refused, 'title.isbn' AS check_id, 'warn' AS severity, tested, offenders, 0.0 AS threshold, offenders = 0 AS passed, '' AS profile
FROM (VALUES (1, 'a', '2026-06-27', 100, 0), (2, 'b', '2026-06-28', 100, 4), (3, 'c', '2026-06-29', 200, 20)) AS t (no, run_id, as_of, tested, offenders);
CREATE TABLE meta.duplicate_candidate AS SELECT * FROM (VALUES
  (1, '1', '2', '甲 <b>图书馆', '甲图書館', false, 0.97, 'likely', 'same_name,same_region,other_first_contact'),
  (2, '3', '4', 'Secret Person', 'Person, Secret', true, 0.6, 'possible', 'same_name')
) AS t (cluster_id, customer_id, duplicate_id, customer_name, duplicate_name, is_person, score, grade, reasons)`
	if _, err := db.Exec(ctx, engine.SQL(fill)); err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string][2]string{
		"en": {"0.1", "2 pairs look alike, 1 of them"},
		"zh": {"书号无效", "其中 1 对很可能"},
	} {
		trend, twice := tables(lang)
		var b strings.Builder
		for _, table := range []*view.Table{trend, twice} {
			b.WriteString(table.Insight + "\n")
			for _, r := range table.Rows {
				for _, v := range r.Cells {
					b.WriteString(v.ExactText() + v.Text + "|")
				}
			}
		}
		text := b.String()
		for _, w := range append(want[:], "2026-06-28", "1 甲 <b>图书馆") {
			if !strings.Contains(text, w) {
				t.Errorf("%s: no %q in\n%s", lang, w, text)
			}
		}
		if strings.Contains(text, "Secret") || strings.Contains(text, "twice.") {
			t.Errorf("%s", text)
		}
	}
}
