package product

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"verso/models/job/jobtest"
)

// outputs are the tables that must be there whatever the data, with their columns.
var outputs = []string{"basket_rule", "basket_level", "catalogue", "substitution", "title", "title_matrix", "life_cycle"}

func TestNothingToGoBy(t *testing.T) {
	const orders = `INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net, margin) `
	const dims = classes + "INSERT INTO core.dim_customer (customer_key) VALUES (1); INSERT INTO core.dim_title (title_key, title_id, title, clc_key) VALUES (1, 'a', 'One', 2), (2, 'b', 'Two', 3);"
	cases := map[string]struct{ data, reading string }{
		"empty":            {"", "0 rules. subjects in one order: no baskets"},
		"one customer":     {dims + orders + "SELECT k, k, 1, DATE '2026-01-01' + CAST(k AS INTEGER), 1 + k % 2, 2, 1, 10, NULL FROM range(0, 50) AS r (k)", "0 rules."},
		"all identical":    {dims + orders + "SELECT k, k // 2, 1, DATE '2026-01-01', 1 + k % 2, 2 + k % 2, 1, 10, 5 FROM range(0, 100) AS r (k)", "0 rules."},
		"only returns":     {dims + "INSERT INTO core.fact_return (return_id, title_key, return_date, qty, value) VALUES (1, 1, '2026-01-01', 3, 30)", "0 rules."},
		"negative amounts": {dims + orders + "SELECT k, k, 1, DATE '2026-01-01', 1, 2, 1, -10, -20 FROM range(0, 30) AS r (k); UPDATE core.dim_title SET first_listed = DATE '2026-12-01'", "0 rules."},
		"thirty years":     {dims + orders + "SELECT k, k, 1, DATE '1996-07-01' + CAST(k AS INTEGER), 1 + k % 2, 2, 1, 10, 4 FROM range(0, 10950) AS r (k)", "0 rules."},
		"stock alone":      {dims + "INSERT INTO core.fact_inventory (snap_date, warehouse_key, title_key, qty_on_hand, value) VALUES ('2020-01-31', 1, 1, 5, 50), ('2020-01-31', 1, -1, 5, 50), ('2020-02-29', 1, 2, 0, 0), ('2026-05-31', 1, 1, -2, 0)", "0 rules."},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			statements := []string{}
			if c.data != "" {
				statements = append(statements, c.data)
			}
			conn := jobtest.Open(t, "2026-06-30", statements...)
			jobtest.Run(t, conn, "2026-06-30", all()...)
			if got := jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'basket'"); !strings.HasPrefix(got, c.reading) {
				t.Errorf("reading: %s", got)
			}
			hold(t, conn, map[string]string{
				"SELECT count(*) FROM card.model WHERE length(reading) > 10 AND length(reading_zh) > 5": "4",
				"SELECT count(*) FROM score.basket_rule":                                                "0",
			})
			for _, table := range outputs {
				if got := jobtest.Value(t, conn, fmt.Sprintf(`SELECT count(*) FROM score.%s AS s WHERE regexp_matches(CAST(s AS VARCHAR), '(?i)\\b(nan|inf|infinity)\\b')`, table)); got != "0" {
					t.Errorf("score.%s: %s rows with numbers that are none", table, got)
				}
			}
		})
	}
}

// The same data and seed give the same tables, whatever the number of cores.
func TestSameBytes(t *testing.T) {
	var before []string
	for _, threads := range []string{"1", "4"} {
		conn := jobtest.Open(t, "2026-06-30", "SET threads = "+threads, classes, `
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, CASE WHEN k % 3 = 0 THEN 'library' ELSE 'individual' END FROM range(1, 200) AS r (k);
INSERT INTO core.dim_title (title_key, title_id, title, clc_key, level, series_id, first_listed) SELECT k, k, k, 2 + k % 4, CASE WHEN k % 2 = 0 THEN 'a' ELSE 'b' END, k // 5, DATE '2023-01-01' + CAST(k * 3 AS INTEGER) FROM range(1, 300) AS r (k);
INSERT INTO core.dim_catalogue (catalogue_key, code) VALUES (1, 'T');
INSERT INTO core.fact_catalogue_listing (catalogue_key, title_key, catalogue_id, title_id, issue_date, page, is_mature, is_hit, copies_90, net_90) SELECT 1, k, 1, k, '2024-01-01', k, true, k % 2 = 0, k % 2, k FROM range(1, 300) AS r (k);
INSERT INTO core.fact_inventory (snap_date, warehouse_key, title_key, qty_on_hand, value) SELECT last_day(DATE '2024-01-01' + INTERVAL (m) MONTH), 1, k, (k + m) % 4, k / 7 FROM range(1, 60) AS r (k), range(0, 24) AS s (m);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, order_date, title_key, clc_key, qty, net, margin)
SELECT k, k // 3, 1 + (k // 3 * 7919) % 199, DATE '2023-01-01' + CAST(k // 3 * 37 % 1270 AS INTEGER), 1 + (k * k * 31 + k) % 299, 2 + (k * k * 31 + k + 1) % 299 % 4, 1 + k % 3, CAST(k % 97 AS DECIMAL(9, 2)) / 7, k % 11 FROM range(0, 9000) AS r (k);`)
		jobtest.Run(t, conn, "2026-06-30", all()...)
		var tables []string
		for _, table := range outputs {
			tables = append(tables, table+" "+jobtest.Value(t, conn, "SELECT count(*) || ' ' || md5(coalesce(string_agg(CAST(s AS VARCHAR), '|' ORDER BY rowid), '')) FROM score."+table+" AS s"))
		}
		if before != nil && !slices.Equal(before, tables) {
			t.Errorf("one thread:\n%s\nfour:\n%s", strings.Join(before, "\n"), strings.Join(tables, "\n"))
		}
		before = tables
	}
}
