package profitability

import (
	"fmt"
	"strings"
	"time"

	"verso/models/clv"
	"verso/models/job"
)

// methodZH, foundZH and warningZH say in Chinese what the fit says in English.
var (
	methodZH = map[string]string{clv.ByInformation: "由信息矩阵", clv.ByProfile: "由剖面似然", clv.NoInterval: "无"}
	foundZH  = map[string]string{
		"all customers buy at the same rate: purchases are Poisson":                                       "所有客户购买频率相同：购买服从泊松分布",
		"no dropout found: the data follow an NBD":                                                        "未见流失：数据服从 NBD",
		"all customers drop out at the same rate: no difference between them was found":                   "所有客户的流失率相同：未见差别",
		"dropout is at the least the search allows":                                                       "流失处于搜索允许的下限",
		"a customer spends the same amount every time":                                                    "客户每次花费相同",
		"all customers have the same mean spend: no difference between them was found":                    "所有客户的平均花费相同：未见差别",
		"the mean spend of a new customer is not finite (q ≤ 1): a few customers spend beyond measure":    "新客户的平均花费不是有限值（q ≤ 1）：少数客户花费极大",
		"all customers are equally likely to buy at an opportunity: no difference between them was found": "所有客户在每次机会购买的可能性相同：未见差别",
		"no dropout found: purchases follow a beta-binomial":                                              "未见流失：购买服从 beta-二项分布",
		"all customers are equally likely to drop out: no difference between them was found":              "所有客户流失的可能性相同：未见差别",
	}
	warningZH = map[string]string{
		"customers who buy more often spend more a purchase: the model, which takes the two to be independent, values frequent buyers too low":  "购买较频者每次花费较多：模型视二者独立，故低估常购客户",
		"customers who buy more often spend less a purchase: the model, which takes the two to be independent, values frequent buyers too high": "购买较频者每次花费较少：模型视二者独立，故高估常购客户",
	}
)

// card tells the fit; reason says why there is none.
func (l *lifetime) card(reason error) job.Card {
	c := job.Card{
		Model: "clv", Version: 1, Rows: int64(len(l.rows.Key)), Outputs: []string{"clv", "clv_tracking", "clv_holdout"},
		Definition: job.Words{
			EN: "What a customer will still buy, from how often, how long and how lately it bought: MBG/NBD (Batislam, Denizel and Filiztekin 2007). A purchase is a day with a positive sum, net of returns; spend a purchase is Gamma-Gamma (Fader and Hardie 2013). Value is the margin after landed cost of the customer's type on the expected purchases of the horizon, discounted.",
			ZH: "由购买的频率、时长与近度推算客户将来的购买：MBG/NBD（Batislam 等，2007）。一次购买指扣除退货后金额为正的一天；单次金额用 Gamma-Gamma 模型（Fader 与 Hardie，2013）。价值为期内预期购买按客户类型到岸后毛利率计算并折现。"},
		Features: []job.Feature{
			{Name: "repeats", Definition: job.Words{EN: "days with a purchase after the first such day", ZH: "首个购买日之后有购买的天数"}},
			{Name: "recency", Definition: job.Words{EN: "weeks from the first purchase to the last", ZH: "首次至最近一次购买的周数"}},
			{Name: "age", Definition: job.Words{EN: "weeks from the first purchase to the as-of date", ZH: "首次购买至截止日的周数"}},
			{Name: "mean spend", Definition: job.Words{EN: "net spend of the repeat purchases, divided by their number", ZH: "重复购买的净额除以次数"}},
		},
	}
	c.Parameter("as_of", time.Unix(int64(l.asOf)*86400, 0).UTC().Format(time.DateOnly))
	c.Parameter("horizon_months", l.months)
	c.Parameter("annual_rate", l.annual)
	if reason != nil {
		c.Reading = job.Words{EN: "No value to come can be computed: " + strings.TrimPrefix(reason.Error(), "clv: ") + ".", ZH: "无法推算将来价值：" + reasonZH(reason)}
		return c
	}
	c.Parameter("clock", l.clock.words)
	c.Parameter("groups", l.grouping.words)
	c.Parameter("rows_left_out", job.Wordsf("%d customers without a purchase, %d days without a positive sum", "%d 个客户没有购买，%d 天金额不为正", l.rows.NoPurchase, l.rows.NotPositive))
	staying := 0
	for _, g := range l.groups {
		suffix := ""
		if g.name != "all" {
			suffix = " of " + g.name
		}
		if g.stays {
			staying += len(g.index)
			c.Parameter("p_alive"+suffix, job.Words{EN: "not told: NBD, whose customers never leave, explains the purchases as well (its BIC is not above that of the model)", ZH: "不详：假定客户从不流失的 NBD 同样能解释这些购买（其 BIC 不高于本模型）"})
		}
		tellModel(&c, g.model, suffix)
		tellSpend(&c, g.spend, suffix)
	}
	if l.pooled != nil {
		tellModel(&c, l.pooled, "")
	}
	for _, m := range l.others {
		tellModel(&c, m, "")
		if n := len(l.rows.Key); int(m.Customers) < n {
			c.Parameter(key(m.Kind)+".sample", job.Wordsf("fitted on %.0f of %d customers, at equal distances", "等距取 %.0f 个客户拟合，共 %d 个", m.Customers, n))
		}
	}
	c.Metric("customers", float64(len(l.rows.Key)), "customers", job.Words{EN: "customers with a purchase", ZH: "购买过的客户"})
	c.Metric("repeat_customers", float64(repeats(l.rows.Customers)), "customers", job.Words{EN: "of them, those who came again", ZH: "其中再次购买者"})
	l.tellBacktest(&c)
	c.Reading = l.reading()
	if staying > 0 {
		w := job.Wordsf(" Of %d customers it cannot be told whether they are still customers: the purchases do not show that anybody leaves.", "其中 %d 个客户是否仍为客户无从得知：购买记录未显示有人流失。", staying)
		c.Reading.EN, c.Reading.ZH = c.Reading.EN+w.EN, c.Reading.ZH+w.ZH
	}
	return c
}

func reasonZH(err error) string {
	switch {
	case !noModel(err):
		return err.Error()
	case strings.Contains(err.Error(), "no customers"):
		return "没有客户购买。"
	case strings.Contains(err.Error(), "second time"):
		return "没有客户再次购买。"
	}
	return "首次购买以来没有经过时间。"
}

// key is a model's name as a parameter's.
func key(k clv.Kind) string {
	return strings.ToLower(strings.NewReplacer("/", "_", " ", "_").Replace(k.String()))
}

func tellModel(c *job.Card, m *clv.Model, suffix string) {
	name := key(m.Kind)
	for _, p := range m.Parameters {
		c.Parameter(name+"."+p.Name+suffix, p.Value)
		if p.Method == clv.NoInterval {
			c.Parameter(name+"."+p.Name+".interval"+suffix, job.Words{EN: "none: on the edge of the search", ZH: "无：位于搜索边界"})
		} else {
			c.Parameter(name+"."+p.Name+".interval"+suffix, job.Words{EN: fmt.Sprintf("%.6g to %.6g, by %s, standard error %.3g", p.Low, p.High, p.Method, p.SE), ZH: fmt.Sprintf("%.6g 至 %.6g，%s，标准误 %.3g", p.Low, p.High, methodZH[p.Method], p.SE)})
		}
	}
	for _, b := range m.Boundary {
		c.Parameter(name+".finding"+suffix, job.Words{EN: b, ZH: foundZH[b]})
	}
	c.Metric(name+".log_likelihood"+suffix, m.LogLikelihood, "", job.Words{EN: "true log-likelihood; higher is better", ZH: "真实对数似然；越高越好"})
	c.Metric(name+".bic"+suffix, m.BIC, "", job.Words{EN: "lower is better, for the same customers and clock", ZH: "同样客户与时钟下越低越好"})
	c.Metric(name+".starts_agreeing"+suffix, float64(m.Agreeing)/float64(max(m.Starts, 1)), "share", job.Words{EN: "starting points that ended at the same optimum", ZH: "收敛到同一最优解的起点比例"})
}

func tellSpend(c *job.Card, s *clv.Spend, suffix string) {
	if s == nil {
		c.Parameter("gamma_gamma"+suffix, job.Words{EN: "not fitted: fewer than two repeat buyers have a positive mean spend", ZH: "未拟合：平均金额为正的重复购买者不足两位"})
		return
	}
	c.Parameter("gamma_gamma.p"+suffix, s.P)
	c.Parameter("gamma_gamma.q"+suffix, s.Q)
	c.Parameter("gamma_gamma.gamma"+suffix, s.Gamma)
	for _, b := range s.Boundary {
		c.Parameter("gamma_gamma.finding"+suffix, job.Words{EN: b, ZH: foundZH[b]})
	}
	d := s.Independence
	c.Metric("gamma_gamma.log_likelihood"+suffix, s.LogLikelihood, "", job.Words{EN: "true log-likelihood", ZH: "真实对数似然"})
	c.Metric("gamma_gamma.correlation"+suffix, d.R, "", job.Words{
		EN: fmt.Sprintf("of repeats and mean spend, %.2f to %.2f; the model takes it to be 0. %s", d.Low, d.High, d.Warning),
		ZH: fmt.Sprintf("重复次数与平均金额的相关，%.2f 至 %.2f；模型视其为 0。%s", d.Low, d.High, warningZH[d.Warning])})
}

func (l *lifetime) tellBacktest(c *job.Card) {
	b := l.backtest
	if b == nil {
		c.Parameter("backtest", job.Words{EN: "none: the history is too short to hold a part of it out", ZH: "无：历史太短，无法留出一部分"})
		return
	}
	v := b.validation
	c.Parameter("backtest.calibration_until", time.Unix(int64(b.split)*86400, 0).UTC().Format(time.DateOnly))
	c.Metric("backtest.actual", v.Actual, "purchases", job.Words{EN: "purchases in the time held out, of customers known before it", ZH: "此前已知的客户在留出期内的购买"})
	c.Metric("backtest.expected", v.Expected, "purchases", job.Words{EN: "what the model expected of them", ZH: "模型对其的预期"})
	c.Metric("backtest.bias", v.Model.Bias, "share", job.Words{EN: "expected against actual", ZH: "预期与实际之差"})
	c.Metric("backtest.mae", v.Model.MAE, "purchases", job.Words{EN: "mean absolute error of a customer", ZH: "每客户平均绝对误差"})
	c.Metric("backtest.correlation", v.Model.Correlation, "", job.Words{EN: "of expected and actual purchases of customers", ZH: "各客户预期与实际购买的相关"})
	c.Metric("backtest.top_decile", v.Model.TopDecile, "share", job.Words{EN: "of all purchases held out, made by the tenth of customers expected to buy most", ZH: "留出期全部购买中由预期购买最多的十分之一客户所作的比例"})
	c.Metric("backtest.coverage", v.Coverage, "share", job.Wordsf("of customers within their %.0f %% interval", "落在其 %.0f%% 区间内的客户比例", 100*v.Level))
	c.Metric("backtest.naive_bias", v.Naive.Bias, "share", job.Words{EN: "of going on as before", ZH: "照旧推算的结果"})
	c.Metric("backtest.naive_mae", v.Naive.MAE, "purchases", job.Words{EN: "of going on as before", ZH: "照旧推算的结果"})
	c.Metric("backtest.naive_top_decile", v.Naive.TopDecile, "share", job.Words{EN: "of going on as before", ZH: "照旧推算的结果"})
	c.Parameter("backtest.grade", job.Wordsf("%s: finds %.1f %% more of the best fifth than going on as before", "%s：比照旧推算多找出最好五分之一客户的 %.1f%%", v.Grade.Letter, 100*v.Grade.More))
}

func (l *lifetime) reading() job.Words {
	n, again := len(l.rows.Key), repeats(l.rows.Customers)
	w := job.Wordsf("Of %d customers who bought, %d came again.", "购买过的 %d 个客户中有 %d 个再次购买。", n, again)
	if b := l.backtest; b != nil {
		v := b.validation
		t := job.Wordsf(" Held against the last %.0f weeks, it expected %.0f purchases where %.0f came (%+.1f %%); going on as before would have said %+.1f %%. The tenth expected to buy most made %.0f %% of them.",
			" 以最后 %.0f 周检验：预期 %.0f 次购买，实际 %.0f 次（%+.1f %%）；若照旧推算则偏差 %+.1f %%。预期最多的十分之一客户占实际购买的 %.0f %%。",
			float64(l.asOf-b.split)/7, v.Expected, v.Actual, 100*v.Model.Bias, 100*v.Naive.Bias, 100*v.Model.TopDecile)
		w.EN, w.ZH = w.EN+t.EN, w.ZH+t.ZH
	}
	return w
}
