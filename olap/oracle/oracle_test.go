package oracle

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// onlySmall adds nothing to them.
const onlySmall = "cubes:\n"

const smallCubes = `cubes:
  - name: s
    label: {en: S}
    description: {en: Small.}
    table: core.fact_s
    dimensions: [{name: date, key: date_key}, {name: customer, key: customer_key}, {name: channel, key: channel_key}]
    scenarios: [{name: plan, cube: p}]
    measures:
      - {name: n, kind: sum, column: n, type: integer, format: integer, label: {en: n}, description: {en: n.}}
      - {name: facts, kind: count, format: integer, label: {en: facts}, description: {en: facts.}}
      - {name: who, kind: distinct, column: customer_key, format: integer, label: {en: who}, description: {en: who.}}
      - {name: each, kind: ratio, numerator: n, denominator: facts, format: ratio, label: {en: each}, description: {en: each.}}
      - {name: loss, kind: sum, column: n, type: integer, lower_is_better: true, format: integer, label: {en: loss}, description: {en: loss.}}
  - name: p
    label: {en: P}
    description: {en: Plan.}
    table: core.fact_p
    dimensions: [{name: date, key: date_key}, {name: customer, key: customer_key}]
    measures:
      - {name: n, kind: sum, column: n, type: integer, format: integer, label: {en: n}, description: {en: n.}}
      - {name: planned, kind: sum, column: n, type: integer, format: integer, label: {en: n}, description: {en: n.}}
`

// small makes an oracle over facts written "date customer n [channel]"; "-" is
// no value. What own adds to the catalog has its cubes last.
func small(t *testing.T, asOf, facts, plan, own string) *Oracle {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s.yaml"), []byte(strings.Replace(own, "cubes:\n", smallCubes, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	model, err := catalog.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	at, _ := time.Parse(time.DateOnly, asOf)
	data := olaptest.Build(olaptest.Shape{From: time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), AsOf: at, Customers: 5, Titles: 1})
	for name, text := range map[string]string{"core.fact_s": facts, "core.fact_p": plan} {
		table := &olaptest.Table{Name: name, Columns: []string{"date_key", "customer_key", "n", "channel_key"}}
		for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
			f := append(strings.Fields(line), "-1")
			if len(f) < 4 {
				continue
			}
			row := []any{int64(0), int64(0), nil, int64(0)}
			for i, s := range []string{strings.ReplaceAll(f[0], "-", ""), f[1], f[2], f[3]} {
				if s != "-" {
					r, _ := ratOf(s)
					row[i] = r.Num().Int64()
				}
			}
			table.Rows = append(table.Rows, row)
		}
		data.Tables = append(data.Tables, table)
	}
	return New(model, data)
}

func printed(o *Oracle, q cube.Query) string {
	a, err := o.Evaluate(q)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, c := range a.Columns {
		if c.Members != nil {
			fmt.Fprintf(&b, "%s ", strings.Join(c.Members, "/"))
		}
	}
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	for _, r := range a.Rows {
		for i, v := range r.Cells {
			switch v := v.(type) {
			case nil:
				b.WriteString("·")
			case Near:
				fmt.Fprintf(&b, "≈%.6g", v.Value)
			case float64:
				fmt.Fprintf(&b, "%.6g", v)
			default:
				b.WriteString(strings.TrimPrefix(engine.Text(v), "Customer 00"))
			}
			if i < len(r.Cells)-1 {
				b.WriteString(" ")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

const sales = `
2023-02-28 1 1
2023-12-31 1 2
2024-01-31 1 4
2024-02-28 1 8
2024-02-29 2 16
2024-03-31 1 32
2024-12-30 2 64
2025-01-01 1 128
2025-01-31 2 256
2025-02-28 1 512
2025-03-30 1 1024
2025-04-02 1 2048
`

func month(names ...string) cube.Filter {
	return cube.Filter{Field: "date.month", Op: "in", Values: names}
}

var rows = func(names ...string) []string { return names }

// Every number here is worked out by hand from the facts above.
func TestScopes(t *testing.T) {
	for _, c := range []struct {
		name string
		q    cube.Query
		want string
	}{
		{"py: 29 February is shown on the 28th, March only has comparison facts beyond the as-of date",
			cube.Query{Rows: rows("date.month"), Measures: rows("n", "n@py"), Time: &cube.Time{From: "2025-01-01"}},
			"2025-01 384 4\n2025-02 512 24\n2025-03 1024 32\n"},
		{"py2 skips a year; members with comparison facts only",
			cube.Query{Rows: rows("customer.name"), Measures: rows("n", "n@py2"), Where: []cube.Filter{month("2025-02", "2024-02")}},
			"1 520 1\n2 16 ·\n"},
		{"pp without a period: whole months shift by months",
			cube.Query{Measures: rows("n", "n@pp"), Time: &cube.Time{From: "2025-02-01", To: "2025-03-31"}},
			"1536 448\n"}, // 30 December is shown on 28 February
		{"pp without a period: other ranges by their days",
			cube.Query{Measures: rows("n", "n@pp"), Time: &cube.Time{From: "2025-01-30", To: "2025-02-28"}},
			"768 128\n"}, // 30 days before: 31 December to 29 January
		{"pp by month", cube.Query{Rows: rows("date.month"), Measures: rows("n", "n@pp", "n@pp:delta"), Time: &cube.Time{From: "2024-12-01"}},
			"2024-12 64 · 64\n2025-01 384 64 320\n2025-02 512 384 128\n2025-03 1024 512 512\n"},
		{"pp by quarter within years", cube.Query{Rows: rows("date.year", "date.quarter"), Measures: rows("n@pp"), Time: &cube.Time{From: "2025-01-01"}, Totals: cube.Totals{Rows: true}},
			"2025 2025-Q1 64\n2025 · 64\n"},
		{"pw", cube.Query{Rows: rows("date.day"), Measures: rows("n@pw"), Time: &cube.Time{From: "2025-01-01", To: "2025-03-30"}},
			"2025-01-29 4\n2025-02-26 8\n2025-02-27 16\n2025-03-30 32\n"},
		{"py with weeks shifts by 364 days", cube.Query{Rows: rows("date.week"), Measures: rows("n@py"), Time: &cube.Time{From: "2025-01-01", To: "2025-02-28"}},
			"2025-W05 4\n2025-W09 24\n"},
		{"ytd at the cell's last shown day", cube.Query{Rows: rows("date.year", "date.month"), Measures: rows("n", "n@ytd"), Time: &cube.Time{From: "2024-02-01"}, Totals: cube.Totals{Rows: true, Grand: true}},
			"2024 2024-02 24 28\n2024 2024-03 32 60\n2024 2024-04 · 60\n2024 2024-05 · 60\n2024 2024-06 · 60\n2024 2024-07 · 60\n2024 2024-08 · 60\n2024 2024-09 · 60\n" +
				"2024 2024-10 · 60\n2024 2024-11 · 60\n2024 2024-12 64 124\n2024 · 120 124\n2025 2025-01 384 384\n2025 2025-02 512 896\n2025 2025-03 1024 1920\n2025 · 1920 1920\n· · 2040 1920\n"},
		{"ytd.py covers the whole February", cube.Query{Rows: rows("date.month"), Measures: rows("n@ytd.py", "n@ytd.py:delta"), Where: []cube.Filter{month("2025-02")}},
			"2025-02 28 868\n"},
		{"qtd, mtd, wtd", cube.Query{Measures: rows("n@qtd", "n@mtd", "n@wtd"), Time: &cube.Time{To: "2025-02-28"}}, "896 512 512\n"},
		{"aytd from August, fytd", cube.Query{Measures: rows("n@aytd", "n@fytd"), Time: &cube.Time{To: "2025-01-31"}}, "448 384\n"},
		{"rolling months stick to the ends of months", cube.Query{Measures: rows("n@roll12m", "n@roll1m", "n@roll2q", "n@roll1y.py"), Time: &cube.Time{To: "2025-02-28"}},
			"992 512 960 30\n"},
		{"rolling days and weeks", cube.Query{Measures: rows("n@roll1d", "n@roll4w", "n@roll29d"), Time: &cube.Time{To: "2025-02-28"}}, "512 512 768\n"},
		{"the as-of date clips", cube.Query{Measures: rows("n", "n@py"), Time: &cube.Time{From: "2025-01-01", To: "2025-12-31"}}, "1920 60\n"},
		{"without a scope it does not", cube.Query{Measures: rows("n"), Time: &cube.Time{From: "2025-01-01", To: "2025-12-31"}}, "3968\n"},
		{"compare", cube.Query{Measures: rows("n"), Compare: rows("py"), Time: &cube.Time{From: "2025-02-01", To: "2025-02-28"}}, "512 24 488 20.3333\n"},
		{"delta of a sum takes nothing for 0, of a ratio not", cube.Query{Rows: rows("customer.name"), Measures: rows("n@py:delta", "n@py:pct", "each@py:delta"), Time: &cube.Time{From: "2025-02-01", To: "2025-02-28"}},
			"1 504 63 ≈504\n2 -16 -1 ·\n"},
		{"like for like by workdays", cube.Query{Measures: rows("n@py:lfl"), Time: &cube.Time{From: "2025-02-01", To: "2025-02-28"}}, "≈21.4\n"}, // 512/20 against 24/21
		{"scenario", cube.Query{Rows: rows("customer.name"), Measures: rows("n", "n@plan", "n@plan:delta"), Time: &cube.Time{From: "2025-01-01", To: "2025-01-31"}}, "1 128 100 28\n2 256 · 256\n3 · 7 -7\n"},
		{"a scenario without the dimension", cube.Query{Rows: rows("channel.name"), Measures: rows("n@plan")}, "oracle: cube p has no dimension channel"},
		{"a window and a weekday", cube.Query{Measures: rows("n@ytd"), Where: []cube.Filter{{Field: "date.weekday", Op: "=", Values: rows("1")}}}, "oracle: a filter on date.weekday has no meaning in a window"},
		{"pp of everything", cube.Query{Measures: rows("n@pp")}, "oracle: pp needs a time range that starts somewhere, or a period on the axes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Cube = "s"
			o := small(t, "2025-03-31", sales, "2025-01-01 1 100\n2025-01-15 3 7\n2025-04-01 1 5", onlySmall)
			if diff := cmp.Diff(c.want, printed(o, c.q)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const grid = `
2024-01-01 1 10 1
2024-01-01 2 20 1
2024-01-01 3 20 2
2024-01-01 4 -  2
2024-01-01 -1 50 3
2024-02-01 1 5 1
2024-02-01 5 15 3
`

func TestCalculationsAndArrangement(t *testing.T) {
	customers := rows("customer.name")
	for _, c := range []struct {
		name string
		q    cube.Query
		want string
	}{
		{"shares", cube.Query{Rows: customers, Columns: rows("date.month"), Measures: rows("n:share.row", "n:share.column", "n:share.total"), Totals: cube.Totals{Cols: true},
			Where: []cube.Filter{{Field: "customer.name", Op: "in", Values: rows("Customer 001", "Customer 005")}}},
			"2024-01 2024-02 (total) \n1 0.666667 1 0.333333 0.333333 0.25 0.166667 1 0.5 0.5\n5 · · · 1 0.75 0.5 1 0.5 0.5\n"},
		{"share of the parent", cube.Query{Rows: rows("channel.name", "customer.name"), Measures: rows("n:share.parent"), Totals: cube.Totals{Rows: true, Grand: true}, Where: []cube.Filter{month("2024-01")}},
			"fax 3 1\nfax 4 ·\nfax · 0.2\nmail 1 0.333333\nmail 2 0.666667\nmail · 0.3\nphone (unknown) 1\nphone · 0.5\n· · 1\n"},
		{"rank: ties share the best, nothing has none", cube.Query{Rows: customers, Measures: rows("n", "n:rank", "loss:rank"), Totals: cube.Totals{Grand: true}},
			"1 15 4 1\n2 20 2 3\n3 20 2 3\n4 · · ·\n5 15 4 1\n(unknown) 50 1 5\n· 120 · ·\n"},
		{"running and index in the order shown", cube.Query{Rows: customers, Measures: rows("n", "n:running", "n:index"), Sort: []cube.Sort{{By: "n"}}, Totals: cube.Totals{Grand: true}},
			"1 15 15 100\n5 15 30 100\n2 20 50 133.333\n3 20 70 133.333\n(unknown) 50 120 333.333\n4 · 120 ·\n· 120 · ·\n"},
		{"running of a ratio", cube.Query{Rows: customers, Measures: rows("each:running")}, "oracle: each does not add up, so it has no running total"},
		{"having", cube.Query{Rows: customers, Measures: rows("n"), Having: []cube.Having{{By: "n", Op: ">", Values: rows("15")}}, Totals: cube.Totals{Grand: true}},
			"2 20\n3 20\n(unknown) 50\n· 120\n"},
		{"top per cent, others, total", cube.Query{Rows: customers, Measures: rows("n", "who", "n:running", "n:rank"), Top: &cube.Top{N: 20, Percent: true, By: "n", Others: true}, Totals: cube.Totals{Grand: true}},
			"(unknown) 50 0 50 1\n2 20 1 70 2\n(others) 50 4 120 ·\n· 120 5 · ·\n"},
		{"top within parents", cube.Query{Rows: rows("channel.name", "customer.name"), Measures: rows("n"), Top: &cube.Top{N: 1, Field: "customer.name", By: "n", Others: true}, Totals: cube.Totals{Rows: true, Grand: true}},
			"fax 3 20\nfax (others) ·\nfax · 20\nmail 2 20\nmail (others) 15\nmail · 35\nphone (unknown) 50\nphone (others) 15\nphone · 65\n· · 120\n"},
		{"subtotals of columns", cube.Query{Rows: rows("date.year"), Columns: rows("date.month", "channel.kind"), Measures: rows("n"), Totals: cube.Totals{ColSub: true, Cols: true}},
			"2024-01/direct 2024-01/(total) 2024-02/direct 2024-02/(total) (total) \n2024 100 100 20 20 120\n"},
		{"sorted by a column", cube.Query{Rows: customers, Columns: rows("date.month"), Measures: rows("n"), Sort: []cube.Sort{{By: "n", Members: rows("2024-02"), Desc: true}}},
			"2024-01 2024-02 \n5 · 15\n1 10 5\n2 20 ·\n3 20 ·\n4 · ·\n(unknown) 50 ·\n"},
		{"any of", cube.Query{Rows: customers, Measures: rows("n"), Where: []cube.Filter{{Any: []cube.Filter{month("2024-02"), {Field: "channel.name", Op: "ends", Values: rows("x")}}}}},
			"1 5\n3 20\n4 ·\n5 15\n"},
		{"not containing keeps the unknown", cube.Query{Rows: customers, Measures: rows("n"), Where: []cube.Filter{{Field: "customer.name", Op: "not_contains", Values: rows("00")}}}, "(unknown) 50\n"},
		{"keys", cube.Query{Rows: customers, Measures: rows("n"), Where: []cube.Filter{{Field: "customer.name", Op: "key_in", Values: rows("3", "(unknown)")}}}, "3 20\n(unknown) 50\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.q.Cube = "s"
			if diff := cmp.Diff(c.want, printed(small(t, "2024-03-31", grid, "", onlySmall), c.q)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
