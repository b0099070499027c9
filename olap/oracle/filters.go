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
	key := int64(-1)
	switch {
	case dimension == e.time.Name && shown != undated:
		key = e.calendar.days[shown].key
	case dimension != e.time.Name:
		key = f.key(use)
	}
	return e.oracle.holds(use.Of, attribute, filter, key)
}

// holds evaluates a condition on the member of a key.
func (o *Oracle) holds(d *cube.Dimension, attribute string, filter cube.Filter, key int64) bool {
	positive, negative := strings.CutPrefix(filter.Op, "not_")
	switch positive {
	case "all":
		return true
	case "under":
		return o.under(d.Hierarchy(attribute), filter.Values, key) != negative
	case "in_set":
		in := slices.ContainsFunc(filter.Values, func(name string) bool { return o.known(d, key) && o.set(d.Set(name))[key] })
		return in != negative
	}
	m := o.member(d.Attribute(attribute), key)
	return m.satisfies(d.Attribute(attribute), filter)
}

func (o *Oracle) known(d *cube.Dimension, key int64) bool {
	return key != -1 && o.lookup(d.Table, d.Key, key, nil) != nil
}

// under reports whether a member is one of some members, by key or as written,
// or stands below one.
func (o *Oracle) under(h *cube.Parents, members []string, key int64) bool {
	d := h.Dimension
	if !o.known(d, key) {
		return slices.Contains(members, cube.Unknown)
	}
	a := &cube.Attribute{Type: "text", Dimension: d, Column: h.Column, ColumnZH: h.ColumnZH, Lead: h.Code}
	return slices.ContainsFunc(o.ancestors(h, key), func(k int64) bool {
		over := o.member(a, k)
		return slices.ContainsFunc(members, func(v string) bool {
			return v == strconv.FormatInt(k, 10) || v != cube.None && v != cube.Unknown && slices.Contains(over.written, v)
		})
	})
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

// named reports whether a filter's value means the member: the name of a
// calculated member means those that it is made of.
func (m *member) named(a *cube.Attribute, text string, is func(string) bool) bool {
	for _, c := range a.Members {
		if c.Name == text || c.Label.EN == text || c.Label.ZH == text {
			return slices.ContainsFunc(c.Of, m.is)
		}
	}
	return is(text)
}

// hasKeyOf reports whether a key is the member's. A level's member without a
// value goes by the word for it too.
func (m *member) hasKeyOf(text string) bool {
	return m.key() == text || text == cube.None && m.state == none && m.identity == "-1"
}

// satisfies evaluates one condition on a member. Negative conditions keep
// exactly what the positive leave out; comparisons of size keep neither (none)
// nor (unknown).
func (m *member) satisfies(a *cube.Attribute, f cube.Filter) bool {
	switch f.Op {
	case "=", "in":
		return slices.ContainsFunc(f.Values, func(v string) bool { return m.named(a, v, m.is) })
	case "!=", "not_in":
		return !slices.ContainsFunc(f.Values, func(v string) bool { return m.named(a, v, m.is) })
	case "key_in":
		return slices.ContainsFunc(f.Values, func(v string) bool { return m.named(a, v, m.hasKeyOf) })
	case "not_key_in":
		return !slices.ContainsFunc(f.Values, func(v string) bool { return m.named(a, v, m.hasKeyOf) })
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
	first := compareValues(m.compared, typed(a.Type, f.Values[0]), false)
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
		return first >= 0 && compareValues(m.compared, typed(a.Type, f.Values[1]), false) <= 0
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

// set is the keys of the members of a named set: those that meet its
// conditions, or the first of those with facts in its time, over all facts of
// its cube, equal ones in the order of their keys, per cent rounded up.
func (o *Oracle) set(s *cube.Set) map[int64]bool {
	if o.sets[s] != nil {
		return o.sets[s]
	}
	in := map[int64]bool{}
	o.sets[s] = in
	if s.Top != nil {
		for _, key := range o.ranked(s) {
			in[key] = true
		}
		return in
	}
	t := o.data.Table(s.Dimension.Table)
	for _, row := range t.Rows {
		key := row[t.Column(s.Dimension.Key)].(int64)
		in[key] = key != -1 && !slices.ContainsFunc(s.Where, func(f cube.Filter) bool { return !o.holdsAll(s.Dimension, f, key) })
	}
	return in
}

// holdsAll evaluates a condition of a set, or a group of them.
func (o *Oracle) holdsAll(d *cube.Dimension, f cube.Filter, key int64) bool {
	switch {
	case len(f.Any) > 0:
		return slices.ContainsFunc(f.Any, func(g cube.Filter) bool { return o.holdsAll(d, g, key) })
	case len(f.All) > 0:
		return !slices.ContainsFunc(f.All, func(g cube.Filter) bool { return !o.holdsAll(d, g, key) })
	}
	return o.holds(d, f.Field, f, key)
}

func (o *Oracle) ranked(s *cube.Set) (keys []int64) {
	var date *cube.Use
	for _, u := range s.Cube.Dimensions {
		if u.Of.Date && date == nil {
			date = u
		}
	}
	var span *cube.Time
	if s.Top.Time != "" {
		var err error
		if span, err = cube.ParseTime(s.Top.Time, o.asOf); err != nil {
			panic(err)
		}
	}
	t := o.data.Table(s.Cube.Table)
	rows := map[int64][][]any{}
	for _, row := range t.Rows {
		key := row[t.Column(s.Use.Key)].(int64)
		if !o.known(s.Dimension, key) || span != nil && !o.within(span, date, row[t.Column(date.Key)].(int64)) {
			continue
		}
		if rows[key] == nil {
			keys = append(keys, key)
		}
		rows[key] = append(rows[key], row)
	}
	value := map[int64]any{}
	for _, key := range keys {
		value[key] = o.Over(s.Cube.Name, s.Measure.Name, rows[key])
	}
	slices.SortFunc(keys, func(a, b int64) int {
		if c := compareValues(value[a], value[b], !s.Top.Bottom); c != 0 {
			return c
		}
		return int(a - b)
	})
	n := s.Top.N
	if s.Top.Percent > 0 {
		n = (len(keys)*s.Top.Percent + 99) / 100
	}
	return keys[:min(n, len(keys))]
}

// within reports whether a day of the calendar is in a time range.
func (o *Oracle) within(t *cube.Time, date *cube.Use, key int64) bool {
	c := o.calendar(date.Of)
	i := c.position(key)
	if i == undated {
		return false
	}
	text := c.days[i].date.Format(time.DateOnly)
	return (t.From == "" || text >= t.From) && (t.To == "" || text <= t.To)
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
		if f.Field != "" && f.Op != "all" && dimension == e.time.Name && grainOf(e.time.Of.Attribute(attribute)) == "" {
			refuse("a filter on %s has no meaning in a window", f.Field)
		}
	}
}
