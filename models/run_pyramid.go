package models

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"time"

	"verso/models/feature"
	"verso/models/frame"
	"verso/models/pyramid"
	"verso/olap/engine"
)

func runPyramid(ctx context.Context, conn engine.Conn, o Options) (int64, error) {
	from, to := o.window()
	if err := feature.Build(ctx, conn, "window", from, to); err != nil {
		return 0, err
	}
	if err := feature.Build(ctx, conn, "customer_value"); err != nil {
		return 0, err
	}
	for _, ddl := range []string{
		`CREATE OR REPLACE TABLE score.pyramid (customer_key INTEGER, as_of DATE, basis VARCHAR, value DECIMAL(18, 4), "rank" INTEGER, share DOUBLE, cum_share DOUBLE, tier VARCHAR, tier_no INTEGER)`,
		"CREATE OR REPLACE TABLE score.concentration (basis VARCHAR, share_of_customers DOUBLE, customers INTEGER, value DECIMAL(18, 4), share_of_value DOUBLE)",
	} {
		if _, err := conn.Exec(ctx, engine.SQL(ddl)); err != nil {
			return 0, err
		}
	}
	result := card{
		model: "pyramid", version: 1,
		definition: "Customers with a positive value in the window, ordered by value: the first 1 % are the top, up to 5 % major, " +
			"up to 20 % ordinary, the rest small. Customers without a positive value are inactive.",
		parameters: [][2]string{{"from", from.Format(time.DateOnly)}, {"to", to.Format(time.DateOnly)}, {"cut_offs", "1 %, 5 %, 20 %, 100 %"}},
		features:   [][2]string{{"revenue", "net sales in the window"}, {"margin", "net sales less cost in the window, where the cost is known"}},
	}
	for _, basis := range []string{"revenue", "margin"} {
		m, n, err := placeCustomers(ctx, conn, basis, o)
		if err != nil {
			return 0, err
		}
		if n == 0 && basis == "margin" {
			result.parameters = append(result.parameters, [2]string{"margin", "not computed: no line has a cost"})
			continue
		}
		result.rows += n
		result.metrics = append(result.metrics, pyramidMetrics(basis, m)...)
		if basis == "revenue" {
			result.reading = pyramidReading(m)
		}
	}
	return result.rows, result.save(ctx, conn, o)
}

// placeCustomers fits one basis and writes its places and curve.
func placeCustomers(ctx context.Context, conn engine.Conn, basis string, o Options) (*pyramid.Model, int64, error) {
	f, err := frame.Read(ctx, conn, engine.SQL(
		"SELECT customer_key, value FROM feature.customer_value WHERE basis = ? ORDER BY customer_key", basis))
	if err != nil {
		return nil, 0, err
	}
	m, err := pyramid.Fit(f.Column("customer_key"), f.Column("value"), o.Pyramid)
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
	err = fitted(ctx, conn, column{"customer_key", keys}, column{"rank", ranks}, column{"share", shares},
		column{"cum_share", cumShares}, column{"tier", tiers}, column{"tier_no", tierNos})
	if err != nil {
		return nil, 0, err
	}
	if _, err := conn.Exec(ctx, engine.SQL(pyramidSQL, basis)); err != nil {
		return nil, 0, err
	}
	return m, int64(n), writeCurve(ctx, conn, basis, m.Curve)
}

func writeCurve(ctx context.Context, conn engine.Conn, basis string, curve []pyramid.Point) error {
	shares, counts, held := make([]float64, len(curve)), make([]int64, len(curve)), make([]float64, len(curve))
	for i, p := range curve {
		shares[i], counts[i], held[i] = p.ShareOfCustomers, int64(p.Customers), p.ShareOfValue
	}
	err := fitted(ctx, conn, column{"share_of_customers", shares}, column{"customers", counts}, column{"share_of_value", held})
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, engine.SQL(concentrationSQL, basis))
	return err
}

func pyramidMetrics(basis string, m *pyramid.Model) []metricRow {
	rows := []metricRow{
		{basis + "_active", float64(m.Active), "customers", "customers with a positive value in the window"},
		{basis + "_to_80", float64(m.To80), "customers", "customers that together make 80 % of the total"},
	}
	if !math.IsNaN(m.Gini) {
		rows = append(rows, metricRow{basis + "_gini", m.Gini, "", "0: all equal, towards 1: one holds everything"})
	}
	for _, p := range m.Curve {
		if p.ShareOfCustomers == 0.01 || p.ShareOfCustomers == 0.05 || p.ShareOfCustomers == 0.2 {
			name := basis + "_top_" + strconv.Itoa(int(math.Round(100*p.ShareOfCustomers))) + "_share"
			rows = append(rows, metricRow{name, p.ShareOfValue, "share", fmt.Sprintf("held by the first %d customers", p.Customers)})
		}
	}
	return rows
}

func pyramidReading(m *pyramid.Model) string {
	if m.Active == 0 {
		return "No customer bought in the window, so there is no pyramid."
	}
	for _, p := range m.Curve {
		if p.ShareOfCustomers == 0.2 {
			return fmt.Sprintf("The first 20 %% of customers (%d of %d) bring %.1f %% of net sales; %d customers bring 80 %%. Gini %.3f.",
				p.Customers, m.Active, 100*p.ShareOfValue, m.To80, m.Gini)
		}
	}
	return ""
}
