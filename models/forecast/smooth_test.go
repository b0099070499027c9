package forecast

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/optimize"
)

// walk draws a random walk with drift and measurement errors.
func walk(seed uint64, n int) []float64 {
	rng := rand.New(rand.NewPCG(seed, 2))
	y := make([]float64, n)
	level := 100.0
	for t := range y {
		level += 0.5 + 2*rng.NormFloat64()
		y[t] = level + 3*rng.NormFloat64()
	}
	return y
}

// minimum searches by gonum's Nelder-Mead, from several starts.
func minimum(f func([]float64) float64, starts ...[]float64) float64 {
	best := math.Inf(1)
	for _, s := range starts {
		r, err := optimize.Minimize(optimize.Problem{Func: f}, s, &optimize.Settings{FuncEvaluations: 20000}, &optimize.NelderMead{})
		if err == nil || r != nil {
			best = math.Min(best, r.F)
		}
	}
	return best
}

// The exact first level must be no worse than one searched for together with α
// in the plain recursion.
func TestSESAgainstSearch(t *testing.T) {
	y := walk(1, 60)
	f := &Fitted{}
	got := fitSES(y, f)
	want := minimum(func(p []float64) float64 {
		a, l := 1/(1+math.Exp(-p[0])), p[1]
		var sse float64
		for _, v := range y {
			e := v - l
			sse += e * e
			l += a * e
		}
		return sse
	}, []float64{0, y[0]}, []float64{2, y[0]})
	close(t, "squared errors", got.sse, want, 1e-4)
	close(t, "log-likelihood", f.LogLik, -30*(math.Log(2*math.Pi*want/60)+1), 1e-3)
	if p := f.Parameters[0]; p.Error <= 0 || p.Error > 0.5 || p.Boundary {
		t.Errorf("alpha %+v", p)
	}
}

func TestHoltAgainstSearch(t *testing.T) {
	y := walk(2, 60)
	f := &Fitted{}
	got := fitHolt(y, true, f)
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	want := minimum(func(p []float64) float64 {
		a := logistic(p[0])
		beta, phi, l, b := a*logistic(p[1]), phiLow+(phiHigh-phiLow)*logistic(p[2]), p[3], p[4]
		var sse float64
		for _, v := range y {
			e := v - l - phi*b
			sse += e * e
			l, b = l+phi*b+a*e, phi*b+beta*e
		}
		return sse
	}, []float64{0, -2, 0, y[0], 0}, []float64{1, 0, 2, y[0], 1})
	if got.sse > want*1.002 {
		t.Errorf("squared errors %v, by search %v", got.sse, want)
	}
}

// The dynamic Theta model as published, with its least-squares lines computed
// anew at every step and θ and l(0) searched for.
func TestDOTMAgainstThePublishedRecursion(t *testing.T) {
	y := walk(3, 40)
	run := func(alpha, theta, l float64, steps []float64) (sse float64) {
		values := append([]float64(nil), y...)
		for k := 0; k < len(y)+len(steps); k++ {
			n := float64(k)
			var a, b float64
			if k > 0 {
				a = values[0]
			}
			if k > 1 {
				b = slope(values[:k])
				a = average(values[:k]) - b*(n+1)/2
			}
			mu := l
			if k > 0 {
				mu += (1 - 1/theta) * (math.Pow(1-alpha, n)*(a-y[0]) + (1-math.Pow(1-alpha, n+1))/alpha*b)
			}
			if k >= len(y) {
				steps[k-len(y)] = mu
				values = append(values, mu)
			} else {
				sse += (y[k] - mu) * (y[k] - mu)
			}
			l = alpha*values[k] + (1-alpha)*l
		}
		return sse
	}
	d := fitDOTM(y, nil)
	theta := 1 / (1 - d.omega)
	best := math.Inf(1)
	for l := y[0] - 30; l < y[0]+30; l += 0.05 {
		best = math.Min(best, run(d.alpha, theta, l, nil))
	}
	close(t, "squared errors at the same α and θ", d.sse, best, 1e-4)
	for _, other := range []float64{1, 1.5, 2, 4, 1e6} {
		if s := run(d.alpha, other, y[0], nil); s < d.sse {
			t.Errorf("θ = %v has squared errors %v, fewer than %v", other, s, d.sse)
		}
	}
	var l, least float64 = 0, math.Inf(1)
	for x := y[0] - 30; x < y[0]+30; x += 0.001 {
		if s := run(d.alpha, theta, x, nil); s < least {
			l, least = x, s
		}
	}
	want, got := make([]float64, 6), make([]float64, 6)
	run(d.alpha, theta, l, want)
	d.forecast(len(y), got)
	for h := range want {
		close(t, "forecast", got[h], want[h], 1e-4)
	}
}

// On a straight line Theta carries on half the trend beyond the smoothed level,
// and the line itself with α near one; a level series stays level.
func TestThetaOnALine(t *testing.T) {
	y := make([]float64, 30)
	for i := range y {
		y[i] = 10 + 2*float64(i)
	}
	if b := slope(y); math.Abs(b-2) > 1e-12 {
		t.Errorf("slope %v", b)
	}
	out := make([]float64, 3)
	fitSES(y, nil).theta(y, out, nil)
	for h, v := range out {
		close(t, "step", v, 68+float64(h+1), 0.02)
	}
	d := fitDOTM(y, nil)
	d.forecast(len(y), out)
	for h, v := range out {
		close(t, "dynamic", v, 70+2*float64(h), 0.01)
	}
}

func TestSearches(t *testing.T) {
	x, fx, _ := lineSearch(func(x float64) float64 { return (x - 0.3) * (x - 0.3) }, 0, 1, 7, 1e-6)
	close(t, "line", x, 0.3, 1e-5)
	close(t, "line value", fx, 0, 1e-9)
	x, _, _ = lineSearch(func(x float64) float64 { return x }, 0, 1, 7, 1e-6)
	close(t, "edge", x, 0, 1e-12)
	b := box{dim: 2, lo: point{-2, -2}, hi: point{2, 2}, step: point{0.5, 0.5}}
	rosenbrock := func(p *point) float64 {
		return 100*(p[1]-p[0]*p[0])*(p[1]-p[0]*p[0]) + (1-p[0])*(1-p[0])
	}
	r := simplex(rosenbrock, point{-1.2, 1}, &b, 1e-10, 1000)
	if !r.converged || math.Abs(r.at[0]-1) > 1e-3 || math.Abs(r.at[1]-1) > 1e-3 {
		t.Errorf("simplex ends at %v, %+v", r.at[:2], r)
	}
	b.hi[0] = 0.5 // then the least lies on the bound, at (0.5, 0.25)
	r = simplex(rosenbrock, point{-1.2, 1}, &b, 1e-10, 1000)
	if math.Abs(r.at[0]-0.5) > 1e-3 || math.Abs(r.at[1]-0.25) > 1e-3 {
		t.Errorf("bounded simplex ends at %v", r.at[:2])
	}
}

// A pattern known beforehand must be found, and shrinkage must take back little
// of a strong one and nearly all of none.
func TestSeasonIsFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	pattern := []float64{0.8, 1.1, 1.3, 0.8}
	y, flat := make([]float64, 40), make([]float64, 40)
	for i := range y {
		y[i] = (100 + float64(i)) * pattern[i%4] * (1 + 0.01*rng.NormFloat64())
		flat[i] = 100 + 10*rng.NormFloat64()
	}
	if statistic, ok := Seasonality(y, 4); !ok || statistic < 3 {
		t.Errorf("season not found: %v", statistic)
	}
	for _, multiplicative := range []bool{true, false} {
		s, variance := decompose(y, 4, multiplicative)
		want := make([]float64, 4)
		for k, p := range pattern {
			want[k] = p
			if !multiplicative {
				want[k] = (p - 1) * 120
			}
		}
		for k := range want {
			close(t, "index", s.Index[k], want[k], 0.06)
		}
		s.shrink(variance)
		if s.Shrunk > 0.02 {
			t.Errorf("a strong season is shrunk by %v", s.Shrunk)
		}
	}
	s, variance := decompose(flat, 4, true)
	s.shrink(variance)
	if s.Shrunk < 0.15 {
		t.Errorf("no season is shrunk by %v only", s.Shrunk)
	}
	if Decompose(y[:7], 4, true) != nil || Decompose(append([]float64{0}, y...), 4, true) != nil {
		t.Error("a season was found in less than two cycles, or in ratios to zero")
	}
	// Period 3, by hand: y = 1..9 has centred means 2..8 and ratios 1 from
	// place 1 on: place 1 has 2/2, 5/5, 8/8; all ratios are 1.
	odd := Decompose([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, true)
	for _, v := range odd.Index {
		close(t, "odd period", v, 1, 1e-12)
	}
}
