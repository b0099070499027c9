// Package pagetest opens warehouses for tests of pages, writes pages as text and
// holds them to what must be true of every page.
package pagetest

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"verso/olap"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/view"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Updating tells whether the golden files are to be written anew.
func Updating() bool { return *update }

// Context opens a warehouse for pages in a language.
func Context(t testing.TB, db engine.Database, lang string) *page.Context {
	t.Helper()
	ctx := context.Background()
	o, err := olap.Open(ctx, db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := page.NewContext(ctx, page.FromOlap(o, db), lang)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Exec changes a warehouse.
func Exec(t testing.TB, db engine.Database, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.Exec(context.Background(), engine.SQL(s)); err != nil {
			t.Fatal(err)
		}
	}
}

// Outline writes a page as text: everything a reader sees, in order.
func Outline(p view.Page) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.TrimRight(strings.Join(parts, " | "), " ") + "\n") }
	line("# "+p.Title, p.Message.Finding, p.Message.Consequence)
	line(p.Meta.Measure, p.Meta.Unit, p.Meta.Period, p.Meta.Scenario)
	table := func(t view.Table) {
		var head []string
		for _, c := range t.Columns {
			head = append(head, strings.TrimSpace(c.Label+" "+c.Unit))
		}
		line(head...)
		for _, row := range t.Rows {
			var cells []string
			for i, v := range row.Cells {
				if v.Kind == view.Trend {
					continue
				}
				cells = append(cells, view.Show(p.Lang, v, t.Columns[i].Format))
			}
			line(cells...)
		}
		for _, f := range append([]string{t.Shown}, t.Footnotes...) {
			if f != "" {
				line("  * " + f)
			}
		}
	}
	for _, s := range p.Sections {
		line("## "+s.Title, s.Lead)
		for _, k := range s.Blocks {
			switch {
			case k.KPIs != nil:
				for _, i := range k.KPIs.Items {
					line("KPI "+i.Label, view.Show(p.Lang, i.Value, i.Format)+" "+i.Unit, view.Show(p.Lang, i.Change, i.ChangeFormat), view.Show(p.Lang, i.Relative, view.Pct().Change()), i.Note)
				}
			case k.Chart != nil:
				line("### chart "+k.Chart.Title, k.Chart.Subtitle, k.Chart.Insight)
				table(k.Chart.Table)
			case k.Table != nil:
				line("### table "+k.Table.Title, k.Table.Subtitle, k.Table.Insight)
				table(*k.Table)
			case k.Absent != nil:
				line("### absent "+k.Absent.Title, k.Absent.Text, strings.Join(k.Absent.Tables, " "))
			case k.Note != nil:
				line("note " + k.Note.Text)
			}
			for _, t := range k.Terms {
				line(t.Name, t.Definition)
			}
		}
	}
	footer, _ := json.Marshal(p.Footer)
	line(string(footer))
	return b.String()
}

// CheckWhole says that a page is whole: no text is missing, no id is used twice, every table has
// as many cells as columns.
func CheckWhole(t testing.TB, p view.Page) {
	t.Helper()
	if text := Outline(p); strings.Contains(text, "[") && strings.Contains(text, "]") {
		for _, line := range strings.Split(text, "\n") {
			if i := strings.Index(line, "["); i >= 0 && strings.Contains(line[i:], ".") && !strings.HasPrefix(line, "{") {
				t.Errorf("%s: a text is missing: %s", p.Slug, line)
			}
		}
	}
	if strings.Contains(Outline(p), "{n}") || strings.Contains(Outline(p), "{amount}") {
		t.Errorf("%s: a name was not filled in", p.Slug)
	}
	if p.Message.Finding == "" || p.Message.Consequence == "" {
		t.Errorf("%s: message %+v", p.Slug, p.Message)
	}
	ids := map[string]bool{}
	once := func(id string) {
		if id == "" || ids[id] {
			t.Errorf("%s: id %q is empty or used twice", p.Slug, id)
		}
		ids[id] = true
	}
	for _, s := range p.Sections {
		once(s.ID)
		for _, b := range s.Blocks {
			var tables []view.Table
			switch {
			case b.Chart != nil:
				once(b.Chart.ID)
				tables = append(tables, b.Chart.Table)
			case b.Table != nil:
				once(b.Table.ID)
				tables = append(tables, *b.Table)
			case b.KPIs != nil:
				once(b.KPIs.ID)
			}
			for _, table := range tables {
				checkTable(t, p, table)
			}
		}
	}
}

// checkTable holds a table to its columns and, where its columns are money, to
// totals that are the exact sums of the rows above them, but for subtotals and
// for columns that are marked as no sums.
func checkTable(t testing.TB, p view.Page, table view.Table) {
	t.Helper()
	if len(table.Rows) == 0 && table.Empty == "" {
		t.Errorf("%s: %s is empty without a word", p.Slug, table.Title)
	}
	for _, row := range table.Rows {
		if len(row.Cells) != len(table.Columns) {
			t.Errorf("%s: %s: %d cells in %d columns", p.Slug, table.Title, len(row.Cells), len(table.Columns))
		}
	}
	last := len(table.Rows) - 1
	if last < 1 || table.Rows[last].Kind != view.Total || table.ID == "top-customers" {
		return
	}
	for i, c := range table.Columns {
		total := table.Rows[last].Cells[i]
		if c.Total != "" || c.Format.Style != view.Decimal || c.Visual == view.Spark || !total.Has() || strings.HasPrefix(c.Label, "ΔPY") && len(table.Footnotes) > 0 {
			continue
		}
		sum := view.I(0)
		for _, row := range table.Rows[:last] {
			if row.Kind != view.Subtotal {
				sum = view.Sum(sum, row.Cells[i])
			}
		}
		if sum.ExactText() != total.ExactText() {
			t.Errorf("%s: %s: %s adds up to %s, the total says %s", p.Slug, table.Title, c.Label, sum.ExactText(), total.ExactText())
		}
	}
}

// Scored is a page's context in a language over the fixture with the scores of a
// file of testdata, changed by the statements.
func Scored(t testing.TB, name, lang string, statements ...string) *page.Context {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name+".sql"))
	if err != nil {
		t.Fatal(err)
	}
	db := olaptest.Star(t)
	Exec(t, db, append([]string{string(text)}, statements...)...)
	return Context(t, db, lang)
}

// Says checks that a page has some words, and has not others.
func Says(t testing.TB, p view.Page, words, not []string) {
	t.Helper()
	CheckWhole(t, p)
	outline := Outline(p)
	for _, w := range words {
		if !strings.Contains(outline, w) {
			t.Errorf("%s: the page does not say %q", p.Slug, w)
		}
	}
	for _, w := range not {
		if strings.Contains(outline, w) {
			t.Errorf("%s: the page says %q", p.Slug, w)
		}
	}
}

// Golden holds a text to a file of testdata; -update writes it anew.
func Golden(t testing.TB, name, got string) {
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
