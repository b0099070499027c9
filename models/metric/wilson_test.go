package metric

import (
	"math"
	"testing"
)

// The intervals are those of R's prop.test(k, n, correct = FALSE).
func TestWilson(t *testing.T) {
	for _, c := range []struct{ k, n, low, high float64 }{{2, 4, .1500389, .8499611}, {0, 10, 0, .2775328}, {10, 10, .7224672, 1}, {81, 263, .2552899, .3662121}, {0, 0, 0, 1}} {
		low, high := Wilson(c.k, c.n)
		if math.Abs(low-c.low) > 5e-7 || math.Abs(high-c.high) > 5e-7 {
			t.Errorf("%v of %v: %.7f to %.7f, want %v to %v", c.k, c.n, low, high, c.low, c.high)
		}
	}
}
