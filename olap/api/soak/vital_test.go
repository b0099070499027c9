package soak

import (
	"math/rand/v2"
	"strings"
	"testing"
)

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

// A leak of a few MB a minute in any measure of memory is found in a run of ten
// minutes under the noise of a real one, whose moments hold hundreds of MB more;
// the noise alone is not taken for one.
func TestGrowth(t *testing.T) {
	for name, leak := range map[string]func(minute float64, v *Vital){
		"":                          func(float64, *Vital) {},
		"the live heap of Go":       func(m float64, v *Vital) { v.LiveMB += int(3.5 * m) },
		"all memory of Go":          func(m float64, v *Vital) { v.GoMB += int(9 * m) },
		"the memory of the engine":  func(m float64, v *Vital) { v.DatabaseMB += int(7 * m) },
		"the memory of the process": func(m float64, v *Vital) { v.MemoryMB += int(18 * m) },
	} {
		for seed := range uint64(20) {
			r := rand.New(rand.NewPCG(seed, 1))
			var during []Vital
			for i := range 60 {
				// As measured: live 30 to 180, of Go 357 to 388, the engine 45 to 68,
				// the process 635 to 800 and now and then 1,400.
				v := Vital{Second: float64(10 * (i + 1)), LiveMB: 30 + r.IntN(10), GoMB: 357 + r.IntN(31), DatabaseMB: 45 + r.IntN(10), MemoryMB: 635 + r.IntN(60)}
				if r.IntN(4) == 0 {
					v.LiveMB, v.DatabaseMB, v.MemoryMB = v.LiveMB+64+r.IntN(90), v.DatabaseMB+15, v.MemoryMB+r.IntN(700)
				}
				if i < 9 { // caches fill
					v.LiveMB, v.GoMB, v.DatabaseMB, v.MemoryMB = v.LiveMB/2, v.GoMB/2, v.DatabaseMB/2, v.MemoryMB/2
				}
				leak(v.Second/60, &v)
				during = append(during, v)
			}
			got := growth(during)
			if name == "" && len(got) > 0 || name != "" && (len(got) != 1 || !strings.HasPrefix(got[0], name+" grows")) {
				t.Errorf("a leak of %q, seed %d: %q", name, seed, got)
			}
		}
	}
}
