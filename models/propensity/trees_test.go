package propensity

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
)

// TestTelcoTrees: METHODS' peers on the same folds are xgboost .8468 AUC,
// .4136 log-loss, .0083 ECE; scikit-learn .8462, .4146, .0125.
func TestTelcoTrees(t *testing.T) {
	s, fold := telco(t)
	q := crossValidate(t, s, fold, func(train Sample) (scorer, error) { return FitTrees(train, TreeOptions{}) })
	if q.auc < .8465 || q.loss > .4140 || q.ece > .012 {
		t.Errorf("%+v", q)
	}
}

func BenchmarkTelcoFold(b *testing.B) {
	s, fold := telco(b)
	train, _ := splitFold(fold, 0)
	s = s.Take(train)
	cpu(b, func() {
		if _, err := FitTrees(s, TreeOptions{Workers: 1}); err != nil {
			b.Fatal(err)
		}
	})
}

// million is the Telco data drawn again to n rows with noise on its numbers, as
// METHODS' peers were measured.
func million(b *testing.B, n int) Sample {
	s, _ := telco(b)
	rng := rand.New(rand.NewPCG(1, 1))
	rows := make([]int, n)
	for i := range rows {
		rows[i] = rng.IntN(len(s.Y))
	}
	s = s.Take(rows)
	for k := range s.X {
		for i := range s.X[k].Numbers {
			s.X[k].Numbers[i] *= 1 + .05*rng.NormFloat64()
		}
	}
	return s
}

// numbers turns levels into codes and adds noise, the hardest case: nineteen
// features of 255 bins each.
func numbers(s Sample) Sample {
	rng := rand.New(rand.NewPCG(2, 2))
	out := Sample{Y: s.Y}
	for _, c := range s.X {
		if c.Levels == nil {
			out.X = append(out.X, c)
			continue
		}
		f, _ := newFeature(c, nil, maxBins)
		coder := newCoder(&f)
		v := make([]float64, len(c.Levels))
		for i := range v {
			v[i] = float64(coder.text(c.Levels[i])) + .1*rng.NormFloat64()
		}
		out.X = append(out.X, Column{Name: c.Name, Numbers: v})
	}
	return out
}

// cpu reports the processor time of an operation, all cores together: on a busy
// machine it says more than the clock.
func cpu(b *testing.B, do func()) {
	var from, to syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &from); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		do()
		n++
	}
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &to); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(to.Utime.Nano()+to.Stime.Nano()-from.Utime.Nano()-from.Stime.Nano())/1e9/float64(n), "cpu-s/op")
}

func BenchmarkMillion(b *testing.B) {
	s := million(b, 1_000_000)
	for _, c := range []struct {
		name string
		s    Sample
	}{{"levels", s}, {"numbers", numbers(s)}} {
		var m *Trees
		for _, cores := range []int{1, 4} {
			b.Run(fmt.Sprintf("fit/%s/cores=%d", c.name, cores), func(b *testing.B) {
				cpu(b, func() {
					var err error
					if m, err = FitTrees(c.s, TreeOptions{Workers: cores}); err != nil {
						b.Fatal(err)
					}
				})
			})
			b.Run(fmt.Sprintf("score/%s/cores=%d", c.name, cores), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
				cpu(b, func() {
					if _, err := m.Score(c.s.X); err != nil {
						b.Fatal(err)
					}
				})
			})
		}
	}
}
