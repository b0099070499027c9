package segment

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// Customers whose shares are drawn from a known beta, others that differ by
// chance alone, and a group too small for a prior of its own.
func TestPriors(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var k, n []float64
	var group []int
	add := func(code int, share float64) {
		trials := 5 + rng.IntN(20)
		k, n, group = append(k, float64(binomial(rng, trials, share))), append(n, float64(trials)), append(group, code)
	}
	for range 4000 {
		// Beta(2, 6): the second of seven uniform numbers.
		least, second := 1.0, 1.0
		for range 7 {
			if u := rng.Float64(); u < least {
				least, second = u, least
			} else if u < second {
				second = u
			}
		}
		add(1, second)
		add(2, .3)
	}
	add(3, 1)
	priors, err := Priors(k, n, group, 10)
	if err != nil {
		t.Fatal(err)
	}
	if p := priors[1]; math.Abs(p.Mean-.25) > .01 || math.Abs(p.Weight-8) > .8 {
		t.Errorf("beta(2, 6): %+v, want mean .25 and weight 8", p)
	}
	if p := priors[2]; math.Abs(p.Mean-.3) > .01 || p.Weight < 200 {
		t.Errorf("chance alone: %+v, want mean .3 and a great weight", p)
	}
	if p := priors[3]; math.Abs(p.Mean-.275) > .01 {
		t.Errorf("a group of one: %+v, want the prior of all", p)
	}
	if got := (Prior{.25, 8}).Shrunk(4, 4); math.Abs(got-6./12) > 1e-15 {
		t.Errorf("4 of 4 shrunk: %v, want .5", got)
	}
}

// The prior found is likelier than any on a dense grid, the likelihood being that
// of drawing from an urn (Pólya), without gamma functions.
func TestPriorsAreTheLikeliest(t *testing.T) {
	sets := map[int]int{0: 32, 1: 103, 2: 122, 3: 80} // of three trials
	var k, n []float64
	var group []int
	for successes, rows := range sets {
		for range rows {
			k, n, group = append(k, float64(successes)), append(n, 3), append(group, 0)
		}
	}
	priors, err := Priors(k, n, group, 1)
	if err != nil {
		t.Fatal(err)
	}
	urn := func(mean, weight float64) (sum float64) {
		for successes := range 4 {
			chance := 1.0
			for i := range successes {
				chance *= (mean*weight + float64(i)) / (weight + float64(i))
			}
			for i := range 3 - successes {
				chance *= ((1-mean)*weight + float64(i)) / (weight + float64(successes+i))
			}
			sum += float64(sets[successes]) * math.Log(chance)
		}
		return sum
	}
	found := urn(priors[0].Mean, priors[0].Weight)
	for mean := .5; mean < .65; mean += .002 {
		for weight := 2.0; weight < 60; weight *= 1.02 {
			if other := urn(mean, weight); other > found+1e-6 {
				t.Fatalf("%+v has %.6f, mean %.3f and weight %.2f have %.6f", priors[0], found, mean, weight, other)
			}
		}
	}
}

func TestPriorsOfOddInput(t *testing.T) {
	for name, c := range map[string]struct{ k, n, want float64 }{"no trials": {0, 0, 0}, "never": {0, 5, 0}, "always": {5, 5, 1}} {
		priors, err := Priors([]float64{c.k}, []float64{c.n}, []int{7}, 1)
		if err != nil {
			t.Fatal(err)
		}
		if p := priors[7]; p.Mean != c.want || !(p.Weight > 0) {
			t.Errorf("%s: %+v", name, p)
		}
	}
	for name, c := range map[string][2][]float64{"more successes than trials": {{2}, {1}}, "not a number": {{math.NaN()}, {1}}} {
		if _, err := Priors(c[0], c[1], []int{0}, 1); !errors.Is(err, ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Priors([]float64{1}, nil, nil, 1); !errors.Is(err, ErrShape) {
		t.Errorf("shapes: %v", err)
	}
}
