package page

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/reports/view"
)

var update = flag.Bool("update", false, "write the golden files anew")

// contextOf opens a warehouse for pages in a language.
func contextOf(t testing.TB, db engine.Database, lang string) *Context {
	t.Helper()
	ctx := context.Background()
	o, err := olap.Open(ctx, db, olap.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewContext(ctx, FromOlap(o, db), lang)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// buildAll builds every page.
func buildAll(t testing.TB, c *Context) []view.Page {
	t.Helper()
	var out []view.Page
	for _, p := range All() {
		v, err := p.Build(context.Background(), c)
		if err != nil {
			t.Fatalf("%s: %v", p.Slug, err)
		}
		out = append(out, v)
	}
	return out
}

// exec changes a warehouse.
func exec(t testing.TB, db engine.Database, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := db.Exec(context.Background(), engine.SQL(s)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPagesMatchTheirGoldenFiles(t *testing.T) {
	db := olaptest.Star(t)
	for _, lang := range []string{"en", "zh"} {
		for _, p := range buildAll(t, contextOf(t, db, lang)) {
			got := outline(p)
			name := filepath.Join("testdata", p.Slug+"."+lang+".txt")
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s (-want +got; -update writes it anew):\n%s", name, d)
			}
		}
	}
}

// outline writes a page as text: everything a reader sees, in order.
func outline(p view.Page) string {
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

// Every page is whole: no text is missing, no id is used twice, every table has
// as many cells as columns.
func checkWhole(t *testing.T, p view.Page) {
	t.Helper()
	if text := outline(p); strings.Contains(text, "[") && strings.Contains(text, "]") {
		for _, line := range strings.Split(text, "\n") {
			if i := strings.Index(line, "["); i >= 0 && strings.Contains(line[i:], ".") && !strings.HasPrefix(line, "{") {
				t.Errorf("%s: a text is missing: %s", p.Slug, line)
			}
		}
	}
	if strings.Contains(outline(p), "{n}") || strings.Contains(outline(p), "{amount}") {
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
func checkTable(t *testing.T, p view.Page, table view.Table) {
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

func TestTotalsAddUp(t *testing.T) {
	db := olaptest.Star(t)
	for _, lang := range []string{"en", "zh"} {
		for _, p := range buildAll(t, contextOf(t, db, lang)) {
			checkWhole(t, p)
		}
	}
}

// The messages stay true and whole where data are scarce.
func TestMessagesAtTheEdges(t *testing.T) {
	all := []string{"DELETE FROM core.fact_order_line", "DELETE FROM core.fact_return", "DELETE FROM score.rfm", "DELETE FROM score.pyramid", "DELETE FROM score.concentration"}
	scores := all[2:]
	for _, c := range []struct {
		name       string
		statements []string
		page       string // by its slug
		finding    string // part of the finding in English
		so         string // part of the consequence
	}{
		{"no rows at all", all, "index", "No order lines have been loaded yet", "As soon as"},
		{"no rows, customers", all, "customers", "No order lines have been loaded yet", "As soon as"},
		{"no previous year", []string{"DELETE FROM core.fact_order_line WHERE order_date < DATE '2025-02-10'"}, "index", "Revenue since 1 January 2025 is CNY", "the data begin on 10 February 2025"},
		{"one row", append([]string{"DELETE FROM core.fact_order_line WHERE line_id <> (SELECT max(line_id) FROM core.fact_order_line WHERE net > 0 AND customer_key > 0)"}, scores...), "customers", "One single customer brings all revenue", "the data begin on"},
		{"nothing this year", []string{"DELETE FROM core.fact_order_line WHERE order_date >= DATE '2025-01-01'"}, "index", "There has been no revenue since 1 January 2025", "lost most"},
		{"nothing last year", []string{"DELETE FROM core.fact_order_line WHERE order_date BETWEEN DATE '2024-01-01' AND DATE '2024-12-31'"}, "index", "after none in the same days of last year", "added most"},
		{"revenue zero", []string{"UPDATE core.fact_order_line SET net = 0, gross = 0"}, "index", "There has been no revenue since", "stands out"},
		{"only corrections", []string{"UPDATE core.fact_order_line SET net = -net"}, "index", "is negative, −CNY", "lost most"},
		{"customers unknown", append([]string{"UPDATE core.fact_order_line SET customer_key = -1"}, scores...), "customers", "No order says who the customer is", "cannot be told whose"},
		{"no products", []string{"UPDATE core.fact_order_line SET title_key = -1, clc_key = -1, publisher_key = -1"}, "sales", "is the largest customer type", "Returns come to"},
		{"no margin", []string{"UPDATE core.fact_order_line SET cost = NULL, margin = NULL"}, "index", "Revenue since", "most"},
		{"no returns", []string{"DELETE FROM core.fact_return"}, "sales", "is the largest subject", "Returns have not been supplied"},
		{"counts do not add up", []string{"UPDATE meta.table_load SET loaded = loaded - 1 WHERE supplied"}, "quality", "source rows", "do not add up in: order_line"},
		{"no checks", []string{"DELETE FROM meta.check_result"}, "quality", "source rows", "No check has run"},
		{"a failed check", []string{"UPDATE meta.check_result SET passed = FALSE WHERE check_id = 'title.isbn'"}, "quality", "source rows", "1 of 2 checks did not pass"},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := olaptest.Star(t)
			exec(t, db, c.statements...)
			for _, lang := range []string{"en", "zh"} {
				pages := buildAll(t, contextOf(t, db, lang))
				for _, p := range pages {
					checkWhole(t, p)
				}
				m := pages[slices.IndexFunc(pages, func(p view.Page) bool { return p.Slug == c.page })].Message
				if lang == "en" && (!strings.Contains(m.Finding, c.finding) || !strings.Contains(m.Consequence, c.so)) {
					t.Errorf("message:\n%s\n%s\nwant parts:\n%s\n%s", m.Finding, m.Consequence, c.finding, c.so)
				}
			}
		})
	}
}

func TestReadersAppearByNumber(t *testing.T) {
	db := olaptest.Star(t)
	exec(t, db, "UPDATE core.dim_customer SET customer_type = 'individual', name = 'Secret Name' WHERE customer_key > 0")
	for _, p := range buildAll(t, contextOf(t, db, "en")) {
		if strings.Contains(outline(p), "Secret Name") {
			t.Errorf("%s names a reader", p.Slug)
		}
	}
}

func TestWindows(t *testing.T) {
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for _, c := range []struct {
		asOf          string
		fiscal        time.Month
		from, to      string
		pyFrom, pyTo  string
		rolling, prev string
	}{
		{"2025-06-30", 1, "2025-01-01", "2025-06-30", "2024-01-01", "2024-06-30", "2024-07-01", "2023-07-01"},
		{"2024-02-29", 1, "2024-01-01", "2024-02-29", "2023-01-01", "2023-02-28", "2023-03-01", "2022-03-01"},
		{"2025-03-15", 4, "2024-04-01", "2025-03-15", "2023-04-01", "2024-03-15", "2024-03-16", "2023-03-16"},
		{"2025-04-01", 4, "2025-04-01", "2025-04-01", "2024-04-01", "2024-04-01", "2024-04-02", "2023-04-02"},
	} {
		w := yearToDate(day(c.asOf), c.fiscal)
		p, r := w.before(1), lastTwelveMonths(day(c.asOf))
		got := []string{iso(w.from), iso(w.to), iso(p.from), iso(p.to), iso(r.from), iso(r.before(1).from)}
		want := []string{c.from, c.to, c.pyFrom, c.pyTo, c.rolling, c.prev}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.asOf, d)
		}
	}
}
