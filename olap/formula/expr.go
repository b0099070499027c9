// Package formula is the expressions of measures over other measures: read from
// text, typed, and computed exactly. It knows nothing of cubes.
package formula

import (
	"math"
	"math/big"
	"slices"
)

// The operations of an Expr. Functions and comparisons go by their own names:
// abs, min, max, coalesce, nullif, if, = != < <= > >=.
const (
	OpMeasure  = "measure" // another measure, or an aggregate of facts
	OpNumber   = "number"
	OpAdd      = "+" // of two or more, subtraction being the addition of a negative
	OpTimes    = "×"
	OpDivide   = "÷"
	OpNegative = "negative"
	OpRoot     = "root" // of a double that is not negative
)

// Operand is a measure within an expression.
type Operand interface {
	ValueType() string // integer, decimal or double
	Scale() int        // decimals of a decimal
	Expr() *Expr       // what it is computed from in turn; nil for an aggregate of facts
	Summable() bool    // its value for a whole is the sum of those for its parts
}

// Expr is an expression over measures, with its type worked out. It is computed
// from the aggregates of one group of facts.
//
// A missing part of a sum counts as 0 as long as one part has a value. A product
// or quotient with a missing part is missing, and so is a quotient by zero. min,
// max and coalesce pass over what is missing; a comparison with it does not hold.
type Expr struct {
	Op      string
	Args    []*Expr
	Measure Operand // OpMeasure, once looked up
	Number  string  // OpNumber: plain digits, perhaps with a decimal point
	Type    string  // integer, decimal, double; "boolean" for a comparison
	Scale   int     // decimals of a decimal

	Name   string // OpMeasure: as written
	Column int    // where it stands in the text, from 1
}

// maxScale is how many decimals a product keeps exactly; with more it becomes a
// double.
const maxScale = 12

// comparisons in the order in which they are looked for in text.
func comparisons() []string { return []string{"!=", "<>", "<=", ">=", "=", "<", ">"} }

// Infer works out the type of an expression from those of its parts: integers
// and decimals stay exact in sums and products, a quotient is a double.
func (e *Expr) Infer() {
	for _, a := range e.Args {
		a.Infer()
	}
	switch e.Op {
	case OpMeasure:
		e.Type, e.Scale = e.Measure.ValueType(), e.Measure.Scale()
	case OpNumber:
		e.Type, e.Scale = numberType(e.Number)
	case OpDivide, OpRoot:
		e.Type, e.Scale = "double", 0
	case OpTimes:
		e.Type, e.Scale = WidestType(e.Args)
		if e.Type == "decimal" {
			e.Scale = e.Args[0].Scale + e.Args[1].Scale
		}
		if e.Scale > maxScale {
			e.Type, e.Scale = "double", 0
		}
	case "if":
		e.Type, e.Scale = WidestType(e.Args[1:])
	case "nullif":
		e.Type, e.Scale = e.Args[0].Type, e.Args[0].Scale
	default:
		if e.Type, e.Scale = WidestType(e.Args); slices.Contains(comparisons(), e.Op) {
			e.Type, e.Scale = "boolean", 0
		}
	}
}

// WidestType is the type that holds the values of all args, and its decimals.
func WidestType(args []*Expr) (kind string, scale int) {
	kind = "integer"
	for _, a := range args {
		switch {
		case a.Type == "double" || kind == "double":
			kind = "double"
		case a.Type == "decimal":
			kind, scale = "decimal", max(scale, a.Scale)
		}
	}
	if kind != "decimal" {
		scale = 0
	}
	return kind, scale
}

func numberType(digits string) (kind string, scale int) {
	for i := range len(digits) {
		if digits[i] == '.' {
			return "decimal", len(digits) - i - 1
		}
	}
	return "integer", 0
}

// Linear reports whether the value for a whole is the sum of those for its parts.
func (e *Expr) Linear() bool {
	switch e.Op {
	case OpMeasure:
		return e.Measure.Summable()
	case OpAdd, OpNegative:
		return !slices.ContainsFunc(e.Args, func(a *Expr) bool { return !a.Linear() })
	case OpTimes:
		a, b := e.Args[0], e.Args[1]
		return a.constant() && b.Linear() || a.Linear() && b.constant()
	}
	return false
}

// constant reports whether no measure is in the expression.
func (e *Expr) constant() bool {
	return e.Op != OpMeasure && !slices.ContainsFunc(e.Args, func(a *Expr) bool { return !a.constant() })
}

// Bases are the aggregates of facts that the expression is computed from, each
// once, in the order in which they occur.
func (e *Expr) Bases() (list []Operand) {
	e.bases(&list)
	return list
}

func (e *Expr) bases(list *[]Operand) {
	if e.Op == OpMeasure {
		switch inner := e.Measure.Expr(); {
		case inner != nil:
			inner.bases(list)
		case !slices.Contains(*list, e.Measure):
			*list = append(*list, e.Measure)
		}
	}
	for _, a := range e.Args {
		a.bases(list)
	}
}

// Size is about how many terms the expression has when written out.
func (e *Expr) Size() int {
	n := 1
	if e.Op == OpMeasure && e.Measure.Expr() != nil {
		n = e.Measure.Expr().Size()
	}
	for _, a := range e.Args {
		n += a.Size()
	}
	if e.Op == OpAdd {
		n *= 2 // each part is also asked whether it is there
	}
	return min(n, 2*MaxSize)
}

// MaxSize bounds a formula with everything in it written out.
const MaxSize = 2000

// Number is the value of an expression: exact, or a double. The zero Number is
// missing.
type Number struct {
	Exact  *big.Rat // of integers and decimals
	Double float64
	Known  bool
}

// Value is the value of the expression, from those of its bases.
func (e *Expr) Value(base func(Operand) Number) Number {
	if e.Op == OpMeasure {
		if inner := e.Measure.Expr(); inner != nil {
			return inner.Value(base)
		}
		return base(e.Measure)
	}
	if e.Op == OpNumber {
		exact, ok := new(big.Rat).SetString(e.Number)
		return Number{Exact: exact, Known: ok}
	}
	args := make([]Number, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.Value(base)
	}
	n := e.apply(args)
	if n.Known && e.Type == "double" && n.Exact != nil {
		n.Double, _ = n.Exact.Float64()
		n.Exact = nil
	}
	return n
}

// Float is the nearest double, 0 for a missing number.
func (n Number) Float() float64 {
	if n.Exact != nil {
		f, _ := n.Exact.Float64()
		return f
	}
	return n.Double
}

// compare orders two known numbers.
func (n Number) compare(o Number) int {
	if n.Exact != nil && o.Exact != nil {
		return n.Exact.Cmp(o.Exact)
	}
	switch a, b := n.Float(), o.Float(); {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// two is an operation on two numbers, exact where both are.
func two(a, b Number, exact func(z, x, y *big.Rat) *big.Rat, double func(x, y float64) float64) Number {
	if a.Exact != nil && b.Exact != nil {
		return Number{Exact: exact(new(big.Rat), a.Exact, b.Exact), Known: true}
	}
	return Number{Double: double(a.Float(), b.Float()), Known: true}
}

func (e *Expr) apply(args []Number) Number {
	known := slices.DeleteFunc(slices.Clone(args), func(n Number) bool { return !n.Known })
	switch e.Op {
	case "coalesce", "min", "max", OpAdd:
		if len(known) == 0 {
			return Number{}
		}
		n := known[0]
		for _, o := range known[1:] {
			switch {
			case e.Op == OpAdd:
				n = two(n, o, (*big.Rat).Add, func(x, y float64) float64 { return x + y })
			case e.Op == "min" && o.compare(n) < 0, e.Op == "max" && o.compare(n) > 0:
				n = o
			}
		}
		return n
	case "if":
		if c := e.Args[0]; args[0].Known && holds(c.Op, args[0].Double) {
			return args[1]
		}
		return args[2]
	case "nullif":
		if args[0].Known && args[1].Known && args[0].compare(args[1]) == 0 {
			return Number{}
		}
		return args[0]
	}
	if len(known) < len(args) {
		return Number{}
	}
	switch a := args[0]; e.Op {
	case OpTimes:
		return two(a, args[1], (*big.Rat).Mul, func(x, y float64) float64 { return x * y })
	case OpDivide:
		if args[1].Float() == 0 {
			return Number{}
		}
		return two(a, args[1], (*big.Rat).Quo, func(x, y float64) float64 { return x / y })
	case OpNegative:
		return two(Number{Exact: new(big.Rat), Known: true}, a, (*big.Rat).Sub, func(_, y float64) float64 { return -y })
	case "abs":
		if a.Exact != nil {
			return Number{Exact: new(big.Rat).Abs(a.Exact), Known: true}
		}
		return Number{Double: math.Abs(a.Double), Known: true}
	case OpRoot:
		return Number{Double: math.Sqrt(a.Float()), Known: true}
	}
	return Number{Double: float64(args[0].compare(args[1])), Known: true} // a comparison: -1, 0 or 1
}

// holds reports whether a comparison that came out as c holds.
func holds(op string, c float64) bool {
	switch op {
	case "=":
		return c == 0
	case "!=":
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
