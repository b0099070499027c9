// Package sevenp draws the seven P's together: a score of 0 to 100 per customer
// and P, their weighted mean, and the service that is suggested.
package sevenp

import (
	"context"
	_ "embed"
	"fmt"

	"verso/models/job"
)

var (
	//go:embed sql/before.sql
	beforeSQL string
	//go:embed sql/empty.sql
	emptySQL string
	//go:embed sql/part.sql
	partSQL string
	//go:embed sql/policy.sql
	policySQL string
	//go:embed sql/sevenp.sql
	sevenpSQL string
)

// parts are the seven P's with their weight in the composite, in percent.
var parts = []struct {
	no, weight int64
	name       string
	definition job.Words
}{
	{1, 10, "profiling", job.Words{EN: "mean of the RFM quintiles R, F and M, 1 to 5, as 25 × (mean − 1)", ZH: "RFM 三项五等分（1 至 5）的平均，按 25 ×（平均 − 1）计"}},
	{2, 15, "persistency", job.Words{EN: "the loyalty index (see the card of loyalty)", ZH: "忠诚度指数（见 loyalty 卡片）"}},
	{3, 25, "profitability", job.Words{EN: "place among all customers by contribution in the last twelve months", ZH: "最近十二个月贡献在全部客户中的位次"}},
	{4, 15, "performance", job.Words{EN: "half the place by net sales of the last twelve months, half 50 × (1 + (now − before) ÷ (now + before)) against the twelve before; the place alone where the data begin later", ZH: "一半为最近十二个月净额的位次，一半为与此前十二个月相比的 50 ×（1 +（今 − 昔）÷（今 + 昔））；数据起点较晚时仅取位次"}},
	{5, 20, "prospecting", job.Words{EN: "place by customer lifetime value; by sales to come where no margin is known", ZH: "客户终身价值的位次；毛利未知时按将来销售"}},
	{6, 10, "product", job.Words{EN: "place by the number of subjects bought in two years; unknown where nothing bought has a class", ZH: "两年内购买学科数的位次；所购均无分类时未知"}},
	{7, 5, "promotion", job.Words{EN: "place by the rate of answers to campaigns in two years, drawn to the common rate as if five more had been sent; unknown for those never addressed", ZH: "两年内对营销活动回应率的位次，按多发五次向总体比率收缩；从未触达者未知"}},
}

// SevenP writes score.sevenp, one row per customer with a purchase,
// score.sevenp_part, one row per customer and known P, and score.service_policy.
// It reads the scores of rfm, pyramid, profit, clv and loyalty.
func SevenP() job.Model { return job.Model{Name: "sevenp", Run: run} }

func run(ctx context.Context, j *job.Job) (int64, error) {
	if err := remember(ctx, j); err != nil {
		return 0, err
	}
	if err := j.Feature(ctx, "sevenp"); err != nil {
		return 0, err
	}
	for _, sql := range []string{partSQL, policySQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return 0, fmt.Errorf("write scores: %w", err)
		}
	}
	nos, weights := make([]int64, len(parts)), make([]int64, len(parts))
	for i, p := range parts {
		nos[i], weights[i] = p.no, p.weight
	}
	if err := j.Score(ctx, sevenpSQL, nil, job.Col("part_no", nos), job.Col("weight", weights)); err != nil {
		return 0, err
	}
	c, err := card(ctx, j)
	if err != nil {
		return 0, err
	}
	return c.Rows, j.Save(ctx, c)
}

// remember keeps what the last earlier run gave, if the generation has it.
func remember(ctx context.Context, j *job.Job) error {
	f, err := j.Frame(ctx, "SELECT count(*) AS n FROM information_schema.columns WHERE table_schema = 'score' AND table_name IN ('sevenp', 'sevenp_part') AND column_name = 'before'")
	if err != nil {
		return err
	}
	if f.Column("n")[0] != 2 {
		if err := j.Exec(ctx, emptySQL); err != nil {
			return err
		}
	}
	return j.Exec(ctx, beforeSQL)
}

func card(ctx context.Context, j *job.Job) (job.Card, error) {
	c := job.Card{
		Model: "sevenp", Version: 1, Outputs: []string{"sevenp", "sevenp_part", "service_policy"},
		Definition: job.Words{
			EN: "Seven scores of 0 to 100 per customer with a purchase, and their weighted mean over those that are known. A place is the share of customers below, equals counted half.",
			ZH: "每位有购买记录的客户的七项 0 至 100 分，及已知各项的加权平均。位次为低于该客户者所占百分比，相同者计半。"},
	}
	for _, p := range parts {
		c.Parameter("weight_"+p.name, p.weight)
		c.Features = append(c.Features, job.Feature{Name: p.name, Definition: p.definition})
	}
	f, err := j.Frame(ctx, `SELECT p.part_no, count(*) AS n, avg(CAST(p.score AS DECIMAL(9, 1))) AS mean FROM score.sevenp_part AS p GROUP BY p.part_no ORDER BY p.part_no`)
	if err != nil {
		return c, err
	}
	for i := range f.Rows() {
		p := parts[int(f.Column("part_no")[i])-1]
		c.Metric("known_"+p.name, f.Column("n")[i], "customers", job.Words{EN: "customers with this score", ZH: "有此项得分的客户"})
		c.Metric("mean_"+p.name, f.Column("mean")[i], "points", job.Words{EN: "mean of the known scores", ZH: "已知得分的平均"})
	}
	f, err = j.Frame(ctx, `SELECT count(*) AS n, sum(CASE WHEN parts = 7 THEN 1 ELSE 0 END) AS whole, quantile_cont(composite, 0.5) AS middle,
sum(CASE WHEN policy = 'win_back' THEN 1 ELSE 0 END) AS win_back, sum(CASE WHEN policy IN ('renegotiate', 'cut_cost') THEN 1 ELSE 0 END) AS losing, count("before") AS compared FROM score.sevenp`)
	if err != nil {
		return c, err
	}
	c.Rows = int64(f.Column("n")[0])
	if c.Rows == 0 {
		c.Reading = job.Words{EN: "No customer has bought anything, so there is nothing to score.", ZH: "没有客户购买过，故无可评分。"}
		return c, nil
	}
	c.Metric("composite_median", f.Column("middle")[0], "points", job.Words{EN: "half of the customers have more", ZH: "半数客户高于此值"})
	c.Metric("all_seven_known", f.Column("whole")[0], "customers", job.Words{EN: "customers of whom all seven scores are known", ZH: "七项得分全部已知的客户"})
	c.Metric("compared", f.Column("compared")[0], "customers", job.Words{EN: "customers with a score of an earlier run to compare with", ZH: "有前次得分可比较的客户"})
	c.Reading = job.Wordsf("%.0f customers are scored, %.0f of them in all seven P's; half have more than %.0f points. %.0f large customers are silent and should be won back; %.0f cost more than they bring.",
		"%.0f 位客户获得评分，其中 %.0f 位七项俱全；半数高于 %.0f 分。%.0f 位大客户已沉默，应予挽回；%.0f 位成本高于收益。",
		f.Column("n")[0], f.Column("whole")[0], f.Column("middle")[0], f.Column("win_back")[0], f.Column("losing")[0])
	return c, nil
}
