package cube

import "slices"

// The ways in which a sum measure is taken over days where it may not be added
// up: a stock or a number of open orders has one value each day. The third way
// is Average: the sum divided by the number of days that have any facts.
const (
	Last  = "last"  // of the last day, within the period, that has any facts
	First = "first" // of the first such day
)

// Stock reports whether the measure, or a part of it, has a value of its own
// each day and is not added up over days.
func (m *Measure) Stock() bool {
	return slices.ContainsFunc(m.Bases(), func(b *Measure) bool { return b.OverTime != "" })
}

// Grain is a period of time that an attribute of a date dimension may be, and
// its length in months or in days.
type Grain struct {
	Name         string
	Months, Days int
}

// Grains are the periods, from long to short.
func Grains() []Grain {
	return []Grain{{"year", 12, 0}, {"fiscal_year", 12, 0}, {"academic_year", 12, 0}, {"half", 6, 0}, {"term", 6, 0},
		{"quarter", 3, 0}, {"fiscal_quarter", 3, 0}, {"month", 1, 0}, {"week", 0, 7}, {"day", 0, 1}}
}

// GrainRank is the place of a grain in Grains, the shorter the period the higher;
// -1 for what is no grain.
func GrainRank(grain string) int {
	return slices.IndexFunc(Grains(), func(g Grain) bool { return g.Name == grain })
}

func grainNames() (names []string) {
	for _, g := range Grains() {
		names = append(names, g.Name)
	}
	return names
}

// Period is the attribute of a date dimension that has a grain, or nil.
func (d *Dimension) Period(grain string) *Attribute {
	for _, a := range d.Attributes {
		if a.Grain == grain {
			return a
		}
	}
	return nil
}

// Span is the grain of a window "to date": ytd is that of years. It is "" for
// rolling windows and what is no window.
func (r Ref) Span() string {
	return map[string]string{"ytd": "year", "htd": "half", "qtd": "quarter", "mtd": "month", "wtd": "week",
		"fytd": "fiscal_year", "aytd": "academic_year"}[r.Window]
}

func (l *loader) dateKeys(d *Dimension, p place) {
	if d.Workday != "" && !d.Date {
		l.fail(p.key("workday"), "dimension %s: only a date dimension has days worked", d.Name)
	}
}

func (l *loader) grain(d *Dimension, a *Attribute, p place) {
	if a.Grain == "" {
		return
	}
	l.oneOf(p, "grain", a.Grain, grainNames()...)
	switch {
	case !d.Date:
		l.fail(p.key("grain"), "attribute %s.%s: only a date dimension has periods", d.Name, a.Name)
	case a.Grain == "day" && a.Type != "date":
		l.fail(p.key("grain"), "attribute %s.%s: a day is of type date", d.Name, a.Name)
	case a.In != "":
		l.fail(p.key("grain"), "attribute %s.%s: a period stands in the dimension's own table", d.Name, a.Name)
	}
	for _, other := range d.Attributes {
		if other.Grain == a.Grain && other != a && d.attributes[other.Name] == other {
			l.fail(p.key("grain"), "attribute %s.%s: %s is the %s already", d.Name, a.Name, other.Name, a.Grain)
		}
	}
}

func (l *loader) useGrain(u *Use, p place) {
	if u.Grain == "" {
		return
	}
	l.oneOf(p, "grain", u.Grain, grainNames()...)
	if !u.Of.Date || u.Of.Period(u.Grain) == nil {
		l.fail(p.key("grain"), "dimension %s has no attribute of grain %s", u.Of.Name, u.Grain)
	}
}

func (l *loader) overTime(c *Cube, m *Measure, p place) {
	if m.OverTime == "" {
		return
	}
	l.oneOf(p, "over_time", m.OverTime, Last, First, Average)
	switch {
	case m.Kind != Sum:
		l.fail(p.key("over_time"), "measure %s: over_time is for a sum, not for a %s", m.Name, m.Kind)
	case !c.hasDays():
		l.fail(p.key("over_time"), "measure %s: over_time needs a date dimension with an attribute of grain day", m.Name)
	}
}

// hasDays reports whether a date dimension of the cube knows its days.
func (c *Cube) hasDays() bool {
	for _, u := range c.uses {
		if u.Of.Date && u.Of.Period("day") != nil {
			return true
		}
	}
	return false
}

// Nests reports whether facts that stand at a grain, on its first day, can be
// told apart by a coarser one: months lie in quarters and in years of any
// calendar, weeks only in weeks.
func Nests(fine, coarse string) bool {
	switch {
	case fine == coarse, fine == "day":
		return true
	case fine == "month":
		return GrainRank(coarse) >= 0 && GrainRank(coarse) < GrainRank("month")
	}
	calendars := [][]string{{"quarter", "half", "year"}, {"fiscal_quarter", "fiscal_year"}, {"term", "academic_year"}}
	for _, c := range calendars {
		if at := slices.Index(c, fine); at >= 0 && slices.Index(c, coarse) > at {
			return true
		}
	}
	return false
}
