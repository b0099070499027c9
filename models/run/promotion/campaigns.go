package promotion

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/metric"
	"verso/models/propensity"
	"verso/models/uplift"
)

// Most customers that one campaign without a control group is judged on. Those
// drawn are as good as random, so more would only narrow the interval.
const (
	mostTreated = 3000
	mostOthers  = 5000
)

// Campaigns says what every campaign caused, into score.campaign, with the
// purchases it only pulled forward (score.pull_forward), invented campaigns that
// must show nothing (score.placebo), and whom the largest campaign with a random
// control group worked on (score.uplift, score.qini).
func Campaigns() job.Model { return job.Model{Name: "campaigns", Run: runCampaigns} }

// campaign is one campaign and what came of it.
type campaign struct {
	key          int64
	kind         string // type of the campaign
	from, to     int    // days since 1970-01-01
	held         int
	size         int     // all treated, not only those judged on
	cost         float64 // money
	who          customers
	open         bool // the window is not over at the as-of date
	effect       effect
	adjusted     float64 // p over all campaigns of its family
	naive        float64 // margin of all that the treated ordered; NaN when no cost is known
	perOrderer   float64 // margin of a treated customer who ordered
	verdict      string
	words        job.Words
	breakEven    float64 // lift that pays the cost
	needed       [2]float64
	naiveROMI    float64
	romi, profit uplift.Range
	incremental  uplift.Range
}

func runCampaigns(ctx context.Context, j *job.Job) (int64, error) {
	list, costed, err := readCampaigns(ctx, j)
	if err != nil {
		return 0, err
	}
	parallel(len(list), func(k int) {
		x := &list[k]
		if x.open {
			x.effect = effect{method: byNothing, treated: len(x.who.of(true, x.who.ordered)), p: math.NaN(), unmatched: math.NaN(), balance: math.NaN(), response: math.NaN()}
			x.effect.blank()
			return
		}
		x.effect = estimate(x.who, x.held > 0, costed)
	})
	adjust(list)
	for k := range list {
		list[k].money(costed)
		list[k].judge(j.AsOf)
	}
	if err := writeCampaigns(ctx, j, list); err != nil {
		return 0, err
	}
	c := campaignCard(j, list, costed)
	for _, step := range []func(context.Context, *job.Job, []campaign, *job.Card) error{writePullForward, writePlacebo, writeTestSizes, writeUplift} {
		if err := step(ctx, j, list, &c); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), j.Save(ctx, c)
}

const customersQuery = `SELECT campaign_key, customer_key, arm, type_no, orders_90, orders_365, orders_before, ticket, silence, tenure, attended, sends,
    ordered, lines, margin, lines_1, margin_1, lines_2, margin_2, lines_after
FROM feature.campaign_customer
WHERE campaign_key <> -1
ORDER BY campaign_key, customer_key`

// readCampaigns builds the features and reads them. costed is false when no
// margin of any order is known.
func readCampaigns(ctx context.Context, j *job.Job) (list []campaign, costed bool, err error) {
	for _, f := range []struct {
		name string
		args []any
	}{{"campaign", nil}, {"order_day", nil}, {"campaign_pair", []any{mostTreated, mostOthers}}, {"campaign_customer", nil}} {
		if err := j.Feature(ctx, f.name, f.args...); err != nil {
			return nil, false, err
		}
	}
	f, err := j.Frame(ctx, "SELECT campaign_key, from_date, to_date, treated, held_back, cost FROM feature.campaign WHERE campaign_key <> -1 ORDER BY campaign_key")
	if err != nil {
		return nil, false, err
	}
	for i := range f.Rows() {
		list = append(list, campaign{key: int64(f.Column("campaign_key")[i]), from: int(f.Column("from_date")[i]), to: int(f.Column("to_date")[i]),
			size: int(f.Column("treated")[i]), held: int(f.Column("held_back")[i]), cost: f.Column("cost")[i]})
		list[i].open = list[i].to > int(j.AsOf.Unix()/86400)
	}
	k := 0
	if err := j.Each(ctx, "SELECT campaign_key, type FROM feature.campaign WHERE campaign_key <> -1 ORDER BY campaign_key", func(_ int64, kind string) { list[k].kind = kind; k++ }); err != nil {
		return nil, false, err
	}
	if f, err = j.Frame(ctx, customersQuery); err != nil {
		return nil, false, err
	}
	from, keys := 0, f.Column("campaign_key")
	for k := range list {
		to := from
		for to < len(keys) && int64(keys[to]) == list[k].key {
			to++
		}
		list[k].who = customersOf(f, from, to)
		from = to
	}
	n, err := j.Frame(ctx, "SELECT count(margin) AS n FROM feature.order_day")
	if err != nil {
		return nil, false, err
	}
	return list, n.Column("n")[0] > 0, nil
}

// customersOf are the rows from and up to to of the features.
func customersOf(f *frame.Frame, from, to int) customers {
	of := func(name string) []float64 { return f.Column(name)[from:to] }
	c := customers{x: covariates(of), ordered: of("ordered"), after: of("lines_after"), silence: of("silence"), tenure: of("tenure"), attended: of("attended")}
	c.lines = [3][]float64{of("lines"), of("lines_1"), of("lines_2")}
	c.margin = [3][]float64{of("margin"), of("margin_1"), of("margin_2")}
	arm, key := of("arm"), of("customer_key")
	for i := range arm {
		c.treated, c.key = append(c.treated, arm[i] == 1), append(c.key, int64(key[i]))
	}
	return c
}

// covariates are what customers are compared by, known the day before: counts
// and amounts by the logarithm, because their tails are long. The first is the
// type.
func covariates(of func(name string) []float64) propensity.Table {
	types := of("type_no")
	levels := make([]string, len(types))
	for i, t := range types {
		levels[i] = strconv.Itoa(int(t))
	}
	table := propensity.Table{{Name: "customer_type", Levels: levels}}
	for _, name := range []string{"orders_90", "orders_365", "orders_before", "ticket", "silence", "tenure", "lines_1", "attended", "sends"} {
		v := of(name)
		numbers := make([]float64, len(v))
		for i, x := range v {
			numbers[i] = math.Log1p(max(0, x))
			if x != x {
				numbers[i] = x
			}
		}
		table = append(table, propensity.Column{Name: name, Numbers: numbers})
	}
	return table
}

// adjust sets the p of every campaign that was judged, over all of those with a
// control group and over all of those without: experiments are few and planned,
// and are not to answer for the many comparisons beside them.
func adjust(list []campaign) {
	for _, random := range []bool{true, false} {
		var p []float64
		var at []int
		for k := range list {
			if x := &list[k]; (x.effect.method == byControl) == random {
				if x.adjusted = math.NaN(); x.effect.p == x.effect.p {
					p, at = append(p, x.effect.p), append(at, k)
				}
			}
		}
		for i, q := range metric.BenjaminiHochberg(p, 0) {
			list[at[i]].adjusted = q
		}
	}
}

// money sets what a campaign brought in, over all its treated customers.
func (x *campaign) money(costed bool) {
	n := float64(x.size)
	e := x.effect
	x.incremental = uplift.Range{Value: n * e.margin.Value, Low: n * e.margin.Low, High: n * e.margin.High}
	x.profit = uplift.Range{Value: x.incremental.Value - x.cost, Low: x.incremental.Low - x.cost, High: x.incremental.High - x.cost}
	x.naive, x.naiveROMI, x.romi, x.breakEven, x.perOrderer = math.NaN(), math.NaN(), nothing, math.NaN(), math.NaN()
	x.needed = [2]float64{math.NaN(), math.NaN()}
	if costed && !x.open {
		margin := x.who.of(true, x.who.margin[0])
		ordered := x.who.of(true, x.who.ordered)
		if len(margin) > 0 {
			x.naive = n * mean(margin)
		}
		if rate := mean(ordered); rate > 0 && mean(margin) > 0 {
			x.perOrderer = mean(margin) / rate
			x.breakEven = x.cost / n / x.perOrderer
		}
		if x.cost > 0 {
			x.naiveROMI = (x.naive - x.cost) / x.cost
			x.romi = uplift.Range{Value: x.profit.Value / x.cost, Low: x.profit.Low / x.cost, High: x.profit.High / x.cost}
		}
	}
	for k, lift := range []float64{e.lift.Value, x.breakEven} {
		if lift > 0 && e.baseline > 0 {
			if size, _, err := (uplift.Plan{Base: e.baseline, Lift: lift}).SampleSize(); err == nil {
				x.needed[k] = float64(size)
			}
		}
	}
}

func writeCampaigns(ctx context.Context, j *job.Job, list []campaign) error {
	n := len(list)
	keys, treated, compared := make([]int64, n), make([]int64, n), make([]int64, n)
	text := map[string][]string{}
	number := map[string][]float64{}
	for i, x := range list {
		e := x.effect
		keys[i], treated[i], compared[i] = x.key, int64(e.treated), int64(e.compared)
		for name, v := range map[string]string{"method": e.method, "verdict": x.verdict, "words": x.words.EN, "words_zh": x.words.ZH, "warning": e.warning.EN, "warning_zh": e.warning.ZH} {
			text[name] = append(text[name], v)
		}
		for name, v := range map[string]float64{"response": e.response, "baseline": e.baseline, "lift": e.lift.Value, "low": e.lift.Low, "high": e.lift.High, "p": e.p, "p_adjusted": x.adjusted,
			"unmatched_lift": e.unmatched, "balance": e.balance, "lines_base": e.linesBase, "lines_lift": e.lines.Value, "lines_low": e.lines.Low, "lines_high": e.lines.High,
			"incremental_margin": x.incremental.Value, "margin_low": x.incremental.Low, "margin_high": x.incremental.High, "profit": x.profit.Value,
			"romi": x.romi.Value, "romi_low": x.romi.Low, "romi_high": x.romi.High, "naive_margin": x.naive, "naive_romi": x.naiveROMI,
			"break_even_lift": x.breakEven, "break_even_response": e.baseline + x.breakEven, "needed": x.needed[0], "needed_break_even": x.needed[1]} {
			number[name] = append(number[name], known(v))
		}
	}
	columns := []job.Column{job.Col("campaign_key", keys), job.Col("judged", treated), job.Col("compared", compared)}
	for _, name := range []string{"method", "verdict", "words", "words_zh", "warning", "warning_zh"} {
		columns = append(columns, job.Col(name, text[name]))
	}
	for _, name := range []string{"response", "baseline", "lift", "low", "high", "p", "p_adjusted", "unmatched_lift", "balance", "lines_base", "lines_lift", "lines_low", "lines_high", "incremental_margin", "margin_low", "margin_high",
		"profit", "romi", "romi_low", "romi_high", "naive_margin", "naive_romi", "break_even_lift", "break_even_response", "needed", "needed_break_even"} {
		columns = append(columns, job.Col(name, number[name]))
	}
	return j.Score(ctx, campaignSQL, nil, columns...)
}

func campaignCard(j *job.Job, list []campaign, costed bool) job.Card {
	c := job.Card{Model: "campaigns", Version: 1, Rows: int64(len(list)), Outputs: []string{"campaign", "test_size", "placebo", "pull_forward", "uplift", "qini"},
		Definition: job.Words{
			EN: "Lift of the share of customers who order in the window of a campaign: against customers held back where there are any; else against customers alike the day before in type, orders, silence, tenure and season, or, where there are none alike, by the change against the same days of the two years before. p is adjusted over the campaigns with a control group, and over those without (Benjamini-Hochberg). Money is the extra margin of the orders, net of returns, less all cost of the campaign.",
			ZH: "活动窗口内下单客户比例的增量：有对照组时与对照组比较；否则与活动前一日在类型、订单、静默、年限与季节上相似的客户比较；无相似客户时，与前两年同期的变化比较。p 值在有对照组与无对照组的活动中分别校正（Benjamini–Hochberg）。金额为订单增量毛利（扣除退货）减活动全部费用。"},
		Features: []job.Feature{{Name: "window", Definition: job.Words{EN: "days of meta.relation_rule after the last send; an event's six weeks after its end", ZH: "最后一次发送之后 meta.relation_rule 所定天数；活动为结束后六周"}}, {Name: "held back", Definition: job.Words{EN: "customers of the arm control, taken for drawn at random unless they differ before the campaign", ZH: "对照组客户，除非活动前已有差异，否则视为随机抽取"}}}}
	c.Parameter("most_treated", mostTreated)
	c.Parameter("most_others", mostOthers)
	c.Parameter("fewest", least)
	c.Parameter("largest_difference_matched", alike)
	count, verdicts := map[string]int{}, map[string]int{}
	for _, x := range list {
		count[x.effect.method]++
		verdicts[x.verdict]++
	}
	for _, m := range []string{byControl, byMatch, byDiD, byNothing} {
		c.Metric("method."+m, float64(count[m]), "campaigns", job.Words{EN: "campaigns judged this way", ZH: "以此方法判断的活动"})
	}
	for _, v := range verdictOrder {
		c.Metric("verdict."+v, float64(verdicts[v]), "campaigns", verdictWords[v])
	}
	judged := len(list) - count[byNothing]
	switch {
	case len(list) == 0:
		c.Reading = job.Words{EN: "No campaign has addressed a known customer up to the as-of date; campaign and campaign_target would tell whom.", ZH: "截至截止日没有活动触达已知客户；需要 campaign 与 campaign_target 表。"}
	case judged == 0:
		c.Reading = job.Wordsf("None of %d campaigns could be judged: %s", "%d 个活动均无法判断：%[3]s", len(list), list[0].words.EN, list[0].words.ZH)
		c.Reading.EN = fmt.Sprintf("None of %d campaigns could be judged: %s", len(list), list[0].words.EN)
	default:
		c.Reading = job.Wordsf("Of %d campaigns judged, %d brought more orders than would have come anyway; %d had a control group.", "已判断的 %d 个活动中，%d 个确实带来了额外订单；%d 个设有对照组。", judged, verdicts[verdictLift], count[byControl])
	}
	if !costed && len(list) > 0 {
		c.Reading.EN += " No cost of any order is known, so there is no money."
		c.Reading.ZH += "没有任何订单的成本，因此无金额结果。"
	}
	return c
}
