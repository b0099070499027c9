package forecast

import (
	"math"
	"math/rand/v2"
	"testing"
)

// By hand: history 10, 12, 11, 15 has naive errors 2, 1, 4.
func TestMeasures(t *testing.T) {
	history, actual, forecast := []float64{10, 12, 11, 15}, []float64{16, 14}, []float64{14, 15}
	absolute, squared := Scales(history, 1)
	close(t, "absolute scale", absolute, 7./3, 1e-12)
	close(t, "squared scale", squared, 7, 1e-12)
	a := Measure(history, 1, actual, forecast)
	close(t, "sMAPE", a.SMAPE, (200*2./30+200*1./29)/2, 1e-12)
	close(t, "MASE", a.MASE, 1.5/(7./3), 1e-12)
	close(t, "RMSSE", a.RMSSE, math.Sqrt(2.5/7), 1e-12)
	close(t, "bias", a.Bias, -0.5/(7./3), 1e-12)
	close(t, "pinball", Pinball(actual, forecast, 0.9), (0.9*2+0.1*1)/2, 1e-12)
	close(t, "coverage", Coverage(actual, []float64{15, 14}, []float64{20, 14}), 1, 0)
	close(t, "interval score", IntervalScore(actual, []float64{17, 13}, []float64{20, 15}, 0.95), (3+40*1+2)/2., 1e-9)
	close(t, "seasonal scale", first(Scales([]float64{1, 2, 4, 7}, 2)), 4, 1e-12)
	close(t, "both zero", SMAPE([]float64{0}, []float64{0}), 0, 0)
	if a := Measure([]float64{5, 5, 5}, 1, actual, forecast); a.Undefined != 2 || a.MASE != 0 {
		t.Errorf("a constant history has no scale: %+v", a)
	}
	if SMAPE(nil, nil) != 0 || Pinball(nil, nil, 0.5) != 0 || Coverage(nil, nil, nil) != 0 || IntervalScore(nil, nil, nil, 0.5) != 0 {
		t.Error("no points must measure 0")
	}
}

func first(a, _ float64) float64 { return a }

// The ⌈(n+1)·level⌉-th smallest of 1..19 at 95 % is the 19th; of 1..39 the 38th.
func TestConformalQuantile(t *testing.T) {
	var scores []float64
	for i := 1; i <= 39; i++ {
		scores = append(scores, float64(40-i))
	}
	close(t, "39 scores", conformal(scores, 0.95), 38, 0)
	close(t, "19 scores", conformal(scores[20:], 0.95), 19, 0)
	close(t, "no scores", conformal(nil, 0.95), 0, 0)
	// Too few: the root mean square of 3 and 4 times t(0.975, 2) = 4.302653.
	close(t, "2 scores", conformal([]float64{3, 4}, 0.95), math.Sqrt(12.5)*4.302653, 1e-6)
	values := []float64{1, 3, 2, 2, 5, 4}
	isotonic(values, []float64{1, 1, 1, 2, 1, 3})
	for i, want := range []float64{1, 2.25, 2.25, 2.25, 4.25, 4.25} {
		close(t, "isotonic", values[i], want, 1e-12)
	}
	factors, weights := []float64{2, 3, 0, 0}, []float64{5, 5, 0, 0}
	extend(factors, weights)
	close(t, "extended", factors[3], 3*math.Sqrt2, 1e-12)
	factors, weights = []float64{0, 3}, []float64{0, 5}
	extend(factors, weights)
	close(t, "before the first", factors[0], 3, 1e-12)
}

func TestOriginsLeaveEnough(t *testing.T) {
	for _, period := range []int{1, 4, 12} {
		for n := range 200 {
			for _, horizon := range []int{1, 6, 18} {
				for _, count := range []int{1, 6, 60} {
					list := origins(n, period, horizon, count)
					for k, o := range list {
						if o < shortest || o >= n || 2*o < n-1 || k > 0 && o <= list[k-1] {
							t.Fatalf("period %d, n %d, horizon %d: %v", period, n, horizon, list)
						}
					}
					if len(list) > count || len(list) == 0 && n > shortest {
						t.Fatalf("period %d, n %d, horizon %d, count %d: %v", period, n, horizon, count, list)
					}
				}
			}
		}
	}
}

// Planted: the one-standard-error rule prefers the first that is not worse than
// the best beyond chance.
func TestSimplest(t *testing.T) {
	for _, c := range []struct {
		loss [][]float64
		want int
	}{
		{[][]float64{{1, 2, 1, 2}, {1.1, 1.8, 1.2, 1.85}}, 0},
		{[][]float64{{2, 2.1, 2, 2.1}, {1, 1.1, 1, 1.1}, {0.9, 1, 0.9, 1.1}}, 2},
		{[][]float64{{1}, {2}}, -1},
		{[][]float64{{1, 1}, {1, 1}}, 0},
	} {
		if got := simplest(c.loss); got != c.want {
			t.Errorf("%v: %d, want %d", c.loss, got, c.want)
		}
	}
	w := inverseWeights([][]float64{{1, 1}, {2, 2}})
	close(t, "weight", w[0], 0.8, 1e-12)
	w = inverseWeights([][]float64{{0, 0}, {2, 2}})
	close(t, "weight beside an exact method", w[0], 0.5, 1e-12)
}

// The classes and cut-offs are those of Syntetos, Boylan & Croston (2005).
func TestDemandClasses(t *testing.T) {
	for want, y := range map[string][]float64{
		Smooth:       {4, 5, 6, 5, 4, 5},
		Erratic:      {1, 1, 1, 30, 1, 1, 2, 25},
		Intermittent: {0, 5, 0, 0, 4, 0, 5, 0},
		Lumpy:        {0, 1, 0, 0, 40, 0, 1, 0},
		Signed:       {3, -1, 2},
		NoDemand:     {0, 0, 0},
	} {
		if got := ClassifyDemand(y); got.Class != want {
			t.Errorf("%v is %+v, want %s", y, got, want)
		}
	}
}

// By hand, α = 0.5 on 0, 0, 6, 0, 3: the start is size 4.5 and interval 2.5; at
// the 6 (3 steps since the start) size 5.25, interval 2.75; at the 3 (2 steps)
// size 4.125, interval 2.375. TSB starts at chance 0.4 and halves it without a
// demand: 0.2, 0.1, 0.55, 0.275, 0.6375, sizes as before.
func TestIntermittentByHand(t *testing.T) {
	y := []float64{0, 0, 6, 0, 3}
	close(t, "Croston", croston(y, 0.5, 1).level, 4.125/2.375, 1e-12)
	close(t, "SBA", croston(y, 0.5, 0.75).level, 0.75*4.125/2.375, 1e-12)
	close(t, "TSB", tsb(y, 0.5, 0.5).level, 4.125*0.6375, 1e-12)
}

// A demand planted with chance 0.25 and mean size 8 has a rate of 2; a title
// that nobody has asked for since must fall by TSB and not by Croston.
func TestIntermittentFindsTheRate(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	var series []Series
	for range 200 {
		y := make([]float64, 120)
		for t := range y {
			if rng.Float64() < 0.25 {
				y[t] = float64(5 + rng.IntN(7))
			}
		}
		series = append(series, Series{Values: y, Period: 12})
	}
	for _, method := range []Method{Auto, SBA, TSB, Croston} {
		var sum float64
		for _, f := range fit(t, series, Options{Method: method}).Forecasts {
			sum += f.Mean[0] / float64(len(series))
			if f.Lower[1][0] < 0 {
				t.Errorf("%q: a demand below zero", method)
			}
		}
		if math.Abs(sum-2) > 0.15 {
			t.Errorf("%q: mean rate %v, planted 2", method, sum)
		}
	}
	old := append([]float64(nil), series[0].Values...)
	for i := 80; i < len(old); i++ {
		old[i] = 0
	}
	quiet := []Series{{Values: old}}
	tsbRate := fit(t, quiet, Options{Method: TSB}).Forecasts[0].Mean[0]
	crostonRate := fit(t, quiet, Options{Method: Croston}).Forecasts[0].Mean[0]
	if tsbRate > crostonRate/2 {
		t.Errorf("40 steps without demand: TSB %v, Croston %v", tsbRate, crostonRate)
	}
}

// Repeated fits of a fixed history: what is handed back holds up to its doc.
func TestForecastTellsWhatItDid(t *testing.T) {
	f := fit(t, worlds(8, 1, 80, 12), Options{}).Forecasts[0]
	if f.Method != Combination || len(f.Fitted) != 6 || f.Values != 80 || f.Start != 24300+80 || len(f.Mean) != 12 {
		t.Errorf("%+v", f)
	}
	var weights float64
	for _, p := range f.Fitted {
		weights += p.Weight
		if len(p.Parameters) == 0 || p.N != 80 || p.Evaluations == 0 || !p.Converged {
			t.Errorf("%+v", p)
		}
		close(t, "AIC and BIC", p.BIC-p.AIC, (p.AIC+2*p.LogLik)/2*(math.Log(80)-2), 1e-9)
	}
	close(t, "weights", weights, 1, 1e-12)
	if f.Backtest.Points == 0 || f.Baseline.Points != f.Backtest.Points || f.Backtest.MASE <= 0 {
		t.Errorf("backtest %+v, baseline %+v", f.Backtest, f.Baseline)
	}
}
