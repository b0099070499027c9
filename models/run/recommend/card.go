package recommend

import (
	"fmt"

	"verso/models/job"
	"verso/models/offer"
)

// ruleCounts tells what rules left out, and which are off.
func (c *made) ruleCounts(card *job.Card) {
	for _, r := range c.choice.Rules {
		switch {
		case r.Off == offer.NoData:
			card.Parameter("rule."+r.Name, "off: the data is absent")
		case r.Off != "":
			card.Parameter("rule."+r.Name, "off: not asked for")
		default:
			card.Parameter("rule."+r.Name, fmt.Sprintf("left out %d titles for everybody, %d candidates of customers", r.Titles, r.Pairs))
		}
	}
	card.Parameter("diversity", c.weight)
	card.Metric("lists", float64(c.served), "customers", "customers with a list")
	card.Metric("lines", float64(c.lines), "lines", "titles offered over all lists")
	card.Metric("next_volumes", float64(c.series), "lines", "of them the next volume of a series, which stand first")
	card.Metric("relevance_given_up", 1-ratio(c.choice.After.Relevance, c.choice.Before.Relevance), "share", "relevance given up for diversity")
	card.Metric("diversity_before", c.choice.Before.Diversity, "share", "mean difference of two titles of a list, by score alone")
	card.Metric("diversity_after", c.choice.After.Diversity, "share", "the same in the lists as they are")
	card.Metric("subjects", c.choice.After.Subjects, "subjects", "subjects in a list")
	card.Metric("publishers", c.choice.After.Publishers, "publishers", "effective number of publishers over all lists")
	card.Metric("titles", float64(c.choice.After.Titles), "titles", "different titles over all lists")
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 1
	}
	return a / b
}

// tests tells how the lists did on the last period.
func (f *fitted) metrics(card *job.Card, list, model string) {
	t, popular := f.find(list, model), f.find(list, "popularity")
	if t == nil || popular == nil {
		return
	}
	card.Metric("recall_20", t.Recall, "share", "of the new titles a customer bought in the test, those among his 20")
	card.Metric("ndcg_20", t.NDCG, "share", "the same, with the first places counting most")
	card.Metric("hit_rate_20", t.HitRate, "share", "customers of the test who bought something of their 20")
	card.Metric("coverage_20", t.Coverage, "share", "titles that are in any list")
	card.Metric("popularity_recall_20", popular.Recall, "share", "recall of the best-selling titles")
	card.Metric("popularity_hit_rate_20", popular.HitRate, "share", "hit rate of the best-selling titles")
	if c := f.find(list, "permuted"); c != nil {
		card.Metric("permuted_recall_20", c.Recall, "share", "recall of another customer's list")
	}
}

// large are recall and hit rate over customers who had 20 titles and more.
func (f *fitted) large(list, model string) (recall, hit float64, users int) {
	t := f.find(list, model)
	if t == nil {
		return 0, 0, 0
	}
	for _, s := range t.Segments {
		if s.By == "titles" && (s.Value == "20-49" || s.Value == "50-199" || s.Value == "200+") {
			recall += s.Recall * float64(s.Users)
			hit += s.Hit * float64(s.Users)
			users += s.Users
		}
	}
	if users > 0 {
		recall, hit = recall/float64(users), hit/float64(users)
	}
	return recall, hit, users
}

// weakest are the types and sizes for which the lists do worst against
// popularity.
func (f *fitted) weakest(list, model string) string {
	t, popular := f.find(list, model), f.find(list, "popularity")
	worst, name := 0.0, ""
	for k, s := range t.Segments {
		if s.Users < leastUsers || s.By != "titles" {
			continue
		}
		if q := ratio(s.Recall, popular.Segments[k].Recall); name == "" || q < worst {
			worst, name = q, s.Value
		}
	}
	return name
}

func (l *lists) stockCard() job.Card {
	f := l.f
	c := job.Card{Model: "recommend", Version: 1, Rows: int64(l.stock.lines),
		Outputs: []string{"recommendation", "recommendation_backtest", "offer_rule", "offer_trade", "offer_outcome", "offer"},
		Definition: job.Words{
			EN: "Titles of existing stock for every customer: a blend of demand in the customer's classes, next volumes, nearest titles, attributes, a regression over the titles bought most and a factorisation, weighted on the period before the last and tested on the last; then business rules, next volumes first, and a re-ranking for diversity. Customers without a purchase get what their type and region take, and what they said they care for. Held-out customers have a list that is not sent.",
			ZH: "面向每位客户的现有图书推荐：由常购类目的需求、丛书续卷、相近图书、属性、常购图书回归与因子分解加权混合，权重以倒数第二个时段择优、以最后时段检验；再经业务规则筛选，续卷优先，并按多样性重排。未曾订购的客户按类型、地区与已声明的兴趣推荐。对照客户的书单不寄送。"},
		Features: [][2]string{{"history", "net copies by pair, at most three times the weight of one, halved every two years; what was returned in full speaks against"},
			{"demand", "the class's share of the customer's titles × the title's share of what the class sells now"}, {"series", "the volume after one held, bought or listed within a year"}}}
	l.stock.ruleCounts(&c)
	c.Parameter("titles", fmt.Sprintf("%d of %d take part: those listed within a year, in current issues or in series that are bought, and the %d with most recent customers", len(l.c.titles), l.c.all, l.c.most()))
	c.Parameter("ease.titles", easeTitles)
	c.Parameter("held_out", l.o.Held)
	if f.blend == nil {
		c.Reading = f.reason
		return c
	}
	c.Parameter("blend", f.setting())
	f.metrics(&c, "stock", "blend")
	t, popular := f.find("stock", "blend"), f.find("stock", "popularity")
	if t == nil || popular == nil {
		c.Reading = f.reason
		return c
	}
	recall, hit, users := f.large("stock", "blend")
	baseRecall, baseHit, _ := f.large("stock", "popularity")
	c.Metric("large.customers", float64(users), "customers", "customers of the test who had 20 titles or more")
	c.Metric("large.recall_20", recall, "share", "recall over them")
	c.Metric("large.hit_rate_20", hit, "share", "hit rate over them")
	c.Metric("large.popularity_recall_20", baseRecall, "share", "recall of the best-selling titles over them")
	c.Metric("large.popularity_hit_rate_20", baseHit, "share", "hit rate of the best-selling titles over them")
	if recent := f.find("stock", "recent"); recent != nil {
		r, _, _ := f.large("stock", "recent")
		c.Metric("large.recent_recall_20", r, "share", "recall of the titles selling best at present over them")
	}
	c.Reading = job.Wordsf("Of what %[1]d customers newly bought in the last %[2]d days, their 20 titles would have held %.1[3]f %%, the best-sellers %.1[4]f %% (%.1[5]f times as much). It does least for customers who had %[6]s titles.",
		"%[1]d 位客户末 %[2]d 天的新购中，其 20 种书单可命中 %.1[3]f %%，畅销榜为 %.1[4]f %%（%.1[5]f 倍）。对已购 %[6]s 种的客户效果最弱。",
		t.Users, f.window, 100*t.Recall, 100*popular.Recall, ratio(t.Recall, popular.Recall), f.weakest("stock", "blend"))
	return c
}

func (l *lists) newCard() job.Card {
	c := job.Card{Model: "recommend_new", Version: 1, Rows: int64(l.new.lines), Outputs: []string{"recommendation", "title_target", "mailing"},
		Definition: job.Words{
			EN: "Titles of the current catalogue issues, which nobody bought yet, scored by class at every level, author, series, publisher, language, level and price: log-odds of what the customer bought, of what stands near it, and how well titles with the attribute sell; weights fitted on known titles hidden in turn. A page is mailed to who has three of its titles in the list, or a next volume.",
			ZH: "当期目录新书（尚无人订购）按各级类目、作者、丛书、出版社、语种、层次与价格评分：取客户所购及相近图书的对数优势与该属性的销售情况，权重以轮流隐藏的已知图书拟合。书单含某目录三种以上或有续卷者，寄送相应页。"},
		Features: [][2]string{{"attributes", "class (all levels), author, series, publisher, language, level, price band"}, {"current", fmt.Sprintf("issues of the last %d days and those to come", issueDays)}}}
	l.new.ruleCounts(&c)
	c.Parameter("new_titles", len(l.fresh))
	if len(l.fresh) == 0 {
		c.Reading = job.Words{EN: "No catalogue issue of the last 45 days or to come: there are no new titles to offer. The tables catalogue and catalogue_item hold them.", ZH: "近 45 天内及今后无目录发布，故无新书可推荐。相应数据表为 catalogue 与 catalogue_item。"}
		return c
	}
	if l.cold == nil {
		c.Reading = job.Wordsf("New titles are listed by type alone: %s.", "新书仅按客户类型推荐：%s。", l.coldReason.EN)
		return c
	}
	if l.cold.Reason != "" {
		c.Parameter("weights", l.cold.Reason)
	}
	l.f.metrics(&c, "new", "attributes")
	t, popular := l.f.find("new", "attributes"), l.f.find("new", "popularity")
	if t == nil || popular == nil {
		c.Reading = job.Wordsf("%d new titles are listed; too few earlier new titles were bought to test such lists on.", "共列 %d 种新书；早先新书的订购过少，无法检验。", len(l.fresh))
		return c
	}
	c.Reading = job.Wordsf("Of what %[1]d customers bought of the new titles of two months ago, their 20 would have held %.1[2]f %%, those with the best-selling attributes %.1[3]f %%.",
		"%[1]d 位客户对两个月前新书的订购中，其 20 种书单可命中 %.1[2]f %%，仅按畅销属性为 %.1[3]f %%。", t.Users, 100*t.Recall, 100*popular.Recall)
	return c
}

func (l *lists) copiesCard(m *copies, rows int) job.Card {
	c := job.Card{Model: "title_demand", Version: 1, Rows: int64(rows), Outputs: []string{"title_demand"},
		Definition: job.Words{
			EN: "Copies of a new title ordered within 90 days of its listing: the mean of all listings times factors for class, publisher, level, catalogue and later volumes, each shrunk towards 1; 80 % interval of a negative binomial; the number to order suffices with 60 % chance. Tested on the last quarter of mature listings, whose level the forecasts take over.",
			ZH: "新书列目后 90 天内的订购册数：全部列目均值乘以类目、出版社、层次、目录与续卷各因子（均向 1 收缩）；80 % 区间取负二项分布；建议订数以 60 % 概率满足需求。以最后四分之一满期列目检验，预测水平随之校准。"},
		Features: [][2]string{{"copies_90", "copies ordered within 90 days of the issue, by whatever way the order came"}}}
	if m == nil {
		c.Reading = job.Wordsf("Fewer than %d listings are 90 days old: there is no forecast of copies.", "满 90 天的列目不足 %d 个，无法预测册数。", copiesLeast)
		return c
	}
	c.Parameter("mean", m.mean)
	c.Parameter("shape", m.k)
	c.Parameter("scale", m.scale)
	c.Metric("listings", float64(m.listed), "listings", "mature listings learned from")
	c.Metric("coverage_80", m.coverage, "share", "of the last quarter within the 80 % interval")
	c.Metric("bias", m.bias, "ratio", "forecast ÷ copies ordered over the last quarter, before it was corrected")
	c.Reading = job.Wordsf("Of %d listings forecast from earlier ones %.0f %% lie within the 80 %% interval; all together were forecast at %.2f times what came.", "以早先列目预测的 %d 个列目中，%.0f %% 落入 80 %% 区间；合计预测为实际的 %.2f 倍。", m.tested, 100*m.coverage, m.bias)
	return c
}
