package uplift

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestHillstromEffects: rates, effects and tests of the published experiment,
// computed by hand from its 64,000 rows.
func TestHillstromEffects(t *testing.T) {
	h := readHillstrom(t)
	for _, c := range []struct {
		name, segment               string
		y                           []float64
		treated, control, lift      float64
		tolerance, z, se, low, high float64 // 0: not given
	}{
		{"men visit", "Mens E-Mail", h.visit, .182757, .106167, .076590, 1e-6, 22.62, .003386, 0, 0},
		{"women visit", "Womens E-Mail", h.visit, .151400, .106167, .045233, 1e-6, 13.98, 0, 0, 0},
		{"men conversion", "Mens E-Mail", h.convert, .012531, .005726, .006805, 1e-6, 0, 0, 0, 0},
		{"women conversion", "Womens E-Mail", h.convert, .008837, .005726, .003111, 1e-6, 0, 0, 0, 0},
		{"men spend", "Mens E-Mail", h.spend, 1.422617, .652789, .769827, 1e-6, 0, 0, .485, 1.055},
		{"women spend", "Womens E-Mail", h.spend, 1.077202, .652789, .424412, 1e-6, 0, 0, .169, .680},
	} {
		e, err := Compare(h.arms(c.segment, c.y))
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.name+" treated", e.Treated, c.treated, c.tolerance)
		near(t, c.name+" control", e.Control, c.control, c.tolerance)
		near(t, c.name+" lift", e.Lift, c.lift, c.tolerance)
		if c.z > 0 {
			near(t, c.name+" z", e.Z, c.z, .006)
		}
		if c.se > 0 {
			near(t, c.name+" SE", e.SE, c.se, 1e-6)
		}
		if c.high > 0 {
			near(t, c.name+" low", e.Low, c.low, 6e-4)
			near(t, c.name+" high", e.High, c.high, 6e-4)
		}
		if e.Method == "" || e.NControl != 21306 {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

// TestSampleSize: 4 % to 6 % needs 1,863 in each arm at 80 % power, 4 % to 5 %
// needs 6,745.
func TestSampleSize(t *testing.T) {
	for _, c := range []struct {
		lift float64
		want int
	}{{.02, 1863}, {.01, 6745}} {
		p := Plan{Base: .04, Lift: c.lift}
		a, b, err := p.SampleSize()
		if err != nil || a != c.want || b != c.want {
			t.Errorf("lift %v: %d and %d, %v", c.lift, a, b, err)
		}
		power, err := p.Chance(a, b)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "power", power, .8, 1e-3)
		mde, err := p.Detectable(a, b)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "detectable", mde, c.lift, 1e-5)
	}
	// Twice as many controls need fewer treated, and the power still fits.
	p := Plan{Base: .04, Lift: .02, Controls: 2}
	a, b, err := p.SampleSize()
	if err != nil || a >= 1863 || b < 2*a-1 {
		t.Errorf("%d and %d, %v", a, b, err)
	}
	power, err := p.Chance(a, b)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "power with two controls", power, .8, 5e-3)
	// n = 2·(1.95996+.84162)²·sd²/δ² = 15.698·25 = 392.4 for sd 5, lift 1.
	if n, err := MeansSampleSize(5, 1, 0, 0); err != nil || n != 393 {
		t.Errorf("%d %v", n, err)
	}
	for _, p := range []Plan{{}, {Base: .5, Lift: .6}, {Base: .1}, {Base: .1, Lift: .1, Power: 1}, {Base: .1, Lift: 1e-9}} {
		if _, _, err := p.SampleSize(); !errors.Is(err, ErrValue) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if _, err := (Plan{Base: .5}).Detectable(2, 2); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
	if _, err := MeansSampleSize(0, 1, 0, 0); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

// TestPowerSimulated: the test finds the lift as often as planned.
func TestPowerSimulated(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := Plan{Base: .1, Lift: .06}
	n, _, err := p.SampleSize()
	if err != nil {
		t.Fatal(err)
	}
	const runs = 6000
	found, covered, alarms := 0, 0, 0
	draw := func(rate float64) int {
		k := 0
		for range n {
			if rng.Float64() < rate {
				k++
			}
		}
		return k
	}
	for range runs {
		e, err := Rates(draw(.16), n, draw(.1), n)
		if err != nil {
			t.Fatal(err)
		}
		none, err := Rates(draw(.1), n, draw(.1), n)
		if err != nil {
			t.Fatal(err)
		}
		found += arm(e.P < .05)
		covered += arm(e.Low <= .06 && .06 <= e.High)
		alarms += arm(none.P < .05)
	}
	near(t, "power", float64(found)/runs, .8, .02)
	near(t, "coverage", float64(covered)/runs, .95, .01)
	near(t, "false alarms", float64(alarms)/runs, .05, .01)
}

// TestFewResponders: Fisher's tea tasting, 3 of 4 against 1 of 4, p = 34/70;
// intervals stay within −1 to 1 and have a width even for 0 of n.
func TestFewResponders(t *testing.T) {
	e, err := Rates(3, 4, 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Fisher", e.P, 34.0/70, 1e-12)
	none, err := Rates(0, 50, 0, 50)
	if err != nil {
		t.Fatal(err)
	}
	if none.P != 1 || !(none.Low < 0 && none.High > 0 && none.High < .1) {
		t.Errorf("%+v", none)
	}
	// Newcombe (1998), table II: 56/70 − 48/80 = .2, method 10: .0524 to .3339.
	// Here through the same parts, as the rates are not few.
	tl, th := wilson(.8, 70)
	cl, ch := wilson(.6, 80)
	near(t, "Newcombe low", .2-math.Hypot(.8-tl, ch-.6), .0524, 5e-5)
	near(t, "Newcombe high", .2+math.Hypot(th-.8, .6-cl), .3339, 5e-5)
	for _, bad := range [][4]int{{5, 4, 1, 4}, {-1, 4, 1, 4}} {
		if _, err := Rates(bad[0], bad[1], bad[2], bad[3]); !errors.Is(err, ErrValue) {
			t.Error(err)
		}
	}
	if _, err := Rates(0, 0, 1, 4); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
}

func TestEvaluate(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	campaign := func(n int, rate float64) (a Arm) {
		for range n {
			y, m := 0.0, 0.0
			if rng.Float64() < rate {
				y, m = 1, 40+20*rng.Float64()
			}
			a.Response, a.Margin = append(a.Response, y), append(a.Margin, m)
		}
		return a
	}
	treated, control := campaign(20000, .06), campaign(20000, .04)
	r, err := Evaluate(treated, control, Cost{PerContact: .5, Fixed: 1000})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "responses", r.Responses.Value, 400, 3*20000*r.Response.SE)
	near(t, "margin", r.IncrementalMargin.Value, 20000, 3*20000*r.Margin.SE)
	near(t, "cost", r.Cost, 11000, 0)
	near(t, "ROMI", r.ROMI.Value, (r.IncrementalMargin.Value-11000)/11000, 1e-12)
	near(t, "margin of a responder", r.PerResponse, 50, 1)
	near(t, "break-even", r.BreakEvenLift*20000*r.PerResponse, 11000, 1e-6)
	near(t, "break-even rate", r.BreakEvenRate, r.Response.Control+.011, 5e-4)
	if r.ROMI.Low > r.ROMI.Value || r.Profit.High < r.Profit.Value || r.Reason != "" {
		t.Errorf("%+v", r)
	}
	// Money times ten: the same return.
	for _, a := range []Arm{treated, control} {
		for i := range a.Margin {
			a.Margin[i] *= 10
		}
	}
	ten, err := Evaluate(treated, control, Cost{PerContact: 5, Fixed: 10000})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "ROMI times ten", ten.ROMI.Value, r.ROMI.Value, 1e-9)
	near(t, "profit times ten", ten.Profit.Low, 10*r.Profit.Low, 1e-6)

	free, err := Evaluate(treated, control, Cost{})
	if err != nil || free.ROMI != (Range{}) || free.Reason == "" {
		t.Errorf("%+v %v", free, err)
	}
	nobody, err := Evaluate(campaign(100, 0), campaign(100, 0), Cost{PerContact: 1})
	if err != nil || !strings.Contains(nobody.Reason, "no margin") || nobody.BreakEvenLift != 0 {
		t.Errorf("%+v %v", nobody, err)
	}
	if _, err := Evaluate(Arm{}, control, Cost{}); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
	if _, err := Evaluate(Arm{Response: []float64{2}, Margin: []float64{1}}, control, Cost{}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if _, err := Evaluate(Arm{Response: []float64{1}}, control, Cost{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if _, err := Evaluate(treated, control, Cost{Fixed: -1}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}
