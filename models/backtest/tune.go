package backtest

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"verso/models/propensity"
)

// tuner fits candidates on folds.
type tuner struct {
	s     Sample
	folds []Fold
	o     ChooseOptions
}

// trial is a candidate with the predictions of its folds.
type trial struct {
	Trial
	spec   propensity.Spec
	scores [][]float64 // by fold; set by predict
}

// run fits every candidate on every fold and sets losses, rounds and work.
func (t *tuner) run() []*trial {
	trials := make([]*trial, len(t.o.Candidates))
	curves := make([][][]float64, len(trials)) // candidate, fold, round
	reasons := make([][]string, len(trials))
	for k, spec := range t.o.Candidates {
		trials[k] = &trial{Trial: Trial{Name: spec.Name}, spec: spec}
		curves[k], reasons[k] = make([][]float64, len(t.folds)), make([]string, len(t.folds))
		for _, f := range t.folds {
			trials[k].Work += work(&t.s, spec, len(f.Train))
		}
	}
	samples := make([][2]Sample, len(t.folds))
	for j, f := range t.folds {
		samples[j] = [2]Sample{t.s.Take(f.Train), t.s.Take(f.Test)}
	}
	parallel(len(trials)*len(t.folds), t.o.Workers, func(i int) {
		k, j := i/len(t.folds), i%len(t.folds)
		curve, err := lossCurve(trials[k].spec, samples[j][0].Sample, samples[j][1].Sample)
		if err != nil {
			reasons[k][j] = fmt.Sprintf("fold %s: %v", t.folds[j].Name, err)
			return
		}
		curves[k][j] = curve
	})
	for k, v := range trials {
		for _, r := range reasons[k] {
			if r != "" && v.Reason == "" {
				v.Reason = r
			}
		}
		if v.Reason == "" {
			v.settle(curves[k])
		}
	}
	return trials
}

// lossCurve is the loss on the test rows after each tree, or of the logistic
// regression.
func lossCurve(spec propensity.Spec, train, test propensity.Sample) ([]float64, error) {
	if spec.Trees != nil {
		o := *spec.Trees
		o.Validation, o.Workers = &test, 1
		m, err := propensity.FitTrees(train, o)
		if err != nil {
			return nil, err
		}
		if len(m.ValidationLoss) == 0 {
			return nil, fmt.Errorf("%w: %s", ErrValue, m.Reason)
		}
		return m.ValidationLoss, nil
	}
	o := *spec.Logistic
	o.Workers = 1
	m, err := propensity.FitLogistic(train, o)
	if err != nil {
		return nil, err
	}
	p, err := m.Score(test.X)
	if err != nil {
		return nil, err
	}
	return []float64{logLoss(&Predictions{Y: test.Y, P: p, W: test.W})}, nil
}

// settle takes the round with the lowest mean loss. A curve that was stopped goes
// on with its last value.
func (v *trial) settle(curves [][]float64) {
	longest := 0
	for _, c := range curves {
		longest = max(longest, len(c))
	}
	at := func(r int) []float64 {
		out := make([]float64, len(curves))
		for j, c := range curves {
			out[j] = c[min(r, len(c)-1)]
		}
		return out
	}
	best := 0
	v.Losses = at(0)
	v.Mean = meanOf(v.Losses)
	for r := 1; r < longest; r++ {
		if l := at(r); meanOf(l) < v.Mean {
			best, v.Losses, v.Mean = r, l, meanOf(l)
		}
	}
	if v.spec.Trees != nil {
		o := *v.spec.Trees
		o.Rounds, o.Patience = best+1, 0
		v.spec.Trees, v.Rounds = &o, best+1
		v.Name = fmt.Sprintf("%s, %d trees", v.Name, best+1)
	}
}

// predict scores the test rows of every fold by models of the settled specs.
func (t *tuner) predict(trials []*trial) error {
	errs := make([]error, len(trials)*len(t.folds))
	for _, v := range trials {
		v.scores = make([][]float64, len(t.folds))
	}
	parallel(len(errs), t.o.Workers, func(i int) {
		v, j := trials[i/len(t.folds)], i%len(t.folds)
		m, err := oneWorker(v.spec).Fit(t.s.Sample.Take(t.folds[j].Train))
		if err != nil {
			errs[i] = err
			return
		}
		v.scores[j], errs[i] = m.Score(t.s.X.Take(t.folds[j].Test))
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func oneWorker(spec propensity.Spec) propensity.Spec {
	if spec.Trees != nil {
		o := *spec.Trees
		o.Workers = 1
		spec.Trees = &o
	}
	if spec.Logistic != nil {
		o := *spec.Logistic
		o.Workers = 1
		spec.Logistic = &o
	}
	return spec
}

// blend is the mixture of both with the lowest loss.
func (t *tuner) blend(logistic, trees *trial) *trial {
	var best *trial
	for _, share := range mixtures {
		v := &trial{spec: propensity.Spec{Logistic: logistic.spec.Logistic, Trees: trees.spec.Trees, TreesShare: share}}
		v.Rounds = trees.Rounds
		v.Name = fmt.Sprintf("blend, %g of (%s) with (%s)", share, trees.Name, logistic.Name)
		v.spec.Name = v.Name
		for j, f := range t.folds {
			p := make([]float64, len(f.Test))
			for i := range p {
				p[i] = mix(share, trees.scores[j][i], logistic.scores[j][i])
			}
			v.scores = append(v.scores, p)
			v.Losses = append(v.Losses, logLoss(&Predictions{Y: take(t.s.Y, f.Test), P: p, W: take(t.s.W, f.Test)}))
		}
		if v.Mean = meanOf(v.Losses); best == nil || v.Mean < best.Mean {
			best = v
		}
	}
	return best
}

// parallel calls do(0) to do(n−1) on several goroutines.
func parallel(n, workers int, do func(int)) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(workers, n) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	wait.Wait()
}
