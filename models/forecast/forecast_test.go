package forecast

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func fit(t testing.TB, series []Series, o Options) *Model {
	t.Helper()
	m, err := Fit(context.Background(), series, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// worlds draws seasonal series with a trend and normal errors.
func worlds(seed uint64, count, n, period int) []Series {
	rng := rand.New(rand.NewPCG(seed, 1))
	list := make([]Series, count)
	for i := range list {
		level, trend, swing := 50+100*rng.Float64(), rng.Float64()-0.3, 0.3*rng.Float64()
		v := make([]float64, n)
		for t := range v {
			season := 1 + swing*math.Sin(2*math.Pi*float64(t)/float64(period))
			level += trend + 0.5*rng.NormFloat64()
			v[t] = level*season + 3*rng.NormFloat64()
		}
		list[i] = Series{Name: string(rune('a' + i%26)), Values: v, Period: period, Start: 24300}
	}
	return list
}

func TestFitIsTheSameOnAnyNumberOfCores(t *testing.T) {
	series := worlds(1, 40, 60, 12)
	for _, m := range []Method{Auto, Weighted, Select} {
		one := fit(t, series, Options{Method: m, Workers: 1})
		many := fit(t, series, Options{Method: m, Workers: 7})
		many.Options.Workers = 1 // as asked for, the only difference
		if !reflect.DeepEqual(one, many) {
			t.Errorf("%q: seven workers give another result than one", m)
		}
	}
}

func TestOrderOfSeriesDoesNotMatter(t *testing.T) {
	series := worlds(2, 30, 50, 12)
	m := fit(t, series, Options{})
	n := len(series)
	turned := make([]Series, n)
	for i, s := range series {
		turned[n-1-i] = s
	}
	r := fit(t, turned, Options{})
	for i := range series {
		if !reflect.DeepEqual(m.Forecasts[i], r.Forecasts[n-1-i]) {
			t.Fatalf("series %d has another forecast when the order is turned", i)
		}
	}
}

// Money in cents instead of euros must give the same forecasts times 100.
func TestScaleCarriesThrough(t *testing.T) {
	series := worlds(3, 25, 48, 12)
	cents := make([]Series, len(series))
	for i, s := range series {
		cents[i] = s
		cents[i].Values = nil
		for _, v := range s.Values {
			cents[i].Values = append(cents[i].Values, 100*v)
		}
	}
	for _, method := range []Method{Auto, Naive, SES, Theta, DOTM, Damped, LogDOTM} {
		a, b := fit(t, series, Options{Method: method}), fit(t, cents, Options{Method: method})
		for i := range series {
			for h, v := range a.Forecasts[i].Mean {
				close(t, string(method), b.Forecasts[i].Mean[h], 100*v, 1e-4)
				close(t, string(method)+" bound", b.Forecasts[i].Upper[1][h], 100*a.Forecasts[i].Upper[1][h], 1e-4)
			}
		}
	}
}

// close fails unless got is within a relative tolerance of want.
func close(t testing.TB, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance*math.Max(1, math.Abs(want))) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// A shift of all values shifts the forecasts of the methods without ratios.
func TestShiftCarriesThrough(t *testing.T) {
	y := []float64{12, 15, 11, 14, 18, 16, 19, 17, 22, 20, 21, 25}
	far := make([]float64, len(y))
	for i, v := range y {
		far[i] = v + 1e7
	}
	for _, method := range []Method{SES, Theta, DOTM, Damped, Holt} {
		a := fit(t, []Series{{Values: y}}, Options{Method: method}).Forecasts[0]
		b := fit(t, []Series{{Values: far}}, Options{Method: method}).Forecasts[0]
		for h := range a.Mean {
			close(t, string(method), b.Mean[h]-1e7, a.Mean[h], 1e-3)
		}
	}
}

func TestSimpleMethods(t *testing.T) {
	y := []float64{1, 2, 3, 4, 5, 6, 7, 9}
	for _, c := range []struct {
		method Method
		want   []float64
	}{
		{Mean, []float64{4.625, 4.625, 4.625, 4.625, 4.625}},
		{Naive, []float64{9, 9, 9, 9, 9}},
		{SeasonalNaive, []float64{5, 6, 7, 9, 5}},
		{Drift, []float64{9 + 8./7, 9 + 16./7, 9 + 24./7, 9 + 32./7, 9 + 40./7}},
	} {
		f := fit(t, []Series{{Values: y, Period: 4}}, Options{Method: c.method, Horizon: 5}).Forecasts[0]
		for h, v := range c.want {
			close(t, string(c.method), f.Mean[h], v, 1e-12)
		}
	}
}

// Histories that hold little must give a forecast or say why not, and never a
// NaN, an infinity or a panic.
func TestPoorHistories(t *testing.T) {
	nan := math.NaN()
	zeros := make([]float64, 40)
	for _, c := range []struct {
		name   string
		series Series
		reason string
	}{
		{"empty", Series{}, "no values"},
		{"all missing", Series{Values: []float64{nan, nan}}, "no values"},
		{"one", Series{Values: []float64{7}}, "only 1 values"},
		{"two", Series{Values: []float64{7, 9}, Period: 12}, "only 2 values"},
		{"constant", Series{Values: []float64{5, 5, 5, 5, 5, 5, 5, 5}}, "all values are equal"},
		{"all zero", Series{Values: zeros, Period: 12}, "all values are equal"},
		{"one cycle", Series{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 8, 7, 6, 5}, Period: 12}, "no season was looked for"},
		{"gaps", Series{Values: []float64{nan, 3, nan, 5, 6, 4, nan, 7, 8, nan, nan}}, "2 missing values between"},
		{"mostly missing", Series{Values: []float64{3, nan, nan, nan, 5, nan, nan, nan, 4}}, "more than half"},
		{"line", Series{Values: []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, ""},
		{"one sale", Series{Values: append(append([]float64{}, zeros...), 3)}, ""},
		{"negative", Series{Values: []float64{-3, 2, -5, 1, 0, -2, 4, -1, 3, 2, -7, 1}, Period: 4}, ""},
		{"tiny", Series{Values: []float64{1e-90, 2e-90, 1e-90, 3e-90, 2e-90, 4e-90, 1e-90, 2e-90}}, ""},
		{"huge", Series{Values: []float64{1e90, 2e90, 1e90, 3e90, 2e90, 4e90, 1e90, 2e90}}, ""},
		{"explosive", Series{Values: []float64{1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9}}, ""},
		{"zero season", Series{Values: append(zeros[:1:1], 5, 9, 0, 0, 6, 9, 0, 0, 5, 8, 0, 0, 6, 9, 0, 0, 5, 9, 0), Period: 4}, ""},
	} {
		for _, method := range append(Methods(), Auto) {
			f := fit(t, []Series{c.series}, Options{Method: method, Horizon: 14}).Forecasts[0]
			finite(t, c.name+" by "+string(method), f)
			if !strings.Contains(f.Reason, c.reason) {
				t.Errorf("%s by %s: the reason %q does not say %q", c.name, method, f.Reason, c.reason)
			}
			if (f.Mean == nil) != (f.Demand.Class == NoDemand && f.Values == 0) {
				t.Errorf("%s by %s: mean %v", c.name, method, f.Mean)
			}
			if f.Lower == nil && f.Mean != nil && !strings.Contains(f.Reason, "no intervals") {
				t.Errorf("%s by %s: no intervals and no reason: %q", c.name, method, f.Reason)
			}
		}
	}
}

func finite(t testing.TB, what string, f Forecast) {
	t.Helper()
	numbers := append([]float64{f.Backtest.SMAPE, f.Backtest.MASE, f.Backtest.RMSSE, f.Backtest.Bias}, f.Mean...)
	for l := range f.Lower {
		numbers = append(append(numbers, f.Lower[l]...), f.Upper[l]...)
	}
	for _, p := range f.Fitted {
		numbers = append(numbers, p.Sigma, p.LogLik, p.AIC, p.AICc, p.BIC, p.Weight)
		for _, q := range p.Parameters {
			numbers = append(numbers, q.Value, q.Error)
		}
	}
	for _, v := range numbers {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%s: a number is %v: %+v", what, v, f)
			return
		}
	}
}

// Histories of every shape, length and kind, with gaps and extremes.
func TestRandomHistories(t *testing.T) {
	rng := rand.New(rand.NewPCG(99, 1))
	var series []Series
	for range 400 {
		n, scale := rng.IntN(60), math.Pow(10, float64(rng.IntN(12)-5))
		kind, v := rng.IntN(6), make([]float64, n)
		for t := range v {
			switch x := rng.NormFloat64(); kind {
			case 0:
				v[t] = scale * x
			case 1:
				v[t] = scale * math.Exp(3*x)
			case 2:
				v[t] = scale * math.Max(0, math.Round(x))
			case 3:
				v[t] = scale * float64(t*t)
			case 4:
				v[t] = scale * float64(t%4)
			case 5:
				v[t] = scale * (1e6 + x)
			}
			if rng.IntN(8) == 0 {
				v[t] = math.NaN()
			}
		}
		series = append(series, Series{Values: v, Period: []int{0, 1, 4, 7, 12}[rng.IntN(5)]})
	}
	for _, method := range append(Methods(), Auto) {
		o := Options{Method: method}
		if method == ETSFamily {
			o.Origins = 1
		}
		for i, f := range fit(t, series, o).Forecasts {
			finite(t, string(method), f)
			for l := range f.Lower {
				for h, v := range f.Mean {
					if f.Lower[l][h] > v || f.Upper[l][h] < v {
						t.Fatalf("series %d by %s: %v is not within %v to %v", i, method, v, f.Lower[l][h], f.Upper[l][h])
					}
				}
			}
		}
	}
}

func TestWrongInputIsRefused(t *testing.T) {
	good := []Series{{Name: "x", Values: []float64{1, 2, 3}}}
	for _, c := range []struct {
		series []Series
		o      Options
		want   string
	}{
		{[]Series{{Name: "sales", Values: []float64{1, math.Inf(1)}}}, Options{}, `"sales": value 2 is +Inf`},
		{[]Series{{Name: "sales", Period: -4}}, Options{}, "a period of -4"},
		{good, Options{Horizon: -1}, "a horizon of -1"},
		{good, Options{Method: "arima"}, `no method "arima"`},
		{good, Options{Levels: []float64{95}}, "an interval level of 95"},
		{good, Options{Origins: -1}, "-1 backtest origins"},
	} {
		_, err := Fit(context.Background(), c.series, c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want an error with %q", err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Fit(ctx, good, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled fit returns %v", err)
	}
}

// A forecast made before some last values were known must say the same about
// the steps after them as one that looks further ahead.
func TestMissingEndIsForecastLikeTheFuture(t *testing.T) {
	s := worlds(4, 1, 60, 12)[0]
	far := fit(t, []Series{s}, Options{Horizon: 8})
	s.Values = append(append([]float64{}, s.Values...), math.NaN(), math.NaN())
	near := fit(t, []Series{s}, Options{Horizon: 6})
	a, b := far.Forecasts[0], near.Forecasts[0]
	if b.Start != a.Start+2 || !reflect.DeepEqual(a.Mean[2:], b.Mean) || !reflect.DeepEqual(a.Upper[1][2:], b.Upper[1]) {
		t.Errorf("with a missing end %v from %d, without %v from %d", b.Mean, b.Start, a.Mean[2:], a.Start+2)
	}
}

func TestSelectTakesTheSimplestOfEquals(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	walk, line := make([]float64, 120), make([]float64, 120)
	for i := range walk {
		walk[i] = 1000 + rng.NormFloat64()
		if i > 0 {
			walk[i] += walk[i-1] - 1000
		}
		line[i] = 100 + 3*float64(i) + rng.NormFloat64()
	}
	m := fit(t, []Series{{Values: walk}, {Values: line}}, Options{Method: Select})
	if got := m.Forecasts[0].Method; got != Naive && got != SES {
		t.Errorf("a random walk is forecast by %s", got)
	}
	if got := m.Forecasts[1].Method; got == Naive || got == SES || got == SeasonalNaive {
		t.Errorf("a line is forecast by %s", got)
	}
}

// Intervals of like series must hold the nominal share of what comes, and those
// of a series on its own must too, on average over many worlds.
func TestCoverageIsNearNominal(t *testing.T) {
	const horizon = 8
	count := func(many bool) (inside, all float64) {
		n := 72
		if !many {
			n = 160
		}
		series := worlds(5, 300, n+horizon, 12)
		came := make([][]float64, len(series))
		for i := range series {
			came[i] = series[i].Values[n:]
			series[i].Values = series[i].Values[:n]
		}
		var forecasts []Forecast
		if many {
			forecasts = fit(t, series, Options{Horizon: horizon}).Forecasts
		} else {
			for i := range series[:150] {
				forecasts = append(forecasts, fit(t, series[i:i+1], Options{Horizon: horizon}).Forecasts...)
			}
		}
		for i, f := range forecasts {
			inside += Coverage(came[i], f.Lower[1], f.Upper[1])
			all++
		}
		return inside, all
	}
	for _, many := range []bool{true, false} {
		inside, all := count(many)
		t.Logf("many %v: coverage of the 95 %% interval %.3f", many, inside/all)
		if share := inside / all; share < 0.92 || share > 0.985 {
			t.Errorf("many %v: coverage of the 95 %% interval is %.3f", many, share)
		}
	}
}
