package olap_test

import (
	"time"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/formula"
)

// otherKinds are the measures that are no plain sums, counts or ratios.
func (o *oracle) otherKinds(c *cube.Cube, m *cube.Measure, facts []ofact) (any, bool) {
	g := lineGroup{table: o.data.Table(c.Table)}
	for _, f := range facts {
		g.rows = append(g.rows, f.row)
	}
	switch m.Kind {
	case cube.Average:
		return ratNearest(ratSum(g.of(m.Column)), ratOf(int64(len(g.of(m.Column))))), true
	case cube.Quantile:
		return g.quantile(m.Column, *m.Q), true
	case cube.Min, cube.Max:
		return g.extreme(m.Column, m.Kind == cube.Max), true
	case cube.Formula:
		v := m.Value(func(base *cube.Measure) formula.Number {
			n := ratFrom(o.measure(c, base.Name, facts))
			return formula.Number{Exact: n, Known: n != nil}
		})
		switch {
		case !v.Known:
			return nil, true
		case v.Exact == nil:
			return v.Double, true
		case m.ValueType() == "integer":
			return v.Exact.Num().Int64(), true
		}
		units := ratMul(v.Exact, ratOf(10000))
		return engine.Decimal{Num: decimal128.FromBigInt(units.Num()), Scale: 4}, true
	}
	return nil, false
}

// extreme is the least or greatest known value of a column.
func (g lineGroup) extreme(column string, greatest bool) (found any) {
	for _, row := range g.rows {
		v := g.at(row, column)
		if v == nil {
			continue
		}
		if found == nil || (greatest && compareExtremes(v, found) > 0) || (!greatest && compareExtremes(v, found) < 0) {
			found = v
		}
	}
	return found
}

func compareExtremes(a, b any) int {
	if d, ok := a.(time.Time); ok {
		return d.Compare(b.(time.Time))
	}
	return ratFrom(a).Cmp(ratFrom(b))
}
