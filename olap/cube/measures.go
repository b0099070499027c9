package cube

import (
	"math/big"
	"slices"

	"verso/olap/formula"
)

// ApproxError is the standard error of approximate distinct counts, as a share
// of the count: HyperLogLog with 64 registers, 1.04/√64; measured between 0.09
// and 0.13 from ten to ten thousand members. One count in twenty is off by more
// than twice as much.
const ApproxError = 0.13

// decimalScale is the decimals of a decimal column.
const decimalScale = 4

// Kinds are the kinds of measures, in the order in which they are explained.
func Kinds() []string {
	return []string{Sum, Count, Distinct, Approx, Min, Max, Quantile, Average, Weighted, StdDev, Ratio, Formula}
}

// Formats are the ways a number is shown: money with two decimals, integer,
// decimal with digits, percent (0.25 as 25.0%), ratio with two decimals, days,
// hours, points (0.25 as 25.0 percentage points), text, date.
func Formats() []string {
	return []string{"money", "integer", "decimal", "percent", "ratio", "days", "hours", "points", "text", "date"}
}

// Expr is what the measure is computed from at each level, nil for an aggregate
// of fact rows.
func (m *Measure) Expr() *formula.Expr { return m.expr }

// KnownColumns are the fact columns that must have a value for a row to count.
func (m *Measure) KnownColumns() []string {
	if m.WhenKnown == "" {
		return m.known
	}
	return append([]string{m.WhenKnown}, m.known...)
}

// Times is the fact column that the column is multiplied by, "" for none.
func (m *Measure) Times() string { return m.times }

// Additive reports whether the measure's value for a whole is the sum (or the
// least, the greatest) of its values for the parts. A formula is where it only
// adds, subtracts and multiplies by numbers what can be summed. Over days a
// stock does not add up nevertheless (see Stock).
func (m *Measure) Additive() bool {
	switch m.Kind {
	case Sum, Count, Min, Max:
		return true
	case Formula:
		return m.expr.Linear()
	}
	return false
}

// Counts reports whether the measure is 0, not empty, where there is no fact.
func (m *Measure) Counts() bool { return m.Kind == Count || m.Kind == Distinct || m.Kind == Approx }

// Approximate reports whether the measure is not exact, itself or through what
// it is computed from.
func (m *Measure) Approximate() bool {
	return slices.ContainsFunc(m.Bases(), func(b *Measure) bool { return b.Kind == Approx })
}

// Bases are the aggregates of fact rows that the measure is computed from, each
// once, in the order in which they occur; a measure that is one is its own.
func (m *Measure) Bases() (list []*Measure) {
	if m.expr == nil {
		return []*Measure{m}
	}
	for _, o := range m.expr.Bases() {
		list = append(list, Of(o))
	}
	return list
}

// Of is the measure that an operand of an expression is: all operands of the
// expressions of a model are measures.
func Of(o formula.Operand) *Measure {
	m, _ := o.(*Measure)
	return m
}

// Summable reports whether the measure's value for a whole is the sum of its
// values for the parts.
func (m *Measure) Summable() bool { return m.Additive() && m.Kind != Min && m.Kind != Max }

// Value is the value of the measure computed from the values of its bases.
func (m *Measure) Value(base func(*Measure) formula.Number) formula.Number {
	if m.expr == nil {
		return base(m)
	}
	return m.expr.Value(func(o formula.Operand) formula.Number { return base(Of(o)) })
}

// OverNothing is the value of the measure over no fact: counts are 0, all else
// is missing.
func (m *Measure) OverNothing() formula.Number {
	return m.Value(func(base *Measure) formula.Number {
		if base.Counts() {
			return formula.Number{Exact: new(big.Rat), Known: true}
		}
		return formula.Number{}
	})
}

// ValueType is the type of the measure's values: integer, decimal, double or date.
func (m *Measure) ValueType() string {
	switch {
	case m.Counts():
		return "integer"
	case m.expr != nil:
		return m.expr.Type
	case m.OverTime == Average, m.Kind == Ratio, m.Kind == Average, m.Kind == Weighted, m.Kind == StdDev, m.Kind == Quantile && m.Type != "date":
		return "double"
	}
	return m.columnType()
}

// columnType is the type of the values aggregated.
func (m *Measure) columnType() string {
	if m.Type == "" {
		return "decimal"
	}
	return m.Type
}

// ColumnType is the type of the values aggregated, and their decimals.
func (m *Measure) ColumnType() (kind string, scale int) {
	if kind = m.columnType(); kind == "decimal" {
		scale = decimalScale
	}
	return kind, scale
}

// Scale is the number of decimals of the values of a decimal measure, 0 for all
// others.
func (m *Measure) Scale() int {
	switch {
	case m.ValueType() != "decimal":
		return 0
	case m.expr != nil:
		return m.expr.Scale
	case m.times != "":
		return m.scale
	}
	return decimalScale
}

// measure checks what belongs to the kind of a measure.
func (l *loader) measureKind(m *Measure, p place) {
	known := slices.Contains(Kinds(), m.Kind)
	l.oneOf(p, "kind", m.Kind, Kinds()...)
	if !known {
		return
	}
	switch m.Kind {
	case Count, Ratio, Formula:
		l.only(m, p, "column", m.Column == "")
	default:
		l.needed(p, "column", m.Column)
	}
	switch m.Kind {
	case Sum:
		l.oneOf(p, "type", m.columnType(), "decimal", "integer", "double")
	case Min, Max, Quantile:
		l.oneOf(p, "type", m.columnType(), "decimal", "integer", "double", "date")
	case Average, Weighted, StdDev:
		// Doubles do not add up to the same bytes in any order.
		l.oneOf(p, "type", m.columnType(), "decimal", "integer")
	default:
		l.only(m, p, "type", m.Type == "")
	}
	if m.Kind == Ratio || m.Kind == Formula {
		l.only(m, p, "when_known", m.WhenKnown == "")
		l.only(m, p, "when_true", m.WhenTrue == "")
	}
	switch {
	case m.Kind != Quantile:
		l.only(m, p, "q", m.Q == nil)
	case m.Q == nil:
		l.fail(p, "measure %s: a quantile needs q, from 0 to 1; 0.5 is the median", m.Name)
	case !(*m.Q >= 0 && *m.Q <= 1):
		l.fail(p.key("q"), "measure %s: q is %v; want a number from 0 to 1, such as 0.5 for the median", m.Name, *m.Q)
	}
	l.weight(m, p)
	if m.Kind == Formula {
		l.needed(p, "formula", m.Formula)
	} else {
		l.only(m, p, "formula", m.Formula == "")
	}
}

// only refuses a key that the measure's kind does not take.
func (l *loader) only(m *Measure, p place, key string, absent bool) {
	if !absent {
		l.fail(p.key(key), "measure %s: a %s has no %s", m.Name, m.Kind, key)
	}
}

func (l *loader) weight(m *Measure, p place) {
	switch {
	case m.Kind != Weighted:
		l.only(m, p, "weight", m.Weight == "")
		l.only(m, p, "weight_type", m.WeightType == "")
	case m.Weight == "":
		l.fail(p, "measure %s: a weighted average needs a weight, the column of weights", m.Name)
	case m.WeightType != "":
		l.oneOf(p, "weight_type", m.WeightType, "decimal", "integer")
	}
}

// shown checks how a measure is shown.
func (l *loader) shown(m *Measure, p place) {
	l.oneOf(p, "format", m.Format, Formats()...)
	if m.Digits < 0 || m.Digits > 8 {
		l.fail(p.key("digits"), "measure %s: digits is %d; want 1 to 8", m.Name, m.Digits)
	}
	if m.Digits != 0 && slices.Contains([]string{"integer", "text", "date"}, m.Format) {
		l.fail(p.key("digits"), "measure %s: format %s has no digits; write format: decimal", m.Name, m.Format)
	}
}

// dates checks that dates, and only dates, are shown as dates. It needs the
// types of formulas.
func (l *loader) dates(m *Measure, p place) {
	date := m.ValueType() == "date"
	switch {
	case date && m.Format != "date" && m.Format != "text":
		l.fail(p.key("format"), "measure %s is a date; write format: date", m.Name)
	case !date && m.Format == "date" && slices.Contains(Kinds(), m.Kind):
		l.fail(p.key("format"), "measure %s is a number, no date; a min or max with type: date is one", m.Name)
	}
}

// part is an aggregate that an average or a deviation is computed from. It is
// known by the measure's name and what it is, which no query can write.
func (m *Measure) part(name, kind string, known ...string) *formula.Expr {
	b := &Measure{Name: m.Name + "#" + name, Kind: kind, WhenKnown: m.WhenKnown, WhenTrue: m.WhenTrue, known: known}
	if kind == Sum {
		b.Column, b.Type = m.Column, m.Type
	}
	return &formula.Expr{Op: formula.OpMeasure, Name: b.Name, Measure: b}
}

// product is the sum of the column times another one.
func (m *Measure) product(name, by, byType string) *formula.Expr {
	e := m.part(name, Sum)
	p := Of(e.Measure)
	p.Type, p.times = "decimal", by
	for _, t := range []string{m.Type, byType} {
		if t != "integer" {
			p.scale += decimalScale
		}
	}
	return e
}

// expand gives averages and deviations the expression that they are short for.
func (m *Measure) expand() {
	switch m.Kind {
	case Average:
		m.expr = divide(m.part("sum", Sum), m.part("known", Count, m.Column))
	case Weighted:
		products, weights := m.product("products", m.Weight, m.WeightType), m.part("weights", Sum, m.Column)
		w := Of(weights.Measure)
		w.Column, w.Type = m.Weight, m.WeightType
		m.expr = divide(products, weights)
	case StdDev:
		// √((n·Σx² − (Σx)²) / (n·(n−1))), of which all but the division and the
		// root is exact.
		n, sum, squares := m.part("known", Count, m.Column), m.part("sum", Sum), m.product("squares", m.Column, m.Type)
		one := &formula.Expr{Op: formula.OpNumber, Number: "1"}
		spread := &formula.Expr{Op: formula.OpAdd, Args: []*formula.Expr{times(n, squares), negative(times(sum, sum))}}
		m.expr = &formula.Expr{Op: formula.OpRoot, Args: []*formula.Expr{divide(spread, times(n, &formula.Expr{Op: formula.OpAdd, Args: []*formula.Expr{n, negative(one)}}))}}
	}
	if m.expr != nil {
		m.expr.Infer()
	}
}

func divide(a, b *formula.Expr) *formula.Expr {
	return &formula.Expr{Op: formula.OpDivide, Args: []*formula.Expr{a, b}}
}
func times(a, b *formula.Expr) *formula.Expr {
	return &formula.Expr{Op: formula.OpTimes, Args: []*formula.Expr{a, b}}
}
func negative(a *formula.Expr) *formula.Expr {
	return &formula.Expr{Op: formula.OpNegative, Args: []*formula.Expr{a}}
}
