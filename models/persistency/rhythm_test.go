package persistency

import (
	"errors"
	"math"
	"math/rand/v2"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOnlineRetailRhythm(t *testing.T) {
	h, last := retail(t)
	gaps, err := InterPurchase(h, nil, nil, last, []float64{0.5, 0.8})
	if err != nil {
		t.Fatal(err)
	}
	var all []float64
	for c := range h.Customers() {
		days := h.Days(c, last)
		for i := 1; i < len(days); i++ {
			all = append(all, float64(days[i]-days[i-1]))
		}
	}
	sort.Float64s(all)
	for _, q := range gaps[0].Quantiles {
		within := sort.SearchFloat64s(all, q.Days+0.5)
		less := sort.SearchFloat64s(all, q.Days-0.5)
		if n := float64(len(all)); float64(within) < q.Share*n || float64(less) >= q.Share*n {
			t.Errorf("%.0f %% within %v days: %d, %d of %v", 100*q.Share, q.Days, less, within, n)
		}
	}
	k, err := WheatMorrison(h, nil, nil, last, RegularityOptions{})
	if err != nil {
		t.Fatal(err)
	}
	r := k[0]
	if !(r.Lower < r.K && r.K < r.Upper && r.Chance > 1 && r.Chance < r.Lower) || r.Reason != "" {
		t.Errorf("%+v", r)
	}
}

func TestInterPurchaseByType(t *testing.T) {
	h := buys(t, []int{0, 10, 30}, []int{5, 45}, []int{7}, nil)
	rows, err := InterPurchase(h, []int{3, 3, 9, 9}, nil, 100, []float64{0.5, 0.8})
	if err != nil {
		t.Fatal(err)
	}
	want := []GapRow{
		{Type: 3, Buyers: 2, Repeaters: 2, RepeatRate: 1, Gaps: 3, Mean: 70. / 3, Quantiles: []GapQuantile{{0.5, 20}, {0.8, 40}}},
		{Type: 9, Buyers: 1, Reason: "nobody bought a second time"},
		{Type: All, Buyers: 3, Repeaters: 2, RepeatRate: 2. / 3, Gaps: 3, Mean: 70. / 3, Quantiles: []GapQuantile{{0.5, 20}, {0.8, 40}}},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if _, err := InterPurchase(h, []int{1}, nil, 100, nil); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if _, err := InterPurchase(h, nil, nil, 100, []float64{0}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

// gammaWorld draws customers with gaps of shape k and rates that differ widely,
// cut off at the end as real data are.
func gammaWorld(t *testing.T, rng *rand.Rand, customers int, k, mean float64) *History {
	t.Helper()
	days := make([][]int, customers)
	for c := range days {
		own := mean * math.Exp(rng.NormFloat64()/2)
		for at := 50 * mean * rng.Float64(); at < 60*mean; at += own / k * gamma(rng, k) {
			days[c] = append(days[c], int(at))
		}
	}
	return buys(t, days...)
}

// gamma draws a gamma variate of shape k, 1 or more (Marsaglia & Tsang 2000).
func gamma(rng *rand.Rand, k float64) float64 {
	d := k - 1./3
	for {
		x := rng.NormFloat64()
		v := 1 + x/math.Sqrt(9*d)
		if v <= 0 {
			continue
		}
		v = v * v * v
		if math.Log(rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func TestWheatMorrisonFindsPlantedShape(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 4))
	for _, c := range []struct{ k, mean float64 }{{1, 2000}, {2, 2000}, {4, 2000}, {1, 8}} {
		covered := 0.0
		const runs = 60
		for range runs {
			rows, err := WheatMorrison(gammaWorld(t, rng, 150, c.k, c.mean), nil, nil, 1e6, RegularityOptions{Resamples: 200})
			if err != nil {
				t.Fatal(err)
			}
			r, want := rows[0], c.k
			if c.k == 1 { // days matter where gaps are short
				want = r.Chance
			}
			if math.Abs(r.K/want-1) > 0.3 {
				t.Errorf("k = %.3f, planted %v", r.K, want)
			}
			if r.Lower <= want && want <= r.Upper {
				covered += 1. / runs
			}
			if c.mean == 2000 && (r.Chance < 1 || r.Chance > 1.05) || c.mean == 8 && r.Chance < 1.1 {
				t.Errorf("by chance k would be %.3f", r.Chance)
			}
		}
		// 60 intervals at 95 %: the standard error of the share is .028.
		if covered < 0.85 {
			t.Errorf("k = %v, mean gap %v: the 95 %% interval covers %.3f", c.k, c.mean, covered)
		}
	}
}

func TestWheatMorrisonByHand(t *testing.T) {
	// Gaps 10, 30 and 20, 20, 60: M = 1/4; 1/2, 1/4.
	h := buys(t, []int{0, 10, 40}, []int{0, 20, 40, 100})
	rows, err := WheatMorrison(h, nil, nil, 1000, RegularityOptions{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	v := (1./16 + (0+1./16)/2) / 2
	near(t, "V", rows[0].Variance, v, 1e-15)
	near(t, "k", rows[0].K, (1-4*v)/(8*v), 1e-12)
	// By chance: sums of 40; 40 and 80 days.
	v = (38./480 + (38./480+78./960)/2) / 2
	near(t, "k by chance", rows[0].Chance, (1-4*v)/(8*v), 1e-12)
	if rows[0].Customers != 2 || rows[0].Pairs != 3 {
		t.Errorf("%+v", rows[0])
	}
	again, _ := WheatMorrison(h, nil, nil, 1000, RegularityOptions{Seed: 7})
	if diff := cmp.Diff(rows, again); diff != "" {
		t.Error(diff)
	}
}

// Drawing groups in place of customers gives the same width.
func TestManyCustomersAreDrawnInGroups(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 4))
	values := make([]spread, 30_001)
	var sum, square float64
	for i := range values {
		values[i] = spread{rng.Float64() / 4, 1. / 12}
		sum += values[i].seen
		square += values[i].seen * values[i].seen
	}
	n := float64(len(values))
	se := math.Sqrt((square/n - sum/n*sum/n) / n)
	var r Regularity
	r.estimate(values, RegularityOptions{Resamples: 4000, Level: 0.95})
	near(t, "lower", r.Lower, shape(sum/n+1.96*se), 6e-4)
	near(t, "upper", r.Upper, shape(sum/n-1.96*se), 6e-4)
}

func TestWheatMorrisonWithoutAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		h    *History
		want string
	}{
		"even":  {buys(t, []int{0, 7, 14, 21}, []int{0, 5, 10}), "perfectly regular"},
		"daily": {buys(t, []int{0, 1, 2, 3}, []int{4, 5, 6}), "single day"},
		"few":   {buys(t, []int{0, 7}, []int{3}), "fewer than two customers"},
	} {
		rows, err := WheatMorrison(c.h, []int{1, 2}, nil, 1000, RegularityOptions{})
		if err != nil {
			t.Fatal(err)
		}
		all := rows[2]
		if all.Type != All || !strings.Contains(all.Words(), c.want) || all.K != 0 || all.Upper != 0 {
			t.Errorf("%s: %+v", name, all)
		}
	}
	if _, err := WheatMorrison(buys(t, []int{1}), nil, nil, 1, RegularityOptions{Level: 2}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}
