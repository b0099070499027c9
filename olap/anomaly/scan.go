package anomaly

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// Question is which series of a cube to judge.
type Question struct {
	Cube    string
	Measure string
	By      string        // month (default), quarter, week or day
	Split   string        // attribute: a series for each of its members, beside the total; "": the total alone
	Members int           // members judged, the largest; 0: 20
	Where   []cube.Filter //
	Time    *cube.Time    // history; nil: from the first fact to the last whole period before the as-of date
	Last    int           // only the last periods are reported; 0: all
	Alpha   float64       // as in Options
}

// Answer is what stands out.
type Answer struct {
	Question Question
	Measure  *cube.Measure
	Unit     string
	AsOf     string
	Run      string
	Facts    int64
	Periods  []string // judged against each other
	Series   []Series // the total first, then the largest members
	Findings []Finding
	Skipped  []string // members with too little history
	// Tested is how many values were looked at for Findings; with nothing unusual
	// in them, Alpha of them are reported.
	Tested int
}

// Series is the values of one member, or of everything where Key is "".
type Series struct {
	Key, Member string
	Points      []Point
}

// Finding is a value that stands out.
type Finding struct {
	Key, Member string
	Period      string
	Point
	// Sure: it stands out even from among all values tested, with at most one
	// false finding in twenty of those that do (Benjamini and Hochberg 1995).
	Sure  bool
	Words string
}

const (
	defaultMembers = 20
	sureRate       = 0.05
)

// Scan asks for the series and judges them. The error is a *TooShortError where
// the total has too little history, a *compile.QueryError where the question is
// wrong.
func Scan(ctx context.Context, o *olap.Olap, q Question) (*Answer, error) {
	q.By = cmp.Or(q.By, "month")
	q.Members = cmp.Or(q.Members, defaultMembers)
	q.Alpha = cmp.Or(q.Alpha, defaultAlpha)
	s := &scan{olap: o, answer: &Answer{Question: q, AsOf: o.Run().AsOf, Run: o.Run().ID}}
	if err := s.prepare(); err != nil {
		return nil, err
	}
	if err := s.total(ctx); err != nil {
		return nil, err
	}
	if q.Split != "" {
		if err := s.members(ctx); err != nil {
			return nil, err
		}
	}
	s.find()
	return s.answer, nil
}

// scan is an answer in the making.
type scan struct {
	olap   *olap.Olap
	answer *Answer
	date   string // the date dimension's name in the cube
	at     map[string]int
	known  [][]float64 // calendar effects by period
}

// calendar is how periods of a kind follow each other.
type calendar struct {
	season int
	start  func(time.Time) time.Time // first day of the period
	next   func(time.Time) time.Time // first day of the next
	name   func(time.Time) string    // as the catalog names it
}

func calendars(by string) (calendar, bool) {
	month := func(d time.Time) time.Time { return time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC) }
	switch by {
	case "month":
		return calendar{12, month, func(d time.Time) time.Time { return d.AddDate(0, 1, 0) },
			func(d time.Time) string { return d.Format("2006-01") }}, true
	case "quarter":
		return calendar{4, func(d time.Time) time.Time { return month(d).AddDate(0, -((int(d.Month()) - 1) % 3), 0) },
			func(d time.Time) time.Time { return d.AddDate(0, 3, 0) },
			func(d time.Time) string { return fmt.Sprintf("%d-Q%d", d.Year(), (int(d.Month())+2)/3) }}, true
	case "week":
		return calendar{52, func(d time.Time) time.Time { return d.AddDate(0, 0, -(int(d.Weekday())+6)%7) },
			func(d time.Time) time.Time { return d.AddDate(0, 0, 7) },
			func(d time.Time) string { y, w := d.ISOWeek(); return fmt.Sprintf("%d-W%02d", y, w) }}, true
	case "day":
		return calendar{365, func(d time.Time) time.Time { return d }, func(d time.Time) time.Time { return d.AddDate(0, 0, 1) },
			func(d time.Time) string { return d.Format(time.DateOnly) }}, true
	}
	return calendar{}, false
}

func (s *scan) prepare() error {
	q := s.answer.Question
	if _, known := calendars(q.By); !known {
		return &compile.QueryError{Part: "by", Name: q.By, Message: fmt.Sprintf("no period %q; known: month, quarter, week, day", q.By)}
	}
	if q.Alpha <= 0 || q.Alpha >= 0.5 {
		return &compile.QueryError{Part: "alpha", Message: fmt.Sprintf("%v is no rate of false alarms; want one above 0 and below 0.5, such as 0.01", q.Alpha)}
	}
	if _, err := s.olap.Explain(cube.Query{Cube: q.Cube, Measures: []string{q.Measure}}); err != nil {
		return err
	}
	for _, c := range s.olap.Cubes() {
		if c.Name != q.Cube {
			continue
		}
		s.answer.Measure = c.Measure(q.Measure)
		for _, u := range c.Dimensions {
			if u.Of.Date && s.date == "" {
				s.date = u.Name
			}
		}
	}
	if q.Time != nil && q.Time.Field != "" {
		s.date = q.Time.Field
	}
	s.answer.Unit = s.answer.Measure.Unit
	if s.answer.Unit == "currency" {
		s.answer.Unit = s.olap.Run().Currency
	}
	if s.answer.Measure.ValueType() == "date" {
		return &compile.QueryError{Part: "measure", Name: q.Measure, Message: q.Measure + " is a date, not a number"}
	}
	return nil
}

func (s *scan) query(rows ...string) cube.Query {
	q := s.answer.Question
	return cube.Query{Cube: q.Cube, Rows: append(rows, s.date+"."+q.By), Measures: []string{q.Measure}, Where: q.Where, Time: q.Time}
}

// total judges the series of everything; its periods are everyone's.
func (s *scan) total(ctx context.Context) error {
	t, err := s.olap.Ask(ctx, s.query())
	if err != nil {
		return err
	}
	s.answer.Facts = t.Facts
	var first string
	values := map[string]any{}
	for _, row := range t.Rows {
		key := row.Keys[0]
		if key == cube.Unknown || key == cube.None {
			continue
		}
		if first == "" || key < first {
			first = key
		}
		values[key] = row.Cells[1]
	}
	if err := s.periods(first); err != nil {
		return err
	}
	if s.known, err = s.effects(ctx); err != nil {
		return err
	}
	series := Series{Member: ""}
	list := s.empty()
	for key, v := range values {
		if i, inside := s.at[key]; inside {
			list[i] = number(v, s.missing())
		}
	}
	if series.Points, err = Detect(list, s.options()); err != nil {
		return err
	}
	s.answer.Series = append(s.answer.Series, series)
	return nil
}

// periods lists the whole periods from the first to the end of the time range
// or the as-of date.
func (s *scan) periods(first string) error {
	c, _ := calendars(s.answer.Question.By)
	end, err := time.Parse(time.DateOnly, s.answer.AsOf)
	if err != nil {
		return fmt.Errorf("anomaly: the generation's as-of date: %w", err)
	}
	from := time.Date(end.Year()-200, 1, 1, 0, 0, 0, 0, time.UTC)
	if t := s.answer.Question.Time; t != nil {
		if d, err := time.Parse(time.DateOnly, t.To); err == nil && d.Before(end) {
			end = d
		}
		if d, err := time.Parse(time.DateOnly, t.From); err == nil {
			from = d
		}
	}
	s.at = map[string]int{}
	if first == "" {
		return nil
	}
	for d := c.start(from); !c.next(d).After(end.AddDate(0, 0, 1)); d = c.next(d) {
		name := c.name(d)
		if name >= first && !d.Before(from) {
			s.at[name] = len(s.answer.Periods)
			s.answer.Periods = append(s.answer.Periods, name)
		}
	}
	return nil
}

// missing is the value of a period without facts: 0 of what adds up, none of
// the rest.
func (s *scan) missing() float64 {
	if m := s.answer.Measure; m.Counts() || m.Kind == cube.Sum {
		return 0
	}
	return math.NaN()
}

func (s *scan) empty() []float64 {
	list := make([]float64, len(s.answer.Periods))
	for i := range list {
		list[i] = s.missing()
	}
	return list
}

func number(v any, missing float64) float64 {
	if f, ok := engine.Float(v); ok {
		return f
	}
	return missing
}

func (s *scan) options() Options {
	c, _ := calendars(s.answer.Question.By)
	o := Options{Known: s.known, Season: c.season, Week: s.answer.Question.By == "day", Alpha: s.answer.Question.Alpha}
	switch m := s.answer.Measure; {
	case m.Counts() || m.ValueType() == "integer":
		o.Scale = Counts
	case m.Kind == cube.Sum:
		o.Scale = Log
	}
	return o
}

// members judges the largest members of the attribute.
func (s *scan) members(ctx context.Context) error {
	q := s.query(s.answer.Question.Split)
	q.Top = &cube.Top{N: s.answer.Question.Members, By: s.answer.Question.Measure}
	t, err := s.olap.Ask(ctx, q)
	if err != nil {
		return err
	}
	at := map[string]int{}
	var lists [][]float64
	var series []Series
	for _, row := range t.Rows {
		key := row.Keys[0]
		n, known := at[key]
		if !known {
			n = len(lists)
			at[key] = n
			lists = append(lists, s.empty())
			series = append(series, Series{Key: key, Member: engine.Text(row.Cells[0])})
		}
		if i, inside := s.at[row.Keys[1]]; inside {
			lists[n][i] = number(row.Cells[2], s.missing())
		}
	}
	for n := range series {
		// A member's history starts with its first value.
		for i := 0; i < len(lists[n]) && lists[n][i] == 0; i++ {
			lists[n][i] = math.NaN()
		}
		if series[n].Points, err = Detect(lists[n], s.options()); err != nil {
			s.answer.Skipped = append(s.answer.Skipped, series[n].Member)
			continue
		}
		s.answer.Series = append(s.answer.Series, series[n])
	}
	return nil
}

// find lists the alarms among the last periods, the least probable first.
func (s *scan) find() {
	a := s.answer
	from := 0
	if n := a.Question.Last; n > 0 {
		from = max(0, len(a.Periods)-n)
	}
	var all []float64
	for _, series := range a.Series {
		for i := from; i < len(series.Points); i++ {
			p := series.Points[i]
			if math.IsNaN(p.Expected) {
				continue
			}
			all = append(all, p.P)
			if p.Alarm {
				a.Findings = append(a.Findings, Finding{Key: series.Key, Member: series.Member, Period: a.Periods[i], Point: p})
			}
		}
	}
	a.Tested = len(all)
	bar := benjaminiHochberg(all, sureRate)
	for i := range a.Findings {
		f := &a.Findings[i]
		f.Sure = f.P <= bar
		f.Words = s.words(*f)
	}
	slices.SortStableFunc(a.Findings, func(x, y Finding) int {
		return cmp.Or(cmp.Compare(x.P, y.P), strings.Compare(y.Period, x.Period), strings.Compare(x.Key, y.Key))
	})
}

// benjaminiHochberg is the largest probability that passes at a rate of false
// findings, 0 where none does.
func benjaminiHochberg(p []float64, rate float64) float64 {
	sorted := slices.Sorted(slices.Values(p))
	for i := len(sorted) - 1; i >= 0; i-- {
		if sorted[i] <= rate*float64(i+1)/float64(len(sorted)) {
			return sorted[i]
		}
	}
	return 0
}
