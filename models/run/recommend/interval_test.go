package recommend

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The shortest interval adds up the chances it says, and no other of its length
// has more.
func TestShortestInterval(t *testing.T) {
	chance := func(mean, k, n float64) float64 { // by its definition, Γ(n+k)/(Γ(k)n!)·q^k(1−q)^n
		lg := func(x float64) float64 { v, _ := math.Lgamma(x); return v }
		return math.Exp(lg(n+k) - lg(k) - lg(n+1) + k*math.Log(k/(k+mean)) + n*math.Log(mean/(k+mean)))
	}
	sum := func(mean, k, low, high float64) float64 {
		s := 0.
		for n := low; n <= high; n++ {
			s += chance(mean, k, n)
		}
		return s
	}
	for _, q := range []struct{ mean, k float64 }{{.3, .5}, {2, .4}, {7, 2}, {40, 5}, {40, 1e6}, {0, 1}} {
		low, high := interval(q.mean, q.k, .8)
		if q.mean == 0 {
			if low != 0 || high != 0 {
				t.Errorf("mean 0: %v to %v", low, high)
			}
			continue
		}
		got := sum(q.mean, q.k, low, high)
		if got < .8 {
			t.Errorf("mean %v shape %v: %v to %v has %v", q.mean, q.k, low, high, got)
		}
		for from := 0.; from < high+5; from++ {
			if high > low && sum(q.mean, q.k, from, from+high-low-1) >= .8 {
				t.Errorf("mean %v shape %v: from %v a shorter interval than %v to %v", q.mean, q.k, from, low, high)
			}
		}
		// What is within at a level, and no lower one, needs it.
		need := needed(q.mean, q.k, high+1)
		if l, h := interval(q.mean, q.k, need); l <= high+1 && high+1 <= h {
			t.Errorf("mean %v: %v is within at %v", q.mean, high+1, need)
		}
		if l, h := interval(q.mean, q.k, math.Nextafter(need, 2)); l > high+1 || high+1 > h {
			t.Errorf("mean %v: %v is not within above %v", q.mean, high+1, need)
		}
	}
}

// Listings of few copies, whose level shifts and whose spread is not that of the
// model: the intervals hold what they say they do, on listings that they have
// not seen.
func TestIntervalsHoldTheirShare(t *testing.T) {
	for seed := range uint64(3) {
		rng := rand.New(rand.NewPCG(seed, 3))
		listings := &traits{}
		var rows []int
		for i := range 4000 {
			class := rng.IntN(6)
			mean := []float64{.3, 1, 2, 3, 6, 12}[class]
			if i > 2000 {
				mean *= 1.1
			}
			n := 0.
			for range int(mean*10*math.Exp(rng.NormFloat64()*.8-.3) + .5) { // log-normal, not gamma
				if rng.IntN(10) == 0 {
					n++
				}
			}
			for k := range listings.by {
				listings.by[k] = append(listings.by[k], 0)
			}
			listings.by[0][i] = int32(class)
			listings.copies = append(listings.copies, n)
			rows = append(rows, i)
		}
		m := testCopies(listings, rows)
		if m.coverage < .75 || m.coverage > .85 {
			t.Errorf("seed %d: %.3f of the last quarter within, level %.3f", seed, m.coverage, m.level)
		}
	}
}

// Few listings set no level.
func TestFewListingsSetNoLevel(t *testing.T) {
	if l := levelsOf(nil, nil); l.at(5) != intervalShare {
		t.Errorf("without listings %v", l)
	}
	means, needs := make([]float64, 300), make([]float64, 300)
	for k := range means {
		means[k], needs[k] = float64(k), float64(k%100)/100*float64(1+k/100)/3
	}
	if l := levelsOf(means, needs); len(l) != 3 || l.at(50) > .3 || l.at(150) < .5 || l.at(150) > .6 || l.at(1e9) < .75 {
		t.Errorf("levels by thirds %v", l)
	}
	if got := calibrated([]float64{.1, .2}); got != intervalShare {
		t.Errorf("level %v", got)
	}
}
