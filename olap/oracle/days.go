package oracle

import (
	"slices"
	"time"

	"verso/olap/cube"
)

// calendar is the days of a date dimension, the earliest first.
type calendar struct {
	days []day
	at   map[int64]int // key → position in days
}

type day struct {
	date time.Time
	key  int64
	row  []any // of the date dimension
}

// undated is the position of facts whose day is unknown.
const undated = -1

func (o *Oracle) calendar(d *cube.Dimension) *calendar {
	if c := o.calendars[d.Name]; c != nil {
		return c
	}
	c := &calendar{at: map[int64]int{}}
	t := o.data.Table(d.Table)
	for _, row := range t.Rows {
		if key := row[t.Column(d.Key)].(int64); key != -1 {
			date := time.Date(int(key/10000), time.Month(key/100%100), int(key%100), 0, 0, 0, 0, time.UTC)
			c.days = append(c.days, day{date: date, key: key, row: row})
		}
	}
	slices.SortFunc(c.days, func(a, b day) int { return a.date.Compare(b.date) })
	for i, d := range c.days {
		c.at[d.key] = i
	}
	o.calendars[d.Name] = c
	return c
}

// position is where the day of a key is in the calendar.
func (c *calendar) position(key int64) int {
	if i, ok := c.at[key]; ok {
		return i
	}
	return undated
}

// scope is when the facts of a measure happened, seen from the days shown.
type scope struct {
	window  string                        // "" or one of cube.Ref
	shift   func(d time.Time) time.Time   // a fact's day → the day on which it is shown; nil: the same
	start   func(end time.Time) time.Time // first day of the window that ends on a day; nil: no window
	calls   string                        // tells scopes apart
	against string                        // the scenario, "" if the facts are the cube's own
}

// scopeOf is the scope of a Ref in a query.
func (e *evaluation) scopeOf(r cube.Ref) scope {
	s := scope{window: r.Window, calls: r.Scope()}
	years, isYears := r.YearsBack()
	switch {
	case isYears && e.onAxis("week"):
		s.shift = func(d time.Time) time.Time { return d.AddDate(0, 0, 364*years) }
	case isYears:
		s.shift = func(d time.Time) time.Time { return months(d, 12*years) }
	case r.Against == "pw":
		s.shift = func(d time.Time) time.Time { return d.AddDate(0, 0, 364) }
	case r.Against == "pp":
		s.shift = e.previousPeriod()
	case r.Against != "":
		s.against = r.Against
	}
	if r.Window != "" {
		s.start = e.windowStart(r)
	}
	return s
}

// months is the same day n months later, the last of the month where that
// month is shorter.
func months(d time.Time, n int) time.Time {
	first := time.Date(d.Year(), d.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first
	for last.AddDate(0, 0, 1).Month() == first.Month() {
		last = last.AddDate(0, 0, 1)
	}
	return first.AddDate(0, 0, min(d.Day(), last.Day())-1)
}

// previousPeriod is the shift of pp.
func (e *evaluation) previousPeriod() func(time.Time) time.Time {
	for _, grain := range []struct {
		name         string
		days, months int
	}{{"day", 1, 0}, {"week", 7, 0}, {"month", 0, 1}, {"quarter", 0, 3}, {"half", 0, 6}, {"year", 0, 12}} {
		if e.onAxis(grain.name) {
			return func(d time.Time) time.Time { return months(d, grain.months).AddDate(0, 0, grain.days) }
		}
	}
	// The range must say where it starts; an open end is the as-of date.
	if e.query.Time == nil || e.query.Time.From == "" {
		refuse("pp needs a time range that starts somewhere, or a period on the axes")
	}
	from, to := e.from, e.asked
	if to.IsZero() {
		to = e.oracle.asOf
	}
	if to.Before(from) {
		refuse("pp of a range that starts after the as-of date")
	}
	if from.Day() == 1 && to.AddDate(0, 0, 1).Day() == 1 {
		n := 0
		for d := from; !d.After(to); d = d.AddDate(0, 1, 0) {
			n++
		}
		return func(d time.Time) time.Time { return months(d, n) }
	}
	n := 0
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		n++
	}
	return func(d time.Time) time.Time { return d.AddDate(0, 0, n) }
}

// windowStart gives the first day of the window that ends on a day: the
// earliest of the days just before it that are in the same period.
func (e *evaluation) windowStart(r cube.Ref) func(time.Time) time.Time {
	if n, unit, ok := r.Roll(); ok {
		return func(end time.Time) time.Time { return rollStart(end, n, unit) }
	}
	column := func(name string) func(time.Time) any {
		at := e.oracle.data.Table(e.time.Of.Table).Column(name)
		return func(d time.Time) any {
			i := e.calendar.position(int64(d.Year()*10000 + int(d.Month())*100 + d.Day()))
			if i == undated {
				return nil
			}
			return e.calendar.days[i].row[at]
		}
	}
	period := map[string]func(d time.Time) any{
		"ytd": func(d time.Time) any { return d.Year() },
		"htd": func(d time.Time) any { return [2]int{d.Year(), (int(d.Month()) - 1) / 6} },
		"qtd": func(d time.Time) any { return [2]int{d.Year(), (int(d.Month()) - 1) / 3} },
		"mtd": func(d time.Time) any { return [2]int{d.Year(), int(d.Month())} },
		"wtd": func(d time.Time) any { y, w := d.ISOWeek(); return [2]int{y, w} },
	}[r.Window]
	switch r.Window {
	case "fytd":
		period = column(fiscalYear)
	case "aytd":
		period = column(academicYear)
	}
	return func(end time.Time) time.Time {
		start := end
		for this := period(end); this != nil && period(start.AddDate(0, 0, -1)) == this; {
			start = start.AddDate(0, 0, -1)
		}
		return start
	}
}

// rollStart is the first of n units that end on a day. Where that is the last
// day of a month, so is the day before the first.
func rollStart(end time.Time, n int, unit byte) time.Time {
	switch unit {
	case 'd':
		return end.AddDate(0, 0, 1-n)
	case 'w':
		return end.AddDate(0, 0, 1-7*n)
	}
	n *= map[byte]int{'m': 1, 'q': 3, 'y': 12}[unit]
	if next := end.AddDate(0, 0, 1); next.Day() == 1 {
		return next.AddDate(0, -n, 0)
	}
	return months(end, -n).AddDate(0, 0, 1)
}

// factDays are the days whose facts are shown in a period of shown days, the
// undated among them where the period has them.
//
// Choice: a window with a comparison ends on the last day that the comparison
// shows on the period's last shown day or before, so that ytd.py up to the end
// of a February covers the whole February of the year before.
func (e *evaluation) factDays(s scope, period map[int]bool) map[int]bool {
	if s.start == nil && s.shift == nil {
		return period
	}
	days := map[int]bool{}
	shownOn := e.shownOn(s)
	if s.start == nil {
		shown := map[time.Time]bool{}
		for i := range period {
			if i != undated {
				shown[e.calendar.days[i].date] = true
			}
		}
		for i := range e.calendar.days {
			if shown[shownOn[i]] {
				days[i] = true
			}
		}
		return days
	}
	last := undated
	for i := range period {
		last = max(last, i)
	}
	if last == undated {
		return days
	}
	end := undated
	for i := range e.calendar.days {
		if !shownOn[i].After(e.calendar.days[last].date) {
			end = i
		}
	}
	if end == undated {
		return days
	}
	start := s.start(e.calendar.days[end].date)
	for i := 0; i <= end; i++ {
		if !e.calendar.days[i].date.Before(start) {
			days[i] = true
		}
	}
	return days
}

// shownOn is, for each day of the calendar, the day on which its facts are shown.
func (e *evaluation) shownOn(s scope) []time.Time {
	if e.shifts[s.calls] == nil {
		list := make([]time.Time, len(e.calendar.days))
		for i, d := range e.calendar.days {
			list[i] = d.date
			if s.shift != nil {
				list[i] = s.shift(d.date)
			}
		}
		e.shifts[s.calls] = list
	}
	return e.shifts[s.calls]
}

// onAxis reports whether an attribute of the time dimension with a grain
// stands on the rows or columns.
func (e *evaluation) onAxis(grain string) bool {
	for _, f := range e.fields {
		if f.onTime && grainOf(f.attribute) == grain {
			return true
		}
	}
	return false
}

// findShownDays finds the days that the query is about. Without any scope all
// facts count, those without a day too where no time range is asked for.
//
// Choice: with a scope, whatever it is, all columns cover the same days: from
// the start of the range (or the cube's first fact) to its end or the as-of
// date, so facts without a day are in none.
func (e *evaluation) findShownDays() {
	e.shown = map[int]bool{}
	t := e.query.Time
	ranged := t != nil && (t.From != "" || t.To != "")
	parse := func(text string) time.Time {
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			panic(err)
		}
		return d
	}
	if ranged && t.From != "" {
		e.from = parse(t.From)
	}
	if ranged && t.To != "" {
		e.to = parse(t.To)
	}
	e.asked = e.to
	if e.scoped() {
		if e.from.IsZero() {
			e.from = e.firstDay()
		}
		if e.to.IsZero() || e.to.After(e.oracle.asOf) {
			e.to = e.oracle.asOf
		}
	}
	for i, d := range e.calendar.days {
		if (e.from.IsZero() || !d.date.Before(e.from)) && (e.to.IsZero() || !d.date.After(e.to)) && e.keepsDay(i) {
			e.shown[i] = true
		}
	}
	if !ranged && !e.scoped() && e.keepsDay(undated) {
		e.shown[undated] = true
	}
}

// firstDay is the first day with a fact of the cubes asked. It only matters
// where days are counted: no fact is shown before it but those of a scenario,
// which are shown where days are not counted.
func (e *evaluation) firstDay() time.Time {
	if !slices.ContainsFunc(e.allRefs(), func(r cube.Ref) bool { return r.Calc == cube.LikeForLike }) {
		return time.Time{}
	}
	var cubes []*cube.Cube
	for _, r := range e.allRefs() {
		if e.cube.Scenario(r.Against) == nil {
			for _, c := range e.cubesOf(r.Measure, "") {
				if !slices.Contains(cubes, c) {
					cubes = append(cubes, c)
				}
			}
		}
	}
	first := len(e.calendar.days)
	for _, f := range e.factsOf(cubes) {
		if f.day != undated {
			first = min(first, f.day)
		}
	}
	if first == len(e.calendar.days) {
		return e.oracle.asOf
	}
	return e.calendar.days[first].date
}
