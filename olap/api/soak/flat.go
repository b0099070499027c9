package soak

import (
	"fmt"
	"slices"
)

// Memory must not grow with time, however many requests were answered. The first
// quarter of a run is left out: caches fill. The rest is quartered again, and of each
// quarter the lower quartile of its looks is taken, so that what is held for a
// moment (a password that is tried, a report that is written) counts for nothing and
// what stays counts in full. From the first to the last quarter it may rise by the
// slack of the measure and by its slope for each minute between.
const (
	memorySpan  = 180 // seconds of a run below which its memory says nothing
	memoryLooks = 16  // looks below which it says nothing
)

// flatness is a measure of memory and how much of it may come on.
type flatness struct {
	name  string
	slack int     // MB
	slope float64 // MB a minute
	of    func(Vital) int
}

// measures are what must be flat: the live heap and what the engine holds nearly
// so; the process keeps pages that were freed, in an order that chance decides.
func measures() []flatness {
	return []flatness{
		{"the live heap of Go", 12, 0.5, func(v Vital) int { return v.LiveMB }},
		{"all memory of Go", 32, 1, func(v Vital) int { return v.GoMB }},
		{"the memory of the engine", 24, 1, func(v Vital) int { return v.DatabaseMB }},
		{"the memory of the process", 64, 3, func(v Vital) int { return v.MemoryMB }},
	}
}

// growth says what of the memory of a run is not flat.
func growth(during []Vital) (list []string) {
	n := len(during)
	if n < memoryLooks || during[n-1].Second < memorySpan {
		return nil
	}
	warm := slices.IndexFunc(during, func(v Vital) bool { return v.Second >= during[n-1].Second/4 })
	rest := during[warm:]
	first, last := rest[:len(rest)/4], rest[3*len(rest)/4:]
	minutes := (middle(last) - middle(first)) / 60
	for _, m := range measures() {
		from, to := floor(first, m.of), floor(last, m.of)
		allowed := float64(m.slack) + m.slope*minutes
		if rise := to - from; float64(rise) > allowed {
			list = append(list, fmt.Sprintf("%s grows: %d MB, %.1f minutes later %d MB; %.0f MB more are allowed", m.name, from, minutes, to, allowed))
		}
	}
	return list
}

// floor is the lower quartile of a measure.
func floor(list []Vital, of func(Vital) int) int {
	values := make([]int, len(list))
	for i, v := range list {
		values[i] = of(v)
	}
	slices.Sort(values)
	return values[len(values)/4]
}

// middle is the second in the middle of a stretch of looks.
func middle(list []Vital) float64 { return (list[0].Second + list[len(list)-1].Second) / 2 }
