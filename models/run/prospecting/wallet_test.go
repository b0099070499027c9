package prospecting

import (
	"testing"

	"verso/models/job/jobtest"
)

// 24 libraries buy 100, 200, … 2400 in twelve months, all of size 0. The first
// has a budget; the second had one when it bought more; the last has none to buy
// from and a budget. All but the third buy class B.
const libraries = `
INSERT INTO core.dim_clc (clc_key, code, bucket, bucket_name_en, bucket_name_zh) VALUES (1, 'A', 'A', 'Marxism', '马克思主义'), (2, 'B', 'B', 'Philosophy', '哲学');
INSERT INTO core.dim_customer (customer_key, customer_type, annual_book_budget) SELECT range, 'library', CASE range WHEN 1 THEN 800 WHEN 2 THEN 1000 WHEN 25 THEN 900 WHEN 24 THEN 2000 END FROM range(1, 26) AS c (range);
INSERT INTO core.fact_order_line (customer_key, clc_key, order_date, qty, net, cost, margin) SELECT c, 1, DATE '2026-01-01' + CAST(k AS INTEGER), 1, 10 * c, 5 * c, 5 * c FROM range(1, 25) AS x (c), range(0, 8) AS y (k);
INSERT INTO core.fact_order_line (customer_key, clc_key, order_date, qty, net, cost, margin) SELECT c, CASE WHEN c = 3 THEN 1 ELSE 2 END, DATE '2026-02-01' + CAST(k AS INTEGER), 1, 10 * c, 5 * c, 5 * c FROM range(1, 25) AS x (c), range(0, 2) AS y (k);
INSERT INTO core.fact_order_line (customer_key, clc_key, order_date, qty, net, cost, margin) VALUES (1, 1, '2025-06-30', 1, 5000, 1, 1), (2, 1, '2025-03-01', 1, 300, 1, 1);`

func TestWalletByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", libraries)
	jobtest.Run(t, conn, "2026-06-30", all()...)
	want(t, conn, map[string]string{
		// The line of the same day a year ago is not of the last twelve months.
		"SELECT sales_12 || ' ' || budget || ' ' || basis || ' ' || share || ' ' || potential FROM score.wallet WHERE customer_key = 1": "100.0000 800.0000 budget 0.125 700.0000",
		// 5000 of the calendar year before against a budget of 800; 300 against 1000.
		"SELECT string_agg(customer_key || ' ' || is_low, ', ' ORDER BY customer_key) FROM score.wallet WHERE budget IS NOT NULL":                  "1 false, 2 false, 24 false, 25 false",
		"SELECT share || ' ' || potential FROM score.wallet WHERE customer_key = 24":                                                               "1.2 0.0000",
		"SELECT sales_12 || ' ' || coalesce(CAST(share AS VARCHAR), '-') FROM score.wallet WHERE customer_key = 25":                                "0.0000 0.0",
		"SELECT alike || ' ' || peers || ' ' || peer_sales_p75 || ' ' || peer_sales_p90 || ' ' || wallet FROM score.wallet WHERE customer_key = 3": "type 24 1825.0000 2170.0000 1825.0000", // 100 + 0.75 · 23 · 100
		"SELECT wallet || ' ' || share FROM score.wallet WHERE customer_key = 23":                                                                  "2300.0000 1.0",
		"SELECT count(*) FROM score.whitespace": "1",
		// 23 of 24 buy B; 10 lines of its own times 46 of 240 lines; 150 a year times 2 · (3000 − 30)·… of sales.
		"SELECT customer_key || ' ' || bucket || ' ' || peers || ' ' || buyers || ' ' || round(expected_lines, 4) FROM score.whitespace": "3 B 24 23 1.9008",
		"SELECT reason FROM score.whitespace":         "96 % of 24 library customers buy it; it would have 2 lines and has none in 24 months",
		"SELECT expected_value FROM score.whitespace": jobtest.Value(t, conn, `SELECT CAST(300.0 / 2 * sum(CASE WHEN clc_key = 2 THEN net END) / sum(net) AS DECIMAL(18, 4)) FROM core.fact_order_line`),
	})
}

// A budget of five times the sales, of this year and of the last, is low; one of a
// customer that just stopped is not.
func TestLowShare(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", `
INSERT INTO core.dim_customer (customer_key, customer_type, annual_book_budget) VALUES (1, 'library', 500), (2, 'library', 499), (3, 'library', 500), (4, 'library', 500);
INSERT INTO core.fact_order_line (customer_key, order_date, qty, net) VALUES (1, '2026-01-01', 1, 100), (2, '2026-01-01', 1, 100), (3, '2025-02-01', 1, 300), (3, '2026-02-01', 1, 10), (4, '2023-01-01', 1, 50);`)
	jobtest.Run(t, conn, "2026-06-30", all()...)
	want(t, conn, map[string]string{
		"SELECT string_agg(customer_key || ' ' || is_low, ', ' ORDER BY customer_key) FROM score.wallet": "1 true, 2 false, 3 false, 4 false",
		"SELECT value FROM card.metric WHERE model = 'wallet' AND name = 'low_share'":                    "1",
	})
}
