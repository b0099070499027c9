package olap

import (
	"fmt"
	"math/big"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// overNothing is a value where there is no fact, as the database would give it:
// two that are the same make no difference, and none in per cent.
func overNothing(v compile.Value) any {
	m := v.Measure
	n := m.OverNothing()
	switch {
	case v.Ref.Calc == cube.Pct && n.Known && n.Float() != 0:
		return 0.0
	case !n.Known || v.Ref.Calc == cube.Pct || v.Ref.Calc == cube.LikeForLike:
		return nil
	case v.Ref.Calc == cube.Delta && n.Exact == nil:
		return 0.0
	case v.Ref.Calc == cube.Delta:
		n.Exact = new(big.Rat)
	}
	switch {
	case n.Exact == nil:
		return n.Double
	}
	scale := m.Scale()
	units := new(big.Rat).Mul(n.Exact, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)))
	switch m.ValueType() {
	case "integer":
		return n.Exact.Num().Int64()
	case "decimal":
		return engine.Decimal{Num: decimal128.FromBigInt(units.Num()), Scale: int32(scale)}
	}
	f, _ := n.Exact.Float64()
	return f
}

// approxNotes say which measures are not exact, and how far off they may be.
func (b *builder) approxNotes() (notes []string) {
	seen := map[*cube.Measure]bool{}
	for _, m := range b.query.Measures {
		if seen[m.Measure] || !m.Measure.Approximate() {
			continue
		}
		seen[m.Measure] = true
		note := fmt.Sprintf("%s is approximate: the standard error of its count is about %.0f %%.", m.Measure.Label.In(b.olap.lang), 100*cube.ApproxError)
		if b.olap.lang == "zh" {
			note = fmt.Sprintf("%s为近似值，计数的标准误差约 %.0f%%。", m.Measure.Label.In(b.olap.lang), 100*cube.ApproxError)
		}
		notes = append(notes, note)
	}
	return notes
}
