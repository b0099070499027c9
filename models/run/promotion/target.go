package promotion

import (
	"context"
	"fmt"
	"math"
	"slices"

	"verso/models/job"
	"verso/models/propensity"
	"verso/models/uplift"
)

// What a campaign needs for a model of whom it works on, and how many customers
// it is fitted on at most.
const (
	upliftArm      = 500
	upliftOrderers = 40
	upliftMost     = 20000
	permutations   = 500
)

// learned is one way of predicting the effect, and how well it sorts.
type learned struct {
	method  string
	options uplift.Options
	score   []float64
	qini    *uplift.Qini
}

// pullRows is the table of purchases moved forward.
type pullRows struct {
	keys      []int64
	columns   [8][]float64
	reading   []string
	readingZH []string
}

// writePullForward says of the campaigns with a control group whether orders came
// in addition or only earlier.
func writePullForward(ctx context.Context, j *job.Job, list []campaign, c *job.Card) error {
	var r pullRows
	for _, x := range list {
		if x.effect.method != byControl {
			continue
		}
		complete := true
		for _, v := range x.who.after {
			complete = complete && v == v
		}
		if !complete {
			continue // the second window is not over
		}
		during, after := x.who.lines[0], x.who.after
		p, err := uplift.MeasurePullForward(uplift.Periods{During: x.who.of(true, during), After: x.who.of(true, after)}, uplift.Periods{During: x.who.of(false, during), After: x.who.of(false, after)})
		if err != nil {
			return fmt.Errorf("campaign %d: %w", x.key, err)
		}
		r.keys = append(r.keys, x.key)
		for k, v := range []float64{p.During.Lift, p.After.Lift, p.After.Low, p.After.High, p.Net.Lift, p.Net.Low, p.Net.High, p.DipP} {
			r.columns[k] = append(r.columns[k], known(v))
		}
		zh := "活动期内没有明确增量，谈不上提前购买。"
		switch {
		case p.During.P < level && p.During.Lift > 0 && p.DipP < level:
			zh = fmt.Sprintf("增量的 %.0f%% 只是提前购买。", 100*p.Pulled.Value)
		case p.During.P < level && p.During.Lift > 0:
			zh = "活动后没有明确回落。"
		}
		r.reading, r.readingZH = append(r.reading, p.Reading), append(r.readingZH, zh)
	}
	c.Metric("pull_forward", float64(len(r.keys)), "campaigns", job.Words{EN: "campaigns with a control group whose second window of the same length is over", ZH: "设有对照组且其后同样长的观察期已结束的活动"})
	return j.Score(ctx, pullForwardSQL, nil, job.Col("campaign_key", r.keys), job.Col("during", r.columns[0]), job.Col("after", r.columns[1]), job.Col("after_low", r.columns[2]), job.Col("after_high", r.columns[3]),
		job.Col("net", r.columns[4]), job.Col("net_low", r.columns[5]), job.Col("net_high", r.columns[6]), job.Col("dip_p", r.columns[7]), job.Col("reading", r.reading), job.Col("reading_zh", r.readingZH))
}

// writeUplift fits whom the largest randomised campaign worked on, and scores all
// customers of the types it addressed.
func writeUplift(ctx context.Context, j *job.Job, list []campaign, c *job.Card) error {
	x, why := largest(list)
	if x == nil {
		c.Parameter("uplift", why)
		c.Reading = job.Words{EN: c.Reading.EN + " " + why.EN, ZH: c.Reading.ZH + why.ZH}
		if err := writeQini(ctx, j, 0, nil); err != nil {
			return err
		}
		return j.Score(ctx, upliftSQL, []any{0}, job.Col("customer_key", []int64{}), job.Col("predicted_lift", []float64{}), job.Col("contact", []bool{}), job.Col("profit", []float64{}))
	}
	d := uplift.Experiment{X: x.who.x, Treated: x.who.treated, Y: x.who.ordered}
	if n := len(d.Y); n > upliftMost {
		rows := make([]int, 0, upliftMost)
		for i := range n {
			if i*upliftMost/n != (i-1)*upliftMost/n || i == 0 {
				rows = append(rows, i)
			}
		}
		d = d.Take(rows)
	}
	tried, err := learn(d, uint64(j.Seed))
	if err != nil {
		return err
	}
	best := tried[0]
	for _, l := range tried {
		c.Metric("qini."+l.method, l.qini.Q, "", job.Wordsf("%s; p = %.3g that the effect is the same for everyone", "%s；对每位客户效果相同的 p = %.3g", uplift.QiniFormula, l.qini.P))
		if l.qini.Q > best.qini.Q {
			best = l
		}
	}
	differs := best.qini.P*float64(len(tried)) < level
	c.Parameter("uplift_method", best.method)
	c.Parameter("uplift_campaign", x.key)
	if err := writeQini(ctx, j, x.key, tried); err != nil {
		return err
	}
	return x.scoreUplift(ctx, j, d, best, differs, c)
}

// largest is the randomised campaign to learn from, or why there is none.
func largest(list []campaign) (*campaign, job.Words) {
	var best *campaign
	for k := range list {
		x := &list[k]
		if x.effect.method == byControl && (best == nil || len(x.who.key) > len(best.who.key)) {
			best = x
		}
	}
	if best == nil {
		return nil, job.Words{EN: "No campaign has a random control group, so nothing can be learned about whom a campaign works on.", ZH: "没有活动设随机对照组，无法学习活动对谁有效。"}
	}
	for _, t := range []bool{true, false} {
		ordered := best.who.of(t, best.who.ordered)
		if hit := mean(ordered) * float64(len(ordered)); len(ordered) < upliftArm || hit < upliftOrderers-.5 {
			return nil, job.Wordsf("The largest campaign with a control group has %d customers and %.0f who ordered in an arm; whom it works on takes %d and %d.", "最大的对照活动一组只有 %d 个客户、%.0f 个下单；要判断对谁有效需 %d 与 %d。", len(ordered), hit, upliftArm, upliftOrderers)
		}
	}
	return best, job.Words{}
}

func learn(d uplift.Experiment, seed uint64) ([]learned, error) {
	tried := []learned{{method: uplift.SLearner}, {method: uplift.TLearner}, {method: uplift.XLearner}}
	for k := range tried {
		l := &tried[k]
		l.options = uplift.Options{Method: l.method, Seed: seed, Trees: propensity.TreeOptions{MinChildWeight: 50}}
		var err error
		if l.score, _, err = uplift.CrossFit(d, l.options); err != nil {
			return nil, fmt.Errorf("uplift by %s: %w", l.method, err)
		}
		if l.qini, err = uplift.NewQini(l.score, d.Y, d.Treated, uplift.QiniOptions{Permutations: permutations, Seed: seed}); err != nil {
			return nil, fmt.Errorf("uplift by %s: %w", l.method, err)
		}
	}
	return tried, nil
}

func writeQini(ctx context.Context, j *job.Job, campaign int64, tried []learned) error {
	var keys []int64
	var method []string
	var share, gain, random []float64
	for _, l := range tried {
		for _, p := range append([]uplift.QiniPoint{{}}, l.qini.Curve...) {
			keys, method = append(keys, campaign), append(method, l.method)
			share, gain, random = append(share, p.Share), append(gain, p.Gain), append(random, p.Random)
		}
	}
	return j.Score(ctx, qiniSQL, nil, job.Col("campaign_key", keys), job.Col("method", method), job.Col("share", share), job.Col("gain", gain), job.Col("random", random))
}

// scoreUplift predicts for the customers as they are now. Where the effect is the
// same for everyone as far as can be told, everyone gets the mean lift.
func (x *campaign) scoreUplift(ctx context.Context, j *job.Job, d uplift.Experiment, best learned, differs bool, c *job.Card) error {
	types := map[string]bool{}
	for _, v := range x.who.x[0].Levels {
		types[v] = true
	}
	f, err := j.Frame(ctx, `SELECT f.customer_key, f.type_no, f.orders_90, f.orders_365, f.orders_before, f.ticket, f.silence, f.tenure, f.lines_1, f.attended, f.sends
FROM feature.campaign_customer AS f
INNER JOIN core.dim_customer AS c ON c.customer_key = f.customer_key
WHERE f.campaign_key = -1 AND coalesce(c.consent_marketing, true)
ORDER BY f.customer_key`)
	if err != nil {
		return err
	}
	now := covariates(f.Column)
	var rows []int
	for i, v := range now[0].Levels {
		if types[v] {
			rows = append(rows, i)
		}
	}
	now = now.Take(rows)
	mean := max(0, x.effect.lift.Value)
	if x.verdict != verdictLift {
		mean = 0
	}
	predicted := make([]float64, len(rows))
	for i := range predicted {
		predicted[i] = mean
	}
	if differs && len(rows) > 0 {
		m, err := uplift.Fit(d, best.options)
		if err != nil {
			return err
		}
		if predicted, err = m.Predict(now); err != nil {
			return err
		}
	}
	per := x.cost / float64(x.size)
	keys, contact, profit := make([]int64, len(rows)), make([]bool, len(rows)), make([]float64, len(rows))
	for k, i := range rows {
		keys[k] = int64(f.Column("customer_key")[i])
		profit[k] = known(predicted[k]*x.perOrderer - per)
		contact[k] = predicted[k] > 0 && !(profit[k] <= 0)
	}
	text := job.Words{EN: "Whom it works on better cannot be told: as far as can be seen the effect is the same for everyone.", ZH: "看不出对谁更有效：就目前数据，效果人人相同。"}
	switch {
	case differs:
		text = job.Words{EN: "It works on some better than on others: contact the upper deciles.", ZH: "对部分客户更有效：优先联系高分位客户。"}
	case x.verdict != verdictLift:
		text = job.Words{EN: "It showed no lift, so nobody is to be contacted because of it.", ZH: "该活动未显示增量，无需据此联系任何人。"}
	}
	c.Metric("uplift_p", min(1, best.qini.P*3), "", job.Words{EN: "that the effect is the same for everyone; three methods were tried", ZH: "对每位客户效果相同的概率；试过三种方法"})
	c.Metric("uplift_mean_lift", known(math.Max(-1, x.effect.lift.Value)), "share", job.Words{EN: "mean lift of the campaign", ZH: "该活动的平均增量"})
	c.Reading = job.Words{EN: c.Reading.EN + " " + text.EN, ZH: c.Reading.ZH + text.ZH}
	return j.Score(ctx, upliftSQL, []any{x.key}, job.Col("customer_key", keys), job.Col("predicted_lift", predicted), job.Col("contact", contact), job.Col("profit", profit))
}

// writeTestSizes says, by type of campaign, how many customers the next test
// needs: to find a rise of the usual response by a quarter, by half, and a
// doubling of it.
func writeTestSizes(ctx context.Context, j *job.Job, list []campaign, _ *job.Card) error {
	var types []string
	buyers, customers := map[string]float64{}, map[string]float64{}
	cost, margin := map[string]float64{}, map[string]float64{}
	for _, x := range list {
		e := x.effect
		if e.method == byNothing || !(e.baseline > 0 && e.baseline < 1) {
			continue
		}
		if customers[x.kind] == 0 {
			types = append(types, x.kind)
		}
		n := float64(x.size)
		buyers[x.kind], customers[x.kind] = buyers[x.kind]+n*e.baseline, customers[x.kind]+n
		if x.perOrderer > 0 {
			cost[x.kind], margin[x.kind] = cost[x.kind]+x.cost, margin[x.kind]+n*x.perOrderer
		}
	}
	slices.Sort(types)
	var kinds []string
	var base, lift, pays []float64
	var needed []int64
	for _, kind := range types {
		rate, paying := buyers[kind]/customers[kind], math.NaN()
		if margin[kind] > 0 {
			paying = cost[kind] / margin[kind]
		}
		for _, part := range []float64{.25, .5, 1} {
			n, _, err := (uplift.Plan{Base: rate, Lift: part * rate}).SampleSize()
			if err != nil {
				continue // the rate would be above 1
			}
			kinds, base, lift, pays, needed = append(kinds, kind), append(base, rate), append(lift, part*rate), append(pays, paying), append(needed, int64(n))
		}
	}
	return j.Score(ctx, testSizeSQL, nil, job.Col("type", kinds), job.Col("base", base), job.Col("lift", lift), job.Col("needed", needed), job.Col("break_even_lift", pays))
}
