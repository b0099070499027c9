package performance

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"verso/models/job"
	"verso/models/job/jobtest"
	"verso/olap/engine"
)

func all() []job.Model {
	return []job.Model{Bridge(), GainLoss(), Service(), Salesperson(), Supplier(), Partner()}
}

// values compares the single values of queries with what they should be.
func values(t *testing.T, conn engine.Conn, wants [][2]string) {
	t.Helper()
	for _, w := range wants {
		if got := jobtest.Value(t, conn, w[0]); got != w[1] {
			t.Errorf("%s: %s, want %s", w[0], got, w[1])
		}
	}
}

// sound checks that no number of any score table is NaN or infinite.
func sound(t *testing.T, conn engine.Conn) {
	t.Helper()
	var columns [][2]string
	err := engine.Rows(context.Background(), conn, engine.SQL("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'score' AND data_type = 'DOUBLE' ORDER BY 1, 2"), func(r []any) error {
		columns = append(columns, [2]string{engine.Text(r[0]), engine.Text(r[1])})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range columns {
		if n := jobtest.Number(t, conn, fmt.Sprintf("SELECT count(*) FROM score.%s WHERE %s IS NOT NULL AND NOT isfinite(%s)", c[0], engine.QuoteIdent(c[1]), engine.QuoteIdent(c[1]))); n != 0 {
			t.Errorf("%v values of %s.%s are no numbers", n, c[0], c[1])
		}
	}
}

// members are two classes, two channels and a supplier in EUR and one in CNY.
const members = `
INSERT INTO core.dim_clc (clc_key, code, bucket) VALUES (10, 'F', 'F'), (11, 'F8', 'F'), (20, 'TP', 'TP');
INSERT INTO core.dim_channel (channel_key, kind) VALUES (1, 'direct'), (2, 'agent');
INSERT INTO core.dim_currency (currency_key, ccy) VALUES (-1, '(unknown)'), (4, 'CNY'), (5, 'EUR');
INSERT INTO core.dim_supplier (supplier_key, ccy) VALUES (1, 'EUR'), (2, 'CNY');`

// line is an order line; gross, net and costs are of the whole line.
func line(id int, day string, title, class, supplier, qty int, gross, net, cost, constant float64) string {
	return fmt.Sprintf(`INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, title_key, clc_key, channel_key, employee_key, publisher_key, currency_key, qty, gross, discount, net, net_constant, cost, cost_constant, cost_settled, margin)
VALUES (%d, %d, '%s', 1, %d, %d, 1, 1, %d, 4, %d, %g, %g, %g, %g, %g, %g, %g, %g);`, id, id, day, title, class, supplier, qty, gross, gross-net, net, net, cost, constant, cost, net-cost)
}

// A title sold in both years gets dearer by a tenth while its currency rises by
// 7 %; one comes and one goes.
func TestBridgeByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", members,
		line(1, "2024-06-03", 9, 10, 1, 1, 1, 1, 1, 1), // history must reach back a year before
		line(2, "2024-09-03", 1, 11, 1, 10, 1000, 900, 500, 500)+line(3, "2024-09-04", 3, 10, 1, 4, 400, 360, 200, 200),
		line(4, "2025-09-03", 1, 10, 1, 12, 1320, 1188, 642, 600)+line(5, "2025-09-04", 2, 10, 1, 5, 500, 450, 321, 300))
	jobtest.Run(t, conn, "2026-06-30", Bridge())
	const effect = "SELECT amount || ' ' || net FROM score.bridge WHERE comparison = 'last_12_months' AND level = 'total' AND effect = "
	values(t, conn, [][2]string{
		{"SELECT margin_before || ' ' || margin_after || ' ' || net_matched FROM score.bridge_total WHERE comparison = 'last_12_months' AND level = 'total'", "560.0000 675.0000 2088.0000"},
		// At old prices 1200 + 500 gross, 1530 net after 1260, which earned 560.
		{effect + "'volume'", "120.0000 270.0000"},
		{effect + "'mix'", "0.0000 0.0000"},
		{effect + "'price'", "108.0000 108.0000"}, // 120 gross, of which a tenth is discount
		{effect + "'discount'", "0.0000 0.0000"},
		{effect + "'currency'", "-63.0000 0.0000"}, // 7 % of 900
		{effect + "'cost'", "0.0000 0.0000"},
		{effect + "'inbound'", "0.0000 0.0000"},
		{effect + "'coverage'", "0.0000 0.0000"},
		{effect + "'assortment'", "-50.0000 0.0000"}, // 1530 at 560/1260 would earn 680, and earn 1530 - 900
		{"SELECT count(DISTINCT clc_key) || ' ' || min(clc_key) FROM score.bridge_cell", "1 10"},
		{"SELECT string_agg(DISTINCT member, ',') FROM score.bridge_total WHERE level = 'currency'", "EUR"},
	})
}

// Prices fixed, the currency of purchase 7 % dearer, more discount in one class,
// freight of 10 for every 100 where it is known, 12 after: each effect gets its own.
func TestBridgeTellsCausesApart(t *testing.T) {
	landed := func(id int, cost float64) string {
		return fmt.Sprintf("UPDATE core.fact_order_line SET landed_cost = %g, gross_margin = net - %g WHERE line_id = %d;", cost, cost, id)
	}
	conn := jobtest.Open(t, "2026-06-30", members, line(1, "2024-06-03", 9, 10, 2, 1, 1, 1, 1, 1),
		line(2, "2024-09-03", 1, 10, 1, 10, 1000, 1000, 600, 600)+line(3, "2024-09-04", 2, 20, 2, 10, 1000, 1000, 600, 600)+line(4, "2024-09-05", 3, 20, 2, 10, 1000, 1000, 500, 500),
		line(5, "2025-09-03", 1, 10, 1, 10, 1000, 1000, 642, 600)+line(6, "2025-09-04", 2, 20, 2, 10, 1000, 900, 600, 600)+line(7, "2025-09-05", 3, 20, 2, 10, 1000, 900, 500, 500),
		landed(3, 660)+landed(6, 672)+landed(7, 560))
	jobtest.Run(t, conn, "2026-06-30", Bridge())
	const sum = "SELECT sum(amount) FROM score.bridge WHERE comparison = 'last_12_months' AND level = 'class' AND "
	values(t, conn, [][2]string{
		{sum + "effect = 'currency' AND member = 'F'", "-42.0000"},
		{sum + "effect = 'discount' AND member = 'TP'", "-200.0000"},
		{sum + "effect = 'inbound' AND member = 'TP'", "-22.0000"},  // 2 % more of 1100
		{sum + "effect = 'coverage' AND member = 'TP'", "-50.0000"}, // 10 % of the 500 not known before
		{sum + "effect = 'price'", "0.0000"},
		{sum + "effect IN ('volume', 'mix', 'assortment', 'price', 'cost')", "0.0000"},
	})
}

// Each class earns a larger share than before, the whole a smaller one: Simpson's
// paradox, which is mix.
func TestBridgeOfTheParadox(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", members, line(1, "2023-12-03", 9, 10, 2, 1, 1, 1, 1, 1),
		line(2, "2024-03-03", 1, 10, 2, 80, 8000, 8000, 4800, 4800)+line(3, "2024-03-04", 2, 20, 2, 20, 2000, 2000, 1800, 1800),
		line(4, "2025-03-03", 1, 10, 2, 20, 2100, 2100, 1200, 1200)+line(5, "2025-03-04", 2, 20, 2, 80, 8400, 8400, 7200, 7200))
	jobtest.Run(t, conn, "2026-06-30", Bridge())
	values(t, conn, [][2]string{
		{"SELECT count(*) FROM score.bridge_total WHERE comparison = 'FY2025' AND level = 'class' AND rate_after > rate_before", "2"},
		{"SELECT rate_after < rate_before FROM score.bridge_total WHERE comparison = 'FY2025' AND level = 'total'", "true"},
		// 60 copies less at 40 each, 60 more at 10; a point of 5 a copy for the price.
		{"SELECT amount FROM score.bridge WHERE comparison = 'FY2025' AND level = 'total' AND effect = 'mix'", "-1800.0000"},
		{"SELECT amount FROM score.bridge WHERE comparison = 'FY2025' AND level = 'total' AND effect = 'price'", "500.0000"},
		{"SELECT count(*) FROM score.bridge WHERE comparison = 'FY2025' AND level = 'total' AND effect NOT IN ('mix', 'price') AND amount <> 0", "0"},
		{"SELECT reading LIKE '%In FY2025 the margin''s share of sales fell although it rose in nearly every class: mix.%' FROM card.model", "true"},
	})
}

// mixed is a year and a half of trade made of remainders: prices, discounts, costs
// and currencies of all kinds, lines without cost, cancelled ones, unknown titles.
const mixed = `
INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, title_key, clc_key, channel_key, employee_key, publisher_key, currency_key, qty, gross, discount, net, net_constant, cost, cost_constant, cost_settled, landed_cost, margin, gross_margin)
SELECT i, i, d, customer, title, class, channel, 1, supplier, currency, qty, gross, gross - net, net, CAST(net * 1.01 AS DECIMAL(18,4)), cost, CAST(cost * .97 AS DECIMAL(18,4)), cost, landed, net - cost, net - landed
FROM (SELECT i, DATE '2023-01-01' + CAST(i % 1270 AS INTEGER) AS d, 1 + i % 7 AS customer, CASE WHEN i % 31 = 0 THEN -1 ELSE (i * 7) % 57 END AS title, [10, 11, 20, -1][1 + i % 4] AS class, [1, 2, -1][1 + i % 3] AS channel,
  1 + i % 2 AS supplier, [4, 5][1 + i % 5 // 4] AS currency, i % 9 AS qty, CAST((i % 9) * (40 + (i * 7) % 57 + i % 1270 / 100.0) AS DECIMAL(18,4)) AS gross,
  CAST((i % 9) * (40 + (i * 7) % 57 + i % 1270 / 100.0) * (1 - (i % 13) / 100.0) AS DECIMAL(18,4)) AS net,
  CASE WHEN i % 17 > 0 THEN CAST((1 + i % 9) * (25 + (i * 7) % 41 + i % 1270 / 90.0) AS DECIMAL(18,4)) END AS cost,
  CASE WHEN i % 17 > 0 AND i % 2 = 0 THEN CAST((1 + i % 9) * (27 + (i * 7) % 41 + i % 1270 / 80.0) AS DECIMAL(18,4)) END AS landed
  FROM range(6000) AS t(i));`

func TestBridgesClose(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-23", members, mixed)
	jobtest.Run(t, conn, "2026-06-23", Bridge())
	if n := jobtest.Number(t, conn, "SELECT count(*) FROM score.bridge_comparison"); n != 13 {
		t.Errorf("%v comparisons, want two of the year, FY2024 and FY2025, and nine quarters", n)
	}
	// The effects are the change at every level, in money to the last digit.
	values(t, conn, [][2]string{
		{"SELECT count(*) FROM (SELECT comparison, level, member, sum(amount) AS a, sum(net) AS n FROM score.bridge GROUP BY ALL) JOIN score.bridge_total AS t USING (comparison, level, member) WHERE a <> t.margin_after - t.margin_before OR n <> t.net_after - t.net_before", "0"},
		{"SELECT count(*) FROM (SELECT comparison, level, member, sum(rate_effect) AS r FROM score.bridge GROUP BY ALL) JOIN score.bridge_total AS t USING (comparison, level, member) WHERE abs(r - (t.rate_after - t.rate_before)) > 1e-9", "0"},
		// The ends are the margins of the lines.
		{"SELECT count(*) FROM score.bridge_comparison AS o JOIN score.bridge_total AS t ON t.comparison = o.comparison AND t.level = 'total' WHERE t.margin_after <> (SELECT sum(coalesce(gross_margin, margin)) FROM core.fact_order_line WHERE order_date BETWEEN o.after_from AND o.after_to AND cost IS NOT NULL) OR t.margin_before <> (SELECT sum(coalesce(gross_margin, margin)) FROM core.fact_order_line WHERE order_date BETWEEN o.before_from AND o.before_to AND cost IS NOT NULL)", "0"},
	})
	sound(t, conn)
}

func TestComparisons(t *testing.T) {
	list := comparisons(day(2023, 4, 10), day(2026, 2, 28), 4)
	var got []string
	for _, c := range list {
		got = append(got, fmt.Sprintf("%s %s..%s", c.code, c.before.from.Format(time.DateOnly), c.after.to.Format(time.DateOnly)))
	}
	want := []string{"last_12_months 2024-03-01..2026-02-28", "year_to_date 2024-04-01..2026-02-28", "FY2024 2023-04-01..2025-03-31",
		"FY2025-Q3 2024-10-01..2025-12-31", "FY2025-Q2 2024-07-01..2025-09-30", "FY2025-Q1 2024-04-01..2025-06-30",
		"FY2024-Q4 2024-01-01..2025-03-31", "FY2024-Q3 2023-10-01..2024-12-31", "FY2024-Q2 2023-07-01..2024-09-30", "FY2024-Q1 2023-04-01..2024-06-30"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	if before := list[0].before; !before.to.Equal(day(2025, 2, 28)) {
		t.Errorf("the twelve months before end on %v", before.to)
	}
	if n := len(comparisons(day(2026, 1, 1), day(2026, 2, 28), 1)); n != 0 {
		t.Errorf("%d comparisons of two months", n)
	}
}

// Nobody bought, nothing is known: empty tables with all their columns, and a
// reason on every card.
func TestNothing(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30")
	jobtest.Run(t, conn, "2026-06-30", all()...)
	values(t, conn, [][2]string{
		{"SELECT string_agg(model, ' ' ORDER BY rowid) FROM card.model WHERE reading <> '' AND reading_zh <> '' AND rows = 0", "bridge gain_loss service_level salesperson supplier partner"},
		{"SELECT count(*) FROM card.output AS o LEFT JOIN information_schema.tables AS t ON t.table_schema = 'score' AND t.table_name = o.table_name WHERE t.table_name IS NULL", "0"},
	})
	for _, table := range []string{"bridge", "bridge_total", "bridge_cell", "bridge_comparison", "gain_loss", "top_customer", "customer_service", "salesperson", "orphan_account", "supplier", "supplier_alarm", "stage_alarm", "partner"} {
		if n := jobtest.Number(t, conn, "SELECT count(*) FROM score."+table); n != 0 {
			t.Errorf("%v rows in %s", n, table)
		}
	}
}

// Poor and odd data give an answer or a reason, and never a number that is none.
func TestPoorData(t *testing.T) {
	plain := func(day string, net float64) string {
		return fmt.Sprintf("INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, employee_key, qty, gross, discount, net, cost, margin) VALUES (1, 1, %s, 1, 1, 1, %g, 0, %g, NULL, NULL);", day, net, net)
	}
	for name, statements := range map[string][]string{
		"one line":               {plain("'2026-06-30'", 10)},
		"no customers known":     {mixed},
		"one day":                {members, mixed, "UPDATE core.fact_order_line SET order_date = DATE '2026-01-15'"},
		"all the same":           {members, "INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, title_key, qty, gross, discount, net, net_constant, cost, cost_constant, margin) SELECT i, i, DATE '2023-01-01' + CAST(i % 1270 AS INTEGER), 1, 1, 1, 10, 0, 10, 10, 5, 5, 5 FROM range(2000) AS t(i)"},
		"negative amounts":       {members, mixed, "UPDATE core.fact_order_line SET gross = -gross, net = -net, net_constant = -net_constant, cost = -cost, cost_constant = -cost_constant, qty = -qty"},
		"nothing earned or paid": {members, mixed, "UPDATE core.fact_order_line SET gross = 0, net = 0, net_constant = 0, cost = 0, cost_constant = 0, qty = 0"},
		"thirty years":           {members, mixed, "UPDATE core.fact_order_line SET order_date = DATE '1996-07-01' + CAST(line_id * 9131 % 10950 AS INTEGER)"},
		"before and not now":     {members, mixed, "UPDATE core.fact_order_line SET order_date = order_date - 400"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := jobtest.Open(t, "2026-06-30", statements...)
			jobtest.Run(t, conn, "2026-06-30", all()...)
			sound(t, conn)
			if n := jobtest.Number(t, conn, "SELECT count(*) FROM card.model WHERE reading = '' OR reading LIKE '%NaN%' OR reading LIKE '%!%'"); n != 0 {
				t.Errorf("%v cards without a reading: %s", n, jobtest.Value(t, conn, "SELECT string_agg(model || reading, '\n') FROM card.model"))
			}
			values(t, conn, [][2]string{{"SELECT coalesce(sum(change), 0) = coalesce(sum(net_now) - sum(net_before), 0) FROM score.gain_loss", "true"}})
		})
	}
}

// The same company on one core and on four gives the same tables.
func TestTheSameOnAnyCores(t *testing.T) {
	var texts []string
	for _, threads := range []int{1, 4} {
		conn := jobtest.Open(t, "2026-06-30", members, mixed, fmt.Sprintf("SET threads = %d", threads))
		jobtest.Run(t, conn, "2026-06-30", all()...)
		text := ""
		for _, table := range []string{"bridge", "bridge_cell", "bridge_total", "gain_loss", "top_customer", "salesperson"} {
			text += jobtest.Value(t, conn, "SELECT md5(string_agg(CAST(x AS VARCHAR), ';' ORDER BY x.rowid)) FROM score."+table+" AS x") + " "
		}
		texts = append(texts, text)
	}
	if texts[0] != texts[1] {
		t.Errorf("%s on one core, %s on four", texts[0], texts[1])
	}
}

// near compares a number with what it should be.
func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v ± %v", what, got, want, tolerance)
	}
}
