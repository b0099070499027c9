package forecast

import "math"

// seasonalBound is how many standard errors an autocorrelation must reach.
const seasonalBound = 1.645

// Seasonality tests a series for a season of the given period, as Naive2 and
// the Theta method do (Assimakopoulos & Nikolopoulos 2000): the autocorrelation
// r(m) at lag m counts as real when |r(m)| exceeds 1.645 standard errors,
// √((1 + 2·Σ r(i)², i < m)/n) by Bartlett. Fewer than 2·m+1 values, or values
// that are all equal, have no testable season. The statistic is |r(m)| in
// standard errors, 0 where there is no test.
func Seasonality(y []float64, period int) (statistic float64, seasonal bool) {
	n := len(y)
	if period < 2 || n <= 2*period {
		return 0, false
	}
	mean := average(y)
	var variance float64
	for _, v := range y {
		variance += (v - mean) * (v - mean)
	}
	if variance <= 1e-20*mean*mean*float64(n) {
		return 0, false
	}
	correlation := func(lag int) float64 {
		var sum float64
		for t := lag; t < n; t++ {
			sum += (y[t] - mean) * (y[t-lag] - mean)
		}
		return sum / variance
	}
	spread := 1.0
	for lag := 1; lag < period; lag++ {
		r := correlation(lag)
		spread += 2 * r * r
	}
	statistic = math.Abs(correlation(period)) / math.Sqrt(spread/float64(n))
	return statistic, statistic > seasonalBound
}

// Season is a seasonal pattern and how it enters.
type Season struct {
	Multiplicative bool
	Index          []float64 // one a place in the cycle, that of the first value first; mean 1, or 0 when additive
	Shrunk         float64   // share of the pattern taken back towards none, 0 to 1
}

// Decompose finds the seasonal pattern of a series by classical decomposition:
// the ratio (or, when additive, the difference) to the centred moving average
// over one cycle, averaged by place in the cycle and scaled to a mean of 1 (or
// 0). The series needs two full cycles, and values above zero for ratios;
// otherwise the answer is nil.
func Decompose(y []float64, period int, multiplicative bool) *Season {
	s, _ := decompose(y, period, multiplicative)
	return s
}

// decompose also returns the mean of the squared standard errors of the
// indices: the within-place variance over the number of ratios of the place.
func decompose(y []float64, period int, multiplicative bool) (*Season, float64) {
	n := len(y)
	if period < 2 || n < 2*period || multiplicative && !allPositive(y) {
		return nil, 0
	}
	s := &Season{Multiplicative: multiplicative, Index: make([]float64, period)}
	count := make([]float64, period)
	var squares float64
	half := period / 2
	window := 0.0 // the sum of one cycle
	for _, v := range y[:period] {
		window += v
	}
	for t := half; t < n-half; t++ {
		first := t - half
		level := window
		next := window
		if first+period < n {
			next += y[first+period] - y[first]
		}
		if period%2 == 0 {
			level = (window + next) / 2
		}
		window = next
		part := y[t] - level/float64(period)
		if multiplicative {
			part = y[t] / level * float64(period)
		}
		place := t % period
		s.Index[place] += part
		count[place]++
		squares += part * part
	}
	total, variance := 0.0, 0.0
	for k := range s.Index {
		s.Index[k] /= count[k]
		squares -= count[k] * s.Index[k] * s.Index[k]
		total += count[k]
	}
	if total > float64(period) {
		within := math.Max(0, squares) / (total - float64(period))
		for _, c := range count {
			variance += within / c / float64(period)
		}
	}
	s.normalise()
	return s, variance
}

// shrinkage draws the pattern towards none by the James-Stein rule, as Miller &
// Williams (2003) propose for seasonal indices: with few or noisy cycles much of
// the spread of the indices is chance. The share taken back is
// (m−3)/(m−1)·V/(V+A), V the mean squared standard error of an index and A the
// variance of the indices beyond V.
func (s *Season) shrink(variance float64) {
	m := float64(len(s.Index))
	if m <= 3 || !(variance > 0) {
		return
	}
	none := 0.0
	if s.Multiplicative {
		none = 1
	}
	var spread float64
	for _, v := range s.Index {
		spread += (v - none) * (v - none)
	}
	beyond := math.Max(0, spread/(m-1)-variance)
	s.Shrunk = (m - 3) / (m - 1) * variance / (variance + beyond)
	for k, v := range s.Index {
		s.Index[k] = none + (1-s.Shrunk)*(v-none)
	}
}

// normalise scales the pattern to a mean of 1, or moves it to a mean of 0.
func (s *Season) normalise() {
	mean := average(s.Index)
	for k := range s.Index {
		if s.Multiplicative {
			s.Index[k] /= mean
		} else {
			s.Index[k] -= mean
		}
	}
}

// usable says whether values can be divided by the pattern: an index near zero
// would blow up noise.
func (s *Season) usable() bool {
	for _, v := range s.Index {
		if s.Multiplicative && v < 0.01 {
			return false
		}
	}
	return true
}

// adjust writes the values without their season into out.
func (s *Season) adjust(y, out []float64) {
	for t, place := 0, 0; t < len(y); t++ {
		if s.Multiplicative {
			out[t] = y[t] / s.Index[place]
		} else {
			out[t] = y[t] - s.Index[place]
		}
		if place++; place == len(s.Index) {
			place = 0
		}
	}
}

// restore puts the season back on values that start n steps after the first.
func (s *Season) restore(values []float64, n int) {
	for i := range values {
		k := s.Index[(n+i)%len(s.Index)]
		if s.Multiplicative {
			values[i] *= k
		} else {
			values[i] += k
		}
	}
}

func average(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

func allPositive(y []float64) bool {
	for _, v := range y {
		if v <= 0 {
			return false
		}
	}
	return true
}

func (s *Season) copy() *Season {
	if s == nil {
		return nil
	}
	return &Season{s.Multiplicative, append([]float64(nil), s.Index...), s.Shrunk}
}
