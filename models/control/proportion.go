package control

import "math"

// medianRange makes the median of the ranges of neighbouring values an estimate of
// the standard deviation of a normal variable.
const medianRange = .954

// Proportions are the limits of the shares hits/cases of a process, one by one,
// in the order of time: Laney's p' chart (Quality Engineering 14, 2002). The
// centre is the median of the shares, the width that of the binomial, made wider
// by as much as the standardised shares move from one to the next by their median
// range, where that is more than chance alone. Limits stay inside 0 and 1. No cases
// give no limits (NaN); ok is false with fewer shares than least.
func Proportions(hits, cases []float64, sigmas float64, least int) (limits []Limits, ok bool) {
	var shares []float64
	for i, n := range cases {
		if n > 0 {
			shares = append(shares, hits[i]/n)
		}
	}
	if len(shares) < max(least, 1) {
		return nil, false
	}
	center := math.Min(math.Max(median(shares), 0), 1)
	wide := func(n float64) float64 { return math.Sqrt(center * (1 - center) / n) }
	var ranges []float64
	last := math.NaN()
	for i, n := range cases {
		if w := wide(n); n > 0 && w > 0 {
			z := (hits[i]/n - center) / w
			if !math.IsNaN(last) {
				ranges = append(ranges, math.Abs(z-last))
			}
			last = z
		}
	}
	spread := 1.
	if len(ranges) > 0 {
		spread = math.Max(median(ranges)/medianRange, 1)
	}
	limits = make([]Limits, len(cases))
	for i, n := range cases {
		limits[i] = Limits{math.NaN(), math.NaN(), math.NaN()}
		if n > 0 {
			width := sigmas * spread * wide(n)
			limits[i] = Limits{center, math.Max(center-width, 0), math.Min(center+width, 1)}
		}
	}
	return limits, true
}
