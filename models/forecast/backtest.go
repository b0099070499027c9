package forecast

import "math"

// trial is one forecast from the series' own past: what each method said at an
// origin, and what came.
type trial struct {
	origin int         // values known at the time
	path   [][]float64 // [method][step]
	actual []float64   // [step]; NaN where the value was not known
	spread []float64   // [step] the size errors are measured in: see bench.spread
	scale  [2]float64  // the scales of MASE and RMSSE
}

// origins lists where a history of n values is cut, latest last. There are at
// most count; those with a full horizon after them come first, spread over one
// horizon or cycle, whichever is longer, and cuts nearer the end, which see
// only the first steps, fill up when the history is short. What comes before a cut is
// at least half of the history, enough to fit, and more than two cycles where a
// full horizon can still follow.
func origins(n, period, horizon, count int) []int {
	least := max(shortest, n/2, min(2*period+1, n-horizon))
	stride := (max(horizon, period) + count - 1) / count
	var list []int
	for o := n - horizon; o >= least && len(list) < count; o -= max(1, stride) {
		list = append(list, o)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	for o := max(least, n-horizon+1); o < n && len(list) < count; o++ {
		list = append(list, o)
	}
	return list
}

// backtest forecasts a history from its origins by every method.
func (b *bench) backtest(h *history, methods []Method, horizon, count int) []trial {
	cuts := origins(len(h.y), h.period, horizon, count)
	trials := make([]trial, len(cuts))
	for k, o := range cuts {
		b.open(h.y[:o], h.period, h.demand.seldom())
		t := trial{origin: o, path: make([][]float64, len(methods))}
		steps := min(horizon, len(h.y)-o)
		t.actual = make([]float64, steps)
		for i := range t.actual {
			t.actual[i] = math.NaN()
			if h.isKnown(o + i) {
				t.actual[i] = h.y[o+i]
			}
		}
		t.spread = b.spread(steps)
		t.scale[0], t.scale[1] = Scales(h.y[:o], h.period)
		flat := make([]float64, steps*len(methods))
		b.keep(methods)
		for m, method := range methods {
			t.path[m] = flat[m*steps : (m+1)*steps]
			b.forecast(method, t.path[m], nil)
			b.remember(method, t.path[m])
		}
		trials[k] = t
	}
	return trials
}

// keep makes the bench remember the members of the combination when they are
// also asked for alone, so that each is fitted once an origin.
func (b *bench) keep(methods []Method) {
	b.kept = nil
	if len(methods) > 2 {
		b.kept = map[Method][]float64{}
	}
}

func (b *bench) remember(m Method, path []float64) {
	if b.kept != nil {
		b.kept[m] = path
	}
}

// spread is the size of the errors to expect at each step, up to a factor
// common to all series: the mean absolute step of the history without its
// season, times the seasonal index where the season multiplies. It is 0 for a
// history without any movement.
func (b *bench) spread(steps int) []float64 {
	if b.scale < 0 {
		var sum float64
		for t := 1; t < len(b.adjusted); t++ {
			sum += math.Abs(b.adjusted[t] - b.adjusted[t-1])
		}
		b.scale = sum / math.Max(1, float64(len(b.adjusted)-1))
	}
	out := make([]float64, steps)
	fill(out, b.scale)
	if b.season != nil && b.season.Multiplicative {
		b.season.restore(out, len(b.y))
	}
	return out
}

// measure sums up the errors of one method over all trials.
func measure(trials []trial, method int) accuracySums {
	var s accuracySums
	for _, t := range trials {
		for i, a := range t.actual {
			if !math.IsNaN(a) {
				s.add(a, t.path[method][i], t.scale[0], t.scale[1])
			}
		}
	}
	return s
}

// losses are a method's mean losses, one a trial: the scaled absolute error, or
// for seldom demand the scaled squared error, since the absolute error of a
// demand that is mostly zero is least for a forecast of zero. Trials without a
// known value or a scale give no loss.
func losses(trials []trial, method int, squared bool) []float64 {
	var list []float64
	for _, t := range trials {
		var sum, count float64
		for i, a := range t.actual {
			if math.IsNaN(a) || t.scale[0] == 0 || t.scale[1] == 0 {
				continue
			}
			e := t.path[method][i] - a
			count++
			if squared {
				sum += e * e / t.scale[1]
			} else {
				sum += math.Abs(e) / t.scale[0]
			}
		}
		if count > 0 {
			list = append(list, sum/count)
		}
	}
	return list
}

// simplest is the first method, in the order given, whose mean loss is within
// one standard error of the least: the error is that of the paired differences
// over the trials (the one-standard-error rule of Breiman et al. 1984). With
// fewer than two trials there is nothing to decide by, and the answer is −1.
func simplest(loss [][]float64) int {
	best := 0
	for m := range loss {
		if len(loss[m]) < 2 {
			return -1
		}
		if average(loss[m]) < average(loss[best]) {
			best = m
		}
	}
	for m := range loss {
		var sum, squares float64
		n := float64(len(loss[m]))
		for k := range loss[m] {
			d := loss[m][k] - loss[best][k]
			sum += d
			squares += d * d
		}
		mean := sum / n
		variance := math.Max(0, squares/n-mean*mean) / (n - 1)
		if mean <= math.Sqrt(variance) {
			return m
		}
	}
	return best
}

// inverseWeights are weights by the inverse square of the mean loss; equal ones
// where a loss is missing or zero.
func inverseWeights(loss [][]float64) []float64 {
	weights := make([]float64, len(loss))
	var sum float64
	for m := range loss {
		weights[m] = 1
		if len(loss[m]) > 0 {
			mean := average(loss[m])
			weights[m] = 1 / (mean * mean)
		}
		sum += weights[m]
	}
	for m := range weights {
		if math.IsInf(sum, 0) || math.IsNaN(sum) {
			weights[m] = 1 / float64(len(weights))
		} else {
			weights[m] /= sum
		}
	}
	return weights
}
