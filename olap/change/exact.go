package change

import (
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/olap/cube"
	"verso/olap/engine"
)

// rat is a number exactly, nil for no value.
func rat(v any) *big.Rat {
	switch n := v.(type) {
	case nil:
		return nil
	case float64:
		return new(big.Rat).SetFloat64(n)
	}
	r, ok := new(big.Rat).SetString(engine.Text(v))
	if !ok {
		return nil
	}
	return r
}

func zero() *big.Rat { return new(big.Rat) }

// or0 is a number with no value as 0.
func or0(r *big.Rat) *big.Rat {
	if r == nil {
		return zero()
	}
	return r
}

func plus(a, b *big.Rat) *big.Rat  { return zero().Add(or0(a), or0(b)) }
func minus(a, b *big.Rat) *big.Rat { return zero().Sub(or0(a), or0(b)) }
func times(a, b *big.Rat) *big.Rat { return zero().Mul(or0(a), or0(b)) }

// over is a/b, nil where b is 0 or one of them has no value.
func over(a, b *big.Rat) *big.Rat {
	if a == nil || b == nil || b.Sign() == 0 {
		return nil
	}
	return zero().Quo(a, b)
}

func float(r *big.Rat) float64 {
	if r == nil {
		return 0
	}
	f, _ := r.Float64()
	return f
}

// moneyScale is the number of decimals of amounts in the warehouse.
const moneyScale = 4

// decimal rounds to ten-thousandths, halves away from zero.
func decimal(r *big.Rat) engine.Decimal {
	scaled := zero().Mul(r, big.NewRat(10_000, 1))
	half := big.NewRat(1, 2)
	if scaled.Sign() < 0 {
		half.Neg(half)
	}
	scaled.Add(scaled, half)
	whole := new(big.Int).Quo(scaled.Num(), scaled.Denom())
	return engine.Decimal{Num: decimal128.FromBigInt(whole), Scale: moneyScale}
}

// value is a number of the measure's own type.
func (e *explanation) value(r *big.Rat) any {
	if r == nil {
		return nil
	}
	m := e.answer.Measure
	switch {
	case m.Kind == cube.Ratio || m.ValueType() == "double":
		return float(r)
	case m.ValueType() == "integer" && r.IsInt():
		return r.Num().Int64()
	}
	return decimal(r)
}
