// Package metric holds the measures models and their backtests are judged by:
// pure functions of slices.
package metric

import (
	"math"
	"sort"
)

// Gini is the Gini coefficient of the values, 0 when all are equal and towards 1
// when one holds everything: G = 2·Σ i·x(i) / (n·Σ x) − (n+1)/n over the values in
// ascending order, i from 1. It is defined for values that are not negative
// with a positive sum; otherwise the result is NaN.
func Gini(values []float64) float64 {
	sorted := append([]float64(nil), values...)
	sort.Float64s(sorted)
	if len(sorted) == 0 || sorted[0] < 0 || math.IsNaN(sorted[0]) {
		return math.NaN()
	}
	var sum, weighted float64
	for i, x := range sorted {
		sum += x
		weighted += float64(i+1) * x
	}
	if sum <= 0 {
		return math.NaN()
	}
	n := float64(len(sorted))
	return 2*weighted/(n*sum) - (n+1)/n
}

// TopCount is how many of n members make up the top share: n·share rounded up,
// so that the top of a non-empty group is never empty.
func TopCount(n int, share float64) int {
	// The tolerance keeps 0.2 · 5 = 1.0000000000000002 from becoming 2.
	k := int(math.Ceil(float64(n)*share - 1e-9))
	return min(max(k, 0), n)
}

// CountToShare is how many of the values, taken in the given order, it takes
// to reach the share of their total; len(values) when they never do.
func CountToShare(values []float64, share float64) int {
	var total, sum float64
	for _, x := range values {
		total += x
	}
	for i, x := range values {
		sum += x
		if sum >= share*total {
			return i + 1
		}
	}
	return len(values)
}
