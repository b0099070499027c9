package churn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"verso/models/churn"
	"verso/models/job"
)

func (s *study) card() job.Card {
	c := job.Card{
		Model: "churn", Version: 1, Rows: int64(s.today.Rows()),
		Outputs: []string{"churn", "churn_reason", "churn_band", "watchlist", "churn_change", "churn_backtest", "churn_calibration", "churn_gain", "churn_rate", "churn_curve"},
		Definition: job.Words{
			EN: "Churn is no order within the horizon after a day, of customers who ordered and were not silent for longer than the limit by then. The horizon is what 90 of 100 gaps between orders of the customer type do not exceed, within 30 to 365 days; for universities and schools days outside the terms do not count. " +
				"A penalised regression on logarithms, boosted trees and their blend learn from what was known at earlier days only; the simplest within one standard error of the best is used, the regression where less than a year of outcomes is known. All odds are moved by the factor that was missing in the same season a year before. " +
				"Reasons are what raises the predicted risk, not proven causes, or what has changed in the customer's own past, of which none is claimed; what lost customers had named is in the card of churn_cause, the effect of service failures in that of hazard, contracts in that of renewal. Share of wallet is left out: budgets are known as of today only.",
			ZH: "流失指：曾订货且沉默未超上限的客户，在某日之后的预测期内没有订货。预测期为该类客户 90 % 的订货间隔不超过的天数（30 至 365 天之间）；高校与学校学期外的日子不计。" +
				"惩罚回归（对数）、提升树及二者的混合只从较早各日当时已知的情况学习；取与最佳相差不超过一个标准误的最简者；已知结果不足一年时用回归。全部几率按去年同季所差的倍数调整。" +
				"所列理由是推高预测风险者，并非已证实的原因，或是客户自身过去的变化，不主张因果；流失客户曾提及的原因见 churn_cause 卡，服务失误的影响见 hazard 卡，合同见 renewal 卡。钱包份额未用：预算只有今日之值。"},
	}
	for _, f := range features {
		c.Features = append(c.Features, job.Feature{Name: f.name, Definition: f.words})
	}
	c.Features = append(c.Features,
		job.Feature{Name: churn.NoneColumn, Definition: job.Words{EN: "log-odds of no order within the horizon by the buy-till-you-die model of the origin", ZH: "购买-流失模型给出的预测期内不订货的对数几率"}},
		job.Feature{Name: churn.WindowColumn, Definition: job.Words{EN: "part of the horizon that had passed when it was learned from (log)", ZH: "学习时已过去的预测期部分（对数）"}},
		job.Feature{Name: churn.TypeColumn, Definition: job.Words{EN: "type of the customer as it was", ZH: "当时的客户类型"}})
	for i := range s.kinds {
		k := &s.kinds[i]
		name := k.name
		if name == "" {
			name = "(none)"
		}
		c.Parameter("horizon."+name, k.horizon)
		c.Parameter("horizon_because."+name, k.reason)
		c.Parameter("silence_limit."+name, k.limit)
	}
	c.Parameter("save_rate", s.offer.rate)
	c.Parameter("save_rate_because", s.offer.words())
	c.Parameter("contact_cost", s.offer.cost)
	s.tellFit(&c)
	s.tellBacktest(&c)
	c.Reading = s.reading()
	return c
}

func (o offer) words() job.Words {
	if o.campaign != 0 {
		return job.Wordsf("measured: of the customers campaign %[1]d would not have made order, so many did because of it (random control)", "实测：活动 %[1]d（随机对照）使本不订货者中如此比例订货", o.campaign)
	}
	return job.Words{EN: "assumed, the mean acceptance of retention offers in Verbraken, Verbeke and Baesens (2013); no campaign with a random control group brought a lift", ZH: "假定值，取 Verbraken 等（2013）挽留接受率的均值；尚无随机对照的活动测得提升"}
}

// tellFit writes what was learned, and from what.
func (s *study) tellFit(c *job.Card) {
	if s.readiness != nil {
		c.Parameter("readiness", job.Words(s.readiness.Words))
		for k, w := range s.readiness.Blocking {
			c.Parameter(fmt.Sprintf("readiness.blocking.%d", k+1), job.Words(w))
		}
		for k, w := range s.readiness.Warnings {
			c.Parameter(fmt.Sprintf("readiness.%d", k+1), job.Words(w))
		}
	}
	if s.fitted == nil {
		c.Parameter("model", "none: "+s.why)
		return
	}
	c.Parameter("learner", s.model.Kind)
	c.Parameter("learned_rows", s.fitted.Rows)
	c.Parameter("learned_origins", s.fitted.Origins)
	c.Parameter("season", s.fitted.Season)
	used := map[string]bool{}
	for _, name := range s.fitted.Used {
		used[name] = true
	}
	for _, f := range features {
		if !used[f.name] {
			c.Parameter("not_used."+f.name, job.Words{EN: "missing or the same for all: the tables it comes from hold nothing of it", ZH: "全部缺失或全部相同：其来源表中没有相应内容"})
		}
	}
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(s.model); err == nil {
		c.Parameter("model", text.String())
	}
	c.Metric("slope", s.model.Slope, "", job.Words{EN: "the log-odds are stretched by this, as the backtest found", ZH: "对数几率按回测所见的倍数拉伸"})
	c.Metric("season_shift", s.model.Shift, "log-odds", job.Words{EN: "all odds are moved by this, the season's or, on a short history, towards the buy-till-you-die model by the part of a year not yet seen", ZH: "全部几率按此移动：季节所差，或历史较短时按尚未见到的一年之比例移向购买-流失模型"})
}

// tellBacktest writes how the model did beside the baselines.
func (s *study) tellBacktest(c *job.Card) {
	for _, m := range s.judged {
		p := &m.report.Pooled
		if p.Reason.EN != "" {
			continue
		}
		key := "backtest." + m.name + "."
		if m.report.Mean != nil {
			c.Metric(key+"auc_mean", m.report.Mean.AUC.Value, "", job.Words{EN: "mean over the test origins of the chance that one who left is ranked above one who stayed", ZH: "各检验时点上离开者排在留下者之前的机会之均值"})
			c.Metric(key+"ece_mean", m.report.Mean.ECE.Value, "share", job.Words{EN: "mean over the test origins of the distance of probability and rate", ZH: "各检验时点上概率与实际之距离的均值"})
		}
		c.Metric(key+"auc", p.AUC.Value, "", job.Wordsf("pooled; 95 %% interval %.3f to %.3f", "合并计算；95 %% 区间 %.3f 至 %.3f", p.AUC.Low, p.AUC.High))
		c.Metric(key+"log_loss", p.LogLoss.Value, "", job.Words{EN: "pooled; lower is better", ZH: "合并计算；越低越好"})
		c.Metric(key+"lift_10", p.Lift.Value, "times", job.Words{EN: "rate among the tenth ranked first over the rate of all", ZH: "最前十分之一的比率与全体之比"})
		c.Metric(key+"rate", p.BaseRate, "share", job.Words{EN: "left within the horizon", ZH: "预测期内离开的比例"})
	}
	for _, m := range s.judged {
		if m.grade != nil {
			c.Parameter("grade_against."+m.name, job.Words(m.grade.Words))
		}
	}
	if len(s.backtest.Tests) > 0 {
		c.Metric("permuted_auc", s.placebo, "", job.Words{EN: "of the same method after the outcomes were dealt out at random: 0.5 where nothing leaks", ZH: "结果随机分发后同一方法的值：无泄漏则为 0.5"})
	}
	c.Metric("fading_tested", float64(s.changes.fadeTested), "customers", job.Words{EN: "tested for fading", ZH: "检验是否逐渐减少"})
	c.Metric("fading", float64(s.changes.fades), "customers", job.Words{EN: "order on far fewer days than a year ago, beyond chance", ZH: "订货天数远少于去年，超出偶然"})
	c.Metric("partial_tested", float64(s.changes.partTested), "customers × subjects", job.Words{EN: "tested for having left a subject", ZH: "检验是否放弃学科"})
	c.Metric("partial", float64(s.changes.parts), "customers × subjects", job.Words{EN: "left, beyond chance, while others are bought", ZH: "超出偶然地放弃，而其他学科仍在购买"})
}

func (s *study) reading() job.Words {
	n := s.today.Rows()
	if n == 0 {
		return job.Words{EN: "Nobody is at risk: no customer has ordered within the limit of silence.", ZH: "没有客户处于风险之中：沉默上限之内无人订货。"}
	}
	var high int
	for _, p := range s.scores.p {
		if p >= .6 {
			high++
		}
	}
	if s.fitted == nil {
		return job.Wordsf("No model was learned: %[1]s. The %[2]d customers at risk have the probability of the buy-till-you-die model where there is one.", "未能学习模型：%[1]s。%[2]d 名客户采用购买-流失模型（如有）的概率。", s.why, n)
	}
	words := job.Wordsf("Of %d customers at risk %d are likely to stop (60 %% and more).", "%d 名处于风险的客户中，%d 名很可能停止订货（60 %% 以上）。", n, high)
	p, recency := s.of(churn.Policy), s.of(churn.Recency)
	if p == nil || recency == nil || p.report.Mean == nil || math.IsNaN(p.report.Mean.AUC.Value) {
		words.EN += " The history is too short to test this on."
		words.ZH += "历史过短，无从检验。"
		return words
	}
	auc, base := p.report.Mean.AUC.Value, recency.report.Mean.AUC.Value
	more := job.Wordsf(" At %d days in the past such predictions ranked one who left above one who stayed in %.0f %% of pairs; the days since the last order alone in %.0f %%.",
		"在过去 %d 个时点，此类预测在 %.0f %% 的配对中把离开者排在留下者之前；仅凭距上次订货天数为 %.0f %%。", len(s.backtest.Tests), 100*auc, 100*base)
	words.EN, words.ZH = words.EN+more.EN, words.ZH+more.ZH
	return words
}
