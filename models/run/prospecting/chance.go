package prospecting

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"

	"verso/models/metric"
	"verso/models/propensity"
)

// chances are dated things that succeed within so many days or not: leads that
// order, opportunities that are won.
type chances struct {
	days    int       // a success later than that does not count
	ids     []int64   // ascending
	created []float64 // day
	age     []float64 // days to the as-of date
	success []float64 // days from creation to success; NaN: none yet
	open    []bool    // still worked on
	x       propensity.Table
}

// How much it takes to learn from, and to judge.
const (
	leastOutcomes = 30   // of each outcome, in what is learned from and in what is held out
	leastForTrees = 2000 // rows; fewer are left to the logistic regression
	heldOut       = 0.3  // share of the rows, the latest, that the model is tested on
)

// verdict is what came of a model: it is used when it ranks better than chance on
// later rows and its probabilities are better than the base rate.
type verdict struct {
	model      *propensity.Model // nil: not used
	kind       string
	reason     [2]string // why there is no model, English and Chinese
	base       float64   // share of success of all rows old enough
	rows       int       // old enough
	tested     int
	auc        float64
	low, high  float64 // 95 % interval of the AUC
	loss       float64 // log loss on the rows held out
	baseLoss   float64 // of the base rate known before them
	ece        float64
	permuted   float64 // AUC of the same with outcomes dealt out anew
	bins       []metric.CalibrationBin
	successes  []float64 // days it took, ascending
	splitStart float64   // day from which rows were held out
}

// mature are the rows whose outcome is certain on a day, in order of creation.
func (c *chances) mature(day float64) []int {
	var rows []int
	for i, d := range c.created {
		if d+float64(c.days) <= day {
			rows = append(rows, i)
		}
	}
	sort.SliceStable(rows, func(a, b int) bool { return c.created[rows[a]] < c.created[rows[b]] })
	return rows
}

// outcome is 1 for a success within the days that count.
func (c *chances) outcome(i int) float64 {
	if c.success[i] <= float64(c.days) { // false for NaN
		return 1
	}
	return 0
}

func (c *chances) sample(rows []int) propensity.Sample {
	s := propensity.Sample{X: c.x.Take(rows)}
	for _, i := range rows {
		s.Y = append(s.Y, c.outcome(i))
	}
	return s
}

// judge learns from what was certain before the latest rows, tests on these, and,
// where that holds, learns again from all.
func (c *chances) judge(asOf float64, seed int64) (*verdict, error) {
	v := &verdict{auc: math.NaN(), low: math.NaN(), high: math.NaN(), loss: math.NaN(), baseLoss: math.NaN(), ece: math.NaN(), permuted: math.NaN()}
	rows := c.mature(asOf)
	v.rows = len(rows)
	for _, i := range rows {
		if c.outcome(i) == 1 {
			v.successes = append(v.successes, c.success[i])
		}
	}
	sort.Float64s(v.successes)
	if len(rows) > 0 {
		v.base = float64(len(v.successes)) / float64(len(rows))
	}
	train, test := c.split(rows)
	if !enough(c.sample(train).Y) || !enough(c.sample(test).Y) {
		v.reason = [2]string{
			fmt.Sprintf("a model takes %d of each outcome to learn from and as many later ones to be tested on; there are %d whose outcome is certain, %d of them successes", leastOutcomes, len(rows), len(v.successes)),
			fmt.Sprintf("建模需学习与检验各有至少 %d 个成功与失败；结果已定的共 %d 个，其中成功 %d 个", leastOutcomes, len(rows), len(v.successes))}
		return v, nil
	}
	v.tested, v.splitStart = len(test), c.created[test[0]]
	learn, held := c.sample(train), c.sample(test)
	m, err := learnChance(learn)
	if err != nil {
		return nil, err
	}
	p, err := m.Score(held.X)
	if err != nil {
		return nil, err
	}
	if err := v.measure(learn.Y, held.Y, p); err != nil {
		return nil, err
	}
	if v.permuted, err = permutedAUC(learn, held, seed); err != nil {
		return nil, err
	}
	if !(v.low > 0.5) || !(v.loss < v.baseLoss) {
		v.reason = [2]string{
			fmt.Sprintf("on the %d latest, a model from the earlier ones does not do better than the base rate (AUC %.2f, 95%% interval %.2f to %.2f)", v.tested, v.auc, v.low, v.high),
			fmt.Sprintf("以最近 %d 个检验，由较早数据建立的模型并不优于基准率（AUC %.2f，95%% 区间 %.2f 至 %.2f）", v.tested, v.auc, v.low, v.high)}
		return v, nil
	}
	v.model, err = learnChance(c.sample(rows))
	if err == nil {
		v.kind = kindOf(v.model)
	}
	return v, err
}

// split holds out the latest rows; learned from are those that were certain when
// the first of them was created.
func (c *chances) split(rows []int) (train, test []int) {
	if len(rows) < 2 {
		return nil, nil
	}
	start := c.created[rows[int(float64(len(rows))*(1-heldOut))]]
	for _, i := range rows {
		switch {
		case c.created[i] >= start:
			test = append(test, i)
		case c.created[i]+float64(c.days) <= start:
			train = append(train, i)
		}
	}
	return train, test
}

func enough(y []float64) bool {
	var ones float64
	for _, v := range y {
		ones += v
	}
	return ones >= leastOutcomes && float64(len(y))-ones >= leastOutcomes
}

func kindOf(m *propensity.Model) string {
	if m.Trees != nil {
		return "boosted trees"
	}
	return "logistic regression"
}

// learnChance fits a logistic regression, and from many rows trees beside it,
// which stop growing by the latest fifth, are calibrated on it, and are taken
// when their loss there is lower by more than a standard error.
func learnChance(s propensity.Sample) (*propensity.Model, error) {
	logistic, err := propensity.FitLogistic(s, propensity.LogisticOptions{Levels: 20})
	if err != nil {
		return nil, err
	}
	plain := &propensity.Model{Logistic: logistic}
	n := len(s.Y)
	if n < leastForTrees {
		return plain, nil
	}
	early, late := s.Take(span(0, n*4/5)), s.Take(span(n*4/5, n))
	if !enough(early.Y) || !enough(late.Y) {
		return plain, nil
	}
	rival, err := propensity.FitLogistic(early, propensity.LogisticOptions{Levels: 20})
	if err != nil {
		return nil, err
	}
	trees, err := propensity.FitTrees(early, propensity.TreeOptions{Validation: &late, MinChildWeight: 5})
	if err != nil {
		return nil, err
	}
	var losses [][]float64
	var raw []float64
	for _, l := range []propensity.Learner{rival, trees} {
		if raw, err = l.Score(late.X); err != nil {
			return nil, err
		}
		losses = append(losses, logLosses(late.Y, raw))
	}
	choice, err := propensity.Simplest(losses)
	if err != nil || choice == 0 {
		return plain, err
	}
	calibration, err := propensity.FitPlatt(late.Y, raw, nil)
	if errors.Is(err, propensity.ErrOneOutcome) {
		return plain, nil
	}
	return &propensity.Model{Trees: trees, Calibration: calibration}, err
}

func span(from, to int) []int {
	out := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		out = append(out, i)
	}
	return out
}

func logLosses(y, p []float64) []float64 {
	out := make([]float64, len(y))
	for i, v := range p {
		v = min(max(v, 1e-9), 1-1e-9)
		out[i] = -y[i]*math.Log(v) - (1-y[i])*math.Log(1-v)
	}
	return out
}

// measure holds probabilities against outcomes, beside the rate known before.
func (v *verdict) measure(before, y, p []float64) error {
	var rate share
	for _, b := range before {
		rate.add(b)
	}
	base := filled(len(y), rate.mean())
	f, err := metric.NewForecast(y, p, nil)
	if err != nil {
		return err
	}
	b, err := metric.NewForecast(y, base, nil)
	if err != nil {
		return err
	}
	d, err := metric.DeLong(y, p, base)
	if err != nil {
		return err
	}
	v.auc, v.low, v.high = d.A, 0.5+d.Low, math.Min(1, 0.5+d.High)
	v.loss, v.baseLoss = f.LogLoss(), b.LogLoss()
	if v.ece, err = f.ECE(10); err != nil {
		return err
	}
	v.bins, err = f.Calibration(10)
	return err
}

// permutedAUC is the AUC of a model learned and tested in the same way after the
// outcomes were dealt out at random: what the method finds where there is nothing.
// It is the mean of five deals.
func permutedAUC(learn, held propensity.Sample, seed int64) (float64, error) {
	const deals = 5
	r := rand.New(rand.NewPCG(uint64(seed), 0x6c656164))
	var sum share
	for range deals {
		a, b := learn, held
		a.Y, b.Y = append([]float64(nil), learn.Y...), append([]float64(nil), held.Y...)
		for _, y := range [][]float64{a.Y, b.Y} {
			r.Shuffle(len(y), func(i, j int) { y[i], y[j] = y[j], y[i] })
		}
		m, err := learnChance(a)
		if err != nil {
			return 0, err
		}
		p, err := m.Score(b.X)
		if err != nil {
			return 0, err
		}
		ranking, err := metric.NewRanking(b.Y, p, nil)
		if err != nil {
			return 0, err
		}
		sum.add(ranking.AUC())
	}
	return sum.mean(), nil
}

// left is the chance that is left at an age without success: those who succeed
// are taken to do so as fast as those before did.
func (v *verdict) left(p, age float64, days int) float64 {
	if len(v.successes) == 0 || age >= float64(days) {
		return 0
	}
	done := float64(sort.SearchFloat64s(v.successes, age+0.5)) / float64(len(v.successes))
	rest := 1 - p*done
	if rest <= 0 {
		return 0
	}
	return p * (1 - done) / rest
}
