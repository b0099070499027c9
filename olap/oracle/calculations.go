package oracle

import (
	"math/big"

	"verso/olap/cube"
)

// compared is the value of a Ref in a cell without regard to the cells around
// it: of the measure itself, or of its delta, pct or lfl.
func (e *evaluation) compared(c cell, r cube.Ref) any {
	name := e.oracle.measureName(e.cube, r.Measure)
	now := r
	if r.Calc == cube.Delta || r.Calc == cube.Pct || r.Calc == cube.LikeForLike {
		now = r.Base()
	}
	v := e.measure(name, c, e.scopes[now.Scope()])
	if now == r || r.Scope() == now.Scope() {
		return v
	}
	before := e.measure(name, c, e.scopes[r.Scope()])
	m := e.cube.Measure(name)
	adds := m.Summable() || m.Counts()
	if adds {
		v, before = zeroBeside(v, before)
	}
	if v == nil || before == nil {
		return nil
	}
	switch r.Calc {
	case cube.Delta:
		return plus(v, before, true)
	case cube.Pct:
		return quotient(plus(v, before, true), size(before))
	}
	// The days are those of the measure in this cell, not those with facts.
	open, openBefore := e.workdays(e.days(c, e.scopes[now.Scope()])), e.workdays(e.days(c, e.scopes[r.Scope()]))
	nothing := adds && exact(v).Sign() == 0 // is nothing on any number of days
	if open == 0 && !nothing || openBefore == 0 {
		return nil
	}
	a := new(big.Rat)
	if !nothing {
		a.Quo(exact(v), big.NewRat(open, 1))
	}
	b := new(big.Rat).Quo(exact(before), big.NewRat(openBefore, 1))
	if b.Sign() == 0 {
		return nil
	}
	q := divide(new(big.Rat).Sub(a, b), new(big.Rat).Abs(b)).(float64)
	return Near{q, 1e-12 * (1 + abs(q))}
}

// zeroBeside makes a missing value 0 where there is another to compare with.
//
// Choice: pct does as delta does: a value gone is −100 %; and pct from nothing
// is empty, for its denominator is 0.
func zeroBeside(a, b any) (any, any) {
	switch {
	case a == nil && b != nil:
		a = zeroLike(b)
	case b == nil && a != nil:
		b = zeroLike(a)
	}
	return a, b
}

func zeroLike(v any) any { return plus(v, v, true) }

func size(v any) any {
	if exact(v).Sign() < 0 {
		return plus(zeroLike(v), v, true)
	}
	return v
}

// addsUp reports whether the parts of a measure add up to the whole, so that no
// value is as much as 0.
//
// Choice: sums and counts; also a sum that is the last or first over time, not
// averages, least or greatest values.
func (e *evaluation) addsUp(name string) bool {
	d := e.oracle.definition(e.oracle.cubeOf(e.cube, name, ""), name)
	return d.Kind == cube.Count || d.Kind == cube.Sum && d.OverTime != "average"
}

func (e *evaluation) workdays(days map[int]bool) (n int64) {
	at := e.oracle.data.Table(e.time.Of.Table).Column(workday)
	for d := range days {
		if d != undated && e.calendar.days[d].row[at] == true {
			n++
		}
	}
	return n
}

// shared is a share: the value in a cell as part of that in a larger one.
//
// The whole is its own parent.
func (e *evaluation) shared(c cell, r cube.Ref) any {
	all, whole := &line{}, cell{c.row, c.column}
	all.first = len(e.query.Rows)
	switch r.Calc {
	case cube.ShareParent:
		whole.row = c.row.parent()
	case cube.ShareRow:
		whole.column = all
	case cube.ShareColumn:
		whole.row = &line{}
	case cube.ShareTotal:
		whole = cell{&line{}, all}
	}
	r.Calc = ""
	return quotient(e.compared(c, r), e.compared(whole, r))
}

// parent is the line that gives one member less.
func (l *line) parent() *line {
	p := &line{first: l.first, members: l.members}
	if n := len(l.members); n > 0 && !l.others {
		p.members = l.members[:n-1]
	}
	return p
}

// amongSiblings fills the calculations that look at the rows of one parent, in
// the order shown: their values come in and are replaced.
//
// Subtotals stand among the subtotals beside them. The grand total has none of
// the three, nor have calculated members, which repeat others; the others row has
// no rank and no index. A row without a value has a running total if a row before
// it has a value.
func (e *evaluation) amongSiblings(calc string, lower bool, siblings []*line, values []any) []any {
	out := make([]any, len(values))
	var total, first any
	for i, v := range values {
		if siblings[i].calculated() || siblings[i].level() == 0 {
			continue
		}
		total = plus(total, v, false)
		if i == 0 {
			first = v
		}
		switch {
		case calc == cube.Running:
			out[i] = total
		case v == nil:
		case calc == cube.Index && !siblings[i].others:
			out[i] = index(v, first)
		case calc == cube.Rank && !siblings[i].others:
			rank := int64(1)
			for j, w := range values {
				if w != nil && !siblings[j].others && !siblings[j].calculated() && compareValues(w, v, !lower) < 0 {
					rank++
				}
			}
			out[i] = rank
		}
	}
	return out
}

// index is 100 times the nearest double to a quotient, or nearly where its parts
// are not exact.
func index(v, first any) any {
	q := quotient(v, first)
	if near, isNear := q.(Near); isNear {
		return Near{100 * near.Value, 100*near.Within + 1e-12*abs(near.Value)}
	}
	if q == nil {
		return nil
	}
	return divide(new(big.Rat).Mul(big.NewRat(100, 1), exact(v)), exact(first))
}

func (l *line) calculated() bool {
	n := len(l.members)
	return n > 0 && !l.others && l.members[n-1].made > 0
}

// number is the value of a Ref where no order of rows is needed.
func (e *evaluation) number(c cell, r cube.Ref) any {
	switch r.Calc {
	case cube.ShareParent, cube.ShareRow, cube.ShareColumn, cube.ShareTotal:
		return e.shared(c, r)
	case cube.Rank, cube.Running, cube.Index:
		refuse("%s depends on the order of rows, so it cannot choose or order them", r)
	}
	return e.compared(c, r)
}
