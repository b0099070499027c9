package profitability

import (
	"time"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/whale"
)

func profitCard(j *job.Job, f *frame.Frame, m *whale.Model, from time.Time) job.Card {
	c := job.Card{
		Model: "profit", Version: 1, Rows: int64(f.Rows()), Outputs: []string{"customer_profit", "customer_cost", "profit_cell", "whale"},
		Definition: job.Words{
			EN: "Contribution of a customer: gross sales less discount, returns (value credited less what the copies had cost), cost, freight, duty and handling, visits, other contacts, tickets, expenses, returns handling, marketing, commission and the cost of open receivables. Sales without a known cost count as cost, so that a contribution is the least there is; it is not known of a customer of whose sales no cost is known, nor where those sales might make good a loss. The reasons are the deductions that exceed most what customers of the same type have on the same sales.",
			ZH: "客户贡献＝码洋－折扣－退货（退款额减所退图书的成本）－成本－运费、关税与杂费－拜访－其他联系－工单－费用－退货处理－营销－提成－应收占用资金成本。成本未知的销售按成本计，故贡献为下限；销售成本全部未知的客户，以及亏损可能由成本未知的销售弥补的客户，贡献不详。原因为在同等销售额下超出同类客户最多的扣减项。"},
		Features: []job.Feature{
			{Name: "months", Definition: job.Words{EN: "calendar months up to that of the as-of date", ZH: "截至截止日所在月的日历月"}},
			{Name: "returns", Definition: job.Words{EN: "value credited less the cost of the copies that came back; scrapped copies recover nothing", ZH: "退款额减退回图书的成本；报废者不收回"}},
			{Name: "inbound", Definition: job.Words{EN: "freight, duty and handling of the lines whose landed cost is known", ZH: "到岸成本已知的行的运费、关税与处理费"}},
		},
	}
	c.Parameter("from_month", from.Format("2006-01"))
	c.Parameter("to", j.AsOf.Format(time.DateOnly))
	unknown := f.Rows() - m.Customers
	net, costed := sum(f.Column("net")), sum(f.Column("net_costed"))
	c.Metric("customers", float64(m.Customers), "customers", job.Words{EN: "customers whose profit is known", ZH: "利润已知的客户"})
	c.Metric("customers_unknown", float64(unknown), "customers", job.Words{EN: "customers whose contribution cannot be told for want of costs: they have no profit here", ZH: "因成本未知而无法得出贡献的客户：此处没有利润"})
	if net > 0 {
		c.Metric("cost_coverage", costed/net, "share", job.Words{EN: "net sales on lines whose cost is known", ZH: "成本已知的行所占净额"})
	}
	c.Metric("contribution", m.Total, "report currency", job.Words{EN: "contribution of all customers", ZH: "全部客户的贡献"})
	c.Metric("peak", m.Peak, "report currency", job.Words{EN: "what the profitable customers contribute", ZH: "盈利客户的贡献"})
	c.Metric("peak_at", m.PeakAt(), "share", job.Words{EN: "customers up to the peak of the whale curve", ZH: "鲸鱼曲线顶点之前的客户"})
	c.Metric("losing", float64(m.Losing), "customers", job.Words{EN: "customers with a negative contribution", ZH: "贡献为负的客户"})
	c.Metric("loss_tail", m.Loss, "report currency", job.Words{EN: "contribution of those", ZH: "这些客户的贡献"})
	share, ok := m.PeakShare()
	switch {
	case m.Customers == 0:
		c.Reading = job.Words{EN: "No customer has a known profit: no cost of any line is known, or nobody bought.", ZH: "没有客户的利润已知：没有任何订单行的成本已知，或无人购买。"}
	case !ok:
		c.Reading = job.Wordsf("%d customers together lose %.0f; %d earn %.0f, %d lose %.0f.", "%d 个客户合计亏损 %.0f；%d 个盈利 %.0f，%d 个亏损 %.0f。",
			m.Customers, -m.Total, m.Earning, m.Peak, m.Losing, -m.Loss)
	default:
		c.Metric("peak_share", share, "share", job.Words{EN: "peak of the whale curve, of the total contribution", ZH: "鲸鱼曲线顶点与总贡献之比"})
		c.Reading = job.Wordsf("%d of %d customers (%.0f %%) earn %.0f %% of the contribution; %d lose %.0f of it again.",
			"%d／%d 个客户（%.0f %%）赚得贡献的 %.0f %%；%d 个客户又亏掉 %.0f。",
			m.Earning, m.Customers, 100*m.PeakAt(), 100*share, m.Losing, -m.Loss)
	}
	return c
}

// sum adds what is known.
func sum(values []float64) float64 {
	var total float64
	for _, x := range values {
		if x == x {
			total += x
		}
	}
	return total
}
