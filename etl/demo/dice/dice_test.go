package dice

import (
	"math"
	"testing"
)

// TestMeans compares the means of 200,000 draws with the distributions'.
func TestMeans(t *testing.T) {
	d := New(1, 2)
	for _, c := range []struct {
		name string
		draw func() float64
		want float64
	}{
		{"gamma of shape 0.5", func() float64 { return d.Gamma(.5, 16) }, 16},
		{"gamma of shape 1.2", func() float64 { return d.Gamma(1.2, 260) }, 260},
		{"small Poisson", func() float64 { return float64(d.Poisson(.9)) }, .9},
		{"large Poisson", func() float64 { return float64(d.Poisson(130)) }, 130},
		{"geometric", func() float64 { return float64(d.Geometric(1.3)) }, 1.3},
		{"log-normal", func() float64 { return math.Log(d.LogNormal(45, .5)) }, math.Log(45)},
	} {
		sum := 0.0
		for range 200_000 {
			sum += c.draw()
		}
		if got := sum / 200_000; math.Abs(got-c.want) > .02*c.want {
			t.Errorf("%s: mean %g, want %g", c.name, got, c.want)
		}
	}
}

func TestPickFollowsTheWeights(t *testing.T) {
	d := New(3, 4)
	var n [3]int
	for range 90_000 {
		n[d.Pick([]float64{1, 1, 3})]++
	}
	if n[1] != 0 || n[0] < 29_000 || n[0] > 31_000 {
		t.Errorf("picked %v, want a third, none, two thirds", n)
	}
}

func TestStreamsDiffer(t *testing.T) {
	a, b := New(1, 1), New(1, 2)
	if a.Float64() == b.Float64() {
		t.Error("two streams begin alike")
	}
	c := New(9, 9)
	c.Reseed(1, 1)
	a.Reseed(1, 1)
	if a.Float64() != c.Float64() {
		t.Error("a reseeded stream does not begin as the stream itself")
	}
}
