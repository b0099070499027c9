package assortment

import (
	"math"
	"testing"
)

func TestPhaseOf(t *testing.T) {
	for name, c := range map[string]struct {
		life Life
		want Phase
	}{
		"new":                     {Life{Age: 89, Sold: true, Recent: 9}, PhaseIntroduction},
		"listed, not ordered yet": {Life{Age: 364}, PhaseIntroduction},
		"never ordered":           {Life{Age: 365}, PhaseDead},
		"silent for a year":       {Life{Age: 900, Sold: true, Silent: 365}, PhaseDead},
		"three to none":           {Life{Age: 400, Sold: true, Silent: 5, Recent: 3}, PhaseGrowth},  // 1/8
		"none to three":           {Life{Age: 400, Sold: true, Silent: 5, Before: 3}, PhaseDecline}, // 1/8
		"two to none":             {Life{Age: 400, Sold: true, Silent: 5, Recent: 2}, PhaseMature},  // 1/4
		"four to two":             {Life{Age: 400, Sold: true, Recent: 4, Before: 2}, PhaseMature},  // 22/64
		"ten to four":             {Life{Age: 400, Sold: true, Recent: 10, Before: 4}, PhaseGrowth}, // .0898
		"as many":                 {Life{Age: 400, Sold: true, Recent: 50, Before: 50}, PhaseMature},
		"long ago by little":      {Life{Age: 400, Sold: true, Silent: 364}, PhaseMature},
	} {
		if got := PhaseOf(c.life); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	if got := tail(10, 4); math.Abs(got-1471.0/16384) > 1e-12 {
		t.Errorf("ten of fourteen or more: %v", got)
	}
	if got := tail(40000, 30000); !(got >= 0 && got < 1e-100) {
		t.Errorf("tail of many: %v", got)
	}
}
