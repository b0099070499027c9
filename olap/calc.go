package olap

import (
	"math"
	"math/big"
	"slices"
	"sort"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// Calculations of a finished answer: shares and ranks before its rows are put
// in order, running totals and indexes after.

// calculate fills the shares and ranks of every cell, those of rows and columns
// that are not shown included: rows may be sorted by them.
func (b *builder) calculate() {
	if !b.calculates() {
		return
	}
	for _, r := range b.allRows() {
		parent := b.parent(r)
		r.cells = make(map[int][]any, len(b.colOf))
		for _, col := range b.colOf {
			values := b.values(r, col.index)
			cells := make([]any, len(values))
			for i, v := range b.query.Measures {
				cells[i] = values[i]
				if of, share := b.whole(r, parent, col.index, v.Ref.Calc); share {
					cells[i] = nil
					if of.row != nil {
						cells[i] = quotient(values[i], b.values(of.row, of.column)[i], 1)
					}
				}
			}
			r.cells[col.index] = cells
		}
	}
	for i, v := range b.query.Measures {
		if v.Ref.Calc == cube.Rank {
			b.ranks(i, v)
		}
	}
}

func (b *builder) calculates() bool {
	for _, v := range b.query.Measures {
		if v.Ref.Calc != "" {
			return true
		}
	}
	return false
}

func (b *builder) allRows() []*outRow { return append(b.rows[:len(b.rows):len(b.rows)], b.hidden...) }

// place is a cell of the answer; row is nil where there is none.
type place struct {
	row    *outRow
	column int
}

// whole is the cell that a share is of; false if the calculation is no share.
func (b *builder) whole(r, parent *outRow, column int, calc string) (place, bool) {
	switch calc {
	case cube.ShareParent:
		return place{parent, column}, true
	case cube.ShareRow:
		return place{r, totalColumn}, true
	case cube.ShareColumn:
		return place{b.rowOf[levelID(0)], column}, true
	case cube.ShareTotal:
		return place{b.rowOf[levelID(0)], totalColumn}, true
	}
	return place{}, false
}

// parent is the row one level up; the whole is its own.
func (b *builder) parent(r *outRow) *outRow {
	if r.level == 0 {
		return r
	}
	return b.ancestor(r, r.level-1)
}

// ranks gives every cell of a measure its rank among the rows of the same
// parent. Equal values share the best rank; the next takes its place in the
// order of all. Others rows, the grand total and empty cells have none.
func (b *builder) ranks(i int, v compile.Value) {
	families := b.families(b.allRows())
	for _, family := range families {
		for _, col := range b.colOf {
			var values []any
			var of []*outRow
			for _, r := range family {
				r.cells[col.index][i] = nil
				if value := b.values(r, col.index)[i]; value != nil && !r.other && r.level > 0 && !r.isCalculated() {
					values, of = append(values, value), append(of, r)
				}
			}
			for k, rank := range rankOf(values, !v.Measure.LowerIsBetter) {
				of[k].cells[col.index][i] = rank
			}
		}
	}
}

// families are the rows of the same parent, in the order given.
func (b *builder) families(rows []*outRow) (list [][]*outRow) {
	at := map[string]int{}
	for _, r := range rows {
		id := levelID(r.level)
		if r.level > 0 {
			id += keyOf(r.members[:r.level-1])
		}
		k, known := at[id]
		if !known {
			k = len(list)
			at[id] = k
			list = append(list, nil)
		}
		list[k] = append(list[k], r)
	}
	return list
}

// calculateInOrder fills what depends on the order of the rows.
func (b *builder) calculateInOrder() {
	for i, v := range b.query.Measures {
		if v.Ref.Calc != cube.Running && v.Ref.Calc != cube.Index {
			continue
		}
		for _, family := range b.families(b.rows) {
			for _, col := range b.cols {
				var sum any
				first := b.values(family[0], col.index)[i]
				for _, r := range family {
					if r.isCalculated() {
						r.cells[col.index][i] = nil
						continue
					}
					value := b.values(r, col.index)[i]
					sum = plus(sum, value)
					cell := sum
					if v.Ref.Calc == cube.Index {
						cell = quotient(value, first, 100)
					}
					if r.level == 0 || r.other && v.Ref.Calc == cube.Index {
						cell = nil
					}
					r.cells[col.index][i] = cell
				}
			}
		}
	}
}

// plus adds two values of one measure; nil adds nothing.
func plus(a, b any) any {
	switch x := a.(type) {
	case nil:
		return b
	case int64:
		if y, ok := b.(int64); ok {
			return x + y
		}
	case float64:
		if y, ok := b.(float64); ok {
			return x + y
		}
	case engine.Decimal:
		if y, ok := b.(engine.Decimal); ok {
			x.Num = x.Num.Add(y.Num)
			return x
		}
	}
	return a
}

// quotient is times × a ÷ b, correctly rounded: nil where one is missing, no
// number, or b is zero.
func quotient(a, b any, times int64) any {
	const exact = 1 << 53
	x, xok := tenThousandths(a)
	y, yok := tenThousandths(b)
	if xok && yok && abs(x) < exact/times && abs(y) < exact {
		if x == 0 || y == 0 {
			return zeroOr(y == 0)
		}
		return float64(x*times) / float64(y)
	}
	n, d := rational(a), rational(b)
	if n == nil || d == nil || d.Sign() == 0 {
		return nil
	}
	n.Mul(n, new(big.Rat).SetInt64(times))
	f, _ := n.Quo(n, d).Float64()
	if math.IsInf(f, 0) {
		return nil
	}
	return f
}

func zeroOr(none bool) any {
	if none {
		return nil
	}
	return 0.0
}

func abs(n int64) int64 {
	if n < 0 && n != math.MinInt64 {
		return -n
	}
	return n & math.MaxInt64
}

// tenThousandths is a number as a whole count of ten-thousandths, false if it
// is too large or not one.
func tenThousandths(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n * 10000, abs(n) < 1<<48
	case engine.Decimal:
		if low := int64(n.Num.LowBits()); n.Scale == 4 && n.Num.HighBits() == low>>63 {
			return low, low != math.MinInt64
		}
	}
	return 0, false
}

// rational is the number itself, nil if it is none.
func rational(v any) *big.Rat {
	switch n := v.(type) {
	case int64:
		return new(big.Rat).SetInt64(n)
	case float64:
		return new(big.Rat).SetFloat64(n)
	case engine.Decimal:
		scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n.Scale)), nil)
		return new(big.Rat).SetFrac(n.Num.BigInt(), scale)
	}
	return nil
}

// rankOf are the competition ranks of values: 1 + how many come before.
func rankOf(values []any, largestFirst bool) []int64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return compareNil(values[order[i]], values[order[j]], largestFirst) < 0 })
	ranks := slices.Repeat([]int64{1}, len(values))
	for k, i := range order {
		if k == 0 {
			continue
		}
		ranks[i] = int64(k + 1)
		if before := order[k-1]; compareNil(values[i], values[before], largestFirst) == 0 {
			ranks[i] = ranks[before]
		}
	}
	return ranks
}
