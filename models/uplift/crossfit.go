package uplift

import (
	"fmt"
	"math/rand/v2"
)

// CrossFit predicts every customer's effect by a model fitted without the
// customer's fold, so that the predictions can be judged on the same data. It
// returns the predictions and the folds used.
func CrossFit(d Experiment, o Options) (effect []float64, fold []int, err error) {
	if _, err := d.check(); err != nil {
		return nil, nil, err
	}
	if o.Folds == 0 {
		o.Folds = 5
	}
	fold = o.Fold
	if fold == nil {
		fold = Folds(d, o.Folds, o.Seed)
	}
	if len(fold) != len(d.Y) {
		return nil, nil, fmt.Errorf("%w: %d folds for %d rows", ErrShape, len(fold), len(d.Y))
	}
	folds := 0
	for i, k := range fold {
		if k < 0 || k >= len(d.Y) {
			return nil, nil, fmt.Errorf("%w: fold %d in row %d", ErrValue, k, i)
		}
		folds = max(folds, k+1)
	}
	if folds < 2 {
		return nil, nil, fmt.Errorf("%w: cross-fitting needs at least 2 folds", ErrValue)
	}
	effect = make([]float64, len(d.Y))
	for k := range folds {
		var in, out []int
		for i, f := range fold {
			if f == k {
				out = append(out, i)
			} else {
				in = append(in, i)
			}
		}
		if len(out) == 0 {
			continue
		}
		m, err := Fit(d.Take(in), o)
		if err != nil {
			return nil, nil, fmt.Errorf("without fold %d: %w", k, err)
		}
		p, err := m.Predict(d.X.Take(out))
		if err != nil {
			return nil, nil, err
		}
		for j, i := range out {
			effect[i] = p[j]
		}
	}
	return effect, fold, nil
}

// Folds draws n folds of equal size within each arm and, for outcomes 0 and 1,
// each outcome.
func Folds(d Experiment, n int, seed uint64) []int {
	rng := rand.New(rand.NewPCG(seed, 0))
	groups := make([][]int, 4)
	for i, t := range d.Treated {
		g := 2 * arm(t)
		if d.Y[i] > 0 {
			g++
		}
		groups[g] = append(groups[g], i)
	}
	fold := make([]int, len(d.Y))
	next := 0
	for _, rows := range groups {
		rng.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		for _, i := range rows {
			fold[i] = next % n
			next++
		}
	}
	return fold
}
