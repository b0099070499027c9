package metric

import "math"

// Wilson is the 95 % interval of a share of k in n (Wilson 1927), by the score
// test: it stays within 0 and 1 and is sound for few cases and for none. Without
// cases it is 0 to 1.
func Wilson(k, n float64) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p := k / n
	middle := (p + z*z/2/n) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/4/n/n)
	return max(0, middle-half), min(1, middle+half)
}
