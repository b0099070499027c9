package compile

import "verso/olap/cube"

// value is the SQL of what is asked for, from the parts of its level: of the
// value itself, or of its comparison with another. Calculations that need other
// rows (shares, ranks, running sums, indexes) start from the value and are made
// where the answer is laid out.
func (p *plan) value(a *asked) string {
	terms, m := p.termsOf(a), a.measure
	switch a.ref.Calc {
	case cube.Delta:
		return p.delta(terms[0], terms[1])
	case cube.Pct:
		kind, scale := m.ValueType(), max(terms[0].measure.Scale(), terms[1].measure.Scale())
		return inUnits(p.delta(terms[0], terms[1]), kind, scale) + " / NULLIF(" + inUnits("abs("+p.number(terms[1])+")", kind, scale) + ", 0)"
	case cube.LikeForLike:
		now, then := p.perDay(terms[0]), p.perDay(terms[1])
		if addable(m) {
			now = "COALESCE(" + now + ", CASE WHEN COALESCE(" + p.number(terms[0]) + ", 0) = 0 THEN 0 END)"
		}
		return "(" + now + " - " + then + ") / NULLIF(abs(" + then + "), 0)"
	}
	return p.number(terms[0])
}

// addable reports whether a missing value counts as 0 beside one that is there.
func addable(m *cube.Measure) bool { return m.Summable() || m.Counts() }

// delta is value less value; where one of two amounts is missing it counts as 0.
func (p *plan) delta(now, then term) string {
	a, b := p.operand(now), p.operand(then)
	if addable(now.measure) {
		return "COALESCE(" + a + " - " + b + ", " + a + ", -" + b + ")"
	}
	return "(" + a + " - " + b + ")"
}

// operand is a value to stand beside an operator.
func (p *plan) operand(t term) string {
	if perRow(t.measure) {
		return "(" + p.number(t) + ")"
	}
	return p.number(t)
}

// perDay is a value divided by the days worked in its period.
func (p *plan) perDay(t term) string {
	work := quote(p.part(t.bases()[0], extraWork).name)
	m := t.measure
	return "(" + inUnits(p.operand(t), m.ValueType(), m.Scale()) + " / NULLIF(" + inUnits(work, "integer", m.Scale()) + ", 0))"
}

// average is the sum over a period divided by its days with facts.
func (p *plan) average(t term) string {
	kind, scale := t.measure.ColumnType()
	return inUnits(quote(p.part(t, "").name), kind, scale) + " / NULLIF(" + inUnits(quote(p.part(t, extraDays).name), "integer", scale) + ", 0)"
}
