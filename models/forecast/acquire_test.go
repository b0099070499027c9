package forecast

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// curve keeps 80 % of the new, then 95 % a step.
func curve(n int) []float64 {
	s := []float64{1, 0.8}
	for len(s) < n {
		s = append(s, s[len(s)-1]*0.95)
	}
	return s
}

func project(t testing.TB, a Acquisition, o ProjectOptions) *Projection {
	t.Helper()
	p, err := Project(context.Background(), a, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Ten customers a step for ever, all counted: the expectation must be the sum
// over cohorts, written out here.
func TestProjectExpectation(t *testing.T) {
	s := curve(40)
	values := make([]float64, 20)
	fill(values, 10)
	p := project(t, Acquisition{New: Series{Values: values, Start: 100}, Retention: s}, ProjectOptions{Horizon: 5})
	for h := range 5 {
		var today, all float64
		for age := range 20 + h + 1 {
			all += 10 * s[age]
			if age > h {
				today += 10 * s[age]
			}
		}
		close(t, "active", p.Active.Mean[h], all, 1e-9)
		close(t, "remaining", p.Remaining[h], today, 1e-9)
		close(t, "new", p.New.Mean[h], 10, 1e-9)
	}
	if p.Start != 120 || p.Extended != 0 || !p.Poisson || p.Reason == "" {
		t.Errorf("%+v", p)
	}
	if short := project(t, Acquisition{New: Series{Values: values}, Retention: s[:3]}, ProjectOptions{Horizon: 5}); short.Extended == 0 ||
		math.Abs(short.Active.Mean[4]-p.Active.Mean[4]) > 1e-9 {
		t.Errorf("the last rate of loss must go on: %v, %v, extended by %d", short.Active.Mean, p.Active.Mean, short.Extended)
	}
}

// Known active counts replace the curve's view of the past, not of the future.
func TestProjectFromKnownActive(t *testing.T) {
	a := Acquisition{New: Series{Values: []float64{8, 9, 7, 8, 9, 10, 8}}, Active: []float64{0, 0, 0, 0, 0, 0, 40}, Retention: curve(30)}
	p := project(t, a, ProjectOptions{Horizon: 3})
	for h, want := range []float64{32, 32 * 0.95, 32 * 0.95 * 0.95} {
		close(t, "remaining", p.Remaining[h], want, 1e-9)
	}
}

func TestProjectIsSeeded(t *testing.T) {
	a := Acquisition{New: Series{Values: walk(7, 48), Period: 12}, Retention: curve(24)}
	one, same := project(t, a, ProjectOptions{Seed: 5}), project(t, a, ProjectOptions{Seed: 5})
	other := project(t, a, ProjectOptions{Seed: 6})
	if !reflect.DeepEqual(one, same) {
		t.Error("one seed, two answers")
	}
	if reflect.DeepEqual(one.Active.Lower, other.Active.Lower) || !reflect.DeepEqual(one.Active.Mean, other.Active.Mean) {
		t.Error("the seed must change the intervals and only them")
	}
	for h := range one.Active.Mean {
		if one.Active.Lower[1][h] > one.Active.Mean[h] || one.Active.Upper[1][h] < one.Active.Mean[h] || one.Active.Lower[1][h] > one.Active.Lower[0][h] {
			t.Errorf("step %d: %v within %v to %v", h, one.Active.Mean[h], one.Active.Lower[1][h], one.Active.Upper[1][h])
		}
	}
}

// Worlds with a drifting rate of new customers and the curve as the truth: the
// 80 % interval of the active must hold about its share, within three standard
// errors.
func TestProjectCoverage(t *testing.T) {
	const n, horizon, count = 60, 12, 60
	s := survival(curve(100))
	inside := 0.0
	for seed := range uint64(count) {
		rng := rand.New(rand.NewPCG(seed, 77))
		rate := 40.0
		var won, left []float64
		var active float64
		for step := range n + horizon {
			for c := range left {
				left[c] = thin(left[c], s.stay(step-1-c), rng)
			}
			rate = math.Max(5, rate+0.3+1.5*rng.NormFloat64())
			v := distuv.Poisson{Lambda: rate, Src: rng}.Rand()
			if step < n {
				won = append(won, v)
			}
			left = append(left, v)
		}
		for _, v := range left {
			active += v
		}
		p := project(t, Acquisition{New: Series{Values: won}, Retention: s}, ProjectOptions{Horizon: horizon, Simulations: 200})
		if l := horizon - 1; active >= p.Active.Lower[0][l] && active <= p.Active.Upper[0][l] {
			inside += 1. / count
		}
	}
	t.Logf("80 %% interval of the active after %d steps: %.2f", horizon, inside)
	if math.Abs(inside-0.8) > 3*math.Sqrt(0.8*0.2/count) {
		t.Errorf("coverage %.2f", inside)
	}
}

// By hand: the steps of (1, 2) and (3, 2) have the root mean squares √5 and 2.
func TestCommonShare(t *testing.T) {
	close(t, "two paths", commonShare([][]float64{{1, 2}, {3, 2}}), (2+6)/(2*math.Sqrt(5)*2), 1e-12)
	close(t, "turning", commonShare([][]float64{{1, -1, 1}, {1, -1, -1}}), 0, 0)
	close(t, "parallel", commonShare([][]float64{{1, 2}, {-1, -2}}), 1, 1e-12)
	close(t, "nothing known", commonShare([][]float64{{math.NaN(), 1}}), 1, 0)
}

func TestProjectRefuses(t *testing.T) {
	good := Acquisition{New: Series{Values: []float64{3, 4, 5, 4, 3, 4}}, Retention: []float64{1, 0.5}}
	for name, change := range map[string]func(*Acquisition){
		"negative":  func(a *Acquisition) { a.New.Values = []float64{-1, 2} },
		"none":      func(a *Acquisition) { a.New.Values = nil },
		"rising":    func(a *Acquisition) { a.Retention = []float64{0.5, 0.6} },
		"above one": func(a *Acquisition) { a.Retention = []float64{1.2, 0.6} },
		"missing":   func(a *Acquisition) { a.Retention = []float64{1, math.NaN()} },
		"too short": func(a *Acquisition) { a.Retention = []float64{1} },
		"active":    func(a *Acquisition) { a.Active = []float64{1} },
		"infinite":  func(a *Acquisition) { a.Active = []float64{1, 2, math.Inf(1), 1, 1, 1} },
	} {
		a := good
		change(&a)
		if _, err := Project(context.Background(), a, ProjectOptions{}); !errors.Is(err, ErrAcquisition) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Project(context.Background(), good, ProjectOptions{Simulations: 5}); err == nil {
		t.Error("5 simulations were accepted")
	}
	p := project(t, Acquisition{New: good.New, Retention: []float64{1, 0}}, ProjectOptions{Horizon: 2})
	close(t, "all leave after a step", p.Active.Mean[1], p.New.Mean[1], 1e-9)
}

func BenchmarkProject(b *testing.B) {
	a := Acquisition{New: Series{Values: walk(7, 60), Period: 12}, Retention: curve(36)}
	for b.Loop() {
		project(b, a, ProjectOptions{})
	}
}
