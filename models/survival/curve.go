package survival

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// Interval is how a confidence interval of a survival probability is made.
type Interval int

// The intervals. LogLog and Log are the "log-log" and "log" of R's survfit,
// whose default is Log.
const (
	LogLog Interval = iota // symmetric for log(−log S): stays within 0 and 1 (Kalbfleisch & Prentice 1980)
	Log                    // symmetric for log S, cut at 1
	Plain                  // S ± z·SE, cut at 0 and 1
)

// CurveOptions choose the intervals. The zero value means 95 % log-log.
type CurveOptions struct {
	Level    float64 // confidence level; 0 means 0.95
	Interval Interval
}

// Step is a curve at one time at which somebody left, by an event or not. The
// probabilities hold from Time on.
type Step struct {
	Time        float64
	AtRisk      float64 // under observation just before Time
	Events      float64 // at Time
	Censored    float64 // at Time
	Survival    float64 // Kaplan-Meier: the product of 1 − Events/AtRisk
	SE          float64 // of Survival (Greenwood 1926)
	Lower       float64
	Upper       float64
	CumHazard   float64 // Nelson-Aalen: the sum of Events/AtRisk
	CumHazardSE float64 // root of the sum of Events/AtRisk² (Aalen 1978)
}

// Curve is an estimated survival curve with its cumulative hazard.
type Curve struct {
	N        float64 // subjects, weighted
	Events   float64
	Level    float64
	Interval Interval
	Steps    []Step // ascending in time, one each
	// Reason says in words why the curve is to be read with care; empty when it
	// is not.
	Reason string

	entry  []float64 // ascending, nil without left truncation
	before []float64 // weight that entered below entry[i], one more than entry
}

// KaplanMeier estimates the survival curve and, in the same pass, the
// Nelson-Aalen cumulative hazard. With left truncation a subject counts as at
// risk at t when Entry < t ≤ Time. Weights are counts: a row of weight 2 gives
// the same as the row twice.
//
// Before the first event the probability is 1 and has no error, so both bounds
// are 1; once it is 0 the upper bound stays where it was.
func KaplanMeier(s Sample, o CurveOptions) (*Curve, error) {
	if err := s.valid(); err != nil {
		return nil, err
	}
	level, err := levelOr(o.Level)
	if err != nil {
		return nil, err
	}
	c := &Curve{Level: level, Interval: o.Interval}
	exits := s.exits()
	for _, e := range exits {
		c.N += e.weight
	}
	c.enter(s)
	left := 0.0 // weight that left before the step
	surv, greenwood, hazard, aalen := 1.0, 0.0, 0.0, 0.0
	z := normalQuantile(level)
	upper := 1.0
	for from := 0; from < len(exits); {
		step := Step{Time: exits[from].time}
		to := from
		for ; to < len(exits) && exits[to].time == step.Time; to++ {
			if exits[to].event {
				step.Events += exits[to].weight
			} else {
				step.Censored += exits[to].weight
			}
		}
		step.AtRisk = max(c.entered(step.Time)-left, step.Events)
		left += step.Events + step.Censored
		if step.Events > 0 {
			n, d := step.AtRisk, step.Events
			if n-d <= 1e-12*n {
				surv = 0
				c.ranDry(step.Time, to < len(exits))
			} else {
				surv *= 1 - d/n
				greenwood += d / (n * (n - d))
			}
			hazard += d / n
			aalen += d / (n * n)
			c.Events += d
		}
		step.Survival, step.SE = surv, surv*math.Sqrt(greenwood)
		step.CumHazard, step.CumHazardSE = hazard, math.Sqrt(aalen)
		step.Lower, step.Upper = bounds(o.Interval, surv, step.SE, z)
		if surv == 0 {
			step.Upper = upper
		}
		upper = step.Upper
		c.Steps = append(c.Steps, step)
		from = to
	}
	if c.Events == 0 {
		c.Reason = "no event was seen: the curve stays at 1 and says nothing about how long it lasts"
	}
	return c, nil
}

func (c *Curve) ranDry(t float64, more bool) {
	if more && c.Reason == "" {
		c.Reason = fmt.Sprintf("all subjects at risk at %v had the event while others entered later: the curve is 0 from there on; "+
			"start later or leave out the early entries", t)
	}
}

// enter prepares how many have entered by a time.
func (c *Curve) enter(s Sample) {
	if s.Entry == nil {
		return
	}
	type entry struct{ time, weight float64 }
	list := make([]entry, s.Len())
	for i, t := range s.Entry {
		list[i] = entry{t, s.weight(i)}
	}
	slices.SortFunc(list, func(a, b entry) int {
		if a.time != b.time {
			return compare(a.time, b.time)
		}
		return compare(a.weight, b.weight)
	})
	c.before = append(c.before, 0)
	sum := 0.0
	for i, e := range list {
		sum += e.weight
		if i+1 < len(list) && list[i+1].time == e.time {
			continue
		}
		c.entry = append(c.entry, e.time)
		c.before = append(c.before, sum)
	}
}

func compare(a, b float64) int {
	if a < b {
		return -1
	}
	return 1
}

// entered is the weight with Entry below t, everybody without truncation.
func (c *Curve) entered(t float64) float64 {
	if c.entry == nil {
		return c.N
	}
	return c.before[sort.SearchFloat64s(c.entry, t)]
}

// bounds are the confidence limits of a survival probability.
func bounds(kind Interval, surv, se, z float64) (lower, upper float64) {
	if surv <= 0 || surv >= 1 || se == 0 {
		return surv, surv
	}
	switch kind {
	case Log:
		h := z * se / surv
		return surv * math.Exp(-h), min(1, surv*math.Exp(h))
	case Plain:
		return max(0, surv-z*se), min(1, surv+z*se)
	default:
		l := math.Log(surv)
		h := z * se / (surv * math.Abs(l))
		return math.Exp(l * math.Exp(h)), math.Exp(l * math.Exp(-h))
	}
}

// At is the curve at time t: the last step not after t. Before the first step
// it is 1 with nothing at risk counted. known is false beyond the last time
// seen unless the curve has reached 0: the value is then only the last known.
func (c *Curve) At(t float64) (step Step, known bool) {
	i := sort.Search(len(c.Steps), func(i int) bool { return c.Steps[i].Time > t }) - 1
	if i < 0 {
		return Step{Survival: 1, Lower: 1, Upper: 1}, true
	}
	s := c.Steps[i]
	return s, t <= c.Last() || s.Survival == 0
}

// Last is the longest time seen, by event or not.
func (c *Curve) Last() float64 { return c.Steps[len(c.Steps)-1].Time }

// HazardInterval is the interval of the cumulative hazard of a step, symmetric
// for its logarithm.
func (c *Curve) HazardInterval(s Step) (lower, upper float64) {
	if s.CumHazard == 0 {
		return 0, 0
	}
	h := math.Exp(normalQuantile(c.Level) * s.CumHazardSE / s.CumHazard)
	return s.CumHazard / h, s.CumHazard * h
}

// Quantile is the time by which a share of the subjects had the event. Where a
// Has field is false the curve does not come down far enough to tell, and the
// number beside it is 0.
type Quantile struct {
	Share    float64
	Time     float64
	Lower    float64
	Upper    float64
	HasTime  bool
	HasLower bool
	HasUpper bool
}

// Quantile estimates the time by which the share has had the event: the first
// time at which S ≤ 1 − share, or the middle of the stretch when the curve runs
// level exactly there. Its interval is where the bounds of the curve cross the
// same height (Brookmeyer & Crowley 1982).
func (c *Curve) Quantile(share float64) (Quantile, error) {
	if !(share > 0 && share < 1) {
		return Quantile{}, fmt.Errorf("%w: the share %v of a quantile must lie between 0 and 1", ErrValue, share)
	}
	q := Quantile{Share: share}
	q.Time, q.HasTime = c.crossing(1-share, func(s *Step) float64 { return s.Survival })
	q.Lower, q.HasLower = c.crossing(1-share, func(s *Step) float64 { return s.Lower })
	q.Upper, q.HasUpper = c.crossing(1-share, func(s *Step) float64 { return s.Upper })
	return q, nil
}

// Median is the quantile of one half.
func (c *Curve) Median() Quantile {
	q, _ := c.Quantile(0.5)
	return q
}

func (c *Curve) crossing(height float64, of func(*Step) float64) (float64, bool) {
	const level = 1e-9 // equal up to rounding
	for i := range c.Steps {
		y := of(&c.Steps[i])
		if y > height+level {
			continue
		}
		if y < height-level {
			return c.Steps[i].Time, true
		}
		for j := i + 1; j < len(c.Steps); j++ {
			if of(&c.Steps[j]) < y-level {
				return (c.Steps[i].Time + c.Steps[j].Time) / 2, true
			}
		}
		return c.Steps[i].Time, true
	}
	return 0, false
}

// Mean is a restricted mean: the mean time spent before the event within the
// horizon.
type Mean struct {
	Horizon float64
	Value   float64
	SE      float64
	Lower   float64
	Upper   float64
}

// RestrictedMean is the area under the curve from 0 to the horizon; 0 means
// the longest time seen. Its variance is Σ A(t)²·d/(n(n−d)) over the event
// times, A(t) being the area from t to the horizon (Klein & Moeschberger 2003,
// 4.5). A horizon beyond what was seen is refused unless the curve is at 0.
func (c *Curve) RestrictedMean(horizon float64) (Mean, error) {
	if horizon == 0 {
		horizon = c.Last()
	}
	if _, known := c.At(horizon); !known || !(horizon >= 0) {
		return Mean{}, fmt.Errorf("%w: the horizon %v must not be beyond %v, the longest time seen", ErrValue, horizon, c.Last())
	}
	var area, variance float64
	end := horizon
	for i := len(c.Steps) - 1; i >= 0; i-- {
		s := &c.Steps[i]
		if s.Time > horizon {
			continue
		}
		area += s.Survival * (end - s.Time)
		end = s.Time
		if n, d := s.AtRisk, s.Events; d > 0 && s.Survival > 0 {
			variance += area * area * d / (n * (n - d))
		}
	}
	area += end
	m := Mean{Horizon: horizon, Value: area, SE: math.Sqrt(variance)}
	h := normalQuantile(c.Level) * m.SE
	m.Lower, m.Upper = max(0, area-h), min(horizon, area+h)
	return m, nil
}

// RiskRow is a line of the table below a survival plot.
type RiskRow struct {
	Time     float64
	AtRisk   float64 // under observation just before Time
	Events   float64 // up to and including Time
	Censored float64 // up to and including Time
}

// RiskTable counts those at risk at each of the times.
func (c *Curve) RiskTable(times []float64) []RiskRow {
	events, censored := make([]float64, len(c.Steps)+1), make([]float64, len(c.Steps)+1)
	for i, s := range c.Steps {
		events[i+1], censored[i+1] = events[i]+s.Events, censored[i]+s.Censored
	}
	rows := make([]RiskRow, len(times))
	for i, t := range times {
		before := sort.Search(len(c.Steps), func(k int) bool { return c.Steps[k].Time >= t })
		upto := sort.Search(len(c.Steps), func(k int) bool { return c.Steps[k].Time > t })
		rows[i] = RiskRow{Time: t, Events: events[upto], Censored: censored[upto],
			AtRisk: max(0, c.entered(t)-events[before]-censored[before])}
	}
	return rows
}
