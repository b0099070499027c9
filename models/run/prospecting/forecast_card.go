package prospecting

import (
	"fmt"

	"verso/models/job"
)

// card tells what was forecast and how well such forecasts did.
func (p *plan) card(j *job.Job, titles *titleDemand) job.Card {
	rows := 0
	for _, list := range p.forecasts {
		for i := range list {
			rows += len(list[i].Mean)
		}
	}
	c := job.Card{
		Model: "forecast", Version: 1, Rows: int64(rows), Outputs: []string{"forecast", "forecast_history", "forecast_backtest", "forecast_class", "forecast_title"},
		Definition: job.Words{
			EN: "What will be ordered in each of the next twelve months, net and in copies: the whole by subject (reconciled by minimum trace), and by publisher, level, language and textbook, which share the same total. Intervals are split-conformal: as wide as past forecasts missed by. Only whole months are learned from.",
			ZH: "未来十二个月每月的订货净额与册数：总量按学科（最小迹法协调），并按出版社、层次、语种与是否教材划分，各划分合计同一总量。区间为分割保形区间，宽度取自以往预测的误差。只从完整月份学习。"},
		Features: []job.Feature{
			{Name: "net", Definition: job.Words{EN: "value of the order lines of a whole calendar month after discount", ZH: "整个日历月订单行的折后金额"}},
			{Name: "copies", Definition: job.Words{EN: "copies ordered less cancelled", ZH: "订购册数减取消册数"}},
		},
	}
	if p.months() <= 0 {
		c.Reading = job.Words{EN: "Nothing can be forecast: no whole month with orders lies before the as-of date.", ZH: "无法预测：截止日之前没有含订单的完整月份。"}
		return c
	}
	c.Parameter("first_month", monthName(p.first))
	c.Parameter("last_month", monthName(p.last))
	c.Parameter("history_cap", job.Wordsf("at most %d months; an earlier history is left out", "至多 %d 个月；更早的历史不计", mostMonths))
	c.Parameter("publishers", job.Wordsf("the %d largest of the last 24 months one by one, the others together", "最近 24 个月最大的 %d 家逐一预测，其余合并", mostPublishers))
	c.Parameter("method", string(p.method))
	c.Parameter("method_chosen", p.chosen)
	c.Parameter("reconciliation", job.Words{EN: "total and subjects: mint; other ways to divide: shares of that total", ZH: "总量与学科：MinT；其他划分：按总量的份额"})
	for m, name := range measures {
		for k, level := range levels {
			c.Metric(fmt.Sprintf("%s.widened_%.0f", name, 100*level), p.widened[m][k], "times", job.Words{EN: "intervals were made wider by, so that those of the tests would have held", ZH: "区间加宽的倍数，以使检验中的区间成立"})
		}
	}
	c.Metric("series", float64(2*len(p.members)), "series", job.Words{EN: "members forecast, in net and in copies", ZH: "所预测的序列，分净额与册数"})
	for i := range p.tests {
		t := &p.tests[i]
		name := p.levels[t.level] + "." + measures[t.measure]
		c.Metric(name+".mase", t.mase.mean(), "", job.Wordsf("mean absolute scaled error of %d forecasts from %d past months", "%d 次预测（自过去 %d 个月起算）的平均绝对标度误差", t.series*t.origins, t.origins))
		c.Metric(name+".naive_mase", t.naiveMASE.mean(), "", job.Words{EN: "of repeating the same month of the year before", ZH: "照搬上年同月的结果"})
		c.Metric(name+".smape", t.smape.mean(), "%", job.Words{EN: "symmetric mean absolute percentage error, 0 to 200", ZH: "对称平均绝对百分比误差，0 至 200"})
		for k := range levels {
			c.Metric(fmt.Sprintf("%s.coverage_%.0f", name, 100*levels[k]), t.inside[k].mean(), "share", job.Words{EN: "of what came, within the interval given before", ZH: "实际值落在事先所给区间内的比例"})
		}
	}
	titles.tell(&c)
	c.Reading = p.reading()
	return c
}

// shortReading says what a level stands for.
func (p *plan) shortReading(next float64) job.Words {
	return job.Wordsf("Only %[1]d whole months are known: season and trend cannot be told from them. Were the next twelve like the last months, orders of %.0[2]f net would come. The history is too short to test such a forecast on, so do not lean on it.",
		"已知完整月份仅 %[1]d 个，无法辨别季节与趋势。若今后十二个月与最近各月相同，订货净额为 %.0[2]f。历史过短，无法检验此类预测，请勿倚重。", p.months(), next)
}

func (p *plan) reading() job.Words {
	var next, before float64
	total := &p.forecasts[0][0]
	for s, v := range total.Mean {
		next += v
		if t := p.months() - len(total.Mean) + s; t >= 0 {
			before += p.values[0][0][t]
		}
	}
	if p.isShort() {
		return p.shortReading(next)
	}
	w := job.Wordsf("From %s on, orders of %.0f net are expected in twelve months.", "自 %s 起十二个月预计订货净额 %.0f。", monthName(p.last+1), next)
	if before > 0 && p.months() >= horizon {
		t := job.Wordsf(" That is %+.1f %% on the twelve months before.", "较前十二个月 %+.1f %%。", 100*(next/before-1))
		w.EN, w.ZH = w.EN+t.EN, w.ZH+t.ZH
	}
	if len(p.tests) == 0 {
		w.EN, w.ZH = w.EN+" The history is too short to test such a forecast on: do not lean on it.", w.ZH+"历史太短，无法检验预测，请勿倚重。"
		return w
	}
	t := p.testOf(0, 0)
	words := map[string]job.Words{
		"better": {EN: "better than", ZH: "优于"}, "equal": {EN: "no better than", ZH: "不优于"}, "worse": {EN: "worse than", ZH: "劣于"}, "not tested": {EN: "not comparable with", ZH: "无法比较"}}[t.grade()]
	tested := job.Wordsf(" Tested on the past, the total missed by %.1[1]f %% on average, %[4]s repeating last year (%.1[2]f %%); %.0[3]f %% of the months lay within the 80 %% interval.",
		"以过去检验：总量平均误差 %.1[1]f %%，%[5]s照搬上年（%.1[2]f %%）；%.0[3]f %% 的月份落在 80 %% 区间内。", t.smape.mean(), t.naiveSMAPE.mean(), 100*t.inside[0].mean(), words.EN, words.ZH)
	w.EN, w.ZH = w.EN+tested.EN, w.ZH+tested.ZH
	return w
}
