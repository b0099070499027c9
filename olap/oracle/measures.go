package oracle

import (
	"math/big"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/olap/cube"
	"verso/olap/engine"
)

// Near is a number of which the engine may give any within a distance.
type Near struct{ Value, Within float64 }

// measure is the value of a measure in a cell under a scope: nil where it is
// empty, else int64, engine.Decimal, float64, Near or, of a date, time.Time.
func (e *evaluation) measure(name string, c cell, s scope) any {
	in := e.oracle.cubeOf(e.cube, name, s.against)
	d := e.oracle.definition(in, name)
	part := func(name string) any { return e.measure(name, c, s) }
	switch d.Kind {
	case cube.Ratio:
		return quotient(part(d.Numerator), part(d.Denominator))
	case Formulas:
		return d.Formula.value(part)
	}
	facts := e.factsIn(in, c, s)
	if d.OverTime != "" {
		return e.overTime(d, in, facts, e.days(c, s))
	}
	return d.over(facts)
}

// over computes a measure over facts.
func (d Definition) over(facts []*fact) any {
	var values, weights []any
	for _, f := range facts {
		var v any = int64(1)
		if d.Column != "" {
			v = f.value(d.Column)
		}
		if v == nil || d.WhenKnown != "" && f.value(d.WhenKnown) == nil {
			continue
		}
		if d.Kind == Weighted {
			w := f.value(d.Weight)
			if w == nil {
				continue
			}
			weights = append(weights, w)
		}
		values = append(values, v)
	}
	switch d.Kind {
	case cube.Count:
		return int64(len(values))
	case cube.Distinct, Approx:
		return distinct(values, d.Kind == Approx)
	}
	if len(values) == 0 {
		return nil
	}
	switch d.Kind {
	case cube.Sum:
		return d.result(sum(values))
	case cube.Min, cube.Max:
		return slices.MaxFunc(values, func(a, b any) int { return compareValues(a, b, d.Kind == cube.Min) })
	case Average:
		return divide(sum(values), big.NewRat(int64(len(values)), 1))
	case Weighted:
		return weighted(values, weights)
	case Quantile:
		return quantile(values, d.Quantile)
	}
	panic("oracle: measures of kind " + d.Kind + " are not defined")
}

// distinct counts the known members; -1 is the unknown one.
func distinct(values []any, approx bool) any {
	set := map[any]bool{}
	for _, v := range values {
		if v != int64(-1) {
			set[v] = true
		}
	}
	if approx {
		n := float64(len(set))
		return Near{n, 1 + Tolerance*n}
	}
	return int64(len(set))
}

func sum(values []any) *big.Rat {
	total := new(big.Rat)
	for _, v := range values {
		total.Add(total, exact(v))
	}
	return total
}

func weighted(values, weights []any) any {
	total := new(big.Rat)
	for i, v := range values {
		total.Add(total, new(big.Rat).Mul(exact(v), exact(weights[i])))
	}
	return divide(total, sum(weights))
}

// quantile interpolates between the closest ranks: the smallest value is at 0,
// the largest at 1, the others evenly between.
func quantile(values []any, q float64) any {
	var list []*big.Rat
	for _, v := range values {
		list = append(list, exact(v))
	}
	slices.SortFunc(list, (*big.Rat).Cmp)
	at := q * float64(len(list)-1)
	below := int(at)
	above := min(below+1, len(list)-1)
	low, _ := list[below].Float64()
	high, _ := list[above].Float64()
	v := low + (at-float64(below))*(high-low)
	// An engine that interpolates decimals rounds to their ten-thousandths.
	return Near{v, 0.0001 + 1e-9*abs(v)}
}

// overTime computes a sum that does not add up over days: that of the last or
// first day of the cell on which the cube has any fact, or the mean of all such
// days.
func (e *evaluation) overTime(d Definition, in *cube.Cube, facts []*fact, days map[int]bool) any {
	withFacts := map[int]bool{}
	for _, f := range e.factsOf([]*cube.Cube{in}) {
		if f.day != undated && days[f.day] {
			withFacts[f.day] = true
		}
	}
	first, last := len(e.calendar.days), undated
	for day := range withFacts {
		first, last = min(first, day), max(last, day)
	}
	var counted []*fact
	for _, f := range facts {
		if d.OverTime == "average" && f.day != undated || d.OverTime == "last" && f.day == last || d.OverTime == "first" && f.day == first {
			counted = append(counted, f)
		}
	}
	average := d.OverTime == "average"
	d.OverTime = ""
	if last == undated {
		return nil
	}
	total := d.over(counted)
	if average {
		return quotient(total, int64(len(withFacts)))
	}
	return total
}

// value computes a formula. In a sum or difference a missing operand counts as
// 0 if another has a value; products and quotients need both.
func (f *Formula) value(measure func(string) any) any {
	switch {
	case f.Measure != "":
		return measure(f.Measure)
	case f.Number != "":
		r, _ := ratOf(f.Number)
		return decimal(r)
	}
	a, b := f.Left.value(measure), f.Right.value(measure)
	switch f.Op {
	case '+', '-':
		return plus(a, b, f.Op == '-')
	case '/':
		return quotient(a, b)
	}
	if a == nil || b == nil {
		return nil
	}
	return combined(new(big.Rat).Mul(exact(a), exact(b)), a, b)
}

// plus adds or subtracts; nil counts as 0 beside a value.
func plus(a, b any, minus bool) any {
	if a == nil && b == nil {
		return nil
	}
	x, y := new(big.Rat), new(big.Rat)
	if a != nil {
		x.Set(exact(a))
	}
	if b != nil {
		y.Set(exact(b))
	}
	if minus {
		y.Neg(y)
	}
	return combined(x.Add(x, y), a, b)
}

// combined is an exact result with the type that its operands give: a double
// if one is, a decimal if one is, else an integer. A result of doubles is near.
func combined(r *big.Rat, operands ...any) any {
	kind := "integer"
	size := 0.0
	for _, v := range operands {
		switch v := v.(type) {
		case float64, Near:
			kind = "double"
			f, _ := exact(v).Float64()
			size += abs(f)
		case engine.Decimal:
			if kind == "integer" {
				kind = "decimal"
			}
		}
	}
	switch kind {
	case "integer":
		if r.IsInt() {
			return r.Num().Int64()
		}
	case "double":
		f, _ := r.Float64()
		return Near{f, 1e-12 * (size + abs(f))}
	}
	return decimal(r)
}

// quotient is a / b as the nearest double; nil where a part is missing or b 0.
func quotient(a, b any) any {
	if a == nil || b == nil {
		return nil
	}
	q := divide(exact(a), exact(b))
	for _, part := range []any{a, b} {
		if n, near := part.(Near); near && q != nil && n.Value != 0 {
			v := q.(float64)
			return Near{v, abs(v) * (n.Within/abs(n.Value)*2 + 1e-12)}
		}
	}
	return q
}

func divide(a, b *big.Rat) any {
	if b.Sign() == 0 {
		return nil
	}
	f, _ := new(big.Rat).Quo(a, b).Float64()
	return f
}

// result is a sum in the measure's type.
func (d Definition) result(r *big.Rat) any {
	switch d.Type {
	case "integer":
		return r.Num().Int64()
	case "double":
		f, _ := r.Float64()
		return Near{f, 1e-9 * (1 + abs(f))}
	}
	return decimal(r)
}

// decimal is a number to ten-thousandths, or the nearest double where it is no
// such number.
func decimal(r *big.Rat) any {
	scaled := new(big.Rat).Mul(r, big.NewRat(10000, 1))
	if !scaled.IsInt() {
		f, _ := r.Float64()
		return Near{f, 0.00005 + 1e-9*abs(f)}
	}
	return engine.Decimal{Num: decimal128.FromBigInt(scaled.Num()), Scale: 4}
}

// exact is a number as a fraction.
func exact(v any) *big.Rat {
	switch v := v.(type) {
	case int64:
		return big.NewRat(v, 1)
	case float64:
		return new(big.Rat).SetFloat64(v)
	case Near:
		return new(big.Rat).SetFloat64(v.Value)
	case engine.Decimal:
		r := new(big.Rat).SetInt(v.Num.BigInt())
		scale := big.NewRat(1, 1)
		for range v.Scale {
			scale.Mul(scale, big.NewRat(10, 1))
		}
		return r.Quo(r, scale)
	case time.Time:
		return big.NewRat(v.Unix(), 1)
	}
	panic("oracle: not a number")
}

func ratOf(text string) (*big.Rat, bool) { return new(big.Rat).SetString(text) }

func abs(f float64) float64 { return max(f, -f) }

// Over computes a measure over fact rows of its cube, whatever chose them.
func (o *Oracle) Over(cubeName, measure string, rows [][]any) any {
	c := o.model.Cube(cubeName)
	d := o.definition(c, measure)
	part := func(name string) any { return o.Over(cubeName, name, rows) }
	switch d.Kind {
	case cube.Ratio:
		return quotient(part(d.Numerator), part(d.Denominator))
	case Formulas:
		return d.Formula.value(part)
	}
	var facts []*fact
	for _, row := range rows {
		facts = append(facts, &fact{cube: c, table: o.data.Table(c.Table), row: row, day: undated})
	}
	return d.over(facts)
}
