// Package prospecting runs the models of what comes next: demand by month, the
// customers won and kept, what customers could still buy from us, and which leads
// and opportunities to go after.
package prospecting

import (
	"fmt"
	"math"
	"time"

	"verso/models/forecast"
)

// horizon is the months that are looked ahead.
const horizon = 12

// levels are those of the intervals: columns low_80 to high_95 of the scores.
var levels = []float64{0.80, 0.95}

// monthName is the year and month of a month's number, year·12 + month − 1.
func monthName(no int) string { return fmt.Sprintf("%04d-%02d", no/12, no%12+1) }

// monthStart is the first day of a month as days since 1970-01-01.
func monthStart(no int) int64 {
	return time.Date(no/12, time.Month(no%12+1), 1, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// bounds are a forecast's interval ends at a step: low and high of each level;
// NaN where the forecast has no interval.
func bounds(f *forecast.Forecast, step int) [4]float64 {
	out := [4]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	if f.Lower == nil || f.Upper == nil {
		return out
	}
	for k := range levels {
		out[2*k], out[2*k+1] = f.Lower[k][step], f.Upper[k][step]
	}
	return out
}

// filled is a slice of n equal numbers.
func filled(n int, x float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}
