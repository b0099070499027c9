package product

import (
	"fmt"
	"strings"

	"verso/models/job"
	"verso/models/metric"
)

func basketCard(all []outcome, pooled continuation, o BasketOptions, rows int64) job.Card {
	c := job.Card{
		Model: "basket", Version: 1, Rows: rows, Outputs: []string{"basket_rule", "basket_level"},
		Definition: job.Words{
			EN: "Rules A ⇒ C: those who bought A bought C too. Confidence: share of the baskets with A that hold C. Lift: confidence over the share of all baskets with C. Leverage: share of baskets with both beyond independence. q: false discovery rate (Benjamini-Hochberg) of Fisher's exact test over all pairs that were looked at, found or not. A rule is kept at q ≤ 5 %, when every part of A adds to the others, baskets of their sizes filled at random would hold the pair less often by a sixth at least (lift_by_size ≥ 1.2, q_by_size), and at least 5 customers did so; of next volumes 3.",
			ZH: "规则 A ⇒ C：购买 A 者也购买 C。置信度：含 A 的购物篮中也含 C 的比例；提升度：置信度与全部购物篮中含 C 比例之比；杠杆：同时含两者的比例超出独立情形的部分。q：对所有考察过的组合（无论是否出现）作费舍尔精确检验的错误发现率（BH 法）。保留条件：q ≤ 5 %，A 的每一项都有增益，为同样大小的购物篮随机装填结果的 1.2 倍以上（lift_by_size、q_by_size），且至少涉及 5 个客户；丛书续购为 3 个。"},
		Features: []job.Feature{
			{Name: "basket", Definition: job.Words{EN: "different items of the order lines with copies, by order or by customer", ZH: "有册数的订单行中的不同品目，按订单或按客户"}},
			{Name: "class", Definition: job.Words{EN: "reporting bucket of the classification; subject: class to the third level", ZH: "分类的报表大类；学科：第三级类目"}},
			{Name: "next_volume", Definition: job.Words{EN: "title of a series and the next one listed, among customers who ordered after both could be had", ZH: "丛书一册与其后列目的下一册，限两者皆可得后有订购的客户"}},
		},
	}
	var said, saidZH []string
	for _, l := range all {
		c.Parameter(l.name+".min_count", l.least)
		if l.confidence > 0 {
			c.Parameter(l.name+".min_confidence", l.confidence)
			c.Parameter(l.name+".max_length", l.longest)
		}
		c.Parameter(l.name+".months", monthsWord(l))
		c.Metric(l.name+".baskets", float64(l.baskets), "baskets", job.Words{EN: "baskets looked at: " + l.words.EN, ZH: "所看的购物篮：" + l.words.ZH})
		c.Metric(l.name+".tests", float64(l.tests), "tests", job.Words{EN: "pairs that the probabilities are corrected for", ZH: "概率所校正的组合数"})
		c.Metric(l.name+".rules", float64(len(l.rules)), "rules", job.Words{EN: "rules kept", ZH: "保留的规则"})
		c.Metric(l.name+".control", l.control, "rules", job.Words{EN: "rules kept in the same baskets filled at random", ZH: "在随机装填的同样购物篮中保留的规则"})
		if l.every > 1 {
			c.Metric(l.name+".every", float64(l.every), "baskets", job.Words{EN: "only every so manyth basket was looked at, by its key: there are more than the most that are", ZH: "购物篮多于上限，按其键每隔此数取一"})
		}
		if l.raised > 0 {
			c.Metric(l.name+".raised", float64(l.raised), "times", job.Wordsf("how often the least count was doubled, to %d, until no more than %d rules passed: weaker rules exist", "最少次数加倍的次数（至 %d），直至通过的规则不超过 %d 条：尚有较弱的规则", l.least, o.MaxRules))
		}
		w := job.Wordsf("%d of %d tests", "%d／%d 项检验", len(l.rules), l.tests)
		if len(l.rules) == 0 {
			w = l.reason
		}
		en, zh := l.words.EN+": "+w.EN, l.words.ZH+"："+w.ZH
		if l.raised > 0 {
			en += fmt.Sprintf(" (at %d baskets and more; weaker ones exist)", l.least)
			zh += fmt.Sprintf("（至少 %d 个购物篮；另有较弱规则）", l.least)
		}
		if l.narrowed {
			en += fmt.Sprintf(" (of the last %d months: there are more baskets than are looked at)", l.months)
			zh += fmt.Sprintf("（仅近 %d 个月：购物篮过多）", l.months)
		}
		if l.every > 1 {
			en += fmt.Sprintf(" (of every %d baskets one)", l.every)
			zh += fmt.Sprintf("（每 %d 个购物篮取一）", l.every)
		}
		said, saidZH = append(said, en), append(saidZH, zh)
	}
	c.Reading = job.Wordsf("%d rules. %s.", "%d 条规则。%s。", rows, strings.Join(said, "; "))
	c.Reading.ZH = job.Wordsf("", "%d 条规则。", rows).ZH + strings.Join(saidZH, "；") + "。"
	if pooled.could > 0 {
		share, low, high := wilson(pooled.did, pooled.could)
		c.Metric("continuation", share, "share", job.Wordsf("of %d customers with a volume who ordered after the next was listed, took it; 95 %% interval %.3f to %.3f", "有一册并在下一册列目后再次订购的 %d 位客户中购买下一册的比例；95%% 区间 %.3f 至 %.3f", pooled.could, low, high))
		w := job.Wordsf(" Of those who had a volume and came again, %.0f %% took the next.", "购有一册并再次订购者中，%.0f%% 购买了下一册。", 100*share)
		c.Reading.EN, c.Reading.ZH = c.Reading.EN+w.EN, c.Reading.ZH+w.ZH
	}
	return c
}

func monthsWord(l outcome) string {
	if l.months == 0 {
		return "all"
	}
	return fmt.Sprint(l.months)
}

// wilson is a share with its 95 % interval (Wilson 1927).
func wilson(k, n int) (share, low, high float64) {
	low, high = metric.Wilson(float64(k), float64(n))
	return float64(k) / float64(n), low, high
}
