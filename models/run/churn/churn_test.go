package churn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"verso/models/job/jobtest"
	"verso/models/run/churn"
	"verso/models/run/profitability"
	"verso/olap/engine"
)

const asOf = "2023-06-30"

// short keeps the horizon so short that the world's four years hold a backtest.
var short = churn.Options{Horizon: 90, Silence: 365}

func scored(t *testing.T) engine.Conn {
	t.Helper()
	conn := open(t)
	jobtest.Run(t, conn, asOf, profitability.CLV(profitability.CLVOptions{}), churn.Churn(short))
	return conn
}

// TestScores holds what is written against SQL that counts it anew.
func TestScores(t *testing.T) {
	conn := scored(t)
	const atRisk = `(SELECT customer_key, max(order_date) AS last FROM core.fact_order_line GROUP BY customer_key HAVING max(order_date) >= DATE '2023-06-30' - 365)`
	for _, c := range []struct{ what, sql, want string }{
		{"customers at risk", "SELECT count(*) - (SELECT count(*) FROM score.churn) FROM " + atRisk, "0"},
		{"all by the model", "SELECT count(*) FROM score.churn WHERE basis <> 'model' OR probability IS NULL OR NOT probability BETWEEN 0 AND 1", "0"},
		{"last orders", "SELECT count(*) FROM score.churn AS s JOIN " + atRisk + " AS a USING (customer_key) WHERE s.last_order <> a.last OR s.silent_days <> DATE '2023-06-30' - a.last", "0"},
		{"value at risk", "SELECT count(*) FROM score.churn WHERE value IS NOT NULL AND abs(value_at_risk - probability * greatest(0, value)) > 0.011", "0"},
		{"bands", "SELECT count(*) FROM score.churn WHERE band <> CASE WHEN probability >= 0.6 THEN 'high' WHEN probability >= 0.3 THEN 'medium' ELSE 'low' END", "0"},
		{"horizon of 90 days, of term for universities", "SELECT count(*) FROM score.churn WHERE until <> CASE WHEN customer_type = 'university' THEN DATE '2023-11-29' ELSE DATE '2023-09-28' END", "0"},
		{"watch-list by value at risk", "SELECT count(*) FROM (SELECT value_at_risk - lag(value_at_risk) OVER (ORDER BY place) AS d FROM score.watchlist) WHERE d > 0", "0"},
		{"nobody of the band low", "SELECT count(*) FROM score.watchlist WHERE band = 'low'", "0"},
		{"places among salespeople", "SELECT count(*) FROM (SELECT row_number() OVER (PARTITION BY employee_key ORDER BY place) - salesperson_place AS d FROM score.watchlist) WHERE d <> 0", "0"},
		{"rates", `SELECT count(*) FROM score.churn_rate AS r WHERE r."left" > r.at_risk OR r.came_back > r."left" OR r.left_half < r."left" OR r.left_double > r."left"`, "0"},
		{"reasons of frequency are counted", `SELECT count(*) FROM score.churn_reason AS r WHERE concept = 'few orders' AND regexp_extract(fact, '^.* in the last year') <> (SELECT CASE count(DISTINCT l.order_date) WHEN 1 THEN 'ordered on 1 day in the last year' ELSE 'ordered on ' || count(DISTINCT l.order_date) || ' days in the last year' END
FROM core.fact_order_line AS l WHERE l.customer_key = r.customer_key AND l.order_date > DATE '2023-06-30' - 365)`, "0"},
		{"reasons of late deliveries are counted", `SELECT count(*) FROM score.churn_reason AS r WHERE concept = 'late deliveries' AND CAST(regexp_extract(fact, '^\d+') AS BIGINT) <> (SELECT count(*)
FROM core.fact_order_stage AS s WHERE s.customer_key = r.customer_key AND s.promised_date > DATE '2023-06-30' - 183 AND s.promised_date < DATE '2023-06-30'
AND (s.delivered_date_key = -1 OR s.delivered_date_key > CAST(strftime(s.promised_date, '%Y%m%d') AS INTEGER)) AND (s.cancelled_date_key = -1 OR s.cancelled_date_key > CAST(strftime(s.promised_date, '%Y%m%d') AS INTEGER)))`, "0"},
		{"verbs without arguments", "SELECT count(*) FROM score.churn_reason WHERE fact LIKE '%!%' OR fact_zh LIKE '%!%'", "0"},
		{"contracts that lapsed", `SELECT count(*) - (SELECT count(*) FROM score.churn_change WHERE change = 'lapsed') FROM (SELECT customer_key FROM core.fact_contract WHERE start_date <= DATE '2023-06-30' GROUP BY customer_key HAVING max(end_date) < DATE '2023-06-30' - 90)`, "0"},
	} {
		if got := jobtest.Value(t, conn, c.sql); got != c.want {
			t.Errorf("%s: %s", c.what, got)
		}
	}
	if n := jobtest.Number(t, conn, "SELECT count(*) FROM score.churn_reason"); n < 50 {
		t.Errorf("only %v reasons", n)
	}
	reasonsAreCounted(t, conn)
	backtested(t, conn)
}

// backtested holds the model against chance and the plain baseline, on customers
// of whom a third stop for good.
func backtested(t *testing.T, conn engine.Conn) {
	t.Helper()
	metric := func(name string) float64 {
		return jobtest.Number(t, conn, "SELECT value FROM card.metric WHERE model = 'churn' AND name = '"+name+"'")
	}
	if auc, recency := metric("backtest.model.auc_mean"), metric("backtest.recency.auc_mean"); auc < .7 || auc < recency-.02 {
		t.Errorf("AUC %.3f, of recency alone %.3f", auc, recency)
	}
	if auc := metric("permuted_auc"); math.Abs(auc-.5) > .1 {
		t.Errorf("AUC %.3f after the outcomes were dealt out at random", auc)
	}
	if got := jobtest.Value(t, conn, "SELECT count(DISTINCT origin) FROM score.churn_backtest WHERE model = 'model' AND segment = '(all)'"); got != "5" {
		t.Errorf("%s origins with all of them, want 5", got)
	}
	if got := jobtest.Value(t, conn, "SELECT count(*) FROM card.parameter WHERE model = 'churn' AND (name = 'model' AND value LIKE '{%' OR name LIKE 'grade_against.%')"); got != "3" {
		t.Errorf("%s of the model and two grades in the card", got)
	}
}

// digest is the scores and the card as one text.
func digest(t *testing.T, conn engine.Conn) string {
	t.Helper()
	return jobtest.Value(t, conn, "SELECT md5(string_agg(CAST(s AS VARCHAR), '|' ORDER BY s.customer_key)) FROM score.churn AS s") +
		jobtest.Value(t, conn, "SELECT md5(string_agg(name || value, '|' ORDER BY name)) FROM card.parameter WHERE model = 'churn'")
}

// TestChangeSinceLastRun keeps the probability of the run before; and a run repeated
// gives the same bytes.
func TestChangeSinceLastRun(t *testing.T) {
	conn := open(t)
	quick := churn.Options{Horizon: 90, Step: 400, Origins: []time.Time{time.Date(2022, 6, 30, 0, 0, 0, 0, time.UTC)}}
	jobtest.Run(t, conn, "2023-06-30", churn.Churn(quick))
	if got := jobtest.Value(t, conn, "SELECT count(before) FROM score.churn"); got != "0" {
		t.Errorf("%s customers with a run before the first", got)
	}
	again := open(t)
	jobtest.Run(t, again, "2023-06-30", churn.Churn(quick))
	if digest(t, conn) != digest(t, again) {
		t.Error("two runs differ")
	}
	run(t, conn, "CREATE TEMP TABLE kept AS SELECT customer_key, probability FROM score.churn")
	run(t, conn, "UPDATE meta.run SET as_of = DATE '2023-07-31'")
	jobtest.Run(t, conn, "2023-07-31", churn.Churn(quick))
	if got := jobtest.Value(t, conn, "SELECT count(*) FROM score.churn AS s JOIN kept AS k USING (customer_key) WHERE s.before <> k.probability OR s.before IS NULL OR s.before_as_of <> DATE '2023-06-30'"); got != "0" {
		t.Errorf("%s customers are compared with something else", got)
	}
}

// TestBadInput runs on what companies also have: the model answers with tables and
// plain words.
func TestBadInput(t *testing.T) {
	customers := func(n int) string {
		return fmt.Sprintf("INSERT INTO core.dim_customer (customer_key, customer_type) SELECT i, NULL FROM range(1, %d) AS t(i)", n+1)
	}
	const line = "INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, qty, net, gross) "
	dates := "INSERT INTO core.dim_date (date_key, date) SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), CAST(d AS DATE) FROM range(DATE '1993-01-01', DATE '2025-01-01', INTERVAL 1 DAY) AS t(d)"
	for name, statements := range map[string][]string{
		"nothing":          nil,
		"one customer":     {customers(1), line + "VALUES (1, 1, DATE '2023-01-01', 1, 1, 10, 10)"},
		"ten customers":    {customers(10), line + "SELECT 100 * i + n, 100 * i + n, DATE '2021-01-01' + CAST(40 * n + i AS INTEGER), i, 1, 10, 10 FROM range(1, 11) AS t(i), range(20) AS s(n)"},
		"one date":         {customers(200), line + "SELECT i, i, DATE '2023-01-01', i, 1, 10, 10 FROM range(1, 201) AS t(i)"},
		"nobody stops":     {customers(100), line + "SELECT 1000 * i + n, 1000 * i + n, DATE '2021-01-01' + CAST(30 * n AS INTEGER), i, 1, 10, 10 FROM range(1, 101) AS t(i), range(31) AS s(n)"},
		"all stop":         {customers(100), line + "SELECT 1000 * i + n, 1000 * i + n, DATE '2021-01-01' + CAST(30 * n AS INTEGER), i, 1, 10, 10 FROM range(1, 101) AS t(i), range(20) AS s(n)"},
		"future orders":    {customers(100), line + "SELECT 1000 * i + n, 1000 * i + n, DATE '2022-01-01' + CAST(37 * n + i AS INTEGER), i, 1, 10, 10 FROM range(1, 101) AS t(i), range(40) AS s(n)"},
		"duplicate lines":  {customers(100), line + "SELECT 7, 7, DATE '2022-01-01' + CAST(37 * n + i AS INTEGER), i, 1, 10, 10 FROM range(1, 101) AS t(i), range(12) AS s(n), range(3) AS r(k)"},
		"negative amounts": {customers(100), line + "SELECT 1000 * i + n, 1000 * i + n, DATE '2022-01-01' + CAST(37 * n + i AS INTEGER), i, 1, CASE WHEN n % 3 = 0 THEN -10 ELSE 10 END, -10 FROM range(1, 101) AS t(i), range(12) AS s(n)"},
		"thirty years":     {customers(60), line + "SELECT 10000 * i + n, 10000 * i + n, DATE '1993-07-01' + CAST(90 * n + i AS INTEGER), i, 1, 10, 10 FROM range(1, 61) AS t(i), range(121) AS s(n) WHERE n < 60 + i"},
		"many types":       {"INSERT INTO core.dim_customer (customer_key, customer_type) SELECT i, 'type ' || i FROM range(1, 401) AS t(i)", line + "SELECT 1000 * i + n, 1000 * i + n, DATE '2022-01-01' + CAST(37 * n + i % 50 AS INTEGER), i, 1, 10, 10 FROM range(1, 401) AS t(i), range(14) AS s(n) WHERE (i * 7 + n) % 5 > 1"},
		"customers twice":  {"INSERT INTO core.dim_customer (customer_key, name, customer_type) SELECT i, 'Customer ' || i // 2, 'library' FROM range(2, 202) AS t(i)", line + "SELECT 1000 * i + n, 1000 * i + n, DATE '2021-01-01' + CAST(30 * n + i // 2 AS INTEGER), i, 1, 10, 10 FROM range(2, 202) AS t(i), range(28) AS s(n) WHERE n < 8 + i // 2 % 20"},
		"only returns":     {customers(10), "INSERT INTO core.fact_return (return_id, return_date, customer_key, qty, value) SELECT i, DATE '2023-01-01', i, 1, 5 FROM range(1, 11) AS t(i)"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := jobtest.Open(t, asOf, append([]string{dates}, statements...)...)
			jobtest.Run(t, conn, asOf, churn.Churn(churn.Options{Step: 365}))
			if got := jobtest.Value(t, conn, "SELECT reading FROM card.model WHERE model = 'churn'"); got == "" || strings.Contains(got, "%!") {
				t.Errorf("reading %q", got)
			}
			for _, table := range []string{"churn", "churn_reason", "watchlist", "churn_change", "churn_backtest", "churn_calibration", "churn_gain", "churn_rate", "churn_curve"} {
				run(t, conn, "SELECT * FROM score."+table)
			}
			if got := jobtest.Value(t, conn, "SELECT count(*) FROM score.churn WHERE isnan(probability) OR isinf(probability) OR isnan(btyd)"); got != "0" {
				t.Errorf("%s probabilities are no number", got)
			}
			if got := jobtest.Value(t, conn, "SELECT count(*) FROM card.metric WHERE isnan(value) OR isinf(value)"); got != "0" {
				t.Errorf("%s metrics are no number", got)
			}
		})
	}
}

// TestOutcomeAmongFeatures plants a type that a customer only has once it has stopped: the
// card warns that it looks like something known only afterwards.
func TestOutcomeAmongFeatures(t *testing.T) {
	conn := jobtest.Open(t, asOf,
		"INSERT INTO core.dim_date (date_key, date) SELECT CAST(strftime(d, '%Y%m%d') AS INTEGER), CAST(d AS DATE) FROM range(DATE '2019-01-01', DATE '2025-01-01', INTERVAL 1 DAY) AS t(d)",
		"CREATE TEMP TABLE visit AS SELECT i, DATE '2019-01-01' + CAST(21 * n + i % 21 AS INTEGER) AS day FROM range(1, 241) AS t(i), range(78) AS s(n) WHERE i % 2 = 0 OR n < 10 + i % 68",
		"INSERT INTO core.dim_customer (customer_key, customer_type) SELECT i, CASE WHEN i % 2 = 0 THEN 'library' ELSE 'closed' END FROM range(1, 241) AS t(i)",
		"INSERT INTO core.dim_customer_version (version_key, customer_key, valid_from, valid_to, is_current, customer_type) SELECT i, i, DATE '1900-01-01', CASE WHEN i % 2 = 1 THEN max(day) END, i % 2 = 0, 'library' FROM visit GROUP BY i UNION ALL SELECT 1000 + i, i, max(day), NULL, true, 'closed' FROM visit WHERE i % 2 = 1 GROUP BY i",
		"INSERT INTO core.fact_order_line (line_id, order_key, order_date, customer_key, qty, net, gross) SELECT row_number() OVER (ORDER BY day, i), row_number() OVER (ORDER BY day, i), day, i, 1, 10, 10 FROM visit WHERE day <= DATE '"+asOf+"'")
	jobtest.Run(t, conn, asOf, churn.Churn(churn.Options{Horizon: 90}))
	const sql = "SELECT count(*) FROM card.parameter WHERE model = 'churn' AND name LIKE 'readiness.%' AND value LIKE '%customer_type%' AND value LIKE '%leakage%' AND value_zh LIKE '%泄漏%'"
	if got := jobtest.Value(t, conn, sql); got != "1" {
		t.Errorf("%s warnings of a type that is the outcome: %s", got, jobtest.Value(t, conn, "SELECT string_agg(name || ': ' || value, '; ' ORDER BY name) FROM card.parameter WHERE model = 'churn' AND name LIKE 'readiness%'"))
	}
}
