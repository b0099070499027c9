package olap

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

func money(n int64) engine.Decimal { return engine.Decimal{Num: decimal128.FromI64(n), Scale: 4} }

// Quotients are the doubles nearest to the true ones, so that equal shares are
// equal numbers: 0.1 ÷ 0.3 divided as doubles is not 0.3 ÷ 0.9.
func TestQuotient(t *testing.T) {
	if a, b := quotient(money(1000), money(3000), 1), quotient(money(3000), money(9000), 1); a != b || a != 1.0/3 {
		t.Errorf("%v and %v are not one third", a, b)
	}
	if v := quotient(money(0), money(-5), 1); fmt.Sprint(v) != "0" {
		t.Errorf("nothing of less than nothing is %v", v)
	}
	for _, c := range [][2]any{{nil, int64(1)}, {int64(1), nil}, {int64(1), int64(0)}, {1.5, 0.0}, {"a", int64(1)}, {money(1), money(0)}} {
		if v := quotient(c[0], c[1], 1); v != nil {
			t.Errorf("%v ÷ %v is %v", c[0], c[1], v)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	random := func() (any, *big.Rat) {
		n := r.Int64N(1<<uint(1+r.IntN(62))) + 1
		if r.IntN(2) == 0 {
			n = -n
		}
		switch r.IntN(3) {
		case 0:
			return n, big.NewRat(n, 1)
		case 1:
			return money(n), big.NewRat(n, 10000)
		}
		f := float64(n) / 1024
		return f, new(big.Rat).SetFloat64(f)
	}
	for range 100_000 {
		a, x := random()
		b, y := random()
		times := []int64{1, 100}[r.IntN(2)]
		want, _ := x.Mul(x, big.NewRat(times, 1)).Quo(x, y).Float64()
		if got := quotient(a, b, times); got != want {
			t.Fatalf("%d × %v ÷ %v is %v, want %v", times, a, b, got, want)
		}
	}
}

// The calculations of 100,000 rows of 1,000 parents.
func BenchmarkCalculations(b *testing.B) {
	measures := make([]compile.Value, 0, 4)
	for _, calc := range []string{"", cube.ShareParent, cube.Rank, cube.Running} {
		measures = append(measures, compile.Value{Ref: cube.Ref{Measure: "net", Calc: calc}, Measure: &cube.Measure{Name: "net", Kind: cube.Sum}})
	}
	for b.Loop() {
		b.StopTimer()
		x := newBuilder(&Olap{shared: &shared{}}, &compile.Compiled{Rows: make([]compile.Axis, 2), Measures: measures, RowLevels: []int{2}, Other: -1, Left: -1, Tested: -1, Passed: -1})
		add := func(members ...*member) {
			v := money(int64(len(x.rowOf)*7919%100_003) * 10000)
			r := &outRow{level: len(members), members: members, values: map[int][]any{totalColumn: {v, v, v, v}}}
			x.rowOf[levelID(r.level)+keyOf(members)] = r
			if r.level == 2 {
				x.rows = append(x.rows, r)
			} else {
				x.hidden = append(x.hidden, r)
			}
		}
		for i := range int64(1000) {
			parent := &member{key: i}
			add(parent)
			for j := range int64(100) {
				add(parent, &member{key: j})
			}
		}
		x.sortColumns()
		b.StartTimer()
		x.calculate()
		x.calculateInOrder()
	}
}
