// Package control draws control charts: what values of a process are usual, and
// when it changed.
package control

import (
	"math"
	"slices"
)

// Limits are what is usual of a value.
type Limits struct{ Center, Low, High float64 }

// normal makes the median absolute deviation an estimate of the standard
// deviation of a normal variable.
const normal = 1.4826

// Robust are the limits of values by their own median and median absolute
// deviation (Hampel's identifier), which a minority of unusual values does not
// move: the median ± sigmas standard deviations, at least floor. NaN is no value;
// ok is false with fewer values than least.
func Robust(values []float64, sigmas, floor float64, least int) (l Limits, ok bool) {
	known := make([]float64, 0, len(values))
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			known = append(known, v)
		}
	}
	if len(known) < max(least, 1) {
		return Limits{}, false
	}
	l.Center = median(known)
	for i, v := range known {
		known[i] = math.Abs(v - l.Center)
	}
	width := math.Max(sigmas*normal*median(known), floor)
	l.Low, l.High = l.Center-width, l.Center+width
	return l, true
}

// Out says whether a value lies outside the limits.
func (l Limits) Out(v float64) bool { return v < l.Low || v > l.High }

// median sorts the values, of which there is at least one.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	if n%2 == 1 {
		return values[n/2]
	}
	return values[n/2-1] + (values[n/2]-values[n/2-1])/2
}
