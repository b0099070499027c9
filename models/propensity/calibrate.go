package propensity

import (
	"fmt"
	"math"
	"sort"
)

// Methods of calibration.
const (
	Platt    = "platt"    // a logistic curve over the log-odds
	Isotonic = "isotonic" // any rising curve
)

// Calibration maps the probabilities of a model to those that came true on rows
// it was not fitted on, such as a later origin; then it moves all odds by one
// factor, such as that of a season.
type Calibration struct {
	Method    string    `json:"method"`    // Platt, Isotonic, or "" for the shift alone
	Slope     float64   `json:"slope"`     // Platt: of the log-odds; 1 is calibrated
	Intercept float64   `json:"intercept"` // Platt
	X         []float64 `json:"x"`         // Isotonic: probabilities in ascending order
	Y         []float64 `json:"y"`         // Isotonic: what they mean; linear in between
	Shift     float64   `json:"shift"`     // added to the log-odds at the end; see PriorShift and RateShift
	Rows      int       `json:"rows"`      // of the calibration sample
	Reason    string    `json:"reason"`    // what to know, in plain words; empty when nothing
}

// certain keeps probabilities from 0 and 1, where log-odds are infinite.
const certain = 1e-12

func logit(p float64) float64 {
	p = min(max(p, certain), 1-certain)
	return math.Log(p) - math.Log1p(-p)
}

// FitPlatt fits P(y=1) = 1/(1+exp(−Intercept−Slope·logit p)) with the outcomes
// pulled in to (n₁+1)/(n₁+2) and 1/(n₀+2), as Platt (1999) does against
// overfitting. y is 0 or 1, p from 0 to 1, w nil or not negative.
func FitPlatt(y, p, w []float64) (*Calibration, error) {
	s, err := calibrationSample(y, p, w)
	if err != nil {
		return nil, err
	}
	var n [2]float64
	for i, v := range s.Y {
		n[int(v)] += s.weight(i)
	}
	target := [2]float64{1 / (n[0] + 2), (n[1] + 1) / (n[1] + 2)}
	x := s.X[0].Numbers
	c := &Calibration{Method: Platt, Slope: 1, Rows: len(x)}
	loss := func(a, b float64) float64 {
		var total float64
		for i, v := range x {
			m := a + b*v
			total += s.weight(i) * (softplus(m) - target[int(s.Y[i])]*m)
		}
		return total
	}
	here := loss(0, 1)
	for range 100 {
		var ga, gb, haa, hab, hbb float64
		for i, v := range x {
			q, w := sigmoid(c.Intercept+c.Slope*v), s.weight(i)
			d, h := w*(q-target[int(s.Y[i])]), w*q*(1-q)
			ga, gb = ga+d, gb+d*v
			haa, hab, hbb = haa+h, hab+h*v, hbb+h*v*v
		}
		det := haa*hbb - hab*hab
		if !(det > dependent*haa*hbb) {
			return nil, fmt.Errorf("%w: the probabilities to calibrate are all alike", ErrOneOutcome)
		}
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		size, next := 1.0, 0.0
		for ; size > 1e-10; size /= 2 {
			if next = loss(c.Intercept-size*da, c.Slope-size*db); next <= here {
				break
			}
		}
		if size <= 1e-10 || ga*da+gb*db < 1e-12*(1+here) {
			break
		}
		c.Intercept, c.Slope, here = c.Intercept-size*da, c.Slope-size*db, next
	}
	if c.Slope <= 0 {
		c.Reason = "higher scores came true less often: the model ranks the wrong way round"
	}
	return c, nil
}

// calibrationSample checks the input; its feature is the log-odds.
func calibrationSample(y, p, w []float64) (Sample, error) {
	x := make([]float64, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return Sample{}, fmt.Errorf("%w: probability %v in row %d", ErrValue, v, i)
		}
		x[i] = logit(v)
	}
	return Sample{X: Table{{Name: "score", Numbers: x}}, Y: y, W: w}.check(true)
}

// FitIsotonic fits the rising step curve closest to the outcomes (pool adjacent
// violators, Ayer et al. 1955), drawn linearly between its steps and kept half
// a row away from 0 and 1.
func FitIsotonic(y, p, w []float64) (*Calibration, error) {
	if _, err := calibrationSample(y, p, w); err != nil {
		return nil, err
	}
	weight := Sample{W: w}.weight
	order := make([]int, 0, len(p))
	for i := range p {
		if weight(i) > 0 {
			order = append(order, i)
		}
	}
	sort.SliceStable(order, func(a, b int) bool { return p[order[a]] < p[order[b]] })
	type step struct{ low, high, ones, weight float64 }
	var steps []step
	var total float64
	for k, i := range order {
		total += weight(i)
		if k > 0 && p[i] == p[order[k-1]] {
			last := &steps[len(steps)-1]
			last.ones += weight(i) * y[i]
			last.weight += weight(i)
			continue
		}
		steps = append(steps, step{p[i], p[i], weight(i) * y[i], weight(i)})
	}
	pooled := steps[:0]
	for _, s := range steps {
		for n := len(pooled); n > 0 && pooled[n-1].ones*s.weight >= s.ones*pooled[n-1].weight; n = len(pooled) {
			last := pooled[n-1]
			s = step{last.low, s.high, last.ones + s.ones, last.weight + s.weight}
			pooled = pooled[:n-1]
		}
		pooled = append(pooled, s)
	}
	c := &Calibration{Method: Isotonic, Rows: len(order)}
	for _, s := range pooled {
		rate := min(max(s.ones/s.weight, .5/total), 1-.5/total)
		c.X, c.Y = append(c.X, s.low), append(c.Y, rate)
		if s.high > s.low {
			c.X, c.Y = append(c.X, s.high), append(c.Y, rate)
		}
	}
	if len(pooled) == 1 {
		c.Reason = "higher scores did not come true more often: every row gets the base rate"
	}
	return c, nil
}

// Apply maps probabilities; nil leaves them as they are.
func (c *Calibration) Apply(p []float64) []float64 {
	out := make([]float64, len(p))
	for i, v := range p {
		out[i] = c.one(v)
	}
	return out
}

func (c *Calibration) one(p float64) float64 {
	if c == nil {
		return p
	}
	switch c.Method {
	case Platt:
		p = sigmoid(c.Intercept + c.Slope*logit(p))
	case Isotonic:
		p = c.rising(p)
	}
	if c.Shift != 0 {
		p = sigmoid(logit(p) + c.Shift)
	}
	return p
}

func (c *Calibration) rising(p float64) float64 {
	k := sort.SearchFloat64s(c.X, p)
	switch {
	case k == 0:
		return c.Y[0]
	case k == len(c.X):
		return c.Y[k-1]
	}
	share := (p - c.X[k-1]) / (c.X[k] - c.X[k-1])
	return c.Y[k-1] + share*(c.Y[k]-c.Y[k-1])
}

// PriorShift is the shift of the log-odds from one base rate to another
// (Elkan 2001): odds are multiplied by [to/(1−to)] / [from/(1−from)]. It suits
// a season whose base rate is known from the same months of an earlier year.
// Both rates lie strictly between 0 and 1.
func PriorShift(from, to float64) (float64, error) {
	if !(from > 0 && from < 1 && to > 0 && to < 1) {
		return 0, fmt.Errorf("%w: base rates lie between 0 and 1: from %v to %v", ErrValue, from, to)
	}
	return math.Log(to/(1-to)) - math.Log(from/(1-from)), nil
}

// RateShift is the shift of the log-odds that makes the mean of the
// probabilities equal the rate. w is nil or not negative.
func RateShift(p, w []float64, rate float64) (float64, error) {
	if len(p) == 0 || w != nil && len(w) != len(p) {
		return 0, fmt.Errorf("%w: %d probabilities, %d weights", ErrShape, len(p), len(w))
	}
	if !(rate > 0 && rate < 1) {
		return 0, fmt.Errorf("%w: a base rate lies between 0 and 1, not %v", ErrValue, rate)
	}
	weight := Sample{W: w}.weight
	var total float64
	for i, v := range p {
		if !(v >= 0 && v <= 1) || !(weight(i) >= 0) {
			return 0, fmt.Errorf("%w: probability %v, weight %v in row %d", ErrValue, v, weight(i), i)
		}
		total += weight(i)
	}
	if !(total > 0) || math.IsInf(total, 0) {
		return 0, fmt.Errorf("%w: the weights add up to %v", ErrValue, total)
	}
	low, high := -60.0, 60.0
	for range 80 { // the mean rises with the shift
		mid := (low + high) / 2
		var mean float64
		for i, v := range p {
			mean += weight(i) * sigmoid(logit(v)+mid) / total
		}
		if mean < rate {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2, nil
}
