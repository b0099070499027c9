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
			EN: "Contribution of a customer: gross sales less discount, returns (value credited less what the copies had cost), cost, freight, duty and handling, visits, other contacts, tickets, expenses, returns handling, marketing, commission and the cost of open receivables. The reasons are the deductions that exceed most what customers of the same type have on the same sales.",
			ZH: "客户贡献＝码洋－折扣－退货（退款额减所退图书的成本）－成本－运费、关税与杂费－拜访－其他联系－工单－费用－退货处理－营销－提成－应收占用资金成本。原因为在同等销售额下超出同类客户最多的扣减项。"},
		Features: [][2]string{
			{"months", "calendar months up to that of the as-of date"},
			{"returns", "value credited less the cost of the copies that came back; scrapped copies recover nothing"},
			{"inbound", "freight, duty and handling of the lines whose landed cost is known"},
		},
	}
	c.Parameter("from_month", from.Format("2006-01"))
	c.Parameter("to", j.AsOf.Format(time.DateOnly))
	unknown := f.Rows() - m.Customers
	net, costed := sum(f.Column("net")), sum(f.Column("net_costed"))
	c.Metric("customers", float64(m.Customers), "customers", "customers whose profit is known")
	c.Metric("customers_unknown", float64(unknown), "customers", "customers whose sales have no known cost: they have no profit here")
	if net > 0 {
		c.Metric("cost_coverage", costed/net, "share", "net sales on lines whose cost is known")
	}
	c.Metric("contribution", m.Total, "report currency", "contribution of all customers")
	c.Metric("peak", m.Peak, "report currency", "what the profitable customers contribute")
	c.Metric("peak_at", m.PeakAt(), "share", "customers up to the peak of the whale curve")
	c.Metric("losing", float64(m.Losing), "customers", "customers with a negative contribution")
	c.Metric("loss_tail", m.Loss, "report currency", "contribution of those")
	share, ok := m.PeakShare()
	switch {
	case m.Customers == 0:
		c.Reading = job.Words{EN: "No customer has a known profit: no cost of any line is known, or nobody bought.", ZH: "没有客户的利润已知：没有任何订单行的成本已知，或无人购买。"}
	case !ok:
		c.Reading = job.Wordsf("%d customers together lose %.0f; %d earn %.0f, %d lose %.0f.", "%d 个客户合计亏损 %.0f；%d 个盈利 %.0f，%d 个亏损 %.0f。",
			m.Customers, -m.Total, m.Earning, m.Peak, m.Losing, -m.Loss)
	default:
		c.Metric("peak_share", share, "share", "peak of the whale curve, of the total contribution")
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
