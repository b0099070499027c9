package metric

import (
	"fmt"
	"math"
	"sort"
)

// AUCDifference compares the AUC of two scores of the same rows.
type AUCDifference struct {
	A, B      float64 // the two AUC
	Diff      float64 // A − B
	SE        float64 // standard error of Diff
	Low, High float64 // 95 % interval of Diff
	Z, P      float64 // two-sided test of no difference
	Reason    string  // why there is no test, in plain words; empty when there is
}

// DeLong tests whether two scores rank the same rows equally well (DeLong,
// DeLong and Clarke-Pearson 1988, Biometrics 44; ranks after Sun and Xu 2014).
// Rows must be independent: with several rows a customer use Bootstrap.
func DeLong(y, a, b []float64) (*AUCDifference, error) {
	ra, err := NewRanking(y, a, nil)
	if err != nil {
		return nil, err
	}
	rb, err := NewRanking(y, b, nil)
	if err != nil {
		return nil, err
	}
	if ra.pos < 2 || ra.neg < 2 {
		return nil, fmt.Errorf("%w: a test needs at least 2 rows of each outcome", ErrOneClass)
	}
	va, vb := placements(y, a, ra), placements(y, b, rb)
	d := &AUCDifference{A: ra.AUC(), B: rb.AUC()}
	d.Diff = d.A - d.B
	// The variance of the difference is that of the paired differences of the
	// placements, within each outcome.
	var sum, sq [2]float64
	for i := range y {
		k := int(y[i])
		sum[k] += va[i] - vb[i]
	}
	n := [2]float64{ra.neg, ra.pos}
	for i := range y {
		k := int(y[i])
		e := va[i] - vb[i] - sum[k]/n[k]
		sq[k] += e * e
	}
	d.SE = math.Sqrt(sq[0]/(n[0]-1)/n[0] + sq[1]/(n[1]-1)/n[1])
	if d.SE == 0 {
		d.P = 1
		d.Low, d.High = d.Diff, d.Diff
		d.Reason = "both scores put every pair of rows in the same order, so there is no difference to test"
		if d.Diff != 0 {
			d.Reason = "the difference does not vary between rows, so it has no standard error"
		}
		return d, nil
	}
	d.Z = d.Diff / d.SE
	d.P = math.Erfc(math.Abs(d.Z) / math.Sqrt2)
	d.Low, d.High = d.Diff-normal975*d.SE, d.Diff+normal975*d.SE
	return d, nil
}

// normal975 is the 97.5 % quantile of the normal distribution.
const normal975 = 1.959963984540054

// placements gives each row the share of the other outcome it is on the right
// side of: for a 1 the share of 0 below it, for a 0 the share of 1 above it.
func placements(y, score []float64, r *Ranking) []float64 {
	var by [2][]float64
	for i := range y {
		by[int(y[i])] = append(by[int(y[i])], score[i])
	}
	sort.Float64s(by[0])
	sort.Float64s(by[1])
	out := make([]float64, len(y))
	for i, s := range score {
		other := by[1-int(y[i])]
		below := sort.SearchFloat64s(other, s)
		upTo := sort.Search(len(other), func(k int) bool { return other[k] > s })
		place := float64(below+upTo) / 2 / float64(len(other))
		if y[i] == 0 {
			place = 1 - place
		}
		out[i] = place
	}
	return out
}
