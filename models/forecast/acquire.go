package forecast

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// Acquisition is what is known of how customers come and stay.
type Acquisition struct {
	New       Series    // customers won in each step, whole numbers
	Active    []float64 // how many of each step's new customers are active after the last step; nil: New times Retention
	Retention []float64 // share of a cohort still active after 0, 1, 2 … steps, never rising; at least two values
}

// ProjectOptions choose how far and how well. The zero value means the
// documented defaults.
type ProjectOptions struct {
	Horizon     int       // steps ahead; 0: 12
	Levels      []float64 // nil: 0.80 and 0.95
	Simulations int       // 0: 2000
	Seed        uint64
	Method      Method // of the forecast of new customers
}

// Band is an expectation with its intervals.
type Band struct {
	Mean         []float64   // [step]
	Lower, Upper [][]float64 // [level][step]
}

// Projection is the number of customers to come.
type Projection struct {
	Start     int       // number of the first step
	New       Band      // customers won in each step
	Active    Band      // active at the end of each step
	Remaining []float64 // the expected part of Active that is a customer already
	Forecast  Forecast  // of new customers, with its backtest
	Extended  int       // steps of age beyond the retention curve that were needed; there the last rate of loss goes on
	Poisson   bool      // no backtest was possible: new customers vary like a Poisson count only, which is too little
	Reason    string    // in plain words, what stood in the way of more
}

// ErrAcquisition is returned for input that cannot be projected.
var ErrAcquisition = errors.New("forecast: unusable acquisition data")

// Project multiplies new customers, past and forecast, by the share of their
// cohort that is still there. The expectation is exact: with S the retention,
// a cohort of age k with a active customers has a·S(k+h)/S(k) after h steps.
// The intervals are quantiles of seeded simulations. In each, new customers lie
// at a quantile of the forecast's own error distribution (that of its intervals),
// which varies from step to step around one drawn for the whole path: the two
// parts have the weights that the backtests show, since most errors of a forecast
// persist. Where no backtest was possible they are Poisson counts. Every customer
// stays or goes by chance. The retention curve itself is taken as known.
func Project(ctx context.Context, a Acquisition, o ProjectOptions) (*Projection, error) {
	o, err := o.defaults()
	if err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, err
	}
	m, works, err := fitAll(ctx, []Series{a.New}, Options{Horizon: o.Horizon, Method: o.Method, Levels: o.Levels, Workers: 1})
	if err != nil {
		return nil, err
	}
	p := &Projection{Forecast: m.Forecasts[0], Start: m.Forecasts[0].Start, Reason: m.Forecasts[0].Reason}
	if p.Forecast.Mean == nil {
		return nil, fmt.Errorf("%w: no step with a known number of new customers", ErrAcquisition)
	}
	w := newWorld(a, p.Forecast.Mean)
	if p.Forecast.Errors != NoErrors {
		w.widths, w.common = errorWidths(works[0], o.Horizon), commonShare(works[0].errors)
	}
	p.Poisson, p.Extended = w.widths == nil, w.curve.extended(len(w.active)+o.Horizon)
	p.New.Mean = append([]float64(nil), p.Forecast.Mean...)
	p.Remaining, p.Active.Mean = w.expected()
	if err := w.simulate(ctx, p, o); err != nil {
		return nil, err
	}
	return p, nil
}

func (o ProjectOptions) defaults() (ProjectOptions, error) {
	if o.Horizon == 0 {
		o.Horizon = 12
	}
	if o.Simulations == 0 {
		o.Simulations = 2000
	}
	if o.Horizon < 1 || o.Horizon > 1000 || o.Simulations < 100 || o.Simulations > 1e6 {
		return o, fmt.Errorf("forecast: %d steps and %d simulations: give 1 to 1000 and 100 to 1000000", o.Horizon, o.Simulations)
	}
	checked, err := Options{Levels: o.Levels, Method: o.Method}.defaults(1)
	o.Levels = checked.Levels
	return o, err
}

func (a Acquisition) check() error {
	for t, v := range a.New.Values {
		if v < 0 {
			return fmt.Errorf("%w: %v new customers in step %d", ErrAcquisition, v, t+1)
		}
	}
	if len(a.Retention) < 2 {
		return fmt.Errorf("%w: a retention curve of %d values: give the share still active after 0, 1 and more steps", ErrAcquisition, len(a.Retention))
	}
	before := 1.0
	for k, s := range a.Retention {
		if !(s >= 0 && s <= before+1e-12) {
			return fmt.Errorf("%w: retention after %d steps is %v after %v: it must lie within 0 and 1 and never rise", ErrAcquisition, k, s, before)
		}
		before = s
	}
	if a.Active != nil && len(a.Active) != len(a.New.Values) {
		return fmt.Errorf("%w: %d active counts for %d steps", ErrAcquisition, len(a.Active), len(a.New.Values))
	}
	for t, v := range a.Active {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("%w: %v active customers of step %d", ErrAcquisition, v, t+1)
		}
	}
	return nil
}

// grid is the number of interval levels at which errors are tabulated.
const grid = 200

// errorWidths tabulates how far from the forecast the interval of each level
// k/grid reaches, by level and step.
func errorWidths(w work, horizon int) [][]float64 {
	own := &pool{w.scores}
	table := make([][]float64, grid)
	for k := range table {
		table[k] = make([]float64, horizon)
		if k == 0 {
			continue
		}
		factors := own.quantiles(float64(k)/grid, w.history.ahead+horizon)
		for h := range table[k] {
			table[k][h] = math.Max(table[k-1][h], factors[w.history.ahead+h]*w.spread[h])
		}
	}
	return table
}

// commonShare is the mean correlation of the errors of a forecast at any two of
// its steps, over all past forecasts, each error taken by the root mean square of
// its step and none as centred elsewhere than at zero: the share of the variance
// that all steps have in common, 0 to 1. It is 1 where nothing is known.
func commonShare(errs [][]float64) float64 {
	var squares, count []float64
	for _, path := range errs {
		for i, e := range path {
			if i == len(squares) {
				squares, count = append(squares, 0), append(count, 0)
			}
			if !math.IsNaN(e) {
				squares[i] += e * e
				count[i]++
			}
		}
	}
	var sum, pairs float64
	for _, path := range errs {
		for i, a := range path {
			for j, b := range path[:i] {
				scale := math.Sqrt(squares[i] * squares[j] / (count[i] * count[j]))
				if !math.IsNaN(a) && !math.IsNaN(b) && scale > 0 {
					sum += a * b / scale
					pairs++
				}
			}
		}
	}
	if pairs == 0 {
		return 1
	}
	return math.Min(1, math.Max(0, sum/pairs))
}

// survival is a retention curve that goes on.
type survival []float64

// stay is the chance to stay through the step from age k to k+1.
func (s survival) stay(k int) float64 {
	k = min(k, len(s)-2)
	if s[k] == 0 {
		return 0
	}
	return math.Min(1, s[k+1]/s[k])
}

// extended is by how many steps ages up to oldest exceed the curve.
func (s survival) extended(oldest int) int { return max(0, oldest-len(s)+1) }

// world is all that a simulation draws from.
type world struct {
	curve  survival
	active []float64 // by cohort, oldest first; ages len(active)−1 … 0 after the last step
	coming []float64
	widths [][]float64 // of errorWidths; nil: Poisson
	common float64     // of commonShare
}

func newWorld(a Acquisition, coming []float64) *world {
	w := &world{curve: a.Retention, coming: coming, active: a.Active}
	if w.active == nil {
		n := len(a.New.Values)
		w.active = make([]float64, n)
		for t, v := range a.New.Values {
			if !math.IsNaN(v) {
				share := a.Retention[0]
				for k := 0; k < n-1-t; k++ {
					share *= w.curve.stay(k)
				}
				w.active[t] = v * share
			}
		}
	}
	return w
}

// expected is the expected number of today's customers and of all customers at
// the end of each step. A customer won in a step counts at its end with the
// retention of age 0.
func (w *world) expected() (remaining, all []float64) {
	left := append([]float64(nil), w.active...)
	for h := range w.coming {
		var today, total float64
		for c := range left {
			left[c] *= w.curve.stay(len(w.active) - 1 - c + h)
			today += left[c]
		}
		total = today
		for j := 0; j <= h; j++ {
			share := w.curve[0]
			for k := 0; k < h-j; k++ {
				share *= w.curve.stay(k)
			}
			total += w.coming[j] * share
		}
		remaining, all = append(remaining, today), append(all, total)
	}
	return remaining, all
}

// simulate fills in the intervals.
func (w *world) simulate(ctx context.Context, p *Projection, o ProjectOptions) error {
	rng := rand.New(rand.NewPCG(o.Seed, 0x61637175697265))
	won := make([][]float64, o.Horizon)
	there := make([][]float64, o.Horizon)
	for range o.Simulations {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.draw(rng, won, there)
	}
	p.New.bounds(won, o.Levels)
	p.Active.bounds(there, o.Levels)
	return nil
}

// draw appends one simulated future to the draws of each step.
func (w *world) draw(rng *rand.Rand, won, there [][]float64) {
	common := math.Sqrt(w.common) * rng.NormFloat64()
	cohorts := make([]float64, 0, len(w.active)+len(won))
	for _, v := range w.active {
		cohorts = append(cohorts, wholeByChance(v, rng))
	}
	for h := range won {
		for c := range cohorts {
			cohorts[c] = thin(cohorts[c], w.curve.stay(len(w.active)-1-c+h), rng)
		}
		n := w.coming[h]
		switch {
		case w.widths != nil:
			z := common + math.Sqrt(1-w.common)*rng.NormFloat64()
			level := int(grid * math.Erf(math.Abs(z)/math.Sqrt2)) // by the share of errors nearer to zero
			n = math.Max(0, n+math.Copysign(w.widths[min(level, grid-1)][h], z))
		case n > 0:
			n = distuv.Poisson{Lambda: n, Src: rng}.Rand()
		}
		n = wholeByChance(n, rng)
		cohorts = append(cohorts, thin(n, w.curve[0], rng))
		won[h] = append(won[h], n)
		var total float64
		for _, v := range cohorts {
			total += v
		}
		there[h] = append(there[h], total)
	}
}

// wholeByChance rounds up with the chance of the fraction, so that the mean is
// kept.
func wholeByChance(v float64, rng *rand.Rand) float64 {
	whole := math.Floor(v)
	if rng.Float64() < v-whole {
		whole++
	}
	return whole
}

// thin is how many of n stay, each with chance p.
func thin(n, p float64, rng *rand.Rand) float64 {
	if n == 0 || p >= 1 {
		return n
	}
	if p <= 0 {
		return 0
	}
	return distuv.Binomial{N: n, P: p, Src: rng}.Rand()
}

// bounds sets the intervals from draws by step.
func (b *Band) bounds(draws [][]float64, levels []float64) {
	for _, level := range levels {
		lower, upper := make([]float64, len(draws)), make([]float64, len(draws))
		for h, list := range draws {
			sort.Float64s(list)
			n := float64(len(list) - 1)
			lower[h] = list[int(math.Floor(n*(1-level)/2))]
			upper[h] = list[int(math.Ceil(n*(1+level)/2))]
		}
		b.Lower, b.Upper = append(b.Lower, lower), append(b.Upper, upper)
	}
}
