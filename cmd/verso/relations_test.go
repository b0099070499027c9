package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/olap/engine"
)

// The dealings with customers of a generated company: what is planted shows,
// totals are those of SQL written another way, and the last month of every
// customer stands where the scores put it.
func TestDealingsWithCustomers(t *testing.T) {
	t.Parallel()
	dir, _ := demoCompany(t, company...)
	db := generation(t, dir)
	t.Run("states are the scores", func(t *testing.T) { statesAreScores(t, db) })
	t.Run("totals", func(t *testing.T) { totalsAnotherWay(t, db) })
	t.Run("life cycle", func(t *testing.T) { lifeCycleAnotherWay(t, db) })
	t.Run("planted", func(t *testing.T) { plantedDealings(t, db, dir) })
}

// none fails when the SQL finds anything.
func none(t *testing.T, db engine.Querier, what, sql string) {
	t.Helper()
	n := 0
	err := engine.Rows(t.Context(), db, engine.SQL(sql), func(row []any) error {
		if n++; n <= 5 {
			t.Errorf("%s: %v", what, row)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// numbers is the one row of numbers that the SQL gives.
func numbers(t *testing.T, db engine.Querier, sql string) []float64 {
	t.Helper()
	row, err := engine.One(t.Context(), db, engine.SQL(sql))
	if err != nil {
		t.Fatal(err)
	}
	var out []float64
	for _, v := range row {
		f, _ := engine.Float(v)
		out = append(out, f)
	}
	return out
}

func statesAreScores(t *testing.T, db engine.Querier) {
	const last = `core.fact_customer_month f JOIN core.dim_customer_state s ON s.state_key = f.state_key
WHERE f.customer_key <> -1 AND f.month = (SELECT CAST(date_trunc('month', as_of) AS DATE) FROM meta.run)`
	if n := numbers(t, db, "SELECT count(*), count(DISTINCT s.tier), count(DISTINCT s.rfm_cell) FROM "+last); n[0] < 1000 || n[1] != 5 || n[2] < 50 {
		t.Fatalf("%v customers, tiers, cells in the last month", n)
	}
	none(t, db, "tier is not that of the pyramid", `SELECT x.customer_key, x.tier, p.tier FROM (SELECT f.customer_key, s.tier FROM `+last+`) x
JOIN score.pyramid p ON p.customer_key = x.customer_key AND p.basis = 'revenue' WHERE p.tier <> x.tier ORDER BY 1`)
	none(t, db, "cell is not that of the scores", `SELECT x.customer_key, x.rfm_cell, x.rfm_segment, r.cell, r.segment FROM (SELECT f.customer_key, s.rfm_cell, s.rfm_segment FROM `+last+`) x
LEFT JOIN score.rfm r ON r.customer_key = x.customer_key WHERE r.cell IS DISTINCT FROM x.rfm_cell OR r.segment IS DISTINCT FROM x.rfm_segment ORDER BY 1`)
	none(t, db, "a buyer of the year has no month", `SELECT p.customer_key FROM score.pyramid p WHERE p.basis = 'revenue' AND p.tier <> 'inactive'
AND p.customer_key NOT IN (SELECT f.customer_key FROM `+last+`) ORDER BY 1`)
}

// totalsAnotherWay compares the customer months with sums over staged tables and
// the facts of orders.
func totalsAnotherWay(t *testing.T, db engine.Querier) {
	for what, pair := range map[string][2]string{
		"net, margin, lines": {"SELECT sum(net), sum(margin), sum(lines) FROM core.fact_customer_month", "SELECT sum(net), sum(margin), count(*) FROM core.fact_order_line"},
		"orders":             {"SELECT sum(orders) FROM core.fact_customer_month", "SELECT count(DISTINCT order_id) FROM core.fact_order_line WHERE qty > 0"},
		"returns":            {"SELECT sum(returns), sum(value_returned) FROM core.fact_customer_month", "SELECT count(*), sum(value) FROM core.fact_return"},
		"contacts":           {"SELECT sum(contacts), sum(visits), sum(km) FROM core.fact_customer_month", "SELECT count(*), count(*) FILTER (type = 'visit'), sum(km)::DECIMAL(18,4) FROM stage.activity"},
		"minutes":            {"SELECT sum(minutes) FROM core.fact_customer_month", "SELECT (SELECT sum(minutes) FROM stage.activity) + (SELECT sum(minutes_spent) FROM stage.ticket)"},
		"tickets":            {"SELECT sum(tickets), sum(complaints) FROM core.fact_customer_month", "SELECT count(*), count(*) FILTER (is_complaint) FROM stage.ticket"},
		"expenses":           {"SELECT sum(expense_cost) FROM core.fact_customer_month", "SELECT sum(amount) FROM stage.expense WHERE customer_id IN (SELECT customer_id FROM stage.customer)"},
		"sends":              {"SELECT sum(sent) FROM core.fact_customer_month", "SELECT count(sent_ts) FROM stage.campaign_target"},
		"buyers": {"SELECT sum(ordered) FROM core.fact_campaign_target", `SELECT count(*) FROM core.fact_campaign_target t WHERE t.is_first AND EXISTS (
SELECT 1 FROM core.fact_order_line l WHERE l.customer_key = t.customer_key AND t.customer_key <> -1 AND l.qty > 0 AND l.order_date - t.date BETWEEN 0 AND 14)`},
		"due lines": {"SELECT sum(lines_due), sum(lines_on_time) FROM core.fact_customer_month", `SELECT count(*), count(*) FILTER (d.day <= p.day AND d.qty >= l.qty)
FROM core.fact_order_line l JOIN (SELECT line_id, min(promised_date) AS day FROM stage.order_line_stage_event GROUP BY 1) p USING (line_id)
LEFT JOIN (SELECT line_id, max(event_ts::DATE) AS day, sum(qty) AS qty FROM stage.order_line_stage_event WHERE stage = 'delivered' GROUP BY 1) d USING (line_id)
WHERE p.day <= (SELECT as_of FROM meta.run) AND l.qty > 0`},
	} {
		got, want := numbers(t, db, pair[0]), numbers(t, db, pair[1])
		for i := range want {
			if got[i] != want[i] || want[i] == 0 {
				t.Errorf("%s: %v, another way %v", what, got, want)
			}
		}
	}
	// Shares of commission and campaign cost are rounded to four decimals each.
	shared := numbers(t, db, `SELECT (SELECT sum(commission) FROM core.fact_customer_month) - (SELECT sum(amount) FROM stage.commission),
(SELECT sum(marketing_cost) FROM core.fact_customer_month) - (SELECT sum(cost) FROM stage.campaign_target) - (SELECT sum(amount) FROM stage.campaign_cost
 WHERE campaign_id IN (SELECT campaign_id FROM stage.campaign_target WHERE arm = 'treat'))`)
	for i, d := range shared {
		if d < -5 || d > 5 {
			t.Errorf("what is shared out, number %d, is off by %v", i, d)
		}
	}
	none(t, db, "contribution", `SELECT customer_key, month FROM core.fact_customer_month
WHERE contribution <> coalesce(margin_landed, 0) - cost_to_serve - marketing_cost - commission - capital_cost OR cost_to_serve <> contact_cost + ticket_cost + expense_cost + return_cost`)
}

// lifeCycleAnotherWay works the open and retained customers out from the order
// days alone, as of three days.
func lifeCycleAnotherWay(t *testing.T, db engine.Querier) {
	for _, day := range []string{"2022-03-31", "2024-12-31", "2026-06-30"} {
		month := day[:8] + "01"
		got := numbers(t, db, `SELECT sum(is_open), sum(is_active_12m), sum(was_active_12m), sum(is_retained_12m), sum(net_retained_12m) FROM core.fact_customer_month WHERE month = DATE '`+month+`'`)
		want := numbers(t, db, `WITH o AS (SELECT DISTINCT customer_key, order_date AS d FROM core.fact_order_line WHERE qty > 0 AND customer_key <> -1 AND order_date <= DATE '`+day+`'),
gaps AS (SELECT a.customer_key, a.d - (SELECT max(b.d) FROM o b WHERE b.customer_key = a.customer_key AND b.d < a.d) AS gap FROM o a),
typical AS (SELECT customer_key, median(gap) AS m FROM gaps GROUP BY 1),
last AS (SELECT customer_key, max(d) AS d FROM o GROUP BY 1),
now AS (SELECT DISTINCT customer_key FROM o WHERE d > DATE '`+day+`' - INTERVAL 12 MONTH),
before AS (SELECT DISTINCT customer_key FROM o WHERE d <= DATE '`+day+`' - INTERVAL 12 MONTH AND d > DATE '`+day+`' - INTERVAL 24 MONTH)
SELECT (SELECT count(*) FROM last JOIN typical USING (customer_key) WHERE DATE '`+day+`' - last.d <= greatest(180, coalesce(3 * m, 0))),
(SELECT count(*) FROM now), (SELECT count(*) FROM before), (SELECT count(*) FROM now JOIN before USING (customer_key)),
(SELECT sum(l.net) FROM core.fact_order_line l JOIN before USING (customer_key) WHERE l.order_date > DATE '`+day+`' - INTERVAL 12 MONTH AND l.order_date <= DATE '`+day+`')`)
		for i := range want {
			if got[i] != want[i] || want[i] == 0 {
				t.Errorf("%s: %v, another way %v", day, got, want)
				break
			}
		}
	}
	n := numbers(t, db, "SELECT sum(is_new), sum(is_new + is_reactivated - is_lost), sum(is_open) FILTER (month = DATE '2026-06-01') FROM core.fact_customer_month")
	if buyers := numbers(t, db, "SELECT count(DISTINCT customer_key) FROM core.fact_order_line WHERE qty > 0 AND customer_key <> -1"); n[0] != buyers[0] || n[1] != n[2] {
		t.Errorf("new, net change, open: %v; buyers ever: %v", n, buyers)
	}
}

func plantedDealings(t *testing.T, db engine.Querier, dir string) {
	rates := numbers(t, db, `SELECT avg(ordered) FILTER (is_treated), avg(ordered) FILTER (is_control), count(*) FILTER (is_control)
FROM core.fact_campaign_target JOIN core.dim_campaign USING (campaign_key) WHERE name = 'Autumn readers'' mail'`)
	if rates[0] < .045 || rates[0] > .075 || rates[1] < .025 || rates[1] > .055 || rates[0] <= rates[1] || rates[2] < 500 {
		t.Errorf("campaign A converts %.3f of the treated and %.3f of the controls; planted are .06 and .04", rates[0], rates[1])
	}
	tired := numbers(t, db, `SELECT avg(opened) FILTER (send_no = 1), avg(opened) FILTER (send_no = 3) FROM core.fact_campaign_target
JOIN core.dim_campaign c USING (campaign_key) WHERE c.type = 'email' AND name LIKE 'New titles%'`)
	if fall := 1 - tired[1]/tired[0]; fall < .2 || fall > .4 {
		t.Errorf("the third mail of a month is opened %.0f %% less; planted are 30 %%", 100*fall)
	}
	none(t, db, "salesperson X earns, or another one does not", `SELECT e.employee_id, sum(f.contribution) FROM core.fact_customer_month f JOIN core.dim_employee e USING (employee_key)
GROUP BY 1 HAVING (e.employee_id = '12') <> (sum(f.contribution) < 0) AND sum(f.net) > 1000000 ORDER BY 1`)
	text, err := os.ReadFile(filepath.Join(dir, "truth", "truth_events.csv"))
	if err != nil {
		t.Fatal(err)
	}
	planted := map[string]bool{}
	for line := range strings.Lines(string(text)) {
		if f := strings.Split(line, ","); len(f) > 2 && f[1] == "complained" {
			planted[f[2]] = true
		}
	}
	found := map[string]bool{}
	err = engine.Rows(t.Context(), db, engine.SQL(`WITH big AS (SELECT customer_key, sum(net) AS net, sum(complaints) AS complaints FROM core.fact_customer_month
WHERE year(month) = 2025 AND customer_key <> -1 GROUP BY 1 ORDER BY net DESC, customer_key LIMIT 20)
SELECT c.customer_id FROM big JOIN core.dim_customer c USING (customer_key) WHERE complaints > 0 ORDER BY 1`), func(row []any) error {
		found[engine.Text(row[0])] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 || len(planted) == 0 {
		t.Errorf("large customers that complained: %v, planted %v", found, planted)
	}
	for id := range found {
		if !planted[id] {
			t.Errorf("customer %s is large and complained, which was not planted: %v", id, planted)
		}
	}
}
