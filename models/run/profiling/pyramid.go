package profiling

import (
	"context"
	"math"
	"strconv"
	"time"

	"verso/models/job"
	"verso/models/pyramid"
)

// Pyramid places customers by revenue and by margin into score.pyramid, and draws
// how concentrated they are into score.concentration.
func Pyramid(o pyramid.Options) job.Model {
	return job.Model{Name: "pyramid", Run: func(ctx context.Context, j *job.Job) (int64, error) { return runPyramid(ctx, j, o) }}
}

func runPyramid(ctx context.Context, j *job.Job, o pyramid.Options) (int64, error) {
	from, to := j.Window()
	if err := j.Feature(ctx, "window", from, to); err != nil {
		return 0, err
	}
	if err := j.Feature(ctx, "customer_value", from, to); err != nil {
		return 0, err
	}
	for _, ddl := range []string{
		`CREATE OR REPLACE TABLE score.pyramid (customer_key INTEGER, as_of DATE, basis VARCHAR, value DECIMAL(18, 4), "rank" INTEGER, share DOUBLE, cum_share DOUBLE, tier VARCHAR, tier_no INTEGER)`,
		"CREATE OR REPLACE TABLE score.concentration (basis VARCHAR, share_of_customers DOUBLE, customers INTEGER, value DECIMAL(18, 4), share_of_value DOUBLE)",
	} {
		if err := j.Exec(ctx, ddl); err != nil {
			return 0, err
		}
	}
	result := job.Card{
		Model: "pyramid", Version: 1, Outputs: []string{"pyramid", "concentration"},
		Definition: job.Words{EN: "Customers with a positive value in the window, ordered by value: the first 1 % are the top, up to 5 % major, " +
			"up to 20 % ordinary, the rest small. Customers without a positive value are inactive.",
			ZH: "期内金额为正的客户按金额排序：前 1 % 为顶级客户，至 5 % 为大客户，至 20 % 为普通客户，其余为小客户；金额不为正者为不活跃客户。"},
		Parameters: []job.Parameter{{Name: "from", Value: job.Words{EN: from.Format(time.DateOnly)}}, {Name: "to", Value: job.Words{EN: to.Format(time.DateOnly)}}, {Name: "cut_offs", Value: job.Words{EN: "1%, 5%, 20%, 100%"}}},
		Features:   []job.Feature{{Name: "revenue", Definition: job.Words{EN: "net sales in the window", ZH: "期内净额"}}, {Name: "margin", Definition: job.Words{EN: "net sales less cost in the window, where the cost is known", ZH: "期内净额减成本，限成本已知者"}}},
	}
	for _, basis := range []string{"revenue", "margin"} {
		m, n, err := placeCustomers(ctx, j, basis, o)
		if err != nil {
			return 0, err
		}
		if n == 0 && basis == "margin" {
			result.Parameter("margin", job.Words{EN: "not computed: no line has a cost", ZH: "未计算：没有成本已知的行"})
			continue
		}
		result.Rows += n
		pyramidMetrics(&result, basis, m)
		if basis == "revenue" {
			result.Reading = pyramidReading(m)
		}
	}
	return result.Rows, j.Save(ctx, result)
}

// placeCustomers fits one basis and writes its places and curve.
func placeCustomers(ctx context.Context, j *job.Job, basis string, o pyramid.Options) (*pyramid.Model, int64, error) {
	f, err := j.Frame(ctx, "SELECT customer_key, value FROM feature.customer_value WHERE basis = ? ORDER BY customer_key", basis)
	if err != nil {
		return nil, 0, err
	}
	m, err := pyramid.Fit(f.Column("customer_key"), f.Column("value"), o)
	if err != nil {
		return nil, 0, err
	}
	n := f.Rows()
	keys, ranks, tierNos := make([]int64, n), make([]int64, n), make([]int64, n)
	shares, cumShares, tiers := make([]float64, n), make([]float64, n), make([]string, n)
	for i, p := range m.Places {
		keys[i], ranks[i], tierNos[i] = int64(f.Column("customer_key")[i]), int64(p.Rank), int64(p.TierNo)
		shares[i], cumShares[i], tiers[i] = p.Share, p.CumShare, p.Tier
	}
	err = j.Score(ctx, pyramidSQL, []any{basis}, job.Col("customer_key", keys), job.Col("rank", ranks), job.Col("share", shares),
		job.Col("cum_share", cumShares), job.Col("tier", tiers), job.Col("tier_no", tierNos))
	if err != nil {
		return nil, 0, err
	}
	return m, int64(n), writeCurve(ctx, j, basis, m.Curve)
}

func writeCurve(ctx context.Context, j *job.Job, basis string, curve []pyramid.Point) error {
	shares, counts, held := make([]float64, len(curve)), make([]int64, len(curve)), make([]float64, len(curve))
	for i, p := range curve {
		shares[i], counts[i], held[i] = p.ShareOfCustomers, int64(p.Customers), p.ShareOfValue
	}
	return j.Score(ctx, concentrationSQL, []any{basis},
		job.Col("share_of_customers", shares), job.Col("customers", counts), job.Col("share_of_value", held))
}

func pyramidMetrics(c *job.Card, basis string, m *pyramid.Model) {
	c.Metric(basis+"_active", float64(m.Active), "customers", job.Words{EN: "customers with a positive value in the window", ZH: "期内金额为正的客户"})
	c.Metric(basis+"_to_80", float64(m.To80), "customers", job.Words{EN: "customers that together make 80 % of the total", ZH: "合计占总额 80% 的客户"})
	c.Metric(basis+"_gini", m.Gini, "", job.Words{EN: "0: all equal, towards 1: one holds everything", ZH: "0：完全均等；趋近 1：集中于一位"})
	for _, p := range m.Curve {
		if p.ShareOfCustomers == 0.01 || p.ShareOfCustomers == 0.05 || p.ShareOfCustomers == 0.2 {
			name := basis + "_top_" + strconv.Itoa(int(math.Round(100*p.ShareOfCustomers))) + "_share"
			c.Metric(name, p.ShareOfValue, "share", job.Wordsf("held by the first %d customers", "前 %d 位客户所占", p.Customers))
		}
	}
}

func pyramidReading(m *pyramid.Model) job.Words {
	if m.Active == 0 {
		return job.Words{EN: "No customer bought in the window, so there is no pyramid.", ZH: "期内没有客户购买，故没有金字塔。"}
	}
	for _, p := range m.Curve {
		if p.ShareOfCustomers == 0.2 {
			return job.Wordsf("The first 20 %% of customers (%d of %d) bring %.1f %% of net sales; %d customers bring 80 %%. Gini %.3f.",
				"前 20 %% 的客户（%d／%d 个）带来净销售额的 %.1f %%；%d 个客户带来 80 %%。基尼系数 %.3f。",
				p.Customers, m.Active, 100*p.ShareOfValue, m.To80, m.Gini)
		}
	}
	return job.Words{}
}
