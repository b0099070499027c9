package taste

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

// classes are 40 of falling shares, and a customer's taste as the trade has it:
// one to three favourites of .45, .22, .13, the rest as everyone.
func shares() []float64 {
	base := make([]float64, 40)
	sum := 0.
	for i := range base {
		base[i] = 1 / float64(i+5)
		sum += base[i]
	}
	for i := range base {
		base[i] /= sum
	}
	return base
}

func draw(base []float64, rng *rand.Rand) int {
	u := rng.Float64()
	for i, b := range base {
		if u < b {
			return i
		}
		u -= b
	}
	return len(base) - 1
}

func line(base []float64, favourites []int, rng *rand.Rand) int {
	u := rng.Float64()
	for i, w := range []float64{.45, .22, .13}[:len(favourites)] {
		if u < w {
			return favourites[i]
		}
		u -= w
	}
	return draw(base, rng)
}

// TestTopIsFound plants tastes and finds the first of them: the share found is
// that of METHODS.md for so many lines or more, and confidence says how often
// it is right, to a tenth.
func TestTopIsFound(t *testing.T) {
	base := shares()
	rng := rand.New(rand.NewPCG(1, 1))
	for n, want := range map[int]float64{3: .50, 5: .62, 10: .75, 20: .87, 50: .96} {
		const customers = 2000
		found, sure := 0., 0.
		for range customers {
			favourites := []int{draw(base, rng)}
			for range rng.IntN(3) {
				favourites = append(favourites, draw(base, rng))
			}
			members := make([]Member, len(base))
			for i, b := range base {
				members[i].Base = b
			}
			for range n {
				members[line(base, favourites, rng)].Lines++
			}
			f, err := Top(members, float64(n), 3)
			if err != nil {
				t.Fatal(err)
			}
			sure += f.Confidence
			if f.Index == favourites[0] {
				found++
			}
		}
		t.Logf("%d lines: found %.3f, confidence %.3f", n, found/customers, sure/customers)
		if found/customers < want {
			t.Errorf("%d lines: the first favourite is found in %.3f, want %.2f", n, found/customers, want)
		}
		if n >= 10 && math.Abs(found-sure)/customers > .1 {
			t.Errorf("%d lines: confidence %.3f, right %.3f", n, sure/customers, found/customers)
		}
	}
}

// TestConcentration draws customers of a known α by a Pólya urn, which is the
// Dirichlet-multinomial, and finds it from the moments within a tenth.
func TestConcentration(t *testing.T) {
	base := shares()
	between := 0.
	for _, b := range base {
		between += b * b
	}
	for _, alpha := range []float64{2, 10, 50} {
		rng := rand.New(rand.NewPCG(2, uint64(alpha)))
		within, customers := 0., 8000
		for range customers {
			const n = 12
			counts := make([]float64, len(base))
			var urn []int
			for i := range n {
				k := 0
				if rng.Float64() < alpha/(alpha+float64(i)) {
					k = draw(base, rng)
				} else {
					k = urn[rng.IntN(i)]
				}
				urn = append(urn, k)
				counts[k]++
			}
			same := 0.
			for _, c := range counts {
				same += c * (c - 1)
			}
			within += same / (n * (n - 1))
		}
		got := Concentration(within/float64(customers), between)
		if math.Abs(got/alpha-1) > .1 {
			t.Errorf("α %v: found %v", alpha, got)
		}
	}
	for _, c := range []struct{ within, between, want float64 }{{math.NaN(), .1, MostConcentration}, {.1, .2, MostConcentration}, {1, .1, LeastConcentration}, {.4, .1, 2}} {
		if got := Concentration(c.within, c.between); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("within %v, between %v: %v, want %v", c.within, c.between, got, c.want)
		}
	}
}

func TestShrinkage(t *testing.T) {
	// (3 + 4·0.1) / (3 + 4)
	if got := Share(3, 3, .1, 4); math.Abs(got-3.4/7) > 1e-12 {
		t.Errorf("share %v", got)
	}
	if got := Affinity(Share(3, 3, .1, 4), .1); math.Abs(got-34./7) > 1e-12 {
		t.Errorf("affinity %v", got)
	}
	if !math.IsNaN(Affinity(.2, 0)) || Share(0, 0, .2, 0) != 0 {
		t.Error("without a base or a line there is no preference")
	}
	if got := Decay(730, 365); got != .25 {
		t.Errorf("decay %v", got)
	}
	// 6 lines, 3 + 2 + 1: 6·5 / (3·2 + 2·1) = 3.75
	if got := Breadth([]float64{3, 2, 1}); got != 3.75 {
		t.Errorf("breadth %v", got)
	}
	if got := Breadth([]float64{1, 1}); got != 2 {
		t.Errorf("breadth of two members %v", got)
	}
	if !math.IsNaN(Breadth([]float64{1})) {
		t.Error("one line has no breadth")
	}
}

func TestNothingPreferred(t *testing.T) {
	f, err := Top([]Member{{Lines: 1, Base: .5}, {Lines: 1, Base: .5}}, 2, 3)
	if err != nil || f.Index != -1 || f.Confidence != 0 {
		t.Errorf("%+v, %v", f, err)
	}
	if f, err := Top([]Member{{Lines: 4, Base: .25}}, 4, 0); err != nil || f.Index != 0 || f.Confidence != 1 {
		t.Errorf("one member only: %+v, %v", f, err)
	}
	if _, err := Top([]Member{{Lines: math.NaN()}}, 1, 1); !errors.Is(err, ErrMembers) {
		t.Errorf("NaN: %v", err)
	}
}

// visitor buys one to four lines a visit; after the change his first favourite
// is another.
func visitor(base []float64, n, change int, rng *rand.Rand) (visits []Visit, favourites []int) {
	favourites = []int{draw(base, rng), draw(base, rng)}
	for day := range n {
		if day == change {
			for old := favourites[0]; favourites[0] == old; {
				favourites[0] = draw(base, rng)
			}
		}
		v := Visit{Day: day * 10}
		seen := map[int32]bool{}
		for range 1 + rng.IntN(4) {
			if m := int32(line(base, favourites, rng)); !seen[m] {
				seen[m] = true
				v.Members = append(v.Members, m)
			}
		}
		visits = append(visits, v)
	}
	return visits, favourites
}

// TestDriftFalseAlarms: without a change at most 1 % of customers are found, to
// three standard errors.
func TestDriftFalseAlarms(t *testing.T) {
	base := shares()
	rng := rand.New(rand.NewPCG(3, 3))
	const customers = 800
	alarms := 0.
	for range customers {
		visits, _ := visitor(base, 15+rng.IntN(30), -1, rng)
		if Drift(visits, DriftOptions{}, rng).Found {
			alarms++
		}
	}
	if rate := alarms / customers; rate > .01+3*math.Sqrt(.01*.99/customers) {
		t.Errorf("false alarms %.4f", rate)
	}
}

// TestDriftIsFoundAndDated: a first favourite that changes half-way is found in
// most of those with some 75 lines, and dated within five visits in most.
func TestDriftIsFoundAndDated(t *testing.T) {
	base := shares()
	rng := rand.New(rand.NewPCG(4, 4))
	found, dated, named := 0, 0, 0
	const customers = 200
	for range customers {
		visits, favourites := visitor(base, 40, 20, rng)
		c := Drift(visits, DriftOptions{}, rng)
		if !c.Found {
			continue
		}
		found++
		if math.Abs(float64(c.Day-200)) <= 50 {
			dated++
		}
		if int(c.To) == favourites[0] {
			named++
		}
	}
	t.Logf("found %d of %d, dated %d, named %d", found, customers, dated, named)
	if found < customers*6/10 || dated < found*7/10 || named < found*8/10 {
		t.Errorf("found %d of %d, dated %d, named %d", found, customers, dated, named)
	}
}

func TestDriftNeedsPurchases(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for name, visits := range map[string][]Visit{
		"none":    nil,
		"few":     {{1, []int32{1}}, {2, []int32{2}}},
		"one day": {{5, []int32{1, 2, 3, 4, 5, 6, 7, 8}}, {5, []int32{11, 12, 13, 14, 15, 16, 17, 18}}},
	} {
		if c := Drift(visits, DriftOptions{}, rng); c.Tested || c.Found || c.P != 1 {
			t.Errorf("%s: %+v", name, c)
		}
	}
}
