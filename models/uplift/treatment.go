package uplift

import (
	"math"
	"slices"

	"verso/models/propensity"
)

// treatment is the name of the column that withTreatment adds, and begins those
// of the columns by which the effect may differ.
const treatment = "\x00treated"

// Modifier is a number, or one level of a feature, by which the effect may
// differ: it enters as (value − center)·(treated − share), so that the effect at
// the mean customer is that of the treatment column alone and a penalty on the
// modifiers draws every effect towards the average one.
type Modifier struct {
	Column string  `json:"column"`
	Level  string  `json:"level"` // "" for a number, "missing" for a missing value
	Center float64 `json:"center"`
}

func (m Modifier) name() string { return treatment + " " + m.Column + " = " + m.Level }

// rareLevel is the share of rows below which a level has no effect of its own.
const rareLevel = .01

func modifiersOf(x propensity.Table) []Modifier {
	var out []Modifier
	for _, c := range x {
		for _, v := range indicators(c) {
			mean, variance := numberMoments(v.values, nil)
			if variance > 0 && (c.Levels == nil && v.level == "" || mean >= rareLevel) {
				out = append(out, Modifier{c.Name, v.level, mean})
			}
		}
	}
	return out
}

// withTreatment adds the treatment as a feature; for a logistic regression,
// which adds up its terms, also the modifiers.
func (m *Model) withTreatment(x propensity.Table, treated []bool) propensity.Table {
	t := propensity.Column{Name: treatment, Numbers: make([]float64, len(treated))}
	for i, v := range treated {
		t.Numbers[i] = float64(arm(v))
	}
	out := append(propensity.Table{t}, x...)
	for _, mod := range m.Modifiers {
		at := slices.IndexFunc(x, func(c propensity.Column) bool { return c.Name == mod.Column })
		if at < 0 {
			continue // the learner says which column is missing
		}
		c := propensity.Column{Name: mod.name(), Numbers: make([]float64, len(treated))}
		for i := range treated {
			v := mod.Center
			switch from := x[at]; {
			case from.Levels != nil:
				v = float64(arm(from.Levels[i] == mod.Level || from.Levels[i] == "" && mod.Level == missingLevel))
			case mod.Level == missingLevel:
				v = float64(arm(math.IsNaN(from.Numbers[i])))
			case !math.IsNaN(from.Numbers[i]):
				v = from.Numbers[i]
			}
			c.Numbers[i] = (v - mod.Center) * (t.Numbers[i] - m.Share)
		}
		out = append(out, c)
	}
	return out
}
