package models

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"verso/models/feature"
	"verso/models/frame"
	"verso/models/rfm"
	"verso/olap/engine"
)

func runRFM(ctx context.Context, conn engine.Conn, o Options) (int64, error) {
	if err := feature.Build(ctx, conn, "rfm"); err != nil {
		return 0, err
	}
	f, err := frame.Read(ctx, conn, engine.SQL(
		"SELECT customer_key, recency_days, frequency, monetary FROM feature.rfm ORDER BY customer_key"))
	if err != nil {
		return 0, err
	}
	customers := rfm.Customers{Recency: f.Column("recency_days"), Frequency: f.Column("frequency"), Monetary: f.Column("monetary")}
	m, err := rfm.Fit(customers, o.RFM)
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
	err = fitted(ctx, conn, column{"customer_key", keys}, column{"r", r}, column{"f", fr}, column{"m", mo},
		column{"cell", cells}, column{"segment", segments}, column{"mode", modes})
	if err != nil {
		return 0, err
	}
	if _, err := conn.Exec(ctx, engine.SQL(rfmSQL)); err != nil {
		return 0, err
	}
	return int64(n), rfmCard(customers, m).save(ctx, conn, o)
}

func rfmCard(c rfm.Customers, m *rfm.Model) card {
	n := len(m.Scores)
	result := card{
		model: "rfm", version: 1, rows: int64(n),
		definition: "Recency: days from the last purchase to the as-of date. Frequency: distinct orders with a positive amount. " +
			"Monetary: net sales of those orders. Each is scored 1 to 5 (5 is best); equal values always share a score.",
		reading:    "No customer has bought up to the as-of date, so there is nothing to score.",
		parameters: [][2]string{{"mode", m.Mode}},
		features: [][2]string{
			{"recency_days", "days from the last purchase to the as-of date"},
			{"frequency", "distinct orders with a positive amount"},
			{"monetary", "net sales of those orders, report currency"},
		},
	}
	for part, name := range []string{"recency", "frequency", "monetary"} {
		for k, low := range m.Lowest[part] {
			if !math.IsNaN(low) {
				result.parameters = append(result.parameters,
					[2]string{fmt.Sprintf("%s_score_%d_from", name, k+1), strconv.FormatFloat(low, 'f', -1, 64)})
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
	result.reading = fmt.Sprintf("%d customers scored. %d (%.1f %%) are champions: they bought recently, often and for much. "+
		"%d (%.1f %%) are lost or hibernating.", n, champions, share(champions), lost, share(lost))
	result.metrics = []metricRow{
		{"customers", float64(n), "customers", "customers with at least one purchase"},
		{"recency_mean", mean(c.Recency), "days", "mean recency"},
		{"frequency_mean", mean(c.Frequency), "orders", "mean frequency"},
		{"monetary_mean", mean(c.Monetary), "report currency", "mean monetary value"},
	}
	return result
}

func mean(values []float64) float64 {
	var sum float64
	for _, x := range values {
		sum += x
	}
	return sum / float64(len(values))
}
