package view

import "math/big"

// rat is a number as an exact fraction.
func (v Value) rat() *big.Rat {
	r := new(big.Rat)
	if v.Exact != "" {
		if _, ok := r.SetString(v.Exact); ok {
			return r
		}
	}
	r.SetFloat64(v.Float)
	return r
}

// fromRat is a fraction as a number with up to six decimals.
func fromRat(r *big.Rat) Value {
	f, _ := r.Float64()
	return Value{Kind: Number, Float: f, Exact: trimZeros(r.FloatString(6))}
}

// Sub is a − b, exact where both are. It has no data where one of them has none.
func Sub(a, b Value) Value {
	if !a.Has() || !b.Has() {
		return absentOf(a, b)
	}
	return fromRat(new(big.Rat).Sub(a.rat(), b.rat())).from(a, b)
}

// Sum adds the numbers among the values, exactly; the others count as zero.
func Sum(values ...Value) Value {
	total := new(big.Rat)
	for _, v := range values {
		if v.Has() {
			total.Add(total, v.rat())
		}
	}
	return fromRat(total).from(values...)
}

// Ratio is a / b, not applicable where b is zero.
func Ratio(a, b Value) Value {
	if !a.Has() || !b.Has() {
		return absentOf(a, b)
	}
	if b.Float == 0 {
		return NA()
	}
	return N(a.Float/b.Float).from(a, b)
}

// Relative is the change from b to a as a share of b, not applicable where b is
// not positive: a change from nothing or from a loss has no percentage.
func Relative(a, b Value) Value {
	if !a.Has() || !b.Has() {
		return absentOf(a, b)
	}
	if b.Float <= 0 {
		return NA()
	}
	return N((a.Float-b.Float)/b.Float).from(a, b)
}

// from is the value as calculated from others: it has their origin where all that
// have one have the same.
func (v Value) from(values ...Value) Value {
	for _, x := range values {
		switch {
		case x.Origin == nil:
		case v.Origin == nil:
			v.Origin = x.Origin
		case v.Origin != x.Origin:
			v.Origin = nil
			return v
		}
	}
	return v
}

// absentOf is the kind of absence of a result: not applicable wins.
func absentOf(a, b Value) Value {
	if a.Kind == NotApplicable || b.Kind == NotApplicable {
		return NA()
	}
	return Value{}
}
