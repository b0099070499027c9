package uplift

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// offers draws quotes of customers whose chance to accept is .38·price^slope, for
// prices even in .75 to 1.25.
func offersOf(rng *rand.Rand, customers, each int, slope func(k int) float64) Quotes {
	var q Quotes
	for k := range customers {
		s := slope(k)
		for range each {
			price := .75 + .5*rng.Float64()
			y := 0.0
			if rng.Float64() < min(1, .38*math.Pow(price, s)) {
				y = 1
			}
			q.Customer, q.Price, q.Accepted = append(q.Customer, fmt.Sprintf("%05d", k)), append(q.Price, price), append(q.Accepted, y)
		}
	}
	return q
}

// Planted: 15 % of customers with an elasticity of −2.2, the others with −.4. The
// tolerance is three of the standard errors the fit states.
func TestAcceptanceFindsPlantedClasses(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	steep := func(k int) bool { return k%20 < 3 }
	q := offersOf(rng, 1000, 150, func(k int) float64 {
		if steep(k) {
			return -2.2
		}
		return -.4
	})
	e, err := FitAcceptance(q, ElasticityOptions{Least: 20})
	if err != nil {
		t.Fatal(err)
	}
	if !e.TwoClasses {
		t.Fatal(e.Reason)
	}
	for k, want := range []float64{-.4, -2.2} {
		if c := e.Classes[k]; math.Abs(c.Mean-want) > 3*c.SE || !(c.SE > 0 && c.SE < .5) {
			t.Errorf("class %d: %.3f ± %.3f, planted %v", k, c.Mean, c.SE, want)
		}
	}
	if mean := -.4*.85 - 2.2*.15; math.Abs(e.Mean-mean) > 3*e.SE {
		t.Errorf("mean %.3f ± %.3f, planted %.3f", e.Mean, e.SE, mean)
	}
	// The area under the curve, by counting pairs.
	var above, pairs float64
	for i, a := range e.Customers {
		for j, b := range e.Customers {
			if steep(i) && !steep(j) {
				pairs++
				switch {
				case a.Transaction > b.Transaction:
					above++
				case a.Transaction == b.Transaction:
					above += .5
				}
			}
		}
	}
	if auc := above / pairs; auc < .9 {
		t.Errorf("AUC %.3f", auc)
	}
}

func TestAcceptanceOfOneClass(t *testing.T) {
	q := offersOf(rand.New(rand.NewPCG(3, 2)), 400, 40, func(int) float64 { return -1 })
	e, err := FitAcceptance(q, ElasticityOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if e.TwoClasses || math.Abs(e.Mean+1) > 3*e.SE {
		t.Errorf("two classes %v, mean %.3f ± %.3f, planted -1", e.TwoClasses, e.Mean, e.SE)
	}
	if e.Counts[Unclear] != 400 {
		t.Errorf("classes %v", e.Counts)
	}
}

// The likelihood of one customer against direct multiplication on the same grid.
func TestAcceptanceLikelihood(t *testing.T) {
	q := Quotes{Customer: []string{"a", "a", "a"}, Price: []float64{.8, 1, 1.2}, Accepted: []float64{1, 0, 1}}
	grid := slopes()
	level := math.Log(.5)
	got := newOffer(q, []int{0, 1, 2}, level, grid)
	want := make([]float64, len(grid))
	top := 0.0
	for h, s := range grid {
		for a := rateLow; a < rateHigh+rateStep/2; a += rateStep {
			p := math.Exp(-(a - level) * (a - level) / 2 / levelSpread / levelSpread)
			for i, price := range q.Price {
				chance := min(math.Exp(a+s*math.Log(price)), 1-1e-6)
				if q.Accepted[i] == 0 {
					chance = 1 - chance
				}
				p *= chance
			}
			want[h] += p
		}
		top = max(top, want[h])
	}
	for h := range grid {
		if math.Abs(got.likelihood[h]-want[h]/top) > 1e-12 {
			t.Fatalf("slope %.2f: %v, want %v", grid[h], got.likelihood[h], want[h]/top)
		}
	}
}

func TestAcceptanceRefuses(t *testing.T) {
	for name, q := range map[string]Quotes{
		"nothing":      {},
		"lengths":      {Customer: []string{"a"}, Price: []float64{1, 2}, Accepted: []float64{1}},
		"price of 0":   {Customer: []string{"a"}, Price: []float64{0}, Accepted: []float64{1}},
		"half a yes":   {Customer: []string{"a"}, Price: []float64{1}, Accepted: []float64{.5}},
		"no price":     {Customer: []string{"a"}, Price: []float64{math.NaN()}, Accepted: []float64{1}},
		"endless cost": {Customer: []string{"a"}, Price: []float64{math.Inf(1)}, Accepted: []float64{1}},
	} {
		if _, err := FitAcceptance(q, ElasticityOptions{}); !errors.Is(err, ErrShape) && !errors.Is(err, ErrValue) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One customer, one price, one answer only: a reason, no slope.
	for name, q := range map[string]Quotes{
		"one customer": {Customer: []string{"a", "a"}, Price: []float64{1, 2}, Accepted: []float64{1, 0}},
		"one price":    {Customer: []string{"a", "b", "c", "d"}, Price: []float64{1, 1, 1, 1}, Accepted: []float64{1, 0, 1, 0}},
		"all accepted": offersOf(rand.New(rand.NewPCG(1, 1)), 0, 0, nil).with("a", "b", "c", "d"),
	} {
		e, err := FitAcceptance(q, ElasticityOptions{})
		if err != nil || e.Reason == "" || e.SE != 0 {
			t.Errorf("%s: %+v, %v", name, e, err)
		}
	}
}

// with gives each customer two prices and lets it accept both.
func (q Quotes) with(customers ...string) Quotes {
	for _, c := range customers {
		q.Customer, q.Price, q.Accepted = append(q.Customer, c, c), append(q.Price, .9, 1.1), append(q.Accepted, 1, 1)
	}
	return q
}

// Matching several outcomes at once is matching each alone.
func TestMatchOutcomes(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	d := selfSelected(400, .1, 5)
	var amount []float64
	for range d.Y {
		amount = append(amount, rng.NormFloat64())
	}
	both, err := MatchOutcomes(d, [][]float64{amount}, MatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	alone, err := Match(Experiment{X: d.X, Treated: d.Treated, Y: amount}, MatchOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if both[1].Effect != alone.Effect || both[1].SE != alone.SE || both[1].Worst != alone.Worst || both[1].Treated != alone.Treated {
		t.Errorf("%+v, want %+v", both[1], alone)
	}
	if _, err := MatchOutcomes(d, [][]float64{amount[1:]}, MatchOptions{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

// Counts that are given are used: the third of a month is answered half as often.
func TestFatigueOfGivenCounts(t *testing.T) {
	var c Contacts
	for customer := range 200 {
		for nth := 1; nth <= 3; nth++ {
			c.Customer, c.Day, c.Nth = append(c.Customer, fmt.Sprint(customer)), append(c.Day, 100*nth), append(c.Nth, nth)
			y := 0.0
			if customer%10 < []int{0, 4, 4, 2}[nth] {
				y = 1
			}
			c.Response = append(c.Response, y)
		}
	}
	f, err := MeasureFatigue(c, FatigueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Steps) != 3 || math.Abs(f.Steps[2].Ratio-.5) > 1e-12 || math.Abs(f.Steps[1].Ratio-1) > 1e-12 || f.Steps[2].Rate != .2 {
		t.Errorf("%+v", f.Steps)
	}
	c.Nth[0] = 0
	if _, err := MeasureFatigue(c, FatigueOptions{}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}
