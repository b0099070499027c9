package memory

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/formula"
)

// exact bounds the whole numbers that a float64 holds exactly, and half of them:
// what is computed with them is rounded as the database rounds it.
const exact = 1 << 52

// number is a whole number of units of 10^-scale, or nothing.
type number struct {
	n     int64
	scale int
	null  bool
}

// value is the value of a measure at a place; ok is false where it takes what is not
// exact here.
func (s *sum) value(at *sums, cell int, m *cube.Measure) (v any, ok bool) {
	e := m.Expr()
	if e == nil {
		return s.base(at, cell, m), true
	}
	if e.Op == formula.OpDivide {
		return s.quotient(at, cell, e)
	}
	n, ok := s.number(at, cell, e)
	switch {
	case !ok || e.Type == "double":
		return nil, false
	case n.null:
		return nil, true
	case e.Type == "integer":
		return n.n, n.scale == 0
	}
	return engine.Decimal{Num: decimal128.FromI64(n.n), Scale: int32(n.scale)}, n.scale == e.Scale
}

// base is a sum or a count as the database gives it: a count of nothing is 0, a sum
// of nothing is nothing.
func (s *sum) base(at *sums, cell int, m *cube.Measure) any {
	i := slices.Index(s.parts, m)
	switch n := at.values[i][cell]; {
	case m.Kind == cube.Count:
		return n
	case !at.known[i][cell]:
		return nil
	case s.columns[i].decimal:
		return engine.Decimal{Num: decimal128.FromI64(n), Scale: s.columns[i].scale}
	default:
		return n
	}
}

// number is the value of an expression of whole numbers and decimals.
func (s *sum) number(at *sums, cell int, e *formula.Expr) (number, bool) {
	switch e.Op {
	case formula.OpMeasure:
		m := cube.Of(e.Measure)
		if inner := m.Expr(); inner != nil {
			return s.number(at, cell, inner)
		}
		i := slices.Index(s.parts, m)
		n := number{at.values[i][cell], 0, m.Kind != cube.Count && !at.known[i][cell]}
		if s.columns[i].decimal {
			n.scale = int(s.columns[i].scale)
		}
		return n, n.scale == e.Scale && e.Type != "double"
	case formula.OpNumber:
		n, err := strconv.ParseInt(e.Number, 10, 64)
		return number{n: n}, err == nil && e.Type == "integer"
	case formula.OpNegative:
		n, ok := s.number(at, cell, e.Args[0])
		n.n = -n.n
		return n, ok
	case formula.OpAdd:
		return s.addUp(at, cell, e)
	}
	return number{}, false
}

// addUp is a sum in which what is missing counts as 0, unless all is.
func (s *sum) addUp(at *sums, cell int, e *formula.Expr) (number, bool) {
	out, total := number{scale: e.Scale, null: true}, new(big.Int)
	for _, a := range e.Args {
		n, ok := s.number(at, cell, a)
		if !ok || n.scale > e.Scale {
			return out, false
		}
		if n.null {
			continue
		}
		out.null = false
		unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(e.Scale-n.scale)), nil)
		total.Add(total, unit.Mul(unit, big.NewInt(n.n)))
	}
	out.n = total.Int64()
	return out, total.IsInt64()
}

// quotient divides; by zero there is no value. Both sides are whole numbers of
// their smallest unit that a float64 holds, so that the result is the one nearest
// to the true one, here as in the database.
func (s *sum) quotient(at *sums, cell int, e *formula.Expr) (v any, ok bool) {
	scale := max(e.Args[0].Scale, e.Args[1].Scale)
	var sides [2]float64
	null := false
	for i, a := range e.Args {
		n, ok := s.number(at, cell, a)
		if !ok || n.scale > scale {
			return nil, false
		}
		units := float64(n.n) * math.Pow10(scale-n.scale)
		if math.Abs(units) >= exact {
			return nil, false
		}
		sides[i], null = units, null || n.null
	}
	if null || sides[1] == 0 {
		return nil, true
	}
	return sides[0] / sides[1], true
}
