package oracle

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"verso/olap/cube"
	"verso/olap/olaptest"
)

// evaluation is one query being answered.
type evaluation struct {
	oracle   *Oracle
	query    cube.Query
	cube     *cube.Cube
	refs     []cube.Ref    // shown, those of Compare among them
	filters  []cube.Filter // asked for, and the default members
	fields   []*field      // rows first, then columns
	time     *cube.Use     // the date dimension that scopes act on
	calendar *calendar
	from, to time.Time    // of the shown days; zero: open
	asked    time.Time    // the end of the range as asked
	shown    map[int]bool // positions of the shown days
	scopes   map[string]scope
	shifts   map[string][]time.Time // of scopes: see shownOn

	facts   map[string][]*fact   // cube → all of its facts
	kept    map[string][]*fact   // cube → those that the filters on other dimensions than time keep
	periods map[string]*period   // date members given → their shown days
	interns []map[string]*member // by field: members by identity

	found   []*leaf              // all with facts
	leaves  []*leaf              // those not left out
	best    map[string][]*member // parents → members that a ranking keeps, best first; nil without one
	rows    []*line
	columns []*line
}

// field is an attribute on the rows or columns.
type field struct {
	name      string
	attribute *cube.Attribute
	dimension string
	also      bool // calculated members are shown too
	onTime    bool
	byDay     map[int]*member // of days, where onTime
}

// fact is one row of a fact table.
type fact struct {
	cube    *cube.Cube
	table   *olaptest.Table
	row     []any
	day     int       // position in the calendar
	members []*member // by field; nil for fields of time
}

func (f *fact) key(u *cube.Use) int64   { return f.row[f.table.Column(u.Key)].(int64) }
func (f *fact) value(column string) any { return f.row[f.table.Column(column)] }

// evaluation prepares a query: its names, scopes, facts and shown days.
func (o *Oracle) evaluation(q cube.Query) *evaluation {
	e := &evaluation{oracle: o, query: q, cube: o.model.Cube(q.Cube), scopes: map[string]scope{}, facts: map[string][]*fact{},
		kept: map[string][]*fact{}, periods: map[string]*period{}, shifts: map[string][]time.Time{}}
	e.findTime()
	also := e.axes(&q)
	e.query = q
	for _, name := range slices.Concat(q.Rows, q.Columns) {
		dimension, attribute, _ := strings.Cut(name, ".")
		use := e.use(e.cube, dimension)
		e.fields = append(e.fields, &field{name: name, attribute: use.Of.Attribute(attribute), dimension: dimension,
			also: name == also, onTime: dimension == e.time.Name, byDay: map[int]*member{}})
		e.interns = append(e.interns, map[string]*member{})
	}
	e.checkTrees()
	e.filters = slices.Concat(q.Where, e.defaults())
	e.refs = Expand(q)
	for _, r := range e.refs {
		if r.Calc != "" && r.Calc != cube.Rank && e.oracle.definition(e.cube, o.measureName(e.cube, r.Measure)).Type == "date" {
			refuse("%s is a date", r.Measure)
		}
		if m := e.cube.Measure(r.Measure); r.Calc == cube.LikeForLike && (m.Stock() || e.cube.Scenario(r.Against) != nil) {
			refuse("%s has no value per day", r)
		} else if r.Calc == cube.Running && (m.Stock() || r.Window != "") {
			refuse("%s does not add up", r)
		}
		if r.Calc == cube.Running && !e.addsUp(o.measureName(e.cube, r.Measure)) {
			refuse("%s does not add up, so it has no running total", r.Measure)
		}
	}
	e.checkDimensions()
	e.findShownDays()
	e.checkDays()
	for _, r := range e.allRefs() {
		e.scopes[r.Scope()] = e.scopeOf(r)
		if r.Window != "" {
			e.checkFilters(e.filters)
		}
	}
	return e
}

// checkDimensions refuses what the facts of a cube asked do not have.
func (e *evaluation) checkDimensions() {
	for _, r := range e.allRefs() {
		against := ""
		if e.cube.Scenario(r.Against) != nil {
			against = r.Against
		}
		for _, c := range e.cubesOf(r.Measure, against) {
			has := func(dimension string) {
				if c.Use(dimension) == nil {
					refuse("cube %s has no dimension %s", c.Name, dimension)
				}
			}
			for _, f := range e.fields {
				has(f.dimension)
			}
			e.eachFilter(e.filters, func(f cube.Filter) {
				dimension, _, _ := strings.Cut(f.Field, ".")
				has(dimension)
			})
		}
	}
}

// checkDays refuses what has no meaning for facts on the days of scopes.
func (e *evaluation) checkDays() {
	if !e.scoped() {
		return
	}
	for _, f := range e.filters {
		if time, other := e.speaksOf(f); time && other {
			refuse("days shown and facts in one group")
		}
	}
	for _, r := range e.allRefs() {
		perPeriod := r.Window != "" || r.Calc == cube.LikeForLike || e.cube.Measure(r.Measure).Stock()
		if t := e.query.Top; perPeriod && t != nil && t.Others && e.fields[e.topDepth()].onTime {
			refuse("the others of a ranking of days are no period")
		}
	}
}

// use is a dimension as a cube has it, or as one of the cubes it combines.
func (e *evaluation) use(c *cube.Cube, dimension string) *cube.Use {
	for _, part := range append([]*cube.Cube{c}, e.oracle.parts(c)...) {
		if u := part.Use(dimension); u != nil {
			return u
		}
	}
	refuse("cube %s has no dimension %s", c.Name, dimension)
	return nil
}

// findTime finds the date dimension that the time range and the scopes act on.
func (e *evaluation) findTime() {
	e.time, e.calendar = &cube.Use{}, &calendar{}
	for _, part := range e.oracle.parts(e.cube) {
		for _, u := range part.Dimensions {
			asked := e.query.Time == nil || e.query.Time.Field == "" || e.query.Time.Field == u.Name
			if u.Of.Date && asked && e.time.Name == "" {
				e.time, e.calendar = u, e.oracle.calendar(u.Of)
			}
		}
	}
	if e.time.Name == "" && e.scoped() {
		refuse("cube %s has no date dimension", e.cube.Name)
	}
}

// maxAxis is how many attributes an axis may have.
const maxAxis = 8

// axes takes the + of calculated members off the names on the axes, and puts
// levels in the place of a hierarchy of parents. It returns the attribute whose
// calculated members are shown.
func (e *evaluation) axes(q *cube.Query) (also string) {
	expanded := func(names []string) (list []string) {
		for _, name := range names {
			dimension, attribute, _ := strings.Cut(name, ".")
			d := e.use(e.cube, dimension).Of
			plain, plus := strings.CutSuffix(name, "+")
			switch h := d.Hierarchy(attribute); {
			case h != nil:
				for level := range e.oracle.depth(h) {
					list = append(list, dimension+"."+h.Attribute(level+1))
				}
			case plus && also != "":
				refuse("calculated members of two attributes")
			case plus:
				also = plain
				fallthrough
			default:
				list = append(list, plain)
			}
		}
		return list
	}
	q.Rows, q.Columns = expanded(q.Rows), expanded(q.Columns)
	fields := slices.Concat(q.Rows, q.Columns)
	for i, name := range fields {
		if slices.Contains(fields[:i], name) {
			refuse("%s is there twice", name)
		}
	}
	if max(len(q.Rows), len(q.Columns)) > maxAxis {
		refuse("more than %d attributes", maxAxis)
	}
	if also != "" && (q.Top != nil || len(q.Having) > 0) {
		refuse("calculated members are not ranked and not tested")
	}
	return also
}

// checkTrees refuses what is no hierarchy.
func (e *evaluation) checkTrees() {
	for _, f := range e.fields {
		if h := f.attribute.Tree; h != nil {
			e.oracle.checkTree(h)
		}
	}
	e.eachFilter(e.query.Where, func(f cube.Filter) {
		dimension, name, _ := strings.Cut(f.Field, ".")
		d := e.use(e.cube, dimension).Of
		if h := d.Hierarchy(name); h != nil {
			e.oracle.checkTree(h)
		} else if a := d.Attribute(name); a != nil && a.Tree != nil {
			e.oracle.checkTree(a.Tree)
		}
	})
}

// eachFilter visits the conditions in groups too.
func (e *evaluation) eachFilter(filters []cube.Filter, visit func(cube.Filter)) {
	for _, f := range filters {
		e.eachFilter(slices.Concat(f.Any, f.All), visit)
		if f.Field != "" {
			visit(f)
		}
	}
}

// defaults are the conditions on dimensions that the query neither shows nor
// filters.
func (e *evaluation) defaults() (filters []cube.Filter) {
	for _, u := range e.cube.Dimensions {
		touched := slices.ContainsFunc(e.fields, func(f *field) bool { return f.dimension == u.Name })
		e.eachFilter(e.query.Where, func(f cube.Filter) {
			dimension, _, _ := strings.Cut(f.Field, ".")
			touched = touched || dimension == u.Name
		})
		if t := e.query.Time; t != nil && (t.From != "" || t.To != "") && u.Of.Date && (t.Field == u.Name || t.Field == "") {
			touched = true
		}
		for name, values := range u.Of.Default {
			if !touched {
				filters = append(filters, cube.Filter{Field: u.Name + "." + name, Op: "in", Values: values})
			}
		}
	}
	return filters
}

// Expand lists the columns of numbers that a query asks for: every measure
// without scope and calculation is followed by its value, delta and pct under
// each of Compare.
//
// Choice: a column that is already there is not repeated.
func Expand(q cube.Query) (refs []cube.Ref) {
	add := func(r cube.Ref) {
		if !slices.Contains(refs, r) {
			refs = append(refs, r)
		}
	}
	for _, text := range q.Measures {
		r := parse(text)
		add(r)
		if r.Scope() != "" || r.Calc != "" {
			continue
		}
		for _, against := range q.Compare {
			r.Against = against
			for _, r.Calc = range []string{"", cube.Delta, cube.Pct} {
				add(r)
			}
		}
	}
	return refs
}

func parse(text string) cube.Ref {
	r, err := cube.ParseRef(text)
	if err != nil {
		panic(err)
	}
	return r
}

// allRefs are the columns shown and everything that ranks, sorts or filters
// rows, with what deltas compare.
func (e *evaluation) allRefs() (refs []cube.Ref) {
	refs = Expand(e.query)
	if e.query.Top != nil {
		refs = append(refs, parse(e.query.Top.By))
	}
	for _, h := range e.query.Having {
		refs = append(refs, parse(h.By))
	}
	for _, s := range e.query.Sort {
		if !slices.Contains(e.query.Rows, s.By) {
			refs = append(refs, parse(s.By))
		}
	}
	for _, r := range refs {
		if r.Calc == cube.Delta || r.Calc == cube.Pct || r.Calc == cube.LikeForLike {
			refs = append(refs, r.Base())
		}
	}
	for i, r := range refs {
		refs[i].Measure = e.oracle.measureName(e.cube, r.Measure)
		if refs[i].Measure == "" {
			panic("oracle: no measure " + r.Measure + " in cube " + e.cube.Name)
		}
	}
	return refs
}

// scoped reports whether any scope is used, or a measure that is taken over
// time.
func (e *evaluation) scoped() bool {
	return slices.ContainsFunc(e.allRefs(), func(r cube.Ref) bool { return r.Scope() != "" || e.cube.Measure(r.Measure).Stock() })
}

// factsOf are all facts of some cubes.
func (e *evaluation) factsOf(cubes []*cube.Cube) (list []*fact) {
	for _, c := range cubes {
		if _, done := e.facts[c.Name]; !done {
			e.facts[c.Name] = nil
			t := e.oracle.data.Table(c.Table)
			for _, row := range t.Rows {
				f := &fact{cube: c, table: t, row: row, day: undated}
				if u := c.Use(e.time.Name); u != nil {
					f.day = e.calendar.position(f.key(u))
				}
				e.facts[c.Name] = append(e.facts[c.Name], f)
			}
		}
		list = append(list, e.facts[c.Name]...)
	}
	return list
}

// keptFacts are the facts of a cube that the filters keep, leaving aside those
// on days.
func (e *evaluation) keptFacts(c *cube.Cube) []*fact {
	if list, done := e.kept[c.Name]; done {
		return list
	}
	var list []*fact
	for _, f := range e.factsOf([]*cube.Cube{c}) {
		if !e.keepsFact(f) {
			continue
		}
		for i, field := range e.fields {
			var m *member
			if !field.onTime {
				use := c.Use(field.dimension)
				if use == nil {
					refuse("cube %s has no dimension %s", c.Name, field.dimension)
				}
				m = e.intern(i, e.oracle.member(field.attribute, f.key(use)))
			}
			f.members = append(f.members, m)
		}
		list = append(list, f)
	}
	e.kept[c.Name] = list
	return list
}

func (e *evaluation) intern(field int, m member) *member {
	id := fmt.Sprint(m.state, m.made, m.identity)
	if e.interns[field][id] == nil {
		e.interns[field][id] = &m
	}
	return e.interns[field][id]
}

// calculated are the calculated members of a field that are shown.
func (e *evaluation) calculated(field int) (list []*member) {
	if !e.fields[field].also {
		return nil
	}
	for i, c := range e.fields[field].attribute.Members {
		list = append(list, e.intern(field, member{made: i + 1, parts: c.Of, identity: c.Name, shown: c.Label.EN}))
	}
	return list
}

// dayMember is the member of a field that a day has.
func (e *evaluation) dayMember(field, day int) *member {
	f := e.fields[field]
	if f.byDay[day] == nil {
		key := int64(-1)
		if day != undated {
			key = e.calendar.days[day].key
		}
		f.byDay[day] = e.intern(field, e.oracle.member(f.attribute, key))
	}
	return f.byDay[day]
}

// cell is a place in the answer: a line of the rows and one of the columns.
type cell struct{ row, column *line }

// line is the members that a row or column gives. Fields from first on are
// given, one for each of members; an others line gives one more: any member of
// that field but those of except.
type line struct {
	first   int
	members []*member
	others  bool
	except  []*member
	cached  map[string][]*fact // cube → facts that have the members other than dates
}

// has reports whether the members of something, asked for by field, are those
// that the line gives.
func (l *line) has(of func(field int) *member) bool {
	for i, m := range l.members {
		if got := of(l.first + i); got != nil && got != m && !m.includes(got) {
			return false
		}
	}
	if l.others {
		got := of(l.first + len(l.members))
		return got == nil || !slices.Contains(l.except, got)
	}
	return true
}

// period is the shown days of a cell and, for each scope, the days of its facts.
type period struct {
	shown map[int]bool
	facts map[string]map[int]bool
}

// period of a cell: the shown days that have its members.
func (e *evaluation) period(c cell) *period {
	id := ""
	for _, l := range []*line{c.row, c.column} {
		for i, m := range l.members {
			if e.fields[l.first+i].onTime {
				id += fmt.Sprintf("%d=%p;", l.first+i, m)
			}
		}
		if n := l.first + len(l.members); l.others && e.fields[n].onTime {
			id += fmt.Sprintf("%d others %p;", n, l)
		}
	}
	if p := e.periods[id]; p != nil {
		return p
	}
	p := &period{shown: map[int]bool{}, facts: map[string]map[int]bool{}}
	for d := range e.shown {
		of := func(field int) *member {
			if !e.fields[field].onTime {
				return nil // any will do
			}
			return e.dayMember(field, d)
		}
		if c.row.has(of) && c.column.has(of) {
			p.shown[d] = true
		}
	}
	e.periods[id] = p
	return p
}
