package backtest

import (
	"fmt"
	"math"

	"verso/models/propensity"
)

// Contender is a model in a Contest, simpler ones before others.
type Contender struct {
	Name        Words
	Predictions *Predictions // all contenders' are of the same rows and folds
}

// Contest is the choice of a champion.
type Contest struct {
	Champion int       `json:"champion"` // place in the list of contenders
	Best     int       `json:"best"`     // the one with the lowest mean log-loss
	Mean     []float64 `json:"mean"`     // mean log-loss of the folds, by contender
	SE       []float64 `json:"se"`       // standard error of its difference to the best
	Words    Words     `json:"words"`
}

// Champion chooses between contenders by their log-loss: with three folds or more
// the simplest within one standard error of the best, over the folds (Breiman et
// al. 1984); with fewer the standard error is that of the bootstrap by customer.
// To let the model in use stay unless a challenger is better, list it first.
func Champion(list []Contender, o Options) (*Contest, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("%w: no contenders", ErrShape)
	}
	for k, c := range list {
		if err := c.Predictions.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", c.Name.EN, err)
		}
		if len(c.Predictions.Y) != len(list[0].Predictions.Y) {
			return nil, fmt.Errorf("%w: %s has %d predictions, %s has %d", ErrShape, c.Name.EN, len(c.Predictions.Y), list[0].Name.EN, len(list[0].Predictions.Y))
		}
		for i, y := range c.Predictions.Y {
			if y != list[0].Predictions.Y[i] {
				return nil, fmt.Errorf("%w: contender %d is of other rows: outcome %v in row %d", ErrValue, k, y, i)
			}
		}
	}
	out := &Contest{Mean: make([]float64, len(list)), SE: make([]float64, len(list))}
	losses := make([][]float64, len(list))
	folds := groups(list[0].Predictions.Fold, false)
	if len(folds) == 0 {
		folds = []rowsOf{{rows: places(len(list[0].Predictions.Y))}}
	}
	for k, c := range list {
		for _, f := range folds {
			losses[k] = append(losses[k], logLoss(c.Predictions.subset(f.rows)))
		}
		if out.Mean[k] = meanOf(losses[k]); out.Mean[k] < out.Mean[out.Best] {
			out.Best = k
		}
	}
	var err error
	if len(folds) >= 3 {
		out.Champion, err = propensity.Simplest(losses)
		for k := range list {
			out.SE[k] = standardError(losses[k], losses[out.Best])
		}
	} else {
		err = out.byCustomer(list, o)
	}
	if err != nil {
		return nil, err
	}
	out.words(list)
	return out, nil
}

func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// standardError is that of the mean of paired differences.
func standardError(a, b []float64) float64 {
	n := float64(len(a))
	var mean, square float64
	for k := range a {
		mean += (a[k] - b[k]) / n
	}
	for k := range a {
		d := a[k] - b[k] - mean
		square += d * d
	}
	return math.Sqrt(square / (n - 1) / n)
}

// byCustomer finds the first contender within one standard error of the best by
// the bootstrap of the difference.
func (c *Contest) byCustomer(list []Contender, o Options) error {
	c.Champion = c.Best
	for k := c.Best - 1; k >= 0; k-- {
		g := &Grade{}
		if err := g.compare(list[c.Best].Predictions, list[k].Predictions, o.withDefaults(len(list[k].Predictions.Y))); err != nil {
			return err
		}
		c.SE[k] = g.LossGain.SE
		if g.LossGain.Value <= g.LossGain.SE {
			c.Champion = k
		}
	}
	return nil
}

func (c *Contest) words(list []Contender) {
	best, champion := list[c.Best].Name, list[c.Champion].Name
	if c.Champion == c.Best {
		c.Words = Words{
			fmt.Sprintf("%s: the lowest log-loss, %.4f", champion.EN, c.Mean[c.Champion]),
			fmt.Sprintf("%s：对数损失最低，为 %.4f", champion.ZH, c.Mean[c.Champion]),
		}
		return
	}
	c.Words = Words{
		fmt.Sprintf("%s: log-loss %.4f, within one standard error (%.4f) of %s with %.4f", champion.EN, c.Mean[c.Champion], c.SE[c.Champion], best.EN, c.Mean[c.Best]),
		fmt.Sprintf("%s：对数损失 %.4f，与 %s（%.4f）相差不到一个标准误（%.4f）", champion.ZH, c.Mean[c.Champion], best.ZH, c.Mean[c.Best], c.SE[c.Champion]),
	}
}
