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
				"Causes that customers give are not in the data, so reasons are what raises the predicted risk, not proven causes; the effect of service failures is in the card of hazard, contracts in that of renewal. Share of wallet is left out: budgets are known as of today only.",
			ZH: "流失指：曾订货且沉默未超上限的客户，在某日之后的预测期内没有订货。预测期为该类客户 90 % 的订货间隔不超过的天数（30 至 365 天之间）；高校与学校学期外的日子不计。" +
				"惩罚回归（对数）、提升树及二者的混合只从较早各日当时已知的情况学习；取与最佳相差不超过一个标准误的最简者；已知结果不足一年时用回归。全部几率按去年同季所差的倍数调整。" +
				"数据中没有客户说明的原因，故所列理由是推高预测风险者，并非已证实的原因；服务失误的影响见 hazard 卡，合同见 renewal 卡。钱包份额未用：预算只有今日之值。"},
	}
	for _, f := range features {
		c.Features = append(c.Features, [2]string{f.name, f.words.EN + " / " + f.words.ZH})
	}
	c.Features = append(c.Features, [2]string{churn.NoneColumn, "log-odds of no order within the horizon by the buy-till-you-die model of the origin / 购买-流失模型给出的预测期内不订货的对数几率"},
		[2]string{churn.WindowColumn, "part of the horizon that had passed when it was learned from (log) / 学习时已过去的预测期部分（对数）"},
		[2]string{churn.TypeColumn, "type of the customer as it was / 当时的客户类型"})
	for i := range s.kinds {
		k := &s.kinds[i]
		name := k.name
		if name == "" {
			name = "(none)"
		}
		c.Parameter("horizon."+name, k.horizon)
		c.Parameter("horizon_because."+name, k.reason.EN)
		c.Parameter("horizon_because_zh."+name, k.reason.ZH)
		c.Parameter("silence_limit."+name, k.limit)
	}
	c.Parameter("save_rate", s.offer.rate)
	c.Parameter("save_rate_because", s.offer.words().EN)
	c.Parameter("save_rate_because_zh", s.offer.words().ZH)
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
		c.Parameter("readiness", s.readiness.Words.EN)
		c.Parameter("readiness_zh", s.readiness.Words.ZH)
		for k, w := range s.readiness.Warnings {
			c.Parameter(fmt.Sprintf("readiness.%d", k+1), w.EN)
			c.Parameter(fmt.Sprintf("readiness_zh.%d", k+1), w.ZH)
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
			c.Parameter("not_used."+f.name, "missing or the same for all: the tables it comes from hold nothing of it")
		}
	}
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(s.model); err == nil {
		c.Parameter("model", text.String())
	}
	c.Metric("slope", s.model.Slope, "", "the log-odds are stretched by this, as the backtest found")
	c.Metric("season_shift", s.model.Shift, "log-odds", "all odds are moved by this, the season's or, on a short history, half-way to the buy-till-you-die model")
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
			c.Metric(key+"auc_mean", m.report.Mean.AUC.Value, "", "mean over the test origins of the chance that one who left is ranked above one who stayed")
			c.Metric(key+"ece_mean", m.report.Mean.ECE.Value, "share", "mean over the test origins of the distance of probability and rate")
		}
		c.Metric(key+"auc", p.AUC.Value, "", fmt.Sprintf("pooled; 95 %% interval %.3f to %.3f", p.AUC.Low, p.AUC.High))
		c.Metric(key+"log_loss", p.LogLoss.Value, "", "pooled; lower is better")
		c.Metric(key+"lift_10", p.Lift.Value, "times", "rate among the tenth ranked first over the rate of all")
		c.Metric(key+"rate", p.BaseRate, "share", "left within the horizon")
	}
	for _, m := range s.judged {
		if m.grade != nil {
			c.Parameter("grade_against."+m.name, m.grade.Words.EN)
			c.Parameter("grade_against_zh."+m.name, m.grade.Words.ZH)
		}
	}
	if len(s.backtest.Tests) > 0 {
		c.Metric("permuted_auc", s.placebo, "", "of the same method after the outcomes were dealt out at random: 0.5 where nothing leaks")
	}
	c.Metric("fading_tested", float64(s.changes.fadeTested), "customers", "tested for fading")
	c.Metric("fading", float64(s.changes.fades), "customers", "order on far fewer days than a year ago, beyond chance")
	c.Metric("partial_tested", float64(s.changes.partTested), "customers × subjects", "tested for having left a subject")
	c.Metric("partial", float64(s.changes.parts), "customers × subjects", "left, beyond chance, while others are bought")
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
