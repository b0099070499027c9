package loyalty

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"verso/models/job"
	"verso/models/metric"
	"verso/models/survival"
)

var (
	//go:embed sql/churn_cause.sql
	causeSQL string
	//go:embed sql/churn_cause_curve.sql
	causeCurveSQL string
	//go:embed sql/churn_cause_kind.sql
	causeKindSQL string
	//go:embed sql/churn_loss.sql
	lossSQL string
)

const (
	quarterDays = 365.25 / 4
	mostQuarter = 20 // five years
)

// Cause tells what the customers who were lost had named before, with the causes
// competing, into score.churn_cause and score.churn_cause_curve, and by customer into
// score.churn_loss.
func Cause() job.Model { return job.Model{Name: "churn_cause", Run: runCause} }

// causes are lost and kept customers by what they named.
type causes struct {
	names, sources []string // by cause, sorted; the unnamed among them
	sample         survival.Sample
	cause          []int
	lost, kept     []float64 // customers by cause
	years          float64   // at risk
	incidence      *survival.Incidence
}

func runCause(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Feature(ctx, "hazard_customer", watched); err != nil {
		return 0, err
	}
	if err := j.Feature(ctx, "churn_cause"); err != nil {
		return 0, err
	}
	c, err := readCauses(ctx, j)
	if err != nil {
		return 0, err
	}
	if c.sample.Len() > 0 {
		if c.incidence, err = survival.CumulativeIncidence(c.sample, c.cause, len(c.names), survival.CurveOptions{}); err != nil {
			return 0, err
		}
	}
	if err := c.write(ctx, j); err != nil {
		return 0, err
	}
	return int64(c.sample.Len()), j.Save(ctx, c.card())
}

// readCauses reads feature.churn_cause. Time is days since the third order day; who was
// lost before it was never at risk.
func readCauses(ctx context.Context, j *job.Job) (*causes, error) {
	var keys []string
	if err := j.Each(ctx, "SELECT DISTINCT 0, source || '|' || cause FROM feature.churn_cause ORDER BY 2", func(_ int64, text string) { keys = append(keys, text) }); err != nil {
		return nil, err
	}
	c := &causes{lost: make([]float64, len(keys)), kept: make([]float64, len(keys))}
	for _, key := range keys {
		source, name, _ := strings.Cut(key, "|")
		c.names, c.sources = append(c.names, name), append(c.sources, source)
	}
	var of []string
	if err := j.Each(ctx, "SELECT customer_key, source || '|' || cause FROM feature.churn_cause WHERE lost_day > entry_day ORDER BY customer_key", func(_ int64, text string) { of = append(of, text) }); err != nil {
		return nil, err
	}
	f, err := j.Frame(ctx, "SELECT lost_day - entry_day AS days, is_lost FROM feature.churn_cause WHERE lost_day > entry_day ORDER BY customer_key")
	if err != nil {
		return nil, err
	}
	for i, days := range f.Column("days") {
		k, _ := slices.BinarySearch(keys, of[i])
		isLost := f.Column("is_lost")[i] == 1
		c.sample.Time, c.sample.Event, c.cause = append(c.sample.Time, days), append(c.sample.Event, isLost), append(c.cause, k)
		c.years += days / 365.25
		if isLost {
			c.lost[k]++
		} else {
			c.kept[k]++
		}
	}
	return c, nil
}

func sum(values []float64) (total float64) {
	for _, v := range values {
		total += v
	}
	return total
}

func (c *causes) write(ctx context.Context, j *job.Job) error {
	var lost []int64
	figures := map[string][]float64{}
	var curveCause, curveSource []string
	var quarter, risk []int64
	var incidence, low, high []float64
	lostAll, keptAll := sum(c.lost), sum(c.kept)
	for k := range c.names {
		from, to := math.NaN(), math.NaN()
		if lostAll > 0 {
			from, to = metric.Wilson(c.lost[k], lostAll)
		}
		lost = append(lost, int64(c.lost[k]))
		row := map[string]float64{"share": c.lost[k] / lostAll, "share_low": from, "share_high": to, "kept_share": c.kept[k] / keptAll, "rate": 100 * c.lost[k] / c.years}
		for name, years := range map[string]float64{"one": 1, "three": 3} {
			row[name], row[name+"_low"], row[name+"_high"] = c.at(k, years*365.25)
		}
		for name, v := range row {
			figures[name] = append(figures[name], v)
		}
		for q := range mostQuarter {
			v, a, b := c.at(k, float64(q+1)*quarterDays)
			if math.IsNaN(v) {
				break
			}
			step, known := c.incidence.At(float64(q+1) * quarterDays)
			if !known {
				step.AtRisk = float64(c.sample.Len()) // nobody has left yet
			}
			curveCause, curveSource, quarter = append(curveCause, c.names[k]), append(curveSource, c.sources[k]), append(quarter, int64(q+1))
			risk, incidence, low, high = append(risk, int64(step.AtRisk)), append(incidence, v), append(low, a), append(high, b)
		}
	}
	columns := []job.Column{job.Col("cause", c.names), job.Col("source", c.sources), job.Col("lost", lost)}
	for _, name := range []string{"share", "share_low", "share_high", "kept_share", "rate", "one", "one_low", "one_high", "three", "three_low", "three_high"} {
		columns = append(columns, job.Col(name, figures[name]))
	}
	if err := j.Score(ctx, causeSQL, nil, columns...); err != nil {
		return err
	}
	for _, sql := range []string{causeKindSQL, lossSQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return fmt.Errorf("write scores: %w", err)
		}
	}
	return j.Score(ctx, causeCurveSQL, nil, job.Col("cause", curveCause), job.Col("source", curveSource), job.Col("quarter", quarter), job.Col("at_risk", risk),
		job.Col("incidence", incidence), job.Col("low", low), job.Col("high", high))
}

// at is the incidence of a cause after so many days, with its interval; NaN beyond what
// was seen.
func (c *causes) at(k int, days float64) (v, low, high float64) {
	if c.incidence == nil || len(c.incidence.Steps) == 0 || days > c.incidence.Steps[len(c.incidence.Steps)-1].Time {
		return math.NaN(), math.NaN(), math.NaN()
	}
	step, known := c.incidence.At(days)
	if !known {
		return 0, 0, 0
	}
	return step.Incidence[k], step.Lower[k], step.Upper[k]
}

func (c *causes) card() job.Card {
	card := job.Card{Model: "churn_cause", Version: 1, Rows: int64(c.sample.Len()), Outputs: []string{"churn_cause", "churn_cause_curve", "churn_cause_kind", "churn_loss"},
		Definition: job.Words{
			EN: "What customers who were lost (as in the card of hazard) had named last in the 365 days that end 90 days after it: the reason of a lost opportunity, else the root cause of a complaint. Incidence by cause since the third order day, other causes competing (Aalen and Johansen 1978). It is what they said, and not proven to be why they left: those who stayed name causes too.",
			ZH: "流失客户（见 hazard 卡）在截至流失后 90 天的 365 天内最后提及的原因：丢单原因，否则为投诉根因。自第三个订货日起按原因的累积发生率，各原因相互竞争（Aalen 与 Johansen 1978）。这是客户所言，并未证实为离开的原因：留下的客户也会提及。"},
		Features: []job.Feature{{Name: "cause", Definition: job.Words{EN: "reason of a lost opportunity, or root cause of a complaint", ZH: "丢单原因，或投诉根因"}}}}
	lost, unnamed := sum(c.lost), 0.0
	for k, name := range c.names {
		if name == "" {
			unnamed += c.lost[k]
			continue
		}
		card.Metric(fmt.Sprintf("lost.%s.%s", c.sources[k], name), c.lost[k], "customers", job.Words{EN: "lost, having named it last", ZH: "最后提及此项的流失客户"})
	}
	card.Metric("lost", lost, "customers", job.Words{EN: "lost", ZH: "流失客户"})
	switch {
	case lost == 0:
		card.Reading = job.Words{EN: "No customer was lost, so there is no cause to name.", ZH: "没有流失客户，故无原因可言。"}
	case unnamed == lost:
		card.Reading = job.Words{EN: "None of the customers lost had named a cause; the reasons of lost opportunities (opportunity.lost_reason) and the root causes of complaints (ticket.root_cause) would tell.", ZH: "流失客户均未提及原因；丢单原因（opportunity.lost_reason）与投诉根因（ticket.root_cause）可以说明。"}
	default:
		card.Reading = job.Wordsf("Of %.0f customers lost %.0f had named a cause.", "%.0f 名流失客户中 %.0f 名曾提及原因。", lost, lost-unnamed)
	}
	return card
}
