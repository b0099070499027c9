package churn

import (
	"fmt"
	"math"
	"time"

	"verso/models/job"
)

// concepts are what reasons are about.
var concepts = map[string]job.Words{
	"frequency": {EN: "few orders", ZH: "订货少"}, "season": {EN: "season", ZH: "季节"}, "rhythm": {EN: "silence and rhythm", ZH: "沉默与节奏"},
	"trend": {EN: "falling orders", ZH: "订货下降"}, "value": {EN: "value", ZH: "金额"}, "price": {EN: "price", ZH: "价格"}, "classes": {EN: "subjects", ZH: "学科"}, "titles": {EN: "titles bought", ZH: "所购品种"},
	"returns": {EN: "returns", ZH: "退货"}, "service": {EN: "late deliveries", ZH: "交货延迟"}, "complaints": {EN: "complaints", ZH: "投诉"}, "contact": {EN: "contact", ZH: "联系"},
	"payment": {EN: "payment", ZH: "付款"}, "salesperson": {EN: "salesperson", ZH: "销售员"}, "campaign": {EN: "campaigns", ZH: "营销"}, "quotes": {EN: "quotations", ZH: "询价"},
	"contract": {EN: "contract", ZH: "合同"}, "tenure": {EN: "tenure", ZH: "客户年限"}, "type": {EN: "customer type", ZH: "客户类型"},
}

// baselineWords name what a model is graded against.
var baselineWords = map[string]job.Words{
	"recency": {EN: "days since the last order alone", ZH: "仅凭距上次订货天数"},
	"btyd":    {EN: "buy-till-you-die model MBG/NBD", ZH: "购买-流失模型 MBG/NBD"},
}

// monthOf is the month of a day in both languages.
func monthOf(day float64) job.Words {
	t := time.Unix(int64(day)*86400, 0).UTC()
	return job.Words{EN: t.Format("January 2006"), ZH: t.Format("2006 年 1 月")}
}

// one is the singular or plural of a count.
func one(n float64, singular, plural string) string {
	if n == 1 {
		return "1 " + singular
	}
	return fmt.Sprintf("%.0f %s", n, plural)
}

// fact tells of a concept what was counted; false where there is nothing to tell,
// or where what was counted is no bad sign.
func (r *rows) fact(concept string, row int, x extra) (job.Words, bool) {
	get := func(name string) float64 { return r.number(name, row) }
	switch concept {
	case "rhythm":
		return silence(get("recency"), get("gap_mean"), get("days"))
	case "frequency":
		n := get("days_365")
		if before := x.yearBefore; get("tenure") >= 730 && before > n {
			return job.Wordsf("ordered on %[1]s in the last year, on %.0[3]f in the year before", "近一年订货 %.0[2]f 天，上一年 %.0[3]f 天", one(n, "day", "days"), n, before), true
		}
		return job.Wordsf("ordered on %[1]s in the last year", "近一年订货 %.0[2]f 天", one(n, "day", "days"), n), get("days") > 1 // else its rhythm says so
	case "tenure":
		return job.Wordsf("a customer for %[1]s", "成为客户 %.0[2]f 天", one(get("tenure"), "day", "days"), get("tenure")), true
	case "season":
		n := get("season_days")
		if n == 0 {
			return job.Words{EN: "did not order in the same season a year ago", ZH: "去年同期未订货"}, true
		}
		return job.Wordsf("ordered on %[1]s in the same season a year ago", "去年同期订货 %.0[2]f 天", one(n, "day", "days"), n), !math.IsNaN(n)
	case "trend":
		now, before := get("days_183"), x.daysBefore
		return job.Wordsf("orders fell from %.0[1]f days to %.0[2]f in half a year, against the same days a year ago", "近半年订货天数由去年同期 %.0[1]f 天降至 %.0[2]f 天", before, now), before > now
	case "value":
		n, change := get("value_365"), get("value_change")
		return job.Wordsf("ordered for %.0f in the last year, %.0f %% less than the year before", "近一年订货额 %.0f，较上年少 %.0f %%", n, 100*(1-math.Exp(change))), change < -.1
	case "classes":
		if x.subject.EN != "" && x.linesBefore >= 3 && x.linesNow <= x.linesBefore/2 {
			return job.Wordsf("lines in %[1]s fell from %.0[3]f to %.0[4]f in a year", "“%[2]s”类订单行一年内由 %.0[3]f 降至 %.0[4]f", x.subject.EN, x.subject.ZH, x.linesBefore, x.linesNow), true
		}
		n := get("classes")
		return job.Wordsf("bought from %[1]s in the last year", "近一年涉及 %.0[2]f 个学科", one(n, "subject", "subjects"), n), !math.IsNaN(n)
	}
	return r.serviceFact(concept, row, x)
}

// silence tells how long a customer has been silent beside its usual gap.
func silence(days, gap, orders float64) (job.Words, bool) {
	if math.IsNaN(gap) {
		return job.Wordsf("ordered on one day only, %[1]s ago", "仅订货一天，距今 %.0[2]f 天", one(days, "day", "days"), days), orders <= 1
	}
	if days == 0 {
		return job.Wordsf("orders every %[1]s only, last today", "每 %.0[2]f 天才订货一次，最近一次就在当日", one(math.Round(gap), "day", "days"), math.Round(gap)), gap >= 30
	}
	if days < gap {
		return job.Wordsf("orders every %[1]s only, last %[3]s ago", "每 %.0[2]f 天才订货一次，最近一次在 %.0[4]f 天前", one(math.Round(gap), "day", "days"), math.Round(gap), one(days, "day", "days"), days), gap >= 30
	}
	return job.Wordsf("silent for %[1]s; usually orders every %[3]s", "已沉默 %.0[2]f 天；通常每 %.0[4]f 天订货", one(days, "day", "days"), days, one(math.Round(gap), "day", "days"), math.Round(gap)), true
}

// serviceFact is fact for what we did.
func (r *rows) serviceFact(concept string, row int, x extra) (job.Words, bool) {
	get := func(name string) float64 { return r.number(name, row) }
	switch concept {
	case "service":
		if n := get("late_183"); n > 0 && !math.IsNaN(x.lateDay) {
			m := monthOf(x.lateDay)
			return job.Wordsf("%[1]s late in half a year, the last promised for %[3]s", "半年内 %.0[2]f 行延迟，最近一次应于 %[4]s到货", one(n, "line", "lines"), n, m.EN, m.ZH), true
		}
	case "complaints":
		if n := get("complaints"); n > 0 && !math.IsNaN(x.complaintDay) {
			m := monthOf(x.complaintDay)
			return job.Wordsf("%[1]s in half a year, the last in %[3]s; %.0[5]f not resolved within 30 days", "半年内投诉 %.0[2]f 次，最近在 %[4]s；其中 %.0[5]f 次 30 天内未解决", one(n, "complaint", "complaints"), n, m.EN, m.ZH, get("unresolved")), true
		}
	case "returns":
		if n := get("returned_lines"); n > 0 {
			return job.Wordsf("sent back %[1]s in the last year", "近一年退货 %.0[2]f 行", one(n, "line", "lines"), n), true
		}
	case "contact":
		if n := get("contact_silence"); n >= 30 {
			return job.Wordsf("last contacted %.0f days ago", "距上次联系 %.0f 天", n), true
		}
	case "payment":
		if n := get("invoices_overdue"); n > 0 {
			return job.Wordsf("%[1]s overdue", "%.0[2]f 张发票逾期", one(n, "invoice is", "invoices are"), n), true
		}
	case "salesperson":
		if get("salesperson_left") == 1 {
			return job.Words{EN: "its salesperson has left", ZH: "其销售员已离职"}, true
		}
		if get("salesperson_changed") == 1 {
			return job.Words{EN: "served by another salesperson than a year ago", ZH: "与一年前相比已换销售员"}, true
		}
	case "quotes":
		if n, share := get("quotes"), get("quotes_refused"); n > 0 && share > 0 {
			return job.Wordsf("%.0[3]f %% of its %[1]s last year came to nothing within 60 days", "近一年 %.0[2]f 次询价中 %.0[3]f %% 在 60 天内未成交", one(n, "quotation", "quotations"), n, 100*share), true
		}
	case "price":
		if change := get("price_change"); change > .02 {
			return job.Wordsf("paid %.0f %% more a copy than the year before", "单册价较上年高 %.0f %%", 100*(math.Exp(change)-1)), true
		}
	case "titles":
		if n := get("title_alive"); n <= -.05 {
			return job.Wordsf("of others who bought the same titles fewer ordered in the last quarter than is usual, by %.0f points", "购买相同品种的其他客户中近一季有订货者低于平常 %.0f 个百分点", -100*n), true
		}
	case "contract":
		if n := get("contract_days"); n >= 0 {
			return job.Wordsf("its contract ends in %.0f days", "合同将在 %.0f 天后到期", n), true
		}
	}
	return job.Words{}, false
}
