package uplift

import (
	"math"
	"slices"

	"verso/models/propensity"
)

// balance fills the table of standardised differences.
func (m *Matched) balance(d Experiment, rows [2][]int) {
	var before [2][]float64
	for a := range 2 {
		before[a] = make([]float64, len(d.Y))
		for _, i := range rows[a] {
			before[a][i] = 1
		}
	}
	after := [2][]float64{make([]float64, len(d.Y)), make([]float64, len(d.Y))}
	for i, w := range m.Weight {
		after[arm(d.Treated[i])][i] = w
	}
	for _, c := range d.X {
		for _, x := range indicators(c) {
			t, vt := numberMoments(x.values, before[1])
			ctl, vc := numberMoments(x.values, before[0])
			matchedT, _ := numberMoments(x.values, after[1])
			match, _ := numberMoments(x.values, after[0])
			b := Balance{Feature: c.Name, Level: x.level, Treated: t, Control: ctl, Match: match}
			if s := math.Sqrt((vt + vc) / 2); s > 0 {
				b.Before, b.After = (t-ctl)/s, (matchedT-match)/s
			}
			m.Balance = append(m.Balance, b)
			m.Worst = max(m.Worst, math.Abs(b.After))
		}
	}
}

// missingLevel names a missing value among the levels.
const missingLevel = "missing"

// indicator is a feature, or one level of it, as numbers.
type indicator struct {
	level  string
	values []float64
}

func indicators(c propensity.Column) []indicator {
	flag := func(level string, is func(i int) bool, n int) indicator {
		x := indicator{level: level, values: make([]float64, n)}
		for i := range x.values {
			if is(i) {
				x.values[i] = 1
			}
		}
		return x
	}
	if c.Levels == nil {
		out := []indicator{{values: c.Numbers}}
		if slices.ContainsFunc(c.Numbers, math.IsNaN) {
			out = append(out, flag(missingLevel, func(i int) bool { return math.IsNaN(c.Numbers[i]) }, len(c.Numbers)))
		}
		return out
	}
	levels := slices.Clone(c.Levels)
	slices.Sort(levels)
	var out []indicator
	for _, v := range slices.Compact(levels) {
		name := v
		if v == "" {
			name = missingLevel
		}
		out = append(out, flag(name, func(i int) bool { return c.Levels[i] == v }, len(c.Levels)))
	}
	return out
}
