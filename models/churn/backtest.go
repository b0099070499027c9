package churn

import (
	"errors"
	"fmt"
	"math"

	"verso/models/propensity"
)

// Baselines that stand beside the learners in every backtest.
const (
	Policy  = "model"   // what would have been used: the champion of the origins before
	Recency = "recency" // regression on the days since the last order alone
	BTYD    = "btyd"    // buy-till-you-die model
	Last    = "last"    // the same learner as fitted at the test origin before
)

// ErrFew is returned when there is too little to learn from.
var ErrFew = errors.New("churn: too few customers with a known outcome")

// leastOutcomes is how many rows of each outcome it takes to learn from.
const leastOutcomes = 30

// Test is one origin predicted by models of what was known on that day.
type Test struct {
	Origin  int
	Rows    []int
	Y       []float64
	P       map[string][]float64 // by learner and baseline; a baseline that does not exist is absent
	Slope   map[string]float64   // of the learners
	Shift   map[string]float64
	Learned int // rows the learners were fitted on
}

// Backtest is how learners and baselines did at rolling origins.
type Backtest struct {
	Tests    []Test
	Champion string             // learner of the final model: the blend until a test has told them apart
	Losses   [][]float64        // by learner, simplest first, and test: mean log-loss
	Slope    map[string]float64 // of the log-odds of each learner, by the tests so far
}

// Run tests at every origin that has enough before it. asOf is the last day of
// which outcomes are known.
func Run(d *Data, features []Feature, origins []int, asOf int) (*Backtest, error) {
	b := &Backtest{Champion: Blend, Losses: make([][]float64, len(Kinds())), Slope: map[string]float64{Logistic: 1, Trees: 1, Blend: 1}}
	var before *Fitted
	for _, o := range origins {
		t := Test{Origin: o, P: map[string][]float64{}, Slope: map[string]float64{}, Shift: map[string]float64{}}
		for _, i := range d.At(o) {
			if d.Until[i] <= asOf {
				t.Rows, t.Y = append(t.Rows, i), append(t.Y, d.Outcome(i, d.Until[i]))
			}
		}
		f, err := Learn(d, features, o, b.Slope)
		if errors.Is(err, ErrFew) || len(t.Rows) == 0 {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("at %d: %w", o, err)
		}
		if err := b.test(d, &t, f, before); err != nil {
			return nil, err
		}
		before = f
		b.Tests = append(b.Tests, t)
		if err := b.choose(); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// test predicts an origin by everything.
func (b *Backtest) test(d *Data, t *Test, f, before *Fitted) error {
	x := d.table(t.Rows, d.ends(t.Rows))
	t.Learned = f.Rows
	for k, kind := range Kinds() {
		m, err := f.Level(d, kind, t.Rows)
		if err != nil {
			return err
		}
		p, err := m.Score(x)
		if err != nil {
			return err
		}
		t.P[kind], t.Slope[kind], t.Shift[kind] = p, m.Slope, m.Shift
		b.Losses[k] = append(b.Losses[k], meanLoss(t.Y, p))
	}
	t.P[Policy] = t.P[b.For(f)]
	p, err := f.Recency.Score(recencyOnly(x))
	if err != nil {
		return err
	}
	t.P[Recency] = p
	if before != nil {
		m, err := before.Level(d, b.For(before), t.Rows)
		if err != nil {
			return err
		}
		if t.P[Last], err = m.Score(x); err != nil {
			return err
		}
	}
	if none := d.none(t.Rows); none != nil {
		t.P[BTYD] = none
	}
	return nil
}

// For is the learner that is used for what was learned: the champion, or where less
// than a year of outcomes is known the regression. On a history that short all later
// customers are older than any learned from, and trees cannot go beyond what they
// have seen.
func (b *Backtest) For(f *Fitted) string {
	if !f.Season {
		return Logistic
	}
	return b.Champion
}

// none is the baseline of the buy-till-you-die model; nil where a row has none.
func (d *Data) none(rows []int) []float64 {
	if d.None == nil {
		return nil
	}
	out := make([]float64, len(rows))
	for k, i := range rows {
		if out[k] = d.None(i, d.Until[i]); math.IsNaN(out[k]) {
			return nil
		}
	}
	return out
}

// choose takes the simplest learner whose mean loss over the tests so far is
// within one standard error of the lowest, and learns from these tests by how much
// the log-odds of each learner are to be stretched (Platt's slope, 1999).
func (b *Backtest) choose() error {
	k, err := propensity.Simplest(b.Losses)
	if err != nil {
		return err
	}
	b.Champion = Kinds()[k]
	slopes := map[string]float64{}
	for _, kind := range Kinds() {
		var y, p []float64
		for _, t := range b.Tests {
			y, p = append(y, t.Y...), append(p, t.P[kind]...)
		}
		slopes[kind] = b.Slope[kind]
		c, err := propensity.FitPlatt(y, p, nil)
		if errors.Is(err, propensity.ErrOneOutcome) || err == nil && !(c.Slope > 0) {
			continue
		}
		if err != nil {
			return err
		}
		last := b.Tests[len(b.Tests)-1].Slope[kind]
		slopes[kind] = min(max(c.Slope*last, leastSlope), mostSlope)
	}
	b.Slope = slopes
	return nil
}

// The slope is kept near 1: tests of few origins do not tell more.
const (
	leastSlope = .8
	mostSlope  = 1.4
)

// Fitted is what was learned up to a day.
type Fitted struct {
	Model   *Model             // both learners
	Slope   map[string]float64 // of each learner, as given
	Shift   map[string]float64 // of each learner
	Season  bool               // the shift is that of the same season a year before
	Recency *propensity.Logistic
	Rows    int
	Origins int
	History int      // days from the first order of all
	Used    []string // columns learned from
}

// Learn fits on all rows whose outcome a day knows; the log-odds are stretched by the
// slopes that a backtest found.
func Learn(d *Data, features []Feature, day int, slope map[string]float64) (*Fitted, error) {
	rows, until, y := d.known(day)
	var ones float64
	for _, v := range y {
		ones += v
	}
	if ones < leastOutcomes || float64(len(y))-ones < leastOutcomes {
		return nil, fmt.Errorf("%w: %d, of whom %.0f stopped; it takes %d who stopped and %d who went on", ErrFew, len(y), ones, leastOutcomes, leastOutcomes)
	}
	all := d.table(rows, until)
	s := propensity.Sample{X: Usable(all), Y: y}
	if len(s.X) == 0 {
		return nil, fmt.Errorf("%w: all %d are alike in every feature", ErrFew, len(y))
	}
	m, err := Fit(s, features)
	if err != nil {
		return nil, err
	}
	f := &Fitted{Model: m, Rows: len(rows), History: day - d.began(), Slope: slope, Shift: map[string]float64{}}
	for _, c := range s.X {
		f.Used = append(f.Used, c.Name)
	}
	for k, i := range rows {
		if k == 0 || d.Origin[i] != d.Origin[rows[k-1]] {
			f.Origins++
		}
	}
	if f.Recency, err = propensity.FitLogistic(propensity.Sample{X: recencyOnly(all), Y: y}, propensity.LogisticOptions{}); err != nil {
		return nil, err
	}
	return f, f.recalibrate(d, day, rows, until, y)
}

// recencyOnly is the one column of the plainest baseline.
func recencyOnly(x propensity.Table) propensity.Table {
	for _, c := range x {
		if c.Name == "recency" {
			m := &Model{Logs: []string{"recency"}}
			return m.logged(propensity.Table{c})
		}
	}
	return nil
}

func meanLoss(y, p []float64) float64 {
	sum := 0.0
	for i, v := range p {
		v = math.Min(math.Max(v, 1e-9), 1-1e-9)
		sum -= y[i]*math.Log(v) + (1-y[i])*math.Log(1-v)
	}
	return sum / float64(len(y))
}
