package promotion

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

func run(t *testing.T, conn engine.Conn, asOf string) {
	t.Helper()
	jobtest.Run(t, conn, asOf, Campaigns(), Fatigue(), Price())
	finite(t, conn)
}

// tables are those the models write, with how many columns they have.
var tables = []string{"campaign", "placebo", "pull_forward", "uplift", "qini", "test_size", "fatigue", "price", "elasticity"}

// finite says that no number of any table is NaN or infinite.
func finite(t *testing.T, conn engine.Conn) {
	t.Helper()
	err := engine.Rows(context.Background(), conn, engine.SQL("SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns WHERE table_schema IN ('score', 'card') AND data_type = 'DOUBLE'"), func(r []any) error {
		sql := fmt.Sprintf("SELECT count(*) FROM %s WHERE NOT isfinite(%s)", engine.Text(r[0]), engine.QuoteIdent(engine.Text(r[1])))
		if n := jobtest.Value(t, conn, sql); n != "0" {
			t.Errorf("%s: %s", sql, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tolerance) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// A mail of 1 June 2025 to 200 customers, 200 held back. 24 and 8 of them order
// within 14 days, for a margin of 50 each; two orders of the treated come back,
// one order comes a day too late. The mail cost 1 a contact and 100 beside.
const mail = `
INSERT INTO meta.relation_rule (name, value) VALUES ('response_days', 14);
INSERT INTO core.dim_customer (customer_key, customer_type, created_date, first_order_date) SELECT k, 'library', DATE '2020-01-01', DATE '2024-01-10' FROM generate_series(1, 400) AS g(k);
INSERT INTO core.dim_campaign (campaign_key, name, type, start_date) VALUES (7, 'June mail', 'email', '2025-06-01');
INSERT INTO core.fact_campaign_target (campaign_key, customer_key, date, arm, send_no, is_first, is_treated, is_control, sent, cost, shared_cost, responded)
SELECT 7, k, DATE '2025-06-01', CASE WHEN k <= 200 THEN 'treat' ELSE 'control' END, CASE WHEN k <= 200 THEN 1 ELSE 0 END, true, k <= 200, k > 200, CASE WHEN k <= 200 THEN 1 ELSE 0 END, CASE WHEN k <= 200 THEN 1 ELSE 0 END, CASE WHEN k <= 200 THEN 0.5 ELSE 0 END, 0
FROM generate_series(1, 400) AS g(k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, order_date, qty, gross, net, cost, margin)
SELECT k, k, k, 1, DATE '2024-01-10', 1, 100, 100, 50, 50 FROM generate_series(1, 400) AS g(k)
UNION ALL SELECT 1000 + k, 1000 + k, k, 1, DATE '2025-06-15', 2, 100, 100, 50, 50 FROM generate_series(1, 24) AS g(k)
UNION ALL SELECT 2000 + k, 2000 + k, 200 + k, 1, DATE '2025-06-01', 2, 100, 100, 50, 50 FROM generate_series(1, 8) AS g(k)
UNION ALL SELECT 3000, 3000, 100, 1, DATE '2025-06-16', 2, 100, 100, 50, 50
UNION ALL SELECT 3001, 3001, 101, 1, DATE '2025-05-31', 2, 100, 100, 50, 50;
INSERT INTO core.fact_return (return_id, line_id, customer_key, return_date, qty, value, from_order_line) VALUES (1, 1001, 1, '2025-07-01', 1, 50, false), (2, 1002, 2, '2025-07-01', 2, 100, false);`

func TestCampaignWithControlByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", mail)
	run(t, conn, "2025-12-31")
	number := func(column string) float64 {
		return jobtest.Number(t, conn, "SELECT "+column+" FROM score.campaign WHERE campaign_key = 7")
	}
	se := math.Sqrt(.12*.88/200 + .04*.96/200)
	// Margins: 22 whole, one half, one nothing: 22·50 + 25 over 200 customers.
	margins := func(n int, v ...float64) (mean, variance float64) {
		for _, x := range v {
			mean += x / float64(n)
		}
		variance = float64(n-len(v)) * mean * mean
		for _, x := range v {
			variance += (x - mean) * (x - mean)
		}
		return mean, variance / float64(n-1) / float64(n)
	}
	treated := []float64{25, 0}
	for range 22 {
		treated = append(treated, 50)
	}
	mt, vt := margins(200, treated...)
	mc, vc := margins(200, 50, 50, 50, 50, 50, 50, 50, 50)
	extra, half := 200*(mt-mc), 200*1.959963984540054*math.Sqrt(vt+vc)
	const cost = 300.0
	for column, want := range map[string]float64{
		"response": .12, "baseline": .04, "lift": .08, "low": .08 - 1.959963984540054*se, "high": .08 + 1.959963984540054*se,
		"p": math.Erfc(.08 / se / math.Sqrt2), "p_adjusted": math.Erfc(.08 / se / math.Sqrt2),
		"lines_base": .04, "lines_lift": .08,
		"incremental_margin": extra, "margin_low": extra - half, "margin_high": extra + half, "cost": cost, "profit": extra - cost,
		"romi": (extra - cost) / cost, "naive_margin": 1125, "naive_romi": (1125 - cost) / cost,
		"break_even_lift": cost / 200 / (1125. / 24), "break_even_response": .04 + cost/200/(1125./24),
		"needed": 180, // Fleiss's formula by hand: (1.95996·√(2·.08·.92) + .84162·√(.12·.88 + .04·.96))²/.08² = 179.3
	} {
		tolerance := 1e-9
		if strings.Contains(column, "margin") || column == "profit" {
			tolerance = 5e-5
		}
		near(t, column, number(column), want, tolerance)
	}
	for sql, want := range map[string]string{
		"SELECT method || ', ' || verdict || ', ' || treated || ' ' || held_back FROM score.campaign": "random control, lift, 200 200",
		"SELECT CAST(from_date AS VARCHAR) || ' ' || CAST(to_date AS VARCHAR) FROM score.campaign":    "2025-06-01 2025-06-15",
		// A doubling of 4 %: (1.95996·√(2·.06·.94) + .84162·√(.04·.96 + .08·.92))²/.04² = 552.3
		"SELECT string_agg(needed, ' ' ORDER BY lift DESC) FROM score.test_size WHERE type = 'email' AND lift > 0.03": "553",
		"SELECT count(*) FROM score.uplift":                                                                                                                            "0",
		"SELECT round(\"during\", 6) || ' ' || round(\"after\", 6) FROM score.pull_forward":                                                                            "0.08 0.005",
		"SELECT value FROM card.parameter WHERE model = 'campaigns' AND name = 'uplift'":                                                                               "The largest campaign with a control group has 200 customers and 24 who ordered in an arm; whom it works on takes 500 and 40.",
		"SELECT count(*) FROM feature.campaign_customer WHERE campaign_key = 7 AND silence = 508 AND tenure = 508":                                                     "399", // customer 101 ordered the day before
		"SELECT silence || ' ' || orders_90 || ' ' || orders_365 || ' ' || orders_before FROM feature.campaign_customer WHERE campaign_key = 7 AND customer_key = 101": "1 1 1 1",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	if words := jobtest.Value(t, conn, "SELECT words FROM score.campaign"); !strings.HasPrefix(words, "Lift. 12.0% ordered where 4.0% would have: +8.0 points") {
		t.Error(words)
	}
}

// What happens after the window is not over, or with a control that is none.
func TestCampaignVerdicts(t *testing.T) {
	early := jobtest.Open(t, "2025-06-10", mail)
	run(t, early, "2025-06-10")
	if got := jobtest.Value(t, early, "SELECT verdict || ' ' || coalesce(CAST(lift AS VARCHAR), 'none') || ' ' || words FROM score.campaign"); got != "too early none Too early: orders count until 2025-06-15, and the data end on 2025-06-10." {
		t.Error(got)
	}
	// Every control ordered ten times the week before: nobody drew them at random.
	conn := jobtest.Open(t, "2025-12-31", mail, `INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, order_date, qty, gross, net, cost, margin)
SELECT 10000 + k * 10 + n, 10000 + k * 10 + n, k, 1, DATE '2025-05-20', 1, 100, 100, 50, 50 FROM generate_series(201, 400) AS g(k), generate_series(1, 10) AS h(n)`)
	run(t, conn, "2025-12-31")
	if got := jobtest.Value(t, conn, "SELECT method || ': ' || warning FROM score.campaign"); got == "" || strings.HasPrefix(got, byControl) || !strings.Contains(got, "no random control") {
		t.Error(got)
	}
}

// A letter of 1 June 2025 to the 100 best of 600 customers, who order in nine
// months of ten as ever; the others in four. It brought nothing, but
// everything they ordered looks like it. A twin of it went to every sixth.
const letters = `
INSERT INTO core.dim_customer (customer_key, customer_type, created_date, first_order_date) SELECT k, 'library', DATE '2020-01-01', DATE '2021-01-01' FROM generate_series(1, 600) AS g(k);
INSERT INTO core.dim_campaign (campaign_key, name, type, start_date) VALUES (1, 'to the best', 'catalogue_mailing', '2025-06-01'), (2, 'to every sixth', 'catalogue_mailing', '2025-06-01');
INSERT INTO core.fact_campaign_target (campaign_key, customer_key, date, arm, send_no, is_first, is_treated, is_control, sent, cost, shared_cost, responded)
SELECT 1, k, DATE '2025-06-01', 'treat', 1, true, true, false, 1, 1, 0, 0 FROM generate_series(1, 100) AS g(k)
UNION ALL SELECT 2, 6 * k, DATE '2025-06-01', 'treat', 1, true, true, false, 1, 1, 0, 0 FROM generate_series(1, 100) AS g(k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, order_date, qty, gross, net, cost, margin)
SELECT row_number() OVER (ORDER BY k, m), row_number() OVER (ORDER BY k, m), k, 1, CAST(DATE '2021-01-01' + INTERVAL (m) MONTH + INTERVAL ((k * 613 + m * 3571) * 9973 % 1000003 % 28) DAY AS DATE), 1, 100, 100, 60, 40
FROM generate_series(1, 600) AS g(k), generate_series(0, 59) AS h(m) WHERE (k * 7919 + m * 104729) * 31337 % 1000003 % 100 < CASE WHEN k <= 100 THEN 90 ELSE 40 END;`

func TestCampaignsWithoutControl(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", letters)
	run(t, conn, "2025-12-31")
	for sql, want := range map[string]string{
		"SELECT method || ', ' || verdict FROM score.campaign WHERE campaign_key = 1":                "difference in differences, no lift",
		"SELECT method || ', ' || verdict FROM score.campaign WHERE campaign_key = 2":                "matched, too small",
		"SELECT unmatched_lift > 0.2 AND naive_romi > 10 FROM score.campaign WHERE campaign_key = 1": "true",
		"SELECT low < 0 AND high > 0 FROM score.campaign WHERE campaign_key = 1":                     "true",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
	if words := jobtest.Value(t, conn, "SELECT words FROM score.campaign WHERE campaign_key = 1"); !strings.Contains(words, "would have come anyway") {
		t.Error(words)
	}
	if quiet := jobtest.Number(t, conn, "SELECT 1 - avg(CASE WHEN is_lift THEN 1.0 ELSE 0 END) FROM score.placebo"); quiet < .95 {
		t.Errorf("of the campaigns that never were, %.3f showed no lift", quiet)
	}
	if n := jobtest.Value(t, conn, "SELECT count(*) FROM score.placebo"); n != "200" {
		t.Errorf("%s invented campaigns", n)
	}
}

// E-mails to 100 customers on days 5, 14 and 23 of a month: the first two are
// answered by 40, the third by 20.
func TestFatigueByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", `
INSERT INTO core.dim_campaign (campaign_key, type) VALUES (1, 'email'), (2, 'email'), (3, 'email'), (4, 'fair');
INSERT INTO core.fact_campaign_target (campaign_key, customer_key, date, arm, send_no, is_first, is_treated, is_control, sent, cost, shared_cost, responded)
SELECT n, k, CAST('2025-04-' || lpad(CAST(9 * n - 4 AS VARCHAR), 2, '0') AS DATE), 'treat', n, true, true, false, 1, 0, 0, CASE WHEN n < 3 AND k % 5 < 2 OR n = 3 AND k % 5 = 0 THEN 1 ELSE 0 END
FROM generate_series(1, 100) AS g(k), generate_series(1, 3) AS h(n);`)
	run(t, conn, "2025-12-31")
	for sql, want := range map[string]string{
		"SELECT string_agg(contacts || ' ' || messages || ' ' || rate || ' ' || coalesce(CAST(ratio AS VARCHAR), '-'), ', ' ORDER BY contacts) FROM score.fatigue WHERE counting = 'calendar month'": "1 100 0.4 -, 2 100 0.4 1.0, 3 100 0.2 0.5",
		"SELECT count(*) FROM score.fatigue WHERE counting = '30 days'":                  "3",
		"SELECT substr(reading, 1, 74) FROM card.model WHERE model = 'response_fatigue'": "Customers tire: e-mail 3 of a month is answered 50% less than the first (3",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// 60 customers are quoted 50 titles each at 80 to 120 % of what others pay. Every
// sixth accepts below the usual price only, the others at any price alike.
const quoted = `
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, CASE WHEN k <= 30 THEN 'library' ELSE 'university' END FROM generate_series(1, 61) AS g(k);
INSERT INTO core.dim_title (title_key, clc_key, list_price, list_ccy) SELECT k, 1, 10 * k, 'USD' FROM generate_series(1, 50) AS g(k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, clc_key, order_date, qty, gross, net, cost, margin)
SELECT k, k, 61, k, 1, DATE '2025-05-05', 2, 140 * k, 140 * k, 70 * k, 70 * k FROM generate_series(1, 50) AS g(k);
INSERT INTO core.fact_quote (quote_id, customer_key, title_key, clc_key, date, valid_to, price, accepted)
SELECT c * 100 + k, c, k, 1, DATE '2025-05-10', DATE '2025-05-31', 70 * k * (0.8 + 0.02 * ((k * 13 + c * 7) % 21)),
       CASE WHEN c % 6 = 0 THEN CASE WHEN (k * 13 + c * 7) % 21 < 10 AND (k + c) % 5 < 4 THEN 1 ELSE 0 END ELSE CASE WHEN (k * 3 + c) % 10 < 4 THEN 1 ELSE 0 END END
FROM generate_series(1, 60) AS g(c), generate_series(1, 50) AS h(k);`

func TestPriceByHand(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", quoted)
	run(t, conn, "2025-12-31")
	for sql, want := range map[string]string{
		"SELECT count(*) || ' ' || min(quotes) || ' ' || sum(accepted) FROM score.price":                                                        "60 50 " + jobtest.Value(t, conn, "SELECT sum(accepted) FROM core.fact_quote"),
		"SELECT round(min(ratio), 9) || ' ' || round(max(ratio), 9) FROM feature.quote_answer":                                                  "0.8 1.2",
		"SELECT string_agg(DISTINCT class || ' ' || advice, ', ' ORDER BY class || ' ' || advice) FROM score.price WHERE customer_key % 6 = 0":  "transaction discount",
		"SELECT string_agg(DISTINCT class || ' ' || advice, ', ' ORDER BY class || ' ' || advice) FROM score.price WHERE customer_key % 6 <> 0": "relationship serve",
		"SELECT string_agg(\"grouping\" || ' ' || name || ' ' || customers, ', ' ORDER BY \"grouping\", name) FROM score.elasticity":            "all (all) 60, class relationship 50, class transaction 10, customer type library 30, customer type university 30",
		// Cost is half of the usual price: the best price of an elasticity e below -1 is e/2/(1+e), here between the prices tried.
		"SELECT count(*) FROM score.price WHERE elasticity < -1 AND abs(best_price - least(greatest(elasticity * 0.5 / (1 + elasticity), 0.8), 1.2)) > 0.03": "0",
	} {
		if got := jobtest.Value(t, conn, sql); got != want {
			t.Errorf("%s: %s, want %s", sql, got, want)
		}
	}
}

// Without quotations, purchases tell: quantity falls by the square of the price.
func TestPriceFromPurchases(t *testing.T) {
	conn := jobtest.Open(t, "2025-12-31", `
INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, 'library' FROM generate_series(1, 20) AS g(k);
INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, order_date, qty, gross, net)
SELECT c * 100 + n, c * 100 + n, c, n, DATE '2025-01-01' + CAST(n AS INTEGER), CAST(round(100 / pow(0.8 + 0.02 * ((n * 13 + c * 7) % 21), 2) + (n * 7 + c * 3) % 11) AS INTEGER),
       100, CAST(round(100 / pow(0.8 + 0.02 * ((n * 13 + c * 7) % 21), 2) + (n * 7 + c * 3) % 11) AS INTEGER) * 10 * (0.8 + 0.02 * ((n * 13 + c * 7) % 21))
FROM generate_series(1, 20) AS g(c), generate_series(1, 40) AS h(n);`)
	run(t, conn, "2025-12-31")
	if e := jobtest.Number(t, conn, "SELECT elasticity FROM score.elasticity WHERE name = '(all)'"); math.Abs(e+1.9) > .2 { // the added remainder flattens −2 a little
		t.Errorf("elasticity %v", e)
	}
	if got := jobtest.Value(t, conn, "SELECT count(*) || ' ' || count(accepted) FROM score.price"); got != "20 0" {
		t.Error(got)
	}
	// Nor does the card speak of quotations that there are none of.
	if got := jobtest.Value(t, conn, "SELECT reading || definition FROM card.model WHERE model = 'price'"); !strings.Contains(got, "order lines or more") || strings.Contains(got, "acceptance") || strings.Contains(got, "accept a quotation") {
		t.Error(got)
	}
	if got := jobtest.Value(t, conn, "SELECT reading_zh FROM card.model WHERE model = 'price'"); !strings.Contains(got, "条订单行") || strings.Contains(got, "接受率") {
		t.Error(got)
	}
}

// Whatever is missing, every table is there and every card says why.
func TestBadInputs(t *testing.T) {
	for name, statements := range map[string][]string{
		"nothing at all": nil,
		"one customer":   {"INSERT INTO core.dim_customer (customer_key) VALUES (1)", "INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, order_date, qty, net) VALUES (1, 1, 1, 1, '2025-01-01', 1, 5)"},
		"a campaign of one": {`INSERT INTO core.dim_customer (customer_key) VALUES (1);
INSERT INTO core.dim_campaign (campaign_key) VALUES (1);
INSERT INTO core.fact_campaign_target (campaign_key, customer_key, date, arm, send_no, is_first, is_treated, is_control, sent, cost, shared_cost, responded) VALUES (1, 1, '2025-01-01', 'treat', 1, true, true, false, 1, 0, 0, 0);
INSERT INTO core.fact_quote (quote_id, customer_key, title_key, date, valid_to, price, accepted) VALUES (1, 1, 1, '2025-01-01', '2025-02-01', 5, 1)`},
		"all alike": {mail, "DELETE FROM core.fact_order_line", `INSERT INTO core.fact_order_line (line_id, order_key, customer_key, title_key, order_date, qty, gross, net, cost, margin)
SELECT k, k, k, 1, DATE '2025-06-02', 1, 100, 100, 50, 50 FROM generate_series(1, 400) AS g(k)`},
		"nobody orders":    {mail, "DELETE FROM core.fact_order_line"},
		"negative amounts": {mail, "UPDATE core.fact_order_line SET net = -net, margin = -margin"},
		"no cost":          {mail, "UPDATE core.fact_order_line SET cost = NULL, margin = NULL"},
		"free":             {mail, "UPDATE core.fact_campaign_target SET cost = 0, shared_cost = 0"},
		"only controls":    {mail, "UPDATE core.fact_campaign_target SET arm = 'control', is_treated = false, is_control = true, sent = 0, send_no = 0"},
		"thirty years":     {letters, "UPDATE core.fact_order_line SET order_date = order_date - 10950 WHERE line_id % 3 = 0"},
		"one day":          {letters, "UPDATE core.fact_order_line SET order_date = DATE '2025-06-01'"},
		"one answer":       {quoted, "UPDATE core.fact_quote SET accepted = 1"},
		"one price":        {quoted, "UPDATE core.fact_quote SET price = 100"},
	} {
		t.Run(name, func(t *testing.T) {
			conn := jobtest.Open(t, "2025-12-31", statements...)
			run(t, conn, "2025-12-31")
			for _, table := range tables {
				jobtest.Value(t, conn, "SELECT count(*) FROM score."+table)
			}
			if n := jobtest.Value(t, conn, "SELECT count(*) FROM card.model WHERE length(reading) > 20 AND length(reading_zh) > 8 AND length(definition_zh) > 20"); n != "3" {
				t.Errorf("%s cards have their words", n)
			}
			if n := jobtest.Value(t, conn, "SELECT count(*) FROM score.campaign WHERE coalesce(words, '') = '' OR coalesce(words_zh, '') = '' OR coalesce(verdict, '') = ''"); n != "0" {
				t.Errorf("%s campaigns without words", n)
			}
		})
	}
}

// The same bytes on one core and on several.
func TestSameOnAnyCores(t *testing.T) {
	digests := func(cores int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		conn := jobtest.Open(t, "2025-12-31", letters, strings.ReplaceAll(quoted, "INSERT INTO core.dim_customer (customer_key, customer_type) SELECT k, CASE WHEN k <= 30 THEN 'library' ELSE 'university' END FROM generate_series(1, 61) AS g(k);", ""))
		run(t, conn, "2025-12-31")
		var all strings.Builder
		for _, table := range tables {
			all.WriteString(table + jobtest.Value(t, conn, "SELECT md5(string_agg(CAST(x AS VARCHAR), '|' ORDER BY rowid)) FROM score."+table+" AS x") + "\n")
		}
		return all.String()
	}
	if one, four := digests(1), digests(4); one != four {
		t.Errorf("one core\n%sfour\n%s", one, four)
	}
}
