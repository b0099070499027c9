package oracle

import (
	"math/big"
	"slices"

	"verso/olap/cube"
	"verso/olap/formula"
)

// formula computes a measure that is made of others.
func (d Definition) formula(measure func(string) any) any {
	v := evaluate(d.Formula, measure)
	if r, isExact := v.(*big.Rat); isExact && d.Type == "double" {
		f, _ := r.Float64()
		return f
	} else if isExact {
		return d.result(r)
	}
	return v
}

// evaluate computes an expression by exact arithmetic: nil where it is missing,
// a *big.Rat where it is exact, the nearest double where it is the quotient of
// exact numbers, and Near where more is done to doubles.
func evaluate(x *formula.Expr, measure func(string) any) any {
	switch x.Op {
	case formula.OpMeasure:
		return operand(measure(cube.Of(x.Measure).Name))
	case formula.OpNumber:
		r, _ := ratOf(x.Number)
		return r
	case "if":
		if compares(x.Args[0], measure) {
			return evaluate(x.Args[1], measure)
		}
		return evaluate(x.Args[2], measure)
	}
	var args, there []any
	for _, a := range x.Args {
		v := evaluate(a, measure)
		if args = append(args, v); v != nil {
			there = append(there, v)
		}
	}
	if len(there) == 0 {
		return nil
	}
	switch x.Op {
	case formula.OpAdd:
		total := there[0]
		for _, v := range there[1:] {
			total = arithmetic(total, v, new(big.Rat).Add(toRat(total), toRat(v)))
		}
		return total
	case "coalesce":
		return there[0]
	case "min":
		return slices.MinFunc(there, func(a, b any) int { return toRat(a).Cmp(toRat(b)) })
	case "max":
		return slices.MaxFunc(there, func(a, b any) int { return toRat(a).Cmp(toRat(b)) })
	case "nullif":
		if len(there) == 2 && toRat(args[0]).Cmp(toRat(args[1])) == 0 {
			return nil
		}
		return args[0]
	}
	if len(there) < len(args) {
		return nil
	}
	return rounded(x, product(x.Op, args))
}

// rounded is a result of exact numbers as a database holds it: a product with
// too many decimals is a double, and a quotient of numbers with too many digits
// need not be the nearest one.
func rounded(x *formula.Expr, v any) any {
	switch v := v.(type) {
	case *big.Rat:
		if x.Type == "double" {
			f, _ := v.Float64()
			return Near{f, 1e-12 * abs(f)}
		}
	case float64:
		if x.Op == formula.OpDivide && max(x.Args[0].Scale, x.Args[1].Scale) > 4 {
			return Near{v, 1e-12 * abs(v)}
		}
	}
	return v
}

// product computes what is missing where an operand is.
func product(op string, args []any) any {
	a := args[0]
	switch op {
	case formula.OpTimes:
		x, y := toRat(a), toRat(args[1])
		if _, exact := a.(*big.Rat); exact {
			if _, exact := args[1].(*big.Rat); exact {
				return new(big.Rat).Mul(x, y)
			}
		}
		v, _ := new(big.Rat).Mul(x, y).Float64()
		p, _ := x.Float64()
		q, _ := y.Float64()
		return Near{v, abs(p)*within(args[1]) + abs(q)*within(a) + within(a)*within(args[1]) + 1e-12*abs(v)}
	case formula.OpDivide:
		return quotient(number(a), number(args[1]))
	case formula.OpNegative:
		return arithmetic(a, a, new(big.Rat).Neg(toRat(a)))
	case "abs":
		return arithmetic(a, a, new(big.Rat).Abs(toRat(a)))
	}
	panic("oracle: formulas have no " + op)
}

// compares evaluates a comparison; with what is missing it does not hold.
func compares(x *formula.Expr, measure func(string) any) bool {
	a, b := evaluate(x.Args[0], measure), evaluate(x.Args[1], measure)
	if a == nil || b == nil {
		return false
	}
	c := toRat(a).Cmp(toRat(b))
	switch x.Op {
	case "=":
		return c == 0
	case "!=", "<>":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// operand is a measure's value within a formula.
func operand(v any) any {
	switch v.(type) {
	case nil, float64, Near:
		return v
	}
	return exact(v)
}

// number is an operand as quotient takes it.
func number(v any) any {
	if r, ok := v.(*big.Rat); ok {
		return ratio{r}
	}
	return v
}

// ratio is an exact number of any number of decimals.
type ratio struct{ *big.Rat }

func toRat(v any) *big.Rat {
	if r, ok := v.(*big.Rat); ok {
		return r
	}
	return exact(v)
}

// within is how far off a number may be.
func within(v any) float64 {
	switch v := v.(type) {
	case float64:
		return 1e-15 * abs(v)
	case Near:
		return v.Within
	}
	return 0
}

// arithmetic is a result: exact if its operands are, else near.
func arithmetic(a, b any, r *big.Rat) any {
	_, exactA := a.(*big.Rat)
	_, exactB := b.(*big.Rat)
	if exactA && exactB {
		return r
	}
	f, _ := r.Float64()
	x, _ := toRat(a).Float64()
	y, _ := toRat(b).Float64()
	return Near{f, within(a) + within(b) + 1e-12*(abs(x)+abs(y))}
}
