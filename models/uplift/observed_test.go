package uplift

import (
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"verso/models/propensity"
)

// selfSelected draws customers who are treated the more likely the better they
// are; the campaign adds effect to everyone.
func selfSelected(n int, effect float64, seed uint64) Experiment {
	rng := rand.New(rand.NewPCG(seed, 3))
	d := Experiment{X: propensity.Table{{Name: "past"}, {Name: "kind"}}}
	for range n {
		past, kind := rng.NormFloat64(), []string{"library", "agent", ""}[rng.IntN(3)]
		m := past
		if kind == "agent" {
			m += .5
		}
		t := rng.Float64() < 1/(1+math.Exp(1.5-m))
		y := 2*m + rng.NormFloat64()
		if t {
			y += effect
		}
		if kind == "agent" && rng.Float64() < .1 {
			past = math.NaN()
		}
		d.X[0].Numbers, d.X[1].Levels = append(d.X[0].Numbers, past), append(d.X[1].Levels, kind)
		d.Treated, d.Y = append(d.Treated, t), append(d.Y, y)
	}
	return d
}

// TestMatchingPlacebo: a campaign without effect sent to the best customers
// looks good at first; matched it does not, as often as promised.
func TestMatchingPlacebo(t *testing.T) {
	const runs = 200
	alarms, naive, sum, sq, se := 0, 0.0, 0.0, 0.0, 0.0
	for k := range runs {
		d := selfSelected(600, 0, uint64(k))
		for i, v := range d.X[0].Numbers { // all that selects is seen
			if math.IsNaN(v) {
				d.X[0].Numbers[i] = 0
				d.Y[i], d.Treated[i] = 1, i%3 == 0
			}
		}
		m, err := Match(d, MatchOptions{})
		if err != nil {
			t.Fatal(err)
		}
		alarms += arm(m.P < .05)
		naive += m.Naive / runs
		sum += m.Effect / runs
		sq += m.Effect * m.Effect / runs
		se += m.SE / runs
	}
	t.Logf("naive %.2f, matched %.3f, its spread %.3f, its standard error %.3f, alarms %.3f", naive, sum, math.Sqrt(sq-sum*sum), se, float64(alarms)/runs)
	if naive < 1 {
		t.Errorf("the naive difference is only %v", naive)
	}
	near(t, "matched effect", sum, 0, .15)
	near(t, "false alarms", float64(alarms)/runs, .05, .06)
	near(t, "standard error", se, math.Sqrt(sq-sum*sum), .05)
}

func TestMatching(t *testing.T) {
	d := selfSelected(3000, 1, 77)
	for _, method := range []string{ByPropensity, ByDistance} {
		m, err := Match(d, MatchOptions{Method: method})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: naive %.2f effect %.3f ± %.3f, %d matched, %d not, worst balance %.3f", method, m.Naive, m.Effect, m.SE, m.Treated, m.Unmatched, m.Worst)
		near(t, method, m.Effect, 1, 4*m.SE)
		if !strings.HasPrefix(m.Warning, NotRandom) || len(m.Balance) != 5 || m.Worst > .1 {
			t.Errorf("%+v", m.Balance)
		}
		if b := m.Balance[0]; b.Feature != "past" || math.Abs(b.Before) < .5 {
			t.Errorf("%+v", b)
		}
		order := rand.New(rand.NewPCG(1, 1)).Perm(len(d.Y))
		again, err := Match(d.Take(order), MatchOptions{Method: method})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "another order", again.Effect, m.Effect, 1e-6)
		near(t, "SE in another order", again.SE, m.SE, 1e-6)
	}
	if _, err := Match(d, MatchOptions{Method: "luck"}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	apart := Experiment{X: propensity.Table{{Name: "x", Numbers: []float64{0, 0, 9, 9}}}, Treated: []bool{false, false, true, true}, Y: []float64{1, 2, 3, 4}}
	if _, err := Match(apart, MatchOptions{Method: ByDistance, Caliper: .1}); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
}

// panel draws customers over 8 periods; those treated from period 5 on gain
// effect, and drift apart by trend a period throughout.
func panel(customers int, effect, trend float64, seed uint64) (p Panel) {
	rng := rand.New(rand.NewPCG(seed, 4))
	p.From = 5
	for c := range customers {
		treated := c%3 == 0
		level := rng.NormFloat64() + float64(arm(treated))
		shock := 0.0
		for t := 1; t <= 8; t++ {
			shock = .7*shock + rng.NormFloat64() // periods of one customer go together
			y := level + .2*float64(t) + shock
			if treated {
				y += trend * float64(t)
				if t >= p.From {
					y += effect
				}
			}
			p.Customer, p.Treated = append(p.Customer, strconv.Itoa(c)), append(p.Treated, treated)
			p.Period, p.Y = append(p.Period, t), append(p.Y, y)
		}
	}
	return p
}

// TestDiDLevel: without an effect there is an alarm 5 % of the time although a
// customer's periods go together, and the pre-trend test keeps its level too.
func TestDiDLevel(t *testing.T) {
	const runs = 600
	alarms, trends := 0, 0
	for k := range runs {
		d, err := DifferenceInDifferences(panel(90, 0, 0, uint64(k)))
		if err != nil {
			t.Fatal(err)
		}
		alarms += arm(d.P < .05)
		trends += arm(d.PreTrend.P < .05)
	}
	near(t, "false alarms", float64(alarms)/runs, .05, .03)
	near(t, "false trends", float64(trends)/runs, .05, .03)
}

func TestDiD(t *testing.T) {
	d, err := DifferenceInDifferences(panel(3000, 1, 0, 5))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "effect", d.Effect, 1, 3*d.SE)
	if !strings.HasPrefix(d.Warning, NotRandom) || d.Customers != [2]int{2000, 1000} {
		t.Errorf("%+v", d)
	}
	drift, err := DifferenceInDifferences(panel(3000, 0, .3, 6))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "trend", drift.PreTrend.Slope, .3, 3*drift.PreTrend.SE)
	if !strings.Contains(drift.Warning, "already moved") {
		t.Error(drift.Warning)
	}
	// By hand: two customers an arm, changes 3, 5 and 1, 1: the effect is 3; the
	// influences of the rows are halves of the deviations ±.5·… from cell means.
	p := Panel{From: 1, Customer: []string{"a", "a", "b", "b", "c", "c", "d", "d"}, Treated: []bool{true, true, true, true, false, false, false, false},
		Period: []int{0, 1, 0, 1, 0, 1, 0, 1}, Y: []float64{0, 3, 2, 7, 1, 2, 5, 6}}
	hand, err := DifferenceInDifferences(p)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "by hand", hand.Effect, 3, 1e-12)
	// Cluster sums: a (3−5)/2−(0−1)/2 = −.5, b +.5, c and d 0; times 4/3·7/4.
	near(t, "SE by hand", hand.SE, math.Sqrt(.5*4/3*7/4), 1e-12)
	if hand.PreTrend != nil || !strings.Contains(hand.Warning, "fewer than two periods") {
		t.Errorf("%+v", hand)
	}
	p.Treated[1] = false
	if _, err := DifferenceInDifferences(p); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
	if _, err := DifferenceInDifferences(Panel{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	p.Treated[1], p.From = true, 7
	if _, err := DifferenceInDifferences(p); !errors.Is(err, ErrNoContrast) {
		t.Error(err)
	}
}

// mails draws messages to customers, good ones more often; the third and later
// ones within 30 days lose the share loss of their rate.
func mails(customers int, loss float64, seed uint64) (c Contacts) {
	rng := rand.New(rand.NewPCG(seed, 5))
	for k := range customers {
		good := rng.Float64()
		day, recent := 0, []int(nil)
		for range 12 {
			day += 1 + rng.IntN(8+int(40*(1-good)))
			recent = append(recent, day)
			n := 0
			for _, d := range recent {
				n += arm(d > day-30)
			}
			rate := .05 + .3*good
			if n >= 3 {
				rate *= 1 - loss
			}
			c.Customer, c.Day = append(c.Customer, strconv.Itoa(k)), append(c.Day, day)
			c.Response = append(c.Response, float64(arm(rng.Float64() < rate)))
		}
	}
	return c
}

// TestFatigue: a planted loss of 30 % from the third mail on is found within
// customers; without it the test keeps its level although good customers get
// more mails.
func TestFatigue(t *testing.T) {
	f, err := MeasureFatigue(mails(6000, .3, 1), FatigueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Steps) != 4 || f.P > .001 || f.Slope > 0 || f.Warning != "" {
		t.Errorf("%+v", f)
	}
	third := f.Steps[2]
	near(t, "third against first", third.Ratio, .7, .1)
	if third.RatioLow > .7 || third.RatioHigh < .7 {
		t.Errorf("%+v", third)
	}
	const runs = 400
	alarms, covered := 0, 0
	for k := range runs {
		f, err := MeasureFatigue(mails(100, 0, uint64(k+10)), FatigueOptions{})
		if err != nil {
			t.Fatal(err)
		}
		alarms += arm(f.P < .05)
		covered += arm(f.Steps[2].RatioLow <= 1 && 1 <= f.Steps[2].RatioHigh)
	}
	near(t, "false alarms", float64(alarms)/runs, .05, .035)
	near(t, "coverage of the ratio", float64(covered)/runs, .95, .035)
	one, err := MeasureFatigue(Contacts{Customer: []string{"a", "b"}, Day: []int{1, 1}, Response: []float64{1, 0}}, FatigueOptions{})
	if err != nil || one.Warning == "" || one.P != 1 {
		t.Errorf("%+v %v", one, err)
	}
	if _, err := MeasureFatigue(Contacts{}, FatigueOptions{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	if _, err := MeasureFatigue(Contacts{Customer: []string{"a"}, Day: []int{1}, Response: []float64{3}}, FatigueOptions{}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}

// bought draws sales during and after a campaign: lift more during, of which
// the share pulled is missing afterwards.
func bought(n int, lift, pulled float64, rng *rand.Rand) (p Periods) {
	for range n {
		level := 10 * rng.ExpFloat64()
		extra := lift * 2 * rng.Float64()
		p.During = append(p.During, level+5*rng.NormFloat64()+extra)
		p.After = append(p.After, level+5*rng.NormFloat64()-pulled*extra)
	}
	return p
}

func TestPullForward(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	f, err := MeasurePullForward(bought(20000, 2, .6, rng), bought(20000, 0, 0, rng))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "during", f.During.Lift, 2, 3*f.During.SE)
	near(t, "net", f.Net.Lift, .8, 3*f.Net.SE)
	if f.DipP > .001 || f.Pulled.Low > .6 || f.Pulled.High < .6 || !strings.Contains(f.Reading, "earlier") {
		t.Errorf("%+v", f)
	}
	const runs = 600
	alarms, covered := 0, 0
	for range runs {
		none, err := MeasurePullForward(bought(300, 4, 0, rng), bought(300, 0, 0, rng))
		if err != nil {
			t.Fatal(err)
		}
		alarms += arm(none.DipP < .05)
		half, err := MeasurePullForward(bought(600, 5, .5, rng), bought(600, 0, 0, rng))
		if err != nil {
			t.Fatal(err)
		}
		covered += arm(half.Pulled.Low <= .5 && .5 <= half.Pulled.High)
	}
	near(t, "false alarms", float64(alarms)/runs, .05, .027)
	near(t, "coverage", float64(covered)/runs, .95, .027)
	flat, err := MeasurePullForward(bought(100, 0, 0, rng), bought(100, 0, 0, rng))
	if err != nil || flat.During.P < .05 || flat.Pulled != (Range{}) {
		t.Errorf("%+v %v", flat, err)
	}
	if _, err := MeasurePullForward(Periods{During: []float64{1}}, Periods{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
}

// quotes draws purchases: 15 % of customers have the slope −2.2, the others
// −.4, as in the demo company.
func quotes(customers, each int, seed uint64) (p Purchases, transaction map[string]bool) {
	rng := rand.New(rand.NewPCG(seed, 7))
	transaction = map[string]bool{}
	for c := range customers {
		id := strconv.Itoa(c)
		slope := -.4
		if rng.Float64() < .15 {
			slope, transaction[id] = -2.2, true
		}
		level := rng.NormFloat64()
		for range each {
			x := .15 * rng.NormFloat64()
			p.Customer, p.Price = append(p.Customer, id), append(p.Price, math.Exp(x))
			p.Quantity = append(p.Quantity, math.Exp(level+slope*x+.6*rng.NormFloat64()))
		}
	}
	return p, transaction
}

// TestElasticity: with 25 quotes each the planted classes are told apart with an
// AUC of at least .75 and their slopes found within .3.
func TestElasticity(t *testing.T) {
	p, planted := quotes(800, 25, 1)
	e, err := FitElasticity(p, ElasticityOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !e.TwoClasses {
		t.Fatalf("%q", e.Reason)
	}
	near(t, "relationship", e.Classes[0].Mean, -.4, .3)
	near(t, "transaction", e.Classes[1].Mean, -2.2, .3)
	near(t, "share", e.Classes[1].Weight, .15, .06)
	near(t, "mean", e.Mean, -.15*2.2-.85*.4, 3*e.SE)
	near(t, "spread", e.Spread, 1.8*math.Sqrt(.15*.85), .15)
	near(t, "noise", e.Noise, .6, .02)
	var wins, pairs, own, shrunk float64
	for _, a := range e.Customers {
		truth := -.4
		if planted[a.Customer] {
			truth = -2.2
		}
		own += (a.Own - truth) * (a.Own - truth)
		shrunk += (a.Shrunk - truth) * (a.Shrunk - truth)
		for _, b := range e.Customers {
			if planted[a.Customer] && !planted[b.Customer] {
				pairs++
				wins += float64(arm(a.Transaction > b.Transaction))
			}
		}
	}
	t.Logf("AUC %.3f, squared error own %.3f shrunk %.3f, classes %+v", wins/pairs, own/800, shrunk/800, e.Classes)
	if wins/pairs < .75 || shrunk >= own {
		t.Errorf("AUC %v, squared error %v own and %v shrunk", wins/pairs, own, shrunk)
	}
	// Another currency and another order change nothing.
	order := rand.New(rand.NewPCG(1, 1)).Perm(len(p.Price))
	var q Purchases
	for _, i := range order {
		q.Customer, q.Price, q.Quantity = append(q.Customer, p.Customer[i]), append(q.Price, 7*p.Price[i]), append(q.Quantity, 3*p.Quantity[i])
	}
	again, err := FitElasticity(q, ElasticityOptions{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "mean in another currency", again.Mean, e.Mean, 1e-9)
	if !reflect.DeepEqual(again.Counts, e.Counts) {
		t.Errorf("%v and %v", again.Counts, e.Counts)
	}
}

// TestElasticityPlacebo: one class of customers is seldom taken for two.
func TestElasticityPlacebo(t *testing.T) {
	two := 0
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 8))
		var p Purchases
		for c := range 120 {
			slope := -.8 + .3*rng.NormFloat64()
			for range 15 {
				x := .2 * rng.NormFloat64()
				p.Customer, p.Price = append(p.Customer, strconv.Itoa(c)), append(p.Price, math.Exp(x))
				p.Quantity = append(p.Quantity, math.Exp(slope*x+.5*rng.NormFloat64()))
			}
		}
		e, err := FitElasticity(p, ElasticityOptions{})
		if err != nil {
			t.Fatal(err)
		}
		two += arm(e.TwoClasses)
		if !e.TwoClasses && (e.Counts[Unclear] != 120 || e.Reason == "") {
			t.Errorf("%+v %q", e.Counts, e.Reason)
		}
	}
	if two > 5 {
		t.Errorf("two classes in %d of 100 samples of one class", two)
	}
}

func TestElasticityRefused(t *testing.T) {
	if _, err := FitElasticity(Purchases{}, ElasticityOptions{}); !errors.Is(err, ErrShape) {
		t.Error(err)
	}
	same := Purchases{Customer: []string{"a", "a", "b"}, Price: []float64{2, 2, 2}, Quantity: []float64{1, -3, 4}}
	e, err := FitElasticity(same, ElasticityOptions{})
	if err != nil || e.Reason == "" || e.Left != 1 || e.Counts[Unclear] != 2 {
		t.Errorf("%+v %v", e, err)
	}
	same.Price[0] = math.NaN()
	if _, err := FitElasticity(same, ElasticityOptions{}); !errors.Is(err, ErrValue) {
		t.Error(err)
	}
}
