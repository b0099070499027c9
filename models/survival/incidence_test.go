package survival

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"
)

func drawn(n, causes int) (Sample, []int) {
	r := rand.New(rand.NewPCG(5, 9))
	s := Sample{Entry: make([]float64, n)}
	cause := make([]int, n)
	for i := range n {
		s.Entry[i] = float64(r.IntN(3))
		s.Time, s.Event = append(s.Time, s.Entry[i]+1+float64(r.IntN(30))), append(s.Event, r.IntN(4) > 0)
		cause[i] = r.IntN(causes)
	}
	return s, cause
}

// With one cause it is one less Kaplan-Meier, with Greenwood's error; with several the
// causes and those left add up to 1.
func TestIncidenceAgainstKaplanMeier(t *testing.T) {
	s, cause := drawn(400, 3)
	km, err := KaplanMeier(s, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	one, err := CumulativeIncidence(s, make([]int, s.Len()), 1, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	three, err := CumulativeIncidence(s, cause, 3, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for i, step := range km.Steps {
		a, b := one.Steps[i], three.Steps[i]
		if math.Abs(a.Incidence[0]-(1-step.Survival)) > 1e-12 || a.AtRisk != step.AtRisk {
			t.Fatalf("at %v: %v, Kaplan-Meier %v", step.Time, a.Incidence[0], step.Survival)
		}
		if step.Survival > 0 && math.Abs(a.SE[0]-step.SE) > 1e-10 {
			t.Fatalf("at %v: error %v, Greenwood's %v", step.Time, a.SE[0], step.SE)
		}
		if sum := b.Incidence[0] + b.Incidence[1] + b.Incidence[2] + step.Survival; math.Abs(sum-1) > 1e-12 {
			t.Fatalf("at %v: all add up to %v", step.Time, sum)
		}
		for k := range 3 {
			if b.Incidence[k] > 0 && !(b.Lower[k] <= b.Incidence[k] && b.Incidence[k] <= b.Upper[k]) {
				t.Fatalf("at %v: %v outside %v to %v", step.Time, b.Incidence[k], b.Lower[k], b.Upper[k])
			}
		}
	}
}

// By hand: of four, one leaves by the first cause at 1 and one by the second at 2, one is
// lost from view at 3, one leaves by the first at 4: 1/4 and 3/4·1/3 = 1/4, then 1/4 + 1/2.
func TestIncidenceByHand(t *testing.T) {
	inc, err := CumulativeIncidence(Sample{Time: []float64{1, 2, 3, 4}, Event: []bool{true, true, false, true}}, []int{0, 1, 0, 0}, 2, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	last, _ := inc.At(9)
	if math.Abs(last.Incidence[0]-.75) > 1e-12 || math.Abs(last.Incidence[1]-.25) > 1e-12 {
		t.Errorf("incidence %v, want 0.75 and 0.25", last.Incidence)
	}
	// At 1 the share of a binomial of 4: (1/4·3/4/4)^½; at 2 that of the second cause is the same by symmetry.
	first, _ := inc.At(1)
	if want := math.Sqrt(.25 * .75 / 4); math.Abs(first.SE[0]-want) > 1e-12 {
		t.Errorf("error %v, want %v", first.SE[0], want)
	}
	second, _ := inc.At(2.5)
	if want := math.Sqrt(.25 * .75 / 4); math.Abs(second.SE[1]-want) > 1e-12 {
		t.Errorf("error without censoring %v, want that of a share %v", second.SE[1], want)
	}
	if _, known := inc.At(.5); known {
		t.Error("known before anybody left")
	}
}

// With somebody lost from view in between, by hand: n = 5, 4, 3, 2, 1 at 1 to 5, S before
// them 1, .8, .8, .5333, .2667, and of the first cause I = .2 from 1 and .46667 from 4. Of the
// variance Σ(I−I(t))²d/(n(n−d)) is .0711111/20 + .0711111/6, ΣS²d(n−d)/n³ is 4/125 +
// .284444/8, and 2Σ(I−I(t))S·d/n² is 2·.266667/25: .0616296 together. The bounds are
// I^exp(±1.96·SE/(I·|log I|)).
func TestIncidenceErrorByHand(t *testing.T) {
	inc, err := CumulativeIncidence(Sample{Time: []float64{1, 2, 3, 4, 5}, Event: []bool{true, false, true, true, false}}, []int{0, 0, 1, 0, 0}, 2, CurveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	at, _ := inc.At(4)
	near(t, "incidence", at.Incidence[0], 7./15, 1e-12)
	near(t, "variance", at.SE[0]*at.SE[0], .0616296, 1e-7)
	h := 1.959964 * math.Sqrt(.0616296) / (7. / 15 * -math.Log(7./15))
	near(t, "lower", at.Lower[0], math.Pow(7./15, math.Exp(h)), 1e-6)
	near(t, "upper", at.Upper[0], math.Pow(7./15, math.Exp(-h)), 1e-6)
}

func TestIncidenceRefuses(t *testing.T) {
	s := Sample{Time: []float64{1}, Event: []bool{true}}
	if _, err := CumulativeIncidence(s, nil, 1, CurveOptions{}); !errors.Is(err, ErrShape) {
		t.Errorf("no causes: %v", err)
	}
	if _, err := CumulativeIncidence(s, []int{2}, 2, CurveOptions{}); !errors.Is(err, ErrValue) {
		t.Errorf("cause 2 of 2: %v", err)
	}
}
