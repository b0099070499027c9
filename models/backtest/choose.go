package backtest

import (
	"fmt"
	"math"
	"slices"

	"verso/models/propensity"
)

// Learners to choose between.
const (
	Auto     = "auto" // the logistic regression, trees and their blend
	Logistic = "logistic"
	Trees    = "trees"
)

// ChooseOptions say how settings are chosen. The zero value means the defaults.
type ChooseOptions struct {
	Learner    string            // Auto, Logistic or Trees; "": Auto
	Folds      int               // by origin where there are three or more, else drawn by customer; 0: 5, or 3 above 10,000 rows
	Gap        int               // the horizon of the outcome, in the units of the origins
	Budget     float64           // work at most, in additions to histograms or to matrices (about 1e9 a second and core); 0: 1e10. Above it, fewer customers are looked at, then fewer settings
	Seed       uint64            // of the folds drawn by customer
	Monotone   map[string]int    // of trees; see propensity.TreeOptions
	Candidates []propensity.Spec // nil: Grid
	Lowest     bool              // take the lowest loss, not the simplest within one standard error
	Workers    int               // goroutines; 0: all cores. The result does not depend on it
}

// Trial is one candidate's losses.
type Trial struct {
	Name   string    `json:"name"`
	Rounds int       `json:"rounds"` // of trees: where the mean loss was lowest; 0: no trees
	Losses []float64 `json:"losses"` // mean log-loss by fold
	Mean   float64   `json:"mean"`   // of the folds
	Work   float64   `json:"work"`   // see ChooseOptions.Budget
	Reason string    `json:"reason"` // why it was not tried or cannot be fitted; empty when it was
}

// Choice is the settings chosen, to be fitted on all rows.
type Choice struct {
	Spec        propensity.Spec         `json:"-"`
	Name        string                  `json:"name"`
	Calibration *propensity.Calibration `json:"calibration"` // nil: the scores need none
	Trials      []Trial                 `json:"trials"`
	Rows        int                     `json:"rows"` // looked at
	Of          int                     `json:"of"`   // rows there are
	Folds       []string                `json:"folds"`
	Work        float64                 `json:"work"`
	Words       Words                   `json:"words"`
}

// Fit fits the chosen learner on a sample and calibrates it as found.
func (c *Choice) Fit(s propensity.Sample) (*propensity.Model, error) {
	m, err := c.Spec.Fit(s)
	if err != nil {
		return nil, err
	}
	m.Calibration = c.Calibration
	return m, nil
}

// Choose fits candidates on folds within the sample, all on the first two folds
// and the better half of each kind on the others, and chooses by log-loss: the
// best logistic regression, the best trees and, for Auto, their blend; among
// these the simplest within one standard error of the best (Breiman et al.
// 1984); the standard error is the larger of that over folds and that over
// customers, for a few folds tell little of it. The number of trees is where the mean over the folds of the loss after
// each tree is lowest. Calibration is added only when predictions of the folds
// reject that they are calibrated (likelihood ratio of a Platt curve, 5 %).
//
// The budget is counted in work derived from the size of the data, never in
// time, so that the same input gives the same choice on any machine.
func Choose(s Sample, o ChooseOptions) (*Choice, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	o, err := o.withDefaults(s)
	if err != nil {
		return nil, err
	}
	c := &Choice{Of: len(s.Y)}
	small, folds, err := c.within(s, &o)
	if err != nil {
		return nil, err
	}
	for _, f := range folds {
		c.Folds = append(c.Folds, f.Name)
	}
	t := &tuner{s: small, folds: folds, o: o}
	trials := t.run()
	for _, trial := range trials {
		c.Trials = append(c.Trials, trial.Trial)
		c.Work += trial.Work
	}
	if err := c.decide(t, trials); err != nil {
		return nil, err
	}
	return c, nil
}

func (o ChooseOptions) withDefaults(s Sample) (ChooseOptions, error) {
	if o.Learner == "" {
		o.Learner = Auto
	}
	if o.Learner != Auto && o.Learner != Logistic && o.Learner != Trees {
		return o, fmt.Errorf("%w: learner %q is none of %s, %s and %s", ErrValue, o.Learner, Logistic, Trees, Auto)
	}
	if o.Folds == 0 {
		o.Folds = 5
		if len(s.Y) > 10_000 {
			o.Folds = 3
		}
	}
	if o.Budget == 0 {
		o.Budget = 1e10
	}
	if o.Folds < 2 || o.Gap < 0 || !(o.Budget > 0) {
		return o, fmt.Errorf("%w: at least 2 folds, a gap not negative and a positive budget: %+v", ErrValue, o)
	}
	if o.Candidates == nil {
		o.Candidates = Grid(s.Sample, o.Learner, o.Monotone)
	}
	if len(o.Candidates) == 0 {
		return o, fmt.Errorf("%w: no candidates to choose from", ErrShape)
	}
	return o, nil
}

// Grid are the candidates of a learner on a sample: penalties of the logistic
// regression, with logs where numbers have long tails, and elastic nets where
// features are many; and depths of trees with the number of trees left open. The L1
// penalties are parts of √(n·ln p /2), about the largest slope that p terms
// without any effect have by chance in n rows.
func Grid(s propensity.Sample, learner string, monotone map[string]int) []propensity.Spec {
	var out []propensity.Spec
	add := func(name string, o propensity.LogisticOptions) {
		out = append(out, propensity.Spec{Name: "logistic, " + name, Logistic: &o})
	}
	if learner != Trees {
		logs := []bool{false}
		if slices.ContainsFunc(s.X, func(c propensity.Column) bool { return propensity.LongTailed(c, s.W) }) {
			logs = append(logs, true)
		}
		for _, l := range logs {
			name := ""
			if l {
				name = ", logs"
			}
			for _, l2 := range []float64{1, 10, 100, 1000} {
				add(fmt.Sprintf("L2 %g%s", l2, name), propensity.LogisticOptions{L2: l2, Logs: l})
			}
			if rich := richLevels(s.X); rich > manyLevels && terms(s.X, moreLevels) <= mostTerms {
				add(fmt.Sprintf("L2 10, %d levels%s", moreLevels, name), propensity.LogisticOptions{L2: 10, Logs: l, Levels: moreLevels})
			}
			if len(s.X) >= manyFeatures {
				chance := math.Sqrt(float64(len(s.Y)) * math.Log(terms(s.X, 0)) / 2)
				for _, part := range []float64{.25, .5, 1} {
					add(fmt.Sprintf("L1 %.3g%s", part*chance, name), propensity.LogisticOptions{L1: part * chance, L2: 1, Logs: l})
				}
			}
		}
	}
	if learner != Logistic {
		list := []propensity.TreeOptions{{Depth: 1, Rate: .1}, {Depth: 3}, {Depth: 2}, {Depth: 4, MinChildWeight: 3}, {Depth: 5, MinChildWeight: 5, L2: 5}}
		if richLevels(s.X) > manyLevels {
			list = append(list, propensity.TreeOptions{Depth: 1, Rate: .1, CategoryL2: 50}, propensity.TreeOptions{Depth: 3, CategoryL2: 50})
		}
		for _, v := range list {
			v.Rounds, v.Patience, v.Monotone = 600, 50, monotone
			v.Bins = min(255, max(32, len(s.Y)/20)) // bins of twenty rows and more
			if v.Rate == 0 {
				v.Rate = .05
			}
			name := fmt.Sprintf("trees, depth %d", v.Depth)
			if v.CategoryL2 > 0 {
				name += fmt.Sprintf(", levels L2 %g", v.CategoryL2)
			}
			out = append(out, propensity.Spec{Name: name, Trees: &v})
		}
	}
	return out
}

// manyFeatures is from how many features an elastic net is tried. Where a feature has
// more than manyLevels levels, a fit of up to moreLevels of them is tried too
// unless there are more than mostTerms terms, and a stronger penalty on them.
const manyFeatures, manyLevels, moreLevels, mostTerms = 20, 50, 150, 600

// richLevels is the largest number of levels of a feature.
func richLevels(x propensity.Table) (most int) {
	for _, c := range x {
		if c.Levels != nil {
			most = max(most, len(distinct(c.Levels)))
		}
	}
	return most
}

// terms estimates those of a logistic regression with so many levels of a feature
// named at most; 0: 50, the default.
func terms(x propensity.Table, levels int) (n float64) {
	if levels == 0 {
		levels = manyLevels
	}
	for _, c := range x {
		n++
		if c.Levels != nil {
			n += float64(min(levels, len(distinct(c.Levels))))
		}
	}
	return n
}

// work estimates the additions of one fit on so many rows of the features.
func work(x propensity.Table, spec propensity.Spec, rows int) float64 {
	n, width := float64(rows), float64(len(x))
	var sum float64
	if o := spec.Logistic; o != nil {
		p := terms(x, o.Levels)
		sum += 12 * (n*width*width/2 + p*p*p/3)
	}
	if o := spec.Trees; o != nil {
		sum += n * width * float64(max(1, o.Rounds)) * (1 + float64(max(1, o.Depth)))
	}
	return sum
}

// within thins the customers, and then drops the costliest candidates, until the
// work fits the budget; it draws the folds.
func (c *Choice) within(s Sample, o *ChooseOptions) (Sample, []Fold, error) {
	const least = 10_000
	share := func(rows int) []float64 {
		costs := make([]float64, len(o.Candidates))
		for k, spec := range o.Candidates {
			costs[k] = float64(o.Folds) * work(s.X, spec, rows)
		}
		return costs
	}
	rows := len(s.Y)
	for rows > least && total(share(rows)) > o.Budget {
		rows = max(least, rows*9/10)
	}
	small := s
	if rows < len(s.Y) {
		small = s.Take(thin(s, rows))
	}
	c.Rows = len(small.Y)
	for costs := share(rows); total(costs) > o.Budget; costs = share(rows) {
		at := -1
		for k, cost := range costs {
			first := !slices.ContainsFunc(o.Candidates[:k], func(b propensity.Spec) bool { return (b.Trees == nil) == (o.Candidates[k].Trees == nil) })
			if !first && (at < 0 || cost > costs[at]) {
				at = k
			}
		}
		if at < 0 {
			break // the first of each kind is always tried
		}
		c.Trials = append(c.Trials, Trial{Name: o.Candidates[at].Name, Reason: "not tried: beyond the budget of work"})
		o.Candidates = slices.Delete(slices.Clone(o.Candidates), at, at+1)
	}
	folds, err := Inner(small, o.Folds, o.Gap, o.Seed)
	return small, folds, err
}

func total(v []float64) (sum float64) {
	for _, x := range v {
		sum += x
	}
	return sum
}

// Inner are the folds to choose settings by: the latest origins where three or
// more can be tested, else folds drawn by customer.
func Inner(s Sample, n, gap int, seed uint64) ([]Fold, error) {
	if s.Origin != nil {
		folds, err := Rolling(s.Origin, RollingOptions{Gap: gap, Folds: n})
		if err == nil {
			folds = slices.DeleteFunc(folds, func(f Fold) bool { return !learnable(s, f) })
			if len(folds) >= 3 {
				return folds, nil
			}
		}
	}
	return Seeded(s.Y, s.Customer, n, seed)
}

// learnable says whether both outcomes occur among the training rows.
func learnable(s Sample, f Fold) bool {
	ones := 0
	for _, i := range f.Train {
		ones += int(s.Y[i])
	}
	return ones > 0 && ones < len(f.Train)
}

// thin keeps about so many rows, whole customers of them, whatever the order of
// rows; without customers, rows at equal distances.
func thin(s Sample, rows int) []int {
	var out []int
	if s.Customer == nil {
		for k := range rows {
			out = append(out, k*len(s.Y)/rows)
		}
		return out
	}
	share := uint64(float64(rows) / float64(len(s.Y)) * (1 << 32))
	for i, c := range s.Customer {
		if uint64(hash(c)) < share {
			out = append(out, i)
		}
	}
	return out
}

// mix is the probability at the weighted mean of two log-odds.
func mix(share, a, b float64) float64 {
	return 1 / (1 + math.Exp(-(share*logit(a) + (1-share)*logit(b))))
}

func logit(p float64) float64 {
	p = min(max(p, 1e-12), 1-1e-12)
	return math.Log(p) - math.Log1p(-p)
}

// hash is FNV-1a, stirred once more so that its upper bits depend on all of the
// text.
func hash(text string) uint32 {
	h := uint32(2166136261)
	for _, b := range []byte(text) {
		h = (h ^ uint32(b)) * 16777619
	}
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

// decide compares the best of each kind.
func (c *Choice) decide(t *tuner, trials []*trial) error {
	var finals []*trial // simplest first
	for _, isTrees := range []bool{false, true} {
		var best *trial
		for _, v := range trials {
			if (v.spec.Trees != nil) == isTrees && v.Reason == "" && (best == nil || v.Mean < best.Mean) {
				best = v
			}
		}
		if best != nil {
			finals = append(finals, best)
		}
	}
	if len(finals) == 0 {
		return fmt.Errorf("%w: no candidate can be fitted: %s", ErrValue, trials[0].Reason)
	}
	if err := t.predict(finals); err != nil {
		return err
	}
	if len(finals) == 2 {
		b := t.blend(finals[0], finals[1])
		finals = append(finals, b)
		c.Trials = append(c.Trials, b.Trial)
	}
	best := 0
	for k, f := range finals {
		if f.Mean < finals[best].Mean {
			best = k
		}
	}
	at := best
	for k := best - 1; k >= 0 && !t.o.Lowest; k-- {
		if finals[k].Mean-finals[best].Mean <= t.standardError(finals[k], finals[best]) {
			at = k
		}
	}
	chosen := finals[at]
	c.Spec, c.Name = chosen.spec, chosen.Name
	c.Words = wordsf("%s: log-loss %.4f over %d folds, the lowest", "%s：平均对数损失 %.4f（%d 折），为最低", c.Name, chosen.Mean, len(chosen.Losses))
	if at != best {
		c.Words = wordsf("%s: log-loss %.4f over %d folds, within one standard error of %s (%.4f), which is less simple",
			"%s：平均对数损失 %.4f（%d 折），与更复杂的 %s（%.4f）相差不到一个标准误", c.Name, chosen.Mean, len(chosen.Losses), finals[best].Name, finals[best].Mean)
	}
	var err error
	c.Calibration, err = calibration(t, chosen)
	return err
}

// calibration is a Platt curve over the folds' predictions when these reject, at
// 5 %, that they need none; nil otherwise.
func calibration(t *tuner, v *trial) (*propensity.Calibration, error) {
	const chi95 = 5.991464547107979 // two parameters
	var y, p, w []float64
	for k, f := range t.folds {
		y, p, w = append(y, propensity.Take(t.s.Y, f.Test)...), append(p, v.scores[k]...), append(w, propensity.Take(t.s.W, f.Test)...)
	}
	platt, err := propensity.FitPlatt(y, p, w)
	if err != nil || platt.Slope <= 0 {
		return nil, nil //nolint:nilerr // scores all alike need no curve, and one the wrong way round is none
	}
	var gain float64
	for i, q := range platt.Apply(p) {
		weight := 1.0
		if w != nil {
			weight = w[i]
		}
		gain += weight * (logOf(q, y[i]) - logOf(p[i], y[i]))
	}
	if 2*gain < chi95 {
		return nil, nil
	}
	return platt, nil
}

// mixtures are the shares of the trees that a blend may have.
var mixtures = [...]float64{.5, .75, .25}

func meanOf(v []float64) float64 {
	var sum float64
	for _, x := range v {
		sum += x / float64(len(v))
	}
	if math.IsNaN(sum) {
		return math.Inf(1)
	}
	return sum
}
