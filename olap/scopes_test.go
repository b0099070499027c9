package olap_test

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/olaptest"
	"verso/olap/oracle"
	"verso/olap/oracle/oracletest"
)

var scopeTexts = []string{"", "@py", "@pp", "@pw", "@py2", "@ytd", "@ytd.py", "@mtd", "@mtd.pp", "@qtd", "@wtd", "@aytd", "@roll7d", "@roll2m", "@roll1q.py",
	"@py:delta", "@py:pct", "@pp:pct", "@py:lfl", "@ytd.py:delta", "@ytd.py:lfl"}

func scopedQuery(r *rand.Rand, c *cube.Cube) cube.Query {
	fields := []string{"customer.type", "channel.kind", "class.group", "region.area"}
	dates := []string{"date.year", "date.quarter", "date.month", "date.day", "date.weekday"}
	if r.IntN(6) == 0 {
		dates = []string{"date.week"}
	}
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	q := cube.Query{Cube: c.Name, Totals: cube.Totals{Grand: r.IntN(2) == 0, Rows: r.IntN(2) == 0, Cols: r.IntN(2) == 0}}
	seen := map[string]bool{}
	axis := func(into *[]string, chance int, list []string) {
		if f := pick(list); r.IntN(chance) == 0 && !seen[f] {
			seen[f] = true
			*into = append(*into, f)
		}
	}
	axis(&q.Rows, 2, fields)
	axis(&q.Rows, 2, dates)
	axis(&q.Columns, 4, dates)
	axis(&q.Columns, 6, fields)
	measures := []string{"net", "copies", "lines", "orders", "margin", "aov", "price_realisation"}
	if c.Name == "returns" {
		measures = []string{"return_value", "return_copies", "return_lines"}
	}
	switch r.IntN(3) {
	case 0: // so that everything adds up
		measures = measures[:3]
	case 1:
		measures = slices.DeleteFunc(c.MeasureNames(), func(name string) bool { return c.Measure(name).Approximate() })
	}
	for range 1 + r.IntN(4) {
		m := pick(measures)
		text := m + pick(scopeTexts)
		if c.Measure(m).ValueType() == "date" {
			text, _, _ = strings.Cut(text, ":")
		}
		if !slices.Contains(q.Measures, text) {
			q.Measures = append(q.Measures, text)
		}
	}
	if !strings.Contains(strings.Join(q.Measures, " "), "@") {
		q.Measures = append(q.Measures, measures[0]+"@py")
	}
	ranges := []cube.Time{{From: "2024-01-01", To: "2024-12-31"}, {From: "2024-02-10", To: "2024-03-31"}, {From: "2024-02-01", To: "2024-02-29"},
		{From: "2023-06-15", To: "2025-12-31"}, {From: "2025-01-01"}}
	needs := strings.Contains(strings.Join(q.Measures, " "), "pp") || strings.Contains(strings.Join(q.Measures, " "), ":lfl")
	if needs || r.IntN(3) > 0 {
		q.Time = &ranges[r.IntN(len(ranges))]
	}
	window := strings.Contains(strings.Join(q.Measures, " "), "td") || strings.Contains(strings.Join(q.Measures, " "), "roll")
	switch r.IntN(6) {
	case 0:
		q.Where = append(q.Where, cube.Filter{Field: "date.quarter", Op: "in", Values: []string{"2024-Q1", "2024-Q4"}})
	case 1:
		if !window {
			q.Where = append(q.Where, cube.Filter{Field: "date.weekday", Op: "<=", Values: []string{"3"}})
		}
	case 2:
		q.Where = append(q.Where, cube.Filter{Field: "customer.type", Op: "!=", Values: []string{"library"}})
	}
	return q
}

// Questions with scopes of time have the rows, columns and values that a walk
// over days and facts finds: none of them is refused.
func TestScopesEqualWalkOverDays(t *testing.T) {
	ctx := context.Background()
	asked := 0
	for star := range 3 {
		r := rand.New(rand.NewPCG(uint64(star), 23))
		s := olaptest.Shape{Seed: uint64(star), Customers: 9, Titles: 12, Orders: 90, Nulls: 0.1, Unknown: 0.1,
			From: time.Date(2023, 1, 5, 0, 0, 0, 0, time.UTC), AsOf: time.Date(2025, 3, 18, 0, 0, 0, 0, time.UTC)}
		data := olaptest.Build(s)
		e := open(t, olaptest.Open(t, data))
		m := modelOf(t)
		truth := oracle.New(m, data)
		for range 25 {
			q := scopedQuery(r, m.Cube([]string{"sales", "sales", "returns"}[r.IntN(3)]))
			text, _ := json.Marshal(q)
			if _, err := e.Ask(ctx, q); errors.As(err, new(*olap.LimitError)) {
				continue // a column for every day
			}
			if diff, refused := oracletest.Judge(ctx, e, truth, q); diff != "" || refused {
				x, _ := e.Explain(q)
				t.Fatalf("star %d: %s\nrefused %v\n%s\n%s\n%v", star, text, refused, diff, x.SQL, x.Args)
			}
			asked++
		}
	}
	t.Logf("%d random questions with scopes: engine = walk over days", asked)
}
