package prospecting

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"verso/models/job"
	"verso/models/job/jobtest"
	"verso/models/run/profitability"
	"verso/olap/engine"
)

// all are the models of this package, after what they read.
func all() []job.Model {
	return []job.Model{profitability.CLV(profitability.CLVOptions{}), Forecast(), Acquisition(), Wallet(), Leads()}
}

// want compares queries with what they must give, as text.
func want(t *testing.T, conn engine.Conn, cases map[string]string) {
	t.Helper()
	for sql, w := range cases {
		if got := jobtest.Value(t, conn, sql); got != w {
			t.Errorf("%s: %s, want %s", sql, got, w)
		}
	}
}

// tables of the package, with the names of their numbers that may not be NaN.
var tables = []string{"forecast", "forecast_history", "forecast_backtest", "forecast_class", "forecast_title", "acquisition", "acquisition_cohort", "acquisition_backtest", "wallet", "whitespace", "lead", "opportunity", "lead_calibration"}

// noise is a company: customers who buy on scattered days in two years and more,
// titles in three classes of 35 publishers, leads and opportunities. Everything
// is arithmetic on row numbers.
const noise = `
INSERT INTO core.dim_clc (clc_key, code, bucket, bucket_name_en, bucket_name_zh) VALUES (1, 'A', 'A', 'Marxism', '马克思主义'), (2, 'B', 'B', 'Philosophy', '哲学'), (3, 'C', 'C', 'Society', '社会');
INSERT INTO core.dim_supplier (supplier_key, supplier_id, name) SELECT range, 'P' || range, 'Publisher ' || range FROM range(1, 36) AS s (range);
INSERT INTO core.dim_title (title_key, title_id, level, language, is_textbook) SELECT range, 'T' || range, CASE WHEN range % 3 = 0 THEN 'trade' ELSE 'academic' END, CASE WHEN range % 5 = 0 THEN 'ger' ELSE 'eng' END, range % 7 = 0 FROM range(1, 90) AS t (range);
INSERT INTO core.dim_geo (geo_key, area) VALUES (1, 'North'), (2, 'South');
INSERT INTO core.dim_customer (customer_key, customer_type, geo_key, credit_limit, annual_book_budget) SELECT range, CASE WHEN range % 2 = 0 THEN 'library' ELSE 'institute' END, 1 + range % 2, 100 * range, CASE WHEN range % 4 = 0 THEN 5000 END FROM range(1, 121) AS c (range);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, clc_key, publisher_key, geo_key, order_date, qty, net, cost, margin)
SELECT i, i // 3, 1 + (i * 7919 + i // 13) % 120, 1 + (i * 104729) % 89, 1 + (i * 31 + i // 7) % 3, 1 + (i * 15485863) % 35, 1 + i % 2,
       DATE '2022-01-03' + CAST((i * 611953) % 1600 AS INTEGER), 1 + i % 4, CASE WHEN i % 97 = 0 THEN -20 ELSE 10 + (i * 7) % 90 END, 5, 5 FROM range(1, 6001) AS l (i);
INSERT INTO core.dim_lead_kind VALUES (1, 'fair', 'new', NULL), (2, 'web', 'new', NULL);
INSERT INTO core.fact_lead (lead_id, customer_key, campaign_key, lead_kind_key, geo_key, date, date_key, days_to_order, converted, open)
SELECT i, -1, -1, 1 + i % 2, 1 + (i // 2) % 2, DATE '2022-02-01' + CAST((i * 7) % 1580 AS INTEGER), 20220201, CASE WHEN i % 2 = 0 AND i % 10 < 7 OR i % 11 = 0 THEN 10 + i % 200 END, 0, CASE WHEN i % 3 = 0 THEN 1 ELSE 0 END FROM range(1, 901) AS l (i);
INSERT INTO core.fact_opportunity (opp_id, customer_key, date, closed_date, won, open, amount)
SELECT i, 1 + i % 113, DATE '2022-02-01' + CAST((i * 5) % 1580 AS INTEGER), CASE WHEN i % 6 > 0 THEN DATE '2022-02-01' + CAST((i * 5) % 1580 AS INTEGER) + CAST(20 + i % 90 AS INTEGER) END, CASE WHEN i % 6 > 3 THEN 1 ELSE 0 END, CASE WHEN i % 6 = 0 THEN 1 ELSE 0 END, 1000 FROM range(1, 401) AS o (i);`

// Nothing in the tables is NaN or infinite, whatever comes in; every table is
// there, and every card says something in both languages.
func TestEveryTableWhateverComesIn(t *testing.T) {
	line := func(rows string) string {
		return "INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net, title_key, clc_key, publisher_key) VALUES " + rows
	}
	for name, add := range map[string][]string{
		"nothing":         nil,
		"one customer":    {"INSERT INTO core.dim_customer (customer_key, customer_type) VALUES (1, 'library')", line("(1, 1, '2024-03-05', 2, 30, 1, 1, 1)")},
		"one date":        {"INSERT INTO core.dim_customer (customer_key) SELECT range FROM range(1, 50)", "INSERT INTO core.fact_order_line (customer_key, order_date, qty, net, title_key, clc_key, publisher_key) SELECT range, DATE '2026-06-30', 1, 10, 1, 1, 1 FROM range(1, 50)"},
		"only bad":        {"INSERT INTO core.dim_customer (customer_key) VALUES (1)", line("(1, 1, '2024-03-05', -2, -30, -1, -1, -1), (1, 2, '2025-03-05', 0, 0, -1, -1, -1)")},
		"after the as-of": {line("(1, 1, '2027-03-05', 2, 30, 1, 1, 1)"), "INSERT INTO core.fact_lead (lead_id, date, open) VALUES (1, '2027-01-01', 1)"},
		"identical": {"INSERT INTO core.dim_customer (customer_key, customer_type, annual_book_budget, credit_limit) SELECT range, 'library', 100, 5 FROM range(1, 60)",
			"INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net, title_key, clc_key, publisher_key) SELECT c, c, CAST(d AS DATE), 1, 10, 1, 1, 1 FROM range(1, 60) AS k (c), range(DATE '2020-01-15', DATE '2026-06-20', INTERVAL 1 MONTH) AS r (d)",
			"INSERT INTO core.fact_lead (lead_id, customer_key, campaign_key, lead_kind_key, geo_key, date, days_to_order, open) SELECT range, -1, -1, -1, -1, DATE '2023-01-01' + CAST(range AS INTEGER), 30, 0 FROM range(1, 300)"},
		"thirty years": {"INSERT INTO core.dim_customer (customer_key) SELECT range FROM range(1, 9)",
			"INSERT INTO core.fact_order_line (customer_key, order_key, order_date, qty, net, title_key, clc_key, publisher_key) SELECT 1 + month(d) % 8, 1, CAST(d AS DATE), 1, 10 + month(d), 1, 1, 1 FROM range(DATE '1996-01-15', DATE '2026-06-20', INTERVAL 1 MONTH) AS r (d)"},
		"noise": {noise},
	} {
		t.Run(name, func(t *testing.T) {
			conn := jobtest.Open(t, "2026-06-30", add...)
			jobtest.Run(t, conn, "2026-06-30", all()...)
			checkNumbers(t, conn)
			want(t, conn, map[string]string{
				"SELECT count(*) FROM card.model WHERE model IN ('forecast', 'acquisition', 'wallet', 'leads') AND reading <> '' AND reading_zh <> '' AND definition_zh <> ''": "4",
				"SELECT count(*) FROM score.forecast WHERE NOT (low_95 <= low_80 AND low_80 <= mean AND mean <= high_80 AND high_80 <= high_95)":                               "0",
				"SELECT count(*) FROM score.lead WHERE NOT (probability BETWEEN 0 AND 1) OR NOT (probability_left BETWEEN 0 AND probability + 1e-9)":                           "0",
			})
		})
	}
}

// checkNumbers looks for NaN and infinities in every column of the tables.
func checkNumbers(t *testing.T, conn engine.Conn) {
	t.Helper()
	for _, table := range tables {
		var tests []string
		err := engine.Rows(context.Background(), conn, engine.SQL("SELECT column_name FROM information_schema.columns WHERE table_schema = 'score' AND table_name = '"+table+"' AND data_type = 'DOUBLE'"), func(r []any) error {
			tests = append(tests, "isnan("+engine.Text(r[0])+") OR isinf("+engine.Text(r[0])+")")
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := jobtest.Value(t, conn, "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'score' AND table_name = '"+table+"'"); got == "0" {
			t.Errorf("no table score.%s", table)
			continue
		}
		if len(tests) > 0 {
			if got := jobtest.Value(t, conn, "SELECT count(*) FROM score."+table+" WHERE "+strings.Join(tests, " OR ")); got != "0" {
				t.Errorf("score.%s: %s rows with numbers that are none", table, got)
			}
		}
	}
}

// The same company gives the same rows on one core and on all.
func TestSameOnAnyNumberOfCores(t *testing.T) {
	var digests [2]string
	for k, cores := range []int{1, 4} {
		before := runtime.GOMAXPROCS(cores)
		conn := jobtest.Open(t, "2026-06-30", noise, fmt.Sprintf("SET threads = %d", cores))
		jobtest.Run(t, conn, "2026-06-30", all()...)
		runtime.GOMAXPROCS(before)
		for _, table := range tables {
			digests[k] += table + " " + jobtest.Value(t, conn, "SELECT count(*) || ' ' || coalesce(md5(string_agg(CAST(s AS VARCHAR), '|' ORDER BY rowid)), '') FROM score."+table+" AS s") + "\n"
		}
	}
	if digests[0] != digests[1] {
		t.Errorf("one core:\n%s\nfour:\n%s", digests[0], digests[1])
	}
}
