package dense

import (
	"context"
	"errors"
	"math"
	"runtime"
	"testing"
)

// definite is A·Aᵀ/n + I for a random A.
func definite(n int) *Symmetric {
	a := random(n*n, 7)
	s := NewSymmetric(n)
	for i := range n {
		for from := 0; from <= i; {
			part := s.Lower(i, from)
			for k := range part {
				j := from + k
				part[k] = Dot(a[i*n:(i+1)*n], a[j*n:(j+1)*n]) / float32(n)
				if i == j {
					part[k]++
				}
			}
			from += len(part)
		}
	}
	return s
}

func TestInverse(t *testing.T) {
	for _, n := range []int{1, 5, 256, 300, 700} {
		a, inverse := definite(n), definite(n)
		if err := inverse.Invert(context.Background()); err != nil {
			t.Fatal(err)
		}
		row, column := make([]float32, n), make([]float32, n)
		worst := 0.0
		for i := 0; i < n; i += 1 + n/40 {
			a.Row(i, row)
			for j := range n {
				inverse.Row(j, column)
				want := 0.0
				if i == j {
					want = 1
				}
				worst = max(worst, math.Abs(float64(Dot(row, column))-want))
			}
		}
		if worst > 2e-5 {
			t.Errorf("n = %d: A·A⁻¹ is off by %g", n, worst)
		}
	}
}

func TestInverseIsTheSameOnAnyNumberOfCores(t *testing.T) {
	many, one := definite(600), definite(600)
	if err := many.Invert(context.Background()); err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if err := one.Invert(context.Background()); err != nil {
		t.Fatal(err)
	}
	for k := range one.tiles {
		same(t, "tile", many.tiles[k], one.tiles[k])
	}
}

func TestInverseOfASingularMatrix(t *testing.T) {
	s := NewSymmetric(3)
	s.Lower(0, 0)[0] = 1
	var singular *SingularError
	if err := s.Invert(context.Background()); !errors.As(err, &singular) || singular.Row != 1 {
		t.Errorf("got %v", err)
	}
}

func BenchmarkInverse(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := definite(2048)
		b.StartTimer()
		if err := s.Invert(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	n := 2048.0
	b.ReportMetric(n*n*n*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
