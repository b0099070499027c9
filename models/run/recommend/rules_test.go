package recommend

import (
	"fmt"
	"testing"

	"verso/models/job/jobtest"
)

// Every business rule on a warehouse where its data stands: what it bars is in no
// list, and it says how many it left out.
func TestRulesOnTheWarehouse(t *testing.T) {
	const count = "SELECT count(*) FROM score.recommendation WHERE "
	for name, q := range map[string]struct {
		rule       string
		options    Options
		statements []string
		none, some string // conditions on lines that there are none of, and some
	}{
		"embargo": {rule: "embargo", statements: []string{"INSERT INTO core.dim_reason (reason_key, kind, code) VALUES (1, 'cancel', 'embargo'), (2, 'cancel', 'op')",
			// All of class A1 was refused in May; orders of the titles from 120 on were delivered since.
			"INSERT INTO core.fact_order_stage (line_id, title_key, order_date, cancel_reason_key, qty_delivered) SELECT t.title_key, t.title_key, DATE '2026-05-01', 1, 0 FROM core.dim_title AS t WHERE t.clc_primary = 'A1'",
			"INSERT INTO core.fact_order_stage (line_id, title_key, order_date, cancel_reason_key, qty_delivered) SELECT 900 + t.title_key, t.title_key, DATE '2026-06-01', -1, 1 FROM core.dim_title AS t WHERE t.clc_primary = 'A1' AND t.title_key >= 120",
			// Another reason, and one of long ago, bar nothing.
			"INSERT INTO core.fact_order_stage (line_id, title_key, order_date, cancel_reason_key, qty_delivered) SELECT 2000 + t.title_key, t.title_key, DATE '2026-05-01', 2, 0 FROM core.dim_title AS t WHERE t.clc_primary = 'B1'",
			"INSERT INTO core.fact_order_stage (line_id, title_key, order_date, cancel_reason_key, qty_delivered) SELECT 3000 + t.title_key, t.title_key, DATE '2025-05-01', 1, 0 FROM core.dim_title AS t WHERE t.clc_primary = 'TP'"},
			none: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'A1' AND title_key < 120)",
			some: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'A1' AND title_key >= 120 OR clc_primary IN ('B1', 'TP') AND title_key < 120)"},
		// A copy costs 100, or by its band 150; 60 are left to customer 10, 120 to customer 14.
		"budget": {rule: "budget", statements: []string{
			"UPDATE core.dim_customer SET annual_book_budget = 60 + (SELECT sum(l.net) FROM core.fact_order_line AS l WHERE l.customer_key = 10 AND l.order_date >= DATE '2026-01-01') WHERE customer_key = 10",
			"UPDATE core.dim_customer SET annual_book_budget = 120 + (SELECT sum(l.net) FROM core.fact_order_line AS l WHERE l.customer_key = 14 AND l.order_date >= DATE '2026-01-01') WHERE customer_key = 14"},
			none: "customer_key = 10 OR customer_key = 14 AND list = 'new'", some: "customer_key = 14 AND list = 'stock'"},
		"branch": {rule: "branch", statements: []string{"UPDATE core.dim_customer SET parent_customer_key = 1 WHERE customer_key IN (5, 9)"},
			none: "customer_key IN (1, 5, 9) AND title_key IN (SELECT title_key FROM core.fact_order_line WHERE customer_key IN (1, 5, 9))",
			some: "customer_key IN (13, 17) AND title_key IN (SELECT title_key FROM core.fact_order_line WHERE customer_key IN (1, 5, 9))"},
		"textbooks out of season": {rule: "textbook", statements: []string{"UPDATE core.dim_title SET is_textbook = title_key % 5 = 0", "INSERT INTO core.dim_date (date, days_to_term_start) VALUES (DATE '2026-06-30', 20)"},
			none: "title_key % 5 = 0", some: "title_key % 5 = 1"},
		"textbooks in season": {statements: []string{"UPDATE core.dim_title SET is_textbook = title_key % 5 = 0", "INSERT INTO core.dim_date (date, days_to_term_start) VALUES (DATE '2026-06-30', 63)"},
			none: "false", some: "title_key % 5 = 0"},
		"edition by work": {rule: "owned", statements: []string{"UPDATE core.dim_title SET work_id = 'one' WHERE clc_primary = 'B1'"},
			none: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'B1') AND customer_key IN (SELECT l.customer_key FROM core.fact_order_line AS l INNER JOIN core.dim_title AS t ON t.title_key = l.title_key WHERE t.clc_primary = 'B1')",
			some: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'TP')"},
		"edition by ISBN": {rule: "owned", statements: []string{"UPDATE core.dim_title SET isbn13 = '9780000000002', isbn_valid = true WHERE clc_primary = 'B1'"},
			none: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'B1') AND customer_key IN (SELECT l.customer_key FROM core.fact_order_line AS l INNER JOIN core.dim_title AS t ON t.title_key = l.title_key WHERE t.clc_primary = 'B1')",
			some: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'TP')"},
		"supply": {rule: "status", statements: []string{"UPDATE core.dim_title SET pub_status = 'cancelled' WHERE title_key % 5 = 2"}, none: "title_key % 5 = 2", some: "title_key % 5 = 3"},
		"stock": {rule: "stock", statements: []string{"UPDATE core.dim_title SET pub_status = 'op' WHERE title_key % 5 = 2", "INSERT INTO core.fact_inventory (title_key, snap_date, qty_free) SELECT t.title_key, DATE '2026-06-28', CASE WHEN t.title_key % 10 = 2 THEN 3 ELSE 0 END FROM core.dim_title AS t"},
			none: "title_key % 10 = 7", some: "title_key % 10 = 2"},
		// Class A1 must not be sold in a province, a name no region has bars nothing.
		"territory": {rule: "territory", statements: []string{"UPDATE core.dim_geo SET region_code = '810000', name = 'Hong Kong' WHERE geo_key = 1", "UPDATE core.dim_geo SET region_code = '320500', name = 'Suzhou' WHERE geo_key = 2",
			"CREATE SCHEMA IF NOT EXISTS stage", "CREATE TABLE stage.title (title_id VARCHAR, volume VARCHAR, not_sold_in VARCHAR)",
			"INSERT INTO stage.title SELECT t.title_id, NULL, CASE t.clc_primary WHEN 'A1' THEN 'Nowhere; hong kong' WHEN 'B1' THEN '320000' WHEN 'TP' THEN 'Nowhere' END FROM core.dim_title AS t"},
			none: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'A1') AND customer_key % 2 = 0 OR title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'B1') AND customer_key % 2 = 1",
			some: "title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'TP') OR title_key IN (SELECT title_key FROM core.dim_title WHERE clc_primary = 'A1') AND customer_key % 2 = 1"},
		// Titles of publisher 1 earn 10 %, others 40 %.
		"margin": {rule: "margin", options: Options{MinMargin: .2}, statements: []string{"UPDATE core.fact_order_line SET margin = CASE WHEN title_key % 7 = 0 THEN 10 ELSE 40 END, publisher_key = 1 + title_key % 7"},
			none: "title_key % 7 = 0", some: "title_key % 7 = 1"},
		"cap of a title": {rule: "title_cap", options: Options{TitleCap: .01},
			none: "list = 'new' AND title_key IN (SELECT title_key FROM score.recommendation WHERE NOT is_next GROUP BY title_key HAVING count(*) > 20)", some: "list = 'new'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := jobtest.Open(t, "2026-06-30", append([]string{shop}, q.statements...)...)
			jobtest.Run(t, conn, "2026-06-30", Recommend(q.options))
			want(t, "lines barred", jobtest.Value(t, conn, count+"("+q.none+")"), "0")
			if q.rule != "title_cap" {
				want(t, "targets barred", jobtest.Value(t, conn, "SELECT count(*) FROM (SELECT *, 'new' AS list FROM score.title_target) AS r WHERE "+q.none), "0")
			}
			want(t, "lines that stay", jobtest.Value(t, conn, "SELECT count(*) > 0 FROM score.recommendation WHERE "+q.some), "true")
			if q.rule != "" {
				want(t, "the rule counts", jobtest.Value(t, conn, fmt.Sprintf("SELECT bool_and(is_on) AND sum(titles + candidates) > 0 FROM score.offer_rule WHERE rule = '%s'", q.rule)), "true")
			}
		})
	}
}

// Nothing in a warehouse says where a title may be sold: the rule is off, and the
// card says so.
func TestTerritoryIsOff(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", shop)
	jobtest.Run(t, conn, "2026-06-30", Recommend(Options{}))
	want(t, "territory", jobtest.Value(t, conn, "SELECT string_agg(DISTINCT off_reason, ' ') FROM score.offer_rule WHERE rule = 'territory'"), "no_data")
	want(t, "its words", jobtest.Value(t, conn, "SELECT value || ' ' || value_zh FROM card.parameter WHERE model = 'recommend' AND name = 'rule.territory'"), "off: the data is absent 未启用：缺少数据")
}

// A name holds what lies in it; one that no region has is told, not passed over.
func TestTerritoriesByName(t *testing.T) {
	regions := []region{
		{1, "810000", []string{"810000", "hong kong", "china", "hong kong, macao & taiwan"}},
		{2, "320500", []string{"320500", "suzhou", "china", "east", "", "jiangsu", "江苏省"}},
		{3, "320000", []string{"320000", "jiangsu", "china", "east"}},
		{4, "de-by", []string{"de-by", "bavaria", "germany", "germany"}},
	}
	for cell, want := range map[string]string{
		"810000": "[1] []", " 320000 ; HONG KONG": "[1 2 3] []", "320500": "[2] []", "江苏省": "[2] []", "China": "[1 2 3] []",
		"Germany;Atlantis": "[4] [atlantis]", ";;": "[] []", "": "[] []",
	} {
		keys, unknown := within(cell, regions)
		if got := fmt.Sprint(keys, " ", unknown); got != want {
			t.Errorf("%q: %s, want %s", cell, got, want)
		}
	}
}
