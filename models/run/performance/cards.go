package performance

import (
	"context"
	"time"

	"verso/models/job"
)

// period is how a period is written on cards.
func (s span) period() string {
	return s.from.Format(time.DateOnly) + " to " + s.to.Format(time.DateOnly)
}

func gainLossCard(ctx context.Context, j *job.Job, before, now, year, since span) (job.Card, error) {
	c := job.Card{
		Model: "gain_loss", Version: 1, Outputs: []string{"gain_loss", "top_customer", "spend_status"},
		Definition: job.Words{
			EN: "What every customer spent in the last twelve months beside the twelve before: new, back, lost, up, down or even; the changes add up to that of all sales. The largest customers of the last fiscal year, a fiftieth of all but at least ten and at most a hundred, are silent where they have ordered nothing since, and halved where they spent less than in the same days of that year by less than half as many orders, both only where chance would give so few less than once in a hundred times; they have smaller orders where net fell by half without that.",
			ZH: "各客户最近十二个月与之前十二个月的采购对比：新增、回流、流失、上升、下降或持平，各项变动之和等于总变动。上一财年最大的客户（总数的五十分之一，至少十个，至多一百个）：此后无订单为沉默，金额低于上年同期且订单数不足一半为腰斩，均限偶然概率低于百分之一者；金额减半而非订单减少所致为单量缩小。"},
	}
	c.Parameter("before", before.period())
	c.Parameter("now", now.period())
	c.Parameter("year", year.period())
	c.Parameter("since", since.period())
	f, err := j.Frame(ctx, `SELECT count(*) AS n, sum(CASE WHEN status = 'new' THEN 1 ELSE 0 END) AS gained, sum(CASE WHEN status = 'lost' THEN 1 ELSE 0 END) AS lost,
CAST(coalesce(sum(net_before), 0) AS DOUBLE) AS net_before, CAST(coalesce(sum(net_now), 0) AS DOUBLE) AS net_now,
CAST(coalesce(sum(CASE WHEN is_like_for_like THEN net_before END), 0) AS DOUBLE) AS like_before, CAST(coalesce(sum(CASE WHEN is_like_for_like THEN net_now END), 0) AS DOUBLE) AS like_now
FROM score.gain_loss`)
	if err != nil {
		return c, err
	}
	t, err := j.Frame(ctx, "SELECT count(*) AS n, sum(CASE WHEN status = 'silent' THEN 1 ELSE 0 END) AS silent, sum(CASE WHEN status = 'halved' THEN 1 ELSE 0 END) AS halved, sum(CASE WHEN complaints > 0 THEN 1 ELSE 0 END) AS complained FROM score.top_customer")
	if err != nil {
		return c, err
	}
	c.Rows = int64(f.Column("n")[0])
	if c.Rows == 0 {
		c.Reading, err = nothingCompared(ctx, j, before)
		return c, err
	}
	netBefore, netNow := f.Column("net_before")[0], f.Column("net_now")[0]
	c.Metric("net_before", netBefore, "report currency", job.Words{EN: "sales of the twelve months before", ZH: "此前十二个月的销售"})
	c.Metric("net_now", netNow, "report currency", job.Words{EN: "sales of the last twelve months", ZH: "最近十二个月的销售"})
	if likeBefore := f.Column("like_before")[0]; likeBefore > 0 {
		c.Metric("like_for_like", f.Column("like_now")[0]/likeBefore-1, "share", job.Words{EN: "growth with the customers who bought in both", ZH: "两期均购买的客户的增长"})
	}
	silent, halved, complained := f0(t.Column("silent")), f0(t.Column("halved")), f0(t.Column("complained"))
	c.Metric("silent", silent, "customers", job.Words{EN: "of the largest of the last fiscal year, without an order since", ZH: "上一财年最大客户中此后无订单者"})
	c.Metric("halved", halved, "customers", job.Words{EN: "of them, with less than half the orders", ZH: "其中订单数不足一半者"})
	c.Metric("complained", complained, "customers", job.Words{EN: "of them, with complaints in that year", ZH: "其中该年有投诉者"})
	c.Reading = job.Wordsf("Sales %+.0f to %.0f: %.0f new customers, %.0f lost. Of the %.0f largest of the last fiscal year %.0f are silent, %.0f halved, %.0f complained.",
		"销售变动 %+.0f，至 %.0f：新增客户 %.0f 个，流失 %.0f 个。上一财年最大的 %.0f 个客户中，%.0f 个沉默，%.0f 个腰斩，%.0f 个有投诉。",
		netNow-netBefore, netNow, f.Column("gained")[0], f.Column("lost")[0], f0(t.Column("n")), silent, halved, complained)
	return c, nil
}

// nothingCompared says why two periods are not compared, the earlier one given.
func nothingCompared(ctx context.Context, j *job.Job, before span) (job.Words, error) {
	reached, first, err := j.Reaches(ctx, before.from)
	if reached || first.IsZero() {
		return job.Words{EN: "Nobody bought in the last two years.", ZH: "最近两年无人购买。"}, err
	}
	day := first.Format(time.DateOnly)
	return job.Wordsf("The data begin on %s, so the period before is not known whole and nothing is compared with it.", "数据始于 %s，此前一期不完整，故不作比较。", day), err
}

// f0 is the first value, 0 where it is not known.
func f0(values []float64) float64 {
	if len(values) == 0 || values[0] != values[0] {
		return 0
	}
	return values[0]
}

func serviceCard(ctx context.Context, j *job.Job, s span) (job.Card, error) {
	c := job.Card{
		Model: "service_level", Version: 1, Outputs: []string{"customer_service"},
		Definition: job.Words{
			EN: "What service every customer got over twelve months, and how it pays: lines promised in them, of which on time, on time in full and filled; returns; complaints; days to pay and what is overdue. Shares stand beside their number of cases and Wilson's interval. The rank is by the share on time shrunk towards the customer's type as by 20 lines, and only of customers with 5 lines due.",
			ZH: "各客户十二个月所得服务与付款情况：期内承诺的订单行中准时、准时足量与满足的比例；退货；投诉；付款天数与逾期额。比例均附样本数与 Wilson 区间。排名按向客户类型收缩（相当于 20 行）的准时率，仅限应交行不少于 5 行的客户。"},
	}
	c.Parameter("period", s.period())
	f, err := j.Frame(ctx, `SELECT count(*) AS n, coalesce(sum(lines_due), 0) AS due, coalesce(sum(lines_on_time), 0) AS on_time, coalesce(sum(lines_otif), 0) AS otif, coalesce(sum(copies_wanted), 0) AS wanted, coalesce(sum(copies_filled), 0) AS filled,
coalesce(sum(complaints), 0) AS complaints, count(service_rank) AS ranked, CAST(coalesce(sum(overdue), 0) AS DOUBLE) AS overdue FROM score.customer_service`)
	if err != nil {
		return c, err
	}
	c.Rows = int64(f.Column("n")[0])
	due := f.Column("due")[0]
	switch {
	case c.Rows == 0:
		c.Reading = job.Words{EN: "No customer ordered, complained or owes anything.", ZH: "没有客户有订单、投诉或欠款。"}
		return c, nil
	case due == 0:
		c.Reading = job.Wordsf("No line was promised for a day of this period, so nothing can be said of punctuality; %.0f complaints, %.0f overdue.", "期内没有订单行有承诺日期，无法判断准时；投诉 %.0f 起，逾期 %.0f。", f.Column("complaints")[0], f.Column("overdue")[0])
		return c, nil
	}
	c.Metric("lines_due", due, "lines", job.Words{EN: "lines promised in the period", ZH: "期内承诺交付的行"})
	c.Metric("on_time", f.Column("on_time")[0]/due, "share", job.Words{EN: "of them on time", ZH: "其中准时的比例"})
	c.Metric("otif", f.Column("otif")[0]/due, "share", job.Words{EN: "of them on time in full", ZH: "其中准时足量的比例"})
	if wanted := f.Column("wanted")[0]; wanted > 0 {
		c.Metric("fill_rate", f.Column("filled")[0]/wanted, "share", job.Words{EN: "copies delivered of those wanted on these lines", ZH: "这些行所需册数中已交付的比例"})
	}
	c.Metric("ranked", f.Column("ranked")[0], "customers", job.Words{EN: "customers with enough lines for a rank", ZH: "行数足以排名的客户"})
	c.Reading = job.Wordsf("%.0f of %.0f lines due came on time (%.1f %%); %.0f customers have enough lines for a rank; %.0f complaints; %.0f is overdue.",
		"应交 %.0[2]f 行中 %.0[1]f 行准时（%.1[3]f %%）；%.0[4]f 个客户行数足以排名；投诉 %.0[5]f 起；逾期 %.0[6]f。",
		f.Column("on_time")[0], due, 100*f.Column("on_time")[0]/due, f.Column("ranked")[0], f.Column("complaints")[0], f.Column("overdue")[0])
	return c, nil
}

func salespersonCard(ctx context.Context, j *job.Job, first time.Time) (job.Card, error) {
	c := job.Card{
		Model: "salesperson", Version: 1, Outputs: []string{"salesperson", "orphan_account"},
		Definition: job.Words{
			EN: "Salespeople over twelve calendar months by workload (visits, calls, contacts), sales and contribution to profit: margin after landed cost where it is known, less the loss on returns, the cost of contacts, expenses and commission. Accounts still on the name of somebody who has left are fading where orders since have died away more than chance does three times in a hundred, against an even rate at the pace of the company's orders.",
			ZH: "业务员十二个日历月的工作量（拜访、电话、联系）、销售与利润贡献：毛利（到岸成本已知者按到岸）减退货损失、联系成本、费用与提成。仍在离职人员名下的客户，其订单自离职后的衰减若偶然发生概率低于百分之三（以公司订单节奏下的均匀速率为准），即为衰退。"},
	}
	c.Parameter("period", span{first, j.AsOf}.period())
	f, err := j.Frame(ctx, `SELECT count(*) AS n, count(net_rank) AS sellers, sum(CASE WHEN contribution < 0 AND lines > 0 THEN 1 ELSE 0 END) AS losing, sum(CASE WHEN finding = 'large and losing' THEN 1 ELSE 0 END) AS large,
coalesce(sum(orphans), 0) AS orphans, coalesce(sum(orphans_fading), 0) AS fading FROM score.salesperson`)
	if err != nil {
		return c, err
	}
	c.Rows = int64(f.Column("n")[0])
	if c.Rows == 0 {
		c.Reading = job.Words{EN: "No sales, contacts or expenses are on anybody's name.", ZH: "没有销售、联系或费用记在任何人名下。"}
		return c, nil
	}
	c.Metric("losing", f0(f.Column("losing")), "people", job.Words{EN: "with sales and a negative contribution", ZH: "有销售而贡献为负"})
	c.Metric("large_and_losing", f0(f.Column("large")), "people", job.Words{EN: "of them among the top fifth by sales", ZH: "其中销售额居前五分之一"})
	c.Metric("orphans", f.Column("orphans")[0], "accounts", job.Words{EN: "on the name of somebody who has left", ZH: "挂在已离职人员名下"})
	c.Metric("orphans_fading", f.Column("fading")[0], "accounts", job.Words{EN: "of them, that fade", ZH: "其中正在衰退"})
	c.Reading = job.Wordsf("%.0f people sell; %.0f of them contribute less than they cost, %.0f of these among the top fifth by sales. %.0f accounts are without an owner, %.0f of them fade.",
		"%.0f 人有销售；其中 %.0f 人贡献为负，%.0f 人销售额居前五分之一。%.0f 个客户无人负责，其中 %.0f 个正在衰退。",
		f.Column("sellers")[0], f0(f.Column("losing")), f0(f.Column("large")), f.Column("orphans")[0], f.Column("fading")[0])
	return c, nil
}

func supplierCard(ctx context.Context, j *job.Job, s span) (job.Card, error) {
	c := job.Card{
		Model: "supplier", Version: 1, Outputs: []string{"supplier", "supplier_alarm", "stage_alarm"},
		Definition: job.Words{
			EN: "Suppliers over twelve months, and what went out of control in their weeks: lead times of titles in print against those of all suppliers in the same month and the supplier's own usual, by CUSUM with an allowance of half a standard deviation; lines short or damaged, by the log likelihood ratio of eight points more than the median supplier has. Thresholds give one false alarm a year among all suppliers. A month of a stage is out of control where its mean working days are 3.5 robust standard deviations, and a day, above the other months'.",
			ZH: "供应商十二个月表现及其失控时点：在版品种交期与同月全体供应商及其自身常态相比，用 CUSUM（容差半个标准差）；短缺与破损行用对数似然比（较供应商中位数高八个百分点）。门限为全体供应商每年一次误报。某阶段某月平均工作日高出其他月份 3.5 个稳健标准差且至少一天，即为失控。"},
	}
	c.Parameter("period", s.period())
	f, err := j.Frame(ctx, "SELECT count(*) AS n, sum(CASE WHEN flags <> '' THEN 1 ELSE 0 END) AS flagged FROM score.supplier")
	if err != nil {
		return c, err
	}
	m, err := j.Frame(ctx, "SELECT sum(CASE WHEN is_alarm THEN 1 ELSE 0 END) AS alarms, count(DISTINCT CASE WHEN is_alarm THEN stage_key END) AS stages FROM score.stage_alarm")
	if err != nil {
		return c, err
	}
	c.Rows = int64(f.Column("n")[0])
	if c.Rows == 0 {
		c.Reading = job.Words{EN: "No supplier is known to have been ordered from or sold of in the last twelve months.", ZH: "最近十二个月没有已知供应商的采购或销售。"}
		return c, nil
	}
	c.Metric("flagged", f0(f.Column("flagged")), "suppliers", job.Words{EN: "out of control on the as-of date", ZH: "截止日处于失控"})
	c.Metric("stage_months", f0(m.Column("alarms")), "months", job.Words{EN: "months of stages out of control", ZH: "阶段失控的月份数"})
	c.Reading = job.Wordsf("%.0f of %d suppliers are out of control (slow, short or damaged); %.0f stages were in %.0f months.", "%[2]d 家供应商中 %.0[1]f 家失控（迟缓、短缺或破损）；%.0[3]f 个阶段在 %.0[4]f 个月中失控。",
		f0(f.Column("flagged")), c.Rows, f0(m.Column("stages")), f0(m.Column("alarms")))
	return c, nil
}

func partnerCard(ctx context.Context, j *job.Job, s span) (job.Card, error) {
	c := job.Card{
		Model: "partner", Version: 1, Outputs: []string{"partner"},
		Definition: job.Words{
			EN: "Partners (agents) by what they took in and what they kept of it, over twelve months. More comes back of the orders of the twelve months that ended half a year ago than of the twelve before (rising), or than with the other partners (high), where the difference is four standard errors and five points.",
			ZH: "代理商十二个月的进货与净留存。半年前为止的十二个月订单的退货率高于再前十二个月（上升）或其他代理商（偏高）四个标准误且五个百分点以上者予以标出。"},
	}
	c.Parameter("period", s.period())
	f, err := j.Frame(ctx, "SELECT count(*) AS n, sum(CASE WHEN finding <> '' THEN 1 ELSE 0 END) AS found, sum(CASE WHEN sell_in_rank < kept_rank THEN 1 ELSE 0 END) AS lower, CAST(sum(net) AS DOUBLE) AS net, CAST(sum(returned) AS DOUBLE) AS returned FROM score.partner")
	if err != nil {
		return c, err
	}
	c.Rows = int64(f.Column("n")[0])
	if c.Rows == 0 {
		c.Reading = job.Words{EN: "No customer is a partner: none is an agent, or none ordered.", ZH: "没有代理商客户，或代理商均无订单。"}
		return c, nil
	}
	c.Metric("finding", f0(f.Column("found")), "partners", job.Words{EN: "whose returns rise or are high", ZH: "退货上升或偏高"})
	c.Metric("net", f0(f.Column("net")), "report currency", job.Words{EN: "sell-in", ZH: "进货"})
	c.Metric("returned", f0(f.Column("returned")), "report currency", job.Words{EN: "value sent back", ZH: "退回金额"})
	c.Reading = job.Wordsf("%d partners took %.0f and sent back %.0f; returns rise or are high with %.0f; %.0f rank lower by what they kept.", "%d 家代理商进货 %.0f，退货 %.0f；%.0f 家退货上升或偏高；%.0f 家按净留存排名下降。",
		c.Rows, f0(f.Column("net")), f0(f.Column("returned")), f0(f.Column("found")), f0(f.Column("lower")))
	return c, nil
}
