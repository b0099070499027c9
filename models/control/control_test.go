package control

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestRobust(t *testing.T) {
	nan := math.NaN()
	// The median of 1..9 is 5, of the deviations 2.
	l, ok := Robust([]float64{9, 1, 8, 2, nan, 7, 3, 6, 4, 5, math.Inf(1)}, 3, 0, 9)
	if !ok || l.Center != 5 || math.Abs(l.High-(5+3*1.4826*2)) > 1e-12 || math.Abs(l.Low-(5-3*1.4826*2)) > 1e-12 {
		t.Errorf("%+v %v", l, ok)
	}
	// A minority far off moves nothing.
	if m, _ := Robust([]float64{9, 1, 8, 2, 7, 3, 6, 4, 5, 1e9, 1e9, -1e9, -1e9}, 3, 0, 9); m.Center != 5 || m.High > 5+3*1.4826*4 {
		t.Errorf("%+v", m)
	}
	if l, _ := Robust([]float64{2, 2, 2, 2}, 3, .5, 1); l.Low != 1.5 || l.High != 2.5 || l.Out(2.5) || !l.Out(2.51) {
		t.Errorf("%+v", l)
	}
	if l, _ := Robust([]float64{1, 2, 4, 5}, 1, 0, 1); l.Center != 3 {
		t.Errorf("the median of an even number: %+v", l)
	}
	for _, short := range [][]float64{nil, {nan, nan}, {1, 2, 3}} {
		if _, ok := Robust(short, 3, 0, 4); ok {
			t.Errorf("limits of %v", short)
		}
	}
}

func TestCUSUM(t *testing.T) {
	steps := []float64{1, -5, 1, 2, math.NaN(), 2, 2, -1, -1, -9, -1, 3, 3}
	want := []Run{{Since: 2, Alarmed: 5, Ended: 9}, {Since: 11, Alarmed: 12, Ended: -1}}
	got := CUSUM(steps, 4)
	if len(got) != len(want) || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("%+v, want %+v", got, want)
	}
	if runs := CUSUM(nil, 4); runs != nil {
		t.Errorf("%+v of nothing", runs)
	}
	// What lasted a thousand steps is over within twice the threshold.
	long := make([]float64, 1010)
	for i := range long {
		long[i] = 1
		if i >= 1000 {
			long[i] = -1
		}
	}
	if runs := CUSUM(long, 4); len(runs) != 1 || runs[0].Ended != 1007 {
		t.Errorf("%+v", runs)
	}
}

// Montgomery, Introduction to Statistical Quality Control, table of average run
// lengths with an allowance of 0.5: two-sided 168 at a threshold of 4 and 465 at 5,
// and one side gives twice as many steps.
func TestNormalThreshold(t *testing.T) {
	for steps, want := range map[float64]float64{336: 4, 930: 5} {
		if got := NormalThreshold(steps, .5); math.Abs(got-want) > .03 {
			t.Errorf("%v steps: %v, want %v", steps, got, want)
		}
	}
	if got := NormalThreshold(1, .5); got < 0 || math.IsNaN(got) {
		t.Errorf("one step: %v", got)
	}
}

// The promised rate of false alarms, by simulation.
func TestFalseAlarms(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	alarms, cases := 0, 0
	const each = 500.0
	for range 400 {
		steps := make([]float64, 500)
		for i := range steps {
			hits := 0.0
			if d.Float64() < .02 {
				hits = 1
			}
			steps[i] = Binomial(hits, 1, .02, .1)
		}
		alarms, cases = alarms+len(CUSUM(steps, math.Log(each))), cases+len(steps)
	}
	if most := float64(cases) / each; float64(alarms) > most || alarms == 0 {
		t.Errorf("%d false alarms in %d cases, at most %v were promised", alarms, cases, most)
	}
	if up, down := Binomial(1, 1, .02, .1), Binomial(0, 1, .02, .1); math.Abs(up-math.Log(5)) > 1e-12 || down >= 0 {
		t.Errorf("evidence %v, %v", up, down)
	}
}
