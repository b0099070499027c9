package backtest

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"runtime"
	"slices"
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
	curves [][]float64 // loss by fold and round
	scores [][]float64 // by fold; set by predict
}

// firstFolds is on how many folds every candidate is tried; the better half of
// each kind goes on to the others (successive halving, Jamieson and Talwalkar
// 2016).
const firstFolds = 2

// run fits the candidates and sets losses, rounds and work.
func (t *tuner) run() []*trial {
	trials := make([]*trial, len(t.o.Candidates))
	for k, spec := range t.o.Candidates {
		trials[k] = &trial{Trial: Trial{Name: spec.Name}, spec: spec, curves: make([][]float64, len(t.folds))}
	}
	first := min(firstFolds, len(t.folds))
	t.curves(trials, 0, first)
	var half []*trial
	for _, isTrees := range []bool{false, true} {
		var kind []*trial
		for _, v := range trials {
			if (v.spec.Trees != nil) == isTrees && v.Reason == "" {
				_, _, v.Mean = lowest(v.curves[:first])
				kind = append(kind, v)
			}
		}
		slices.SortStableFunc(kind, func(a, b *trial) int { return cmp.Compare(a.Mean, b.Mean) })
		for at, v := range kind {
			if at < (len(kind)+1)/2 {
				half = append(half, v)
				continue
			}
			v.Reason = fmt.Sprintf("given up after %d folds: the better half went on", first)
			v.Mean = 0
		}
	}
	t.curves(half, first, len(t.folds))
	for _, v := range half {
		if v.Reason == "" {
			v.settle()
		}
	}
	return trials
}

// curves fits the trials on folds from to to.
func (t *tuner) curves(trials []*trial, from, to int) {
	samples := make([][2]Sample, to-from)
	for j, f := range t.folds[from:to] {
		samples[j] = [2]Sample{t.s.Take(f.Train), t.s.Take(f.Test)}
		for _, v := range trials {
			v.Work += work(t.s.X, v.spec, len(f.Train))
		}
	}
	reasons := make([]string, len(trials)*len(samples))
	parallel(len(reasons), t.o.Workers, func(i int) {
		v, j := trials[i/len(samples)], i%len(samples)
		curve, err := lossCurve(v.spec, samples[j][0].Sample, samples[j][1].Sample)
		if err != nil {
			reasons[i] = fmt.Sprintf("fold %s: %v", t.folds[from+j].Name, err)
		}
		v.curves[from+j] = curve
	})
	for i, r := range reasons {
		if v := trials[i/len(samples)]; r != "" && v.Reason == "" {
			v.Reason = r
		}
	}
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

// lowest is the round with the lowest mean of the curves, from 0, the values
// there and their mean. A curve that was stopped goes on with its last value.
func lowest(curves [][]float64) (round int, losses []float64, mean float64) {
	longest := 0
	for _, c := range curves {
		longest = max(longest, len(c))
	}
	mean = math.Inf(1)
	for r := range longest {
		at := make([]float64, len(curves))
		for j, c := range curves {
			at[j] = c[min(r, len(c)-1)]
		}
		if m := meanOf(at); m < mean {
			round, losses, mean = r, at, m
		}
	}
	return round, losses, mean
}

// settle takes the number of trees with the lowest mean loss.
func (v *trial) settle() {
	round := 0
	round, v.Losses, v.Mean = lowest(v.curves)
	if v.spec.Trees != nil {
		o := *v.spec.Trees
		o.Rounds, o.Patience = round+1, 0
		v.spec.Trees, v.Rounds = &o, round+1
		v.Name = fmt.Sprintf("%s, %d trees", v.Name, round+1)
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

// standardError is that of the mean difference of the losses of two trials, over
// folds or over customers, whichever is larger.
func (t *tuner) standardError(a, b *trial) float64 {
	sums, rows := map[string][2]float64{}, 0.0
	var total float64
	for j, f := range t.folds {
		for i, row := range f.Test {
			key := fmt.Sprint(row)
			if t.s.Customer != nil {
				key = t.s.Customer[row]
			}
			w := 1.0
			if t.s.W != nil {
				w = t.s.W[row]
			}
			d := w * (logOf(b.scores[j][i], t.s.Y[row]) - logOf(a.scores[j][i], t.s.Y[row]))
			sum := sums[key]
			sums[key] = [2]float64{sum[0] + d, sum[1] + w}
			total, rows = total+d, rows+w
		}
	}
	keys := slices.Sorted(maps.Keys(sums)) // sums of floats in one order
	var square float64
	for _, key := range keys {
		d := sums[key][0] - sums[key][1]*total/rows
		square += d * d
	}
	return max(math.Sqrt(square)/rows, standardError(a.Losses, b.Losses))
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
			v.Losses = append(v.Losses, logLoss(&Predictions{Y: propensity.Take(t.s.Y, f.Test), P: p, W: propensity.Take(t.s.W, f.Test)}))
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
