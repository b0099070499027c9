package churn

import (
	"context"
	_ "embed"
	"math"

	"verso/models/backtest"
	"verso/models/churn"
	"verso/models/job"
	"verso/models/survival"
)

var (
	//go:embed sql/churn_backtest.sql
	backtestSQL string
	//go:embed sql/churn_calibration.sql
	calibrationSQL string
	//go:embed sql/churn_gain.sql
	gainSQL string
	//go:embed sql/churn_rate.sql
	rateSQL string
	//go:embed sql/churn_curve.sql
	curveSQL string
)

// pooled stands for all test origins, and for all customers.
const pooled = "(all)"

// table collects the measures of models.
type table struct {
	model, origin, segment []string
	rows, events           []int64
	figures                [12][]float64
}

func (t *table) add(model, origin, segment string, m *backtest.Metrics) {
	t.model, t.origin, t.segment = append(t.model, model), append(t.origin, origin), append(t.segment, segment)
	t.rows, t.events = append(t.rows, int64(m.Rows)), append(t.events, int64(m.Events))
	row := [12]float64{m.BaseRate, m.Predicted, m.AUC.Value, m.AUC.Low, m.AUC.High, m.AP.Value, m.LogLoss.Value, m.Brier.Value, m.ECE.Value, m.Lift.Value, m.Recall.Value, m.Profit.Value}
	if m.Reason.EN != "" { // nothing can be ranked
		for k := 2; k < len(row); k++ {
			row[k] = math.NaN()
		}
	}
	for k, v := range row {
		t.figures[k] = append(t.figures[k], v)
	}
}

func (t *table) columns() []job.Column {
	columns := []job.Column{job.Col("model", t.model), job.Col("origin", t.origin), job.Col("segment", t.segment), job.Col("n", t.rows), job.Col("events", t.events)}
	for k, name := range []string{"rate", "predicted", "auc", "auc_low", "auc_high", "ap", "log_loss", "brier", "ece", "lift", "recall", "profit"} {
		columns = append(columns, job.Col(name, t.figures[k]))
	}
	return columns
}

// writeBacktest writes how the models did, how well probabilities came true, and
// whom a list reaches.
func (s *study) writeBacktest(ctx context.Context, j *job.Job) error {
	t := &table{}
	var calModel, gainModel []string
	var bin, binRows []int64
	var binMean, binRate, share, recall, rate, lift []float64
	for _, m := range s.judged {
		t.add(m.name, pooled, pooled, &m.report.Pooled)
		for k := range m.report.Folds {
			t.add(m.name, m.report.Folds[k].Name, pooled, &m.report.Folds[k])
		}
		for k := range m.report.Segments {
			t.add(m.name, pooled, m.report.Segments[k].Name, &m.report.Segments[k])
		}
		for k, b := range m.report.Pooled.Calibration {
			calModel, bin, binRows = append(calModel, m.name), append(bin, int64(k+1)), append(binRows, int64(b.Rows))
			binMean, binRate = append(binMean, b.Mean), append(binRate, b.Rate)
		}
		for _, g := range m.report.Pooled.Gain {
			gainModel, share, recall = append(gainModel, m.name), append(share, g.Share), append(recall, g.Recall)
			rate, lift = append(rate, g.Rate), append(lift, g.Lift)
		}
	}
	if err := j.Score(ctx, backtestSQL, nil, t.columns()...); err != nil {
		return err
	}
	if err := j.Score(ctx, calibrationSQL, nil, job.Col("model", calModel), job.Col("bin", bin), job.Col("n", binRows), job.Col("mean", binMean), job.Col("rate", binRate)); err != nil {
		return err
	}
	return j.Score(ctx, gainSQL, nil, job.Col("model", gainModel), job.Col("share", share), job.Col("recall", recall), job.Col("rate", rate), job.Col("lift", lift))
}

// writeRates writes how many of those at risk left and came back, by origin and
// type, for the horizon and, to see how much it matters, half and twice of it.
func (s *study) writeRates(ctx context.Context, j *job.Job) error {
	type cell struct{ origin, kind int }
	counts := map[cell]*[6]int64{} // at risk, silent for half, the horizon, twice; of the silent, back; whether all is known
	var order []cell
	d := s.data
	for i := range d.Rows() {
		c := cell{d.Origin[i], d.Kind[i]}
		if counts[c] == nil {
			counts[c] = &[6]int64{}
			order = append(order, c)
		}
		n := counts[c]
		n[0]++
		k := &s.kinds[c.kind]
		n[1] += int64(d.Outcome(i, k.until(c.origin, .5)))
		n[2] += int64(d.Outcome(i, d.Until[i]))
		n[3] += int64(d.Outcome(i, k.until(c.origin, 2)))
		if d.Outcome(i, d.Until[i]) == 1 && !math.IsNaN(d.Next[i]) {
			n[4]++
		}
	}
	var origin, until []int64
	var name []string
	var columns [5][]int64
	var known [3][]bool
	for _, c := range order {
		k := &s.kinds[c.kind]
		origin, until, name = append(origin, int64(c.origin)), append(until, int64(k.until(c.origin, 1))), append(name, k.name)
		for n := range columns {
			columns[n] = append(columns[n], counts[c][n])
		}
		for n, times := range []float64{.5, 1, 2} {
			known[n] = append(known[n], k.until(c.origin, times) <= s.asOf)
		}
	}
	return j.Score(ctx, rateSQL, nil, job.Col("origin", origin), job.Col("until", until), job.Col("customer_type", name), job.Col("at_risk", columns[0]),
		job.Col("silent_half", columns[1]), job.Col("silent", columns[2]), job.Col("silent_double", columns[3]), job.Col("back", columns[4]),
		job.Col("known_half", known[0]), job.Col("known", known[1]), job.Col("known_double", known[2]))
}

// writeCurves writes how long customers stay silent after the test origins, by the
// band they were given then: the share without an order after so many weeks
// (Kaplan-Meier).
func (s *study) writeCurves(ctx context.Context, j *job.Job) error {
	samples := map[string]*survival.Sample{}
	for _, t := range s.backtest.Tests {
		for k, i := range t.Rows {
			band := bandOf(t.P[churn.Policy][k])
			if samples[band] == nil {
				samples[band] = &survival.Sample{}
			}
			days, ordered := float64(s.asOf-t.Origin), false
			if next := s.data.Next[i]; !math.IsNaN(next) {
				days, ordered = next-float64(t.Origin), true
			}
			samples[band].Time, samples[band].Event = append(samples[band].Time, math.Ceil(days/7)), append(samples[band].Event, ordered)
		}
	}
	var bands []string
	var week, risk []int64
	var share, low, high []float64
	for _, band := range []string{"high", "medium", "low"} {
		if samples[band] == nil {
			continue
		}
		curve, err := survival.KaplanMeier(*samples[band], survival.CurveOptions{})
		if err != nil {
			return err
		}
		for _, step := range curve.Steps {
			bands, week, risk = append(bands, band), append(week, int64(step.Time)), append(risk, int64(step.AtRisk))
			share, low, high = append(share, step.Survival), append(low, step.Lower), append(high, step.Upper)
		}
	}
	return j.Score(ctx, curveSQL, nil, job.Col("band", bands), job.Col("week", week), job.Col("at_risk", risk), job.Col("silent", share), job.Col("low", low), job.Col("high", high))
}

// bandOf is the band of a probability; see score.churn.
func bandOf(p float64) string {
	switch {
	case p >= .6:
		return "high"
	case p >= .3:
		return "medium"
	}
	return "low"
}
