package star

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// company fills stage with a company small enough to reckon by hand.
func company(t testing.TB, conn engine.Conn) {
	fill(t, conn, "calendar_event", "date, kind, name",
		"'2025-01-01', 'holiday', 'New Year'", "'2025-01-26', 'workday_swap', NULL",
		"'2025-01-17', 'term_end', 'autumn'", "'2025-02-17', 'term_start', 'spring'", "'2025-06-18', 'fair', 'BIBF'")
	fill(t, conn, "customer", "customer_id, name, region_code, country, parent_customer_id, merged_into, status, channel_id, owner_employee_id",
		"1, 'Library', '110105', NULL, 2, NULL, 'active', 50, 1",
		"2, 'Group', '310000', NULL, 3, NULL, 'active', NULL, 9",
		"3, 'Holding', NULL, NULL, 2, NULL, 'active', NULL, NULL",
		"4, 'Old', NULL, NULL, NULL, 5, 'merged', NULL, NULL",
		"5, 'Older', NULL, NULL, NULL, 6, 'merged', NULL, NULL",
		"6, 'Survivor', NULL, 'Germany', NULL, NULL, 'active', NULL, NULL",
		"7, 'Ring A', 'XX', NULL, NULL, 8, 'merged', NULL, NULL",
		"8, 'Ring B', NULL, NULL, NULL, 7, 'merged', NULL, NULL",
		"9, 'Lost', NULL, NULL, 4, 99, 'merged', NULL, NULL")
	fill(t, conn, "employee", "employee_id, name, dept, manager_id, leave_date",
		"1, 'Wang', 'sales', 2, NULL", "2, 'Li', 'sales', 1, '2025-06-30'")
	fill(t, conn, "supplier", "supplier_id, name", "1, 'Press'")
	fill(t, conn, "title", "title_id, title, isbn13, isbn10, clc_primary, publisher_id, publisher, list_price, list_ccy, language",
		"1, 'Machine learning', '978-7-111-54742-6', NULL, 'TP391.41:I712.45', 1, NULL, 45, 'CNY', 'eng'",
		"2, 'Pencil', '4006381333931', NULL, 'NOVEL', NULL, 'Press', 20, 'USD', NULL",
		"3, 'Mechanics', NULL, '711154742x', NULL, 77, NULL, 10, 'XXX', NULL",
		"4, 'Bare', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL")
	fill(t, conn, "title_subject", "title_id, scheme, code, is_primary",
		"3, 'clc', 'O1', false", "3, 'clc', 'O4', true", "3, 'ddc', '530', true")
	fill(t, conn, "fx_rate", "rate_date, ccy, rate, kind",
		"'2025-03-07', 'USD', 7.2, 'mid'", "'2025-03-07', 'USD', 7.9, 'quote'", "'2024-12-31', 'EUR', 7.6, 'mid'",
		"'2025-03-03', 'DEM', 4.0, 'quote'", "'2025-03-03', 'DEM', 3.9, 'settle'")
	fill(t, conn, "order_header", "order_id, order_no, customer_id, order_date, entry_channel, salesperson_id, ccy, ship_to_region, status",
		"1, 'A1', 1, '2025-03-03 10:00:00', 'web', 1, 'CNY', NULL, 'open'",
		"2, 'A2', 4, '2025-03-08 23:59:59', 'mail', 8, 'USD', NULL, 'open'",
		"3, 'A3', 42, '2025-03-04', 'mail', NULL, 'USD', NULL, 'open'",
		"4, 'A4', NULL, '2020-12-31', NULL, NULL, NULL, '440300', 'cancelled'",
		"5, 'A5', 7, '2025-01-01', 'fair', NULL, 'EUR', NULL, 'open'",
		"6, 'A6', 1, '2031-01-01', 'fair', NULL, 'CNY', NULL, 'open'",
		"7, 'A7', 8, '2025-03-03', 'telex', NULL, 'DEM', NULL, 'open'")
	fill(t, conn, "order_line", "line_id, order_id, line_no, title_id, qty_ordered, qty_cancelled, unit_price, discount_pct, tax_rate, unit_cost, is_deleted",
		"11, 1, 1, 1, 10, 2, 100, 12.5, 9, 1, NULL",
		"12, 1, 2, 1, -2, NULL, 100, 10, NULL, NULL, NULL",
		"13, 2, 1, 1, 3, NULL, 10.01, 33.3333, NULL, NULL, NULL",
		"14, 3, 1, 1, 1, NULL, 10, NULL, NULL, NULL, NULL",
		"15, 404, 1, 1, 1, NULL, 10, NULL, NULL, NULL, NULL",
		"16, 4, 1, 777, 2, NULL, 10, NULL, NULL, 3, NULL",
		"17, 5, 1, 2, 1, NULL, 10, NULL, NULL, NULL, NULL",
		"18, 6, 1, 2, 1, NULL, 10, NULL, NULL, NULL, NULL",
		"19, 7, 1, NULL, 1, NULL, 10, NULL, NULL, NULL, NULL",
		"20, 1, 3, 1, 1, NULL, 10, NULL, NULL, NULL, true",
		"21, 1, 4, 3, 3, 5, 10, NULL, NULL, NULL, NULL",
		"22, 1, 5, 1, 2000000000, NULL, 99999999, NULL, NULL, NULL, NULL",
		"23, 1, NULL, 1, 100000, NULL, 123456.7891, 33.3333, NULL, NULL, NULL")
	fill(t, conn, "return_line", "return_id, line_id, customer_id, title_id, return_date, qty, value_cny, reason",
		"1, 11, 1, 1, '2025-04-01', 1, NULL, 'damaged'",
		"2, NULL, 4, 2, '2025-04-02', 1, 50, 'unsold'",
		"3, 404, NULL, NULL, '2025-05-01', 1, NULL, 'other'",
		"4, NULL, 1, 1, '1800-01-01', 1, 9, 'other'")
	fill(t, conn, "purchase_order", "po_id, po_date, ccy", "1, '2025-03-08', 'USD'", "2, '2025-03-04', 'USD'", "3, '2025-03-04', NULL")
	fill(t, conn, "purchase_line", "po_line_id, po_id, order_line_id, qty, unit_cost_fcy, qty_received, qty_short",
		"1, 1, 11, 10, 5, 8, 2", "2, 2, 13, 3, 5, 3, NULL", "3, 3, 17, 5, 2, 0, 1", "4, 3, 19, 1, NULL, NULL, NULL", "5, 9, 23, 1, 1, NULL, NULL")
}

// build makes the star of the hand-made company.
func build(t testing.TB, ids string) engine.Conn {
	t.Helper()
	_, conn := newDatabase(t, ids, duck.Options{Threads: 1})
	company(t, conn)
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY", FiscalYearStart: 4}); err != nil {
		t.Fatal(err)
	}
	return conn
}

// want compares the rows of a query with what was reckoned by hand.
func want(t *testing.T, conn engine.Conn, sql string, rows ...string) {
	t.Helper()
	if diff := cmp.Diff(rows, query(t, conn, sql)); diff != "" {
		t.Errorf("%s\n%s", sql, diff)
	}
}

func TestCompany(t *testing.T) {
	for _, ids := range []string{"BIGINT", "VARCHAR"} {
		t.Run(ids, func(t *testing.T) {
			conn := build(t, ids)
			t.Run("customer", func(t *testing.T) { checkCustomers(t, conn) })
			t.Run("title", func(t *testing.T) { checkTitles(t, conn) })
			t.Run("small", func(t *testing.T) { checkSmall(t, conn) })
			t.Run("order", func(t *testing.T) { checkOrders(t, conn) })
			t.Run("return", func(t *testing.T) { checkReturns(t, conn) })
			t.Run("quarantine", func(t *testing.T) { checkQuarantine(t, conn) })
			t.Run("date", func(t *testing.T) { checkDates(t, conn) })
			t.Run("references", func(t *testing.T) { checkReferences(t, conn) })
		})
	}
}

func checkCustomers(t *testing.T, conn engine.Conn) {
	// Parents 2 and 3 go round in a circle: 2, the lower, becomes the top.
	want(t, conn, "SELECT customer_id, parent_customer_key, group_name, status, cohort_month, first_order_date, last_order_date FROM core.dim_customer WHERE customer_key > 0 ORDER BY customer_key",
		"1|2|Group|active|2025-03|2025-03-03|2025-03-03",
		"2|-1|Group|active|∅|∅|∅",
		"3|2|Group|active|∅|∅|∅",
		"4|-1|Old|merged|∅|∅|∅",
		"5|-1|Older|merged|∅|∅|∅",
		"6|-1|Survivor|active|2025-03|2025-03-08|2025-03-08",
		"7|-1|Ring A|merged|2025-01|2025-01-01|2025-03-03",
		"8|-1|Ring B|merged|∅|∅|∅",
		"9|6|Survivor|merged|∅|∅|∅")
	want(t, conn, "SELECT c.customer_id, g.region_code, g.area, h.name, e.name FROM core.dim_customer c JOIN core.dim_geo g USING (geo_key) JOIN core.dim_channel h USING (channel_key) JOIN core.dim_employee e ON e.employee_key = c.owner_employee_key WHERE customer_key IN (1, 2, 3, 4) ORDER BY customer_key",
		"1|110105|North China|50|Wang", "2|310000|East China|(unknown)|(unknown)", "3|∅|(unknown)|(unknown)|(unknown)", "4|∅|(unknown)|(unknown)|(unknown)")
	want(t, conn, "SELECT subject, id, note FROM meta.star_note WHERE subject IN ('customer', 'employee') ORDER BY subject, id, note",
		"customer|2|its parents go round in a circle: cut here",
		"customer|7|merged in a circle: this record stands for all of it",
		"customer|9|merged into 99, which is not there: stays itself",
		"employee|1|its managers go round in a circle: cut here")
}

func checkTitles(t *testing.T, conn engine.Conn) {
	want(t, conn, "SELECT title_id, isbn13, isbn_valid, language, country, publisher_key, publisher, price_band, clc_key <= 0 AS no_class FROM core.dim_title WHERE title_key > 0 ORDER BY title_key",
		"1|9787111547426|true|eng|CN|1|Press|0000-0049|false",
		"2|4006381333931|false|∅|∅|1|Press|0100-0199|true",
		"3|9787111547426|true|chi|CN|-1|∅|(unknown)|false",
		"4|∅|false|∅|∅|-1|∅|(unknown)|true")
	// The primary of two classes has 2/3. I712.45 is literature of the United States.
	want(t, conn, "SELECT t.title_id, c.code, round(b.weight, 6), b.is_primary FROM core.bridge_title_clc b JOIN core.dim_title t USING (title_key) JOIN core.dim_clc c ON c.clc_key = b.clc_key WHERE title_key > 0 ORDER BY title_key, b.weight DESC",
		"1|TP3|0.666667|true", "1|I712|0.333333|false", "2|未分类|1|true", "3|O4|0.666667|true", "3|O1|0.333333|false", "4|(unknown)|1|true")
	want(t, conn, "SELECT code, name_en, level, path, l1_code, l2_code, l3_code, bucket, group5 FROM core.dim_clc WHERE code IN ('I712', 'TP3', 'T-0', 'K82', 'O') OR clc_key < 1 ORDER BY clc_key",
		"(unknown)|(unknown)|∅|∅|(unknown)|(unknown)|∅|(unknown)|(unknown)",
		"未分类|Unclassified|∅|∅|未分类|未分类|∅|未分类|Unclassified",
		"I712|Literature of other countries: United States|3|I/I3/7/I712|I|I3/7|I712|I|Social sciences",
		"K82|Chinese biography|3|K/K81/K82|K|K81|K82|K|Social sciences",
		"O|Mathematics, physics & chemistry|1|O|O|∅|∅|O|Natural sciences",
		"T-0|Theory of technology|2|T/T-0|T|T-0|∅|T-other|Natural sciences",
		"TP3|Computing|3|T/TP/TP3|T|TP|TP3|TP|Natural sciences")
	want(t, conn, "SELECT count(DISTINCT bucket) FROM core.dim_clc WHERE clc_key > 0", "38")
	want(t, conn, "SELECT count(*) FROM core.dim_clc c LEFT JOIN core.dim_clc p ON p.clc_key = c.parent_key WHERE p.clc_key IS NULL", "0")
	want(t, conn, "SELECT count(*) FROM (SELECT title_key FROM core.bridge_title_clc GROUP BY title_key HAVING abs(sum(weight) - 1) > 1e-9 OR count(*) FILTER (is_primary) <> 1)", "0")
}

func checkSmall(t *testing.T, conn engine.Conn) {
	want(t, conn, "SELECT employee_id, manager_key, is_active FROM core.dim_employee ORDER BY employee_key", "∅|-1|∅", "1|-1|true", "2|1|false")
	want(t, conn, "SELECT channel_id, kind, is_inferred FROM core.dim_channel WHERE channel_id IN ('50', 'web', 'telex', 'fair') ORDER BY channel_id",
		"50|agent|true", "fair|fair|false", "telex|direct|false", "web|web|false")
	want(t, conn, "SELECT ccy, name FROM core.dim_currency WHERE currency_key > 0 ORDER BY currency_key",
		"CNY|Renminbi", "DEM|German mark", "EUR|Euro", "USD|US dollar", "XXX|XXX")
	want(t, conn, "SELECT region_code, name, level, country, area, area_zh, province, is_inferred FROM core.dim_geo ORDER BY geo_key",
		"∅|(unknown)|∅|(unknown)|(unknown)|(unknown)|(unknown)|false",
		"110105|110105|county|China|North China|华北|Beijing|true",
		"310000|Shanghai|province|China|East China|华东|Shanghai|true",
		"440300|440300|prefecture|China|South China|华南|Guangdong|true",
		"Germany|Germany|country|Germany|Germany|Germany|∅|true",
		"XX|XX|country|XX|XX|XX|∅|true")
}

func checkOrders(t *testing.T, conn engine.Conn) {
	// 11: 8 x 100 less 12.5 %, 9 % tax; 8 received x 5 USD x 7.2 (Friday's rate for Saturday) = 288.
	// 13: Saturday takes Friday's 7.2; 216.216 x 0.666667 = 144.144072; its purchase has no rate.
	// 17: the holiday takes the rate of the day before, 7.6; 5 - 1 short = 4 were bought at
	// 2 CNY, of which the line bears the one copy it counts.
	// 19: mid missing, settle before quote. 21: more cancelled than ordered.
	// 23: 12,345,678,910 x 0.666667, in 128 bits; its purchase order is not there.
	want(t, conn, "SELECT line_id, order_key, date_key, qty, gross, discount, net, net_ccy, rate, tax, cost, margin, status FROM core.fact_order_line ORDER BY CAST(line_id AS INTEGER)",
		"11|3|20250303|8|800.0000|100.0000|700.0000|700.0000|1.00000000|63.0000|288.0000|412.0000|open",
		"13|6|20250308|3|216.2160|72.0719|144.1441|20.0200|7.20000000|0.0000|∅|∅|open",
		"16|1|20201231|2|20.0000|0.0000|20.0000|20.0000|1.00000000|0.0000|6.0000|14.0000|cancelled",
		"17|2|20250101|1|76.0000|0.0000|76.0000|10.0000|7.60000000|0.0000|2.0000|74.0000|open",
		"19|4|20250303|1|39.0000|0.0000|39.0000|10.0000|3.90000000|0.0000|∅|∅|open",
		"21|3|20250303|0|0.0000|0.0000|0.0000|0.0000|1.00000000|0.0000|∅|∅|cancelled",
		"23|3|20250303|100000|12345678910.0000|4115222188.1070|8230456721.8930|8230456721.8930|1.00000000|0.0000|∅|∅|open")
	want(t, conn, "SELECT f.line_id, c.customer_id, t.title_id, g.region_code, h.channel_id, e.name, f.publisher_key, y.ccy, f.source, f.source_row FROM core.fact_order_line f JOIN core.dim_customer c USING (customer_key) JOIN core.dim_title t USING (title_key) JOIN core.dim_geo g ON g.geo_key = f.geo_key JOIN core.dim_channel h ON h.channel_key = f.channel_key JOIN core.dim_employee e USING (employee_key) JOIN core.dim_currency y USING (currency_key) ORDER BY CAST(line_id AS INTEGER)",
		"11|1|1|110105|web|Wang|1|CNY|test|0",
		"13|6|1|Germany|mail|(unknown)|1|USD|test|2",
		"16|∅|∅|440300|∅|(unknown)|-1|CNY|test|5",
		"17|7|2|XX|fair|(unknown)|1|EUR|test|6",
		"19|7|∅|XX|telex|(unknown)|-1|DEM|test|8",
		"21|1|3|110105|web|Wang|-1|CNY|test|10",
		"23|1|1|110105|web|Wang|1|CNY|test|12")
	want(t, conn, "SELECT line_id FROM core.fact_order_line ORDER BY rowid", "16", "17", "11", "21", "23", "19", "13")
	want(t, conn, "SELECT note FROM meta.star_note WHERE subject IN ('order_line', 'title') ORDER BY note",
		"1 lines have more copies cancelled than ordered", "1 lines of cancelled orders still carry copies", "1 titles have a class code that cannot be read")
}

func checkReturns(t *testing.T, conn engine.Conn) {
	// 1: 700 / 8 a copy. 12: 2 x 100 less 10 %.
	want(t, conn, "SELECT return_id, line_id, date_key, customer_key, title_key, geo_key, order_key, qty, value, reason, from_order_line FROM core.fact_return ORDER BY return_date, from_order_line, return_id",
		"12|12|20250303|1|1|1|3|2|180.0000|∅|true",
		"1|11|20250401|1|1|1|3|1|87.5000|damaged|false",
		"2|∅|20250402|6|2|4|-1|1|50.0000|unsold|false")
}

func checkQuarantine(t *testing.T, conn engine.Conn) {
	want(t, conn, "SELECT record, reason, column_name, value FROM quarantine.order_line ORDER BY record",
		"3|no rate|ccy|USD on 2025-03-04",
		"4|no order header|order_id|404",
		"7|order_date: outside the calendar|order_date|2031-01-01",
		"9|deleted in source|is_deleted|true",
		"11|amount: missing or too large|unit_price|99999999.0000")
	want(t, conn, "SELECT record, reason, value FROM quarantine.return_line ORDER BY record",
		"2|value_cny: missing|∅", "3|return_date: outside the calendar|1800-01-01")
	want(t, conn, "SELECT count(*) FROM quarantine.order_line WHERE raw LIKE '%\"line_id\"%'", "5")
	want(t, conn, "SELECT table_name, staged, fact_order_line, fact_return, quarantined FROM meta.star_balance WHERE table_name IN ('order_line', 'return_line') ORDER BY table_name",
		"order_line|13|7|1|5", "return_line|4|0|2|2")
}

func checkDates(t *testing.T, conn engine.Conn) {
	want(t, conn, "SELECT count(*), min(date), max(date) FROM core.dim_date", "2558|2020-01-01|2026-12-31")
	want(t, conn, "SELECT date_key, iso_year_week, fiscal_year_quarter, fiscal_month, academic_year_label, term_label, week_of_term, days_to_term_start FROM core.dim_date WHERE date_key IN (20210103, 20241230, 20250331, 20250401, 20250117, 20250120, 20250217, 20250223, 20250224, 20250815, 20240901, 20240902) ORDER BY date_key",
		"20210103|2020-W53|FY2020-Q4|10|2020/21|2020/21 autumn|18|29",
		"20240901|2024-W35|FY2024-Q2|6|2024/25|2024/25 autumn|1|0",
		"20240902|2024-W36|FY2024-Q2|6|2024/25|2024/25 autumn|2|168",
		"20241230|2025-W01|FY2024-Q3|9|2024/25|2024/25 autumn|19|49",
		"20250117|2025-W03|FY2024-Q4|10|2024/25|2024/25 autumn|21|31",
		"20250120|2025-W04|FY2024-Q4|10|2024/25|2024/25 spring|∅|28",
		"20250217|2025-W08|FY2024-Q4|11|2024/25|2024/25 spring|1|0",
		"20250223|2025-W08|FY2024-Q4|11|2024/25|2024/25 spring|1|190",
		"20250224|2025-W09|FY2024-Q4|11|2024/25|2024/25 spring|2|189",
		"20250331|2025-W14|FY2024-Q4|12|2024/25|2024/25 spring|7|154",
		"20250401|2025-W14|FY2025-Q1|1|2024/25|2024/25 spring|7|153",
		"20250815|2025-W33|FY2025-Q2|5|2025/26|2025/26 autumn|∅|17")
	want(t, conn, "SELECT date_key, is_weekend, is_holiday, is_workday, holiday_name, fair_name, day_of_week, year_half, year_quarter, year_month, month_start FROM core.dim_date WHERE date_key IN (20250101, 20250125, 20250126, 20250618) ORDER BY date_key",
		"20250101|false|true|false|New Year|∅|3|2025-H1|2025-Q1|2025-01|2025-01-01",
		"20250125|true|false|false|∅|∅|6|2025-H1|2025-Q1|2025-01|2025-01-01",
		"20250126|true|false|true|∅|∅|7|2025-H1|2025-Q1|2025-01|2025-01-01",
		"20250618|false|false|true|∅|BIBF|3|2025-H1|2025-Q2|2025-06|2025-06-01")
	// From 31 December to 3 January two working days pass: 2 and 3 January.
	want(t, conn, "SELECT max(working_day_seq) - min(working_day_seq) FROM core.dim_date WHERE date_key IN (20241231, 20250103)", "2")
	want(t, conn, "SELECT date, year_month, term_label, fiscal_year_quarter, is_workday FROM core.dim_date WHERE date_key = -1", "∅|(unknown)|(unknown)|(unknown)|∅")
}

// Every key of a fact is a member of its dimension, and keys are dense.
func checkReferences(t *testing.T, conn engine.Conn) {
	for key, dim := range map[string]string{
		"date_key": "dim_date", "customer_key": "dim_customer", "title_key": "dim_title", "clc_key": "dim_clc", "geo_key": "dim_geo",
		"channel_key": "dim_channel", "employee_key": "dim_employee", "publisher_key": "dim_supplier",
	} {
		member := key
		if key == "publisher_key" {
			member = "supplier_key"
		}
		for _, fact := range []string{"fact_order_line", "fact_return"} {
			want(t, conn, fmt.Sprintf("SELECT count(*) FROM core.%s f LEFT JOIN core.%s d ON d.%s = f.%s WHERE d.%s IS NULL", fact, dim, member, key, member), "0")
		}
		if dim != "dim_date" && dim != "dim_clc" {
			want(t, conn, fmt.Sprintf("SELECT count(*) = max(%s) + 1 AND count(DISTINCT %s) = count(*) AND min(%s) = -1 FROM core.%s", member, member, member, dim), "true")
		}
	}
}

// With nothing but orders and lines every member is inferred and no row is lost.
func TestMinimal(t *testing.T) {
	for _, ids := range []string{"BIGINT", "VARCHAR"} {
		t.Run(ids, func(t *testing.T) {
			_, conn := newDatabase(t, ids, duck.Options{Threads: 1})
			fill(t, conn, "order_header", "order_id, customer_id, order_date, salesperson_id, ship_to_region",
				"2, 20, '2024-02-29', 5, 'France'", "1, 3, '2025-05-05', NULL, NULL")
			fill(t, conn, "order_line", "line_id, order_id, title_id, qty_ordered, unit_price",
				"1, 1, '9787111547426', 2, 10", "2, 2, 7, 1, 5.5", "3, 2, NULL, 1, 1")
			fill(t, conn, "return_line", "return_id, customer_id, title_id, return_date, qty, value_cny", "1, 4, 7, '2025-05-06', 1, 5.5")
			if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "EUR"}); err != nil {
				t.Fatal(err)
			}
			want(t, conn, "SELECT f.line_id, c.name, c.is_inferred, t.title, t.isbn_valid, e.name, g.area, f.net, y.ccy FROM core.fact_order_line f JOIN core.dim_customer c USING (customer_key) JOIN core.dim_title t USING (title_key) JOIN core.dim_employee e USING (employee_key) JOIN core.dim_geo g ON g.geo_key = f.geo_key JOIN core.dim_currency y USING (currency_key) ORDER BY f.line_id",
				"1|3|true|9787111547426|true|(unknown)|(unknown)|20.0000|EUR",
				"2|20|true|7|false|5|France|5.5000|EUR",
				"3|20|true|(unknown)|false|5|France|1.0000|EUR")
			want(t, conn, "SELECT c.customer_id, c.is_inferred, t.is_inferred FROM core.fact_return r JOIN core.dim_customer c USING (customer_key) JOIN core.dim_title t USING (title_key)", "4|true|true")
			want(t, conn, "SELECT date_key FROM core.dim_date WHERE date_key IN (20231231, 20240101, 20261231, 20270101) ORDER BY date_key", "20240101", "20261231")
		})
	}
}

// An empty stage gives a star of unknown members.
func TestEmpty(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	var steps []string
	err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY", Progress: func(step string, _ int64) { steps = append(steps, step) }})
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) < 20 || steps[0] != "prepare" {
		t.Error(steps)
	}
	want(t, conn, "SELECT (SELECT count(*) FROM core.fact_order_line), (SELECT count(*) FROM core.dim_customer), (SELECT min(year) FROM core.dim_date)", "0|1|2025")
}

// Regions from the company's own table: nested, with a circle, and codes that
// are not in it.
func TestGeo(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	fill(t, conn, "geo", "region_code, name, level, parent, country",
		"'110000', '北京市', 'province', NULL, NULL", "'110100', '市辖区', 'prefecture', '110000', NULL", "'110105', '朝阳区', 'county', '110100', NULL",
		"'DE', 'Germany', 'country', NULL, NULL", "'DE-BY', 'Bavaria', 'state', 'DE', NULL", "'DE-M', 'Munich', 'city', 'DE-BY', NULL",
		"'R1', 'Ring', 'area', 'R2', NULL", "'R2', 'Rang', 'area', 'R1', NULL", "'86', 'China', 'country', NULL, NULL")
	fill(t, conn, "customer", "customer_id, name, region_code, country",
		"1, 'a', '110105', NULL", "2, 'b', 'DE-M', NULL", "3, 'c', 'nowhere', NULL", "4, 'd', NULL, 'Germany'", "5, 'e', '810000', NULL", "6, 'f', 'nowhere', 'DE'")
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY"}); err != nil {
		t.Fatal(err)
	}
	want(t, conn, "SELECT c.customer_id, g.region_code, g.name, g.level, g.country, g.area, g.province, g.prefecture, g.county FROM core.dim_customer c JOIN core.dim_geo g USING (geo_key) WHERE customer_key > 0 ORDER BY customer_key",
		"1|110105|朝阳区|county|China|North China|Beijing|市辖区|朝阳区",
		"2|DE-M|Munich|city|Germany|Germany|Bavaria|∅|∅",
		"3|∅|(unknown)|∅|(unknown)|(unknown)|(unknown)|∅|∅",
		"4|DE|Germany|country|Germany|Germany|∅|∅|∅",
		"5|810000|Hong Kong|province|China|Hong Kong, Macao & Taiwan|Hong Kong|∅|∅",
		"6|DE|Germany|country|Germany|Germany|∅|∅|∅")
	want(t, conn, "SELECT subject, id FROM meta.star_note", "geo|R1")
	want(t, conn, "SELECT region_code, name, country FROM core.dim_geo WHERE region_code IN ('86', 'R1', 'R2') ORDER BY region_code", "86|China|China", "R1|Ring|Ring", "R2|Rang|Ring")
}

// The user's classes lie over the shipped ones.
func TestUserClasses(t *testing.T) {
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	fill(t, conn, "clc_class", "code, name, name_en, parent",
		"'TP391.4', '模式识别', 'Pattern recognition', 'TP3'", "'TP3', '计算', NULL, NULL", "'M99', 'x', NULL, NULL", "'?', 'x', NULL, NULL")
	fill(t, conn, "title", "title_id, title, clc_primary", "1, 'a', 'ＴＰ３９１．４１'", "2, 'b', '；'")
	if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY"}); err != nil {
		t.Fatal(err)
	}
	want(t, conn, "SELECT t.title_id, c.code, c.level, c.name_en, c.l3_code, c.l3_name FROM core.dim_title t JOIN core.dim_clc c USING (clc_key) WHERE title_key > 0 ORDER BY title_key",
		"1|TP391.4|4|Pattern recognition|TP3|Computing", "2|未分类|∅|Unclassified|∅|∅")
	want(t, conn, "SELECT code, class, clc_key > 0 FROM meta.clc_code ORDER BY code", "；|∅|false", "ＴＰ３９１．４１|TP391.4|true")
	want(t, conn, "SELECT id, note FROM meta.star_note WHERE subject = 'clc_class'", "?|not a class code: left out")
}

// Two builds of the same stage give the same rows in every table.
func TestDeterministic(t *testing.T) {
	digests := func() []string {
		_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 4})
		exec(t, conn, fmt.Sprintf(generate, 20_000))
		if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-06-30"), Currency: "CNY"}); err != nil {
			t.Fatal(err)
		}
		if err := Build(context.Background(), conn, Options{AsOf: day(t, "2025-12-31"), Currency: "CNY"}); err != nil {
			t.Fatal(err) // a second build replaces the first
		}
		var sums []string
		for _, table := range query(t, conn, "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema IN ('core', 'quarantine') OR table_name LIKE 'star%' OR table_name = 'clc_code' ORDER BY ALL") {
			// In stored order: the order is part of the promise.
			sums = append(sums, table+" "+query(t, conn, "SELECT count(*) || ' ' || md5(string_agg(r, chr(10) ORDER BY n)) FROM (SELECT CAST(t AS VARCHAR) AS r, row_number() OVER () AS n FROM "+table+" AS t)")[0])
		}
		return sums
	}
	first := digests()
	if len(first) < 16 {
		t.Fatal(first)
	}
	if diff := cmp.Diff(first, digests()); diff != "" {
		t.Error(diff)
	}
}

func TestRefusals(t *testing.T) {
	ctx := context.Background()
	_, conn := newDatabase(t, "BIGINT", duck.Options{Threads: 1})
	asOf := day(t, "2025-06-30")
	for _, test := range []struct {
		o    Options
		want string
	}{
		{Options{Currency: "CNY"}, "no as-of date"},
		{Options{AsOf: asOf}, `report currency "": want three letters`},
		{Options{AsOf: asOf, Currency: "CNY", FiscalYearStart: 13}, "fiscal year start 13"},
	} {
		if err := Build(ctx, conn, test.o); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Error(err, "want", test.want)
		}
	}
	fill(t, conn, "order_header", "order_id, order_date", "1, '2025-01-01'", "1, '2025-01-02'")
	fill(t, conn, "order_line", "line_id, order_id, qty_ordered, unit_price", "1, 1, 1, 1")
	err := Build(ctx, conn, Options{AsOf: asOf, Currency: "CNY"})
	if err == nil || !strings.Contains(err.Error(), "stage.order_line has 1 rows, but 4 became order lines") {
		t.Error(err)
	}
	exec(t, conn, "DELETE FROM stage.order_line")
	fill(t, conn, "customer", "customer_id, name", "1, 'a'", "1, 'b'")
	if err := Build(ctx, conn, Options{AsOf: asOf, Currency: "CNY"}); err == nil || !strings.Contains(err.Error(), "core.dim_customer has") {
		t.Error(err)
	}
	exec(t, conn, "DROP TABLE stage.title")
	var statement *engine.StatementError
	if err := Build(ctx, conn, Options{AsOf: asOf, Currency: "CNY"}); !errors.As(err, &statement) || !strings.Contains(err.Error(), "step prepare") {
		t.Error(err)
	}
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	if err := Build(stopped, conn, Options{AsOf: asOf, Currency: "CNY"}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
