package profitability

import (
	"strings"
	"testing"

	"verso/models/job/jobtest"
)

// Three customers of one type. The first earns; the second is visited until
// nothing is left; of the third no cost is known. Copies of the first come back:
// one to the shelf, one as scrap.
const books = `
INSERT INTO core.dim_customer (customer_key, customer_type, geo_key) VALUES (1, 'library', 10), (2, 'library', 20), (3, 'library', 10), (4, 'library', 10);
INSERT INTO core.fact_order_line (line_id, customer_key, clc_key, geo_key, order_date, qty, gross, net, cost, margin, gross_margin) VALUES
 (1, 1, 100, 10, '2026-03-02', 10, 1000, 900, 500, 400, 350), (2, 1, 200, 10, '2026-04-02', 1, 100, 100, 40, 60, NULL), (3, 2, 100, 20, '2026-03-09', 1, 100, 90, 50, 40, 40),
 (4, 3, 100, 10, '2026-03-09', 1, 100, 90, NULL, NULL, NULL), (5, 1, 100, 10, '2025-06-30', 1, 5000, 5000, 1, 4999, 4999);
INSERT INTO core.fact_return (return_id, line_id, return_date, customer_key, clc_key, geo_key, qty, value, disposition, from_order_line) VALUES
 (1, 1, '2026-04-01', 1, 100, 10, 1, 90, 'restock', false), (2, 1, '2026-04-01', 1, 100, 10, 1, 90, 'scrap', false);
INSERT INTO core.dim_activity_kind (activity_kind_key, type) VALUES (1, 'visit'), (2, 'call_out');
INSERT INTO core.fact_activity (activity_id, customer_key, activity_kind_key, date, minutes, km, cost) VALUES
 (1, 2, 1, '2026-03-10', 30, 20, 80), (2, 2, 2, '2026-03-10', 7, 0, 7), (3, 4, 2, '2026-03-10', 3, 0, 3);
INSERT INTO core.fact_customer_month (customer_key, month, orders, lines, copies, gross, net, margin, margin_landed, net_costed, returns, sent, contact_cost, ticket_cost, expense_cost, return_cost, marketing_cost, commission, capital_cost) VALUES
 (1, '2025-06-01', 1, 1, 1, 5000, 5000, 4999, 4999, 5000, 0, 0, 0, 0, 0, 0, 0, 0, 0),
 (1, '2026-03-01', 1, 1, 10, 1000, 900, 400, 350, 900, 0, 0, 0, 0, 0, 0, 0, 0, 0),
 (1, '2026-04-01', 1, 1, 1, 100, 100, 60, 60, 100, 2, 1, 0, 0, 0, 20, 1.5, 10.0001, 0.6),
 (2, '2026-03-01', 1, 1, 1, 100, 90, 40, 40, 90, 0, 0, 87, 0, 12, 0, 0, 0, 0),
 (3, '2026-03-01', 1, 1, 1, 100, 90, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0),
 (4, '2026-03-01', 0, 0, 0, 0, 0, NULL, NULL, NULL, 0, 0, 3, 0, 0, 0, 0, 0, 0);`

func TestProfitByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-15", books)
	jobtest.Run(t, conn, "2026-06-15", Profit())
	for sql, want := range map[string]string{
		// 1000 - 50 cost back for the copy on the shelf, none for the scrapped one:
		// 460 margin - 50 inbound - (180 - 50) - 20 - 1.5 - 10.0001 - 0.6
		"SELECT contribution FROM score.customer_profit WHERE customer_key = 1":                                                                                               "247.8999",
		"SELECT net_sales FROM score.customer_profit WHERE customer_key = 1":                                                                                                  "820.0000",
		"SELECT contribution || ' ' || visits || ' ' || contacts FROM score.customer_profit WHERE customer_key = 2":                                                           "-59.0000 80.0000 7.0000",
		"SELECT reason_1 || ' ' || reason_2 FROM score.customer_profit WHERE customer_key = 2":                                                                                "visits expenses",
		"SELECT result || coalesce(CAST(contribution AS VARCHAR), ' none') || coalesce(CAST(\"rank\" AS VARCHAR), ' none') FROM score.customer_profit WHERE customer_key = 3": "unknown none none",
		"SELECT contribution FROM score.customer_profit WHERE customer_key = 4":                                                                                               "-3.0000",
		"SELECT string_agg(customer_key, ',' ORDER BY \"rank\") FROM score.customer_profit WHERE \"rank\" IS NOT NULL":                                                        "1,4,2",
		"SELECT string_agg(activity || ' ' || driver || ' ' || amount, ', ' ORDER BY activity, driver) FROM score.customer_cost WHERE customer_key = 2":                       "call_out minutes 7.0000, expense as booked 12.0000, visit km 20.0000, visit minutes 60.0000",
		"SELECT count(*) FROM score.profit_cell WHERE customer_key = 1":                                                                                                       "2",
		"SELECT contribution FROM score.profit_cell WHERE customer_key = 4 AND clc_key = -1":                                                                                  "-3.0000",
		"SELECT count(contribution) || ' of ' || count(*) FROM score.profit_cell WHERE customer_key = 3":                                                                      "0 of 1",
		"SELECT value FROM card.metric WHERE name = 'customers_unknown'":                                                                                                      "1",
		"SELECT max(profit) FROM score.whale":                                                                                                                                 "247.8999",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	// Cells and drivers add up to the customers, to the last digit.
	for _, sql := range []string{
		"SELECT count(*) FROM (SELECT customer_key FROM score.customer_profit p JOIN (SELECT customer_key, sum(contribution) AS c, sum(cost_to_serve) AS s FROM score.profit_cell GROUP BY customer_key) USING (customer_key) WHERE p.contribution <> c OR p.cost_to_serve <> s)",
		"SELECT count(*) FROM (SELECT customer_key FROM score.customer_profit p JOIN (SELECT customer_key, sum(amount) AS a FROM score.customer_cost GROUP BY customer_key) USING (customer_key) WHERE p.cost_to_serve + p.marketing + p.commission + p.capital <> a)",
	} {
		if got := jobtest.Value(t, conn, sql); got != "0" {
			t.Errorf("%s: %s", sql, got)
		}
	}
}

func TestProfitOfNobody(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-15")
	jobtest.Run(t, conn, "2026-06-15", Profit())
	if got := jobtest.Value(t, conn, "SELECT reading FROM card.model"); !strings.HasPrefix(got, "No customer has a known profit") {
		t.Error(got)
	}
}

// No cost of anything is known: nothing is said of anybody, whether it bought, only
// sent back, or was only called.
const uncosted = `
UPDATE core.fact_order_line SET cost = NULL, margin = NULL, gross_margin = NULL;
UPDATE core.fact_customer_month SET margin = NULL, margin_landed = NULL, net_costed = NULL;
DELETE FROM core.fact_order_line WHERE customer_key = 2;
UPDATE core.fact_customer_month SET lines = 0, orders = 0, net = 0, gross = 0 WHERE customer_key = 2;
INSERT INTO core.fact_return (return_id, line_id, return_date, customer_key, clc_key, geo_key, qty, value, disposition, from_order_line) VALUES
 (3, 9, '2026-04-01', 2, 100, 20, 1, 40, 'restock', true);`

func TestProfitWithoutAnyCost(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-15", books, uncosted)
	jobtest.Run(t, conn, "2026-06-15", Profit())
	for sql, want := range map[string]string{
		"SELECT count(contribution) || ' of ' || count(*) FROM score.customer_profit":                          "0 of 4",
		"SELECT string_agg(DISTINCT result, ',') FROM score.customer_profit":                                   "unknown",
		"SELECT string_agg(DISTINCT reason_1, ',') FROM score.customer_profit":                                 "",
		"SELECT count(margin) || ' ' || count(contribution) || ' ' || count(net_known) FROM score.profit_cell": "0 0 0",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	if got := jobtest.Value(t, conn, "SELECT reading FROM card.model"); !strings.HasPrefix(got, "No customer has a known profit") {
		t.Error(got)
	}
}

// Costs are known for a part. The second customer bought for 90 at a cost of 50 and
// for 60 at none that is known: 59 lost at the most, which those 60 might make good
// by one, so nobody knows. Of the fourth only a return of unknown cost is known.
func TestProfitWhereCostsAreKnownInPart(t *testing.T) {
	const part = `
INSERT INTO core.fact_order_line (line_id, customer_key, clc_key, geo_key, order_date, qty, gross, net) VALUES (6, 2, 100, 20, '2026-03-10', 1, 60, 60);
UPDATE core.fact_customer_month SET lines = 2, gross = 160, net = 150 WHERE customer_key = 2;
INSERT INTO core.fact_return (return_id, line_id, return_date, customer_key, clc_key, geo_key, qty, value, disposition, from_order_line) VALUES
 (3, 9, '2026-04-01', 4, 100, 10, 1, 40, 'restock', true);`
	results := func(statements ...string) string {
		conn := jobtest.Open(t, "2026-06-15", append([]string{books, part}, statements...)...)
		jobtest.Run(t, conn, "2026-06-15", Profit())
		return jobtest.Value(t, conn, "SELECT string_agg(result, ' ' ORDER BY customer_key) FROM score.customer_profit")
	}
	if got, want := results(), "earning unknown unknown unknown"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	// With 58 of unknown cost nothing could make the loss good.
	if got, want := results("UPDATE core.fact_order_line SET net = 58, gross = 58 WHERE line_id = 6", "UPDATE core.fact_customer_month SET net = 148, gross = 158 WHERE customer_key = 2"), "earning losing unknown unknown"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
