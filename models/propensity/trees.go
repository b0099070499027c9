package propensity

import (
	"errors"
	"fmt"
	"math"
)

// Losses of boosted trees.
const (
	LogLoss     = "log"     // outcomes 0 and 1; scores are probabilities
	SquaredLoss = "squared" // any outcome; scores are its mean
)

// TreeOptions choose how trees are grown. The zero value means the defaults.
type TreeOptions struct {
	Loss           string         // LogLoss or SquaredLoss; "": LogLoss
	Rounds         int            // trees at most; 0: 200
	Rate           float64        // learning rate; 0: .05
	Depth          int            // of a tree, 1 to 8; 0: 3
	L2             float64        // penalty on the values of leaves; 0: 1
	MinChildWeight float64        // least sum of second derivatives in a leaf (p·(1−p) a row for LogLoss, 1 for SquaredLoss); 0: 1
	MinGain        float64        // least improvement of a split
	Bins           int            // of a numeric feature, 2 to 255; 0: 255
	CategoryL2     float64        // pull towards the mean for features of more than 4 levels; 0: 10
	Monotone       map[string]int // numeric feature: +1 scores may only rise with it, −1 only fall
	PositiveWeight float64        // factor on the weight of outcome 1, LogLoss only; 0: 1. It shifts the probabilities
	Validation     *Sample        // when given, growing stops when its loss no longer falls
	Patience       int            // rounds without a better validation loss before stopping; 0: 20
	Workers        int            // goroutines; 0: all cores. The result does not depend on it
}

// Trees are gradient-boosted decision trees (Friedman 2001) with the second
// order steps and penalties of Chen and Guestrin (2016), on histograms of at
// most 255 bins a feature.
type Trees struct {
	Loss           string    `json:"loss"`
	Features       []Feature `json:"features"`
	Base           float64   `json:"base"` // margin before the first tree: log-odds of the base rate, or the mean
	Trees          []Tree    `json:"trees"`
	Rows           int       `json:"rows"`            // of positive weight
	Weight         float64   `json:"weight"`          // their total weight
	TrainLoss      float64   `json:"train_loss"`      // mean loss on the sample itself
	ValidationLoss []float64 `json:"validation_loss"` // after each round grown; nil without a validation sample
	Reason         string    `json:"reason"`          // why growing stopped, in plain words
}

// Tree is one decision tree; node 0 is the root.
type Tree struct {
	Nodes []Node `json:"nodes"`
}

// Node is a split or, when Feature is −1, a leaf.
type Node struct {
	Feature     int     `json:"feature"`                // place in Trees.Features
	Cut         float64 `json:"cut,omitempty"`          // numbers up to the cut go left
	LeftLevels  []int   `json:"left_levels,omitempty"`  // places in Feature.Levels that go left; len(Levels) is any other level, len(Levels)+1 missing
	MissingLeft bool    `json:"missing_left,omitempty"` // missing numbers go left
	Left        int     `json:"left,omitempty"`
	Right       int     `json:"right,omitempty"`
	Value       float64 `json:"value,omitempty"` // of a leaf, added to the margin
	Cover       float64 `json:"cover"`           // weight of the training rows that came here
	Gain        float64 `json:"gain,omitempty"`
}

func (o TreeOptions) withDefaults() (TreeOptions, error) {
	if o.Loss == "" {
		o.Loss = LogLoss
	}
	for _, d := range []struct {
		v *float64
		d float64
	}{{&o.Rate, .05}, {&o.L2, 1}, {&o.MinChildWeight, 1}, {&o.CategoryL2, 10}, {&o.PositiveWeight, 1}} {
		if *d.v == 0 {
			*d.v = d.d
		}
		if !(*d.v > 0) || math.IsInf(*d.v, 0) {
			return o, fmt.Errorf("%w: rate, penalties and weights of trees are positive numbers: %v", ErrValue, *d.v)
		}
	}
	for _, d := range []struct{ v, d *int }{{&o.Rounds, new(200)}, {&o.Depth, new(3)}, {&o.Bins, new(maxBins)}, {&o.Patience, new(20)}} {
		if *d.v == 0 {
			*d.v = *d.d
		}
	}
	switch {
	case o.Loss != LogLoss && o.Loss != SquaredLoss:
		return o, fmt.Errorf("%w: loss %q is neither %q nor %q", ErrValue, o.Loss, LogLoss, SquaredLoss)
	case o.Rounds < 1 || o.Depth < 1 || o.Depth > maxDepth || o.Bins < 2 || o.Bins > maxBins || o.Patience < 1:
		return o, fmt.Errorf("%w: rounds %d and patience %d are at least 1, depth %d is 1 to %d, bins %d are 2 to %d",
			ErrValue, o.Rounds, o.Patience, o.Depth, maxDepth, o.Bins, maxBins)
	case !(o.MinGain >= 0):
		return o, fmt.Errorf("%w: the least gain %v is negative", ErrValue, o.MinGain)
	case o.PositiveWeight != 1 && o.Loss != LogLoss:
		return o, fmt.Errorf("%w: a weight of outcome 1 needs loss %q", ErrValue, LogLoss)
	}
	return o, nil
}

const maxDepth = 8

// checkMonotone refuses constraints that could not be kept.
func (o TreeOptions) checkMonotone(x Table) error {
	numeric := map[string]bool{}
	for _, c := range x {
		numeric[c.Name] = c.Levels == nil
	}
	for name, m := range o.Monotone {
		if !numeric[name] || m < -1 || m > 1 {
			return fmt.Errorf("%w: monotone constraint %d on %q: it needs +1 or −1 and a numeric feature of that name", ErrValue, m, name)
		}
	}
	return nil
}

// FitTrees grows trees on the sample. Nothing is drawn at random: the same
// sample gives the same bytes, in any order of its rows and on any number of
// cores.
func FitTrees(s Sample, o TreeOptions) (*Trees, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := o.checkMonotone(s.X); err != nil {
		return nil, err
	}
	if s, err = s.check(o.Loss == LogLoss); err != nil {
		return nil, err
	}
	if uint64(len(s.Y)) > math.MaxUint32 || len(s.X) > math.MaxUint16 {
		return nil, fmt.Errorf("%w: %d rows or %d columns are too many", ErrShape, len(s.Y), len(s.X))
	}
	t := &Trees{Loss: o.Loss, Features: make([]Feature, len(s.X)), Rows: len(s.Y)}
	codes := make([]int, len(s.X))
	each(len(s.X), workersOr(o.Workers), func(_, k int) { t.Features[k], codes[k] = newFeature(s.X[k], s.W, o.Bins) })
	w := classWeights(s, o)
	b := newBooster(newMatrix(s.X, t.Features, codes, workersOr(o.Workers)), &o, s.Y, w)
	t.Base, t.Weight = b.base()
	for i := range b.margin {
		b.margin[i] = t.Base
	}
	var stop *stopper
	if o.Validation != nil {
		if stop, err = newStopper(t, &o); err != nil {
			return nil, err
		}
	}
	t.Reason = "all rounds were grown"
	for range o.Rounds {
		b.gradients()
		tree, ok := b.grow()
		if !ok {
			t.Reason = "no further split improves the fit"
			break
		}
		t.Trees = append(t.Trees, tree)
		if stop != nil && stop.enough(t, &tree) {
			t.Reason = fmt.Sprintf("the validation loss was lowest after %d trees", stop.best)
			break
		}
	}
	if stop != nil {
		t.ValidationLoss = stop.losses
		t.Trees = t.Trees[:stop.best]
	}
	if len(t.Trees) == 0 {
		t.Reason = "no split improves on the base rate: every row gets the same score"
	}
	t.trim()
	if stop == nil {
		t.TrainLoss = meanLoss(t.Loss, s, b.margin)
		return t, nil
	}
	t.TrainLoss, err = t.MeanLoss(s)
	return t, err
}

// classWeights are the weights times the factor of outcome 1.
func classWeights(s Sample, o TreeOptions) []float64 {
	if o.PositiveWeight == 1 {
		return s.W
	}
	w := make([]float64, len(s.Y))
	for i, y := range s.Y {
		w[i] = 1 + (o.PositiveWeight-1)*y
		if s.W != nil {
			w[i] *= s.W[i]
		}
	}
	return w
}

// booster is a grower with a loss.
type booster struct {
	*grower
	y     []float64
	maxW  float64
	table *sigmoidTable
}

// evenWeights is how far the largest weight may exceed the mean for gradients
// to be kept in the narrow form.
const evenWeights = 4

func newBooster(m *matrix, o *TreeOptions, y, w []float64) *booster {
	b := &booster{y: y, maxW: 1, table: newSigmoidTable()}
	even := true
	if w != nil {
		var total float64
		b.maxW = 0
		for _, v := range w {
			total += v
			b.maxW = max(b.maxW, v)
		}
		even = b.maxW*float64(len(w)) <= evenWeights*total
	}
	b.grower = newGrower(m, o, w, even && o.Loss == LogLoss)
	return b
}

// base is the margin that fits best without any feature, and the total weight.
func (b *booster) base() (margin, weight float64) {
	var sum float64
	for i, y := range b.y {
		w := b.weight(uint32(i))
		sum += w * y
		weight += w
	}
	mean := sum / weight
	if b.o.Loss == LogLoss {
		return math.Log(mean / (1 - mean)), weight
	}
	return mean, weight
}

// gradients are those of the loss at the current margins.
func (b *booster) gradients() {
	if b.o.Loss == SquaredLoss {
		b.q.scale(b.maxOver(func(i int) float64 { return b.weight(uint32(i)) * math.Abs(b.margin[i]-b.y[i]) }), b.maxW)
		eachChunk(b.m.rows, b.workers, func(_, from, to int) {
			for i := from; i < to; i++ {
				w := b.weight(uint32(i))
				b.q.set(i, w*(b.margin[i]-b.y[i]), w)
			}
		})
		return
	}
	b.q.scale(b.maxW, b.maxW/4)
	eachChunk(b.m.rows, b.workers, func(_, from, to int) {
		if b.q.narrow != nil {
			b.narrowLog(from, to)
			return
		}
		for i := from; i < to; i++ {
			p := sigmoid(b.margin[i])
			w := b.weight(uint32(i))
			b.q.set(i, w*(p-b.y[i]), w*p*(1-p))
		}
	})
}

// narrowLog sets the gradients of the logarithmic loss in the narrow form.
func (b *booster) narrowLog(from, to int) {
	margin, y, out := b.margin[from:to], b.y[from:to], b.q.narrow[from:to]
	if b.w == nil {
		for i, m := range margin {
			p := b.table.sigmoid(m)
			out[i] = b.q.pack(p-y[i], p*(1-p))
		}
		return
	}
	for i, m := range margin {
		p, w := b.table.sigmoid(m), b.w[from+i]
		out[i] = b.q.pack(w*(p-y[i]), w*p*(1-p))
	}
}

// sigmoidTable interpolates the logistic function in steps of 1/64 up to ±16.
// Its error, at most .0963/8/64² = 2.9e-6, is below the 3.8e-6 of a unit of
// the narrow form, for a third of the time of an exponential.
type sigmoidTable [2*16*64 + 2]float64

func newSigmoidTable() *sigmoidTable {
	var t sigmoidTable
	for k := range t {
		t[k] = sigmoid(float64(k)/64 - 16)
	}
	return &t
}

func (t *sigmoidTable) sigmoid(x float64) float64 {
	if !(x > -16 && x < 16) {
		return sigmoid(x)
	}
	at := (x + 16) * 64
	k := int(at) & 2047
	return t[k] + (at-float64(k))*(t[k+1]-t[k])
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// stopper watches the loss of the validation sample.
type stopper struct {
	s        Sample
	codes    *codeBlock
	margin   []float64
	losses   []float64
	best     int
	patience int
}

func newStopper(t *Trees, o *TreeOptions) (*stopper, error) {
	s, err := o.Validation.check(o.Loss == LogLoss)
	if err != nil && !errors.Is(err, ErrOneOutcome) {
		return nil, fmt.Errorf("validation sample: %w", err)
	}
	x, err := s.X.pick(t.Features)
	if err != nil {
		return nil, fmt.Errorf("validation sample: %w", err)
	}
	v := &stopper{s: s, codes: newCodeBlock(len(x), x.Rows()), margin: make([]float64, len(s.Y)), patience: o.Patience}
	v.codes.fill(x, newCoders(t.Features), 0, x.Rows())
	for i := range v.margin {
		v.margin[i] = t.Base
	}
	return v, nil
}

// enough adds the tree and says whether to stop.
func (v *stopper) enough(t *Trees, tree *Tree) bool {
	newWalker(tree, t.Features).add(v.codes, v.margin)
	v.losses = append(v.losses, meanLoss(t.Loss, v.s, v.margin))
	if n := len(v.losses); v.best == 0 || v.losses[n-1] < v.losses[v.best-1] {
		v.best = n
	}
	return len(v.losses)-v.best >= v.patience
}
