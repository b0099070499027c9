package product

import (
	"time"

	"verso/models/assortment"
	"verso/models/job"
)

func (t *titles) card(j *job.Job) job.Card {
	c := job.Card{
		Model: "titles", Version: 1, Rows: int64(t.f.Rows()), Outputs: []string{"title", "title_matrix", "life_cycle"},
		Definition: job.Words{
			EN: "Sales, returns, ABC and stock of the twelve months up to the as-of date. ABC: titles in order of net sales after returns; A holds the first 80 %, B up to 95 %, N sold nothing. XYZ: coefficient of variation of copies over up to 24 complete months from the month after the title could first be had: X up to 0.5, Y up to 1, Z above; at least six months. Phase: introduction in the first 90 days (unsold: in the first year), dead without an order for 365 days, growth or decline when the last 180 days differ from the 180 before by more than chance in one of five, else mature. Half-life: order lines of the first 730 days fade exponentially; the title's own from 12 lines, else its level's. GMROI: gross margin over the mean stock value of the counts. Sell-through: copies issued of those at hand or received. Dead stock: nothing issued for 365 days. Excess: stock beyond twelve months' demand.",
			ZH: "销售、退货、ABC 与库存均取截至截止日的十二个月。ABC：按退货后净额排序，A 为前 80 %，B 至 95 %，N 为无销售。XYZ：自可订购次月起最多 24 个完整月册数的变异系数，X 不超过 0.5，Y 不超过 1，Z 更高，至少六个月。阶段：前 90 天（未售者一年内）为导入期；365 天无订单为停滞；近 180 天与此前 180 天之差超过五分之一机会者为成长或衰退；其余为成熟。半衰期：前 730 天的订单行按指数衰减，满 12 行取该品种自身，否则取其层次。GMROI：毛利÷各次盘点平均库存金额。售罄率：出库册数÷（期初与入库册数）。呆滞：365 天无出库。超额：超过十二个月需求的库存。"},
		Features: []job.Feature{
			{Name: "order line", Definition: job.Words{EN: "with copies, up to the as-of date", ZH: "有册数，截至截止日"}},
			{Name: "margin", Definition: job.Words{EN: "of the lines whose cost is known, after freight, duty and handling where known", ZH: "成本已知的行，已知时扣除运费、关税与处理费"}},
			{Name: "origin", Definition: job.Words{EN: "first listing, else publication, or the first sale when earlier", ZH: "首次列目，否则出版，或更早的首次销售"}},
		},
	}
	c.Parameter("from", since(j, salesMonths).Format(time.DateOnly))
	c.Parameter("to", j.AsOf.Format(time.DateOnly))
	abc, phases, xyz := map[string]int{}, map[assortment.Phase]int{}, map[string]int{}
	value := map[string]float64{}
	net := t.f.Column("net")
	total := 0.0
	for i, p := range t.abc {
		class := p.Class
		if class == "" {
			class = notSold
		} else {
			value[class] += net[i]
			total += net[i]
		}
		abc[class]++
		phases[t.phase[i]]++
		xyz[t.steady[i].Class]++
	}
	for _, k := range []string{"A", "B", "C", notSold} {
		c.Metric("abc."+k, float64(abc[k]), "titles", job.Words{EN: "titles of the class", ZH: "该类品种"})
	}
	for _, k := range []string{"X", "Y", "Z"} {
		c.Metric("xyz."+k, float64(xyz[k]), "titles", job.Words{EN: "titles of the class", ZH: "该类品种"})
	}
	for _, k := range []assortment.Phase{assortment.PhaseIntroduction, assortment.PhaseGrowth, assortment.PhaseMature, assortment.PhaseDecline, assortment.PhaseDead} {
		c.Metric("phase."+string(k), float64(phases[k]), "titles", job.Words{EN: "titles in the phase", ZH: "处于该阶段的品种"})
	}
	for _, k := range t.curves {
		if k.by != "class" && k.decay.Reason == "" {
			c.Metric("half_life."+k.code, k.decay.HalfLife, "days", job.Words{EN: "half-life of order lines over the first 730 days", ZH: "前 730 天订单行的半衰期"})
		}
	}
	c.Metric("stock_titles", float64(t.stock.Titles), "titles", job.Words{EN: "titles with copies in stock", ZH: "有库存的品种"})
	c.Metric("stock_value", t.stock.Value, "report currency", job.Words{EN: "their value at cost", ZH: "其成本金额"})
	c.Metric("dead_titles", float64(t.stock.DeadTitles), "titles", job.Words{EN: "of those without an issue for 365 days", ZH: "其中 365 天无出库者"})
	c.Metric("dead_value", t.stock.DeadValue, "report currency", job.Words{EN: "their value at cost", ZH: "其成本金额"})
	sold := abc["A"] + abc["B"] + abc["C"]
	switch {
	case t.f.Rows() == 0:
		c.Reading = job.Words{EN: "No title is known: there is nothing to judge.", ZH: "没有已知品种，无可判断。"}
		return c
	case sold == 0 || total <= 0:
		c.Reading = job.Wordsf("None of %d titles sold in the twelve months up to the as-of date.", "截止日前十二个月内，%d 个品种均无销售。", t.f.Rows())
	default:
		c.Reading = job.Wordsf("Of %d titles %d sold in twelve months; %d of them (A) made %.0f %% of the net sales. %d titles are dead: no order for a year.",
			"%d 个品种中 %d 个在十二个月内有销售，其中 %d 个（A 类）占净额的 %.0f %%。%d 个品种停滞：一年无订单。",
			t.f.Rows(), sold, abc["A"], 100*value["A"]/total, phases[assortment.PhaseDead])
	}
	stock := job.Words{EN: " No stock is on record.", ZH: "没有库存记录。"}
	if t.stock.Titles > 0 {
		stock = job.Wordsf(" %d titles are in stock, worth %.0f; %d of them, worth %.0f, have not moved for a year.", "在库 %d 个品种，价值 %.0f；其中 %d 个（价值 %.0f）一年无出库。",
			t.stock.Titles, t.stock.Value, t.stock.DeadTitles, t.stock.DeadValue)
	}
	c.Reading = job.Words{EN: c.Reading.EN + stock.EN, ZH: c.Reading.ZH + stock.ZH}
	return c
}
