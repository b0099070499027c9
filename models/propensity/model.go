package propensity

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
)

// Learner is what both kinds of models do.
type Learner interface {
	// Margins are log-odds by row, or predictions for SquaredLoss.
	Margins(x Table) ([]float64, error)
	// Score is the probability of outcome 1 by row, or the prediction.
	Score(x Table) ([]float64, error)
	// Explain splits the margins into a share a feature.
	Explain(x Table) (*Explanation, error)
}

// Version is that of the form models are written in. It is raised when a reader
// of the old form would misread the new one.
const Version = 1

// Model is a learner with its calibration, as it is kept on file: Trees, or
// Logistic, or both, which is a blend of their margins.
type Model struct {
	Version     int          `json:"version"` // of the form; set when the model is written
	Trees       *Trees       `json:"trees,omitempty"`
	Logistic    *Logistic    `json:"logistic,omitempty"`
	TreesShare  float64      `json:"trees_share,omitempty"` // of a blend: weight of the trees' margins, between 0 and 1
	Calibration *Calibration `json:"calibration,omitempty"` // of probabilities; nil: none
}

// Learner is the one that is set, their blend when both are, or nil.
func (m *Model) Learner() Learner {
	switch {
	case m.Trees != nil && m.Logistic != nil:
		return &blend{m.Trees, m.Logistic, m.TreesShare}
	case m.Trees != nil:
		return m.Trees
	case m.Logistic != nil:
		return m.Logistic
	}
	return nil
}

// Score is the calibrated probability of outcome 1 by row, or the prediction.
func (m *Model) Score(x Table) ([]float64, error) {
	l := m.Learner()
	if l == nil {
		return nil, fmt.Errorf("%w: the model is empty", ErrShape)
	}
	p, err := l.Score(x)
	if err != nil || m.Calibration == nil {
		return p, err
	}
	return m.Calibration.Apply(p), nil
}

// Save writes the model as JSON. A model read by Load saves to the same bytes.
func (m *Model) Save(w io.Writer) error {
	if err := m.check(); err != nil {
		return err
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("propensity: writing the model: %w", err)
	}
	_, err = w.Write(append(raw, '\n'))
	return err
}

// MarshalJSON writes the form's version with the model, wherever it is kept.
func (m *Model) MarshalJSON() ([]byte, error) {
	type plain Model
	kept := plain(*m)
	kept.Version = Version
	return json.Marshal(kept)
}

// Load reads a model written by Save, or by its first form, which had no version.
// What could not have been written by it is refused.
func Load(r io.Reader) (*Model, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("propensity: reading the model: %w", err)
	}
	m := &Model{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(m); err != nil {
		return nil, fmt.Errorf("propensity: reading the model: %w", err)
	}
	return m, m.check()
}

func (m *Model) check() error {
	if m.Version < 0 || m.Version > Version {
		return fmt.Errorf("%w: the model is of version %d and this program reads up to %d: fit it again", ErrValue, m.Version, Version)
	}
	if m.Trees == nil && m.Logistic == nil {
		return fmt.Errorf("%w: a model is trees, a logistic regression or both", ErrShape)
	}
	both := m.Trees != nil && m.Logistic != nil
	if both != (m.TreesShare > 0 && m.TreesShare < 1) || !both && m.TreesShare != 0 || both && m.Trees.Loss != LogLoss {
		return fmt.Errorf("%w: a blend has trees of loss %q, a logistic regression and a share between 0 and 1, not %v", ErrValue, LogLoss, m.TreesShare)
	}
	if m.Calibration != nil {
		if err := m.Calibration.check(); err != nil {
			return err
		}
	}
	if m.Trees != nil {
		if err := m.Trees.check(); err != nil || m.Logistic == nil {
			return err
		}
	}
	return m.Logistic.check()
}

func (c *Calibration) check() error {
	if c.Method != Platt && c.Method != Isotonic && c.Method != "" {
		return fmt.Errorf("%w: calibration method %q", ErrValue, c.Method)
	}
	if len(c.X) != len(c.Y) || c.Method == Isotonic && len(c.X) == 0 || !ascending(c.X) {
		return fmt.Errorf("%w: the steps of an isotonic calibration ascend", ErrShape)
	}
	return nil
}

func ascending(x []float64) bool {
	for k := 1; k < len(x); k++ {
		if !(x[k] > x[k-1]) {
			return false
		}
	}
	return true
}

func checkFeatures(features []Feature, levels int) error {
	seen := map[string]bool{}
	for _, f := range features {
		if seen[f.Name] || !f.Categorical && len(f.Levels) > 0 || f.Categorical && len(f.Cuts) > 0 || len(f.Cuts) > maxBins-1 || levels > 0 && len(f.Levels) > levels || !ascending(f.Cuts) {
			return fmt.Errorf("%w: feature %q is there twice, or its cuts or levels are too many, out of order or of the wrong kind", ErrShape, f.Name)
		}
		seen[f.Name] = true
	}
	return nil
}

func (t *Trees) check() error {
	if t.Loss != LogLoss && t.Loss != SquaredLoss {
		return fmt.Errorf("%w: loss %q", ErrValue, t.Loss)
	}
	if err := checkFeatures(t.Features, maxBins-1); err != nil {
		return err
	}
	for k := range t.Trees {
		if err := t.Trees[k].check(t.Features); err != nil {
			return fmt.Errorf("tree %d: %w", k, err)
		}
	}
	return nil
}

// check makes sure that walking the tree ends: children come after their
// parent, each node has one parent, and no path is too long.
func (t *Tree) check(features []Feature) error {
	if len(t.Nodes) == 0 {
		return fmt.Errorf("%w: no nodes", ErrShape)
	}
	depth, parents := make([]int, len(t.Nodes)), make([]int, len(t.Nodes))
	for at, n := range t.Nodes {
		if n.Feature == -1 {
			continue
		}
		if n.Feature < 0 || n.Feature >= len(features) || n.Left <= at || n.Right <= at || n.Left >= len(t.Nodes) || n.Right >= len(t.Nodes) || math.IsNaN(n.Cut) {
			return fmt.Errorf("%w: node %d", ErrShape, at)
		}
		for _, child := range []int{n.Left, n.Right} {
			depth[child] = depth[at] + 1
			parents[child]++
			if parents[child] > 1 || depth[child] > maxDepth {
				return fmt.Errorf("%w: node %d has two parents or lies deeper than %d", ErrShape, child, maxDepth)
			}
		}
	}
	return nil
}

func (m *Logistic) check() error {
	if err := checkFeatures(m.Features, 0); err != nil {
		return err
	}
	known := map[string]Feature{}
	for _, f := range m.Features {
		known[f.Name] = f
	}
	for k, t := range m.Terms {
		f, ok := known[t.Feature]
		switch t.Kind {
		case numberTerm:
			ok = ok && !f.Categorical
		case logTerm:
			ok = ok && !f.Categorical && t.Scale > 0
		case levelTerm:
			ok = ok && slices.Contains(f.Levels, t.Level)
		case otherTerm:
			ok = ok && f.Categorical
		case missingTerm:
		default:
			ok = false
		}
		if !ok || !(t.Step > 0) {
			return fmt.Errorf("%w: term %d (%s of %q) does not fit the features", ErrShape, k, t.Kind, t.Feature)
		}
	}
	return nil
}

// Simplest chooses between models by the rule of one standard error (Breiman
// et al. 1984): the first in the list whose mean loss is within one standard
// error of the lowest. losses has one slice a model, simplest first, with one
// loss an origin or fold; the standard error is that of the paired differences
// to the best model. It returns the place of the model.
func Simplest(losses [][]float64) (int, error) {
	if len(losses) == 0 || len(losses[0]) == 0 {
		return 0, fmt.Errorf("%w: no losses to choose by", ErrShape)
	}
	folds := float64(len(losses[0]))
	means := make([]float64, len(losses))
	best := 0
	for k, l := range losses {
		if len(l) != len(losses[0]) {
			return 0, fmt.Errorf("%w: model %d has %d losses, the first %d", ErrShape, k, len(l), len(losses[0]))
		}
		for _, v := range l {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return 0, fmt.Errorf("%w: loss %v of model %d", ErrValue, v, k)
			}
			means[k] += v / folds
		}
		if means[k] < means[best] {
			best = k
		}
	}
	for k := range losses[:best] {
		var square float64
		for f, v := range losses[k] {
			d := v - losses[best][f] - (means[k] - means[best])
			square += d * d
		}
		if folds > 1 && means[k]-means[best] <= math.Sqrt(square/(folds-1)/folds) {
			return k, nil
		}
	}
	return best, nil
}
