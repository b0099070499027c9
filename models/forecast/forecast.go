package forecast

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// Options choose what is forecast and how. The zero value is one seasonal cycle
// ahead, at least 6 steps, by Auto, with intervals of 80 and 95 %.
type Options struct {
	Horizon int       // steps ahead; 0: one cycle, at least 6
	Method  Method    // Auto: Combination; for seldom demand Select
	Levels  []float64 // of the intervals, each within (0, 1); nil: 0.80 and 0.95
	Origins int       // backtests a series; 0: 6, more when there are fewer than 20 series
	Workers int       // goroutines; 0: one a core. The result does not depend on it
}

// Forecast is what is expected of one series.
type Forecast struct {
	Name     string
	Start    int         // number of the first forecast step: Series.Start + len(Series.Values)
	Mean     []float64   // [step]; nil where there is nothing to forecast from
	Lower    [][]float64 // [level][step]; nil where no error was ever seen
	Upper    [][]float64
	Method   Method   // the method that made Mean
	Fitted   []Fitted // the models behind it
	Season   *Season  // taken out before and put back after; nil where none was found
	Demand   Demand
	Values   int      // known values used
	Trials   int      // backtests
	Backtest Accuracy // of Method at its past origins
	Baseline Accuracy // of SeasonalNaive at the same
	Tried    []Tried  // what Select or Weighted compared
	Errors   string   // whose errors the intervals come from
	Reason   string   // in plain words, what stood in the way of more; "" if nothing
}

// Tried is a method that was compared with others.
type Tried struct {
	Method   Method
	Weight   float64 // 1 for the one chosen, shares when weighted
	Backtest Accuracy
}

// Whose errors an interval comes from.
const (
	OwnErrors    = "own"    // enough of the series' own backtest errors at every step
	PooledErrors = "pooled" // those of all series of the same period and kind of demand
	FewErrors    = "few"    // pooled, yet too few for the level: a t factor stands in
	NoErrors     = "none"   // no backtest was possible: no interval
)

// Model holds the forecasts of many series, in their order.
type Model struct {
	Options   Options // with the defaults filled in, but for Workers
	Forecasts []Forecast
	Backtest  Accuracy  // over all points of all series
	Baseline  Accuracy  // of SeasonalNaive
	Coverage  []float64 // by level: share of the backtest errors within the pooled intervals that the other half of the backtests gives; nil without two
}

// work is one series on its way through Fit.
type work struct {
	history *history
	err     error
	spread  []float64      // of the final forecast
	scores  [][]float64    // scaled absolute backtest errors by step
	halves  [2][][]float64 // those of the even and of the odd trials
	errors  [][]float64    // [trial][step] actual minus forecast; NaN where unknown
	sums    [2]accuracySums
}

// Fit forecasts every series. An error means that options or values are unusable
// and names the series; a series that cannot be forecast says so in its Reason.
//
// Intervals are split-conformal: the quantiles of the method's own errors at
// past origins by step, each divided by the spread of its history, from the
// series itself where it has enough of them, else from all series of the same
// period and kind of demand; so they hold on average over like series. Values of
// a series that was never below zero are not forecast below zero, bounds
// included. The errors of Weighted and Select are those of the methods as
// finally chosen, a little too small.
func Fit(ctx context.Context, series []Series, o Options) (*Model, error) {
	m, _, err := fitAll(ctx, series, o)
	return m, err
}

// fitAll also returns what is known of every series beyond its forecast.
func fitAll(ctx context.Context, series []Series, o Options) (*Model, []work, error) {
	o, err := o.defaults(len(series))
	if err != nil {
		return nil, nil, err
	}
	m := &Model{Options: o, Forecasts: make([]Forecast, len(series))}
	works := make([]work, len(series))
	err = each(ctx, len(series), o.Workers, func(b *bench, i int) {
		m.Forecasts[i] = fitOne(b, series[i], o, &works[i])
	})
	if err != nil {
		return nil, nil, err
	}
	pools := map[string]*likes{}
	var sums [2]accuracySums
	for i := range works {
		if works[i].err != nil {
			return nil, nil, works[i].err
		}
		sums[0].merge(works[i].sums[0])
		sums[1].merge(works[i].sums[1])
		key := works[i].like()
		if pools[key] == nil {
			pools[key] = &likes{}
		}
		pools[key].all.take(works[i].scores)
		pools[key].even.take(works[i].halves[0])
		pools[key].odd.take(works[i].halves[1])
	}
	m.Backtest, m.Baseline = sums[0].result(), sums[1].result()
	m.Coverage = coverage(o.Levels, pools)
	calibrate(m, works, pools)
	return m, works, nil
}

// like names the pool of a series.
func (w *work) like() string {
	return fmt.Sprint(w.history.period, w.history.demand.seldom())
}

func (o Options) defaults(series int) (Options, error) {
	if o.Horizon < 0 || o.Horizon > 10000 {
		return o, fmt.Errorf("forecast: a horizon of %d steps: give 1 to 10000", o.Horizon)
	}
	if err := o.Method.valid(); err != nil {
		return o, err
	}
	if o.Levels == nil {
		o.Levels = []float64{0.80, 0.95}
	}
	for _, l := range o.Levels {
		if !(l > 0 && l < 1) {
			return o, fmt.Errorf("forecast: an interval level of %v: give a share between 0 and 1, such as 0.95", l)
		}
	}
	if o.Origins < 0 {
		return o, fmt.Errorf("forecast: %d backtest origins: give 1 or more", o.Origins)
	}
	if o.Origins == 0 {
		o.Origins = max(6, min(60, 120/max(1, series)))
	}
	return o, nil
}

// each calls do for 0 … n−1, each call with a bench that no other has, and stops
// early with the context.
func each(ctx context.Context, n, workers int, do func(b *bench, i int)) error {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(workers, n) {
		group.Go(func() {
			var b bench
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				do(&b, i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// fitOne forecasts one series without its intervals.
func fitOne(b *bench, s Series, o Options, w *work) Forecast {
	f := Forecast{Name: s.Name, Start: s.Start + len(s.Values), Errors: NoErrors}
	w.history, w.err = prepare(s)
	if w.err != nil {
		w.history = &history{}
		return f
	}
	h := w.history
	f.Demand, f.Values = h.demand, h.knownValues()
	if len(h.y) == 0 {
		f.Reason = h.reason()
		return f
	}
	horizon := o.Horizon
	if horizon == 0 {
		horizon = max(6, h.period)
	}
	horizon += h.ahead
	f.Method = h.method(o.Method)
	methods := f.Method.candidates(h.demand.seldom())
	trials := b.backtest(h, append(methods[:len(methods):len(methods)], SeasonalNaive), horizon, o.Origins)
	f.Trials = len(trials)
	w.sums[1] = measure(trials, len(methods))
	chosen := f.decide(h, methods, trials)
	w.sums[0] = measure(trials, chosen)
	f.Backtest, f.Baseline = w.sums[0].result(), w.sums[1].result()
	w.scores = scaled(trials, chosen, horizon, 0, 1)
	w.halves = [2][][]float64{scaled(trials, chosen, horizon, 0, 2), scaled(trials, chosen, horizon, 1, 2)}
	w.errors = residuals(trials, chosen)
	f.final(b, h, horizon)
	w.spread = b.spread(horizon)[h.ahead:]
	f.Mean = f.Mean[h.ahead:]
	f.Reason = h.reason()
	return f
}

// method is the one asked for, or a simpler one where the history does not
// allow it.
func (h *history) method(asked Method) Method {
	m := asked.resolve(h.demand.seldom())
	switch {
	case len(h.y) < shortest || h.isConst:
		return Naive
	case 2*h.knownValues() < len(h.y):
		h.note("more than half of the values are missing: the mean stands in")
		return Mean
	case (m == Croston || m == SBA || m == TSB) && (h.demand.Class == Signed || h.demand.Class == NoDemand):
		h.note("%s needs a demand that is never below zero: simple smoothing stands in", m)
		return SES
	case (m == LogTheta || m == LogDamped || m == LogDOTM) && !allPositive(h.y):
		h.note("%s needs values above zero: the same without logarithms stands in", m)
	}
	return m
}

// decide settles what Select and Weighted leave open, and returns the method
// whose errors count: an index into the paths of the trials, to which a path of
// the weighted mean is added.
func (f *Forecast) decide(h *history, methods []Method, trials []trial) int {
	if f.Method != Select && f.Method != Weighted {
		return 0
	}
	loss := make([][]float64, len(methods))
	for m := range methods {
		loss[m] = losses(trials, m, h.demand.seldom())
		sums := measure(trials, m)
		f.Tried = append(f.Tried, Tried{Method: methods[m], Backtest: sums.result()})
	}
	if f.Method == Select {
		chosen := simplest(loss)
		if chosen < 0 {
			chosen = len(methods) - 1
			if h.demand.seldom() {
				chosen = 2 // SBA
			}
			h.note("too few backtests to choose by: %s stands in", methods[chosen])
		}
		f.Method = methods[chosen]
		f.Tried[chosen].Weight = 1
		return chosen
	}
	weights := inverseWeights(loss)
	for m := range weights {
		f.Tried[m].Weight = weights[m]
	}
	for k := range trials {
		t := &trials[k]
		mixed := make([]float64, len(t.actual))
		for m := range methods {
			for i, v := range t.path[m] {
				mixed[i] += weights[m] * v
			}
		}
		t.path = append(t.path, mixed)
	}
	return len(methods) + 1
}

// final makes the forecast from the whole history.
func (f *Forecast) final(b *bench, h *history, horizon int) {
	b.kept = nil
	b.open(h.y, h.period, h.demand.seldom())
	f.Mean = make([]float64, horizon)
	f.Season = b.season.copy()
	if f.Method == Weighted {
		path := make([]float64, horizon)
		for _, t := range f.Tried {
			b.forecast(t.Method, path, &f.Fitted)
			f.Fitted[len(f.Fitted)-1].Weight = t.Weight
			for i, v := range path {
				f.Mean[i] += t.Weight * v
			}
		}
	} else {
		b.forecast(f.Method, f.Mean, &f.Fitted)
	}
	if b.calmed {
		h.note("a model ran away from the history: its forecast was held within ten ranges of it")
	}
	if f.Demand.Class != Signed {
		for i, v := range f.Mean {
			f.Mean[i] = math.Max(0, v)
		}
	}
}
