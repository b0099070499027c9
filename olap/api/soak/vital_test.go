package soak

import "testing"

func TestLeaks(t *testing.T) {
	level := func(second float64, memory int) Vital { return Vital{Second: second, MemoryMB: memory} }
	var flat, growing, short []Vital
	for i := range 40 {
		flat = append(flat, level(float64(i)*10, 1000+50*(i%3)))
		growing = append(growing, level(float64(i)*10, 500+100*i))
		short = append(short, level(float64(i), 500+100*i))
	}
	for name, c := range map[string]struct {
		after  Vital
		during []Vital
		want   int
	}{
		"flat": {Vital{Goroutines: 30, Files: 60}, flat, 0}, "growing": {Vital{}, growing, 1}, "short": {Vital{}, short, 0},
		"goroutines and files": {Vital{Goroutines: 200, Files: 200}, flat, 2},
	} {
		if got := Leaks(Vital{Goroutines: 20, Files: 50}, c.after, c.during); len(got) != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
