// Package profitability runs the models of what customers earn: their profit and
// loss, the whale curve, and their value to come.
package profitability

import (
	"context"
	_ "embed"
	"math"
	"time"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/whale"
)

var (
	//go:embed sql/customer_profit.sql
	customerProfitSQL string
	//go:embed sql/customer_cost.sql
	customerCostSQL string
	//go:embed sql/profit_cell.sql
	profitCellSQL string
	//go:embed sql/whale.sql
	whaleSQL string
)

// Profit is the profit and loss of every customer, into score.customer_profit,
// with its costs by driver (score.customer_cost), by class and region
// (score.profit_cell), and the whale curve (score.whale).
func Profit() job.Model { return job.Model{Name: "profit", Run: runProfit} }

// firstMonth is the month that profit and loss begins with.
func firstMonth(j *job.Job) time.Time {
	if j.Months <= 0 {
		return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return time.Date(j.AsOf.Year(), j.AsOf.Month()-time.Month(j.Months-1), 1, 0, 0, 0, 0, time.UTC)
}

// items are what is taken off gross sales, in the order of the statement; a
// column of feature.customer_pl each, but for returns.
var items = []string{"discount", "returns", "cost", "inbound", "visits", "contacts", "tickets", "expenses", "handling", "marketing", "commission", "capital"}

func runProfit(ctx context.Context, j *job.Job) (int64, error) {
	from := firstMonth(j)
	for _, name := range []string{"returned", "customer_pl"} {
		if err := j.Feature(ctx, name, from); err != nil {
			return 0, err
		}
	}
	f, err := j.Frame(ctx, "SELECT customer_key, type_no, gross, net, net_costed, discount, returned - recovered AS returns, coalesce(cost, 0) AS cost, inbound, visits, contacts, tickets, expenses, handling, marketing, commission, capital, contribution FROM feature.customer_pl ORDER BY customer_key")
	if err != nil {
		return 0, err
	}
	m, known, err := curve(f)
	if err != nil {
		return 0, err
	}
	reasons := reasonsOf(f)
	n := f.Rows()
	keys, ranks, cumulated := make([]int64, n), filled(n, math.NaN()), filled(n, math.NaN())
	results := make([]string, n)
	var names [2][]string
	var excess [2][]float64
	for k := range 2 {
		names[k], excess[k] = make([]string, n), filled(n, math.NaN())
	}
	profit := f.Column("contribution")
	for i := range n {
		keys[i] = int64(f.Column("customer_key")[i])
		results[i] = resultOf(profit[i])
		for k := range 2 {
			if r := reasons[i][k]; r.Cost >= 0 && !math.IsNaN(profit[i]) {
				names[k][i], excess[k][i] = items[r.Cost], r.Excess
			}
		}
	}
	for place, i := range known {
		ranks[i], cumulated[i] = float64(m.Rank[place]), m.Cumulated[place]
	}
	err = j.Score(ctx, customerProfitSQL, nil, job.Col("customer_key", keys), job.Col("rank", ranks), job.Col("cumulated", cumulated), job.Col("result", results),
		job.Col("reason_1", names[0]), job.Col("excess_1", excess[0]), job.Col("reason_2", names[1]), job.Col("excess_2", excess[1]))
	if err != nil {
		return 0, err
	}
	for _, sql := range []string{customerCostSQL, profitCellSQL} {
		if err := j.Exec(ctx, sql, from); err != nil {
			return 0, err
		}
	}
	if err := writeWhale(ctx, j, m); err != nil {
		return 0, err
	}
	return int64(n), j.Save(ctx, profitCard(j, f, m, from))
}

// resultOf tells whether a customer earns, loses or neither.
func resultOf(profit float64) string {
	switch {
	case math.IsNaN(profit):
		return "unknown"
	case profit > 0:
		return "earning"
	case profit < 0:
		return "losing"
	}
	return "even"
}

// curve is the whale curve of the customers whose profit is known, which are
// named by their row.
func curve(f *frame.Frame) (m *whale.Model, known []int, err error) {
	var keys, profits []float64
	for i, p := range f.Column("contribution") {
		if !math.IsNaN(p) {
			known, keys, profits = append(known, i), append(keys, f.Column("customer_key")[i]), append(profits, p)
		}
	}
	m, err = whale.Fit(keys, profits)
	return m, known, err
}

// reasonsOf are what the customers cost above others of their type; those whose
// profit is not known are no measure for the others.
func reasonsOf(f *frame.Frame) [][2]whale.Reason {
	groups := make([]int, f.Rows())
	for i, g := range f.Column("type_no") {
		groups[i] = int(g)
		if math.IsNaN(f.Column("contribution")[i]) {
			groups[i] = -1
		}
	}
	costs := make([]whale.Cost, len(items))
	for k, name := range items {
		costs[k] = whale.Cost{Name: name, Amounts: f.Column(name)}
	}
	return whale.Reasons(f.Column("gross"), groups, costs)
}

func writeWhale(ctx context.Context, j *job.Job, m *whale.Model) error {
	n := len(m.Curve)
	shares, customers, profits := make([]float64, n), make([]int64, n), make([]float64, n)
	for i, p := range m.Curve {
		shares[i], customers[i], profits[i] = p.Share, int64(p.Customers), p.Profit
	}
	return j.Score(ctx, whaleSQL, nil, job.Col("share_of_customers", shares), job.Col("customers", customers), job.Col("profit", profits))
}

func filled(n int, x float64) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = x
	}
	return out
}
