package profiling

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"verso/models/job"
	"verso/models/rfm"
)

// RFM scores customers by recency, frequency and monetary value into score.rfm.
func RFM(o rfm.Options) job.Model {
	return job.Model{Name: "rfm", Run: func(ctx context.Context, j *job.Job) (int64, error) { return runRFM(ctx, j, o) }}
}

func runRFM(ctx context.Context, j *job.Job, o rfm.Options) (int64, error) {
	if err := j.Feature(ctx, "rfm", j.AsOf); err != nil {
		return 0, err
	}
	f, err := j.Frame(ctx, "SELECT customer_key, recency_days, frequency, monetary FROM feature.rfm ORDER BY customer_key")
	if err != nil {
		return 0, err
	}
	customers := rfm.Customers{Recency: f.Column("recency_days"), Frequency: f.Column("frequency"), Monetary: f.Column("monetary")}
	m, err := rfm.Fit(customers, o)
	if err != nil {
		return 0, err
	}
	n := f.Rows()
	keys, r, fr, mo := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	cells, segments, modes := make([]string, n), make([]string, n), make([]string, n)
	for i, s := range m.Scores {
		keys[i] = int64(f.Column("customer_key")[i])
		r[i], fr[i], mo[i] = int64(s.R), int64(s.F), int64(s.M)
		cells[i], segments[i], modes[i] = s.Cell(), s.Segment(), m.Mode
	}
	err = j.Score(ctx, rfmSQL, nil, job.Col("customer_key", keys), job.Col("r", r), job.Col("f", fr), job.Col("m", mo),
		job.Col("cell", cells), job.Col("segment", segments), job.Col("mode", modes))
	if err != nil {
		return 0, err
	}
	return int64(n), j.Save(ctx, rfmCard(customers, m))
}

func rfmCard(c rfm.Customers, m *rfm.Model) job.Card {
	n := len(m.Scores)
	result := job.Card{
		Model: "rfm", Version: 1, Rows: int64(n), Outputs: []string{"rfm"},
		Definition: job.Words{EN: "Recency: days from the last purchase to the as-of date. Frequency: distinct orders with a positive amount. " +
			"Monetary: net sales of those orders. Each is scored 1 to 5 (5 is best); equal values always share a score.",
			ZH: "近度：最近一次购买距截止日的天数；频度：金额为正的订单数；金额：这些订单的净销售额。各记 1–5 分（5 分最好），数值相同者得分相同。"},
		Reading: job.Words{EN: "No customer has bought up to the as-of date, so there is nothing to score.",
			ZH: "截至截止日没有客户购买，故无可评分者。"},
		Parameters: []job.Parameter{{Name: "mode", Value: job.Words{EN: m.Mode}}},
		Features: []job.Feature{
			{Name: "recency_days", Definition: job.Words{EN: "days from the last purchase to the as-of date", ZH: "最近一次购买至截止日的天数"}},
			{Name: "frequency", Definition: job.Words{EN: "distinct orders with a positive amount", ZH: "金额为正的不同订单数"}},
			{Name: "monetary", Definition: job.Words{EN: "net sales of those orders, report currency", ZH: "这些订单的净额，报表币种"}},
		},
	}
	for part, name := range []string{"recency", "frequency", "monetary"} {
		for k, low := range m.Lowest[part] {
			if !math.IsNaN(low) {
				result.Parameter(fmt.Sprintf("%s_score_%d_from", name, k+1), strconv.FormatFloat(low, 'f', -1, 64))
			}
		}
	}
	if n == 0 {
		return result
	}
	champions, lost := 0, 0
	for _, s := range m.Scores {
		switch s.Segment() {
		case "champions":
			champions++
		case "lost", "hibernating":
			lost++
		}
	}
	share := func(k int) float64 { return 100 * float64(k) / float64(n) }
	result.Reading = job.Wordsf("%d customers scored. %d (%.1f %%) are champions: they bought recently, often and for much. "+
		"%d (%.1f %%) are lost or hibernating.", "已评分客户 %d 个。%d 个（%.1f %%）为重要客户：近期购买、次数多、金额大；%d 个（%.1f %%）已流失或沉睡。",
		n, champions, share(champions), lost, share(lost))
	result.Metric("customers", float64(n), "customers", job.Words{EN: "customers with at least one purchase", ZH: "至少购买过一次的客户"})
	result.Metric("recency_mean", mean(c.Recency), "days", job.Words{EN: "mean recency", ZH: "平均近度"})
	result.Metric("frequency_mean", mean(c.Frequency), "orders", job.Words{EN: "mean frequency", ZH: "平均频度"})
	result.Metric("monetary_mean", mean(c.Monetary), "report currency", job.Words{EN: "mean monetary value", ZH: "平均金额"})
	return result
}

func mean(values []float64) float64 {
	var sum float64
	for _, x := range values {
		sum += x
	}
	return sum / float64(len(values))
}
