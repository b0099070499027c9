package performance

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"verso/models/job"
)

// effectWords are the effects of a bridge, in their order, as cards name them.
var effectWords = []struct{ name, en, zh string }{
	{"volume", "volume", "销量"}, {"mix", "mix", "结构"}, {"assortment", "assortment", "品种更替"},
	{"price", "price", "价格"}, {"discount", "discount", "折扣"}, {"currency", "currency", "汇率"},
	{"cost", "purchase cost", "进价"}, {"inbound", "inbound cost", "到岸费用"}, {"coverage", "inbound cost known for more lines", "到岸费用已知范围"},
}

func bridgeCard(ctx context.Context, j *job.Job, list []comparison, coverage float64) (job.Card, error) {
	c := job.Card{
		Model: "bridge", Version: 1, Outputs: []string{"bridge", "bridge_total", "bridge_cell", "bridge_latest", "bridge_comparison"},
		Definition: job.Words{
			EN: "Why the margin changed against a year before: volume (all grow as sales at old prices do), mix (classes, channels and currencies of purchase that grew more or less), price and purchase cost of titles sold in both periods, discount, rates of exchange, inbound cost, how much of it is known, and assortment, the remainder, where new and lost titles are. A title whose price or cost a copy is half or less, or twice or more, what it was counts as another title. Lines without a known cost are left out. The effects add up to the change exactly. An effect of a quarter is out of the usual where its share of sales is 3.5 robust standard deviations from the other quarters', and a point at least (of one currency five).",
			ZH: "毛利与上年同期相比变动的原因：销量（全部按旧价销售额同比增长）、结构（分类、渠道与采购币种增长快慢不一）、两期均售品种的价格与进价、折扣、汇率、到岸费用、到岸费用已知范围，余下为品种更替（新增与停售品种）。单册价格或进价不超过原来一半或不低于两倍的品种视为不同品种。成本未知的行不计。各项之和与变动额完全一致。季度某项影响占销售额之比偏离其他季度 3.5 个稳健标准差以上且至少一个百分点（单一币种为五个）时视为异常。"},
		Features: []job.Feature{
			{Name: "old rates", Definition: job.Words{EN: "mean rates of the earlier period by currency, of the document for sales and of purchase for cost", ZH: "上期各币种平均汇率：销售按单据，成本按采购"}},
			{Name: "currency of purchase", Definition: job.Words{EN: "the supplier's, else that of the list price", ZH: "供应商的币种，否则为标价的币种"}},
		},
	}
	c.Parameter("to", j.AsOf.Format(time.DateOnly))
	c.Parameter("comparisons", len(list))
	c.Metric("cost_coverage", coverage, "share", job.Words{EN: "net sales on lines whose cost is known, of all history", ZH: "全部历史中成本已知的行所占净额"})
	f, err := j.Frame(ctx, "SELECT count(*) AS n, sum(CASE WHEN is_alarm THEN 1 ELSE 0 END) AS alarms FROM score.bridge")
	if err != nil {
		return c, err
	}
	c.Rows = int64(f.Column("n")[0])
	switch {
	case math.IsNaN(coverage):
		c.Reading = job.Words{EN: "No margin to explain: there are no sales.", ZH: "没有可解释的毛利：没有销售。"}
	case coverage == 0:
		c.Reading = job.Words{EN: "No margin to explain: no cost of any order line is known.", ZH: "没有可解释的毛利：没有任何订单行的成本已知。"}
	case c.Rows == 0:
		c.Reading = job.Words{EN: "No bridge: a period and the same a year before, both with sales of known cost, are needed.", ZH: "没有毛利桥：需要本期与上年同期均有成本已知的销售。"}
	default:
		c.Metric("alarms", f.Column("alarms")[0], "effects", job.Words{EN: "effects of quarters out of the usual", ZH: "异常季度的影响项"})
		return c, readBridge(ctx, j, &c)
	}
	return c, nil
}

// readBridge reads the newest of the comparisons, what is out of the usual in the
// last four quarters, and a fall of the whole where the parts rise.
func readBridge(ctx context.Context, j *job.Job, c *job.Card) error {
	code := ""
	if err := j.Each(ctx, "SELECT comparison_key, comparison FROM score.bridge_comparison ORDER BY comparison_key DESC", func(_ int64, text string) { code = text }); err != nil {
		return err
	}
	t, err := j.Frame(ctx, "SELECT margin_before, margin_after, rate_before, rate_after FROM score.bridge_total WHERE comparison = ? AND level = 'total'", code)
	if err != nil {
		return err
	}
	before, after := t.Column("margin_before")[0], t.Column("margin_after")[0]
	c.Metric("margin_before", before, "report currency", job.Words{EN: "margin of the earlier period of " + code, ZH: code + " 的前一期毛利"})
	c.Metric("margin_after", after, "report currency", job.Words{EN: "margin of the later one", ZH: "后一期的毛利"})
	f, err := j.Frame(ctx, "SELECT effect_no, amount FROM score.bridge WHERE comparison = ? AND level = 'total' ORDER BY effect_no", code)
	if err != nil {
		return err
	}
	name := job.Words{EN: code, ZH: code}
	switch code {
	case "last_12_months":
		name = job.Words{EN: "last twelve months", ZH: "最近十二个月"}
	case "year_to_date":
		name = job.Words{EN: "fiscal year to date", ZH: "本财年至今"}
	}
	var en, zh []string
	for i, e := range effectWords {
		amount := f.Column("amount")[i]
		c.Metric(e.name, amount, "report currency", job.Words{EN: "change of the margin by " + e.en, ZH: "毛利因" + e.zh + "的变动"})
		part := job.Wordsf(e.en+" %+.0f", e.zh+" %+.0f", amount)
		en, zh = append(en, part.EN), append(zh, part.ZH)
	}
	c.Reading = job.Wordsf("Margin %.0f after %.0f (", "毛利由 %.0[2]f 变为 %.0[1]f（", after, before)
	c.Reading.EN += code + "): " + strings.Join(en, ", ") + "."
	c.Reading.ZH += name.ZH + "）：" + strings.Join(zh, "，") + "。"
	if err := readAlarms(ctx, j, c); err != nil {
		return err
	}
	return readParadox(ctx, j, c)
}

// readAlarms adds what is out of the usual in the last four quarters.
func readAlarms(ctx context.Context, j *job.Job, c *job.Card) error {
	words := map[string]job.Words{}
	for _, e := range effectWords {
		words[e.name] = job.Words{EN: e.en, ZH: e.zh}
	}
	return j.Each(ctx, `SELECT CAST(round(1000 * b.rate_effect) AS BIGINT) AS tenths, b.comparison || '|' || b.member || '|' || b.effect AS what
FROM score.bridge AS b INNER JOIN (SELECT comparison, row_number() OVER (ORDER BY after_from DESC) AS age FROM score.bridge_comparison WHERE kind = 'quarter') AS q ON q.comparison = b.comparison
WHERE b.is_alarm AND q.age <= 4 ORDER BY q.age DESC, b.level, b.member, b.effect_no`, func(tenths int64, what string) {
		part := strings.SplitN(what, "|", 3)
		w := words[part[2]]
		points := job.Wordsf("%+.1f", "%+.1f", float64(tenths)/10)
		c.Reading.EN += fmt.Sprintf(" Out of the usual in %s: %s %s, %s points of margin.", part[0], w.EN, part[1], points.EN)
		c.Reading.ZH += fmt.Sprintf("%s 异常：%s %s，毛利率影响 %s 个百分点。", part[0], w.ZH, part[1], points.ZH)
	})
}

// readParadox adds the years whose share of margin fell although it rose in
// classes with nine tenths of the sales: the mix did it (Simpson's paradox).
func readParadox(ctx context.Context, j *job.Job, c *job.Card) error {
	return j.Each(ctx, `WITH class AS (
    SELECT c.comparison, sum(CASE WHEN c.rate_after > c.rate_before THEN c.net_after ELSE 0 END) AS risen, sum(c.net_after) AS net
    FROM score.bridge_total AS c
    WHERE c.level = 'class'
    GROUP BY c.comparison
)
SELECT o.comparison_key, o.comparison
FROM score.bridge_comparison AS o
INNER JOIN score.bridge_total AS t ON t.comparison = o.comparison AND t.level = 'total'
INNER JOIN class AS k ON k.comparison = o.comparison
INNER JOIN score.bridge AS m ON m.comparison = o.comparison AND m.level = 'total' AND m.effect = 'mix'
WHERE o.kind = 'year' AND t.rate_after < t.rate_before AND CAST(k.risen AS DOUBLE) >= 0.9 * CAST(k.net AS DOUBLE) AND m.rate_effect < 0
ORDER BY o.comparison_key`, func(_ int64, code string) {
		c.Reading.EN += fmt.Sprintf(" In %s the margin's share of sales fell although it rose in nearly every class: mix.", code)
		c.Reading.ZH += fmt.Sprintf("%s 总毛利率下降，而几乎各分类毛利率均上升：原因在结构。", code)
	})
}
