package metric

import (
	"math"
	"math/rand/v2"
	"testing"
)

// By hand: in stratum 0 the one row of outcome 1 beats one of two others and ties with the
// other, in stratum 1 it loses to one: 1.5 of 3 pairs. Over all rows it would be otherwise.
func TestAUCWithin(t *testing.T) {
	y := []float64{1, 0, 0, 1, 0, 0}
	score := []float64{.5, .5, .1, .8, .9, 0}
	w, err := AUCWithin(y, score, []int{0, 0, 0, 1, 1, 2}, []int64{1, 2, 3, 4, 5, 6})
	if err != nil || w.AUC != .5 || w.Pairs != 3 {
		t.Errorf("%+v, %v; want 1.5 of 3 pairs", w, err)
	}
	if _, err := AUCWithin(y, score[:2], nil, nil); err == nil {
		t.Error("lengths that differ are taken")
	}
	if w, err = AUCWithin(y[:2], score[:2], []int{0, 1}, []int64{1, 2}); err != nil || !math.IsNaN(w.AUC) {
		t.Errorf("no pair gives %+v, %v", w, err)
	}
}

// A score that only tells the strata apart tells nothing within them, and its interval
// holds one half; one that tells more does not.
func TestAUCWithinBeyondStrata(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	n := 4000
	y, blind, seeing := make([]float64, n), make([]float64, n), make([]float64, n)
	stratum, cluster := make([]int, n), make([]int64, n)
	for i := range n {
		stratum[i], cluster[i] = r.IntN(10), int64(r.IntN(900))
		if r.Float64() < .05*float64(stratum[i]) {
			y[i] = 1
		}
		blind[i] = float64(stratum[i]) + .01*r.NormFloat64()
		seeing[i] = blind[i] + .01*y[i]
	}
	all, err := NewRanking(y, blind, nil)
	if err != nil || all.AUC() < .65 {
		t.Fatalf("AUC over all %v, %v", all.AUC(), err)
	}
	w, err := AUCWithin(y, blind, stratum, cluster)
	if err != nil || w.Low > .5 || w.High < .5 || w.High-w.Low > .1 {
		t.Errorf("blind within strata: %+v, %v", w, err)
	}
	if w, err = AUCWithin(y, seeing, stratum, cluster); err != nil || w.Low < .6 {
		t.Errorf("seeing within strata: %+v, %v", w, err)
	}
}
