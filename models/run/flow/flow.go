// Package flow runs what is computed of the flow of orders and of the goals: how
// well arrivals are estimated, by when textbooks must be ordered, which months are
// out of the usual, and how far the goals are reached.
package flow

import (
	"context"
	_ "embed"
	"time"

	"verso/models/control"
	"verso/models/frame"
	"verso/models/job"
)

var (
	//go:embed sql/arrival_cutoff.sql
	arrivalCutoffSQL string
	//go:embed sql/arrival_line.sql
	arrivalLineSQL string
	//go:embed sql/arrival_entered.sql
	arrivalEnteredSQL string
	//go:embed sql/arrival_step.sql
	arrivalStepSQL string
	//go:embed sql/arrival_curve.sql
	arrivalCurveSQL string
	//go:embed sql/arrival_backtest.sql
	arrivalBacktestSQL string
	//go:embed sql/deadline.sql
	deadlineSQL string
	//go:embed sql/control_case.sql
	controlCaseSQL string
	//go:embed sql/control_month.sql
	controlMonthSQL string
)

// Arrival judges the estimates of arrival by what became of lines that were open
// on earlier days (score.arrival_backtest).
func Arrival() job.Model { return job.Model{Name: "arrival", Run: runArrival} }

// Deadline says by when textbooks must be ordered from every supplier to be here
// for the next term (score.textbook_deadline).
func Deadline() job.Model { return job.Model{Name: "textbook_deadline", Run: runDeadline} }

// Control draws the control charts of shares by month (score.control_month).
func Control() job.Model { return job.Model{Name: "control", Run: runControl} }

const (
	sigmas      = 3.
	leastMonths = 6
)

func runArrival(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Exec(ctx, arrivalCutoffSQL, j.AsOf); err != nil {
		return 0, err
	}
	for _, sql := range []string{arrivalLineSQL, arrivalEnteredSQL, arrivalStepSQL, arrivalCurveSQL, arrivalBacktestSQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return 0, err
		}
	}
	c := job.Card{Model: "arrival", Version: 1, Outputs: []string{"arrival_backtest"}, Definition: job.Words{
		EN: "Estimates of arrival (P50, P90) as they would have been made at five earlier ends of months from what had happened by then, beside what became of the lines. Lines whose expected day is not over, and those cancelled before they came, are judged by nothing.",
		ZH: "在五个较早的月末，仅用当时已发生的事件重做到货预计（P50、P90），并与订单行的实际结果对照。预计日期未到者与到货前取消者不作评判。"}}
	f, err := j.Frame(ctx, `SELECT coalesce(sum(lines), 0) AS lines, coalesce(sum(judged_p50), 0) AS judged_50, coalesce(sum(by_p50), 0) AS by_50, coalesce(sum(judged_p90), 0) AS judged_90, coalesce(sum(by_p90), 0) AS by_90 FROM score.arrival_backtest`)
	if err != nil {
		return 0, err
	}
	c.Rows = int64(f.Column("lines")[0])
	n50, n90 := f.Column("judged_50")[0], f.Column("judged_90")[0]
	if n50 == 0 || n90 == 0 {
		c.Reading = job.Words{EN: "No line that was open on an earlier day can be judged yet: the stages of orders do not reach back far enough.", ZH: "尚无可评判的早前未结订单行：订单阶段的历史不够长。"}
		return c.Rows, j.Save(ctx, c)
	}
	by50, by90 := f.Column("by_50")[0]/n50, f.Column("by_90")[0]/n90
	c.Metric("by_p50", by50, "share", job.Words{EN: "of the lines here by the day that half were expected by; 0.5 is right", ZH: "在 P50 日期前到货的比例，0.5 为准"})
	c.Metric("by_p90", by90, "share", job.Words{EN: "of the lines here by the day that nine in ten were expected by; 0.9 is right", ZH: "在 P90 日期前到货的比例，0.9 为准"})
	c.Reading = job.Wordsf("Of %.0f lines %.1f %% came by the P50 day; of %.0f lines %.1f %% by the P90 day.", "%.0f 行中 %.1f %% 在 P50 日期前到货；%.0f 行中 %.1f %% 在 P90 日期前到货。", n50, 100*by50, n90, 100*by90)
	return c.Rows, j.Save(ctx, c)
}

func runDeadline(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Exec(ctx, deadlineSQL, j.AsOf, j.AsOf); err != nil {
		return 0, err
	}
	c := job.Card{Model: "textbook_deadline", Version: 1, Outputs: []string{"textbook_deadline"}, Definition: job.Words{
		EN: "The last day on which textbooks can be ordered to be here by the first day of the next term with 95 chances in 100: that day less the days within which 95 of 100 lines ordered in the last year came, titles in print and not rush. Lines still open or cancelled count as having taken longer (product-limit estimate); a supplier's days are weighed n / (n + 20) against those of all.",
		ZH: "教材最晚安全订购日：以该日订购，开学首日前送达的把握为 95 %；即开学日减去最近一年在版、非加急订单行中 95 % 到货所需的天数。未结或取消的行按“至少已等这么久”计（乘积限估计）；供应商天数以 n /（n + 20）的权重与全体加权。"}}
	f, err := j.Frame(ctx, `SELECT count(*) AS n, coalesce(max(CASE WHEN supplier_key = 0 THEN days_p95 END), 0) AS days, coalesce(max(CASE WHEN supplier_key = 0 THEN open_lines END), 0) AS waiting, coalesce(max(CASE WHEN supplier_key = 0 THEN late_lines END), 0) AS late FROM score.textbook_deadline`)
	if err != nil {
		return 0, err
	}
	c.Rows = int64(f.Column("n")[0])
	days := f.Column("days")[0]
	if c.Rows == 0 || days == 0 {
		c.Reading = job.Words{EN: "No textbooks were ordered in two years, or too few orders of the last year have arrived to tell how long they take.", ZH: "两年内没有教材订单，或最近一年到货的订单太少，无法判断所需时间。"}
		return c.Rows, j.Save(ctx, c)
	}
	c.Metric("days_p95", days, "days", job.Words{EN: "within which 95 of 100 lines are here", ZH: "95 % 的订单行在此天数内到货"})
	c.Reading = job.Wordsf("95 of 100 lines are here within %.0f days. %.0f textbook lines for the term are open, %.0f of them expected too late.", "95 %% 的订单行在 %.0f 天内到货。本学期未到教材 %.0f 行，其中 %.0f 行预计误期。", days, f.Column("waiting")[0], f.Column("late")[0])
	return c.Rows, j.Save(ctx, c)
}

// ended is the first day after the last month that is over on a day.
func ended(t time.Time) time.Time {
	next := time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, time.UTC)
	return time.Date(next.Year(), next.Month(), 1, 0, 0, 0, 0, time.UTC)
}

func runControl(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Exec(ctx, controlCaseSQL, ended(j.AsOf)); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT chart_no, CAST(month - DATE '1970-01-01' AS INTEGER) AS month_day, CAST(cases AS DOUBLE) AS cases, CAST(hits AS DOUBLE) AS hits FROM control_case ORDER BY chart_no, month")
	if err != nil {
		return 0, err
	}
	columns, alarms := limits(f)
	if err := j.Score(ctx, controlMonthSQL, nil, columns...); err != nil {
		return 0, err
	}
	c := job.Card{Model: "control", Version: 1, Rows: int64(f.Rows()), Outputs: []string{"control_month"}, Definition: job.Words{
		EN: "Shares of orders, tickets, purchases and invoices by month of three years, each beside what is usual of its own months (p' chart, three standard deviations). A month outside is a signal: something happened then that does not happen otherwise.",
		ZH: "订单、工单、采购与发票的月度比例（三年），各与自身各月的通常水平对照（p' 控制图，三倍标准差）。落在界限外的月份即为信号：当月发生了平时没有的事。"}}
	c.Reading = job.Wordsf("%.0f months of %.0f are outside their limits.", "%[2]v 个月中 %[1]v 个超出界限。", float64(alarms), float64(f.Rows()))
	if f.Rows() == 0 {
		c.Reading = job.Words{EN: "No orders with promised days, tickets, purchases or invoices are known.", ZH: "没有带承诺日期的订单、工单、采购或发票。"}
	}
	return c.Rows, j.Save(ctx, c)
}

// limits are the control limits of every chart, and how many months are outside.
func limits(f *frame.Frame) (columns []job.Column, alarms int) {
	var charts, months []int64
	var expected, low, high []float64
	var out []bool
	no := f.Column("chart_no")
	for from, to := 0, 0; from < len(no); from = to {
		for to = from; to < len(no) && no[to] == no[from]; to++ {
		}
		hits, cases := f.Column("hits")[from:to], f.Column("cases")[from:to]
		l, ok := control.Proportions(hits, cases, sigmas, leastMonths)
		if !ok {
			continue
		}
		for i := range l {
			charts, months = append(charts, int64(no[from])), append(months, int64(f.Column("month_day")[from+i]))
			expected, low, high = append(expected, l[i].Center), append(low, l[i].Low), append(high, l[i].High)
			outside := l[i].Out(hits[i] / cases[i])
			if out = append(out, outside); outside {
				alarms++
			}
		}
	}
	return []job.Column{job.Col("chart_no", charts), job.Col("month_day", months), job.Col("expected", expected), job.Col("low", low), job.Col("high", high), job.Col("is_alarm", out)}, alarms
}
