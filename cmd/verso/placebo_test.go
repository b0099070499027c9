package main

import (
	"testing"

	"verso/olap"
	"verso/olap/anomaly"
)

// TestAlarmsOnThePlacebo judges a company in which nothing is planted: the
// share of values reported is the rate of false alarms. It is measured for money
// and for counts, over the total and the members of three attributes.
func TestAlarmsOnThePlacebo(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, placebo...)
	o, err := olap.Open(t.Context(), generation(t, dir), olap.Options{Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	const alpha = 0.01
	for _, measure := range []string{"net", "lines"} {
		alarms, tested, sure := 0, 0, 0
		for _, split := range []string{"customer.type", "class.bucket", "region.area"} {
			a, err := anomaly.Scan(t.Context(), o, anomaly.Question{Cube: "sales", Measure: measure, Split: split, Alpha: alpha})
			if err != nil {
				t.Fatal(err)
			}
			tested += a.Tested
			alarms += len(a.Findings)
			for _, f := range a.Findings {
				if f.Sure {
					sure++
				}
			}
		}
		rate := float64(alarms) / float64(tested)
		t.Logf("%s: %d of %d values reported (%.4f, nominal %.2f), %d sure", measure, alarms, tested, rate, alpha, sure)
		if tested < 1000 || rate > 2*alpha {
			t.Errorf("%s: %d alarms among %d values of a company without effects", measure, alarms, tested)
		}
	}
}
