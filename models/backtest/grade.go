package backtest

import (
	"fmt"
	"math"

	"verso/models/metric"
)

// Levels of a Grade, from the worst.
const (
	Ungraded = "ungraded" // too few events or rows
	Harmful  = "harmful"  // surely worse than the baseline
	None     = "none"     // cannot be told from the baseline
	Slight   = "slight"   // surely better, by less than 5 % of the baseline's loss
	Useful   = "useful"   // better by 5 % or more
	Strong   = "strong"   // better by 15 % or more, and no fold is worse than the baseline
)

// leastEvents is how many rows of each outcome a grade takes.
const leastEvents = 30

// Grade says in words whether a model is worth using instead of a baseline.
type Grade struct {
	Level    string  `json:"level"`
	Baseline string  `json:"baseline"`
	Skill    float64 `json:"skill"`     // share of the baseline's log-loss that the model saves; negative: it loses more
	LossGain Measure `json:"loss_gain"` // log-loss of the baseline less that of the model, pooled
	AUCGain  Measure `json:"auc_gain"`  // AUC of the model less that of the baseline, pooled
	Worse    int     `json:"worse"`     // folds with a higher log-loss than the baseline
	Folds    int     `json:"folds"`
	Words    Words   `json:"words"`
}

// Against grades a model against a baseline on the same rows, by the log-loss of
// the pooled predictions: the interval of the difference is by customer, both
// models drawn together. name is the baseline's in English and Chinese.
func Against(model, baseline *Predictions, name Words, o Options) (*Grade, error) {
	if err := model.check(); err != nil {
		return nil, err
	}
	if err := baseline.check(); err != nil {
		return nil, err
	}
	if len(baseline.Y) != len(model.Y) {
		return nil, fmt.Errorf("%w: the model has %d predictions, the baseline %d", ErrShape, len(model.Y), len(baseline.Y))
	}
	o = o.withDefaults(len(model.Y))
	g := &Grade{Baseline: name.EN}
	ones := 0
	for _, y := range model.Y {
		ones += int(y)
	}
	if few := min(ones, len(model.Y)-ones); few < leastEvents {
		g.Level = Ungraded
		g.Words = wordsf("not graded: %d rows of the rarer outcome; %d are needed", "未评级：较少的一类仅 %d 行，至少需要 %d 行", few, leastEvents)
		return g, nil
	}
	if err := g.compare(model, baseline, o); err != nil {
		return nil, err
	}
	g.level()
	g.words(name)
	return g, nil
}

// compare fills in the differences.
func (g *Grade) compare(model, baseline *Predictions, o Options) error {
	a, err := metric.NewForecast(model.Y, model.P, model.weights(nil))
	if err != nil {
		return err
	}
	b, err := metric.NewForecast(baseline.Y, baseline.P, baseline.weights(nil))
	if err != nil {
		return err
	}
	both, err := metric.BootstrapAll(model.customers(), metric.BootstrapOptions{Draws: o.Draws, Seed: o.Seed}, func(w []float64) ([]float64, error) {
		x, err := a.Reweight(model.weights(w))
		if err != nil {
			return nil, err
		}
		y, err := b.Reweight(baseline.weights(w))
		if err != nil {
			return nil, err
		}
		return []float64{y.LogLoss() - x.LogLoss(), x.AUC() - y.AUC()}, nil
	})
	if err != nil {
		return err
	}
	for k, place := range []*Measure{&g.LossGain, &g.AUCGain} {
		if both[k] == nil {
			return fmt.Errorf("grade: %w", metric.ErrFewDraws)
		}
		*place = Measure{Value: both[k].Value, Low: both[k].Low, High: both[k].High, SE: both[k].SE, Draws: both[k].Draws}
	}
	if loss := b.LogLoss(); loss > 0 {
		g.Skill = g.LossGain.Value / loss
	}
	for _, f := range groups(model.Fold, false) {
		g.Folds++
		if logLoss(model.subset(f.rows)) > logLoss(baseline.subset(f.rows)) {
			g.Worse++
		}
	}
	return nil
}

// logLoss is that of any list, also of one whose outcomes are all alike.
func logLoss(p *Predictions) float64 {
	var sum, all float64
	for i, y := range p.Y {
		w := 1.0
		if len(p.W) > 0 {
			w = p.W[i]
		}
		right := p.P[i]
		if y == 0 {
			right = 1 - right
		}
		sum -= w * math.Log(max(right, 1e-15))
		all += w
	}
	if all <= 0 {
		return 0
	}
	return sum / all
}

func (g *Grade) level() {
	switch {
	case g.LossGain.High < 0:
		g.Level = Harmful
	case g.LossGain.Low <= 0:
		g.Level = None
	case g.Skill < .05:
		g.Level = Slight
	case g.Skill < .15 || g.Worse > 0:
		g.Level = Useful
	default:
		g.Level = Strong
	}
}

func (g *Grade) words(name Words) {
	level := map[string]Words{
		Harmful: {"worse than %s: do not use it", "劣于%s：不应使用"},
		None:    {"cannot be told from %s: use the baseline", "与%s无法区分：请使用基准"},
		Slight:  {"slightly but surely better than %s", "略优于%s，且确实如此"},
		Useful:  {"better than %s: useful", "优于%s：可用"},
		Strong:  {"much better than %s, in every fold", "显著优于%s，且每一折皆然"},
	}[g.Level]
	en, zh := fmt.Sprintf(level.EN, name.EN), fmt.Sprintf(level.ZH, name.ZH)
	g.Words = Words{
		EN: fmt.Sprintf("%s: it saves %.1f %% of the log-loss (gain %.4f, 95 %% interval %.4f to %.4f; AUC %+.3f)", en, 100*g.Skill, g.LossGain.Value, g.LossGain.Low, g.LossGain.High, g.AUCGain.Value),
		ZH: fmt.Sprintf("%s：对数损失减少 %.1f %%（%.4f，95 %% 区间 %.4f 至 %.4f；AUC %+.3f）", zh, 100*g.Skill, g.LossGain.Value, g.LossGain.Low, g.LossGain.High, g.AUCGain.Value),
	}
	if g.Worse > 0 {
		g.Words.EN += fmt.Sprintf("; worse in %d of %d folds", g.Worse, g.Folds)
		g.Words.ZH += fmt.Sprintf("；%d / %d 折较差", g.Worse, g.Folds)
	}
}
