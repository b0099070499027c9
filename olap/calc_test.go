package olap_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/oracle"
)

// six is a warehouse with six order lines:
//
//	class  day         order  net  copies
//	F      2024-02-01  1      100  1
//	F      2024-05-01  2       50  2
//	F2     2024-02-01  1       30  3
//	F2     2025-02-01  3       20  4
//	I      2024-02-01  1      100  5
//	B      2025-02-01  3        0  6
//
// By main class: B 0, F 200, I 100; by year: 2024 280, 2025 20; together 300.
func six() *olaptest.Data {
	d := olaptest.Build(olaptest.Shape{Seed: 3, Customers: 3, Titles: 3, Orders: 2,
		From: time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC), AsOf: time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)})
	t := d.Table("core.fact_order_line")
	template := t.Rows[0]
	t.Rows = nil
	for i, f := range []struct {
		class, day, order, net int64
	}{{2, 20240201, 1, 100}, {2, 20240501, 2, 50}, {3, 20240201, 1, 30}, {3, 20250201, 3, 20}, {5, 20240201, 1, 100}, {1, 20250201, 3, 0}} {
		row := slices.Clone(template)
		for name, v := range map[string]any{"line_id": int64(10 + i), "clc_key": f.class, "date_key": f.day, "order_key": f.order, "net": olaptest.Money(f.net * 10000), "qty": int64(i + 1),
			"order_date": time.Date(int(f.day/10000), time.Month(f.day/100%100), int(f.day%100), 0, 0, 0, 0, time.UTC), "cost": nil, "margin": nil} {
			row[t.Column(name)] = v
		}
		t.Rows = append(t.Rows, row)
	}
	return d
}

// lines writes an answer as lines of keys and cells.
func lines(t *olap.Table) (list []string) {
	head := "keys"
	for _, c := range t.Columns[len(t.Query.Rows):] {
		head += " | " + strings.TrimSpace(c.Name+" "+strings.Join(c.Keys, "/"))
	}
	list = append(list, head)
	for _, r := range t.Rows {
		text := strings.Join(r.Keys, "/")
		for _, v := range r.Cells[len(t.Query.Rows):] {
			switch n := v.(type) {
			case float64:
				text += fmt.Sprintf(" | %.4g", n)
			case engine.Decimal:
				text += fmt.Sprintf(" | %g", n.Float64())
			default:
				text += " | " + engine.Text(v)
			}
		}
		list = append(list, text)
	}
	return list
}

// Expectations worked out by hand from the six lines.
func TestCalculationsByHand(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Open(t, six()))
	classes := []string{"class.l1", "class.code"}
	all := cube.Totals{Grand: true, Rows: true, Cols: true}
	for _, c := range []struct {
		name  string
		query cube.Query
		want  []string
	}{
		{"parent and rank", cube.Query{Rows: classes, Measures: []string{"net", "net:share.parent", "net:rank"}, Totals: all}, []string{
			"keys | net | net:share.parent | net:rank",
			"B/B | 0 |  | 1", "B | 0 | 0 | 3",
			"F/F | 150 | 0.75 | 1", "F/F2 | 50 | 0.25 | 2", "F | 200 | 0.6667 | 1",
			"I/I | 100 | 1 | 1", "I | 100 | 0.3333 | 2", " | 300 | 1 | "}},
		{"levels that are not shown", cube.Query{Rows: classes, Measures: []string{"net:share.parent", "net:share.column", "net:share.total"}}, []string{
			"keys | net:share.parent | net:share.column | net:share.total",
			"B/B |  | 0 | 0", "F/F | 0.75 | 0.5 | 0.5", "F/F2 | 0.25 | 0.1667 | 0.1667", "I/I | 1 | 0.3333 | 0.3333"}},
		{"columns", cube.Query{Rows: classes[:1], Columns: []string{"date.year"}, Measures: []string{"net:share.row", "net:share.column", "net:share.total"}, Totals: cube.Totals{Grand: true}}, []string{
			"keys | net:share.row 2024 | net:share.column 2024 | net:share.total 2024 | net:share.row 2025 | net:share.column 2025 | net:share.total 2025",
			"B |  |  |  |  | 0 | 0", "F | 0.9 | 0.6429 | 0.6 | 0.1 | 1 | 0.06667", "I | 1 | 0.3571 | 0.3333 |  |  | ", " | 0.9333 | 1 | 0.9333 | 0.06667 | 1 | 0.06667"}},
		{"running and index in the order shown", cube.Query{Rows: classes[:1], Measures: []string{"net", "net:running", "net:index", "copies:running"}, Totals: all, Sort: []cube.Sort{{By: "net", Desc: true}}}, []string{
			"keys | net | net:running | net:index | copies:running",
			"F | 200 | 200 | 100 | 10", "I | 100 | 300 | 50 | 15", "B | 0 | 300 | 0 | 21", " | 300 |  |  | "}},
		{"an index needs a base", cube.Query{Rows: classes[:1], Measures: []string{"net:index"}}, []string{
			"keys | net:index", "B | ", "F | ", "I | "}},
		{"a share of what does not add up", cube.Query{Rows: classes[:1], Measures: []string{"orders:share.parent", "aov:share.total"}}, []string{
			"keys | orders:share.parent | aov:share.total", "B | 0.3333 | 0", "F | 1 | 0.6667", "I | 0.3333 | 1"}},
		{"having, and the parents without rows", cube.Query{Rows: classes, Measures: []string{"net"}, Totals: all, Having: []cube.Having{{By: "net", Op: "between", Values: []string{"40", "120"}}}}, []string{
			"keys | net", "F/F2 | 50", "F | 200", "I/I | 100", "I | 100", " | 300"}},
		{"having nothing", cube.Query{Rows: classes[:1], Measures: []string{"net"}, Having: []cube.Having{{By: "margin_pct", Op: ">", Values: []string{"10%"}}}}, []string{"keys | net"}},
		{"having no value", cube.Query{Rows: classes[:1], Measures: []string{"net"}, Having: []cube.Having{{By: "margin", Op: "is_null"}, {By: "net", Op: "<", Values: []string{"0.5"}}}}, []string{"keys | net", "B | 0"}},
		{"top within parents", cube.Query{Rows: classes, Measures: []string{"net", "orders", "net:share.parent", "net:running"}, Totals: all, Top: &cube.Top{N: 1, Field: "class.code", By: "net", Others: true}}, []string{
			"keys | net | orders | net:share.parent | net:running",
			"B/B | 0 | 1 |  | 0", "B | 0 | 1 | 0 | 0", "F/F | 150 | 2 | 0.75 | 150", "F/(others) | 50 | 2 | 0.25 | 200", "F | 200 | 3 | 0.6667 | 200",
			"I/I | 100 | 1 | 1 | 100", "I | 100 | 1 | 0.3333 | 300", " | 300 | 3 | 1 | "}},
		{"top per cent, rounded up", cube.Query{Rows: classes[:1], Measures: []string{"net", "net:rank"}, Totals: all, Top: &cube.Top{N: 34, Percent: true, By: "net", Others: true}}, []string{
			"keys | net | net:rank", "F | 200 | 1", "I | 100 | 2", "(others) | 0 | ", " | 300 | "}},
		{"having the rows that a ranking keeps", cube.Query{Rows: classes, Measures: []string{"net"}, Totals: all, Top: &cube.Top{N: 2, By: "net", Others: true}, Having: []cube.Having{{By: "net", Op: "<", Values: []string{"60"}}}}, []string{
			"keys | net", "F/F2 | 50", "F | 200", "(others) | 0", " | 300"}},
		{"subtotals of columns", cube.Query{Columns: []string{"date.year", "date.quarter"}, Measures: []string{"net"}, Totals: cube.Totals{ColSub: true, Cols: true}}, []string{
			"keys | net 2024/2024-Q1 | net 2024/2024-Q2 | net 2024 | net 2025/2025-Q1 | net 2025 | net", " | 230 | 50 | 280 | 20 | 20 | 300"}},
		{"sorted by a cell", cube.Query{Rows: classes[:1], Columns: []string{"date.year"}, Measures: []string{"net"}, Sort: []cube.Sort{{By: "net", Members: []string{"2025"}}}}, []string{
			"keys | net 2024 | net 2025", "B |  | 0", "F | 180 | 20", "I | 100 | "}},
		{"sorted by a share", cube.Query{Rows: classes, Measures: []string{"net:share.parent"}, Sort: []cube.Sort{{By: "net:share.parent"}}}, []string{
			"keys | net:share.parent", "F/F2 | 0.25", "F/F | 0.75", "I/I | 1", "B/B | "}},
	} {
		c.query.Cube = "sales"
		table, err := o.Ask(ctx, c.query)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if diff := cmp.Diff(c.want, lines(table)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestNotesOfConditions(t *testing.T) {
	o := open(t, olaptest.Open(t, six()))
	q := cube.Query{Cube: "sales", Rows: []string{"class.l1"}, Measures: []string{"net"}, Having: []cube.Having{{By: "net", Op: ">", Values: []string{"500"}}, {By: "copies", Op: "not_null"}}}
	for lang, want := range map[string]string{
		"en": "0 of 3 rows have Net sales > 500 and Copies not empty; totals cover all.",
		"zh": "3 行中有 0 行满足 销售净额 > 500 且 册数不为空；总计包含全部。",
	} {
		table, err := o.In(lang).Ask(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{want}, table.Notes); diff != "" || table.Facts != 6 {
			t.Error(table.Facts, diff)
		}
	}
}

func TestSortByAColumnThatIsNotThere(t *testing.T) {
	o := open(t, olaptest.Open(t, six()))
	_, err := o.Ask(context.Background(), cube.Query{Cube: "sales", Columns: []string{"date.quarter"}, Rows: []string{"class.l1"}, Measures: []string{"net"}, Sort: []cube.Sort{{By: "net", Members: []string{"2024-Q4"}}}})
	var wrong *compile.QueryError
	if !errors.As(err, &wrong) || err.Error() != `sort: no column "2024-Q4" in the answer; did you mean 2024-Q1 or 2024-Q2?` {
		t.Error(err)
	}
}

// A limit counts the rows shown, not those computed with.
func TestLimitsCountShownRows(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	q := cube.Query{Cube: "sales", Rows: []string{"customer.type", "customer.name"}, Measures: []string{"net", "net:share.parent", "net:share.total"}, Limit: 61}
	table, err := o.Ask(ctx, q)
	if err != nil || len(table.Rows) != 61 {
		t.Fatal(err)
	}
	q.Limit = 60
	if _, err = o.Ask(ctx, q); err == nil || !strings.HasPrefix(err.Error(), "the answer has 61 rows, the limit is 60;") {
		t.Error(err)
	}
	q.Limit, q.Having = 5, []cube.Having{{By: "net", Op: "<", Values: []string{"1000"}}}
	if table, err = o.Ask(ctx, q); err != nil || len(table.Rows) > 5 {
		t.Error("rows that a condition leaves out are counted:", err)
	}
}

// Keys are the same in every language, and find rows and columns.
func TestKeysJoinAnswers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	const most = 12 // rows of an answer of which every one is asked for
	for _, c := range o.Cubes() {
		for _, field := range c.FieldNames() {
			q := cube.Query{Cube: c.Name, Rows: []string{field}, Columns: []string{"date.weekday"}, Measures: c.MeasureNames()[:1], Totals: cube.Totals{Grand: true, Cols: true}}
			if field == q.Columns[0] {
				q.Columns[0] = "date.year"
			}
			en, err := o.In("en").Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			zh, err := o.In("zh").Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			if len(en.Rows) != len(zh.Rows) {
				t.Errorf("%s: %d rows in English, %d in Chinese", field, len(en.Rows), len(zh.Rows))
			}
			sum := int64(0)
			for i, r := range en.Rows[:len(en.Rows)-1] {
				if n := len(en.Rows); n > most && i%(n/6) > 0 && i < n-3 {
					continue // of many members, some from all over, and the last: none and unknown
				}
				one, err := o.Ask(ctx, cube.Query{Cube: c.Name, Rows: q.Rows, Measures: q.Measures, Where: []cube.Filter{{Field: field, Op: "key_in", Values: r.Keys}}})
				if err != nil {
					t.Fatal(field, err)
				}
				rest, err := o.Ask(ctx, cube.Query{Cube: c.Name, Measures: q.Measures, Where: []cube.Filter{{Field: field, Op: "not_key_in", Values: r.Keys}}})
				if err != nil {
					t.Fatal(field, err)
				}
				if len(one.Rows) != 1 || !slices.Equal(one.Rows[0].Keys, r.Keys) || one.Facts+rest.Facts != en.Facts ||
					engine.Text(one.Rows[0].Cells[1]) != engine.Text(r.Cells[len(r.Cells)-1]) {
					t.Errorf("%s key in (%s): %v with %d facts, the row is %v", field, r.Keys, one.Rows, one.Facts, r)
				}
				sum += one.Facts
			}
			if len(en.Rows) <= most && sum != en.Facts {
				t.Errorf("%s: the members have %d facts together, of %d", field, sum, en.Facts)
			}
			for _, r := range en.Rows {
				other := zh.Find(r.Keys...)
				if other == nil {
					t.Fatalf("%s: no row %q in Chinese", field, r.Keys)
				}
				for i, col := range en.Columns[1:] {
					k := zh.ColumnOf(col.Name, col.Keys...)
					if k < 0 || engine.Text(other.Cells[k]) != engine.Text(r.Cells[i+1]) {
						t.Errorf("%s %q under %q: %v, not %v", field, r.Keys, col.Keys, other, r)
					}
				}
			}
		}
	}
}

// plainAnswer is an answer with every level and no calculation.
func plainAnswer(t *testing.T, o *olap.Olap, q cube.Query, measures ...string) *olap.Table {
	t.Helper()
	q.Measures, q.Sort, q.Having, q.Top, q.Limit = measures, nil, nil, nil, 0
	q.Totals = cube.Totals{Grand: true, Rows: true, Cols: true, ColSub: true}
	table, err := o.Ask(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func cellAt(t *olap.Table, measure string, row, column []string) any {
	r, c := t.Find(row...), t.ColumnOf(measure, column...)
	if r == nil || c < 0 {
		if m := t.Query.Cube; m != "" && slices.Contains([]string{"lines", "orders", "return_lines"}, measure) {
			return int64(0)
		}
		return nil
	}
	return r.Cells[c]
}

// Random questions with calculations and conditions: every cell follows from
// the answer without them, at all levels.
func TestCalculationsFollowFromPlainAnswers(t *testing.T) {
	ctx := context.Background()
	for star := range uint64(4) {
		o := open(t, olaptest.Open(t, clutter(star)))
		r := rand.New(rand.NewPCG(star, 21))
		for range 40 {
			q := question(t, r, o)
			measure := map[string][]string{"sales": {"net", "lines", "aov", "orders"}, "returns": {"return_value", "return_lines"}}[q.Cube]
			m := measure[r.IntN(len(measure))]
			q.Measures = []string{m, m + ":share.parent", m + ":share.row", m + ":share.column", m + ":share.total", m + ":rank"}
			q.Totals.ColSub = r.IntN(2) == 0
			if len(q.Rows) > 0 && r.IntN(2) == 0 {
				q.Having = []cube.Having{{By: m, Op: []string{"<", ">=", "!=", "is_null"}[r.IntN(4)], Values: []string{fmt.Sprint(r.IntN(800))}}}
				if q.Having[0].Op == "is_null" {
					q.Having[0].Values = nil
				}
			}
			text, _ := json.Marshal(q)
			got, err := o.Ask(ctx, q)
			if err != nil {
				t.Fatalf("%s\n%v", text, err)
			}
			plain := plainAnswer(t, o, q, m)
			if diff := followsFrom(got, plain, m); diff != "" {
				t.Fatalf("star %d: %s\n%s", star, text, diff)
			}
		}
	}
}

func followsFrom(got, plain *olap.Table, m string) string {
	wanted := 0
	for _, r := range plain.Rows {
		want := keptBy(plain, got.Query, m, r)
		if want {
			wanted++
		}
		if (got.Find(r.Keys...) != nil) != want {
			return fmt.Sprintf("row %q: shown %v, want %v", r.Keys, !want, want)
		}
	}
	if wanted != len(got.Rows) {
		return fmt.Sprintf("%d rows, want %d", len(got.Rows), wanted)
	}
	for _, r := range got.Rows {
		for i, c := range got.Columns {
			if c.Kind != "measure" {
				continue
			}
			value := cellAt(plain, m, r.Keys, c.Keys)
			want := value
			switch c.Calc {
			case cube.ShareParent:
				want = divide(value, cellAt(plain, m, r.Keys[:max(r.Level-1, 0)], c.Keys))
			case cube.ShareRow:
				want = divide(value, cellAt(plain, m, r.Keys, nil))
			case cube.ShareColumn:
				want = divide(value, cellAt(plain, m, nil, c.Keys))
			case cube.ShareTotal:
				want = divide(value, cellAt(plain, m, nil, nil))
			case cube.Rank:
				want = rankIn(got, plain, m, r, c.Keys, value)
			}
			if !oracle.Same(r.Cells[i], want) {
				return fmt.Sprintf("%s %q under %q is %v, want %v", c.Name, r.Keys, c.Keys, r.Cells[i], want)
			}
		}
	}
	return ""
}

// keptBy reports whether a row of all levels is shown.
func keptBy(plain *olap.Table, q cube.Query, m string, r olap.Row) bool {
	if r.Level == 0 && len(q.Rows) > 0 {
		return q.Totals.Grand
	}
	if r.Level < len(q.Rows) && !q.Totals.Rows {
		return false
	}
	for _, leaf := range plain.Rows {
		if leaf.Level == len(q.Rows) && slices.Equal(leaf.Keys[:r.Level], r.Keys) && satisfies(cellAt(plain, m, leaf.Keys, nil), q.Having) {
			return true
		}
	}
	return len(q.Rows) == 0
}

func satisfies(v any, having []cube.Having) bool {
	for _, h := range having {
		x, y := exactNumber(v), new(big.Rat)
		if len(h.Values) > 0 {
			y.SetString(h.Values[0])
		}
		ok := x != nil && (h.Op == "<" && x.Cmp(y) < 0 || h.Op == ">=" && x.Cmp(y) >= 0 || h.Op == "!=" && x.Cmp(y) != 0) || x == nil && h.Op == "is_null"
		if !ok {
			return false
		}
	}
	return true
}

// rankIn counts the siblings shown that are larger.
func rankIn(got, plain *olap.Table, m string, r olap.Row, column []string, value any) any {
	if value == nil || r.Level == 0 {
		return nil
	}
	rank, lower := int64(1), got.Columns[got.ColumnOf(m, column...)].Lower
	for _, s := range got.Rows {
		if s.Level == r.Level && slices.Equal(s.Keys[:r.Level-1], r.Keys[:r.Level-1]) {
			if v := cellAt(plain, m, s.Keys, column); v != nil && ordering(v, value, !lower) < 0 {
				rank++
			}
		}
	}
	return rank
}
