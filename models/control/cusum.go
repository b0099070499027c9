package control

import "math"

// Run is one time that a process was out of control.
type Run struct {
	Since   int // the first step of the rise that led to the alarm: when the change began, as estimated
	Alarmed int // the step that raised the alarm
	Ended   int // the step at which the sum was back at nothing; -1: it is still out of control
}

// CUSUM adds up steps, never falling below nothing, and gives the runs in which
// the sum rose above threshold (Page 1954). A step is evidence for a change where
// it is positive: a deviation less an allowance, or a log likelihood ratio. The sum
// is held at twice the threshold, so that what lasted long can end soon. NaN is no
// step.
func CUSUM(steps []float64, threshold float64) []Run {
	var runs []Run
	sum, since, out := 0.0, 0, false
	for i, s := range steps {
		if math.IsNaN(s) {
			continue
		}
		if sum <= 0 {
			since = i
		}
		sum = math.Min(math.Max(sum+s, 0), 2*threshold)
		switch {
		case !out && sum > threshold:
			runs, out = append(runs, Run{since, i, -1}), true
		case out && sum == 0:
			runs[len(runs)-1].Ended, out = i, false
		}
	}
	return runs
}

// Binomial is the evidence of hits among cases for a share of p1 rather than p0,
// both inside (0, 1): the log likelihood ratio. Of such sums one in about
// exp(threshold) cases at p0 raises a false alarm (Lorden 1971).
func Binomial(hits, cases, p0, p1 float64) float64 {
	return hits*math.Log(p1/p0) + (cases-hits)*math.Log((1-p1)/(1-p0))
}

// NormalThreshold is the threshold of sums of standard normal steps less
// allowance that gives one false alarm in so many steps (Siegmund 1985,
// approximation 2.56).
func NormalThreshold(steps, allowance float64) float64 {
	b := 1.0
	for range 60 { // exp(b) - b - 1 = 2 steps allowance²
		b = math.Log(2*steps*allowance*allowance + b + 1)
	}
	return math.Max(b/(2*allowance)-1.166, 0)
}
