package compile

import "verso/olap/cube"

// value is the SQL of what is asked for, from the parts of its level: of the
// value itself, or of its comparison with another. Calculations that need other
// rows (shares, ranks, running sums, indexes) start from the value and are made
// where the answer is laid out.
func (p *plan) value(a *asked) string {
	terms := p.termsOf(a)
	switch a.ref.Calc {
	case cube.Delta:
		return p.delta(terms[0], terms[1])
	case cube.Pct:
		kind := a.measure.ValueType()
		whole := kind == "decimal"
		return divisible(p.delta(terms[0], terms[1]), kind, whole) +
			" / NULLIF(" + divisible("abs("+p.number(terms[1])+")", kind, whole) + ", 0)"
	case cube.LikeForLike:
		now, then := p.perDay(terms[0]), p.perDay(terms[1])
		if addable(a.measure) {
			now = "COALESCE(" + now + ", CASE WHEN COALESCE(" + p.number(terms[0]) + ", 0) = 0 THEN 0 END)"
		}
		return "(" + now + " - " + then + ") / NULLIF(abs(" + then + "), 0)"
	}
	return p.number(terms[0])
}

// addable reports whether a missing value counts as 0 beside one that is there.
func addable(m *cube.Measure) bool {
	return m.Kind == cube.Sum || m.Kind == cube.Count || m.Kind == cube.Distinct
}

// delta is value less value; where one of two amounts is missing it counts as 0.
func (p *plan) delta(now, then term) string {
	a, b := p.number(now), p.number(then)
	if now.measure.Kind == cube.Ratio || now.measure.OverTime == cube.Average {
		a, b = "("+a+")", "("+b+")"
	}
	if addable(now.measure) {
		return "COALESCE(" + a + " - " + b + ", " + a + ", -" + b + ")"
	}
	return "(" + a + " - " + b + ")"
}

// perDay is a value divided by the days worked in its period.
func (p *plan) perDay(t term) string {
	work := quote(p.part(t.first(), extraWork).name)
	kind := t.measure.ValueType()
	whole := kind == "decimal"
	return "(" + divisible("("+p.number(t)+")", kind, whole) + " / NULLIF(" + divisible(work, "integer", whole) + ", 0))"
}

// average is the sum over a period divided by its days with facts.
func (p *plan) average(t term) string {
	kind := t.measure.Type
	whole := kind == "" || kind == "decimal"
	if whole {
		kind = "decimal"
	}
	return divisible(quote(p.part(t, "").name), kind, whole) + " / NULLIF(" +
		divisible(quote(p.part(t, extraDays).name), "integer", whole) + ", 0)"
}
