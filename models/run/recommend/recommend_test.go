package recommend

import (
	"fmt"
	"strings"
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

// shop is a company as of 2026-06-30: 80 customers who buy in the class of their
// number's remainder by four, 200 titles in four classes, twenty new ones in two
// catalogues, a customer (81) who never bought, and ten series of three volumes.
const shop = `
INSERT INTO core.dim_geo (geo_key, area) VALUES (1, 'East'), (2, 'North');
INSERT INTO core.dim_clc (clc_key, code, level, l1_code, l2_code) VALUES (1, 'A1', 2, 'A', 'A1'), (2, 'B1', 2, 'B', 'B1'), (3, 'TP', 2, 'T', 'TP'), (4, 'R5', 2, 'R', 'R5');
INSERT INTO core.dim_customer (customer_key, customer_id, name, customer_type, geo_key, owner_employee_key, status, parent_customer_key, annual_book_budget, consent_marketing)
SELECT i, 'C' || i, 'Customer ' || i, CASE WHEN i % 3 = 0 THEN 'library' ELSE 'individual' END, 1 + i % 2, 1, 'active', -1, NULL, i <> 5 FROM range(1, 82) AS a (i);
INSERT INTO core.dim_title (title_key, title_id, title, title_zh, work_id, series_id, publisher_key, publisher, pub_status, language, level, binding, price_band, clc_primary, clc_key, is_textbook, first_listed, isbn_valid)
SELECT i, 'T' || i, 'Title ' || i, '书 ' || i, CAST(i AS VARCHAR), CASE WHEN i <= 30 THEN CAST(1 + (i - 1) // 3 AS VARCHAR) END, 1 + i % 7, 'P' || (1 + i % 7), 'in print', 'eng', 'academic', 'pb', '0100-0199',
       ['A1', 'B1', 'TP', 'R5'][1 + CASE WHEN i <= 30 THEN ((i - 1) // 3) % 4 ELSE i % 4 END], 1 + CASE WHEN i <= 30 THEN ((i - 1) // 3) % 4 ELSE i % 4 END, false,
       CASE WHEN i <= 30 THEN DATE '2024-01-01' + CAST((i - 1) % 3 AS INTEGER) ELSE DATE '2024-01-01' END, false
FROM range(1, 201) AS a (i);
INSERT INTO core.dim_title (title_key, title_id, title, work_id, publisher_key, pub_status, language, level, price_band, clc_primary, clc_key, is_textbook, first_listed, isbn_valid)
SELECT i, 'T' || i, 'New ' || i, CAST(i AS VARCHAR), 1 + i % 7, 'in print', 'eng', 'academic', '0100-0199', ['A1', 'B1', 'TP', 'R5'][1 + i % 4], 1 + i % 4, false, DATE '2026-06-20', false FROM range(201, 221) AS a (i);
INSERT INTO core.dim_catalogue (catalogue_key, catalogue_id, code, issue, issue_date) VALUES (1, 'K1', 'T', '202606', '2026-06-20'), (2, 'K2', 'S', '202606', '2026-06-20');
INSERT INTO core.fact_catalogue_listing (catalogue_key, title_key, issue_date, page, is_mature, copies_90, lines_90) SELECT 1 + i % 2, i, DATE '2026-06-20', i - 200, false, 0, 0 FROM range(201, 221) AS a (i);
INSERT INTO core.fact_order_line (line_id, customer_key, title_key, clc_key, order_date, qty, qty_cancelled, net, margin, publisher_key)
SELECT c * 1000 + n, c, 31 + (c % 4 - 31 % 4 + 4) % 4 + 4 * ((c * 7 + n * n * 5 + n) % 42), 1, DATE '2024-07-01' + CAST((n * 31 + c * 3) % 725 AS INTEGER), 1, 0, 100, 30, 1 FROM range(1, 81) AS a (c), range(1, 19) AS b (n);
`

func want(t *testing.T, q interface{}, got, text string) {
	t.Helper()
	if got != text {
		t.Errorf("%v: %s, want %s", q, got, text)
	}
}

func TestLists(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", shop,
		// Customer 1 holds the first volume of series 1, customer 2 the second of two.
		"INSERT INTO core.fact_order_line (line_id, customer_key, title_key, order_date, qty, qty_cancelled, net) VALUES (1, 1, 1, '2026-05-01', 1, 0, 100), (2, 2, 4, '2026-05-01', 1, 0, 100), (3, 2, 5, '2026-05-02', 1, 0, 100)")
	jobtest.Run(t, conn, "2026-06-30", Recommend(Options{}))
	for sql, value := range map[string]string{
		// Everybody has a list, none of it bought, and a total order.
		"SELECT count(DISTINCT customer_key) FROM score.recommendation WHERE list = 'stock'":                                                                   "81",
		"SELECT count(*) FROM score.recommendation AS r INNER JOIN core.fact_order_line AS l ON l.customer_key = r.customer_key AND l.title_key = r.title_key": "0",
		"SELECT count(*) FROM (SELECT customer_key, list, rank FROM score.recommendation GROUP BY ALL HAVING count(*) > 1)":                                    "0",
		"SELECT max(rank) FROM score.recommendation": "20",
		// New titles are in the one list and not in the other.
		"SELECT count(*) FROM score.recommendation WHERE (list = 'new') <> (title_key > 200)": "0",
		// The next volume stands first, and says so; not the one after it.
		"SELECT title_key || ' ' || is_next || ' ' || split_part(reason_en, ';', 1) FROM score.recommendation WHERE customer_key = 1 AND list = 'stock' AND rank = 1": "2 true volume 2 of a series you hold: you have \"Title 1\"",
		"SELECT title_key || ' ' || split_part(reason_zh, '；', 1) FROM score.recommendation WHERE customer_key = 2 AND list = 'stock' AND rank = 1":                   "6 所藏丛书的第 3 卷：已有《书 5》",
		"SELECT count(*) FROM score.recommendation WHERE customer_key = 1 AND title_key = 3":                                                                          "0",
		// Customers buy in one class, and are offered it first.
		"SELECT count(*) > 70 FROM score.recommendation AS r INNER JOIN core.dim_title AS t ON t.title_key = r.title_key WHERE r.list = 'new' AND r.rank = 1 AND r.customer_key <= 80 AND t.clc_key = 1 + r.customer_key % 4": "true",
		"SELECT count(*) FROM score.recommendation WHERE reason_en IS NULL OR reason_zh IS NULL":                                                                                                                              "0",
		"SELECT DISTINCT model FROM score.recommendation WHERE customer_key = 81":                                                                                                                                             "type",
		"SELECT count(*) FROM score.mailing WHERE customer_key = 5 AND is_sent":                                                                                                                                               "0",
		"SELECT count(DISTINCT title_key) FROM score.title_target":                                                                                                                                                            "20",
		"SELECT count(*) FROM score.offer_outcome":                                                                                                                                                                            "0",
		"SELECT count(*) = (SELECT count(*) FROM score.recommendation) FROM score.offer":                                                                                                                                      "true",
		"SELECT string_agg(DISTINCT rule, ' ' ORDER BY rule) FROM score.offer_rule WHERE NOT is_on":                                                                                                                           "branch budget embargo margin territory textbook",
	} {
		want(t, sql, jobtest.Value(t, conn, sql), value)
	}
	// The share stated is that of the data.
	said := jobtest.Value(t, conn, `SELECT coalesce(max(reason_en), 'none') FROM score.recommendation WHERE customer_key = 9 AND list = 'new' AND reason_en LIKE '%in B1,%'`)
	n := jobtest.Number(t, conn, "SELECT count(DISTINCT title_key) FROM core.fact_order_line WHERE customer_key = 9 AND order_date > DATE '2025-06-30'")
	if said != "none" && !strings.HasPrefix(said, fmt.Sprintf("in B1, 100 %% of the titles you took in twelve months (%.0f)", n)) {
		t.Errorf("said %s, of %v titles", said, n)
	}
}

// Lists of today held against the orders of two months later: hits are counted of
// what was offered, and of customers held out apart.
func TestOutcomes(t *testing.T) {
	conn := jobtest.Open(t, "2026-06-30", shop)
	jobtest.Run(t, conn, "2026-06-30", Recommend(Options{Held: .3}))
	if n := jobtest.Number(t, conn, "SELECT count(DISTINCT customer_key) FROM score.recommendation WHERE is_holdout"); n < 10 || n > 40 {
		t.Errorf("%v of 81 customers held out, want about 24", n)
	}
	_, err := conn.Exec(t.Context(), engine.SQL(`INSERT INTO core.fact_order_line (line_id, customer_key, title_key, order_date, qty, qty_cancelled, net)
SELECT 100000 + r.customer_key, r.customer_key, r.title_key, DATE '2026-07-15', 1, 0, 100 FROM score.recommendation AS r WHERE r.list = 'stock' AND r.rank = 2 AND r.customer_key <= 40`))
	if err != nil {
		t.Fatal(err)
	}
	jobtest.Run(t, conn, "2026-09-15", Recommend(Options{Held: .3}))
	for sql, value := range map[string]string{
		"SELECT sum(ordered) FROM score.offer_outcome WHERE list = 'stock'":   "40",
		"SELECT sum(ordered) FROM score.offer_outcome WHERE list = 'new'":     "0",
		"SELECT min(is_closed::INTEGER) FROM score.offer_outcome":             "1",
		"SELECT count(DISTINCT offered_on) FROM score.offer":                  "2",
		"SELECT sum(customers) FROM score.offer_outcome WHERE list = 'stock'": "81",
	} {
		want(t, sql, jobtest.Value(t, conn, sql), value)
	}
}

// Everything that can be wrong with the data at once, and nothing at all.
func TestBadInput(t *testing.T) {
	everything := `INSERT INTO core.fact_order_line (line_id, customer_key, title_key, order_date, qty, qty_cancelled, net) SELECT 500000 + t.title_key, 80, t.title_key, DATE '2026-03-01', 1, 0, 10 FROM core.dim_title AS t;
UPDATE core.dim_title SET clc_primary = NULL, clc_key = -1, title = NULL, publisher_key = -1 WHERE title_key % 10 = 3;
INSERT INTO core.fact_order_line (line_id, customer_key, title_key, order_date, qty, qty_cancelled, net) VALUES (600001, 7, 35, '2026-02-01', 10000, 0, -5);
INSERT INTO core.fact_return (return_id, line_id, customer_key, title_key, return_date, qty) SELECT l.line_id, l.line_id, l.customer_key, l.title_key, DATE '2026-06-01', l.qty FROM core.fact_order_line AS l WHERE l.customer_key = 8`
	bare := `UPDATE core.dim_title SET title = NULL, title_zh = NULL, work_id = NULL, series_id = NULL, publisher_key = -1, publisher = NULL, pub_status = NULL, language = NULL, level = NULL, binding = NULL,
price_band = NULL, clc_primary = NULL, clc_key = -1, is_textbook = NULL, first_listed = NULL, isbn13 = NULL, isbn_valid = NULL;
UPDATE core.fact_order_line SET publisher_key = -1, clc_key = -1, margin = NULL; DELETE FROM core.fact_catalogue_listing`
	for name, statements := range map[string][]string{
		"empty":         nil,
		"no purchases":  {shop, "DELETE FROM core.fact_order_line"},
		"one customer":  {shop, "DELETE FROM core.dim_customer WHERE customer_key > 1", "DELETE FROM core.fact_order_line WHERE customer_key > 1"},
		"one day":       {shop, "UPDATE core.fact_order_line SET order_date = DATE '2026-06-01'"},
		"no listings":   {shop, "DELETE FROM core.fact_catalogue_listing"},
		"no catalogues": {shop, "DELETE FROM core.fact_catalogue_listing", "DELETE FROM core.dim_catalogue"},
		"no titles":     {shop, "DELETE FROM core.dim_title"},
		"no customers":  {shop, "DELETE FROM core.dim_customer"},
		"all gone":      {shop, "UPDATE core.dim_title SET pub_status = 'cancelled'"},
		"all returned":  {shop, "INSERT INTO core.fact_return (return_id, line_id, customer_key, title_key, return_date, qty) SELECT l.line_id, l.line_id, l.customer_key, l.title_key, DATE '2026-06-29', l.qty FROM core.fact_order_line AS l"},
		"all bought":    {shop, "INSERT INTO core.fact_order_line (line_id, customer_key, title_key, order_date, qty, qty_cancelled, net) SELECT 700000 + row_number() OVER (), c.customer_key, t.title_key, DATE '2026-06-01', 1, 0, 10 FROM core.dim_title AS t, core.dim_customer AS c WHERE c.customer_key > 0"},
		"no attributes": {shop, bare},
		"everything":    {shop, everything},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := jobtest.Open(t, "2026-06-30", statements...)
			jobtest.Run(t, conn, "2026-06-30", Recommend(Options{}))
			for _, table := range []string{"recommendation", "title_target", "mailing", "title_demand", "recommendation_backtest", "offer_rule", "offer_trade", "offer_outcome", "offer"} {
				jobtest.Value(t, conn, "SELECT count(*) FROM score."+table)
			}
			want(t, "cards", jobtest.Value(t, conn, "SELECT count(*) FROM card.model WHERE length(reading) > 20 AND length(reading_zh) > 5"), "3")
			want(t, "finite", jobtest.Value(t, conn, "SELECT count(*) FROM score.recommendation WHERE NOT isfinite(score)"), "0")
			want(t, "lines of the cards", jobtest.Value(t, conn, "SELECT max(rows) = (SELECT count(*) FROM score.recommendation WHERE list = 'stock') FROM card.model WHERE model = 'recommend'"), "true")
			switch name {
			case "all bought", "all gone":
				want(t, "nothing left", jobtest.Value(t, conn, "SELECT count(*) FROM score.recommendation WHERE customer_key <= 80"), "0")
			case "no attributes":
				want(t, "left out of the card", jobtest.Value(t, conn, "SELECT count(*) FROM card.parameter WHERE model = 'recommend' AND name = 'left_out.content'"), "1")
				want(t, "lists all the same", jobtest.Value(t, conn, "SELECT count(DISTINCT customer_key) FROM score.recommendation"), "81")
			case "everything":
				want(t, "nothing left", jobtest.Value(t, conn, "SELECT count(*) FROM score.recommendation WHERE customer_key = 80"), "0")
			}
		})
	}
}
