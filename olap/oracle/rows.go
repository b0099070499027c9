package oracle

import (
	"fmt"
	"slices"
	"time"

	"verso/olap/cube"
	"verso/olap/formula"
)

// leaf is the members of a finest row and a finest column that have a fact in
// common, under some scope.
type leaf struct{ row, column []*member }

// findLeaves finds the finest rows and columns with facts.
func (e *evaluation) findLeaves() {
	seen := map[string]bool{}
	cubes := map[string][]base{} // by scope
	for _, r := range e.allRefs() {
		cubes[r.Scope()] = append(cubes[r.Scope()], e.basesOf(r.Measure, e.scopes[r.Scope()].against)...)
	}
	for _, days := range e.dayGroups() {
		for name, list := range cubes {
			s := e.scopes[name]
			factDays := e.factDays(s, days)
			for i, b := range list {
				if slices.Contains(list[:i], b) {
					continue
				}
				on := e.daysOver(b, factDays)
				for _, f := range e.keptFacts(b.cube) {
					if !on[f.day] || !e.keepsMixed(f, s) {
						continue
					}
					members := slices.Clone(f.members)
					for i, field := range e.fields {
						if field.onTime {
							members[i] = e.dayMember(i, anyOf(days))
						}
					}
					for _, members := range e.variants(members) {
						if id := fmt.Sprint(members); !seen[id] {
							seen[id] = true
							n := len(e.query.Rows)
							e.found = append(e.found, &leaf{members[:n:n], members[n:]})
						}
					}
				}
			}
		}
	}
	e.leaves = slices.Clone(e.found)
}

// variants are members with, in place of each or not, the calculated members
// that it is part of.
func (e *evaluation) variants(members []*member) [][]*member {
	list := [][]*member{members}
	for i := range e.fields {
		for _, m := range e.calculated(i) {
			for _, v := range list {
				if m.includes(v[i]) {
					v = slices.Clone(v)
					v[i] = m
					list = append(list, v)
				}
			}
		}
	}
	return list
}

// dayGroups parts the shown days by their members on the axes.
func (e *evaluation) dayGroups() []map[int]bool {
	var list []map[int]bool
	at := map[string]map[int]bool{}
	for d := range e.shown {
		id := ""
		for i, f := range e.fields {
			if f.onTime {
				id += fmt.Sprintf("%p ", e.dayMember(i, d))
			}
		}
		if at[id] == nil {
			at[id] = map[int]bool{}
			list = append(list, at[id])
		}
		at[id][d] = true
	}
	return list
}

func anyOf(days map[int]bool) int {
	for d := range days {
		return d
	}
	panic("oracle: no days")
}

// base is what a measure is computed from: facts of a cube, or of one of its
// days in a period.
type base struct {
	cube *cube.Cube
	over string
}

// daysOver are the days of a period whose facts a base has.
func (e *evaluation) daysOver(b base, days map[int]bool) map[int]bool {
	if b.over != cube.Last && b.over != cube.First {
		return days
	}
	at := undated
	for _, f := range e.factsOf([]*cube.Cube{b.cube}) {
		if days[f.day] && f.day != undated && (at == undated || (f.day > at) == (b.over == cube.Last)) {
			at = f.day
		}
	}
	return map[int]bool{at: at != undated}
}

// cubesOf are the cubes whose facts a measure is computed from.
func (e *evaluation) cubesOf(measure, against string) (list []*cube.Cube) {
	for _, b := range e.basesOf(measure, against) {
		if !slices.Contains(list, b.cube) {
			list = append(list, b.cube)
		}
	}
	return list
}

// basesOf are what a measure is computed from.
func (e *evaluation) basesOf(measure, against string) []base {
	return e.basesBehind(e.oracle.cubeOf(e.cube, measure, against), measure)
}

func (e *evaluation) basesBehind(in *cube.Cube, measure string) (list []base) {
	d := e.oracle.definition(in, measure)
	var parts []string
	switch d.Kind {
	case cube.Ratio:
		parts = []string{d.Numerator, d.Denominator}
	case cube.Formula:
		parts = measuresOf(d.Formula)
	default:
		return []base{{in, d.OverTime}}
	}
	for _, part := range parts {
		for _, c := range e.basesBehind(in.Home(in.Measure(part)), part) {
			if !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	}
	if list == nil { // numbers alone
		list = []base{{cube: in}}
	}
	return list
}

func measuresOf(x *formula.Expr) (names []string) {
	if x.Op == formula.OpMeasure {
		names = append(names, cube.Of(x.Measure).Name)
	}
	for _, a := range x.Args {
		names = append(names, measuresOf(a)...)
	}
	return names
}

// all is the line of everything in columns.
func (e *evaluation) all() *line { return &line{first: len(e.query.Rows)} }

// hideMembers cuts the rows of hidden members off before these: the rows above
// them stay.
//
// Choice: they are left out before a ranking, and are among its others.
func (e *evaluation) hideMembers() {
	for k, l := range e.leaves {
		for i, m := range l.row {
			if m.made == 0 && e.oracle.hidden(e.fields[i].attribute, m) {
				e.leaves[k] = &leaf{l.row[:i:i], l.column}
				break
			}
		}
	}
}

// applyHaving drops the finest rows that a ranking leaves out, and of the rest
// those that a having does: the ranking does not see it.
func (e *evaluation) applyHaving() {
	verdicts := map[string]bool{}
	e.leaves = slices.DeleteFunc(e.leaves, func(l *leaf) bool {
		if len(l.row) < len(e.query.Rows) && len(e.query.Having) > 0 {
			return true // of a hidden member
		}
		id := fmt.Sprint(l.row)
		if _, done := verdicts[id]; !done {
			verdicts[id] = e.shows(l) && (len(l.row) < len(e.query.Rows) || e.passes(l.row))
		}
		return len(l.row) > 0 && !verdicts[id]
	})
}

func (e *evaluation) passes(row []*member) bool {
	at := cell{&line{members: row}, e.all()}
	for _, h := range e.query.Having {
		v := e.number(at, parse(h.By))
		switch h.Op {
		case "is_null":
			if v != nil {
				return false
			}
			continue
		case "not_null":
			if v == nil {
				return false
			}
			continue
		}
		if v == nil || !holds(v, h) {
			return false
		}
	}
	return true
}

// holds compares a value with the numbers of a having.
func holds(v any, h cube.Having) bool {
	against := func(i int) int {
		if d, isDate := v.(time.Time); isDate {
			day, err := time.Parse(time.DateOnly, h.Values[i])
			if err != nil {
				panic(err)
			}
			return d.Compare(day)
		}
		n, ok := ratOf(h.Values[i])
		if !ok {
			panic("oracle: no number " + h.Values[i])
		}
		return exact(v).Cmp(n)
	}
	c := against(0)
	switch h.Op {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "between":
		return c >= 0 && against(1) <= 0
	}
	panic("oracle: no operator " + h.Op)
}

// topDepth is the position of the ranked attribute on the rows.
func (e *evaluation) topDepth() int {
	if t := e.query.Top; t != nil && t.Field != "" {
		return slices.Index(e.query.Rows, t.Field)
	}
	return 0
}

// applyTop ranks the members of an attribute within each combination of those
// before it, over everything that the filters keep.
//
// Ranked are those that have facts at their own level: a window at the end of a
// year may have none where one at the end of a month has. Choice: N per cent of the members is rounded up. Calculated members are not
// ranked, and shown after those that are.
func (e *evaluation) applyTop() {
	t := e.query.Top
	if t == nil {
		return
	}
	e.best = map[string][]*member{}
	depth, by := e.topDepth(), parse(t.By)
	for _, parent := range e.distinct(depth) {
		members := slices.DeleteFunc(e.children(parent), func(m *member) bool {
			return m.made > 0 || e.scoped() && !e.hasFacts(cell{&line{members: append(slices.Clone(parent), m)}, e.all()})
		})
		value := map[*member]any{}
		for _, m := range members {
			value[m] = e.number(cell{&line{members: append(slices.Clone(parent), m)}, e.all()}, by)
		}
		slices.SortFunc(members, func(a, b *member) int {
			if c := compareValues(value[a], value[b], !t.Bottom); c != 0 {
				return c
			}
			return a.compare(b, false)
		})
		n := t.N
		if t.Percent {
			n = (len(members)*t.N + 99) / 100
		}
		e.best[fmt.Sprint(parent)] = members[:min(n, len(members))]
	}
}

// distinct lists the combinations of the first n row members of the leaves.
func (e *evaluation) distinct(n int) (list [][]*member) {
	seen := map[string]bool{}
	for _, l := range e.leaves {
		if len(l.row) < n {
			continue
		}
		if id := fmt.Sprint(l.row[:n]); !seen[id] {
			seen[id] = true
			list = append(list, l.row[:n])
		}
	}
	return list
}

// children are the members under a combination of row members.
func (e *evaluation) children(parent []*member) (list []*member) {
	for _, l := range e.leaves {
		if len(l.row) <= len(parent) {
			continue
		}
		if m := l.row[len(parent)]; slices.Equal(l.row[:len(parent)], parent) && !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// shows reports whether a ranking keeps a leaf.
func (e *evaluation) shows(l *leaf) bool {
	if e.best == nil || len(l.row) == 0 {
		return true
	}
	depth := e.topDepth()
	if len(l.row) <= depth || l.row[depth].made > 0 {
		return true
	}
	return slices.Contains(e.best[fmt.Sprint(l.row[:depth])], l.row[depth])
}

// findRows lists the rows, not yet in order: the leaves shown, their subtotals,
// the others and the grand total.
//
// Choice: a subtotal is there where one of its rows is, even if it has no facts
// itself, as a year to date may not.
func (e *evaluation) findRows() {
	q := e.query
	if len(q.Rows) > 0 {
		e.addOthers()
	}
	for n := 1; n <= len(q.Rows); n++ {
		if n < len(q.Rows) && !q.Totals.Rows {
			continue
		}
		for _, members := range e.distinct(n) {
			e.rows = append(e.rows, &line{members: members})
		}
	}
	e.rows = slices.DeleteFunc(e.rows, func(l *line) bool { return !e.inAColumn(l) })
	if len(q.Rows) == 0 || q.Totals.Grand {
		e.rows = append(e.rows, &line{})
	}
}

// inAColumn reports whether a row has a fact in a column that is shown: not if
// all of them are in columns of hidden members.
func (e *evaluation) inAColumn(l *line) bool {
	q := e.query
	if len(q.Columns) == 0 || q.Totals.Cols {
		return true
	}
	return slices.ContainsFunc(e.found, func(x *leaf) bool {
		return (!e.hides(x.column, len(q.Columns)) || q.Totals.ColSub && !e.hides(x.column, 1)) && l.has(func(field int) *member { return x.row[field] })
	})
}

// hides reports whether one of the first n members of a column is hidden.
func (e *evaluation) hides(column []*member, n int) bool {
	for i, m := range column[:n] {
		if m.made == 0 && e.oracle.hidden(e.fields[len(e.query.Rows)+i].attribute, m) {
			return true
		}
	}
	return false
}

// addOthers adds the row that gathers what a ranking leaves out, where that has
// a fact and the parent a row; the whole needs none.
func (e *evaluation) addOthers() {
	t := e.query.Top
	if t == nil || !t.Others {
		return
	}
	parents := e.distinct(e.topDepth())
	if e.topDepth() == 0 {
		parents = [][]*member{{}} // the whole is there without rows too
	}
	for _, parent := range parents {
		others := &line{members: parent, others: true, except: e.best[fmt.Sprint(parent)]}
		if e.hasFacts(cell{others, e.all()}) {
			e.rows = append(e.rows, others)
		}
	}
}

// hasFacts reports whether a cell shows a fact under any scope asked for.
func (e *evaluation) hasFacts(at cell) bool {
	for _, r := range e.allRefs() {
		s := e.scopes[r.Scope()]
		for _, b := range e.basesOf(r.Measure, s.against) {
			on := e.daysOver(b, e.days(at, s))
			if slices.ContainsFunc(e.factsIn(b.cube, at, s), func(f *fact) bool { return on[f.day] }) {
				return true
			}
		}
	}
	return false
}
