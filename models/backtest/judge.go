package backtest

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"verso/models/metric"
	"verso/models/propensity"
)

// Options say how predictions are judged. The zero value means the defaults.
type Options struct {
	Budget    float64          // customers that can be contacted, of all predictions together; 0: a tenth of the rows
	Retention metric.Retention // what a contact costs and brings, for the expected maximum profit
	Draws     int              // of the bootstrap by customer; 0: 500, fewer above 40,000 rows; 1: no intervals
	Seed      uint64
	Bins      int // of equal count, for ECE and the parts of the Brier score; 0: 10
	Least     int // rows of a segment for it to be judged apart; 0: 100
}

func (o Options) withDefaults(rows int) Options {
	if o.Draws == 0 {
		o.Draws = max(100, min(500, 20_000_000/max(1, rows)))
	}
	if o.Bins == 0 {
		o.Bins = 10
	}
	if o.Least == 0 {
		o.Least = 100
	}
	return o
}

// Report is how a model did on rows it was not fitted on.
type Report struct {
	Pooled   Metrics   `json:"pooled"`   // all predictions in one list
	Mean     *Metrics  `json:"mean"`     // mean over the folds, without intervals; nil without folds
	Folds    []Metrics `json:"folds"`    // by origin or fold
	Segments []Metrics `json:"segments"` // by segment, the largest first; without intervals
	Notes    []Words   `json:"notes"`    // what a reader should know, in plain words
}

// Measure is a figure with its 95 % interval by bootstrap of customers. Draws is
// 0 when there is no interval: Low and High then equal Value.
type Measure struct {
	Value float64 `json:"value"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
	SE    float64 `json:"se"`
	Draws int     `json:"draws"`
}

// Metrics are the measures of one list of predictions. With outcomes all alike
// nothing can be ranked: then only rows, events and base rate are set, and
// Reason says so.
type Metrics struct {
	Name        string                  `json:"name"` // of the fold or segment
	Rows        int                     `json:"rows"`
	Customers   int                     `json:"customers"`
	Events      int                     `json:"events"`        // rows of outcome 1
	BaseRate    float64                 `json:"base_rate"`     // weighted share of outcome 1
	Predicted   float64                 `json:"predicted"`     // weighted mean probability
	AUC         Measure                 `json:"auc"`           // chance that a 1 scores above a 0
	AP          Measure                 `json:"ap"`            // average precision
	LogLoss     Measure                 `json:"log_loss"`      // mean −ln of the probability of what happened
	BaseLogLoss float64                 `json:"base_log_loss"` // of the base rate of these rows themselves
	Brier       Measure                 `json:"brier"`
	BrierParts  metric.BrierParts       `json:"brier_parts"`
	ECE         Measure                 `json:"ece"`          // mean |probability − rate| over bins of equal count
	Lift        Measure                 `json:"lift10"`       // rate among the top tenth over the base rate
	Recall      Measure                 `json:"recall"`       // share of outcomes 1 reached within the budget
	Budget      float64                 `json:"budget"`       // rows contacted
	Profit      Measure                 `json:"profit"`       // expected maximum profit, money per customer of the list
	ProfitShare float64                 `json:"profit_share"` // share of the list to contact for it
	Gain        []metric.GainPoint      `json:"gain"`         // at tenths of the list
	Calibration []metric.CalibrationBin `json:"calibration"`
	Reason      Words                   `json:"reason"` // why there is nothing to rank; empty when there is
}

// Figure is one measure of Metrics with its name, for tables.
type Figure struct {
	Name  string // such as auc
	Words Words  // what it is
	Measure
}

// Figures are the measures in the order of reports.
func (m *Metrics) Figures() []Figure {
	if m.Reason.EN != "" {
		return nil
	}
	return []Figure{
		{"auc", Words{"AUC: chance that one with the event scores above one without", "AUC：发生者得分高于未发生者的概率"}, m.AUC},
		{"ap", Words{"average precision", "平均精确率"}, m.AP},
		{"log_loss", Words{"log-loss", "对数损失"}, m.LogLoss},
		{"brier", Words{"Brier score", "Brier 分数"}, m.Brier},
		{"ece", Words{"expected calibration error", "期望校准误差"}, m.ECE},
		{"lift10", Words{"lift at 10 %", "前 10 % 提升度"}, m.Lift},
		{"recall", Words{"recall within the budget", "预算内召回率"}, m.Recall},
		{"profit", Words{"expected maximum profit per customer", "每位客户的期望最大利润"}, m.Profit},
	}
}

// placeECE is the place of ECE in measures.
const placeECE = 4

// measures computes the figures of a forecast, in the order of Figures.
func measures(f *metric.Forecast, o Options, budget float64) ([]float64, error) {
	ece, err := f.ECE(o.Bins)
	if err != nil {
		return nil, err
	}
	lift, err := f.Lift(.1)
	if err != nil {
		return nil, err
	}
	profit, err := f.EMPC(o.Retention)
	if err != nil {
		return nil, err
	}
	return []float64{f.AUC(), f.AveragePrecision(), f.LogLoss(), f.Brier(), ece, lift, f.RecallAt(budget), profit.PerCustomer}, nil
}

func (p *Predictions) check() error {
	n := len(p.Y)
	for _, k := range []int{len(p.W), len(p.Customer), len(p.Fold), len(p.Segment)} {
		if k != 0 && k != n {
			return fmt.Errorf("%w: %d outcomes, but %d weights, %d customers, %d folds, %d segments", ErrShape, n, len(p.W), len(p.Customer), len(p.Fold), len(p.Segment))
		}
	}
	if n == 0 || len(p.P) != n {
		return fmt.Errorf("%w: %d outcomes, %d probabilities", ErrShape, n, len(p.P))
	}
	for i, v := range p.P {
		if !(v >= 0 && v <= 1) || p.Y[i] != 0 && p.Y[i] != 1 {
			return fmt.Errorf("%w: probability %v, outcome %v in row %d", ErrValue, v, p.Y[i], i)
		}
	}
	return nil
}

// subset are the predictions of the given places.
func (p *Predictions) subset(rows []int) *Predictions {
	return &Predictions{Row: propensity.Take(p.Row, rows), Y: propensity.Take(p.Y, rows), P: propensity.Take(p.P, rows), W: propensity.Take(p.W, rows),
		Customer: propensity.Take(p.Customer, rows), Fold: propensity.Take(p.Fold, rows), Segment: propensity.Take(p.Segment, rows)}
}

// customers are the keys of the bootstrap.
func (p *Predictions) customers() []string {
	if len(p.Customer) > 0 {
		return p.Customer
	}
	out := make([]string, len(p.Y))
	for i := range out {
		out[i] = strconv.Itoa(i)
	}
	return out
}

// weights are those of the bootstrap times the predictions' own; nil: 1 each.
func (p *Predictions) weights(drawn []float64) []float64 {
	switch {
	case len(p.W) == 0:
		return drawn
	case drawn == nil:
		return p.W
	}
	out := make([]float64, len(drawn))
	for i, v := range drawn {
		out[i] = v * p.W[i]
	}
	return out
}

// Judge measures predictions: all together, by fold, and by segment. Pooled
// figures compare probabilities across folds; the mean of the folds does not.
func Judge(p *Predictions, o Options) (*Report, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	o = o.withDefaults(len(p.Y))
	share := .1
	if o.Budget > 0 {
		share = min(1, o.Budget/float64(len(p.Y)))
	}
	r := &Report{}
	pooled, err := p.metrics("pooled", share, o, o.Draws)
	if err != nil {
		return nil, err
	}
	r.Pooled = *pooled
	for _, g := range groups(p.Fold, false) {
		// Intervals of folds take the part of the draws their rows allow.
		m, err := p.subset(g.rows).metrics(g.name, share, o, min(o.Draws, 200))
		if err != nil {
			return nil, fmt.Errorf("fold %s: %w", g.name, err)
		}
		r.Folds = append(r.Folds, *m)
	}
	r.Mean = mean(r.Folds)
	for _, g := range groups(p.Segment, true) {
		if len(g.rows) < o.Least {
			r.Notes = append(r.Notes, wordsf("segment %s has %d rows: fewer than %d are not judged apart", "分组 %s 仅 %d 行：少于 %d 行的不单独评估", g.name, len(g.rows), o.Least))
			continue
		}
		m, err := p.subset(g.rows).metrics(g.name, share, o, 0)
		if err != nil {
			return nil, fmt.Errorf("segment %s: %w", g.name, err)
		}
		r.Segments = append(r.Segments, *m)
	}
	for _, m := range r.Folds {
		if m.Reason.EN != "" {
			r.Notes = append(r.Notes, Words{fmt.Sprintf("fold %s is not in the mean: %s", m.Name, m.Reason.EN), fmt.Sprintf("折 %s 不计入均值：%s", m.Name, m.Reason.ZH)})
		}
	}
	return r, nil
}

func (p *Predictions) metrics(name string, share float64, o Options, draws int) (*Metrics, error) {
	m := &Metrics{Name: name, Rows: len(p.Y), Customers: len(distinct(p.customers()))}
	var ones, all, sum float64
	for i, y := range p.Y {
		w := 1.0
		if len(p.W) > 0 {
			w = p.W[i]
		}
		ones, all, sum = ones+w*y, all+w, sum+w*p.P[i]
		m.Events += int(y)
	}
	if all > 0 {
		m.BaseRate, m.Predicted = ones/all, sum/all
	}
	if m.Events == 0 || m.Events == m.Rows || ones <= 0 || ones >= all {
		m.Reason = wordsf("%d of %d rows have the event: with all alike there is nothing to rank", "%d / %d 行发生事件：结果全部相同，无从排序", m.Events, m.Rows)
		return m, nil
	}
	f, err := metric.NewForecast(p.Y, p.P, p.weights(nil))
	if err != nil {
		return nil, err
	}
	m.Budget = share * all
	values, err := measures(f, o, m.Budget)
	if err != nil {
		return nil, err
	}
	places := []*Measure{&m.AUC, &m.AP, &m.LogLoss, &m.Brier, &m.ECE, &m.Lift, &m.Recall, &m.Profit}
	for k, v := range values {
		*places[k] = Measure{Value: v, Low: v, High: v}
	}
	if err := p.intervals(f, places, share, o, draws); err != nil {
		return nil, err
	}
	m.BaseLogLoss = -m.BaseRate*math.Log(m.BaseRate) - (1-m.BaseRate)*math.Log1p(-m.BaseRate)
	profit, err := f.EMPC(o.Retention)
	if err != nil {
		return nil, err
	}
	m.ProfitShare = profit.Share
	m.Gain = f.Deciles()
	if m.BrierParts, err = f.BrierParts(o.Bins); err != nil {
		return nil, err
	}
	m.Calibration, err = f.Calibration(o.Bins)
	return m, err
}

// intervals fills in the bounds of the measures.
func (p *Predictions) intervals(f *metric.Forecast, places []*Measure, share float64, o Options, draws int) error {
	if draws < 2 {
		return nil
	}
	all, err := metric.BootstrapAll(p.customers(), metric.BootstrapOptions{Draws: draws, Seed: o.Seed}, func(w []float64) ([]float64, error) {
		w = p.weights(w)
		g, err := f.Reweight(w)
		if err != nil {
			return nil, err
		}
		total := float64(len(p.Y))
		if w != nil {
			total = 0
			for _, v := range w {
				total += v
			}
		}
		return measures(g, o, share*total)
	})
	if err != nil {
		return err
	}
	for k, v := range all {
		if v != nil {
			*places[k] = Measure{Value: places[k].Value, Low: v.Low, High: v.High, SE: v.SE, Draws: v.Draws}
		}
	}
	// Drawing customers adds noise to the bins, which moves ECE up in every draw:
	// their percentiles would lie above the value. The spread is sound.
	if e := places[placeECE]; e.Draws > 0 {
		const normal975 = 1.959963984540054
		e.Low, e.High = max(0, e.Value-normal975*e.SE), e.Value+normal975*e.SE
	}
	return nil
}

// rowsOf is a named group of rows.
type rowsOf struct {
	name string
	rows []int
}

// groups are the rows by key, in the order of first appearance or by size, the
// largest first and then by name.
func groups(keys []string, bySize bool) []rowsOf {
	place := map[string]int{}
	var out []rowsOf
	for i, k := range keys {
		at, ok := place[k]
		if !ok {
			at = len(out)
			place[k] = at
			out = append(out, rowsOf{name: k})
		}
		out[at].rows = append(out[at].rows, i)
	}
	if bySize {
		slices.SortFunc(out, func(a, b rowsOf) int {
			return cmp.Or(cmp.Compare(len(b.rows), len(a.rows)), cmp.Compare(a.name, b.name))
		})
	}
	return out
}

// mean averages the measures of the folds that have them; the counts are sums.
// The standard error is that of the mean over folds.
func mean(folds []Metrics) *Metrics {
	out := &Metrics{Name: "mean"}
	var rows [][]float64
	for k := range folds {
		f := &folds[k]
		out.Rows, out.Customers, out.Events, out.Budget = out.Rows+f.Rows, out.Customers+f.Customers, out.Events+f.Events, out.Budget+f.Budget
		if f.Reason.EN == "" {
			rows = append(rows, []float64{f.AUC.Value, f.AP.Value, f.LogLoss.Value, f.Brier.Value, f.ECE.Value, f.Lift.Value, f.Recall.Value, f.Profit.Value,
				f.BaseRate, f.Predicted, f.BaseLogLoss, f.ProfitShare})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	n := float64(len(rows))
	average, spread := make([]float64, len(rows[0])), make([]float64, len(rows[0]))
	for _, r := range rows {
		for k, v := range r {
			average[k] += v / n
		}
	}
	for _, r := range rows {
		for k, v := range r {
			spread[k] += (v - average[k]) * (v - average[k])
		}
	}
	for k, place := range []*Measure{&out.AUC, &out.AP, &out.LogLoss, &out.Brier, &out.ECE, &out.Lift, &out.Recall, &out.Profit} {
		*place = Measure{Value: average[k], Low: average[k], High: average[k]}
		if n > 1 {
			place.SE = math.Sqrt(spread[k] / (n - 1) / n)
		}
	}
	out.BaseRate, out.Predicted, out.BaseLogLoss, out.ProfitShare = average[8], average[9], average[10], average[11]
	return out
}
