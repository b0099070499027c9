package olap_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

// loop answers questions with scopes by walking over days and facts, one after
// the other: a second opinion beside the SQL.
type loop struct {
	*oracle
	query cube.Query
	cube  *cube.Cube
	shown []time.Time
	from  time.Time // of the range asked; zero: open
	to    time.Time
}

func newLoop(o *oracle, q cube.Query, asOf time.Time) *loop {
	l := &loop{oracle: o, query: q, cube: o.model.Cube(q.Cube)}
	if q.Time != nil {
		l.from, _ = time.Parse(time.DateOnly, q.Time.From)
		l.to, _ = time.Parse(time.DateOnly, q.Time.To)
	}
	t := o.data.Table("core.dim_date")
days:
	for _, row := range t.Rows {
		d, ok := row[t.Column("date")].(time.Time)
		if !ok || d.After(asOf) || !l.from.IsZero() && d.Before(l.from) || !l.to.IsZero() && d.After(l.to) {
			continue
		}
		for _, w := range q.Where {
			if strings.HasPrefix(w.Field, "date.") && !o.keeps(l.cube, l.day(d, w.Field), w) {
				continue days
			}
		}
		l.shown = append(l.shown, d)
	}
	if l.to.IsZero() {
		l.to = asOf
	}
	return l
}

func keyOf(d time.Time) int64 { return int64(d.Year()*10000 + int(d.Month())*100 + d.Day()) }

// day is the member of a date attribute that a day belongs to.
func (l *loop) day(d time.Time, field string) omember {
	t := l.data.Table(l.cube.Table)
	row := make([]any, len(t.Columns))
	row[t.Column("date_key")] = keyOf(d)
	return l.member(l.cube, t, row, field)
}

// later is the day on which a fact of day d is shown.
func (l *loop) later(d time.Time, against string) time.Time {
	months, days := 0, 0
	fields := strings.Join(slices.Concat(l.query.Rows, l.query.Columns), " ")
	switch {
	case against == "py" && (strings.HasSuffix(fields, "date.week") || strings.Contains(fields, "date.week ")), against == "pw":
		days = 364
	case against == "py":
		months = 12
	case against == "py2":
		months = 24
	case strings.Contains(fields, "date.day"):
		days = 1
	case strings.HasSuffix(fields, "date.week") || strings.Contains(fields, "date.week "):
		days = 7
	case strings.Contains(fields, "date.month"):
		months = 1
	case strings.Contains(fields, "date.quarter"):
		months = 3
	case strings.Contains(fields, "date.half"):
		months = 6
	case strings.Contains(fields, "date.year"):
		months = 12
	case l.from.Day() == 1 && l.to.AddDate(0, 0, 1).Day() == 1:
		for m := l.from; m.Before(l.to); m = m.AddDate(0, 1, 0) {
			months++
		}
	default:
		days = int(l.to.Sub(l.from).Hours()/24) + 1
	}
	if months == 0 {
		return d.AddDate(0, 0, days)
	}
	return clipped(d, months)
}

// clipped is d some months on, on its last day where it has no such day.
func clipped(d time.Time, months int) time.Time {
	first := time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, months, 0)
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(d.Day(), last)-1)
}

// window is the days from the start of a window to its end e.
func (l *loop) window(w string, e time.Time) (from time.Time) {
	first := func(field string) time.Time {
		m := l.day(e, field).identity
		d := e
		for ; m != "unknown" && l.day(d.AddDate(0, 0, -1), field).identity == m; d = d.AddDate(0, 0, -1) {
		}
		return d
	}
	switch w {
	case "ytd":
		return time.Date(e.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "qtd":
		return first("date.quarter")
	case "mtd":
		return time.Date(e.Year(), e.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "wtd":
		return e.AddDate(0, 0, -(int(e.Weekday())+6)%7)
	case "aytd":
		return first("date.academic_year")
	case "roll7d":
		return e.AddDate(0, 0, -6)
	case "roll2m", "roll1q":
		n := map[string]int{"roll2m": -2, "roll1q": -3}[w]
		if e.AddDate(0, 0, 1).Day() == 1 { // the end of a month
			return e.AddDate(0, 0, 1).AddDate(0, n, 0)
		}
		return clipped(e, n).AddDate(0, 0, 1)
	}
	panic(w)
}

// periods are the days of each combination of date members that is shown.
func (l *loop) periods(dates []string) map[string][]time.Time {
	m := map[string][]time.Time{}
	for _, d := range l.shown {
		id := ""
		for _, f := range dates {
			id += l.day(d, f).shown + "|"
		}
		m[id] = append(m[id], d)
	}
	return m
}

// places are the days whose facts each period shows in a scope.
func (l *loop) places(dates []string, r cube.Ref) map[string]map[time.Time]bool {
	all := l.data.Table("core.dim_date")
	out := map[string]map[time.Time]bool{}
	later := func(d time.Time) time.Time {
		if r.Against == "" {
			return d
		}
		return l.later(d, r.Against)
	}
	for id, days := range l.periods(dates) {
		out[id] = map[time.Time]bool{}
		in := map[time.Time]bool{}
		for _, d := range days {
			in[d] = true
		}
		last := days[len(days)-1]
		e := last
		for ; later(e).After(last); e = e.AddDate(0, 0, -1) {
		}
		var from time.Time
		if r.Window != "" {
			from = l.window(r.Window, e)
		}
		for _, row := range all.Rows[1:] {
			d := row[all.Column("date")].(time.Time)
			if r.Window == "" && in[later(d)] || r.Window != "" && !d.After(e) && !d.Before(from) {
				out[id][d] = true
			}
		}
	}
	return out
}

// cells are the values of every cell of a level: by the text of its members.
func (l *loop) cells(fields []string, refs []cube.Ref) map[string][]any {
	var dates, others []string
	for _, f := range fields {
		if strings.HasPrefix(f, "date.") {
			dates = append(dates, f)
		} else {
			others = append(others, f)
		}
	}
	plain := l.query
	plain.Time, plain.Where = nil, nil
	for _, w := range l.query.Where {
		if !strings.HasPrefix(w.Field, "date.") {
			plain.Where = append(plain.Where, w)
		}
	}
	byDay := map[time.Time][]ofact{}
	cells := map[string][]any{}
	t, calendar := l.data.Table(l.cube.Table), l.data.Table("core.dim_date")
	for _, f := range l.facts(plain) {
		k := f.row[t.Column("date_key")].(int64)
		d := time.Date(int(k/10000), time.Month(k/100%100), int(k%100), 0, 0, 0, 0, time.UTC)
		byDay[d] = append(byDay[d], f)
	}
	for i, r := range refs {
		scopes := []cube.Ref{{Window: r.Window, Against: r.Against}}
		if r.Calc != "" {
			scopes = append(scopes, r.Base())
		}
		var values []map[string]any
		var work []map[string]float64
		for _, s := range scopes {
			of, days := map[string][]ofact{}, map[string]float64{}
			names := map[string]string{}
			for period, on := range l.places(dates, s) {
				for d := range on {
					if l.lookup("core.dim_date", "date_key", keyOf(d), nil)[calendar.Column("is_workday")] == true {
						days[period]++
					}
					for _, f := range byDay[d] {
						id := ""
						for _, name := range others {
							id += f.members[name].shown + "|"
						}
						of[id+"#"+period] = append(of[id+"#"+period], f)
						names[id+"#"+period] = period
					}
				}
			}
			v, w := map[string]any{}, map[string]float64{}
			for id, list := range of {
				v[id], w[id] = l.measure(l.cube, r.Measure, list), days[names[id]]
				if cells[id] == nil {
					cells[id] = make([]any, len(refs))
				}
			}
			values, work = append(values, v), append(work, w)
		}
		for id := range cells {
			l.fill(cells[id], i, id, r, values, work)
		}
	}
	for id := range cells {
		for i, r := range refs {
			if m := l.cube.Measure(r.Measure); cells[id][i] == nil && m.Counts() && (r.Calc == "" || r.Calc == cube.Delta) {
				cells[id][i] = int64(0)
			} else if cells[id][i] == nil && r.Calc == "" && m.Kind == cube.Formula {
				cells[id][i] = l.measure(l.cube, r.Measure, nil)
			}
		}
	}
	return cells
}

// fill computes a cell from the value of its scope and, for a comparison, that
// of its base.
func (l *loop) fill(row []any, i int, id string, r cube.Ref, values []map[string]any, work []map[string]float64) {
	m := l.cube.Measure(r.Measure)
	then := values[0][id]
	if r.Calc == "" {
		row[i] = then
		return
	}
	now := values[1][id]
	a, b := number(now), number(then)
	zero := 0.0
	if m.Summable() || m.Counts() {
		if a == nil {
			a = &zero
		}
		if b == nil && r.Calc == cube.Delta && now != nil {
			b = &zero
		}
	}
	if a == nil || b == nil {
		return
	}
	switch r.Calc {
	case cube.Delta:
		row[i] = *a - *b
	case cube.Pct:
		if *b != 0 {
			row[i] = (*a - *b) / math.Abs(*b)
		}
	case cube.LikeForLike:
		x, y := *a/work[1][id], *b/work[0][id]
		if *a == 0 {
			x = 0
		}
		if y != 0 && !math.IsNaN(x) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
			row[i] = (x - y) / math.Abs(y)
		}
	}
}

// near compares numbers to twelve digits.
func near(a, b any) bool {
	x, y := number(a), number(b)
	if x == nil || y == nil {
		return (a == nil) == (b == nil) && engine.Text(a) == engine.Text(b)
	}
	return math.Abs(*x-*y) <= 1e-9*(1+math.Abs(*y))
}

// differs compares every level of an answer with the loop.
func (l *loop) differs(t *olap.Table) string {
	var refs []cube.Ref
	for _, text := range t.Query.Measures {
		r, _ := cube.ParseRef(text)
		refs = append(refs, r)
	}
	k := len(t.Query.Rows)
	levels := map[string]map[string][]any{}
	found := map[string]bool{}
	for _, row := range t.Rows {
		for j, c := range t.Columns[k:] {
			fields := slices.Clone(t.Query.Rows[:row.Level])
			if !c.Total && len(t.Query.Columns) > 0 {
				fields = append(fields, t.Query.Columns...)
			}
			level := strings.Join(fields, ",")
			if levels[level] == nil {
				levels[level] = l.cells(fields, refs)
			}
			var dates, others string
			for i, f := range fields {
				text := ""
				if i < row.Level {
					text = engine.Text(row.Cells[i]) + "|"
				} else {
					text = c.Members[i-row.Level] + "|"
				}
				if strings.HasPrefix(f, "date.") {
					dates += text
				} else {
					others += text
				}
			}
			id, i := others+"#"+dates, j%len(refs)
			var want any
			if cell := levels[level][id]; cell != nil {
				want = cell[i]
				found[level+id] = true
			} else if m := l.cube.Measure(refs[i].Measure); m.Counts() && (refs[i].Calc == "" || refs[i].Calc == cube.Delta) {
				want = int64(0)
			} else if refs[i].Calc == "" && m.Kind == cube.Formula {
				want = l.measure(l.cube, m.Name, nil)
			}
			if got := row.Cells[k+j]; !near(got, want) {
				return fmt.Sprintf("level %s %s %s: %v, want %v", level, id, refs[i], got, want)
			}
		}
	}
	for level, cells := range levels {
		for id := range cells {
			if !found[level+id] {
				return fmt.Sprintf("level %s: no %s", level, id)
			}
		}
	}
	return ""
}

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

// Questions with scopes of time have, at every level, the values that a walk
// over days and facts finds.
func TestScopesEqualLoopOverDays(t *testing.T) {
	ctx := context.Background()
	asked := 0
	for star := range 3 {
		r := rand.New(rand.NewPCG(uint64(star), 23))
		s := olaptest.Shape{Seed: uint64(star), Customers: 9, Titles: 12, Orders: 90, Nulls: 0.1, Unknown: 0.1,
			From: time.Date(2023, 1, 5, 0, 0, 0, 0, time.UTC), AsOf: time.Date(2025, 3, 18, 0, 0, 0, 0, time.UTC)}
		data := olaptest.Build(s)
		e := open(t, olaptest.Open(t, data))
		o := newOracle(modelOf(t), data)
		for range 25 {
			q := scopedQuery(r, o.model.Cube([]string{"sales", "sales", "returns"}[r.IntN(3)]))
			text, _ := json.Marshal(q)
			got, err := e.Ask(ctx, q)
			var limit *olap.LimitError
			if errors.As(err, &limit) {
				continue // a column for every day
			}
			if err != nil {
				t.Fatalf("star %d: %s\n%v", star, text, err)
			}
			if diff := newLoop(o, q, s.AsOf).differs(got); diff != "" {
				x, _ := e.Explain(q)
				t.Fatalf("star %d: %s\n%s\n%s\n%v", star, text, diff, x.SQL, x.Args)
			}
			asked++
		}
	}
	t.Logf("%d random questions with scopes: engine = loop", asked)
}
