package assortment

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-12*(1+math.Abs(b)) }

func TestABC(t *testing.T) {
	// 50, 30, 10, 5, 5 of 100: the second title crosses 80 % and is A, the
	// fourth crosses 95 % and is B.
	places, err := ABC([]float64{5, 30, 0, 50, 10, 5, -7}, []int64{6, 2, 7, 1, 3, 5, 8}, ABCOptions{})
	if err != nil {
		t.Fatal(err)
	}
	classes := ""
	for _, p := range places {
		classes += p.Class
	}
	if classes != "CACABBC" {
		t.Errorf("classes %s", classes)
	}
	if p := places[5]; p.Rank != 4 || !near(p.Share, .05) || !near(p.Cumulated, .95) {
		t.Errorf("the first of two equal titles: %+v", p)
	}
	if p := places[6]; p.Rank != 7 || p.Share != 0 || p.Cumulated != 1 {
		t.Errorf("a title with returns only: %+v", p)
	}
	empty, err := ABC([]float64{0, -1}, []int64{1, 2}, ABCOptions{})
	if err != nil || empty[0].Class != "C" || empty[0].Cumulated != 0 {
		t.Errorf("no value: %+v %v", empty, err)
	}
	if _, err := ABC([]float64{1}, nil, ABCOptions{}); !errors.Is(err, ErrShape) {
		t.Errorf("got %v", err)
	}
	for _, o := range []ABCOptions{{A: .9, B: .8}, {B: .9}, {A: .5, B: 1.5}} {
		if _, err := ABC(nil, nil, o); err == nil {
			t.Errorf("options %+v were accepted", o)
		}
	}
	if _, err := ABC([]float64{math.NaN()}, []int64{3}, ABCOptions{}); err == nil {
		t.Error("NaN was accepted")
	}
}

func TestXYZ(t *testing.T) {
	for _, c := range []struct {
		demand []float64
		cv     float64
		class  string
		reason string
	}{
		{[]float64{10, 10, 10, 10, 10, 10}, 0, "X", ""},
		{[]float64{5, 15, 5, 15, 5, 15}, math.Sqrt(30) / 10, "Y", ""},
		{[]float64{0, 0, 0, 0, 0, 6}, math.Sqrt(6), "Z", ""},
		{[]float64{0, 0, 0, 0, 0, 0}, 0, "", "no demand"},
		{[]float64{3, 0, -5, 0, 0, 0}, 0, "", "no demand"},
		{[]float64{1, 2}, 0, "", "too few"},
		{nil, 0, "", "too few"},
	} {
		s, err := XYZ(c.demand, XYZOptions{})
		if err != nil || !near(s.CV, c.cv) || s.Class != c.class || (c.reason == "") != (s.Reason == "") || !strings.Contains(s.Reason, c.reason) {
			t.Errorf("%v: %+v %v", c.demand, s, err)
		}
	}
	if _, err := XYZ([]float64{math.Inf(1)}, XYZOptions{}); err == nil {
		t.Error("infinite demand was accepted")
	}
	if _, err := XYZ(nil, XYZOptions{X: 2, Y: 1}); err == nil {
		t.Error("descending classes were accepted")
	}
}

func TestStock(t *testing.T) {
	if v, ok := SellThrough(20, 80, 65); !ok || v != .65 {
		t.Errorf("sell-through %v %v", v, ok)
	}
	if _, ok := SellThrough(0, 0, 3); ok {
		t.Error("sell-through of nothing")
	}
	if v, ok := GMROI(300, []float64{100, 200, 150}); !ok || v != 2 {
		t.Errorf("GMROI %v %v", v, ok)
	}
	if _, ok := GMROI(300, nil); ok {
		t.Error("GMROI without stock")
	}
	if _, ok := GMROI(300, []float64{math.NaN()}); ok {
		t.Error("GMROI of unknown stock")
	}
	d, err := Dead([]Stock{{1, 2, 30, 635}, {2, 1, 50, 100}, {3, 0, 0, 0}, {4, 5, 50, 600}, {5, 1, 70, 636}}, 1000, 0)
	if err != nil {
		t.Fatal(err)
	}
	if d.Titles != 4 || d.DeadTitles != 3 || d.Value != 200 || d.DeadValue != 130 || d.Share != .65 ||
		d.Dead[0].Key != 2 || d.Dead[1].Key != 4 || d.Dead[2].Key != 1 {
		t.Errorf("%+v", d)
	}
	if d, err := Dead(nil, 0, 0); err != nil || d.Share != 0 {
		t.Errorf("no stock: %+v %v", d, err)
	}
	if _, err := Dead([]Stock{{Key: 1, LastMove: 2}}, 1, 0); err == nil {
		t.Error("a move after the as-of day was accepted")
	}
}

func TestSubstitution(t *testing.T) {
	// Binomial: 8 or more of 10 at share 1/2 is 56/1024. Fisher: the tea-tasting
	// table 3, 1, 1, 3 is 17/70 (Fisher 1935).
	got, err := Substitutions([]Switch{
		{Before: 2, After: 8, DaysBefore: 90, DaysAfter: 90},
		{Before: 1, After: 3, PeersBefore: 3, PeersAfter: 1},
		{Before: 5, After: 0, DaysBefore: 30, DaysAfter: 60},
		{Before: 20, After: 90, PeersBefore: 500, PeersAfter: 520},
	}, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range []float64{56. / 1024, 17. / 70, 1} {
		if math.Abs(got[i].P-p) > 1e-12 {
			t.Errorf("candidate %d: p %v, want %v", i, got[i].P, p)
		}
	}
	if s := got[3]; s.Low < 2 || s.High > 8 || s.Q > 1e-6 || !near(s.Ratio, 90.5/20.5/(520.5/500.5)) {
		t.Errorf("a plain substitute: %+v", s)
	}
	if !near(got[0].Q, 2*56./1024) || got[2].Q != 1 {
		t.Errorf("rates %v, %v", got[0].Q, got[2].Q)
	}
	for _, s := range []Switch{{Before: -1}, {Before: 3, After: 4}, {DaysBefore: 1, DaysAfter: math.Inf(1)}} {
		if _, err := Substitutions([]Switch{s}, 0); err == nil {
			t.Errorf("%+v was accepted", s)
		}
	}
}

// Of 2 000 titles that do not substitute, the exact test calls at most 5 %, and
// the interval holds 1 in about 95 %.
func TestSubstitutionPlacebo(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	list := make([]Switch, 2000)
	draw := func(n int) (k int) {
		for range n {
			k += rng.IntN(2)
		}
		return k
	}
	for i := range list {
		list[i] = Switch{Before: draw(40), After: draw(60), PeersBefore: draw(400), PeersAfter: draw(600)}
	}
	got, err := Substitutions(list, 0)
	if err != nil {
		t.Fatal(err)
	}
	var called, covered, found float64
	for _, s := range got {
		if s.P <= .05 {
			called++
		}
		if s.Low <= 1 && 1 <= s.High {
			covered++
		}
		if s.Q <= .05 {
			found++
		}
	}
	se := math.Sqrt(.05 * .95 / 2000)
	if called/2000 > .05+3*se || covered/2000 < .95-3*se || found > 0 {
		t.Errorf("called %v, covered %v, found %v", called/2000, covered/2000, found)
	}
}

// simulate draws titles whose demand halves every halfLife days, of differing
// level and window.
func simulate(seed uint64, titles int, halfLife float64) Sales {
	rng := rand.New(rand.NewPCG(seed, 3))
	s := Sales{Start: []int{0}}
	for range titles {
		from := math.Max(0, rng.Float64()*400-200)
		to := from + 30 + rng.Float64()*1500
		level := .02 + .2*rng.ExpFloat64()
		for age := 0.0; age < to; {
			age += rng.ExpFloat64() / level
			if age >= from && age <= to && rng.Float64() < math.Exp2(-age/halfLife) {
				s.Age = append(s.Age, age)
				s.Quantity = append(s.Quantity, float64(1+rng.IntN(3)))
			}
		}
		s.From, s.To, s.Start = append(s.From, from), append(s.To, to), append(s.Start, len(s.Age))
	}
	return s
}

func TestDecayIsRecovered(t *testing.T) {
	const halfLife, runs = 270, 200
	covered := 0
	for seed := range uint64(runs) {
		d, err := FitDecay(simulate(seed, 60, halfLife), 0)
		if err != nil || d.Reason != "" || !d.HasInterval {
			t.Fatalf("%+v %v", d, err)
		}
		if math.Abs(d.Rate-math.Ln2/halfLife) > 4.5*d.RateSE {
			t.Errorf("seed %d: half-life %v [%v, %v]", seed, d.HalfLife, d.Low, d.High)
		}
		if d.Low <= halfLife && halfLife <= d.High {
			covered++
		}
	}
	t.Logf("the interval of 95 %% holds the truth in %d of %d", covered, runs)
	if se := math.Sqrt(.95 * .05 / runs); math.Abs(float64(covered)/runs-.95) > 3*se {
		t.Errorf("coverage %v", float64(covered)/runs)
	}
}

// Whole windows from birth to the end of demand: the maximum-likelihood rate is
// one over the mean age.
func TestDecayOfFullWindows(t *testing.T) {
	s := Sales{From: []float64{0, 0}, To: []float64{1e7, 1e7}, Start: []int{0, 3, 5}, Age: []float64{10, 200, 90, 400, 50}}
	d, err := FitDecay(s, .9)
	if err != nil || math.Abs(d.HalfLife-math.Ln2*150)/d.HalfLife > 1e-9 {
		t.Fatalf("%+v %v", d, err)
	}
	if want := 5*math.Log(1./150) - 5; math.Abs(d.LogLikelihood-want) > 1e-9 {
		t.Errorf("log-likelihood %v, want %v", d.LogLikelihood, want)
	}
}

// The score against the likelihood's own slope, on both sides of zero and where
// the series take over.
func TestScoreIsTheSlope(t *testing.T) {
	w := []window{{100, 5, 180}, {700, 9, 2000}, {30, 2, 40}}
	like := func(rate float64) (l float64) {
		for _, w := range w {
			l += w.copies*(logScale(rate*w.width)-math.Log(w.width)) - rate*w.days
		}
		return l
	}
	for _, rate := range []float64{-.05, -.002, -1e-5, 1e-7, 1e-4, .0009, .01, .3} {
		h := 1e-5 * (math.Abs(rate) + 1e-3)
		value, information := score(w, rate)
		slope := (like(rate+h) - like(rate-h)) / (2 * h)
		up, _ := score(w, rate+h)
		down, _ := score(w, rate-h)
		if math.Abs(value-slope) > 1e-4*(1+math.Abs(value)) || math.Abs(information+(up-down)/(2*h)) > 1e-5*information {
			t.Errorf("rate %v: score %v, slope %v; information %v, %v", rate, value, slope, information, -(up-down)/(2*h))
		}
	}
}

func TestDecayEdges(t *testing.T) {
	rising := Sales{From: []float64{0, 0}, To: []float64{100, 100}, Start: []int{0, 2, 4}, Age: []float64{90, 95, 80, 99}}
	for name, c := range map[string]struct {
		s      Sales
		reason string
	}{
		"nothing":  {Sales{Start: []int{0}}, "fewer than two"},
		"one sale": {Sales{From: []float64{0}, To: []float64{9}, Start: []int{0, 1}, Age: []float64{3}}, "fewer than two"},
		"edge":     {Sales{From: []float64{0}, To: []float64{9}, Start: []int{0, 2}, Age: []float64{0, 0}}, "edge"},
		"far edge": {Sales{From: []float64{0}, To: []float64{9}, Start: []int{0, 2}, Age: []float64{9, 9}}, "edge"},
		"rising":   {rising, "does not fall"},
		"even":     {Sales{From: []float64{0}, To: []float64{10}, Start: []int{0, 2}, Age: []float64{4, 6}}, "does not fall"},
	} {
		d, err := FitDecay(c.s, 0)
		if err != nil || !strings.Contains(d.Reason, c.reason) || d.HalfLife != 0 || d.HasInterval {
			t.Errorf("%s: %+v %v", name, d, err)
		}
	}
	one, err := FitDecay(Sales{From: []float64{0}, To: []float64{90}, Start: []int{0, 2}, Age: []float64{4, 6}}, 0)
	if err != nil || one.HasInterval || one.HalfLife <= 0 {
		t.Errorf("one title has a half-life and no interval: %+v %v", one, err)
	}
	for _, s := range []Sales{
		{}, {From: []float64{0}, To: []float64{1}, Start: []int{0, 1}, Age: []float64{2}}, {From: []float64{2}, To: []float64{1}, Start: []int{0, 0}},
		{From: []float64{0}, To: []float64{1}, Start: []int{0, 1}, Age: []float64{1}, Quantity: []float64{-1}},
	} {
		if _, err := FitDecay(s, 0); err == nil {
			t.Errorf("%+v was accepted", s)
		}
	}
}

func TestCumulated(t *testing.T) {
	s := Sales{From: []float64{0, 0, 5}, To: []float64{400, 90, 800}, Start: []int{0, 3, 4, 5},
		Age: []float64{10, 100, 390, 5, 6}, Quantity: []float64{3, 1, 9, 1, 1}}
	c, err := Cumulated(s, 365, []float64{5, 10, 365})
	if err != nil || c.Titles != 1 || c.Copies != 4 || c.Share[0] != 0 || c.Share[1] != .75 || c.Share[2] != 1 {
		t.Errorf("%+v %v", c, err)
	}
	if c, err := Cumulated(s, 1000, []float64{5}); err != nil || c.Titles != 0 || c.Share != nil {
		t.Errorf("no title is that old: %+v %v", c, err)
	}
}
