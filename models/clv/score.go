package clv

import (
	"fmt"
	"math"
)

// ScoreOptions say what to compute for every customer.
type ScoreOptions struct {
	Horizon float64 // in units, more than 0
	Annual  float64 // interest rate a year, 0.15 for 15 %; 0: nothing is discounted and no value is for ever
	Margin  float64 // share of spend that is margin; 0: 1, values are sales
	Level   float64 // of the prediction interval; 0: 0.8
	Spend   *Spend  // nil: no money
	Forever bool    // values without a horizon too
}

// Scores hold one element a customer in every slice.
type Scores struct {
	Alive       []float64 // P(alive)
	Expected    []float64 // purchases within the horizon
	None        []float64 // P(no purchase within the horizon)
	Low, High   []int     // prediction interval of the purchases within the horizon
	Next        []float64 // median time to the next purchase, alive or not, in units; 0 where HasNext is false
	HasNext     []bool    // whether a next purchase is more likely than not
	NextLow     []float64 // time by which it has come with probability (1−level)/2; 0 where HasNextLow is false
	HasNextLow  []bool    // whether a next purchase is that likely
	NextHigh    []float64 // time by which it has come with probability (1+level)/2; 0 where HasNextHigh is false
	HasNextHigh []bool
	NextAlive   []float64 // median time to the next purchase given alive; 0 where HasNextAlive is false
	// HasNextAlive is false where even a customer who is alive is more likely to
	// leave than to buy, or the median is beyond 10¹² units.
	HasNextAlive []bool

	Discounted []float64 // expected purchases within the horizon, discounted
	DET        []float64 // the same without a horizon; nil unless Forever and Annual > 0
	MeanSpend  []float64 // expected spend a purchase; nil without Spend
	Value      []float64 // Margin · MeanSpend · Discounted: residual value within the horizon; nil without Spend
	ForeverCLV []float64 // Margin · MeanSpend · DET; nil unless both are there

	NoSpend int // customers whose expected spend is not finite: MeanSpend and values 0
}

// Score values every customer; c.Spend is read when o.Spend is set. Customers
// with the same numbers are computed once.
func (m *Model) Score(c Customers, o ScoreOptions) (*Scores, error) {
	if !(o.Horizon > 0) || !finite(o.Horizon) {
		return nil, fmt.Errorf("clv: a horizon of %v %ss; want a positive number", o.Horizon, m.Unit)
	}
	if o.Annual < 0 || !finite(o.Annual) || !finite(o.Margin) {
		return nil, fmt.Errorf("clv: interest of %v a year and a margin of %v; want numbers, the interest not negative", o.Annual, o.Margin)
	}
	if o.Level == 0 {
		o.Level = 0.8
	}
	if !(o.Level > 0 && o.Level < 1) {
		return nil, fmt.Errorf("clv: an interval of level %v; want more than 0 and less than 1", o.Level)
	}
	if o.Margin == 0 {
		o.Margin = 1
	}
	if err := c.validate(m.Kind); err != nil {
		return nil, err
	}
	if o.Spend != nil && len(c.Spend) != len(c.X) {
		return nil, fmt.Errorf("clv: values need the mean spend of every customer: %w", ErrShape)
	}
	if len(c.X) == 0 {
		return &Scores{}, nil
	}
	if _, err := m.At(c.at(0)); err != nil {
		return nil, err
	}
	u, index := Unique(c)
	rows := make([]customerScore, len(u.X))
	inParallel(len(rows), func(i int) { rows[i] = m.scoreOne(u.at(i), o) })
	return expand(c, index, rows, o), nil
}

type customerScore struct {
	alive, expected, none, next, nextAlive, discounted, det float64
	nextLow, nextHigh                                       float64
	low, high                                               int
	hasNext, hasNextAlive, hasNextLow, hasNextHigh          bool
}

func (m *Model) scoreOne(h History, o ScoreOptions) customerScore {
	p := m.at(h)
	s := customerScore{alive: p.Alive, expected: p.Expected(o.Horizon), none: p.None(o.Horizon)}
	s.low, s.high = p.Interval(o.Horizon, o.Level)
	s.next, s.hasNext = p.Next(0.5)
	s.nextLow, s.hasNextLow = p.Next((1 - o.Level) / 2)
	s.nextHigh, s.hasNextHigh = p.Next((1 + o.Level) / 2)
	s.nextAlive, s.hasNextAlive = p.NextIfAlive(0.5)
	s.discounted = s.expected
	if delta := m.DiscountRate(o.Annual); delta > 0 {
		s.discounted = p.Discounted(o.Horizon, delta)
		if o.Forever {
			s.det, _ = p.DiscountedForever(delta)
		}
	}
	return s
}

// expand gives every customer the score of its unique row, and its money.
func expand(c Customers, index []int, rows []customerScore, o ScoreOptions) *Scores {
	n := len(index)
	column := func() []float64 { return make([]float64, n) }
	s := &Scores{Alive: column(), Expected: column(), None: column(), Low: make([]int, n), High: make([]int, n),
		Next: column(), HasNext: make([]bool, n), NextLow: column(), HasNextLow: make([]bool, n), NextHigh: column(), HasNextHigh: make([]bool, n), NextAlive: column(), HasNextAlive: make([]bool, n), Discounted: column()}
	forever := o.Forever && o.Annual > 0
	if forever {
		s.DET = column()
	}
	if o.Spend != nil {
		s.MeanSpend, s.Value = column(), column()
		if forever {
			s.ForeverCLV = column()
		}
	}
	for i, g := range index {
		r := &rows[g]
		s.Alive[i], s.Expected[i], s.None[i], s.Low[i], s.High[i] = r.alive, r.expected, r.none, r.low, r.high
		s.Next[i], s.HasNext[i], s.NextAlive[i], s.HasNextAlive[i] = r.next, r.hasNext, r.nextAlive, r.hasNextAlive
		s.NextLow[i], s.HasNextLow[i], s.NextHigh[i], s.HasNextHigh[i] = r.nextLow, r.hasNextLow, r.nextHigh, r.hasNextHigh
		s.Discounted[i] = r.discounted
		if forever {
			s.DET[i] = r.det
		}
		if o.Spend == nil {
			continue
		}
		mean, ok := o.Spend.Expected(c.X[i], c.Spend[i])
		if !ok {
			s.NoSpend++
			continue
		}
		s.MeanSpend[i] = mean
		s.Value[i] = ResidualValue(o.Margin, mean, r.discounted)
		if forever {
			s.ForeverCLV[i] = ResidualValue(o.Margin, mean, r.det)
		}
	}
	return s
}

// ResidualValue is the residual customer lifetime value: margin (a share) times
// the expected spend a purchase times the discounted expected purchases.
func ResidualValue(margin, spend, discounted float64) float64 {
	return margin * spend * discounted
}

// totalOf adds the elements in order.
func totalOf(v []float64) (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum
}

// Total adds up a column of scores and gives the interval, at the level, of the
// number of purchases that all the customers together will make within the
// horizon, by the normal approximation of a sum of independent counts. It does
// not hold the uncertainty of the parameters.
func (m *Model) Total(c Customers, horizon, level float64) (expected, low, high float64, err error) {
	if !(horizon > 0) || !finite(horizon) || !(level > 0 && level < 1) {
		return 0, 0, 0, fmt.Errorf("clv: horizon %v and level %v; want a positive number and one between 0 and 1", horizon, level)
	}
	if err := c.validate(m.Kind); err != nil {
		return 0, 0, 0, err
	}
	if len(c.X) == 0 {
		return 0, 0, 0, nil
	}
	if _, err := m.At(c.at(0)); err != nil {
		return 0, 0, 0, err
	}
	u, _ := Unique(c)
	means, variances := make([]float64, len(u.X)), make([]float64, len(u.X))
	inParallel(len(u.X), func(i int) {
		p := m.at(u.at(i))
		mean := p.Expected(horizon)
		means[i] = u.Weight[i] * mean
		_, far := p.Interval(horizon, 1-1e-6)
		var square float64
		for k, v := range p.Probabilities(horizon, 2*far+8) {
			square += v * (float64(k) - mean) * (float64(k) - mean)
		}
		variances[i] = u.Weight[i] * square
	})
	expected = totalOf(means)
	half := math.Sqrt2 * math.Erfinv(level) * math.Sqrt(totalOf(variances))
	return expected, max(expected-half, 0), expected + half, nil
}
