package metric

import (
	"math"
	"testing"
)

func TestGini(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"equal", []float64{2, 2, 2, 2}, 0},
		{"one holds all of four", []float64{0, 0, 0, 8}, 0.75},
		{"1 2 3", []float64{3, 1, 2}, 2*14.0/18 - 4.0/3},
		{"empty", nil, math.NaN()},
		{"negative", []float64{-1, 2}, math.NaN()},
		{"nothing", []float64{0, 0}, math.NaN()},
	} {
		got := Gini(c.values)
		if math.IsNaN(got) != math.IsNaN(c.want) || math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestTopCount(t *testing.T) {
	// 4,338 customers: 44, 217 and 868 are the published tops of Online Retail.
	for _, c := range []struct {
		n     int
		share float64
		want  int
	}{{4338, 0.01, 44}, {4338, 0.05, 217}, {4338, 0.2, 868}, {5, 0.2, 1}, {100, 1, 100}, {0, 0.2, 0}, {1, 0.01, 1}} {
		if got := TopCount(c.n, c.share); got != c.want {
			t.Errorf("top %v of %d: got %d, want %d", c.share, c.n, got, c.want)
		}
	}
}

func TestCountToShare(t *testing.T) {
	if got := CountToShare([]float64{50, 30, 15, 5}, 0.8); got != 2 {
		t.Errorf("got %d, want 2", got)
	}
}
