package forecast

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

// enough is the number of a series' own errors at a step from which its
// intervals need no others.
const enough = 40

// pool holds the scaled absolute backtest errors of like series by step.
type pool struct{ scores [][]float64 }

// take adds the errors of one series.
func (p *pool) take(scores [][]float64) {
	for len(p.scores) < len(scores) {
		p.scores = append(p.scores, nil)
	}
	for i, list := range scores {
		p.scores[i] = append(p.scores[i], list...)
	}
}

// scaled lists |error| / spread of one path by step, for the trials from the
// first one given on, every so many. Where the spread is zero the history had no
// movement, and the error says nothing about others.
func scaled(trials []trial, method, steps, from, every int) [][]float64 {
	list := make([][]float64, steps)
	for k := from; k < len(trials); k += every {
		t := trials[k]
		for i, a := range t.actual {
			if !math.IsNaN(a) && t.spread[i] > 0 {
				list[i] = append(list[i], math.Abs(a-t.path[method][i])/t.spread[i])
			}
		}
	}
	return list
}

// likes holds the errors of like series: all, and those of the even and of the
// odd trials, to check one half by the other.
type likes struct{ all, even, odd pool }

// checked counts, by level, how many backtest errors of each half lie within the
// intervals that the other half gives, and how many there are.
func (l *likes) checked(levels []float64) (inside []float64, count float64) {
	inside = make([]float64, len(levels))
	for _, halves := range [2][2]*pool{{&l.even, &l.odd}, {&l.odd, &l.even}} {
		steps := len(halves[1].scores)
		if halves[0].least(min(1, steps)) == 0 {
			continue
		}
		for k, level := range levels {
			factors := halves[0].quantiles(level, steps)
			for i, scores := range halves[1].scores {
				for _, v := range scores {
					if v <= factors[i] {
						inside[k]++
					}
				}
			}
		}
		for _, scores := range halves[1].scores {
			count += float64(len(scores))
		}
	}
	return inside, count
}

// coverage is the share of backtest errors within the intervals, by level; nil
// where there were no two backtests.
func coverage(levels []float64, pools map[string]*likes) []float64 {
	shares := make([]float64, len(levels))
	total := 0.0
	for _, l := range pools {
		inside, count := l.checked(levels)
		for k, v := range inside {
			shares[k] += v
		}
		total += count
	}
	if total == 0 {
		return nil
	}
	for k := range shares {
		shares[k] /= total
	}
	return shares
}

// residuals are the errors of one path at its trials, actual minus forecast.
func residuals(trials []trial, method int) [][]float64 {
	list := make([][]float64, len(trials))
	for k, t := range trials {
		list[k] = make([]float64, len(t.actual))
		for i, a := range t.actual {
			list[k][i] = a - t.path[method][i]
		}
	}
	return list
}

// quantiles are the factors on the spread that give intervals of a level, one a
// step. They never fall with the step: a step's own quantile is averaged with
// its neighbours where it would (isotonic regression).
func (p *pool) quantiles(level float64, steps int) []float64 {
	factors, weights := make([]float64, steps), make([]float64, steps)
	for i := range min(steps, len(p.scores)) {
		factors[i], weights[i] = conformal(p.scores[i], level), float64(len(p.scores[i]))
	}
	extend(factors, weights)
	isotonic(factors, weights)
	return factors
}

// least is the smallest number of errors at any of the steps.
func (p *pool) least(steps int) int {
	if len(p.scores) < steps || steps == 0 {
		return 0
	}
	count := len(p.scores[0])
	for _, scores := range p.scores[:steps] {
		count = min(count, len(scores))
	}
	return count
}

// conformal is the split-conformal quantile of sorted or unsorted scores: the
// ⌈(n+1)·level⌉-th smallest (Vovk, Gammerman & Shafer 2005; Lei et al. 2018).
// With too few scores for the level that order statistic does not exist, and
// the normal-theory factor with n degrees of freedom on their root mean square
// stands in. It is 0 for no scores.
func conformal(scores []float64, level float64) float64 {
	n := len(scores)
	if n == 0 {
		return 0
	}
	k := int(math.Ceil(float64(n+1)*level - 1e-9))
	if k <= n {
		sorted := append([]float64(nil), scores...)
		sort.Float64s(sorted)
		return sorted[k-1]
	}
	var squares float64
	for _, v := range scores {
		squares += v * v
	}
	t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(n)}
	return math.Sqrt(squares/float64(n)) * t.Quantile((1+level)/2)
}

// extend fills the steps that no backtest reached: the factor of the last
// reached step grows with the square root of the step, as a random walk's does;
// steps before the first reached one have its factor.
func extend(factors, weights []float64) {
	last := -1
	for i := range factors {
		if weights[i] > 0 {
			for k := last + 1; last < 0 && k < i; k++ {
				factors[k], weights[k] = factors[i], 1e-9
			}
			last = i
		} else if last >= 0 {
			factors[i] = factors[last] * math.Sqrt(float64(i+1)/float64(last+1))
			weights[i] = 1e-9
		}
	}
}

// isotonic replaces values by the nearest ones that never fall, in weighted
// least squares (pool adjacent violators).
func isotonic(values, weights []float64) {
	type block struct {
		mean, weight float64
		size         int
	}
	var blocks []block
	for i, v := range values {
		blocks = append(blocks, block{v, math.Max(weights[i], 1e-12), 1})
		for k := len(blocks) - 1; k > 0 && blocks[k-1].mean > blocks[k].mean; k-- {
			a, b := blocks[k-1], blocks[k]
			w := a.weight + b.weight
			blocks = append(blocks[:k-1], block{(a.mean*a.weight + b.mean*b.weight) / w, w, a.size + b.size})
		}
	}
	i := 0
	for _, b := range blocks {
		for range b.size {
			values[i] = b.mean
			i++
		}
	}
}

// calibrate gives every forecast its intervals.
func calibrate(m *Model, works []work, pools map[string]*likes) {
	type key struct {
		pool  string
		level int
		steps int
	}
	type answer struct {
		factors []float64
		least   int
	}
	known := map[key]answer{}
	for i := range m.Forecasts {
		f, w := &m.Forecasts[i], &works[i]
		if len(f.Mean) == 0 {
			continue
		}
		if reason := w.history.noInterval(w.spread); reason != "" {
			w.history.note("%s", reason)
			f.Reason = w.history.reason()
			continue
		}
		own := &pool{w.scores}
		ahead := w.history.ahead
		for l, level := range m.Options.Levels {
			k := key{w.like(), l, ahead + len(f.Mean)}
			var factors []float64
			least := own.least(k.steps)
			if least >= enough {
				f.Errors = OwnErrors
				factors = own.quantiles(level, k.steps)
			} else {
				a, ok := known[k]
				if !ok {
					a = answer{pools[k.pool].all.quantiles(level, k.steps), pools[k.pool].all.least(k.steps)}
					known[k] = a
				}
				factors, least = a.factors, a.least
				f.Errors = PooledErrors
			}
			if factors[k.steps-1] == 0 {
				f.Errors, f.Lower, f.Upper = NoErrors, nil, nil
				w.history.note("neither this nor a like series is long enough for a backtest: no intervals")
				break
			}
			if math.Ceil(float64(least+1)*level-1e-9) > float64(least) {
				f.Errors = FewErrors
			}
			f.bounds(w.spread, factors[ahead:])
		}
		f.Reason = w.history.reason()
	}
}

// noInterval says why a history cannot have intervals, "" if it can.
func (h *history) noInterval(spread []float64) string {
	switch {
	case len(h.y) < shortest:
		return "no intervals"
	case spread[0] == 0:
		return "the history never moved, which says nothing about errors: no intervals"
	}
	return ""
}

func (f *Forecast) bounds(spread, factors []float64) {
	lower, upper := make([]float64, len(f.Mean)), make([]float64, len(f.Mean))
	for i, v := range f.Mean {
		half := factors[i] * spread[i]
		lower[i], upper[i] = v-half, v+half
		if f.Demand.Class != Signed {
			lower[i] = math.Max(0, lower[i])
		}
	}
	f.Lower, f.Upper = append(f.Lower, lower), append(f.Upper, upper)
}
