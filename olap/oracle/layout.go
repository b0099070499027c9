package oracle

import (
	"cmp"
	"fmt"
	"slices"

	"verso/olap/cube"
)

// The words for rows and columns that stand for no single member.
const (
	othersWord = "(others)"
	totalWord  = "(total)"
)

// findColumns lists the columns in order: those in which a row shown has a
// fact, each group followed by its subtotal, the total last.
func (e *evaluation) findColumns() {
	q := e.query
	if len(q.Columns) == 0 {
		e.columns = []*line{e.all()}
		return
	}
	seen := map[string]bool{}
	add := func(members []*member) {
		if id := fmt.Sprint(members); !seen[id] {
			seen[id] = true
			e.columns = append(e.columns, &line{first: len(q.Rows), members: members})
		}
	}
	for _, l := range e.found {
		// A row of several finest rows has a column where it has a fact itself.
		shown := func(row *line) bool {
			return row.has(func(field int) *member { return l.row[field] }) &&
				(len(row.members) == len(q.Rows) || e.hasFacts(cell{row, &line{first: len(q.Rows), members: l.column}}))
		}
		if !slices.ContainsFunc(e.rows, shown) {
			continue
		}
		for n := 1; n <= len(q.Columns); n++ {
			if !e.hides(l.column, n) && (n == len(q.Columns) || q.Totals.ColSub) {
				add(l.column[:n])
			}
		}
	}
	slices.SortFunc(e.columns, func(a, b *line) int {
		for i := range min(len(a.members), len(b.members)) {
			if c := a.members[i].compare(b.members[i], false); c != 0 {
				return c
			}
		}
		return cmp.Compare(len(b.members), len(a.members))
	})
	if q.Totals.Cols {
		e.columns = append(e.columns, e.all())
	}
}

// nameApart adds the ID to members of one axis that look the same.
func (e *evaluation) nameApart() {
	looks := make([]map[string][]*member, len(e.fields))
	for _, l := range slices.Concat(e.rows, e.columns) {
		for i, m := range l.members {
			at := l.first + i
			if looks[at] == nil {
				looks[at] = map[string][]*member{}
			}
			if !slices.Contains(looks[at][m.shown], m) {
				looks[at][m.shown] = append(looks[at][m.shown], m)
			}
		}
	}
	for _, byLook := range looks {
		for _, alike := range byLook {
			for _, m := range alike {
				if len(alike) > 1 && m.id != "" {
					m.shown += " (" + m.id + ")"
				}
			}
		}
	}
}

// sortRows puts the rows in order. Among siblings, that is rows of one parent,
// the keys asked for come first, then the ranking, then the members; a
// subtotal follows its rows, the others follow their siblings, the grand total
// ends. Without subtotals all rows are sorted as one list.
//
// Choice: with a ranking within parents, rows are sorted among siblings too, so
// that each parent's others can follow them.
func (e *evaluation) sortRows() {
	nested := e.query.Totals.Rows || e.topDepth() > 0
	keys := e.sortKeys()
	slices.SortStableFunc(e.rows, func(a, b *line) int {
		if c := cmp.Compare(place(a), place(b)); c != 0 && (!nested || len(a.members) == 0 || len(b.members) == 0) {
			return c
		}
		if !nested {
			return e.compareLists(keys, a, b)
		}
		for i := 0; ; i++ {
			switch x, y := a.at(i), b.at(i); {
			case x == nil && y == nil:
				return 0
			case x == nil: // a subtotal after its rows
				return 1
			case y == nil:
				return -1
			case x == other && y != other:
				return 1
			case y == other && x != other:
				return -1
			case x != y:
				return e.compareSiblings(keys, i, a.upTo(i+1), b.upTo(i+1))
			}
		}
	})
}

// other stands for the member that an others row gives.
var other = &member{}

func (l *line) at(i int) *member {
	switch {
	case i < len(l.members):
		return l.members[i]
	case i == len(l.members) && l.others:
		return other
	}
	return nil
}

func (l *line) upTo(n int) *line { return &line{first: l.first, members: l.members[:n]} }

func place(l *line) int {
	switch {
	case l.others:
		return 1
	case len(l.members) == 0:
		return 2
	}
	return 0
}

// sortKey compares rows by one key: an attribute's position on the rows, or a
// Ref in a column.
type sortKey struct {
	field  int
	ref    cube.Ref
	column *line
	desc   bool
	cached map[string]any
}

func (e *evaluation) sortKeys() (keys []sortKey) {
	for _, s := range e.query.Sort {
		k := sortKey{field: slices.Index(e.query.Rows, s.By), desc: s.Desc, column: e.all(), cached: map[string]any{}}
		if k.field < 0 {
			k.ref = parse(s.By)
		}
		if len(s.Members) > 0 {
			at := slices.IndexFunc(e.columns, func(c *line) bool { return slices.Equal(e.columnMembers(c), s.Members) })
			if at < 0 {
				refuse("no column %q to sort by", s.Members)
			}
			k.column = e.columns[at]
		}
		keys = append(keys, k)
	}
	return keys
}

func (e *evaluation) compareBy(k sortKey, a, b *line, depth int) int {
	if k.field < 0 {
		value := func(l *line) any {
			id := fmt.Sprint(l.members)
			if v, done := k.cached[id]; done {
				return v
			}
			k.cached[id] = e.number(cell{l, k.column}, k.ref)
			return k.cached[id]
		}
		return compareValues(value(a), value(b), k.desc)
	}
	if depth >= 0 && depth != k.field {
		return 0
	}
	return a.members[k.field].compare(b.members[k.field], k.desc)
}

func (e *evaluation) compareSiblings(keys []sortKey, depth int, a, b *line) int {
	x, y := a.members[depth], b.members[depth]
	if made := cmp.Compare(min(x.made, 1), min(y.made, 1)); made != 0 {
		return made
	}
	for _, k := range keys {
		if c := e.compareBy(k, a, b, depth); c != 0 {
			return c
		}
	}
	if len(keys) == 0 && e.best != nil && depth == e.topDepth() {
		best := e.best[fmt.Sprint(a.members[:depth])]
		return cmp.Compare(slices.Index(best, a.members[depth]), slices.Index(best, b.members[depth]))
	}
	return a.members[depth].compare(b.members[depth], false)
}

func (e *evaluation) compareLists(keys []sortKey, a, b *line) int {
	if place(a) > 0 {
		return 0
	}
	made := func(l *line) int {
		if slices.ContainsFunc(l.members, func(m *member) bool { return m.made > 0 }) {
			return 1
		}
		return 0
	}
	if c := cmp.Compare(made(a), made(b)); c != 0 && len(keys) > 0 {
		return c
	}
	for _, k := range keys {
		if c := e.compareBy(k, a, b, -1); c != 0 {
			return c
		}
	}
	for i := range a.members {
		if a.members[i] != b.members[i] {
			if len(keys) > 0 {
				return a.members[i].compare(b.members[i], false)
			}
			return e.compareSiblings(nil, i, a, b)
		}
	}
	return 0
}

// columnMembers are the members above a column, as shown.
func (e *evaluation) columnMembers(c *line) (shown []string) {
	for _, m := range c.members {
		shown = append(shown, m.shown)
	}
	if len(c.members) < len(e.query.Columns) {
		shown = append(shown, totalWord)
	}
	return shown
}

// answer writes the cells.
func (e *evaluation) answer() *Answer {
	e.query.Totals.Rows = e.query.Totals.Rows && len(e.query.Rows) > 1
	e.sortRows()
	a := &Answer{Scoped: e.scoped()}
	for _, r := range e.refs {
		a.Refs = append(a.Refs, r.String())
	}
	var counted []*cube.Cube
	for _, r := range e.allRefs() {
		counted = append(counted, e.cubesOf(r.Measure, "")...)
	}
	for i, part := range counted {
		if slices.Contains(counted[:i], part) {
			continue
		}
		a.Facts += int64(len(e.factsIn(part, cell{&line{}, e.all()}, scope{})))
	}
	for _, c := range e.columns {
		column := Column{Members: e.columnMembers(c), Level: len(c.members), Total: len(c.members) < len(e.query.Columns)}
		for _, m := range c.members {
			column.Keys = append(column.Keys, m.key())
		}
		a.Columns = append(a.Columns, column)
	}
	for _, l := range e.rows {
		a.Rows = append(a.Rows, e.heading(l))
	}
	for _, c := range e.columns {
		for _, r := range e.refs {
			for i, v := range e.values(c, r) {
				a.Rows[i].Cells = append(a.Rows[i].Cells, v)
			}
		}
	}
	return a
}

// heading is a row's attributes.
func (e *evaluation) heading(l *line) Row {
	row := Row{Level: len(l.members), Other: l.others}
	for _, m := range l.members {
		row.Keys, row.Cells = append(row.Keys, m.key()), append(row.Cells, any(m.shown))
	}
	if l.others {
		row.Level++
		row.Keys, row.Cells = append(row.Keys, othersWord), append(row.Cells, any(othersWord))
	}
	for len(row.Cells) < len(e.query.Rows) {
		row.Cells = append(row.Cells, nil)
	}
	return row
}

// values are the numbers of a column, row by row.
func (e *evaluation) values(c *line, r cube.Ref) []any {
	among := r.Calc == cube.Rank || r.Calc == cube.Running || r.Calc == cube.Index
	plain := r
	if among {
		plain.Calc = ""
	}
	name := e.oracle.measureName(e.cube, r.Measure)
	out := make([]any, len(e.rows))
	families := map[string][]int{}
	for i, l := range e.rows {
		out[i] = e.number(cell{l, c}, plain)
		id := fmt.Sprint(l.level(), l.parent().members)
		families[id] = append(families[id], i)
	}
	if !among {
		return out
	}
	lower := e.oracle.definition(e.oracle.cubeOf(e.cube, name, ""), name).LowerWins
	result := make([]any, len(e.rows))
	for _, family := range families {
		var lines []*line
		var values []any
		for _, i := range family {
			lines, values = append(lines, e.rows[i]), append(values, out[i])
		}
		for k, v := range e.amongSiblings(r.Calc, lower, lines, values) {
			result[family[k]] = v
		}
	}
	return result
}

func (l *line) level() int {
	if l.others {
		return len(l.members) + 1
	}
	return len(l.members)
}
