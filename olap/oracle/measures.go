package oracle

import (
	"fmt"
	"math"
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
	return e.measureOf(e.oracle.cubeOf(e.cube, name, s.against), name, c, s)
}

// measureOf is the value of a measure of a cube, whose parts may be at home in
// others.
func (e *evaluation) measureOf(in *cube.Cube, name string, c cell, s scope) any {
	d := e.oracle.definition(in, name)
	part := func(name string) any { return e.measureOf(in.Home(in.Measure(name)), name, c, s) }
	switch d.Kind {
	case cube.Ratio:
		return ofDoubles(quotient(part(d.Numerator), part(d.Denominator)), in, name)
	case cube.Formula:
		return d.formula(part)
	}
	facts := e.factsIn(in, c, s)
	if d.OverTime != "" {
		return e.overTime(d, in, facts, e.days(c, s))
	}
	return d.over(facts)
}

// ofDoubles is a quotient of means over time as near as doubles give it.
func ofDoubles(v any, in *cube.Cube, name string) any {
	f, isDouble := v.(float64)
	mean := func(b *cube.Measure) bool { return b.OverTime == cube.Average }
	if isDouble && slices.ContainsFunc(in.Measure(name).Bases(), mean) {
		return Near{f, 1e-14 * abs(f)}
	}
	return v
}

// over computes a measure over facts.
func (d Definition) over(facts []*fact) any {
	var values, weights []any
	for _, f := range facts {
		var v any = int64(1)
		if d.Column != "" {
			v = f.value(d.Column)
		}
		if v == nil || d.WhenKnown != "" && f.value(d.WhenKnown) == nil || d.WhenTrue != "" && f.value(d.WhenTrue) != true {
			continue
		}
		if d.Kind == cube.Weighted {
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
	case cube.Distinct, cube.Approx:
		return distinct(values, d.Kind == cube.Approx)
	}
	if len(values) == 0 {
		return nil
	}
	switch d.Kind {
	case cube.Sum:
		return d.result(sum(values))
	case cube.Min, cube.Max:
		return slices.MaxFunc(values, func(a, b any) int { return compareValues(a, b, d.Kind == cube.Min) })
	case cube.Average:
		return divide(sum(values), big.NewRat(int64(len(values)), 1))
	case cube.Weighted:
		return weighted(values, weights)
	case cube.StdDev:
		return deviation(values)
	case cube.Quantile:
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

// weighted is the mean by weight: to the last bit as long as the products have
// few digits.
func weighted(values, weights []any) any {
	total := new(big.Rat)
	for i, v := range values {
		total.Add(total, new(big.Rat).Mul(exact(v), exact(weights[i])))
	}
	mean := divide(total, sum(weights))
	if f, _ := total.Float64(); mean != nil && abs(f) > 1e6 {
		return Near{mean.(float64), 1e-14 * abs(mean.(float64))}
	}
	return mean
}

// deviation is that of a sample: the root of the mean squared distance from the
// mean, by one fewer than there are.
func deviation(values []any) any {
	n := int64(len(values))
	if n < 2 {
		return nil
	}
	mean := new(big.Rat).Quo(sum(values), big.NewRat(n, 1))
	squares := new(big.Rat)
	for _, v := range values {
		d := new(big.Rat).Sub(exact(v), mean)
		squares.Add(squares, d.Mul(d, d))
	}
	f, _ := squares.Quo(squares, big.NewRat(n-1, 1)).Float64()
	return Near{math.Sqrt(f), 1e-12 * math.Sqrt(f)}
}

// quantile interpolates between the closest ranks: the smallest value is at 0,
// the largest at 1, the others evenly between. Of dates it is the first at which
// the share is reached.
func quantile(values []any, q float64) any {
	slices.SortFunc(values, func(a, b any) int { return compareValues(a, b, false) })
	if _, isDate := values[0].(time.Time); isDate {
		return values[max(0, int(math.Ceil(q*float64(len(values))))-1)]
	}
	at := q * float64(len(values)-1)
	below := int(at)
	low, _ := exact(values[below]).Float64()
	high, _ := exact(values[min(below+1, len(values)-1)]).Float64()
	v := low + (at-float64(below))*(high-low)
	return Near{v, 1e-12 * (abs(low) + abs(high))}
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
	isDouble, isDecimal, scale := false, false, int32(0)
	within := 0.0
	for _, v := range operands {
		switch v := v.(type) {
		case float64:
			isDouble = true
			within += 1e-12 * abs(v)
		case Near:
			isDouble = true
			within += v.Within + 1e-12*abs(v.Value)
		case engine.Decimal:
			isDecimal, scale = true, max(scale, v.Scale)
		}
	}
	switch {
	case isDouble:
		f, _ := r.Float64()
		return Near{f, within + 1e-12*abs(f)}
	case isDecimal:
		return decimal(r, scale)
	}
	return r.Num().Int64()
}

// quotient is a / b as the nearest double; nil where a part is missing or b 0.
func quotient(a, b any) any {
	if a == nil || b == nil {
		return nil
	}
	q := divide(exact(a), exact(b))
	x, nearA := a.(Near)
	y, nearB := b.(Near)
	if !nearA && !nearB || q == nil {
		return q
	}
	v := q.(float64)
	low, _ := exact(b).Float64()
	rest := abs(low) - y.Within
	if rest <= 0 {
		return Near{v, math.Inf(1)}
	}
	return Near{v, (x.Within+abs(v)*y.Within)/rest + 1e-12*abs(v)}
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
	return decimal(r, int32(d.Scale))
}

// decimal is a number with so many decimals, which hold it.
func decimal(r *big.Rat, scale int32) any {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	if !scaled.IsInt() {
		panic(fmt.Sprintf("oracle: %s has more than %d decimals", r, scale))
	}
	return engine.Decimal{Num: decimal128.FromBigInt(scaled.Num()), Scale: scale}
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
	case ratio:
		return v.Rat
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
	case cube.Formula:
		return d.formula(part)
	}
	var facts []*fact
	for _, row := range rows {
		facts = append(facts, &fact{cube: c, table: o.data.Table(c.Table), row: row, day: undated})
	}
	return d.over(facts)
}
