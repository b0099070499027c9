package metric

import (
	"math"
	"slices"
)

// BenjaminiHochberg turns probabilities into the smallest false discovery rates
// at which each would be reported (Benjamini & Hochberg 1995), in the order
// given. tests is how many hypotheses were looked at in all, when only some of
// their probabilities are given; fewer than len(p) means len(p). Leaving out
// probabilities this way is safe: it counts them as 1.
func BenjaminiHochberg(p []float64, tests int) []float64 {
	order, m := ascending(p), float64(max(tests, len(p)))
	adjusted := make([]float64, len(p))
	least := 1.0
	for k := len(order) - 1; k >= 0; k-- {
		least = min(least, p[order[k]]*m/float64(k+1))
		adjusted[order[k]] = least
	}
	return adjusted
}

// Holm turns probabilities into the smallest family-wise error rates at which
// each would be reported (Holm 1979), in the order given; tests as in
// BenjaminiHochberg. It is never above Bonferroni.
func Holm(p []float64, tests int) []float64 {
	order, m := ascending(p), max(tests, len(p))
	adjusted := make([]float64, len(p))
	most := 0.0
	for k, i := range order {
		most = max(most, min(1, p[i]*float64(m-k)))
		adjusted[i] = most
	}
	return adjusted
}

// Bonferroni multiplies probabilities by the number of tests, at most 1.
func Bonferroni(p []float64, tests int) []float64 {
	m := float64(max(tests, len(p)))
	adjusted := make([]float64, len(p))
	for i, v := range p {
		adjusted[i] = math.Min(1, v*m)
	}
	return adjusted
}

func ascending(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return a - b
	})
	return order
}
