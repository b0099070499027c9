package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"verso/etl/source/postgres/pgtest"
	"verso/olap/engine"
)

// known is one figure and the SQL that must give it.
type known struct{ name, sql, want string }

func checkKnown(t *testing.T, db engine.Querier, list []known) {
	t.Helper()
	for _, k := range list {
		if got := figure(t, db, k.sql); got != k.want {
			t.Errorf("%s: got %s, want %s", k.name, got, k.want)
		}
	}
}

// TestNorthwind loads the sample database from a real PostgreSQL through the
// preset. The figures were counted in the source by hand-written SQL.
func TestNorthwind(t *testing.T) {
	script := sharedData(t, "northwind/northwind.sql")
	dsn := pgtest.Start(t)
	pgtest.Load(t, dsn, script)
	t.Setenv("NORTHWIND_DSN", dsn)
	dir := t.TempDir()
	verso(t, exitDone, "init", "northwind", "--dsn", "${NORTHWIND_DSN}", "--dir", dir)
	verso(t, exitDone, "refresh", "-c", filepath.Join(dir, "verso.yaml"))
	checkKnown(t, generation(t, dir), []known{
		{"customers", "SELECT count(*) FROM core.dim_customer WHERE customer_key > 0", "91"},
		{"orders", "SELECT count(DISTINCT order_key) FROM core.fact_order_line", "830"},
		{"lines", "SELECT count(*) FROM core.fact_order_line", "2155"},
		{"net", "SELECT CAST(sum(net) AS DECIMAL(18,2)) FROM core.fact_order_line", "1265793.04"},
		{"net, exact", "SELECT sum(net) FROM core.fact_order_line", "1265793.0395"},
		{"gross", "SELECT CAST(sum(gross) AS DECIMAL(18,2)) FROM core.fact_order_line", "1354458.59"},
		{"units", "SELECT sum(qty) FROM core.fact_order_line", "51317"},
		{"never ordered", "SELECT count(*) FROM core.dim_customer AS c WHERE c.customer_key > 0 AND NOT EXISTS (SELECT 1 FROM core.fact_order_line AS f WHERE f.customer_key = c.customer_key)", "2"},
		{"unshipped", "SELECT count(DISTINCT l.order_id) FROM core.fact_order_line AS l WHERE NOT EXISTS (SELECT 1 FROM stage.order_line_stage_event AS e WHERE e.line_id = l.line_id AND e.stage = 'outbound')", "21"},
		// The known figure counts whole customers only: 17 of 89 buyers.
		{"top 20 % of buyers", `WITH c AS (SELECT customer_key, sum(net) AS net, row_number() OVER (ORDER BY sum(net) DESC, customer_key) AS r, count(*) OVER () AS n FROM core.fact_order_line GROUP BY customer_key)
			SELECT CAST(100 * sum(CASE WHEN r <= floor(n * 0.2) THEN net END) / sum(net) AS DECIMAL(9,1)) FROM c`, "58.4"},
		{"lost of 1997's top 20", `WITH y AS (SELECT customer_key, sum(net) AS net FROM core.fact_order_line WHERE year(order_date) = 1997 GROUP BY customer_key ORDER BY net DESC, customer_key LIMIT 20)
			SELECT count(*) FROM y WHERE NOT EXISTS (SELECT 1 FROM core.fact_order_line AS f WHERE f.customer_key = y.customer_key AND year(f.order_date) = 1998)`, "2"},
		{"quarantined", "SELECT sum(quarantined) FROM meta.table_load", "0"},
		{"read = loaded + quarantined", "SELECT count(*) FROM meta.table_load WHERE read <> loaded + quarantined", "0"},
	})
	stdout, _ := verso(t, exitDone, "query", "sales", "--rows", "date.year", "--measures", "net,orders", "--totals", "grand", "--format", "csv", "-c", filepath.Join(dir, "verso.yaml"))
	if !strings.Contains(stdout, "1265793.0395,830") {
		t.Errorf("the cube's grand total is not that of the facts:\n%s", stdout)
	}
	verso(t, exitDone, "check", "-c", filepath.Join(dir, "verso.yaml"))
}

// TestOnlineRetail loads a real shop's export of 541,909 lines. The figures are
// those two other tools agree on for this data set.
func TestOnlineRetail(t *testing.T) {
	t.Parallel()
	file := sharedData(t, "online_retail/online_retail.csv.gz")
	dir := t.TempDir()
	config := filepath.Join(dir, "verso.yaml")
	verso(t, exitDone, "init", "flat-orders", "--file", file, "--dir", dir)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	// Churn at the origins, and with the horizon, of the figures of two other tools:
	// theirs see what was before a day, ours what was up to one, hence the day before.
	if err := os.WriteFile(config, append(text, "\nmodels: {months: 0, churn: {horizon_days: 90, silence_days: 1000, origins: [2011-06-10, 2011-07-10, 2011-08-09, 2011-09-09]}}\n"...), 0o644); err != nil {
		t.Fatal(err)
	}
	verso(t, exitDone, "refresh", "-c", config, "--as-of", "2011-12-10")
	const sold = " FROM core.fact_order_line WHERE net > 0 AND customer_key > 0"
	checkKnown(t, generation(t, dir), []known{
		{"rows read", "SELECT sum(read) FROM meta.extract", "541909"},
		{"lines read", "SELECT read FROM meta.table_load WHERE table_name = 'order_line'", "541909"},
		{"lines kept", "SELECT (SELECT count(*) FROM core.fact_order_line) + (SELECT count(*) FROM core.fact_return) + (SELECT count(*) FROM quarantine.order_line)", "541909"},
		{"lines", "SELECT count(*)" + sold, "397884"},
		{"customers", "SELECT count(DISTINCT customer_key)" + sold, "4338"},
		{"invoices", "SELECT count(DISTINCT order_key)" + sold, "18532"},
		{"revenue", "SELECT CAST(sum(net) AS DECIMAL(18,2))" + sold, "8911407.90"},
		{"R mean", "SELECT CAST(avg(recency_days) AS DECIMAL(9,3)) FROM score.rfm", "93.059"},
		{"F mean", "SELECT CAST(avg(frequency) AS DECIMAL(9,4)) FROM score.rfm", "4.2720"},
		{"M mean", "SELECT CAST(avg(monetary) AS DECIMAL(9,3)) FROM score.rfm", "2054.266"},
		{"top 1 %", "SELECT CAST(100 * value AS DECIMAL(9,2)) FROM card.metric WHERE name = 'revenue_top_1_share'", "32.00"},
		{"top 5 %", "SELECT CAST(100 * value AS DECIMAL(9,2)) FROM card.metric WHERE name = 'revenue_top_5_share'", "50.38"},
		{"top 20 %", "SELECT CAST(100 * value AS DECIMAL(9,2)) FROM card.metric WHERE name = 'revenue_top_20_share'", "74.62"},
		{"Gini", "SELECT CAST(value AS DECIMAL(9,4)) FROM card.metric WHERE name = 'revenue_gini'", "0.7151"},
		{"customers with returns", "SELECT count(*) FROM core.dim_customer WHERE customer_key > 0", "4372"},
		{"net of returns", "SELECT CAST((SELECT sum(net)" + sold + ") - (SELECT sum(value) FROM core.fact_return WHERE customer_key > 0) AS DECIMAL(18,2))", "8300065.81"},
		{"share without a customer", "SELECT CAST(100.0 * offenders / tested AS DECIMAL(9,1)) FROM meta.check_result WHERE check_id = 'line-without-customer'", "24.9"},
		{"churn: customers at the origins", "SELECT string_agg(customers, ',' ORDER BY origin) FROM score.churn_backtest WHERE model = 'model' AND segment = '(all)' AND origin <> '(all)'", "2811,3012,3204,3370"},
		{"churn: rate at the origins", "SELECT string_agg(CAST(rate AS DECIMAL(9,3)), ',' ORDER BY origin) FROM score.churn_backtest WHERE model = 'model' AND segment = '(all)' AND origin <> '(all)'", "0.523,0.495,0.469,0.431"},
		{"churn: AUC of recency", "SELECT string_agg(CAST(auc AS DECIMAL(9,4)), ',' ORDER BY origin) FROM score.churn_backtest WHERE model = 'recency' AND segment = '(all)' AND origin <> '(all)'", "0.6680,0.6841,0.6979,0.6831"},
		{"churn: AUC of BG/NBD and MBG/NBD within 0.001", "SELECT max(abs(b.auc - k.auc)) <= 0.001 FROM score.churn_backtest AS b JOIN (VALUES ('2011-06-10', 0.7429), ('2011-07-10', 0.7529), ('2011-08-09', 0.7498), ('2011-09-09', 0.7328)) AS k(origin, auc) ON k.origin = b.origin WHERE b.model = 'btyd' AND b.segment = '(all)'", "true"},
		// A regression of others has 0.7579 on average of these four origins.
		{"churn: mean AUC", "SELECT value >= 0.762 FROM card.metric WHERE model = 'churn' AND name = 'backtest.model.auc_mean'", "true"},
		{"churn: mean calibration error", "SELECT value <= 0.05 FROM card.metric WHERE model = 'churn' AND name = 'backtest.model.ece_mean'", "true"},
		{"exact duplicates", "SELECT offenders FROM meta.check_result WHERE check_id LIKE 'duplicate-rows.%'", "5268"},
		// A year of order lines, without costs, stock, classes or quotations: what they
		// do not tell is not told.
		{"profit is told of nobody", "SELECT (SELECT count(contribution) FROM score.customer_profit) + (SELECT count(margin) FROM score.profit_cell) + (SELECT count(contribution) FROM core.fact_customer_month WHERE lines > 0)", "0"},
		{"nobody is said to cost more than he brings", "SELECT count(*) FROM score.sevenp WHERE policy IN ('renegotiate', 'cut_cost') OR profitability IS NOT NULL OR product IS NOT NULL", "0"},
		{"forecast: the mean of twelve months", "SELECT min(f.mean) = max(f.mean) AND abs(max(f.mean) - (SELECT sum(h.value) / 12 FROM score.forecast_history AS h WHERE h.measure = 'net' AND h.level = 'total')) < 0.01 FROM score.forecast AS f WHERE f.measure = 'net' AND f.level = 'total'", "true"},
		{"customers to come", "SELECT count(*) FROM score.acquisition WHERE is_projected", "0"},
		{"still a customer is told of nobody", "SELECT count(p_alive) FROM score.clv", "0"},
		{"what is at risk is sales", "SELECT string_agg(DISTINCT value_basis, ',') FROM score.churn", "sales"},
		{"subjects read are told of nobody", "SELECT count(*) FROM score.taste_profile WHERE sentence NOT LIKE 'Which subjects are read is not known%'", "0"},
	})
	checkSaid(t, filepath.Join(dir, "site"))
	cubesEqualTheirSQL(t, generation(t, dir))
	for _, lang := range []string{"", "zh"} {
		page, err := os.ReadFile(filepath.Join(dir, "site", lang, "quality.html"))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"541,909", "5,268"} {
			if !strings.Contains(string(page), want) {
				t.Errorf("the data-quality page (%q) does not say %s", lang, want)
			}
		}
	}
}

// checkSaid looks at what the pages of Online Retail say and may not say.
func checkSaid(t *testing.T, site string) {
	t.Helper()
	for _, c := range []struct {
		page       string
		says, lies []string
	}{
		{"index.html", nil, []string{"more in twelve months than they left", "twelve months are expected to bring"}},
		{"performance.html", []string{"Sales of the last twelve months are", "There is no full year to compare with"}, []string{"on the twelve before", "Like-for-like", "Lost customers"}},
		{"accounts.html", []string{"should have ordered again by now", "There is no full year to compare with"}, []string{"at least a tenth less", "ΔPY"}},
		{"profile.html", []string{"There is no window before to compare with."}, []string{"moved up and"}},
		{"sales.html", []string{"The data do not reach back to a year to compare with."}, []string{"of everything 2010", "strongest month of 2010"}},
		{"salesforce.html", []string{"The scorecard appears when orders say who sold."}, []string{"people sold", "nobody loses money"}},
		{"customers.html", []string{"Of last year only what came since 1 December 2010 is known.", "as far as known; the data begin on 1 December 2010"}, nil},
		{"questions.html", nil, []string{"for three years or more", "by margin too", "ordered this year;", "first subject is (unknown)"}},
		{filepath.Join("zh", "performance.html"), []string{"最近十二个月销售"}, []string{"较之前十二个月"}},
		{"profit.html", []string{"What customers earn is not known.", "purchase_line"}, []string{"lose", "whale"}},
		{"sevenp.html", []string{"Win back"}, []string{"change the terms of", "0 subjects in two years", "on the twelve months before"}},
		{"partners.html", []string{"82</td>"}, []string{">−82<", ">−19<"}},
		{"products.html", []string{"whether they are there is not known", "inventory_snapshot"}, []string{"none in stock", "are short there"}},
		{"future.html", []string{"season and trend cannot be told", "inventory_snapshot", "cannot be projected"}, []string{"more than in the last twelve", "expected to sell more than is in stock", "%!"}},
		{"clv.html", []string{"Who is still a customer cannot be told"}, []string{"expected, of"}},
		{"churn.html", []string{"sales worth"}, []string{"margin worth", "× margin of a year"}},
		{"account-14646.html", []string{"of sales is at stake"}, []string{"of margin is at stake", "on the twelve months before"}},
		{"watchlist.html", []string{"the sales of a year to come"}, []string{"score.watchlist <"}},
		{"promotion.html", []string{"order lines or more", "10 of 365 customers."}, []string{"quotations or more", "Accepted", "Give discounts where"}},
		{"taste.html", []string{"no title they bought has a class", "clc_class"}, []string{"Reads what customers alike read"}},
		{filepath.Join("zh", "profit.html"), []string{"尚不知道客户带来多少利润。"}, []string{"亏损"}},
		{filepath.Join("zh", "future.html"), []string{"无法辨别季节与趋势", "无法推算将来的客户数"}, []string{"%!"}},
		{filepath.Join("zh", "clv.html"), []string{"谁仍是客户无从得知"}, nil},
		{filepath.Join("zh", "churn.html"), []string{"处于风险的销售额"}, []string{"处于风险的毛利"}},
		{filepath.Join("zh", "promotion.html"), []string{"条订单行"}, []string{"次报价"}},
		{filepath.Join("zh", "taste.html"), []string{"其所购书目均无分类"}, nil},
	} {
		text, err := os.ReadFile(filepath.Join(site, c.page))
		if err != nil {
			t.Fatal(err)
		}
		_, main, _ := strings.Cut(string(text), "<main")
		for _, want := range c.says {
			if !strings.Contains(main, want) {
				t.Errorf("%s does not say %q", c.page, want)
			}
		}
		for _, not := range c.lies {
			if strings.Contains(main, not) {
				t.Errorf("%s says %q", c.page, not)
			}
		}
	}
}
