package loyalty

import (
	"context"
	"math"

	"verso/models/job"
	"verso/models/persistency"
	"verso/models/survival"
)

// longHistory is the days from which cohorts are of quarters: a triangle of more
// than three years of months fits no page.
const longHistory = 3 * 365

// retention writes the triangle of cohorts.
func (p *people) retention(ctx context.Context, j *job.Job, c *job.Card) error {
	var cohort, age, size, customers []int64
	var value []float64
	var complete []bool
	if p.history != nil {
		months := 1
		if p.asOf-p.first > longHistory {
			months = 3
		}
		periods, err := persistency.Months(p.first, p.asOf, months)
		if err != nil {
			return err
		}
		t, err := persistency.Cohorts(p.history, periods)
		if err != nil {
			return err
		}
		c.Parameter("cohort_months", months)
		if t.Reason != "" {
			c.Parameter("cohort_note", said(job.Words{}, t.Reason))
		}
		for i, row := range t.Customers {
			for k, n := range row {
				cohort, age, size = append(cohort, int64(periods.Start[i])), append(age, int64(k)), append(size, int64(t.Size[i]))
				customers, value, complete = append(customers, int64(n)), append(value, t.Value[i][k]), append(complete, t.Complete(i, k))
			}
		}
		for _, a := range t.Ages {
			if a.Age*months == 12 {
				c.Metric("retention_12_months", a.Retention, "share", job.Wordsf("of %d customers of %d cohorts bought again in the period that begins a year after their first", "%d 个客户（%d 个批次）中，在首购一年后的那一期再次购买的比例", a.Size, a.Cohorts))
				c.Metric("value_retention_12_months", a.ValueRetention, "share", job.Words{EN: "of the value of their first period", ZH: "与其首期金额之比"})
			}
		}
	}
	return j.Score(ctx, retentionSQL, nil, job.Col("cohort", cohort), job.Col("age", age), job.Col("size", size), job.Col("customers", customers), job.Col("value", value), job.Col("is_complete", complete))
}

func (p *people) typeName(no int) string {
	switch name, known := p.names[no]; {
	case no == persistency.All:
		return all
	case known && name != "":
		return name
	}
	return "(none)"
}

// rhythm writes how long customers take and how regularly they come.
func (p *people) rhythm(ctx context.Context, j *job.Job, c *job.Card) error {
	var gaps []persistency.GapRow
	var regular []persistency.Regularity
	if p.history != nil {
		var err error
		if gaps, err = persistency.InterPurchase(p.history, p.types, p.clocks, p.asOf, nil); err != nil {
			return err
		}
		if regular, err = persistency.WheatMorrison(p.history, p.types, p.clocks, p.asOf, persistency.RegularityOptions{Seed: uint64(j.Seed)}); err != nil {
			return err
		}
	}
	var names, readings []string
	var buyers, repeaters, n []int64
	columns := make([][]float64, 9) // mean, four quantiles, k, low, high, chance
	for i, g := range gaps {
		names, buyers, repeaters, n = append(names, p.typeName(g.Type)), append(buyers, int64(g.Buyers)), append(repeaters, int64(g.Repeaters)), append(n, int64(g.Gaps))
		row := []float64{math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
		if g.Gaps > 0 {
			row[0] = g.Mean
			for k, q := range g.Quantiles {
				row[1+k] = q.Days
			}
		}
		reading := g.Reason
		if r := regular[i]; r.Reason == "" && !r.Unbounded {
			row[5], row[6], row[8] = r.K, r.Lower, r.Chance
			if !r.OpenEnd {
				row[7] = r.Upper
			}
			reading = r.Words()
		}
		readings = append(readings, reading)
		for k := range columns {
			columns[k] = append(columns[k], row[k])
		}
		if g.Gaps > 0 && i == len(gaps)-1 {
			c.Metric("gap_median", row[2], "days", job.Words{EN: "half of the gaps between purchases that ended were no longer", ZH: "已结束的购买间隔有一半不长于此"})
			c.Metric("gap_p80", row[3], "days", job.Words{EN: "80 % of them were no longer", ZH: "其中 80% 不长于此"})
			c.Metric("regularity", row[5], "", said(job.Words{EN: "shape of the gaps; ", ZH: "间隔的形状；"}, reading))
		}
	}
	return j.Score(ctx, rhythmSQL, nil, job.Col("customer_type", names), job.Col("buyers", buyers), job.Col("repeaters", repeaters), job.Col("gaps", n), job.Col("mean_gap", columns[0]),
		job.Col("p25", columns[1]), job.Col("p50", columns[2]), job.Col("p80", columns[3]), job.Col("p90", columns[4]),
		job.Col("k", columns[5]), job.Col("k_low", columns[6]), job.Col("k_high", columns[7]), job.Col("k_chance", columns[8]), job.Col("reading", readings))
}

// survival writes how long customers stay, by type: from the first purchase to
// the last of those who are lost, to the as-of date of the others, in months.
func (p *people) survival(ctx context.Context, j *job.Job, c *job.Card, states []persistency.State) error {
	var s survival.Sample
	var group []int
	for i, state := range states {
		if state.Status == persistency.Never {
			continue
		}
		first, end, lost := p.history.Days(i, p.asOf)[0], p.asOf, state.Status == persistency.Lost
		if lost {
			end = state.Last
		}
		s.Time = append(s.Time, math.Ceil(float64(end-first)*12/365.25))
		s.Event, group = append(s.Event, lost), append(group, p.types[i])
	}
	var names []string
	var months, risk, events []int64
	var share, lower, upper []float64
	add := func(name string, curve *survival.Curve) {
		for _, step := range curve.Steps {
			names, months = append(names, name), append(months, int64(step.Time))
			risk, events = append(risk, int64(step.AtRisk)), append(events, int64(step.Events))
			share, lower, upper = append(share, step.Survival), append(lower, step.Lower), append(upper, step.Upper)
		}
	}
	if s.Len() > 0 {
		whole, err := survival.KaplanMeier(s, survival.CurveOptions{})
		if err != nil {
			return err
		}
		add(all, whole)
		if step, known := whole.At(12); known {
			c.Metric("stay_12_months", step.Survival, "share", job.Words{EN: "of customers who were not lost a year after their first purchase (Kaplan-Meier)", ZH: "首购一年后未流失的客户比例（Kaplan-Meier）"})
		}
		codes, parts, err := s.Split(group)
		if err != nil {
			return err
		}
		for i, code := range codes {
			if len(codes) < 2 {
				break
			}
			curve, err := survival.KaplanMeier(parts[i], survival.CurveOptions{})
			if err != nil {
				return err
			}
			add(p.typeName(code), curve)
		}
		test, err := survival.LogRank(s, group, nil)
		if err != nil {
			return err
		}
		if test.Reason == "" {
			c.Metric("log_rank_p", test.P, "", job.Wordsf("that customer types stay equally long: χ² %.1f on %d degrees of freedom", "各客户类型留存同样长久的概率：χ² %.1f，自由度 %d", test.ChiSquare, test.DF))
		}
	}
	return j.Score(ctx, survivalSQL, nil, job.Col("customer_type", names), job.Col("month", months), job.Col("at_risk", risk), job.Col("events", events),
		job.Col("survival", share), job.Col("lower", lower), job.Col("upper", upper))
}
