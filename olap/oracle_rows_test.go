package olap_test

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"verso/olap/cube"
)

// orow is a row of the oracle's answer: its cells as text.
type orow struct {
	level int
	other bool
	cells []any
}

// answer is the rows in order, the members above each column, and the number
// of facts.
func (o *oracle) answer(q cube.Query) (rows []orow, columns [][]string, facts int) {
	e := &evaluation{oracle: o, query: q, cube: o.model.Cube(q.Cube), facts: o.facts(q)}
	e.nameApart()
	e.findColumns()
	e.rank()
	e.rows()
	for _, c := range e.columns {
		columns = append(columns, c.shown)
	}
	return e.out, columns, len(e.facts)
}

type ocolumn struct {
	shown   []string
	members []omember
	total   bool
}

type evaluation struct {
	*oracle
	query   cube.Query
	cube    *cube.Cube
	facts   []ofact
	columns []ocolumn
	top     []string // identities kept, best first; nil without a ranking
	out     []orow
}

// nameApart adds the ID to members of one axis that look the same.
func (e *evaluation) nameApart() {
	for _, name := range slices.Concat(e.query.Rows, e.query.Columns) {
		looks := map[string]map[string]bool{}
		for _, f := range e.shownFacts(name) {
			m := f.members[name]
			if looks[m.shown] == nil {
				looks[m.shown] = map[string]bool{}
			}
			looks[m.shown][m.identity] = true
		}
		for _, f := range e.facts {
			if m := f.members[name]; len(looks[m.shown]) > 1 && m.id != "" {
				m.shown += " (" + m.id + ")"
				f.members[name] = m
			}
		}
	}
}

// shownFacts are the facts whose members of a field appear in the answer: on
// the rows, only those a ranking keeps; on the columns, those of any row shown.
func (e *evaluation) shownFacts(name string) []ofact {
	q := e.query
	if q.Top == nil || slices.Contains(q.Columns, name) && (q.Top.Others || q.Totals.Grand) {
		return e.facts
	}
	e.rank()
	var kept []ofact
	for _, f := range e.facts {
		if slices.Contains(e.top, f.members[e.query.Rows[0]].identity) {
			kept = append(kept, f)
		}
	}
	return kept
}

func (e *evaluation) findColumns() {
	seen := map[string]bool{}
	shown := e.facts
	if len(e.query.Columns) > 0 {
		shown = e.shownFacts(e.query.Columns[0])
	}
	for _, f := range shown {
		var c ocolumn
		id := ""
		for _, name := range e.query.Columns {
			m := f.members[name]
			c.members, c.shown = append(c.members, m), append(c.shown, m.shown)
			id += m.identity + "|" + fmt.Sprint(m.state) + "|"
		}
		if !seen[id] {
			seen[id] = true
			e.columns = append(e.columns, c)
		}
	}
	sort.SliceStable(e.columns, func(i, j int) bool {
		for k, m := range e.columns[i].members {
			if c := m.compare(e.columns[j].members[k]); c != 0 {
				return c < 0
			}
		}
		return false
	})
	switch {
	case len(e.query.Columns) == 0:
		e.columns = []ocolumn{{total: true}}
	case e.query.Totals.Cols:
		e.columns = append(e.columns, ocolumn{shown: []string{"(total)"}, total: true})
	}
}

// rank finds the members that a ranking keeps.
func (e *evaluation) rank() {
	t := e.query.Top
	if t == nil {
		return
	}
	groups := split(e.facts, e.query.Rows[0])
	sort.SliceStable(groups, func(i, j int) bool {
		a := e.measure(e.cube, t.By, groups[i].facts)
		b := e.measure(e.cube, t.By, groups[j].facts)
		if c := compareNumbers(a, b, !t.Bottom); c != 0 {
			return c < 0
		}
		return groups[i].member.compare(groups[j].member) < 0
	})
	e.top = []string{}
	for _, g := range groups[:min(t.N, len(groups))] {
		e.top = append(e.top, g.member.identity)
	}
}

func compareNumbers(a, b any, desc bool) int {
	x, y := number(a), number(b)
	switch {
	case x == nil && y == nil:
		return 0
	case x == nil:
		return 1
	case y == nil:
		return -1
	case desc:
		return cmp.Compare(*y, *x)
	}
	return cmp.Compare(*x, *y)
}

type ogroup struct {
	member omember
	facts  []ofact
}

// split parts facts by the members of a field.
func split(facts []ofact, name string) []*ogroup {
	var groups []*ogroup
	at := map[string]*ogroup{}
	for _, f := range facts {
		m := f.members[name]
		id := fmt.Sprint(m.state, m.identity)
		if at[id] == nil {
			at[id] = &ogroup{member: m}
			groups = append(groups, at[id])
		}
		at[id].facts = append(at[id].facts, f)
	}
	return groups
}

func (e *evaluation) emit(level int, other bool, heads []any, facts []ofact) {
	r := orow{level: level, other: other}
	r.cells = append(r.cells, heads...)
	for len(r.cells) < len(e.query.Rows) {
		r.cells = append(r.cells, nil)
	}
	for _, c := range e.columns {
		inside := facts
		if !c.total {
			inside = nil
			for _, f := range facts {
				match := true
				for i, name := range e.query.Columns {
					m := f.members[name]
					match = match && m.identity == c.members[i].identity && m.state == c.members[i].state
				}
				if match {
					inside = append(inside, f)
				}
			}
		}
		for _, name := range e.query.Measures {
			r.cells = append(r.cells, e.measure(e.cube, name, inside))
		}
	}
	e.out = append(e.out, r)
}

func (e *evaluation) rows() {
	q := e.query
	if len(q.Rows) == 0 {
		e.emit(0, false, nil, e.facts)
		return
	}
	var kept, rest []ofact
	for _, f := range e.facts {
		if e.top == nil || slices.Contains(e.top, f.members[q.Rows[0]].identity) {
			kept = append(kept, f)
		} else {
			rest = append(rest, f)
		}
	}
	if q.Totals.Rows {
		e.nested(nil, kept)
	} else {
		e.flat(kept)
	}
	if q.Top != nil && q.Top.Others && len(rest) > 0 {
		e.emit(1, true, []any{"(others)"}, rest)
	}
	if q.Totals.Grand {
		e.emit(0, false, nil, e.facts)
	}
}

// before compares two groups that stand side by side at a depth.
func (e *evaluation) before(depth int, a, b *ogroup) bool {
	for _, s := range e.query.Sort {
		c := 0
		if e.cube.Measure(s.By) != nil {
			c = compareNumbers(e.measure(e.cube, s.By, a.facts), e.measure(e.cube, s.By, b.facts), s.Desc)
		} else if s.By == e.query.Rows[depth] {
			c = a.member.compare(b.member)
			if s.Desc && a.member.state == 0 && b.member.state == 0 {
				c = -c
			}
		}
		if c != 0 {
			return c < 0
		}
	}
	if depth == 0 && e.top != nil && len(e.query.Sort) == 0 {
		return slices.Index(e.top, a.member.identity) < slices.Index(e.top, b.member.identity)
	}
	return a.member.compare(b.member) < 0
}

// nested writes the groups of facts under their parents, each subtotal after
// its rows.
func (e *evaluation) nested(heads []any, facts []ofact) {
	depth := len(heads)
	groups := split(facts, e.query.Rows[depth])
	sort.SliceStable(groups, func(i, j int) bool { return e.before(depth, groups[i], groups[j]) })
	for _, g := range groups {
		inner := append(slices.Clone(heads), any(g.member.shown))
		if len(inner) < len(e.query.Rows) {
			e.nested(inner, g.facts)
		}
		e.emit(len(inner), false, inner, g.facts)
	}
}

// flat writes the finest groups as one list.
func (e *evaluation) flat(facts []ofact) {
	type leaf struct {
		members []omember
		facts   []ofact
	}
	leaves := []*leaf{{facts: facts}}
	for _, name := range e.query.Rows {
		var finer []*leaf
		for _, l := range leaves {
			for _, g := range split(l.facts, name) {
				finer = append(finer, &leaf{append(slices.Clone(l.members), g.member), g.facts})
			}
		}
		leaves = finer
	}
	sort.SliceStable(leaves, func(i, j int) bool {
		a, b := leaves[i], leaves[j]
		for _, s := range e.query.Sort {
			c := 0
			if e.cube.Measure(s.By) != nil {
				c = compareNumbers(e.measure(e.cube, s.By, a.facts), e.measure(e.cube, s.By, b.facts), s.Desc)
			} else {
				k := slices.Index(e.query.Rows, s.By)
				c = a.members[k].compare(b.members[k])
				if s.Desc && a.members[k].state == 0 && b.members[k].state == 0 {
					c = -c
				}
			}
			if c != 0 {
				return c < 0
			}
		}
		if e.top != nil && len(e.query.Sort) == 0 {
			x, y := slices.Index(e.top, a.members[0].identity), slices.Index(e.top, b.members[0].identity)
			if x != y {
				return x < y
			}
		}
		for k := range a.members {
			if c := a.members[k].compare(b.members[k]); c != 0 {
				return c < 0
			}
		}
		return false
	})
	for _, l := range leaves {
		var heads []any
		for _, m := range l.members {
			heads = append(heads, m.shown)
		}
		e.emit(len(heads), false, heads, l.facts)
	}
}
