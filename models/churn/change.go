package churn

import (
	"math"

	"verso/models/metric"
)

// Changes that come before leaving, or instead of it.
const (
	Fading  = "fading"  // orders on far fewer days than a year before
	Partial = "partial" // a subject is no longer bought, others are
)

const (
	falseShare = .05 // of the changes reported, expected to be chance
	leastFall  = .5  // share of the expected days that must be gone
)

// Change is one customer whose buying fell beyond chance.
type Change struct {
	Row      int     // place in the input
	Expected float64 // days, had nothing changed
	P, Q     float64 // probability by chance; false discovery rate over all tested
}

// Fades finds the customers whose order days fell beyond chance. Given now+before
// days, and the ratio in which those of all alike changed, the days now are
// binomial with share ratio/(1+ratio) (the conditional test of two Poisson rates,
// Przyborowski and Wilenski 1940). False discoveries are held at 5 % (Benjamini and
// Hochberg 1995), and half of the expected days must be gone. All slices have one
// element a customer.
func Fades(now, before, ratio []float64) []Change {
	p := make([]float64, len(now))
	for i := range now {
		p[i] = binomialBelow(int(now[i]), int(now[i]+before[i]), ratio[i]/(1+ratio[i]))
	}
	return report(p, func(i int) (expected, seen float64) { return before[i] * ratio[i], now[i] })
}

// Parts finds the customers that went on ordering but left a subject: by Fisher's
// exact test on their order days, before and now, with and without the subject.
// All slices have one element a customer and subject.
func Parts(partNow, partBefore, daysNow, daysBefore []float64) []Change {
	p := make([]float64, len(partNow))
	for i := range p {
		p[i] = math.Exp(metric.LogFisherGreater(int(daysNow[i]+daysBefore[i]), int(daysBefore[i]), int(partNow[i]+partBefore[i]), int(partBefore[i])))
	}
	return report(p, func(i int) (expected, seen float64) { return partBefore[i] / daysBefore[i] * daysNow[i], partNow[i] })
}

func report(p []float64, counts func(i int) (expected, seen float64)) []Change {
	q := metric.BenjaminiHochberg(p, len(p))
	var out []Change
	for i := range p {
		expected, seen := counts(i)
		if q[i] <= falseShare && seen <= (1-leastFall)*expected {
			out = append(out, Change{Row: i, Expected: expected, P: p[i], Q: q[i]})
		}
	}
	return out
}

// binomialBelow is the probability of at most k successes in n.
func binomialBelow(k, n int, share float64) float64 {
	if k >= n {
		return 1
	}
	sum := 0.0
	ln, _ := math.Lgamma(float64(n + 1))
	for i := 0; i <= k; i++ {
		a, _ := math.Lgamma(float64(i + 1))
		b, _ := math.Lgamma(float64(n - i + 1))
		sum += math.Exp(ln - a - b + float64(i)*math.Log(share) + float64(n-i)*math.Log1p(-share))
	}
	return math.Min(1, sum)
}
