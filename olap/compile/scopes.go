package compile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"verso/olap/cube"
)

// stream is the facts of a cube on the days on which a scope shows them.
type stream struct {
	n     int // its number in the SQL
	home  *cube.Cube
	scope scope
	over  string // cube.Last or cube.First: only of that day of a period; cube.Average: days counted
	work  bool   // days worked are counted
}

func (s *stream) is(t term) bool {
	return s.home == t.home && s.scope == t.scope && s.over == t.measure.OverTime
}

func (s *stream) same(o *stream) bool {
	return s.home == o.home && s.scope == o.scope && s.over == o.over
}

// stream is the stream of a term, added where it is new.
func (p *plan) stream(t term) *stream {
	for _, s := range p.streams {
		if s.is(t) {
			return s
		}
	}
	s := &stream{n: len(p.streams), home: t.home, scope: t.scope, over: t.measure.OverTime}
	p.streams = append(p.streams, s)
	return s
}

// What a part is of that is not of facts.
const (
	extraDays = " #days" // days with facts
	extraWork = " #work" // days worked
)

// clock is the date dimension that scopes act on: facts are shown on its days.
type clock struct {
	use      *cube.Use
	day      string     // column of the day
	from, to int64      // days shown, yyyymmdd; 0 is open
	since    bool       // an open range starts on the first day with a fact
	join     *join      // the dimension, with the attributes shown and filters
	pp       cube.Shift // of the previous period
	weeks    bool       // weeks are shown: years are compared week by week
	alike    bool       // the days of a fact are the same at all levels
	levels   [][]*field // the date attributes given at a level, each combination once
}

// bindScopes finds the date dimension and checks what is asked of it, where
// facts are shown on other days than their own or only some of them.
func (p *plan) bindScopes() error {
	p.findSources()
	for _, t := range p.parts {
		t.stream.work = t.stream.work || t.extra == extraWork
	}
	if !slices.ContainsFunc(p.streams, func(s *stream) bool { return s.scope != scope{} || s.over != "" }) {
		return nil
	}
	field := ""
	if p.query.Time != nil {
		field = p.query.Time.Field
	}
	use, err := p.dateUse(field)
	if err != nil {
		return err
	}
	day := use.Of.Period("day")
	if day == nil {
		return refuse("measures", p.scoped().String(), "%s: dimension %s does not say which attribute is its day (grain: day), so times cannot be compared", p.scoped(), use.Of.Name)
	}
	p.clock = &clock{use: use, day: day.Column}
	p.clock.join = p.joinOf(use)
	for _, check := range []func() error{p.bindGroups, p.bindPeriods, p.bindRange, p.bindPrevious, p.bindLikeForLike, p.bindScenarios} {
		if err := check(); err != nil {
			return err
		}
	}
	return p.bindDateLevels()
}

// scoped is the first thing asked for that needs days, for messages.
func (p *plan) scoped() cube.Ref {
	for _, a := range p.measures {
		if a.ref.Scope() != "" {
			return a.ref
		}
	}
	if p.top != nil && p.top.by.ref.Scope() != "" {
		return p.top.by.ref
	}
	return p.measures[0].ref
}

// bindGroups checks that each group of filters is either about days shown or
// about facts.
func (p *plan) bindGroups() error {
	for _, g := range p.grouped {
		for _, c := range g.conditions() {
			if p.onClock(c.field) == p.onClock(g.field()) {
				continue
			}
			day, other := g.field(), c.field
			if p.onClock(other) {
				day, other = other, day
			}
			return refuse("where", day.name, "%s says which days are shown, and %s which facts; with %s they cannot stand in one group. Filter by %[1]s beside the group, or ask for measures without scope",
				day.name, other.name, p.needsDays())
		}
	}
	return nil
}

// needsDays is what makes the question one of days, for messages.
func (p *plan) needsDays() string {
	for _, t := range p.parts {
		if t.stream.scope != (scope{}) {
			return "@" + t.stream.scope.text()
		}
	}
	for _, t := range p.parts {
		if t.stream.over != "" {
			return t.measure.Name
		}
	}
	return ""
}

// bindPeriods checks that the dimension has the periods that windows start at.
func (p *plan) bindPeriods() error {
	c := p.clock
	for _, f := range c.join.fields {
		c.weeks = c.weeks || f.attr.Grain == "week"
	}
	for _, s := range p.streams {
		if s.scope.window == "" {
			continue
		}
		if span := (cube.Ref{Window: s.scope.window}).Span(); span != "" && c.use.Of.Period(span) == nil {
			return refuse("measures", s.scope.text(), "@%s: dimension %s has no attribute of grain %s", s.scope.text(), c.use.Of.Name, span)
		}
		for _, w := range c.join.where {
			if w.field.attr.Grain == "" {
				return refuse("where", w.field.name, "%s is no period of time, and a window such as %s runs over all days from its start to its end; filter by a period (%s), or leave the window out",
					w.field.name, s.scope.window, periodNames(c.use))
			}
		}
	}
	return nil
}

func periodNames(u *cube.Use) string {
	var names []string
	for _, a := range u.Of.Attributes {
		if a.Grain != "" {
			names = append(names, u.Name+"."+a.Name)
		}
	}
	return strings.Join(firstOf(names, 4), ", ")
}

// bindRange ends the days shown at the as-of date, so that what is compared has
// as many of them.
func (p *plan) bindRange() error {
	c := p.clock
	if p.period != nil {
		c.from, c.to = p.period.from, p.period.to
	}
	if !p.options.AsOf.IsZero() && (c.to == 0 || c.to > cube.KeyOfDay(p.options.AsOf)) {
		asked := c.to
		c.to = cube.KeyOfDay(p.options.AsOf)
		if asked != 0 || len(c.join.where) > 0 {
			p.note("The days shown end on %[1]s, the as-of date; comparisons cover the same days.",
				"所示日期截至数据日期 %[1]s，比较范围为相同的日期。", p.options.AsOf.Format(time.DateOnly))
		}
	}
	if n, ok := p.yearsByWeek(); ok {
		p.note("Weeks are compared with the weeks %[1]d days earlier, so that weekdays meet.",
			"按周展示时，上年同期取 %[1]d 天前，使星期对齐。", 364*n)
	}
	return nil
}

// yearsByWeek is the smallest number of years compared week by week.
func (p *plan) yearsByWeek() (years int, ok bool) {
	for _, s := range p.streams {
		n, by := cube.Ref{Against: s.scope.against}.YearsBack()
		if p.clock.weeks && by && (years == 0 || n < years) {
			years, ok = n, true
		}
	}
	return years, ok
}

// note adds a note in the language asked for.
func (p *plan) note(en, zh string, args ...any) {
	if p.lang == "zh" {
		en = zh
	}
	p.notes = append(p.notes, fmt.Sprintf(en, args...))
}

// bindPrevious finds the length of the previous period: one unit of the finest
// period on the axes, else the time range.
func (p *plan) bindPrevious() error {
	c := p.clock
	if !slices.ContainsFunc(p.streams, func(s *stream) bool { return s.scope.against == "pp" }) {
		return nil
	}
	finest := -1
	for _, f := range c.join.fields {
		finest = max(finest, cube.GrainRank(f.attr.Grain))
	}
	if finest >= 0 {
		g := cube.Grains()[finest]
		c.pp = cube.Shift{Months: g.Months, Days: g.Days}
		return nil
	}
	if p.period == nil || p.period.from == 0 || c.to == 0 {
		return refuse("measures", "pp", "pp: previous to what? give a time range with a start, or put a period (%s) on an axis", periodNames(c.use))
	}
	to := c.to
	if p.period.to != 0 {
		to = p.period.to
	}
	if to < p.period.from {
		return refuse("measures", "pp", "pp: the time range starts on %s, after the as-of date %s, so there is nothing to compare; give a range that starts before",
			cube.DayOfKey(p.period.from).Format(time.DateOnly), cube.DayOfKey(to).Format(time.DateOnly))
	}
	c.pp = cube.LengthOf(cube.DayOfKey(p.period.from), cube.DayOfKey(to))
	return nil
}

// bindLikeForLike checks that days worked are known.
func (p *plan) bindLikeForLike() error {
	c := p.clock
	for _, s := range p.streams {
		if s.work && c.use.Of.Workday == "" {
			return refuse("measures", "lfl", "lfl compares values per working day, and dimension %s does not say which days are worked; ask for pct, or give the dimension a workday column", c.use.Of.Name)
		}
		c.since = c.since || s.work && c.from == 0
	}
	return nil
}

// bindScenarios checks that the days shown are whole periods of a scenario
// whose facts are coarser than days.
func (p *plan) bindScenarios() error {
	for _, s := range p.sources {
		use := s.cube.Use(p.clock.use.Name)
		if use == nil || use.Grain == "" || use.Grain == "day" {
			continue
		}
		if p.period == nil {
			continue
		}
		for _, end := range []struct {
			key   int64
			after int
		}{{p.period.from, 0}, {p.period.to, 1}} {
			if end.key == 0 {
				continue
			}
			if d := cube.DayOfKey(end.key).AddDate(0, 0, end.after); d.Day() != 1 && (end.after == 0 || end.key != p.clock.to) {
				return refuse("time", cube.DayOfKey(end.key).Format(time.DateOnly), "the facts of cube %s stand for a whole %s each, and the range cuts one; let it start on the first and end on the last day of a month",
					s.cube.Name, use.Grain)
			}
		}
	}
	return nil
}

// bindDateLevels lists the combinations of date attributes whose periods differ.
// Facts that comparisons only move belong to one day wherever they are counted;
// windows, days counted and values of one day differ by the period of a cell.
func (p *plan) bindDateLevels() error {
	c := p.clock
	if !slices.ContainsFunc(p.streams, func(s *stream) bool { return s.scope.window != "" || s.over != "" || s.work }) {
		c.levels, c.alike = [][]*field{c.join.fields}, true
		return nil
	}
	if p.top != nil && p.top.others && p.rows[p.top.at].use == c.use {
		return refuse("top", p.rows[p.top.at].name, "the others of a ranking of %s are no period of time, so %s has no value there; leave others out, or rank by another attribute", p.rows[p.top.at].name, p.perPeriod())
	}
	if p.also != nil && p.onClock(p.also) {
		return refuse("rows", p.also.name+"+", "calculated members of %s are no periods of time, so %s has no value there; ask for %[1]s", p.also.name, p.perPeriod())
	}
	add := func(fields []*field) {
		if dates := c.of(fields); c.at(dates) < 0 {
			c.levels = append(c.levels, dates)
		}
	}
	for _, l := range p.levels {
		add(p.levelFields(l))
	}
	if p.top != nil {
		add(p.rows[:p.top.at+1])
		for _, l := range p.levels {
			add(p.restFields(l))
		}
	}
	return nil
}

// perPeriod is the first thing asked for whose facts depend on the period of a
// cell, for messages.
func (p *plan) perPeriod() string {
	for _, t := range p.parts {
		if t.stream.scope.window != "" || t.stream.over != "" || t.extra == extraWork {
			return strings.TrimSuffix(t.name, extraWork)
		}
	}
	return ""
}

// showScopes says on which days the facts of each scope are shown.
func (p *plan) showScopes() string {
	c := p.clock
	if c == nil {
		return ""
	}
	lines := []string{fmt.Sprintf("days of %s (%s)", c.use.Name, c.use.Of.Table)}
	switch {
	case c.from != 0 && c.to != 0:
		lines[0] += fmt.Sprintf(" from %d to %d", c.from, c.to)
	case c.from != 0:
		lines[0] += fmt.Sprintf(" from %d", c.from)
	case c.to != 0:
		lines[0] += fmt.Sprintf(" to %d", c.to)
	}
	if len(c.join.where) > 0 {
		lines[0] += ", as the filters on it want them"
	}
	for _, s := range p.streams {
		lines = append(lines, p.describeStream(s))
	}
	if len(c.levels) > 1 {
		lines = append(lines, fmt.Sprintf("%d combinations of date attributes, each with days of its own", len(c.levels)))
	}
	return strings.Join(lines, "\n")
}

func (p *plan) describeStream(s *stream) string {
	name, where, move := "@"+s.scope.text(), "", p.clock.shiftOf(s.scope)
	if s.scope == (scope{}) {
		name = "without scope"
	}
	if s.home != p.cube {
		where = " of " + s.home.Name
	}
	text := "a fact" + where + " is shown on its own day"
	if move != (cube.Shift{}) {
		text = "a fact" + where + " is shown " + move.String()
	}
	window := cube.Ref{Window: s.scope.window}
	if n, _, ok := window.Roll(); ok {
		text = fmt.Sprintf("the %d %s%s up to the last day of the period", n, window.RollUnit(), where)
	} else if s.scope.window != "" {
		text = "facts" + where + " from the first day of the " + strings.ReplaceAll((cube.Ref{Window: s.scope.window}).Span(), "_", " ") + " to the last day of the period"
	}
	if s.scope.window != "" && move != (cube.Shift{}) {
		text += ", all " + strings.Replace(move.String(), "later", "earlier", 1)
	}
	switch s.over {
	case cube.Last, cube.First:
		text += "; only the " + s.over + " day with facts"
	case cube.Average:
		text += "; days with facts are counted"
	}
	if s.work {
		text += "; days worked are counted"
	}
	return name + ": " + text
}

// of are the fields of the clock's dimension.
func (c *clock) of(fields []*field) (dates []*field) {
	for _, f := range fields {
		if f.use == c.use {
			dates = append(dates, f)
		}
	}
	return dates
}

// held are the fields that the facts by a combination of date attributes have.
func (c *clock) held(k int, fields []*field) []*field {
	return slices.DeleteFunc(slices.Clone(fields), func(f *field) bool { return f.use == c.use && !slices.Contains(c.levels[k], f) })
}

// at is the number of the combination of date attributes among fields.
func (c *clock) at(fields []*field) int {
	if c.alike {
		return 0
	}
	dates := c.of(fields)
	return slices.IndexFunc(c.levels, func(l []*field) bool {
		return len(l) == len(dates) && !slices.ContainsFunc(dates, func(f *field) bool { return !slices.Contains(l, f) })
	})
}

// shiftOf is how far a comparison moves facts forward.
func (c *clock) shiftOf(s scope) cube.Shift {
	n, years := cube.Ref{Against: s.against}.YearsBack()
	switch {
	case years && c.weeks:
		return cube.Shift{Days: 364 * n}
	case years:
		return cube.Shift{Months: 12 * n}
	case s.against == "pw":
		return cube.Shift{Days: 364}
	case s.against == "pp":
		return c.pp
	}
	return cube.Shift{}
}
