package profitability

import (
	"fmt"
	"strings"
	"testing"

	"verso/models/job/jobtest"
)

// orders are rows of core.fact_order_line: customer, day, net.
func orders(rows ...string) string {
	return "INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) SELECT c, CAST(d AS DATE), 1, n FROM (VALUES " + strings.Join(rows, ", ") + ") AS v (c, d, n)"
}

const buyers = "INSERT INTO core.dim_customer (customer_key, customer_type) SELECT range, 'library' FROM range(1, 40)"

// Data that have nothing to learn give a reason in words and no scores.
func TestCLVWithoutAModel(t *testing.T) {
	for name, c := range map[string]struct {
		add  []string
		want string
	}{
		"nobody":             {nil, "there are no customers"},
		"one-time buyers":    {[]string{buyers, orders("(1, '2025-01-01', 10)", "(2, '2025-02-01', 10)")}, "no customer bought a second time"},
		"a single date":      {[]string{buyers, orders("(1, '2026-06-30', 10)", "(2, '2026-06-30', 10)")}, "no time has passed"},
		"returns of nothing": {[]string{buyers, "INSERT INTO core.fact_return (customer_key, return_date, value) VALUES (1, '2025-01-01', 5)"}, "there are no customers"},
	} {
		conn := jobtest.Open(t, "2026-06-30", c.add...)
		jobtest.Run(t, conn, "2026-06-30", CLV(CLVOptions{}))
		if got := jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'clv'"); !strings.Contains(got, c.want) {
			t.Errorf("%s: %s", name, got)
		}
		if got := jobtest.Value(t, conn, "SELECT count(clv) FROM score.clv"); got != "0" {
			t.Errorf("%s: %s values", name, got)
		}
	}
}

// monthly are 30 customers who buy every month of 2025, a third of them every other
// month; every third up to the given one stops after March.
func monthly(stops int) []string {
	var rows []string
	for c := 1; c <= 30; c++ {
		for m := 1; m <= 12; m++ {
			if c%3 == 2 && c <= stops && m > 3 || c%3 == 0 && m%2 == 0 {
				continue
			}
			rows = append(rows, fmt.Sprintf("(%d, '2025-%02d-%02d', %d)", c, m, 1+c%28, 90+c))
		}
	}
	return rows
}

// Where nobody stops, or one of thirty does, a model in which nobody ever leaves has
// the better BIC: how likely a customer is still one is not told, and the card says
// so. Where five stop it is.
func TestCLVTellsWhoStaysOnlyWhereSomebodyLeaves(t *testing.T) {
	for stops, want := range map[int]string{0: "0", 2: "0", 14: "30"} {
		conn := jobtest.Open(t, "2025-12-31", buyers, orders(monthly(stops)...))
		jobtest.Run(t, conn, "2025-12-31", CLV(CLVOptions{Months: 6, Annual: 0.1}))
		if got := jobtest.Value(t, conn, "SELECT count(p_alive) FROM score.clv"); got != want {
			t.Errorf("stops up to %d: %s customers told, want %s", stops, got, want)
		}
		said := "SELECT count(*) FROM card.model WHERE reading LIKE '%it cannot be told whether they are still customers%' AND reading_zh LIKE '%无从得知%'"
		if got := jobtest.Value(t, conn, said); (got == "1") != (want == "0") {
			t.Errorf("stops up to %d: the reading says so %s times", stops, got)
		}
		better := "SELECT max(CASE WHEN name = 'nbd.bic' THEN value END) <= max(CASE WHEN name = 'mbg_nbd.bic' THEN value END) FROM card.metric"
		if got := jobtest.Value(t, conn, better); (got == "true") != (want == "0") {
			t.Errorf("stops up to %d: NBD is as good: %s", stops, got)
		}
	}
}

// A regular buyer is worth more than one who stopped long ago, whose returns of
// more than it bought give no value; customers all alike are no fault.
func TestCLVOrdersCustomers(t *testing.T) {
	rows := monthly(14) // of fewer who stop nothing can be said of anybody, see above
	conn := jobtest.Open(t, "2025-12-31", buyers, orders(rows...), "UPDATE core.fact_order_line SET margin = net / 4, cost = net * 3 / 4",
		"INSERT INTO core.fact_return (customer_key, return_date, value) VALUES (2, '2025-03-20', 5000)")
	jobtest.Run(t, conn, "2025-12-31", CLV(CLVOptions{Months: 6, Annual: 0.1}))
	for sql, want := range map[string]string{
		"SELECT count(*) FROM score.clv": "30",
		"SELECT count(*) FROM score.clv WHERE NOT (p_alive BETWEEN 0 AND 1) OR NOT (expected_orders >= 0) OR orders_low > orders_high OR next_order_date <= as_of":                                                                           "0",
		"SELECT a.expected_orders > 3 AND b.expected_orders < 1 AND a.p_alive > b.p_alive FROM score.clv a, score.clv b WHERE a.customer_key = 1 AND b.customer_key = 2":                                                                     "true",
		"SELECT count(*) FROM score.clv WHERE next_order_early > coalesce(next_order_date, DATE '9999-01-01') OR next_order_date > coalesce(next_order_late, DATE '9999-01-01') OR next_order_date IS NOT NULL AND next_order_early IS NULL": "0",
		"SELECT count(next_order_early) > 0 AND count(next_order_late) > 0 AND count(next_order_late) < count(*) FROM score.clv":                                                                                                             "true", // some may never come again
		"SELECT sum(actual) = (SELECT value FROM card.metric WHERE name = 'backtest.actual') AND abs(sum(expected) - (SELECT value FROM card.metric WHERE name = 'backtest.expected')) < 1e-6 FROM score.clv_holdout":                        "true",
		"SELECT abs(sum(going_on) / sum(actual) - 1 - (SELECT value FROM card.metric WHERE name = 'backtest.naive_bias')) < 1e-9 AND count(*) > 2 AND max(date) = DATE '2025-12-31' FROM score.clv_holdout":                                  "true",
		"SELECT count(*) FROM score.clv WHERE abs(clv / sales_to_come - 0.25) > 0.001":                                                                                                                                                       "0",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}
