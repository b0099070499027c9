package oracle

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"verso/olap/cube"
)

// keeps evaluates a filter on a fact shown on a day.
func (e *evaluation) keeps(filter cube.Filter, f *fact, shown int) bool {
	switch {
	case len(filter.Any) > 0:
		return slices.ContainsFunc(filter.Any, func(x cube.Filter) bool { return e.keeps(x, f, shown) })
	case len(filter.All) > 0:
		return !slices.ContainsFunc(filter.All, func(x cube.Filter) bool { return !e.keeps(x, f, shown) })
	}
	dimension, attribute, _ := strings.Cut(filter.Field, ".")
	use := e.use(e.cube, dimension)
	if f != nil {
		use = f.cube.Use(dimension)
	}
	if use == nil {
		refuse("cube %s has no dimension %s", f.cube.Name, dimension)
	}
	a := use.Of.Attribute(attribute)
	key := int64(-1)
	switch {
	case dimension == e.time.Name && shown != undated:
		key = e.calendar.days[shown].key
	case dimension != e.time.Name:
		key = f.key(use)
	}
	m := e.oracle.member(a, key)
	switch filter.Op {
	case "under":
		return slices.ContainsFunc(e.oracle.ancestors(use.Of, key), func(k int64) bool {
			over := e.oracle.member(a, k)
			return slices.ContainsFunc(filter.Values, func(v string) bool { return over.is(v) })
		})
	case "in_set", "not_in_set":
		return e.inSet(filter, m) == (filter.Op == "in_set")
	}
	return m.satisfies(a, filter)
}

// is reports whether a filter's text means the member.
func (m *member) is(text string) bool {
	switch {
	case text == cube.None || text == cube.Unknown:
		return m.state == none && text == cube.None || m.state == unknown && text == cube.Unknown
	case m.state != known:
		return false
	}
	return slices.ContainsFunc(append(m.written, m.shown), func(w string) bool { return w == text })
}

// satisfies evaluates one condition on a member. Negative conditions keep
// exactly what the positive leave out; comparisons of size keep neither (none)
// nor (unknown).
func (m *member) satisfies(a *cube.Attribute, f cube.Filter) bool {
	switch f.Op {
	case "=", "in":
		return slices.ContainsFunc(f.Values, m.is)
	case "!=", "not_in":
		return !slices.ContainsFunc(f.Values, m.is)
	case "key_in":
		return slices.Contains(f.Values, m.key())
	case "is_null":
		return m.state != known
	case "not_null":
		return m.state == known
	case "not_contains":
		return !m.satisfies(a, cube.Filter{Op: "contains", Values: f.Values})
	}
	if m.state != known {
		return false
	}
	match := map[string]func(s, part string) bool{"contains": strings.Contains, "starts": strings.HasPrefix, "ends": strings.HasSuffix}[f.Op]
	if match != nil {
		return slices.ContainsFunc(m.written, func(w string) bool {
			return match(strings.ToLower(w), strings.ToLower(f.Values[0]))
		})
	}
	value := m.value
	if a.ShowKey {
		value = m.identity
	}
	first := compareValues(value, typed(a.Type, f.Values[0]), false)
	switch f.Op {
	case "<":
		return first < 0
	case "<=":
		return first <= 0
	case ">":
		return first > 0
	case ">=":
		return first >= 0
	case "between":
		return first >= 0 && compareValues(value, typed(a.Type, f.Values[1]), false) <= 0
	}
	panic("oracle: no operator " + f.Op)
}

func typed(kind, text string) any {
	switch kind {
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			panic(err)
		}
		return n
	case "date":
		d, err := time.Parse(time.DateOnly, text)
		if err != nil {
			panic(err)
		}
		return d
	}
	return text
}

// inSet reports whether a member is in one of the sets that a filter names. A
// set holds the members of facts that its condition keeps, or the best of them,
// over all facts of the cube whatever the query.
func (e *evaluation) inSet(filter cube.Filter, m member) bool {
	for _, name := range filter.Values {
		id := name + " of " + filter.Field
		if e.sets[id] == nil {
			e.sets[id] = e.setMembers(filter.Field, e.oracle.extra.Sets[name])
		}
		if e.sets[id][m.identity] {
			return true
		}
	}
	return false
}

func (e *evaluation) setMembers(field string, s Set) map[string]bool {
	q := cube.Query{Cube: e.query.Cube, Rows: []string{field}, Measures: []string{s.By}, Where: s.Where}
	if s.By == "" {
		q.Measures = e.cube.MeasureNames()[:1]
	}
	if s.N > 0 {
		q.Top = &cube.Top{N: s.N, Percent: s.Percent, By: s.By, Bottom: s.Bottom}
	}
	inner := e.oracle.evaluation(q)
	inner.findLeaves()
	inner.applyTop()
	set := map[string]bool{}
	for _, leaf := range inner.leaves {
		if inner.shows(leaf) {
			set[leaf.row[0].identity] = leaf.row[0].state == known
		}
	}
	return set
}

// onTime reports whether a filter speaks of the time dimension, and of others.
func (e *evaluation) speaksOf(f cube.Filter) (time, other bool) {
	for _, inner := range slices.Concat(f.Any, f.All) {
		t, o := e.speaksOf(inner)
		time, other = time || t, other || o
	}
	if f.Field == "" {
		return time, other
	}
	dimension, _, _ := strings.Cut(f.Field, ".")
	return dimension == e.time.Name, dimension != e.time.Name
}

// keepsDay evaluates the filters that speak of days alone.
func (e *evaluation) keepsDay(i int) bool {
	for _, f := range e.filters {
		if time, other := e.speaksOf(f); time && !other && !e.keeps(f, nil, i) {
			return false
		}
	}
	return true
}

// keepsFact evaluates the filters that speak of other dimensions alone.
func (e *evaluation) keepsFact(f *fact) bool {
	for _, filter := range e.filters {
		if time, _ := e.speaksOf(filter); !time && !e.keeps(filter, f, undated) {
			return false
		}
	}
	return true
}

// keepsMixed evaluates the filters that speak of both, on the day on which a
// fact is shown.
func (e *evaluation) keepsMixed(f *fact, s scope) bool {
	for _, filter := range e.filters {
		if time, other := e.speaksOf(filter); !time || !other {
			continue
		}
		if s.start != nil {
			refuse("a choice between days and other members has no meaning in a window")
		}
		shown := f.day
		if s.shift != nil {
			d := s.shift(e.calendar.days[f.day].date)
			shown = e.calendar.position(int64(d.Year()*10000 + int(d.Month())*100 + d.Day()))
		}
		if !e.keeps(filter, f, shown) {
			return false
		}
	}
	return true
}

// checkFilters refuses filters on recurring days beside windows.
func (e *evaluation) checkFilters(filters []cube.Filter) {
	for _, f := range filters {
		e.checkFilters(slices.Concat(f.Any, f.All))
		dimension, attribute, _ := strings.Cut(f.Field, ".")
		if f.Field != "" && dimension == e.time.Name && grainOf(e.time.Of.Attribute(attribute)) == "" {
			refuse("a filter on %s has no meaning in a window", f.Field)
		}
	}
}
