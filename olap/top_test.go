package olap_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/olaptest"
)

// Random rankings of any row attribute, by number and per cent: the rows are
// those of the members that a sort of the plain answer puts first, and the others
// rows add up to the rest.
func TestRankingsWithinParents(t *testing.T) {
	ctx := context.Background()
	for star := range uint64(4) {
		o := open(t, olaptest.Open(t, clutter(star)))
		r := rand.New(rand.NewPCG(star, 41))
		for range 40 {
			q := question(t, r, o)
			if len(q.Rows) == 0 {
				continue
			}
			by := map[string]string{"sales": "net", "returns": "return_value"}[q.Cube]
			count := map[string]string{"sales": "lines", "returns": "return_lines"}[q.Cube]
			q.Measures = []string{count}
			at := r.IntN(len(q.Rows))
			q.Top = &cube.Top{N: 1 + r.IntN(4), Field: q.Rows[at], By: by, Others: r.IntN(2) == 0, Bottom: r.IntN(2) == 0}
			if r.IntN(2) == 0 {
				q.Top.Percent, q.Top.N = true, 1+r.IntN(100)
			}
			if r.IntN(2) == 0 {
				q.Sort = []cube.Sort{{By: count, Desc: true}}
			}
			got, err := o.Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			plain := plainAnswer(t, o, q, by, count)
			if diff := ranked(got, plain, q, at, by, count); diff != "" {
				text, _ := json.Marshal(q)
				t.Fatalf("star %d: %s\n%s\n%v", star, text, diff, lines(got))
			}
		}
	}
}

// ranked compares a ranking with the plain answer that it is of.
func ranked(got, plain *olap.Table, q cube.Query, at int, by, count string) string {
	siblings := map[string][]olap.Row{}
	var parents []string
	for _, r := range plain.Rows {
		if r.Level == at+1 {
			parent := fmt.Sprint(r.Keys[:at])
			if siblings[parent] == nil {
				parents = append(parents, parent)
			}
			siblings[parent] = append(siblings[parent], r)
		}
	}
	kept := map[string]bool{}
	others := 0
	for _, parent := range parents {
		list := siblings[parent]
		slices.SortStableFunc(list, func(a, b olap.Row) int {
			return ordering(cellAt(plain, by, a.Keys, nil), cellAt(plain, by, b.Keys, nil), !q.Top.Bottom)
		})
		n := q.Top.N
		if q.Top.Percent {
			n = (len(list)*n + 99) / 100
		}
		rest := int64(0)
		for i, r := range list {
			if i < n {
				kept[fmt.Sprint(r.Keys)] = true
			} else {
				rest += cellAt(plain, count, r.Keys, nil).(int64)
			}
		}
		row := got.Find(append(slices.Clone(list[0].Keys[:at]), "(others)")...)
		if (row != nil) != (len(list) > n && q.Top.Others) {
			return fmt.Sprintf("%s: %d members, others row %v", parent, len(list), row)
		}
		if row != nil {
			others++
			if total := got.ColumnOf(count); total >= 0 && row.Cells[total] != rest {
				return fmt.Sprintf("%s: others have %v, want %d", parent, row.Cells[total], rest)
			}
		}
	}
	want := others
	for _, r := range plain.Rows {
		shown := r.Level == len(q.Rows) || r.Level == 0 && q.Totals.Grand || r.Level > 0 && r.Level < len(q.Rows) && q.Totals.Rows
		shown = shown && (r.Level <= at || kept[fmt.Sprint(r.Keys[:at+1])])
		if shown {
			want++
		}
		if (got.Find(r.Keys...) != nil) != shown {
			return fmt.Sprintf("%q shown: %v, want %v", r.Keys, !shown, shown)
		}
	}
	if want != len(got.Rows) {
		return fmt.Sprintf("%d rows, want %d", len(got.Rows), want)
	}
	return ordered(got, plain, q, at, count)
}

// ordered checks that rows stand under their parents, siblings by the sort key,
// the others last, totals after their rows.
func ordered(got, plain *olap.Table, q cube.Query, at int, count string) string {
	nested := q.Totals.Rows && len(q.Rows) > 1 || at > 0
	for i := 1; i < len(got.Rows); i++ {
		a, b := got.Rows[i-1], got.Rows[i]
		n := 0
		for n < min(a.Level, b.Level) && a.Keys[n] == b.Keys[n] {
			n++
		}
		switch {
		case !nested && (a.Other || b.Other || b.Level == 0):
			if a.Other && b.Level > 0 || a.Level == 0 {
				return fmt.Sprintf("%q before %q", a.Keys, b.Keys)
			}
		case n == a.Level, n < b.Level && a.Other && n == a.Level-1:
			return fmt.Sprintf("%q before %q", a.Keys, b.Keys)
		case n < b.Level && !b.Other && len(q.Sort) > 0 && nested:
			x, y := cellAt(plain, count, a.Keys[:n+1], nil), cellAt(plain, count, b.Keys[:n+1], nil)
			if ordering(x, y, true) > 0 {
				return fmt.Sprintf("%q with %v before %q with %v", a.Keys, x, b.Keys, y)
			}
		}
	}
	return ""
}

// A sort by a cell compares that column, members without a value last.
func TestSortByACell(t *testing.T) {
	ctx := context.Background()
	o := open(t, olaptest.Star(t))
	q := cube.Query{Cube: "sales", Rows: []string{"customer.type", "customer.name"}, Columns: []string{"date.year", "date.quarter"}, Measures: []string{"copies", "net", "net:share.column"},
		Totals: cube.Totals{Rows: true, Cols: true, ColSub: true}}
	for _, members := range [][]string{{"2024", "2024-Q3"}, {"2024", "(total)"}, {"(total)"}, nil} {
		for _, by := range []string{"net", "net:share.column"} {
			q.Sort = []cube.Sort{{By: by, Members: members, Desc: true}}
			table, err := o.Ask(ctx, q)
			if err != nil {
				t.Fatal(err)
			}
			at := table.Index(by, members...)
			if members == nil {
				at = table.Index(by, "(total)")
			}
			last := map[string]any{}
			for _, r := range table.Rows {
				parent := fmt.Sprint(r.Level, r.Keys[:r.Level-1])
				if before, seen := last[parent]; seen && ordering(before, r.Cells[at], true) > 0 {
					t.Errorf("%v: %v before %v", members, before, r.Cells[at])
				}
				last[parent] = r.Cells[at]
			}
		}
	}
}
