package survival

import (
	"fmt"
	"math"
	"sort"
)

// IncidenceStep is the cumulative incidence of each cause at one time at which somebody
// left, by an event or not. The slices have one element a cause.
type IncidenceStep struct {
	Time         float64
	AtRisk       float64 // under observation just before Time
	Events       []float64
	Incidence    []float64 // probability to have left by this cause up to Time
	SE           []float64
	Lower, Upper []float64
}

// Incidence is the cumulative incidence by cause, where the causes compete: whoever
// left by one can no longer leave by another. 1 less the sum over causes is the
// Kaplan-Meier curve of leaving by any.
type Incidence struct {
	Causes int
	Totals []float64 // events by cause, weighted
	Steps  []IncidenceStep
}

// CumulativeIncidence is the estimator of Aalen and Johansen (1978) with the variance of
// its delta method (Marubini and Valsecchi 1995, section 10.2) and intervals that are
// symmetric for log(−log I). cause has one element a row of s: the number of the cause,
// from 0, of a row with an event, whatever of others. Left truncation and weights are as
// in KaplanMeier. Treating the other causes as censored, one less Kaplan-Meier, would
// overstate every cause.
func CumulativeIncidence(s Sample, cause []int, causes int, o CurveOptions) (*Incidence, error) {
	if err := s.valid(); err != nil {
		return nil, err
	}
	if len(cause) != s.Len() {
		return nil, fmt.Errorf("%w: %d times, %d causes", ErrShape, s.Len(), len(cause))
	}
	for i, k := range cause {
		if s.Event[i] && (k < 0 || k >= causes) {
			return nil, fmt.Errorf("%w: row %d: cause %d of %d", ErrValue, i, k, causes)
		}
	}
	level, err := levelOr(o.Level)
	if err != nil {
		return nil, err
	}
	order := make([]int, s.Len())
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return s.Time[order[a]] < s.Time[order[b]] })
	watched := &Curve{}
	for i := range order {
		watched.N += s.weight(i)
	}
	watched.enter(s)
	inc := &Incidence{Causes: causes, Totals: make([]float64, causes)}
	w := &incidenceWalk{of: inc, sums: make([]incidenceSums, causes), survival: 1, z: normalQuantile(level)}
	left := 0.0
	for from := 0; from < len(order); {
		step := IncidenceStep{Time: s.Time[order[from]], Events: make([]float64, causes)}
		gone, events := 0.0, 0.0
		to := from
		for ; to < len(order) && s.Time[order[to]] == step.Time; to++ {
			i := order[to]
			gone += s.weight(i)
			if s.Event[i] {
				step.Events[cause[i]] += s.weight(i)
				events += s.weight(i)
			}
		}
		step.AtRisk = max(watched.entered(step.Time)-left, events)
		left += gone
		w.add(step, events)
		from = to
	}
	return inc, nil
}

// incidenceSums are what the variance of one cause is made of, so that it takes one pass:
// with g = d/(n(n−d)) over all causes, and I the incidence at each time.
type incidenceSums struct{ i, g, ig, iig, own, cross, icross float64 }

type incidenceWalk struct {
	of       *Incidence
	sums     []incidenceSums
	survival float64
	z        float64
}

// add goes one step on.
func (w *incidenceWalk) add(step IncidenceStep, events float64) {
	n := step.AtRisk
	g := 0.0
	if events > 0 && n-events > 1e-12*n { // else the curve ends here, and nothing changes after it
		g = events / (n * (n - events))
	}
	for k := range w.sums {
		u := &w.sums[k]
		d := step.Events[k]
		w.of.Totals[k] += d
		if n > 0 {
			u.i += w.survival * d / n
			u.own += w.survival * w.survival * d * (n - d) / (n * n * n)
			u.cross += w.survival * d / (n * n)
			u.icross += u.i * w.survival * d / (n * n)
		}
		u.g, u.ig, u.iig = u.g+g, u.ig+u.i*g, u.iig+u.i*u.i*g
		variance := u.i*u.i*u.g - 2*u.i*u.ig + u.iig + u.own - 2*(u.i*u.cross-u.icross)
		se := math.Sqrt(max(0, variance))
		// The bounds of I by log(−log I) are those of a survival probability of I.
		low, high := bounds(LogLog, u.i, se, w.z)
		step.Incidence, step.SE = append(step.Incidence, u.i), append(step.SE, se)
		step.Lower, step.Upper = append(step.Lower, low), append(step.Upper, high)
	}
	if n > 0 {
		w.survival *= 1 - events/n
	}
	w.of.Steps = append(w.of.Steps, step)
}

// At is the incidence at time t: the last step not after t; false before the first.
func (c *Incidence) At(t float64) (IncidenceStep, bool) {
	i := sort.Search(len(c.Steps), func(i int) bool { return c.Steps[i].Time > t }) - 1
	if i < 0 {
		return IncidenceStep{}, false
	}
	return c.Steps[i], true
}
