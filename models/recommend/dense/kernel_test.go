package dense

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func random(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return x
}

// eachLevel runs check with every kernel of this processor.
func eachLevel(t *testing.T, check func(t *testing.T)) {
	widest := level
	defer func() { level = widest }()
	for k := portable; k <= widest; k++ {
		level = k
		t.Run(fmt.Sprint("level", k), check)
	}
}

func same(t *testing.T, what string, got, want []float32) {
	t.Helper()
	for i := range want {
		if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
			t.Fatalf("%s: element %d is %v, want the bytes of %v", what, i, got[i], want[i])
		}
	}
}

func TestKernelsGiveTheSameBytes(t *testing.T) {
	const k, stride = 77, 40
	a, b := random(k*Rows, 1), random(k*Columns, 2)
	c := random(Rows*stride, 3)
	x, y := random(1003, 4), random(1003, 5)
	wantTile := append([]float32(nil), c...)
	tilePortable(k, a, b, wantTile, stride)
	wantY := append([]float32(nil), y...)
	for i := range x {
		wantY[i] += float32(.7 * x[i])
	}
	wantGather := append([]float32(nil), c[:Columns]...)
	for k, w := range []float32{.5, -2, 1.1, .3} {
		for i := range wantGather {
			wantGather[i] += float32(w * b[[]int{3, 0, 7, 3}[k]*Columns+i])
		}
	}
	var wantDot float32
	eachLevel(t, func(t *testing.T) {
		got := append([]float32(nil), c...)
		Tile(k, a, b, got, stride)
		same(t, "tile", got, wantTile)
		got = append([]float32(nil), y...)
		Axpy(.7, x, got)
		same(t, "axpy", got, wantY)
		got = append([]float32(nil), c[:Columns]...)
		Gather([]int32{3, 0, 7, 3}, []float32{.5, -2, 1.1, .3}, b, got)
		same(t, "gather", got, wantGather)
		d := Dot(x, y)
		if level == portable {
			wantDot = d
		}
		same(t, "dot", []float32{d}, []float32{wantDot})
	})
	var exact float64
	for i := range x {
		exact += float64(x[i]) * float64(y[i])
	}
	if math.Abs(exact-float64(wantDot)) > 1e-3 {
		t.Errorf("dot %v, want %v", wantDot, exact)
	}
}

func TestAbove(t *testing.T) {
	x := random(1003, 9)
	x[40], x[41] = float32(math.NaN()), float32(math.Inf(-1))
	eachLevel(t, func(t *testing.T) {
		for _, least := range []float32{-9, 0, 1.5, 2.5, 99} {
			for from := 0; from <= len(x); from++ {
				want := from
				for want < len(x) && !(x[want] >= least) {
					want++
				}
				if got := Above(x, from, least); got != want {
					t.Fatalf("from %d at least %v: got %d, want %d", from, least, got, want)
				}
			}
		}
	})
}

func BenchmarkTile(b *testing.B) {
	const k = 256
	x, y, c := random(k*Rows, 1), random(k*Columns, 2), make([]float32, Rows*Columns)
	for b.Loop() {
		Tile(k, x, y, c, Columns)
	}
	b.ReportMetric(2*k*Rows*Columns*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

func BenchmarkDot128(b *testing.B) {
	x, y := random(128, 1), random(128, 2)
	for b.Loop() {
		Dot(x, y)
	}
}

func BenchmarkAxpy128(b *testing.B) {
	x, y := random(128, 1), random(128, 2)
	for b.Loop() {
		Axpy(1e-9, x, y)
	}
}
