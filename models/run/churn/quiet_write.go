package churn

import (
	"context"
	_ "embed"
	"fmt"
	"math"

	"verso/models/backtest"
	"verso/models/churn"
	"verso/models/job"
	"verso/models/metric"
)

var (
	//go:embed sql/part_churn.sql
	partChurnSQL string
	//go:embed sql/fade.sql
	fadeSQL string
	//go:embed sql/quiet_backtest.sql
	quietBacktestSQL string
)

// writeOrigins tells SQL the days that quiet losses are looked for: feature.change_origin.
func (s *study) writeOrigins(ctx context.Context, j *job.Job, origins []int) error {
	days := make([]int64, len(origins))
	for i, day := range origins {
		days[i] = int64(day)
	}
	return j.Score(ctx, "CREATE OR REPLACE TABLE feature.change_origin AS SELECT CAST(f.origin AS INTEGER) AS origin FROM temp.main.fitted AS f ORDER BY f.origin", nil, job.Col("origin", days))
}

// writeQuiet writes the probabilities of today and the backtests.
func (s *study) writeQuiet(ctx context.Context, j *job.Job) error {
	if err := j.Score(ctx, partChurnSQL, []any{quietHorizon}, job.Col("customer_key", s.partial.today.Customer), job.Col("bucket_no", s.pairs), job.Col("p", s.partial.p)); err != nil {
		return err
	}
	if err := j.Score(ctx, fadeSQL, []any{quietHorizon}, job.Col("customer_key", s.fading.today.Customer), job.Col("p", s.fading.p)); err != nil {
		return err
	}
	t := &table{}
	var equal [3][]float64
	for _, q := range []*quiet{s.partial, s.fading} {
		for _, m := range q.judged {
			t.add(m.name, pooled, q.name, &m.report.Pooled)
			within := metric.Within{AUC: math.NaN(), Low: math.NaN(), High: math.NaN()}
			if m.name == churn.Policy {
				within = q.equal
			}
			for k, v := range []float64{within.AUC, within.Low, within.High} {
				equal[k] = append(equal[k], v)
				for range m.report.Folds {
					equal[k] = append(equal[k], math.NaN())
				}
			}
			for k := range m.report.Folds {
				t.add(m.name, m.report.Folds[k].Name, q.name, &m.report.Folds[k])
			}
		}
	}
	columns := append(t.columns(), job.Col("equal", equal[0]), job.Col("equal_low", equal[1]), job.Col("equal_high", equal[2]))
	return j.Score(ctx, quietBacktestSQL, nil, columns...)
}

// saveQuiet writes the cards of both events.
func (s *study) saveQuiet(ctx context.Context, j *job.Job) error {
	part := job.Card{Model: "part_churn", Version: 1, Rows: int64(s.partial.today.Rows()), Outputs: []string{"part_churn", "quiet_backtest"},
		Definition: job.Words{
			EN: "Leaving a subject: no order day with it in the 183 days after a day, of customers who order on two days and more in them and had bought the subject on four days and more of the 365 before and on one of the 365 before these. Customers who stop altogether are the matter of churn and not counted here. Learned from earlier days only, as churn is; value is what the subject brought net in the last 365 days.",
			ZH: "放弃学科：某日之后 183 天内没有该学科的订货，而同期仍有两天以上订货，且此前 365 天内该学科订货四天以上、再前 365 天内至少一天。完全停止者属流失，此处不计。与流失模型一样只从较早各日学习；价值为近 365 天该学科净额。"}}
	describe(&part, partFeatures)
	fade := job.Card{Model: "fade", Version: 1, Rows: int64(s.fading.today.Rows()), Outputs: []string{"fade", "quiet_backtest"},
		Definition: job.Words{
			EN: "Fading: in the 183 days after a day, order days at most half of the customer's own base and value at most three quarters of it, of customers who order on two days and more in them. The base is the same days a year before, at least four, moved as the customers of the type moved together. Learned from earlier days only, from the features of churn and two more.",
			ZH: "逐渐减少：某日之后 183 天内，订货天数不超过自身基数的一半且金额不超过其四分之三，而同期仍有两天以上订货。基数为去年同期（至少四天），按同类客户的整体变化调整。与流失模型一样只从较早各日学习，特征为流失模型的特征另加两个。"}}
	describe(&fade, fadeFeatures)
	for _, e := range []struct {
		q *quiet
		c *job.Card
	}{{s.partial, &part}, {s.fading, &fade}} {
		e.q.tell(e.c)
		if err := j.Save(ctx, *e.c); err != nil {
			return err
		}
	}
	return nil
}

func describe(c *job.Card, list []featureWords) {
	for _, f := range list {
		c.Features = append(c.Features, job.Feature{Name: f.name, Definition: f.words})
	}
}

// tell writes what was learned and how the past was predicted.
func (q *quiet) tell(c *job.Card) {
	c.Parameter("horizon", quietHorizon)
	if q.model == nil {
		why := q.why
		if why == "" {
			why = "nobody is at risk today"
		}
		c.Parameter("model", "none: "+why)
		c.Reading = job.Wordsf("No model was learned: %[1]s.", "未能学习模型：%[1]s。", why)
	} else {
		c.Parameter("learner", q.model.Kind)
		c.Parameter("learned_rows", q.fitted.Rows)
		c.Parameter("learned_origins", q.fitted.Origins)
	}
	auc := func(name string) float64 {
		return q.figure(name, func(m *backtest.Metrics) float64 { return m.AUC.Value })
	}
	loss := func(name string) float64 {
		return q.figure(name, func(m *backtest.Metrics) float64 { return m.LogLoss.Value })
	}
	for i := range q.judged {
		name, p := q.judged[i].name, &q.judged[i].report.Pooled
		if p.Reason.EN != "" {
			continue
		}
		c.Metric("backtest."+name+".auc", p.AUC.Value, "", job.Wordsf("pooled; 95 %% interval %.3f to %.3f", "合并计算；95 %% 区间 %.3f 至 %.3f", p.AUC.Low, p.AUC.High))
		c.Metric("backtest."+name+".log_loss", p.LogLoss.Value, "", job.Words{EN: "pooled; lower is better", ZH: "合并计算；越低越好"})
		c.Metric("backtest."+name+".lift_10", p.Lift.Value, "times", job.Words{EN: "rate among the tenth ranked first over the rate of all", ZH: "最前十分之一的比率与全体之比"})
		c.Metric("backtest."+name+".rate", p.BaseRate, "share", job.Words{EN: "came about within the horizon", ZH: "预测期内发生的比例"})
	}
	if q.model == nil {
		return
	}
	if math.IsNaN(auc(churn.Policy)) {
		c.Reading = job.Wordsf("%d are scored; the history is too short to test this on.", "已评分 %d 个；历史过短，无法检验。", q.today.Rows())
		return
	}
	c.Reading = job.Wordsf("Looking back, AUC %.3f, against %.3f of recency alone; log-loss %.4f, against %.4f of the base rate.", "回测 AUC %.3f，仅凭近度 %.3f；对数损失 %.4f，基准比率 %.4f。",
		auc(churn.Policy), auc(churn.Recency), loss(churn.Policy), loss(baseRate))
	q.tellWithin(c)
	if !(loss(churn.Policy) < loss(baseRate)) {
		c.Reading.EN += " That is no better than the base rate: do not act on single chances."
		c.Reading.ZH += " 不优于基准比率：不宜据单个概率行动。"
	}
}

// tellWithin writes what the model tells beyond how much is bought.
func (q *quiet) tellWithin(c *job.Card) {
	if math.IsNaN(q.equal.AUC) {
		return
	}
	volume := q.figure(byVolume, func(m *backtest.Metrics) float64 { return m.AUC.Value })
	c.Metric("backtest.model.auc_equal_volume", q.equal.AUC, "", job.Wordsf("among cases bought equally often (groups of about twenty by volume); 95 %% interval %.3f to %.3f", "在订购频度相当者（按量每组约二十例）之内；95 %% 区间 %.3f 至 %.3f", q.equal.Low, q.equal.High))
	c.Reading.EN += fmt.Sprintf(" How much is bought alone gives %.3f: where little is bought, it may come about by chance. Among cases bought equally often the model has %.3f (95 %% interval %.3f to %.3f).", volume, q.equal.AUC, q.equal.Low, q.equal.High)
	c.Reading.ZH += fmt.Sprintf(" 仅凭订购量即达 %.3f：订购少者偶然亦会发生。在订购频度相当者之内，模型为 %.3f（95 %% 区间 %.3f 至 %.3f）。", volume, q.equal.AUC, q.equal.Low, q.equal.High)
	if q.equal.Low <= leastBeyond {
		c.Reading.EN += fmt.Sprintf(" The interval may begin at %.2[1]f where nothing changes but seasons, and a good year is followed by an ordinary one. So it says how little is bought, and not that something is changing.", leastBeyond)
		c.Reading.ZH += fmt.Sprintf(" 毫无变化之处，仅因时节与丰年之后复归常年，区间下限亦可至 %.2[1]f。故所示为订购之少，而非正在变化。", leastBeyond)
	}
}
