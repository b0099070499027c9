package oracletest

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
	"verso/olap/oracle"
)

// every is all features, on.
func every() Features {
	f := Features{}
	for _, name := range []string{ScopeYears, ScopePeriod, ScopeWeekday, ScopeWindow, ScopeRoll, ScopeBoth, CalcDelta, CalcOpenDays, CalcShare,
		CalcRank, CalcRunning, CalcIndex, CompareWith, HavingRows, TopPercent, TopField, ColSub, SortMembers, FilterGroups, FilterText,
		FilterKeys, ScopeScenario, OverTime, Combined, FilterUnder, FilterSets, AxisTree, AxisSet, AxisAlso, RowKeys, NamelessKeyed, OddDays, DanglingDays, TwoDates} {
		f[name] = ""
	}
	return f
}

// The oracle answers or refuses every random question, the same way twice, and
// its own parts add up: those of sums under comparisons too, for a fact is shown
// on one day at most.
func TestOracleAnswersEverything(t *testing.T) {
	answered, refused, rows := 0, 0, 0
	for seed := range uint64(6) {
		w := Untidy(t, seed, every())
		truth, again := oracle.New(w.Model, w.Data), oracle.New(w.Model, w.Data)
		g := &Questions{Rand: rand.New(rand.NewPCG(seed, 17)), Model: w.Model, Oracle: truth, Features: every()}
		for range 40 {
			q := g.Next()
			text, _ := json.Marshal(q)
			a, err := truth.Evaluate(q)
			if err != nil {
				refused++
				continue
			}
			answered++
			rows += len(a.Rows)
			if b, err := again.Evaluate(q); err != nil || !reflect.DeepEqual(a, b) {
				t.Fatalf("star %d: %s\nanswered in two ways: %v\n%v\n%v", seed, text, err, a, b)
			}
			if !strings.Contains(string(text), "+") && !strings.Contains(string(text), "unit.") && q.Top == nil && q.Having == nil && q.Totals.Rows && len(q.Rows) > 1 {
				addsUp(t, w, q, a, string(text))
			}
		}
	}
	if answered < 2*refused || rows < 2*answered {
		t.Errorf("%d answered with %d rows, %d refused", answered, rows, refused)
	}
	t.Logf("%d answered with %d rows, %d refused", answered, rows, refused)
}

// addsUp checks that the finest rows of sums without a window and calculation
// add up to the first subtotals.
func addsUp(t *testing.T, w *Warehouse, q cube.Query, a *oracle.Answer, text string) {
	t.Helper()
	for j, name := range a.Refs {
		r, _ := cube.ParseRef(name)
		kind := w.Model.Cube(q.Cube).Measure(r.Measure).Kind
		if len(a.Columns) == 0 || kind != cube.Sum && kind != cube.Count || r.Window != "" || r.Calc != "" {
			continue
		}
		below := map[string]int64{}
		for _, row := range a.Rows {
			n, _ := engine.Int(tenThousandths(row.Cells[len(q.Rows)+j]))
			switch row.Level {
			case len(q.Rows):
				below[row.Keys[0]] += n
			case 1:
				if below[row.Keys[0]] != n {
					t.Fatalf("%s\n%s of %v is %d, its rows add up to %d", text, name, row.Keys, n, below[row.Keys[0]])
				}
			}
		}
	}
}

func tenThousandths(v any) any {
	switch v := v.(type) {
	case int64:
		return 10000 * v
	case engine.Decimal:
		return v.Num.BigInt().Int64()
	}
	return int64(0)
}

func TestShrink(t *testing.T) {
	q := cube.Query{Cube: "sales", Rows: []string{"a", "b"}, Columns: []string{"c"}, Measures: []string{"x", "net@ytd.py:pct", "y"},
		Where: []cube.Filter{{Any: []cube.Filter{{Field: "p"}, {Field: "q", Op: "in", Values: []string{"1", "2"}}}}},
		Top:   &cube.Top{N: 2, By: "x", Others: true}, Sort: []cube.Sort{{By: "y"}}, Totals: cube.Totals{Grand: true, Rows: true}}
	got := Shrink(q, func(c cube.Query) bool {
		year := slices.ContainsFunc(c.Measures, func(m string) bool { r, _ := cube.ParseRef(m); return r.Against == "py" })
		return year && slices.Contains(c.Rows, "b") && len(c.Where) > 0
	})
	want := cube.Query{Cube: "sales", Rows: []string{"b"}, Columns: []string{}, Measures: []string{"net@py"}, Where: []cube.Filter{{Field: "p"}}, Sort: []cube.Sort{}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	table := &olaptest.Table{Columns: []string{"n"}}
	for n := range int64(20) {
		table.Rows = append(table.Rows, []any{n})
	}
	has := func(n int64) bool {
		return slices.ContainsFunc(table.Rows, func(r []any) bool { return r[0] == n })
	}
	ShrinkFacts(table, 200, func() bool { return has(3) && has(17) })
	if len(table.Rows) != 2 {
		t.Errorf("%d facts are left: %v", len(table.Rows), table.Rows)
	}
}
