package metric

import (
	"cmp"
	"math"
	"slices"
)

// jackknifeGroups is how many groups of clusters are left out in turn.
const jackknifeGroups = 20

// Within is an AUC among rows that are alike in something else.
type Within struct {
	AUC       float64 // NaN where no stratum has both outcomes
	Low, High float64 // 95 % interval
	Pairs     float64 // of rows of different outcome in one stratum
}

// AUCWithin is the chance that a random 1 scores above a random 0 of the same stratum, a
// tie counting one half: what a score tells beyond the strata (van Elteren 1960, with
// strata weighted by their pairs). The interval leaves out a twentieth of the clusters at a
// time (jackknife by groups), so rows of one customer count together. Slices have one
// element a row; clusters are any numbers.
func AUCWithin(y, score []float64, stratum []int, cluster []int64) (Within, error) {
	if len(y) == 0 || len(score) != len(y) || len(stratum) != len(y) || len(cluster) != len(y) {
		return Within{}, ErrShape
	}
	order := make([]int, len(y))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(stratum[a], stratum[b]), cmp.Compare(score[a], score[b]))
	})
	group := make([]int, len(y))
	for i, c := range cluster {
		group[i] = int(uint64(c) * 0x9E3779B97F4A7C15 >> 33 % jackknifeGroups)
	}
	var w Within
	w.AUC, w.Pairs = within(y, score, stratum, order, func(int) bool { return true })
	if math.IsNaN(w.AUC) {
		return Within{AUC: w.AUC, Low: w.AUC, High: w.AUC}, nil
	}
	var squares float64
	for g := range jackknifeGroups {
		if v, _ := within(y, score, stratum, order, func(i int) bool { return group[i] != g }); !math.IsNaN(v) {
			squares += (v - w.AUC) * (v - w.AUC)
		}
	}
	half := 1.96 * math.Sqrt(squares*(jackknifeGroups-1)/jackknifeGroups)
	w.Low, w.High = max(0, w.AUC-half), min(1, w.AUC+half)
	return w, nil
}

// within is the share of pairs of one stratum in the right order, and their number.
func within(y, score []float64, stratum, order []int, keep func(i int) bool) (share, pairs float64) {
	var right, zeros, ones, zerosTied, onesTied float64
	close := func() { // ends a run of equal scores
		right += onesTied * (zeros + zerosTied/2)
		zeros, ones = zeros+zerosTied, ones+onesTied
		zerosTied, onesTied = 0, 0
	}
	for k, i := range order {
		if k > 0 {
			before := order[k-1]
			if stratum[before] != stratum[i] || score[before] != score[i] {
				close()
			}
			if stratum[before] != stratum[i] {
				pairs += zeros * ones
				zeros, ones = 0, 0
			}
		}
		if keep(i) {
			zerosTied, onesTied = zerosTied+1-y[i], onesTied+y[i]
		}
	}
	close()
	pairs += zeros * ones
	if pairs == 0 {
		return math.NaN(), 0
	}
	return right / pairs, pairs
}
