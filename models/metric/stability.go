package metric

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Stability says how far the distribution of a score or feature has moved.
type Stability struct {
	PSI     float64
	Bins    []StabilityBin
	Reading string // "stable" below .1, "moved" below .25, else "shifted"
}

// StabilityBin is one bin of a Stability. High is inclusive; the last bin of
// numbers is open (High is the largest float), missing values have a bin of their own.
type StabilityBin struct {
	High             float64
	Missing          bool
	Expected, Actual float64 // shares of rows, 0 to 1
}

// psiFloor replaces an empty share, as is customary, so that a value not seen
// before counts as a large but finite move.
const psiFloor = 1e-4

// PSI is the population stability index Σ (a − e)·ln(a/e) of the actual values
// against the expected ones over at most bins quantile bins of the expected
// values (one bin a value when they have no more values than bins, and one on
// either side of them); shares below .0001 count as .0001. NaN is missing and has its own
// bin. Rules of thumb: below .1 stable, below .25 look closer, else refit.
func PSI(expected, actual []float64, bins int) (*Stability, error) {
	if len(expected) == 0 || len(actual) == 0 {
		return nil, fmt.Errorf("%w: %d expected values, %d actual values", ErrShape, len(expected), len(actual))
	}
	if bins < 2 {
		return nil, fmt.Errorf("%w: PSI needs at least 2 bins, not %d", ErrValue, bins)
	}
	cuts := quantileCuts(expected, bins)
	e, a := binShares(expected, cuts), binShares(actual, cuts)
	s := &Stability{}
	for k := range e {
		b := StabilityBin{High: math.MaxFloat64, Expected: e[k], Actual: a[k]}
		switch {
		case k < len(cuts):
			b.High = cuts[k]
		case k > len(cuts):
			b.Missing = true
		}
		if e[k] == 0 && a[k] == 0 {
			continue
		}
		x, y := max(e[k], psiFloor), max(a[k], psiFloor)
		s.PSI += (y - x) * math.Log(y/x)
		s.Bins = append(s.Bins, b)
	}
	switch {
	case s.PSI < .1:
		s.Reading = "stable"
	case s.PSI < .25:
		s.Reading = "moved"
	default:
		s.Reading = "shifted"
	}
	return s, nil
}

// quantileCuts are the distinct inner boundaries of the bins.
func quantileCuts(values []float64, bins int) []float64 {
	var sorted []float64
	for _, v := range values {
		if !math.IsNaN(v) {
			sorted = append(sorted, v)
		}
	}
	sort.Float64s(sorted)
	if distinct := slices.Compact(slices.Clone(sorted)); len(distinct) > 0 && len(distinct) <= bins {
		// Few values, such as a flag: each has its bin, and values beyond them too.
		return append([]float64{math.Nextafter(distinct[0], math.Inf(-1))}, distinct...)
	}
	var cuts []float64
	for k := 1; k < bins && len(sorted) > 0; k++ {
		c := sorted[(len(sorted)*k-1)/bins]
		if c < sorted[len(sorted)-1] && (len(cuts) == 0 || c > cuts[len(cuts)-1]) {
			cuts = append(cuts, c)
		}
	}
	return cuts
}

// binShares are the shares of values by bin; the last is that of missing ones.
func binShares(values, cuts []float64) []float64 {
	shares := make([]float64, len(cuts)+2)
	for _, v := range values {
		k := sort.SearchFloat64s(cuts, v)
		if math.IsNaN(v) {
			k = len(cuts) + 1
		}
		shares[k] += 1 / float64(len(values))
	}
	return shares
}
