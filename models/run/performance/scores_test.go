package performance

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"verso/models/job/jobtest"
)

func TestGainLossByHand(t *testing.T) {
	order := func(id, customer int, day string, net float64) string {
		return fmt.Sprintf("INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, net, margin, gross_margin) VALUES (%d, %d, '%s', %d, %g, %g, NULL);", id, id, day, customer, net, net/4)
	}
	conn := jobtest.Open(t, "2026-06-30", "INSERT INTO core.dim_customer (customer_key, owner_employee_key) VALUES (1, 7), (2, 7), (3, 7), (4, 7), (5, 7), (6, 7);",
		order(1, 1, "2025-07-01", 100)+order(2, 1, "2025-06-30", 80), // up
		order(3, 2, "2026-06-30", 50)+order(4, 2, "2024-07-01", 90),  // down
		order(5, 3, "2024-08-01", 70),                                // lost
		order(6, 4, "2026-01-01", 30),                                // new
		order(7, 5, "2026-01-01", 20)+order(8, 5, "2024-06-30", 500), // back: the day before
		order(9, 6, "2024-06-30", 999),                               // in neither
		order(10, -1, "2026-02-01", 5)+order(11, 2, "2026-07-01", 1000))
	jobtest.Run(t, conn, "2026-06-30", GainLoss())
	values(t, conn, [][2]string{
		{"SELECT string_agg(customer_key || ' ' || status || ' ' || change, ', ' ORDER BY customer_key) FROM score.gain_loss", "-1 unknown 5.0000, 1 up 20.0000, 2 down -40.0000, 3 lost -70.0000, 4 new 30.0000, 5 back 20.0000"},
		{"SELECT sum(change) FROM score.gain_loss", "-35.0000"}, // 205 less 240
		{"SELECT string_agg(customer_key, ',' ORDER BY rank_before) FROM score.gain_loss WHERE rank_before IS NOT NULL", "2,1,3"},
		{"SELECT count(*) FROM score.gain_loss WHERE is_like_for_like", "2"},
		{"SELECT round(value, 6) FROM card.metric WHERE name = 'like_for_like'", "-0.117647"}, // 150 / 170 - 1
		{"SELECT employee_key FROM score.gain_loss WHERE customer_key = 4", "7"},
	})
}

// Data that begin within the twelve months before, a grace of 31 days allowed, are
// no base to compare with: nobody is new, lost or up by them.
func TestGainLossBeforeTheData(t *testing.T) {
	for first, want := range map[string]string{"2024-08-01": "2", "2024-08-02": "0", "2025-06-28": "0"} {
		conn := jobtest.Open(t, "2026-06-30", "INSERT INTO core.dim_customer (customer_key) VALUES (1), (2);",
			fmt.Sprintf("INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, net) VALUES (1, 1, '%s', 1, 10), (2, 2, '2026-01-05', 1, 500), (3, 3, '2026-01-06', 2, 70);", first))
		jobtest.Run(t, conn, "2026-06-30", GainLoss())
		if got := jobtest.Value(t, conn, "SELECT count(*) FROM score.gain_loss"); got != want {
			t.Errorf("data from %s on: %s customers compared, want %s", first, got, want)
		}
		if want == "0" {
			values(t, conn, [][2]string{{"SELECT reading FROM card.model", "The data begin on " + first + ", so the period before is not known whole and nothing is compared with it."}})
		}
	}
}

// The largest of 2025: one gives the same number of orders, one a few of many, one
// nothing, one the same number of orders but not the big lot.
func TestTopCustomers(t *testing.T) {
	orders := func(customer, first, days, n int, from string, net float64) string {
		return fmt.Sprintf("INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, net) SELECT %d + i, %d + i, DATE '%s' + CAST(i * %d AS INTEGER), %d, %g FROM range(%d) AS t(i);", first, first, from, days, customer, net, n)
	}
	conn := jobtest.Open(t, "2026-06-30",
		orders(1, 0, 8, 20, "2025-01-05", 100)+orders(1, 100, 8, 20, "2026-01-05", 100),
		orders(2, 200, 8, 20, "2025-01-05", 110)+orders(2, 300, 40, 4, "2026-01-05", 110),
		orders(3, 400, 8, 20, "2025-01-05", 120)+orders(6, 900, 60, 3, "2025-01-05", 10), // three orders then tell nothing
		orders(4, 500, 60, 3, "2025-01-05", 900)+orders(4, 600, 60, 3, "2026-01-05", 100),
		orders(5, 700, 60, 3, "2025-01-05", 50)+orders(5, 800, 60, 1, "2026-01-05", 50), // one order of three is chance
		"INSERT INTO core.fact_ticket (ticket_id, customer_key, date, complaints, open) VALUES (1, 1, '2025-12-31', 1, 1), (2, 2, '2026-01-01', 1, 0), (3, 4, '2025-05-05', 0, 0);")
	jobtest.Run(t, conn, "2026-06-30", GainLoss())
	values(t, conn, [][2]string{
		{`SELECT string_agg(customer_key || ' ' || status || ' ' || complaints, ', ' ORDER BY "rank") FROM score.top_customer`, "4 smaller orders 0, 3 silent 0, 2 halved 0, 1 ordering 1, 5 smaller orders 0, 6 none yet 0"},
		{"SELECT change || ' ' || orders_same_days || ' ' || orders_now FROM score.top_customer WHERE customer_key = 2", "-1760.0000 20 4"},
		{"SELECT open_complaints FROM score.top_customer WHERE customer_key = 1", "1"},
	})
	// The year is young: the one before the last counts, in full.
	year, same, now := largest(day(2026, 2, 15), 1)
	if year != same || !year.from.Equal(day(2024, 1, 1)) || !now.to.Equal(day(2025, 12, 31)) {
		t.Errorf("in February %v, %v, %v", year, same, now)
	}
}

func TestServiceByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", `INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library'), (2, 'library'), (3, 'agent');
INSERT INTO core.fact_order_stage (customer_key, promised_date, is_due, is_on_time, is_otif, qty_ordered, qty_withdrawn, qty_delivered, days_late)
SELECT 1, '2026-01-10', true, i < 8, i < 6, 2, 0, CASE WHEN i < 9 THEN 2 ELSE 1 END, i - 7 FROM range(10) AS t(i);
INSERT INTO core.fact_order_stage (customer_key, promised_date, is_due, is_on_time, is_otif, qty_ordered, qty_withdrawn, qty_delivered, days_late) VALUES
 (2, '2026-01-10', true, true, true, 1, 0, 1, 0), (2, '2025-06-30', true, false, false, 1, 0, 0, NULL), (2, '2026-01-10', false, false, false, 1, 0, 0, NULL);
INSERT INTO core.fact_order_line (line_id, customer_key, order_date, qty, net) VALUES (1, 3, '2026-03-01', 40, 400), (2, 3, '2025-06-30', 40, 400);
INSERT INTO core.fact_return (customer_key, return_date, qty, value, reason, from_order_line) VALUES (3, '2026-04-01', 8, 80, 'unsold', false), (3, '2026-04-01', 2, 20, 'damaged', false);
INSERT INTO core.fact_ticket (customer_key, date, complaints, open, response_hours) VALUES (1, '2026-05-05', 1, 0, 4), (1, '2026-05-06', 0, 1, 6);
INSERT INTO core.fact_receivable (customer_key, invoice_date, billed, open, overdue, days_to_pay, is_paid_late) VALUES (1, '2026-06-01', 90, 30, 10, NULL, false), (1, '2026-01-01', 50, 0, 0, 40, true), (1, '2025-01-01', 50, 30, 30, NULL, false);`)
	jobtest.Run(t, conn, "2026-06-30", Service())
	const of = " FROM score.customer_service WHERE customer_key = "
	values(t, conn, [][2]string{
		{"SELECT lines_due || ' ' || lines_on_time || ' ' || lines_otif || ' ' || copies_wanted || ' ' || copies_filled || ' ' || late_p50 || ' ' || late_p90" + of + "1", "10 8 6 20 19 0 1"},
		// Nine of the library's eleven lines: (8 + 20 x 9/11) / 30.
		{"SELECT round(expected_on_time, 6)" + of + "1", "0.812121"},
		{"SELECT service_rank IS NULL AND lines_due = 1 AND on_time = 1" + of + "2", "true"}, // too few for a rank
		{"SELECT service_rank" + of + "1", "1"},
		{"SELECT on_time IS NULL AND on_time_low IS NULL AND copies_returned = 10 AND copies_faulty = 2 AND return_rate = 0.25" + of + "3", "true"},
		{"SELECT tickets || ' ' || complaints || ' ' || open_tickets || ' ' || response_hours_p50" + of + "1", "2 1 1 4.0"},
		{"SELECT invoices_paid || ' ' || invoices_late || ' ' || days_to_pay || ' ' || overdue || ' ' || dso" + of + "1", "1 1 40 40.0000 60.0"}, // 60 open, 90 billed in 90 days
	})
	// Wilson's interval of 8 of 10 (Newcombe 1998 gives it as 0.490 to 0.943).
	near(t, "low end", jobtest.Number(t, conn, "SELECT on_time_low"+of+"1"), .4902, .0001)
	near(t, "high end", jobtest.Number(t, conn, "SELECT on_time_high"+of+"1"), .9433, .0001)
	near(t, "1 of 1", jobtest.Number(t, conn, "SELECT on_time_low"+of+"2"), 1/(1+3.841459), 1e-6)
}

func TestSalespeopleByHand(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-15", `
INSERT INTO core.dim_employee (employee_key, leave_date) VALUES (1, NULL), (2, NULL), (3, '2025-12-31');
INSERT INTO core.dim_customer (customer_key, owner_employee_key) VALUES (1, 1), (2, 2), (3, 3), (4, 3);
INSERT INTO core.dim_activity_kind (activity_kind_key, type) VALUES (1, 'visit'), (2, 'call_out');
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, employee_key, order_date, qty, gross, discount, net, cost, margin, gross_margin) VALUES
 (1, 1, 1, 1, '2025-07-01', 10, 1000, 100, 900, 600, 300, 250), (2, 2, 1, 1, '2026-06-15', 10, 1000, 300, 700, 600, 100, NULL), (3, 3, 2, 2, '2026-05-01', 1, 500, 0, 500, 400, 100, NULL),
 (4, 4, 1, 1, '2025-06-30', 10, 9000, 0, 9000, 1, 8999, NULL);
INSERT INTO core.fact_return (line_id, employee_key, customer_key, return_date, qty, value, disposition, from_order_line) VALUES (1, 1, 1, '2026-01-01', 1, 90, 'restock', false), (1, 1, 1, '2026-01-02', 1, 90, 'scrap', false);
INSERT INTO core.fact_activity (activity_kind_key, customer_key, employee_key, date, minutes, cost, during_ticket) VALUES (1, 1, 1, '2026-01-01', 60, 120, 1), (2, 2, 1, '2026-01-01', 10, 10, 0), (2, 4, 3, '2026-06-01', 10, 0, 0), (2, 4, 2, '2026-04-01', 10, 0, 0), (2, 3, 2, '2026-06-01', 10, 0, 0), (2, 3, 3, '2026-03-01', 10, 0, 0);
INSERT INTO core.fact_expense (employee_key, expense_date, amount, is_people) VALUES (1, '2026-01-01', 55, false), (1, '2026-01-01', 5000, true), (2, '2025-06-30', 9, false);
INSERT INTO core.fact_commission (employee_key, date_key, amount) VALUES (1, 20260101, 16), (2, 20260601, 400);
INSERT INTO core.fact_target (employee_key, scope, date_key, net) VALUES (1, 'salesperson', 20260501, 600), (1, 'salesperson', 20260601, 100), (1, 'class', 20260101, 4);
INSERT INTO core.fact_quote (employee_key, customer_key, date, accepted, conflicts, pending, valid_to) VALUES (1, 1, '2026-01-01', 1, 1, 0, NULL), (1, 1, '2026-01-02', 0, 0, 0, NULL), (3, 3, '2026-06-01', 0, 0, 1, '2026-07-01');`)
	jobtest.Run(t, conn, "2026-06-15", Salesperson())
	const of = " FROM score.salesperson WHERE employee_key = "
	values(t, conn, [][2]string{
		// 250 + 100 margin, 180 back of which 60 is worth keeping: 120; 130 of contacts, 55, 16.
		{"SELECT net || ' ' || margin || ' ' || return_loss || ' ' || contact_cost || ' ' || expenses || ' ' || commission || ' ' || contribution" + of + "1", "1600.0000 350.0000 120.0000 130.0000 55.0000 16.0000 29.0000"},
		{"SELECT visits || ' ' || calls || ' ' || contacts || ' ' || customers_met || ' ' || quotes || ' ' || quotes_accepted || ' ' || quote_conflicts || ' ' || contacts_during_ticket" + of + "1", "1 1 2 2 2 1 1 1"},
		{"SELECT discount_rate || ' ' || attainment || ' ' || accounts || ' ' || buyers" + of + "1", "0.2 1.5 1 1"}, // 900 of the whole months, of 600
		{"SELECT contribution || ' ' || finding || ' ' || net_rank || ' ' || contribution_rank" + of + "2", "-300.0000 losing 2 2"},
		// Customer 4 was called by two in the last 90 days, customer 3 by one.
		{"SELECT string_agg(customers_shared, ',' ORDER BY employee_key) FROM score.salesperson WHERE employee_key > 0", "0,1,1"},
		{"SELECT has_left || ' ' || orphans || ' ' || finding || ' ' || lines" + of + "3", "true 2 left accounts 0"},
		{"SELECT string_agg(customer_key || ' ' || open_quotes || ' ' || quotes_until, ',') FROM score.orphan_account WHERE open_quotes > 0", "3 1 2026-07-01"},
		{"SELECT count(p_by_chance) || ' ' || count(*) FROM score.orphan_account", "0 2"}, // never ordered: nothing to judge
	})
}

func TestFade(t *testing.T) {
	even := func(n int) (at []float64) {
		for i := range n {
			at = append(at, (float64(i)+.5)/float64(n))
		}
		return at
	}
	for _, c := range []struct {
		what     string
		expected float64
		elapsed  []float64
		low, top float64
	}{
		{"as expected", 8, even(8), .3, .5},
		{"twice as many", 8, even(16), .5, .5},
		{"nothing", 9, nil, 0, .001},
		{"nothing of two", 2, nil, .02, .1}, // twice 2 is 4: half of P(χ²₁ > 4) is .023
		{"early only", 8, []float64{.01, .03, .06, .1}, 0, .01},
		{"late only", 8, []float64{.8, .9, .95, .99}, .2, .5},
	} {
		if p := fade(c.expected, c.elapsed); p < c.low || p > c.top {
			t.Errorf("%s: %v, want %v to %v", c.what, p, c.low, c.top)
		}
	}
	if !math.IsNaN(fade(0, nil)) {
		t.Error("an account of which nothing is expected is judged")
	}
}

// Eight suppliers order by order over two years: one gets 60 % slower, one falls
// short, one sells what is still to appear; two stages of orders, of which one is
// slow for three months.
func TestSuppliers(t *testing.T) {
	purchases := `
INSERT INTO core.dim_order_flags (order_flag_key, is_rush, is_forthcoming) VALUES (1, false, false), (2, false, true);
INSERT INTO core.fact_purchase_line (po_line_id, supplier_key, order_flag_key, po_date, qty, qty_received, qty_short, qty_damaged, lead_days, is_settled, cost, price_variance)
SELECT i, 1 + i % 8, CASE WHEN i % 8 = 5 AND i % 3 > 0 THEN 2 ELSE 1 END, d, 10, 10 - s, s, 0, CAST(l AS INTEGER), true, 100, 0
FROM (SELECT i, DATE '2024-07-01' + CAST(i % 720 AS INTEGER) AS d,
  CASE WHEN i % 8 = 2 AND i % 720 > 400 AND (i * 37) % 5 = 0 OR (i * 71) % 97 = 0 THEN 2 ELSE 0 END AS s,
  (40 + (i * 53) % 23) * CASE WHEN i % 8 = 1 AND i % 720 >= 500 THEN 1.6 WHEN i % 8 = 5 AND i % 3 > 0 THEN 3 ELSE 1 END AS l
  FROM range(14400) AS t(i));
INSERT INTO core.dim_stage (stage_key, code) VALUES (6, 'customs_cleared'), (7, 'inspected');
INSERT INTO core.fact_stage_event (event_id, stage_key, event_ts, days, workdays)
SELECT i, 6 + i % 2, CAST(DATE '2025-07-01' + CAST(i % 360 AS INTEGER) + 4 AS TIMESTAMP), 4, CASE WHEN i % 2 = 1 AND i % 360 BETWEEN 184 AND 272 THEN 6 ELSE 2 + i % 3 // 2 END FROM range(7200) AS t(i);`
	conn := jobtest.Open(t, "2026-06-30", purchases)
	jobtest.Run(t, conn, "2026-06-30", Supplier())
	values(t, conn, [][2]string{
		{"SELECT string_agg(supplier_key || ' ' || flags, ', ' ORDER BY supplier_key) FROM score.supplier WHERE flags <> ''", "2 slow, 3 short"},
		// Day 500 of the orders is 2025-11-13, day 401 2025-08-06: flagged within six weeks.
		{"SELECT count(*) FROM score.supplier_alarm WHERE measure = 'slow' AND alarmed BETWEEN DATE '2025-11-10' AND DATE '2025-12-25'", "1"},
		{"SELECT count(*) FROM score.supplier_alarm WHERE measure = 'short' AND alarmed BETWEEN DATE '2025-08-04' AND DATE '2025-09-17'", "1"},
		{"SELECT lead_all_p50 > 2 * lead_p50 AND flags = '' FROM score.supplier WHERE supplier_key = 6", "true"}, // slow only by what is still to appear
		{"SELECT string_agg(stage || ' ' || strftime(month, '%Y-%m'), ', ' ORDER BY month) FROM score.stage_alarm WHERE is_alarm", "inspected 2026-01, inspected 2026-02, inspected 2026-03"},
	})
}

// Partner 1 sells in most and sends most of it back, more than the year before.
func TestPartnersByHand(t *testing.T) {
	var b strings.Builder
	b.WriteString("INSERT INTO core.dim_channel (channel_key, kind) VALUES (1, 'agent'), (2, 'direct'); INSERT INTO core.dim_customer (customer_key, customer_type, channel_key) VALUES (1, 'agent', 2), (2, 'agent', 1), (3, 'shop', 1), (4, 'library', 2);")
	for i, s := range []struct {
		customer, qty, back int
		day                 string
		net                 int
	}{
		{1, 400, 40, "2024-03-01", 400}, {1, 500, 150, "2025-10-01", 600}, {1, 1, 0, "2026-03-01", 10},
		{2, 400, 40, "2024-03-01", 400}, {2, 400, 40, "2025-10-01", 590}, {3, 10, 0, "2025-10-01", 10}, {4, 10, 5, "2025-10-01", 10},
	} {
		fmt.Fprintf(&b, "INSERT INTO core.fact_order_line (line_id, customer_key, order_date, qty, net) VALUES (%d, %d, '%s', %d, %d);", i, s.customer, s.day, s.qty, s.net)
		if s.back > 0 {
			fmt.Fprintf(&b, "INSERT INTO core.fact_return (line_id, customer_key, return_date, qty, value, reason, from_order_line) VALUES (%d, %d, DATE '%s' + 60, %d, %d, 'unsold', false);", i, s.customer, s.day, s.back, s.back)
		}
	}
	conn := jobtest.Open(t, "2026-06-30", b.String())
	jobtest.Run(t, conn, "2026-06-30", Partner())
	values(t, conn, [][2]string{
		{"SELECT string_agg(customer_key || ' ' || sell_in_rank || ' ' || kept_rank || ' ' || finding, ', ' ORDER BY customer_key) FROM score.partner", "1 1 2 returns rising, 2 2 1 , 3 3 3 "},
		{"SELECT net || ' ' || returned || ' ' || net_after_returns || ' ' || copies_unsold || ' ' || return_rate || ' ' || return_rate_before FROM score.partner WHERE customer_key = 1", "610.0000 150.0000 460.0000 150 0.3 0.1"},
	})
}
