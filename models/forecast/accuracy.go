package forecast

import "math"

// In all measures of this file points whose actual value is NaN are left out, and
// slices of different length are compared as far as the shortest goes.

// Accuracy sums up forecast errors over any number of points. Every measure is
// a mean over the points that have one; Undefined counts those left out because
// the measure's denominator is zero (a constant history has no scale; two zeros
// have no percentage, and count as an error of 0 in sMAPE).
type Accuracy struct {
	Points    int
	SMAPE     float64 // percent, 0 to 200
	MASE      float64
	RMSSE     float64
	Bias      float64 // mean of (forecast − actual), in units of the MASE scale
	Undefined int     // points without a scale
}

// accuracySums collects what Accuracy is made of.
type accuracySums struct {
	points, scaled            int
	smape, mase, square, bias float64
}

// add takes in one point; absolute and squared are the scales of MASE and RMSSE.
func (s *accuracySums) add(actual, forecast, absolute, squared float64) {
	s.points++
	e := forecast - actual
	if size := math.Abs(actual) + math.Abs(forecast); size > 0 {
		s.smape += 200 * math.Abs(e) / size
	}
	if absolute > 0 && squared > 0 {
		s.scaled++
		s.mase += math.Abs(e) / absolute
		s.square += e * e / squared
		s.bias += e / absolute
	}
}

func (s *accuracySums) merge(o accuracySums) {
	s.points += o.points
	s.scaled += o.scaled
	s.smape += o.smape
	s.mase += o.mase
	s.square += o.square
	s.bias += o.bias
}

func (s *accuracySums) result() Accuracy {
	a := Accuracy{Points: s.points, Undefined: s.points - s.scaled}
	if s.points > 0 {
		a.SMAPE = s.smape / float64(s.points)
	}
	if n := float64(s.scaled); n > 0 {
		a.MASE, a.RMSSE, a.Bias = s.mase/n, math.Sqrt(s.square/n), s.bias/n
	}
	return a
}

// SMAPE is the symmetric mean absolute percentage error of Makridakis & Hibon
// (2000), 200·|a − f| / (|a| + |f|) averaged over the points: 0 to 200. Where
// both are zero the error is 0. It is 0 for no points.
func SMAPE(actual, forecast []float64) float64 {
	var s accuracySums
	for i := range min(len(actual), len(forecast)) {
		if !math.IsNaN(actual[i]) {
			s.add(actual[i], forecast[i], 0, 0)
		}
	}
	return s.result().SMAPE
}

// Scales are the mean absolute and the mean squared one-step errors of the
// seasonal naive forecast within a history (Hyndman & Koehler 2006): the
// denominators of MASE and RMSSE. With no more values than one cycle the plain
// naive forecast stands in. Both are 0 for a constant history.
func Scales(history []float64, period int) (absolute, squared float64) {
	lag := max(1, period)
	if len(history) <= lag {
		lag = 1
	}
	count := 0.0
	for t := lag; t < len(history); t++ {
		e := history[t] - history[t-lag]
		if math.IsNaN(e) {
			continue
		}
		count++
		absolute += math.Abs(e)
		squared += e * e
	}
	if count == 0 {
		return 0, 0
	}
	return absolute / count, squared / count
}

// Measure compares forecasts with what came, scaled by the history they were
// made from.
func Measure(history []float64, period int, actual, forecast []float64) Accuracy {
	absolute, squared := Scales(history, period)
	var s accuracySums
	for i := range min(len(actual), len(forecast)) {
		if !math.IsNaN(actual[i]) {
			s.add(actual[i], forecast[i], absolute, squared)
		}
	}
	return s.result()
}

// Pinball is the quantile loss of forecasts q of the quantile p, averaged: the
// smaller the better. It is 0 for no points.
func Pinball(actual, q []float64, p float64) float64 {
	return meanOver(actual, min(len(actual), len(q)), func(i int) float64 {
		e := actual[i] - q[i]
		return math.Max(p*e, (p-1)*e)
	})
}

// Coverage is the share of the values within their intervals, bounds included.
// It is 0 for no points.
func Coverage(actual, lower, upper []float64) float64 {
	return meanOver(actual, min(len(actual), len(lower), len(upper)), func(i int) float64 {
		if actual[i] >= lower[i] && actual[i] <= upper[i] {
			return 1
		}
		return 0
	})
}

// IntervalScore is the mean interval score of Gneiting & Raftery (2007) for
// intervals of the given level: width plus 2/(1 − level) times what lies
// outside. The smaller the better; 0 for no points.
func IntervalScore(actual, lower, upper []float64, level float64) float64 {
	return meanOver(actual, min(len(actual), len(lower), len(upper)), func(i int) float64 {
		outside := math.Max(0, lower[i]-actual[i]) + math.Max(0, actual[i]-upper[i])
		return upper[i] - lower[i] + 2/(1-level)*outside
	})
}

// meanOver averages a measure over the first n points with a known value.
func meanOver(actual []float64, n int, measure func(i int) float64) float64 {
	var sum, count float64
	for i := range n {
		if !math.IsNaN(actual[i]) {
			sum += measure(i)
			count++
		}
	}
	if count == 0 {
		return 0
	}
	return sum / count
}
