package star

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// billing fills stage with invoices and payments of every kind that has a rule.
func billing(t testing.TB, conn engine.Conn) {
	fill(t, conn, "customer", "customer_id, name, region_code, credit_days, credit_limit, owner_employee_id, merged_into",
		"1, 'Library', '110105', 10, 1000, 1, NULL", "2, 'Institute', '310000', NULL, NULL, NULL, NULL", "3, 'Reader', NULL, NULL, 0, NULL, NULL", "4, 'Old library', NULL, NULL, NULL, NULL, 1")
	fill(t, conn, "employee", "employee_id, name", "1, 'Wang'")
	fill(t, conn, "title", "title_id, title, clc_primary", "1, 'Mechanics', 'O3'")
	fill(t, conn, "fx_rate", "rate_date, ccy, rate, kind",
		"'2025-03-03', 'USD', 7.0, 'mid'", "'2025-03-10', 'USD', 7.1, 'mid'", "'2025-03-10', 'USD', 7.2, 'settle'", "'2025-04-10', 'USD', 7.3, 'mid'",
		"'2025-05-02', 'USD', 7.25, 'quote'", "'2024-05-06', 'USD', 6.8, 'mid'", "'2024-05-07', 'USD', 7.0, 'mid'", "'2025-03-10', 'EUR', 7.8, 'settle'", "'2023-01-02', 'EUR', 7.4, 'mid'")
	fill(t, conn, "order_header", "order_id, customer_id, order_date, entry_channel, salesperson_id, ccy", "1, 1, '2025-03-03', 'web', 1, 'USD'", "2, 2, '2025-05-06', 'mail', NULL, NULL")
	fill(t, conn, "order_line", "line_id, order_id, line_no, title_id, qty_ordered, unit_price, unit_cost", "11, 1, 1, 1, 10, 10, NULL", "21, 2, 1, 1, 4, 25, 15")
	fill(t, conn, "purchase_order", "po_id, supplier_id, po_date, ccy", "1, 1, '2025-03-03', 'USD'")
	fill(t, conn, "purchase_line", "po_line_id, po_id, order_line_id, qty, unit_cost_fcy", "1, 1, 11, 10, 5")
	fill(t, conn, "supplier", "supplier_id, name, payment_days", "1, 'Press', 20")
	fill(t, conn, "supplier_invoice", "inv_id, supplier_id, inv_date, due_date, amount_fcy, ccy, po_id, is_deleted",
		"1, 1, '2025-03-10', NULL, 50, 'USD', 1, NULL", "2, 1, '2025-06-01', '2025-06-20', 30, NULL, NULL, NULL", "3, 1, '2025-03-11', NULL, 5, 'USD', NULL, NULL", "4, 1, '2025-03-10', NULL, 5, NULL, NULL, true")
	fill(t, conn, "supplier_payment", "pay_id, inv_id, pay_date, amount_fcy, fx_settle",
		"1, 1, '2025-04-10', 20, 7.4", "2, 1, '2025-05-02', 30, NULL", "3, NULL, '2025-05-02', 5, NULL", "4, 4, '2025-05-02', 5, NULL", "5, 2, '2025-07-02', 30, NULL")
	fill(t, conn, "invoice", "invoice_id, customer_id, inv_date, due_date, ccy, total, tax, status, is_deleted",
		"1, 1, '2025-03-10', '2025-04-09', 'USD', 109, 9, 'paid', NULL",  // paid late, in two currencies
		"2, 2, '2025-05-20', NULL, NULL, 100, NULL, NULL, NULL",          // overdue, its payment comes after the as-of date
		"3, 2, '2025-05-25', '2025-05-25', 'CNY', -40, NULL, NULL, NULL", // credit note
		"4, 4, '2025-06-01', NULL, 'CNY', 113, 13, NULL, NULL",           // no lines, paid before; of a merged customer
		"5, 1, '2025-06-02', NULL, 'GBP', 10, NULL, NULL, NULL",          // no rate
		"6, 1, '2025-06-02', NULL, 'CNY', 10, NULL, NULL, true",          // deleted
		"7, 1, '2025-06-02', NULL, 'CNY', 10, NULL, 'Draft', NULL",       // not billed
		"9, 3, '2025-06-05', '2025-06-25', 'CNY', 11, NULL, NULL, NULL",  // overpaid
		"10, 3, '2025-07-02', NULL, 'CNY', 50, NULL, NULL, NULL",         // after the as-of date
		"11, 3, '2025-03-10', '2025-06-29', 'DEM', 10, NULL, NULL, NULL", // a currency that became the euro
		"12, 404, '1803-01-01', NULL, 'CNY', 10, NULL, NULL, NULL")
	fill(t, conn, "invoice_line", "invoice_id, line_id, qty, amount, tax",
		"1, 11, 10, 100, 9", "2, 21, 3, 75, NULL", "2, 404, NULL, 25, NULL", "3, 21, -1, -40, 0", "5, NULL, 1, 10, NULL", "6, NULL, 1, 10, NULL", "77, NULL, 1, 10, NULL",
		"9, NULL, 1, 11, NULL", "11, NULL, 1, 10, NULL")
	fill(t, conn, "payment", "payment_id, customer_id, pay_date, amount, ccy, method",
		"1, 1, '2025-04-10', 50, 'USD', 'Transfer'", "2, 1, '2025-05-02', 430, NULL, 'card'", "3, NULL, '2025-05-28', 113, 'CNY', 'card'", "4, 1, '2025-06-05', 10, 'CNY', NULL",
		"6, 3, '2025-06-10', 10, 'CNY', NULL", "7, 2, '2025-07-05', 100, 'CNY', NULL", "8, 2, '2025-06-12', 10, 'USD', NULL", "9, 2, '2025-06-12', 5, 'CNY', NULL")
	fill(t, conn, "payment_alloc", "payment_id, invoice_id, amount",
		"1, 1, 50", "2, 1, 59", "3, 4, 113", "4, 5, 10", "4, 6, 0", "6, 9, 12", "7, 2, 100", "8, 2, 10", "9, 98, 5", "99, 2, 5")
	fill(t, conn, "plan", "year, month, dimension, member, measure, value",
		"2025, NULL, 'clc', 'O', 'revenue', 1000", "2025, 3, NULL, NULL, 'Net', 100", "2025, 3, 'region', '110105', '收入', 70", "2025, NULL, 'clc', 'XX9', 'copies', 7", "2080, NULL, NULL, NULL, 'net', 5")
	fill(t, conn, "target", "scope, scope_id, period, metric, value",
		"'employee', '1', '2025Q1', 'revenue', 100", "'employee', '1', '2025-04', 'visits', 5", "'employee', '9', '2025年12月', 'revenue', 5", "'employee', '1', 'spring', 'revenue', 5")
	fill(t, conn, "expense", "employee_id, customer_id, date, kind, amount", "1, 4, '2025-03-05', ' Travel', 12.5", "NULL, NULL, '2025-03-05', NULL, 1", "1, 1, '1700-01-01', 'meal', 1")
	fill(t, conn, "commission", "employee_id, period, base, rate, amount", "1, '2025Q1', 1000, 2, 20", "9, '2025-05', NULL, NULL, 5", "1, 'soon', 1, 1, 1")
}

func money(t testing.TB, m Money) engine.Conn {
	t.Helper()
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	billing(t, conn)
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY", Money: m}); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestRecognised(t *testing.T) {
	conn := money(t, Money{})
	// 1: 100 USD at 7.2 of its day, at 7.0 of the order's; 10 x 5 USD of cost paid
	// 20 at 7.4 and 30 at 7.25; the constant rate is the average of 2024, 6.9.
	// 2: three of four copies that cost 60; a line whose order line is not there.
	// 3: a copy back. 4: no lines. 11: 7.8 / 1.95583.
	want(t, conn, "SELECT invoice_id, line_id, kind, date_key, order_date_key, customer_key, clc_key > 0, channel_key > 0, qty, net, tax, net_constant, cogs, margin, fx_difference FROM core.fact_sales ORDER BY invoice_id, line_id",
		"1|11|line|20250310|20250303|1|true|true|10|720.0000|64.8000|690.0000|365.5000|354.5000|20.0000",
		"2|21|line|20250520|20250506|2|true|true|3|75.0000|0.0000|75.0000|45.0000|30.0000|0.0000",
		"2|404|unlinked|20250520|-1|2|false|false|∅|25.0000|0.0000|25.0000|∅|∅|∅",
		"3|21|line|20250525|20250506|2|true|true|-1|-40.0000|0.0000|-40.0000|-15.0000|-25.0000|0.0000",
		"4|∅|whole|20250601|-1|1|false|false|∅|100.0000|13.0000|100.0000|∅|∅|∅",
		"9|∅|unlinked|20250605|-1|3|false|false|1|11.0000|0.0000|11.0000|∅|∅|∅",
		"10|∅|whole|20250702|-1|3|false|false|∅|50.0000|0.0000|50.0000|∅|∅|∅",
		"11|∅|unlinked|20250310|-1|3|false|false|1|39.8808|0.0000|37.8356|∅|∅|∅")
	// An order line knows its cost at the rates of the day, constant and settled.
	want(t, conn, "SELECT line_id, net, net_constant, cost, cost_constant, cost_settled FROM core.fact_order_line ORDER BY line_id",
		"11|700.0000|690.0000|350.0000|345.0000|365.5000", "21|100.0000|100.0000|60.0000|60.0000|60.0000")
}

func TestReceivable(t *testing.T) {
	conn := money(t, Money{})
	want(t, conn, "SELECT r.invoice_id, r.customer_key, r.due_date, r.is_due_given, a.name, r.billed, r.paid, r.open, r.overdue, r.days_past_due, r.first_payment_date, r.last_payment_date, r.days_to_pay, r.days_late, r.is_paid_late, r.status, r.fx_difference FROM core.fact_receivable r JOIN core.dim_ageing a USING (ageing_key) ORDER BY r.invoice_id",
		"1|1|2025-04-09|true|settled|784.8000|784.8000|0.0000|0.0000|∅|2025-04-10|2025-05-02|53|23|true|paid|7.9500",
		"2|2|2025-06-19|false|1-30 days|100.0000|0.0000|100.0000|100.0000|11|∅|∅|∅|∅|false|open|0.0000",
		"3|2|2025-05-25|true|credit|-40.0000|0.0000|-40.0000|0.0000|∅|∅|∅|∅|∅|false|credit|0.0000",
		"4|1|2025-06-11|false|settled|113.0000|113.0000|0.0000|0.0000|∅|2025-05-28|2025-05-28|0|-10|false|paid|0.0000",
		"9|3|2025-06-25|true|credit|11.0000|12.0000|-1.0000|0.0000|∅|2025-06-10|2025-06-10|5|-15|false|overpaid|0.0000",
		"10|3|2025-08-01|false|settled|50.0000|0.0000|0.0000|0.0000|∅|∅|∅|∅|∅|false|not yet|0.0000",
		"11|3|2025-06-29|true|1-30 days|39.8808|0.0000|39.8808|39.8808|1|∅|∅|∅|∅|false|open|0.0000")
	// 2: 59 USD were worth 427.75 on its day; what is left of 430 is exchange.
	// 4: what it paid is set aside, so all of it is unallocated. 6: 12 of 10.
	// 8 has no rate. 9: its invoice is not there.
	want(t, conn, "SELECT payment_id, invoice_id, kind, customer_key, amount_ccy, amount, settled, fx_difference, days_to_pay, days_late, is_prepaid, is_late FROM core.fact_payment ORDER BY payment_id, invoice_id NULLS LAST",
		"1|1|allocated|1|50.0000|365.0000|360.0000|5.0000|31|1|false|true",
		"2|1|allocated|1|427.7500|427.7500|424.8000|2.9500|53|23|false|true",
		"2|∅|exchange|1|2.2500|2.2500|∅|∅|∅|∅|false|false",
		"3|4|allocated|1|113.0000|113.0000|113.0000|0.0000|-4|-14|true|false",
		"4|∅|unallocated|1|10.0000|10.0000|∅|∅|∅|∅|false|false",
		"6|9|allocated|3|12.0000|12.0000|12.0000|0.0000|5|-15|false|false",
		"6|∅|overallocated|3|-2.0000|-2.0000|∅|∅|∅|∅|false|false",
		"7|2|allocated|2|100.0000|100.0000|100.0000|0.0000|46|16|false|true",
		"9|∅|unallocated|2|5.0000|5.0000|∅|∅|∅|∅|false|false")
	// The last days and the month ends before; the credit note stands by itself.
	want(t, conn, "SELECT b.date, b.customer_key, a.name, b.open, b.overdue, b.open_limited, b.invoices, b.billed_90d, b.credit_limit FROM core.fact_receivable_balance b JOIN core.dim_ageing a USING (ageing_key) WHERE b.date IN ('2025-03-31', '2025-04-30', '2025-05-31', '2025-06-30') ORDER BY 1, 2, b.ageing_key",
		"2025-03-31|1|not due|784.8000|0.0000|784.8000|1|784.8000|1000.0000",
		"2025-03-31|3|not due|39.8808|0.0000|∅|1|39.8808|∅",
		"2025-04-30|1|not due|0.0000|0.0000|0.0000|0|784.8000|1000.0000",
		"2025-04-30|1|1-30 days|424.8000|424.8000|424.8000|1|0.0000|∅",
		"2025-04-30|3|not due|39.8808|0.0000|∅|1|39.8808|∅",
		"2025-05-31|1|not due|0.0000|0.0000|0.0000|0|784.8000|1000.0000",
		"2025-05-31|2|not due|100.0000|0.0000|∅|1|60.0000|∅",
		"2025-05-31|2|credit|-40.0000|0.0000|∅|1|0.0000|∅",
		"2025-05-31|3|not due|39.8808|0.0000|∅|1|39.8808|∅",
		"2025-06-30|1|not due|0.0000|0.0000|0.0000|0|113.0000|1000.0000",
		"2025-06-30|2|not due|0.0000|0.0000|∅|0|60.0000|∅",
		"2025-06-30|2|1-30 days|100.0000|100.0000|∅|1|0.0000|∅",
		"2025-06-30|2|credit|-40.0000|0.0000|∅|1|0.0000|∅",
		"2025-06-30|3|not due|0.0000|0.0000|∅|0|11.0000|∅",
		"2025-06-30|3|1-30 days|39.8808|39.8808|∅|1|0.0000|∅",
		"2025-06-30|3|credit|-1.0000|0.0000|∅|1|0.0000|∅")
	want(t, conn, "SELECT count(DISTINCT date), min(date) FROM core.fact_receivable_balance", "92|2025-03-31")
	short := money(t, Money{BalanceDays: 2})
	want(t, short, "SELECT DISTINCT date FROM core.fact_receivable_balance ORDER BY 1", "2025-03-31", "2025-04-30", "2025-05-31", "2025-06-29", "2025-06-30")
}

func TestPayable(t *testing.T) {
	conn := money(t, Money{})
	want(t, conn, "SELECT inv_id, supplier_key, due_date, billed, paid, open, overdue, days_to_pay, days_late, status, fx_difference FROM core.fact_payable ORDER BY inv_id",
		"1|1|2025-03-30|360.0000|360.0000|0.0000|0.0000|53|33|paid|5.5000",
		"2|1|2025-06-20|30.0000|0.0000|30.0000|30.0000|∅|∅|open|0.0000")
	want(t, conn, "SELECT pay_id, rate, amount, settled, fx_difference, is_late FROM core.fact_supplier_payment ORDER BY pay_id",
		"1|7.40000000|148.0000|144.0000|4.0000|true", "2|7.25000000|217.5000|216.0000|1.5000|true", "5|1.00000000|30.0000|30.0000|0.0000|true")
	want(t, conn, "SELECT b.date, a.name, b.open, b.overdue, b.billed_90d FROM core.fact_payable_balance b JOIN core.dim_ageing a USING (ageing_key) WHERE b.date IN ('2025-03-31', '2025-06-30') ORDER BY 1, b.ageing_key",
		"2025-03-31|not due|0.0000|0.0000|360.0000", "2025-03-31|1-30 days|360.0000|360.0000|0.0000", "2025-06-30|not due|0.0000|0.0000|30.0000", "2025-06-30|1-30 days|30.0000|30.0000|0.0000")
}

// What cannot be placed is in quarantine with its reason, and nothing is lost.
func TestMoneyQuarantine(t *testing.T) {
	conn := money(t, Money{})
	var all []string
	for _, table := range strings.Fields("invoice invoice_line payment payment_alloc supplier_invoice supplier_payment plan target expense commission") {
		all = append(all, query(t, conn, "SELECT '"+table+"', record, reason, column_name, value FROM quarantine."+table+" ORDER BY record")...)
	}
	wanted := []string{
		"invoice|4|no rate|ccy|GBP on 2025-06-02", "invoice|5|deleted in source|is_deleted|true", "invoice|6|status: not billed|status|Draft", "invoice|10|inv_date: outside the calendar|inv_date|1803-01-01",
		"invoice_line|4|invoice set aside|invoice_id|5", "invoice_line|5|invoice set aside|invoice_id|6", "invoice_line|6|no invoice|invoice_id|77",
		"payment|6|no rate|ccy|USD on 2025-06-12",
		"payment_alloc|3|invoice set aside|invoice_id|5", "payment_alloc|4|invoice set aside|invoice_id|6", "payment_alloc|7|payment set aside|payment_id|8", "payment_alloc|8|no invoice|invoice_id|98", "payment_alloc|9|no payment|payment_id|99",
		"supplier_invoice|2|no rate|ccy|USD on 2025-03-11", "supplier_invoice|3|deleted in source|is_deleted|true",
		"supplier_payment|2|no invoice|inv_id|∅", "supplier_payment|3|invoice set aside|inv_id|4",
		"plan|4|period: outside the calendar|year|2080", "target|3|period: not a year, half, quarter or month|period|SPRING",
		"expense|2|date: outside the calendar|date|1700-01-01", "commission|2|period: not a year, half, quarter or month|period|SOON",
	}
	if got, want := strings.Join(all, "\n"), strings.Join(wanted, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want(t, conn, "SELECT table_name, staged, facts, quarantined FROM meta.star_balance WHERE table_name IN ('invoice', 'invoice_line', 'payment', 'payment_alloc', 'supplier_invoice', 'supplier_payment', 'plan', 'target', 'expense', 'commission') ORDER BY table_name",
		"commission|3|2|1", "expense|3|2|1", "invoice|11|7|4", "invoice_line|9|6|3", "payment|8|7|1", "payment_alloc|10|5|5", "plan|5|4|1", "supplier_invoice|4|2|2", "supplier_payment|5|3|2", "target|4|3|1")
	want(t, conn, "SELECT count(*) FROM quarantine.invoice WHERE raw LIKE '%\"invoice_id\"%'", "4")
}

// Plans of a year are twelve equal parts that add up; one dimension leads, and
// what the company plans beyond it is a row of its own.
func TestGoals(t *testing.T) {
	conn := money(t, Money{})
	want(t, conn, "SELECT p.date_key, c.code, p.scope, p.net, p.is_leading, p.is_remainder FROM core.fact_plan p JOIN core.dim_clc c USING (clc_key) WHERE p.goal = 'net' AND p.date_key IN (20250101, 20250301, 20251201) ORDER BY 1, 3, 4",
		"20250101|O|class|83.3333|true|false",
		"20250301|O|class|83.3333|true|false", "20250301|(unknown)|company|16.6667|true|true", "20250301|(unknown)|company|100.0000|false|false", "20250301|(unknown)|region|70.0000|false|false",
		"20251201|O|class|83.3333|true|false")
	want(t, conn, "SELECT sum(net) FILTER (scope = 'class'), sum(copies), min(copies), max(copies) FROM core.fact_plan", "1000.0000|7|0|1")
	want(t, conn, "SELECT date_key, e.name, goal, value, is_leading FROM core.fact_target JOIN core.dim_employee e USING (employee_key) ORDER BY date_key",
		"20250101|Wang|net|33.3333|true", "20250201|Wang|net|33.3334|true", "20250301|Wang|net|33.3333|true", "20250401|Wang|visits|5.0000|true", "20251201|(unknown)|net|5.0000|true")
	want(t, conn, "SELECT x.date_key, x.employee_key, x.customer_key, k.name, x.amount, x.has_customer FROM core.fact_expense x JOIN core.dim_expense_kind k USING (expense_kind_key) ORDER BY x.source_row",
		"20250305|1|1|travel|12.5000|true", "20250305|-1|-1|(unknown)|1.0000|false")
	want(t, conn, "SELECT date_key, employee_key, base, amount FROM core.fact_commission ORDER BY 1", "20250301|1|1000.0000|20.0000", "20250501|-1|∅|5.0000")
}

func TestConstantRates(t *testing.T) {
	conn := money(t, Money{})
	want(t, conn, "SELECT ccy, rate, source FROM meta.constant_rate ORDER BY ccy",
		"CNY|1.00000000|report currency", "DEM|3.78355992|average of 2023, 1 days: none in 2024", "EUR|7.40000000|average of 2023, 1 days: none in 2024", "GBP|∅|no rates",
		"USD|6.90000000|average of 2024, 2 days")
	conn = money(t, Money{ConstantYear: 2025, ConstantRates: map[string]float64{"EUR": 8, "GBP": 9.5}})
	want(t, conn, "SELECT ccy, rate, source FROM meta.constant_rate ORDER BY ccy",
		"CNY|1.00000000|report currency", "DEM|3.98807667|average of 2025, 1 days", "EUR|8.00000000|configured", "GBP|9.50000000|configured", "USD|7.16250000|average of 2025, 4 days")
	for _, m := range []Money{{ConstantYear: 20255}, {BalanceDays: -1}} {
		_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
		if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY", Money: m}); err == nil || !strings.Contains(err.Error(), "want") {
			t.Errorf("%+v: %v", m, err)
		}
	}
}

// A company in euro converts the currencies that became it without any rates.
func TestRetiredInEuro(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	fill(t, conn, "order_header", "order_id, order_date, ccy", "1, '2025-03-03', 'FRF'", "2, '1998-12-31', 'FRF'")
	fill(t, conn, "order_line", "line_id, order_id, qty_ordered, unit_price", "1, 1, 1, 655.957", "2, 2, 1, 655.957")
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "EUR"}); err != nil {
		t.Fatal(err)
	}
	want(t, conn, "SELECT line_id, rate, net, net_constant FROM core.fact_order_line", "1|0.15244902|100.0000|100.0000")
	want(t, conn, "SELECT record, reason FROM quarantine.order_line", "1|no rate")
}

// Balances roll forward on any data: what was open the day before, plus billed,
// less paid, for every customer on every kept day. The shipped checks say so,
// and say when it is not so.
func TestBalancesRollForward(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	r := rand.New(rand.NewPCG(7, 1))
	first := day(t, "2025-01-01")
	date := func(n int) string { return first.AddDate(0, 0, n).Format(time.DateOnly) }
	var invoices, payments, parts, bills, paid, rates []string
	for i := range 200 {
		rates = append(rates, fmt.Sprintf("'%s', 'USD', %d.%02d, 'settle'", date(i), 6+i%2, r.IntN(100)))
	}
	ccy := func() string { return []string{"NULL", "'USD'"}[r.IntN(2)] }
	for i := 1; i <= 120; i++ {
		total := r.IntN(2_000_000) - 200_000
		invoices = append(invoices, fmt.Sprintf("%d, %d, '%s', '%s', %s, %d * 0.0001", i, r.IntN(6), date(r.IntN(190)), date(r.IntN(190)), ccy(), total))
		bills = append(bills, fmt.Sprintf("%d, %d, '%s', %s, %d * 0.0001", i, r.IntN(4), date(r.IntN(190)), ccy(), r.IntN(900_000)))
		payments = append(payments, fmt.Sprintf("%d, %d, '%s', %d * 0.0001, %s", i, r.IntN(6), date(r.IntN(200)), r.IntN(900_000), ccy()))
		for range r.IntN(4) {
			parts = append(parts, fmt.Sprintf("%d, %d, %d * 0.0001", i, 1+r.IntN(120), r.IntN(900_000)-100_000))
		}
		paid = append(paid, fmt.Sprintf("%d, %d, '%s', %d * 0.0001", i, 1+r.IntN(120), date(r.IntN(200)), r.IntN(900_000)))
	}
	fill(t, conn, "fx_rate", "rate_date, ccy, rate, kind", rates...)
	fill(t, conn, "invoice", "invoice_id, customer_id, inv_date, due_date, ccy, total", invoices...)
	fill(t, conn, "payment", "payment_id, customer_id, pay_date, amount, ccy", payments...)
	fill(t, conn, "payment_alloc", "payment_id, invoice_id, amount", parts...)
	fill(t, conn, "supplier_invoice", "inv_id, supplier_id, inv_date, ccy, amount_fcy", bills...)
	fill(t, conn, "supplier_payment", "pay_id, inv_id, pay_date, amount_fcy", paid...)
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY"}); err != nil {
		t.Fatal(err)
	}
	const naive = `SELECT count(*), count(*) FILTER (n.open <> coalesce(b.open, 0)) FROM (
		SELECT d.date, c.k, coalesce((SELECT sum(r.billed) FROM core.%[1]s r WHERE r.%[2]s = c.k AND r.invoice_date <= d.date), 0)
			- coalesce((SELECT sum(x.settled) FROM core.%[3]s x JOIN core.%[1]s r USING (invoice_key) WHERE r.%[2]s = c.k AND greatest(x.payment_date, x.invoice_date) <= d.date AND x.payment_date <= DATE '2025-06-30'), 0) AS open
		FROM (SELECT DISTINCT date FROM core.%[1]s_balance) d, (SELECT DISTINCT %[2]s AS k FROM core.%[1]s) c) n
		LEFT JOIN (SELECT date, %[2]s AS k, sum(open) AS open FROM core.%[1]s_balance GROUP BY 1, 2) b ON b.date = n.date AND b.k = n.k`
	want(t, conn, fmt.Sprintf(naive, "fact_receivable", "customer_key", "fact_payment"), "564|0")
	want(t, conn, fmt.Sprintf(naive, "fact_payable", "supplier_key", "fact_supplier_payment"), "376|0")
	want(t, conn, "SELECT count(*) > 0, count(*) FILTER (p.total <> x.amount) FROM (SELECT payment_id, sum(amount_ccy) AS amount FROM core.fact_payment GROUP BY 1) x JOIN (SELECT payment_id, amount AS total FROM stage.payment) p USING (payment_id)", "true|0")
	want(t, conn, "SELECT (SELECT sum(open) FROM core.fact_receivable) = (SELECT sum(open) FROM core.fact_receivable_balance WHERE date = DATE '2025-06-30')", "true")
	exec(t, conn, "CREATE TABLE meta.run AS SELECT DATE '2025-06-30' AS as_of")
	for table, file := range map[string]string{"fact_receivable": "receivable", "fact_payable": "payable"} {
		text, err := os.ReadFile("../check/sql/" + file + "-rolls-forward.sql")
		if err != nil {
			t.Fatal(err)
		}
		want(t, conn, string(text))
		exec(t, conn, "UPDATE core."+table+"_balance SET open = open + 0.0001 WHERE date = DATE '2025-06-15' AND ageing_key = 1")
		if found := query(t, conn, string(text)); len(found) == 0 {
			t.Errorf("%s: a wrong balance passes the check", table)
		}
	}
}
