package taste

import (
	"context"

	"verso/models/job"
	"verso/models/taste"
)

func (r *readings) card(ctx context.Context, j *job.Job) (job.Card, error) {
	f, err := j.Frame(ctx, `SELECT count(*) AS customers, count(*) FILTER (WHERE "lines" > 0) AS buyers, count(confidence) AS classed, count(*) FILTER (WHERE certainty = 'high') AS high, count(*) FILTER (WHERE certainty = 'fair') AS fair,
count(*) FILTER (WHERE declared > 0) AS declared, coalesce(median(breadth), 0) AS breadth,
(SELECT count(*) FROM score.taste) AS cells, (SELECT count(*) FROM feature.taste_rising) AS rising, (SELECT count(*) FROM score.taste_demand) AS demand,
coalesce((SELECT CAST(sum(l."lines") AS DOUBLE) FROM feature.taste_line AS l), 0) AS "lines",
coalesce((SELECT CAST(sum(l."lines") AS DOUBLE) FROM feature.taste_line AS l JOIN core.dim_title AS t ON t.title_key = l.title_key WHERE t.clc_key <= 0), 0) AS unclassified,
coalesce((SELECT trust FROM feature.taste_trust WHERE kind = 'subject'), 0) AS trust FROM score.taste_profile`)
	if err != nil {
		return job.Card{}, err
	}
	value := func(name string) float64 { return f.Column(name)[0] }
	c := job.Card{
		Model: "taste", Version: 1, Rows: int64(len(r.customer)), Outputs: []string{"taste_profile", "taste", "taste_demand"},
		Definition: job.Words{
			EN: "What a customer prefers to read: the share of his lines by class at every level, language, publisher, author, series, audience, binding, price band and currency, shrunk towards the customers of his type: (lines + α·base) / (all lines + α), with α estimated by type from how often two lines of one customer agree. Lines count once however many copies they have, those returned do not, and half after three years. The favourite is the subject with the largest share beyond the base. A change is tested by the order of visits (permutation, 1 % false alarms); what was bought before one counts a tenth.",
			ZH: "客户偏好阅读什么：各级类目、语种、出版社、作者、丛书、读者层次、装帧、价格带与币种的份额，向同类客户收缩：(行数 + α × 基准) ÷ (总行数 + α)，α 由同一客户两行相同的频率按类型估计。每行不论册数计一次，退货不计，三年减半。首选为份额超出基准最多的学科。变化以到访顺序的置换检验判断（误报率 1 %）；变化之前的购买按十分之一计。"},
		Features: []job.Feature{
			{Name: "lines", Definition: job.Words{EN: "order lines kept: not cancelled and not returned to the last copy", ZH: "留存订单行：未全数取消或退货"}},
			{Name: "base", Definition: job.Wordsf("share among customers of the type, each with %d lines at most, leaning on all customers with %d lines", "同类客户中的份额，每客户至多计 %d 行，并以全体客户的 %d 行为底", mostOfOne, pull)},
			{Name: "declared", Definition: job.Words{EN: "subjects that the customer said to care for; they weigh in the prior as far as declarations have held", ZH: "客户自述关注的学科；按以往自述的可信程度计入先验"}},
			{Name: "subject", Definition: job.Words{EN: "deepest class of the title that is known", ZH: "书目可知的最深类目"}},
		},
	}
	c.Parameter("half_life_days", halfLife)
	c.Parameter("drift.level", .01)
	c.Parameter("drift.least_each_side", leastSide)
	c.Parameter("declared.trust", value("trust"))
	for _, a := range r.typeless() {
		c.Parameter("concentration."+a.kind+"."+a.level, a.value)
	}
	c.Metric("customers", value("customers"), "customers", job.Words{EN: "with a line or a declared interest", ZH: "有订单行或自述兴趣"})
	c.Metric("favourite_certain", value("high"), "customers", job.Words{EN: "whose favourite subject is certain at 90 %", ZH: "首选学科把握达 90 %"})
	c.Metric("favourite_probable", value("fair"), "customers", job.Words{EN: "whose favourite subject is certain at 70 to 90 %", ZH: "首选学科把握为 70 至 90 %"})
	c.Metric("breadth", value("breadth"), "subjects", job.Words{EN: "median of customers with two lines and more", ZH: "两行以上客户的中位数"})
	c.Metric("declared", value("declared"), "customers", job.Words{EN: "who said what they care for", ZH: "自述关注学科者"})
	c.Metric("drift.tested", float64(r.tests), "customers", job.Words{EN: "with enough purchases to be tested for a change", ZH: "购买足够、可检验变化者"})
	c.Metric("drift.found", float64(r.found), "customers", job.Wordsf("whose subjects changed; by chance alone %.0f at most are expected", "学科有变化者；纯属偶然至多约 %.0f 个", .01*float64(r.tests)))
	c.Metric("rising", value("rising"), "subjects", job.Words{EN: "that all customers moved to, left out of the test", ZH: "全体客户共同转向、不计入检验"})
	c.Metric("cells", value("cells"), "rows", job.Words{EN: "of preferences", ZH: "偏好行数"})
	if value("lines") > 0 {
		c.Metric("unclassified", value("unclassified")/value("lines"), "share", job.Words{EN: "of lines of titles without a class", ZH: "无分类书目的行"})
	}
	if value("buyers") == 0 {
		c.Reading = job.Words{EN: "No preference can be told: no customer has kept an order line of a known title.", ZH: "无法判断偏好：没有客户保有已知书目的订单行。"}
		return c, nil
	}
	if value("classed") == 0 {
		c.Reading = job.Wordsf("Which subjects are read cannot be told: nothing that %.0f customers bought has a class.", "无法得知阅读哪些学科：%.0f 个客户所购书目均无分类。", value("buyers"))
		return c, nil
	}
	c.Reading = job.Wordsf("Of %.0f customers who bought, the favourite subject of %.0f is certain and of %.0f probable; of %d tested for a change %d changed, where chance alone gives %.0f.",
		"%.0f 个购书客户中，%.0f 个的首选学科确定，%.0f 个很可能；%d 个接受变化检验，%d 个有变化，纯属偶然者约 %.0f 个。",
		value("buyers"), value("high"), value("fair"), r.tests, r.found, .01*float64(r.tests))
	return c, nil
}

// typeless are the concentrations by kind and level, the mean over types by
// their customers.
func (r *readings) typeless() []alpha {
	var list []alpha
	place := map[[2]string]int{}
	for _, a := range r.alphas {
		key := [2]string{a.kind, a.level}
		i, known := place[key]
		if !known {
			i = len(list)
			place[key] = i
			list = append(list, alpha{kind: a.kind, level: a.level})
		}
		if a.own {
			list[i].customers += a.customers
			list[i].value += a.customers * a.value
		}
	}
	for i := range list {
		if list[i].customers > 0 {
			list[i].value /= list[i].customers
		} else {
			list[i].value = taste.MostConcentration
		}
	}
	return list
}
