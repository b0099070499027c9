package metric

import (
	"math"
	"testing"
)

// The intervals are those of method 3 in Newcombe (1998), "Two-sided confidence
// intervals for the single proportion", table I, to four decimals.
func TestWilson(t *testing.T) {
	for _, c := range []struct{ k, n, low, high float64 }{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}, {0, 0, 0, 1}} {
		low, high := Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%v of %v: %.6f to %.6f, want %v to %v", c.k, c.n, low, high, c.low, c.high)
		}
	}
}
