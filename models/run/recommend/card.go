package recommend

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"verso/models/job"
	"verso/models/offer"
)

// ruleCounts tells what rules left out, and which are off.
func (c *made) ruleCounts(card *job.Card) {
	for _, r := range c.choice.Rules {
		switch {
		case r.Off == offer.NoData:
			card.Parameter("rule."+r.Name, job.Words{EN: "off: the data is absent", ZH: "未启用：缺少数据"})
		case r.Off != "":
			card.Parameter("rule."+r.Name, job.Words{EN: "off: not asked for", ZH: "未启用：未设定"})
		default:
			card.Parameter("rule."+r.Name, job.Wordsf("left out %d titles for everybody, %d candidates of customers", "对全部客户剔除 %d 种，另剔除候选 %d 条", r.Titles, r.Pairs))
		}
	}
	card.Parameter("diversity", c.weight)
	card.Metric("lists", float64(c.served), "customers", job.Words{EN: "customers with a list", ZH: "有书单的客户"})
	card.Metric("lines", float64(c.lines), "lines", job.Words{EN: "titles offered over all lists", ZH: "全部书单的推荐条数"})
	card.Metric("next_volumes", float64(c.series), "lines", job.Words{EN: "of them the next volume of a series, which stand first", ZH: "其中排在最前的丛书续卷"})
	card.Metric("relevance_given_up", 1-ratio(c.choice.After.Relevance, c.choice.Before.Relevance), "share", job.Words{EN: "relevance given up for diversity", ZH: "为多样性放弃的相关性"})
	card.Metric("diversity_before", c.choice.Before.Diversity, "share", job.Words{EN: "mean difference of two titles of a list, by score alone", ZH: "仅按得分时书单内两种图书的平均差异"})
	card.Metric("diversity_after", c.choice.After.Diversity, "share", job.Words{EN: "the same in the lists as they are", ZH: "现行书单的平均差异"})
	card.Metric("subjects", c.choice.After.Subjects, "subjects", job.Words{EN: "subjects in a list", ZH: "每份书单的学科数"})
	card.Metric("publishers", c.choice.After.Publishers, "publishers", job.Words{EN: "effective number of publishers over all lists", ZH: "全部书单的有效出版社数"})
	card.Metric("titles", float64(c.choice.After.Titles), "titles", job.Words{EN: "different titles over all lists", ZH: "全部书单的不同品种数"})
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
	card.Metric("recall_20", t.Recall, "share", job.Words{EN: "of the new titles a customer bought in the test, those among his 20", ZH: "检验期内客户新购品种中，在其 20 种书单内的比例"})
	card.Metric("ndcg_20", t.NDCG, "share", job.Words{EN: "the same, with the first places counting most", ZH: "同上，越靠前权重越大"})
	card.Metric("hit_rate_20", t.HitRate, "share", job.Words{EN: "customers of the test who bought something of their 20", ZH: "检验期内订购了书单中图书的客户比例"})
	card.Metric("coverage_20", t.Coverage, "share", job.Words{EN: "titles that are in any list", ZH: "出现在任一书单中的品种比例"})
	card.Metric("popularity_recall_20", popular.Recall, "share", job.Words{EN: "recall of the best-selling titles", ZH: "畅销榜的召回率"})
	card.Metric("popularity_hit_rate_20", popular.HitRate, "share", job.Words{EN: "hit rate of the best-selling titles", ZH: "畅销榜的命中率"})
	if c := f.find(list, "permuted"); c != nil {
		card.Metric("permuted_recall_20", c.Recall, "share", job.Words{EN: "recall of another customer's list", ZH: "他人书单的召回率"})
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

// weakest is the size of customers whose lists hold least of what they bought, and
// how much; "" where fewer than two sizes have enough customers to be compared.
func (f *fitted) weakest(list, model string) (size string, recall float64) {
	compared := 0
	for _, s := range f.find(list, model).Segments {
		if s.Users < leastUsers || s.By != "titles" {
			continue
		}
		if compared++; size == "" || s.Recall < recall {
			size, recall = s.Value, s.Recall
		}
	}
	if compared < 2 {
		return "", 0
	}
	return size, recall
}

func (l *lists) stockCard() job.Card {
	f := l.f
	c := job.Card{Model: "recommend", Version: 1, Rows: int64(l.stock.lines),
		Outputs: []string{"recommendation", "recommendation_backtest", "offer_rule", "offer_trade", "offer_outcome", "offer"},
		Definition: job.Words{
			EN: "Titles of existing stock for every customer: a blend of demand in the customer's classes, next volumes, nearest titles, attributes, a regression over the titles bought most and a factorisation, weighted on the period before the last and tested on the last; then business rules, next volumes first, and a re-ranking for diversity. Customers without a purchase get what their type and region take, and what they said they care for. Held-out customers have a list that is not sent.",
			ZH: "面向每位客户的现有图书推荐：由常购类目的需求、丛书续卷、相近图书、属性、常购图书回归与因子分解加权混合，权重以倒数第二个时段择优、以最后时段检验；再经业务规则筛选，续卷优先，并按多样性重排。未曾订购的客户按类型、地区与已声明的兴趣推荐。对照客户的书单不寄送。"},
		Features: []job.Feature{{Name: "history", Definition: job.Words{EN: "net copies by pair, at most three times the weight of one, halved every two years; what was returned in full speaks against", ZH: "客户与品种的净册数，权重不超过单册的三倍，每两年减半；全部退回者作反证"}},
			{Name: "demand", Definition: job.Words{EN: "the class's share of the customer's titles × the title's share of what the class sells now", ZH: "类目占客户所购比例 × 该书占类目当前销售比例"}}, {Name: "series", Definition: job.Words{EN: "the volume after one held, bought or listed within a year", ZH: "所藏卷次的下一卷，一年内购买或列目"}}}}
	l.stock.ruleCounts(&c)
	c.Parameter("titles", job.Wordsf("%d of %d take part: those listed within a year, in current issues or in series that are bought, and the %d with most recent customers", "%d/%d 种参与：一年内列目、当期目录或在售丛书的品种，以及近期客户最多的 %d 种", len(l.c.titles), l.c.all, l.c.most()))
	c.Parameter("ease.titles", easeTitles)
	c.Parameter("held_out", l.o.Held)
	if n := len(l.c.nowhere); n > 0 {
		c.Parameter("territories_unknown", job.Wordsf("titles must not be sold in %d places that no region is called, and are offered there: %s", "图书禁售地区中有 %d 个名称不在地区表内，对其不起作用：%s", n, strings.Join(l.c.nowhere[:min(n, 10)], ", ")))
	}
	for _, name := range slices.Sorted(maps.Keys(f.left)) {
		c.Parameter("left_out."+name, f.left[name])
	}
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
	c.Metric("large.customers", float64(users), "customers", job.Words{EN: "customers of the test who had 20 titles or more", ZH: "检验中已购 20 种以上的客户"})
	c.Metric("large.recall_20", recall, "share", job.Words{EN: "recall over them", ZH: "其召回率"})
	c.Metric("large.hit_rate_20", hit, "share", job.Words{EN: "hit rate over them", ZH: "其命中率"})
	c.Metric("large.popularity_recall_20", baseRecall, "share", job.Words{EN: "recall of the best-selling titles over them", ZH: "畅销榜对其的召回率"})
	c.Metric("large.popularity_hit_rate_20", baseHit, "share", job.Words{EN: "hit rate of the best-selling titles over them", ZH: "畅销榜对其的命中率"})
	if recent := f.find("stock", "recent"); recent != nil {
		r, _, _ := f.large("stock", "recent")
		c.Metric("large.recent_recall_20", r, "share", job.Words{EN: "recall of the titles selling best at present over them", ZH: "近期畅销图书对其的召回率"})
	}
	c.Reading = job.Wordsf("Of what %[1]d customers newly bought in the last %[2]d days, their 20 titles would have held %.1[3]f %%, the best-sellers %.1[4]f %% (%.1[5]f times as much).",
		"%[1]d 位客户末 %[2]d 天的新购中，其 20 种书单可命中 %.1[3]f %%，畅销榜为 %.1[4]f %%（%.1[5]f 倍）。",
		t.Users, f.window, 100*t.Recall, 100*popular.Recall, ratio(t.Recall, popular.Recall))
	if size, least := f.weakest("stock", "blend"); size != "" {
		told := job.Wordsf(" Among groups of %[3]d customers and more, least of what was bought is in the lists of those who had %[1]s titles: %.1[2]f %%.", "在不少于 %[3]d 位客户的各组中，已购 %[1]s 种者命中最少：%.1[2]f %%。", size, 100*least, leastUsers)
		c.Reading.EN, c.Reading.ZH = c.Reading.EN+told.EN, c.Reading.ZH+told.ZH
	}
	return c
}

func (l *lists) newCard() job.Card {
	c := job.Card{Model: "recommend_new", Version: 1, Rows: int64(l.new.lines), Outputs: []string{"recommendation", "title_target", "mailing"},
		Definition: job.Words{
			EN: "Titles of the current catalogue issues, which nobody bought yet, scored by class at every level, author, series, publisher, language, level and price: log-odds of what the customer bought, of what stands near it, and how well titles with the attribute sell; weights fitted on known titles hidden in turn. A page is mailed to who has three of its titles in the list, or a next volume.",
			ZH: "当期目录新书（尚无人订购）按各级类目、作者、丛书、出版社、语种、层次与价格评分：取客户所购及相近图书的对数优势与该属性的销售情况，权重以轮流隐藏的已知图书拟合。书单含某目录三种以上或有续卷者，寄送相应页。"},
		Features: []job.Feature{{Name: "attributes", Definition: job.Words{EN: "class (all levels), author, series, publisher, language, level, price band", ZH: "各级类目、作者、丛书、出版社、语种、层次、价位"}}, {Name: "current", Definition: job.Wordsf("issues of the last %d days and those to come", "近 %d 天及今后的期次", issueDays)}}}
	l.new.ruleCounts(&c)
	c.Parameter("new_titles", l.listed)
	if l.listed == 0 {
		c.Reading = job.Words{EN: "No catalogue issue of the last 45 days or to come: there are no new titles to offer. The tables catalogue and catalogue_item hold them.", ZH: "近 45 天内及今后无目录发布，故无新书可推荐。相应数据表为 catalogue 与 catalogue_item。"}
		return c
	}
	if len(l.fresh) == 0 {
		c.Reading = job.Wordsf("None of the %d titles of the current issues may be offered: the rules above leave them all out.", "当期目录的 %d 种新书均被上述规则剔除，无可推荐。", l.listed)
		return c
	}
	if l.cold == nil {
		c.Reading = job.Words{EN: "New titles are listed by type alone: " + l.coldReason.EN + ".", ZH: "新书仅按客户类型推荐：" + l.coldReason.ZH + "。"}
		return c
	}
	if l.cold.Reason != "" {
		c.Parameter("weights", l.cold.Reason)
	}
	if l.f.signals.EN != "" {
		c.Parameter("signals", l.f.signals)
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
			EN: "Copies of a new title ordered within 90 days of its listing: the mean of all listings times factors for class, publisher, level, catalogue and later volumes, each shrunk towards 1; the interval is the shortest of a negative binomial, at the level that would have held 80 % of the last quarter of mature listings, by thirds of the forecast; forecasts too are raised or lowered to that quarter; the number to order suffices with 60 % chance. Tested on that quarter with what the one before it gave.",
			ZH: "新书列目后 90 天内的订购册数：全部列目均值乘以类目、出版社、层次、目录与续卷各因子（均向 1 收缩）；区间取负二项分布最短区间，其水平使最后四分之一满期列目按预测三等分各有 80 % 落入，预测亦按该四分之一升降；建议订数以 60 % 概率满足需求。检验时以再前一季所得校准该四分之一列目。"},
		Features: []job.Feature{{Name: "copies_90", Definition: job.Words{EN: "copies ordered within 90 days of the issue, by whatever way the order came", ZH: "发布后 90 天内的订购册数，不论订单来自何处"}}}}
	if m == nil {
		c.Reading = job.Wordsf("Fewer than %d listings are 90 days old: there is no forecast of copies.", "满 90 天的列目不足 %d 个，无法预测册数。", copiesLeast)
		return c
	}
	c.Parameter("mean", m.mean)
	c.Parameter("shape", m.k)
	c.Parameter("scale", m.scale)
	for _, e := range m.level {
		if math.IsInf(e.mean, 1) {
			c.Parameter("level", math.Round(e.level*1000)/1000)
		} else {
			c.Parameter(fmt.Sprintf("level.to_%.2f", e.mean), math.Round(e.level*1000)/1000)
		}
	}
	c.Metric("listings", float64(m.listed), "listings", job.Words{EN: "mature listings learned from", ZH: "用于学习的满期列目"})
	c.Metric("coverage_80", m.coverage, "share", job.Words{EN: "of the last quarter within the 80 % interval", ZH: "最后四分之一列目落入 80% 区间的比例"})
	c.Metric("bias", m.bias, "ratio", job.Words{EN: "forecast ÷ copies ordered over the last quarter, before it was corrected", ZH: "校准前最后四分之一列目的预测 ÷ 实际"})
	c.Reading = job.Wordsf("Of %d listings forecast from earlier ones %.0f %% lie within the 80 %% interval; all together were forecast at %.2f times what came.", "以早先列目预测的 %d 个列目中，%.0f %% 落入 80 %% 区间；合计预测为实际的 %.2f 倍。", m.tested, 100*m.coverage, m.bias)
	return c
}
