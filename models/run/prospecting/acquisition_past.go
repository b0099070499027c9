package prospecting

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"verso/models/forecast"
	"verso/models/job"
)

// pastProjections is what projections made from earlier months missed by.
type pastProjections struct {
	origins []int       // lengths of the history they were made from
	whats   [2]pastOf   // customers won, and customers active
	scores  [][]float64 // by step: misses of the cohort years, over the root of what was expected
}

// pastOf is the test of one number.
type pastOf struct {
	name         string
	smape, naive share
	inside       [2]share
	misses       []miss
	widened      [2]float64 // by level: factors on the intervals of the projection
}

// pastOrigins are the lengths of history that projections are tested from: three
// months apart, a whole horizon before the end, as long as three years come before;
// at most eight, latest last.
func pastOrigins(months int) []int {
	var out []int
	for o := months - horizon; o >= 36 && len(out) < 8; o -= 3 {
		out = append([]int{o}, out...)
	}
	return out
}

// test projects from earlier months and compares with what came. The number of
// active customers is compared with that of the month it was made in; customers
// won with those of the same month of the year before.
func (c *cohorts) test(ctx context.Context, seed int64) (*pastProjections, error) {
	t := &pastProjections{whats: [2]pastOf{{name: "new"}, {name: "active"}}, scores: make([][]float64, horizon)}
	won := c.won()
	for _, origin := range pastOrigins(c.months()) {
		known := c.until(origin)
		p, err := known.project(ctx, 400, seed)
		if errors.Is(err, forecast.ErrAcquisition) {
			continue
		}
		if err != nil {
			return nil, err
		}
		t.origins = append(t.origins, origin)
		var today float64
		for _, v := range c.at(origin - 1) {
			today += v
		}
		t.whats[0].widen(&p.New, origin)
		t.whats[1].widen(&p.Active, origin)
		by := p.byYear()
		for s := range horizon {
			month := origin + s
			var active float64
			for _, v := range c.at(month) {
				active += v
			}
			t.whats[0].take(won[month], p.New, s, won[month-12], month)
			t.whats[1].take(active, p.Active, s, today, month)
			actual := c.activeByYear(month)
			for _, y := range sortedYears(actual) {
				t.scores[s] = append(t.scores[s], math.Abs(actual[y]-by[y][s])/math.Sqrt(math.Max(1, by[y][s])))
			}
		}
	}
	for s := range t.scores {
		slices.Sort(t.scores[s])
	}
	return t, nil
}

func (w *pastOf) take(actual float64, b forecast.Band, s int, naive float64, month int) {
	w.smape.add(forecast.SMAPE([]float64{actual}, []float64{b.Mean[s]}))
	w.naive.add(forecast.SMAPE([]float64{actual}, []float64{naive}))
	m := miss{month: month}
	for k := range levels {
		w.inside[k].add(within(actual, b.Lower[k][s], b.Upper[k][s]))
		half := b.Upper[k][s] - b.Mean[s]
		if actual < b.Mean[s] {
			half = b.Mean[s] - b.Lower[k][s]
		}
		m.halfs[k] = math.Abs(actual-b.Mean[s]) / math.Max(half, 0.5) * w.widened[k]
	}
	w.misses = append(w.misses, m)
}

// widen makes the intervals as much wider as the misses known before a month ask
// for, never narrower: the simulation takes the retention as known and customers as
// coming and going one by one.
func (w *pastOf) widen(b *forecast.Band, before int) {
	w.widened = factors(w.misses, before, horizon)
	for k := range levels {
		for s, mean := range b.Mean {
			b.Lower[k][s] = math.Max(0, mean-(mean-b.Lower[k][s])*w.widened[k])
			b.Upper[k][s] = mean + (b.Upper[k][s]-mean)*w.widened[k]
		}
	}
	nest(b.Lower, b.Upper)
}

// grade tells how the projection did beside the naive one.
func (w *pastOf) grade() string {
	own, naive := w.smape.mean(), w.naive.mean()
	switch {
	case math.IsNaN(own):
		return "not tested"
	case own <= 0.95*naive:
		return "better"
	case own <= 1.05*naive:
		return "equal"
	}
	return "worse"
}

// ends are those of the intervals of a cohort year's active customers: as far as
// past projections missed, in roots of what was expected, never nearer than at an
// earlier step. They are unknown without a test.
func (t *pastProjections) ends(v float64, step int) [4]float64 {
	out := [4]float64{math.NaN(), math.NaN(), math.NaN(), math.NaN()}
	for k, level := range levels {
		var reach float64
		for s := 0; s <= step; s++ {
			if len(t.scores) == 0 || len(t.scores[s]) == 0 {
				return out
			}
			n := len(t.scores[s])
			reach = math.Max(reach, t.scores[s][min(n, int(math.Ceil(level*float64(n+1))))-1])
		}
		half := reach * math.Sqrt(math.Max(1, v))
		out[2*k], out[2*k+1] = math.Max(0, v-half), v+half
	}
	return out
}

func (t *pastProjections) write(ctx context.Context, j *job.Job) error {
	var name, grade []string
	var origins []int64
	var columns [4][]float64
	for i := range t.whats {
		w := &t.whats[i]
		if len(t.origins) == 0 {
			break
		}
		name, grade, origins = append(name, w.name), append(grade, w.grade()), append(origins, int64(len(t.origins)))
		for k, v := range []float64{w.smape.mean(), w.naive.mean(), w.inside[0].mean(), w.inside[1].mean()} {
			columns[k] = append(columns[k], v)
		}
	}
	return j.Score(ctx, acquisitionBacktestSQL, nil, job.Col("what", name), job.Col("origins", origins), job.Col("smape", columns[0]), job.Col("naive_smape", columns[1]),
		job.Col("coverage_80", columns[2]), job.Col("coverage_95", columns[3]), job.Col("grade", grade))
}

func acquisitionCard(c *cohorts, p *projection, past *pastProjections) job.Card {
	card := job.Card{
		Model: "acquisition", Version: 1, Rows: int64(c.months()), Outputs: []string{"acquisition", "acquisition_cohort", "acquisition_backtest"},
		Definition: job.Words{
			EN: "Customers won are those who bought for the first time; active at the end of a month are those who bought within the twelve months before it. To come: customers won are forecast by month, and every cohort goes on with the share that stayed active at its age in the last two years. Intervals come from simulated futures, those by cohort year from what past projections missed by.",
			ZH: "新客户指首次购买的客户；月末活跃客户指此前十二个月内有购买的客户。推算：新客户按月预测，每一批客户按近两年同龄客户的活跃保留比例延续。区间来自模拟，按批次年份的区间来自以往推算的误差。"},
		Features: []job.Feature{{Name: "purchase", Definition: job.Words{EN: "a day with a positive sum, net of returns", ZH: "扣除退货后金额为正的一天"}}, {Name: "cohort", Definition: job.Words{EN: "month of the first purchase", ZH: "首次购买的月份"}}},
	}
	card.Parameter("horizon_months", horizon)
	if p == nil && c.usable() < leastUsable && c.months() > 1 {
		card.Reading = job.Wordsf("The number of customers to come cannot be projected: who is active is counted over %d months, and only %d month ends have as many months of data before them; it takes %d.",
			"无法推算将来的客户数：活跃客户按 %d 个月统计，而此前有足够数据的月末只有 %d 个，需要 %d 个。", window, c.usable(), leastUsable)
		return card
	}
	if p == nil {
		card.Reading = job.Words{EN: "The number of customers to come cannot be projected: fewer than two whole months with purchases are known.", ZH: "无法推算将来的客户数：含购买的完整月份不足两个。"}
		return card
	}
	card.Parameter("first_month", monthName(c.first))
	card.Parameter("last_month", monthName(c.last))
	card.Parameter("lead_in", job.Wordsf("%d months at the start do not count as months of new customers: customers from before are seen in them for the first time", "最初 %d 个月不计为新客户的月份：更早的客户在其中首次出现", c.leadIn))
	card.Parameter("method", string(p.Forecast.Method))
	if p.Reason != "" {
		card.Parameter("note", p.Reason)
	}
	for _, age := range []int{12, 24, 36} {
		if age < len(p.curve) {
			card.Metric(fmt.Sprintf("retention_%d_months", age), p.curve[age], "share", job.Words{EN: "of customers won, still active at this age", ZH: "所赢得的客户中此时仍活跃的比例"})
		}
	}
	for i := range past.whats {
		w := &past.whats[i]
		card.Metric(w.name+".smape", w.smape.mean(), "%", job.Wordsf("symmetric mean absolute percentage error of projections from %d earlier months", "自较早 %d 个月推算的对称平均绝对百分比误差", len(past.origins)))
		card.Metric(w.name+".naive_smape", w.naive.mean(), "%", job.Words{EN: "of taking last year's number, or of active customers today's", ZH: "照搬上年数字（活跃客户照搬当时数字）的结果"})
		for k := range levels {
			card.Metric(fmt.Sprintf("%s.coverage_%.0f", w.name, 100*levels[k]), w.inside[k].mean(), "share", job.Words{EN: "of what came, within the interval given before", ZH: "实际值落在事先所给区间内的比例"})
			card.Metric(fmt.Sprintf("%s.widened_%.0f", w.name, 100*levels[k]), w.widened[k], "times", job.Words{EN: "intervals were made wider by, so that those of the tests would have held", ZH: "区间加宽的倍数，以使检验中的区间成立"})
		}
	}
	card.Reading = acquisitionReading(c, p, past)
	return card
}

func acquisitionReading(c *cohorts, p *projection, past *pastProjections) job.Words {
	var won, today float64
	for _, v := range p.New.Mean {
		won += v
	}
	for _, v := range c.at(c.months() - 1) {
		today += v
	}
	last := horizon - 1
	w := job.Wordsf("%.0f customers are active; in twelve months %.0f are expected (80 %%: %.0f to %.0f), %.0f of them customers of today. %.0f will be won meanwhile.",
		"现有活跃客户 %.0f 个；预计十二个月后 %.0f 个（80 %%：%.0f 至 %.0f），其中现有客户 %.0f 个。其间将新增 %.0f 个。",
		today, p.Active.Mean[last], p.Active.Lower[0][last], p.Active.Upper[0][last], p.Remaining[last], won)
	if len(past.origins) == 0 {
		w.EN, w.ZH = w.EN+" The history is too short to test such a projection on.", w.ZH+"历史太短，无法检验推算。"
		return w
	}
	a := &past.whats[1]
	t := job.Wordsf(" Made in the past, such projections of active customers missed by %.1f %% on average; expecting no change missed by %.1f %%.", "以往此类活跃客户推算的平均误差为 %.1f %%；假定不变的误差为 %.1f %%。", a.smape.mean(), a.naive.mean())
	w.EN, w.ZH = w.EN+t.EN, w.ZH+t.ZH
	return w
}
