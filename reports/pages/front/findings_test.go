package front

import (
	"context"
	"strings"
	"testing"

	"verso/olap/olaptest"
	"verso/reports/page"
	"verso/reports/page/pagetest"
	"verso/reports/view"
)

// The findings of a company made by hand, with their weights reckoned by hand:
// net sales of twelve months are 1,000,000.
func TestFindingsAreRanked(t *testing.T) {
	db := olaptest.Star(t)
	pagetest.Exec(t, db, `CREATE TABLE score.sevenp AS SELECT customer_key, CASE WHEN customer_key <= 4 THEN 'top' ELSE 'small' END AS tier FROM core.dim_customer WHERE customer_key BETWEEN 1 AND 9`,
		// 1 and 2 fall by 100,000 and 50,000 (to two thirds), 3 by less than a tenth, 5 is not key.
		`CREATE TABLE score.gain_loss AS SELECT * FROM (VALUES (1, 300000.0, 200000.0), (2, 150000.0, 100000.0), (3, 100000.0, 95000.0), (5, 900000.0, 0.0)) AS t (customer_key, net_before, net_now)`,
		// Two customers lose 3,000 and 1,000, the first by returns.
		`CREATE TABLE score.customer_profit AS SELECT * FROM (VALUES (1, -3000.0, 'returns'), (2, -1000.0, 'visits'), (3, 9000.0, NULL)) AS t (customer_key, contribution, reason_1)`,
		`CREATE TABLE score.supplier AS SELECT 1 AS supplier_key, 20000.0 AS net`,
		`CREATE TABLE score.supplier_alarm AS SELECT 1 AS supplier_key, 'slow' AS measure, CAST(NULL AS DATE) AS ended`,
		// No account fades.
		`CREATE TABLE score.orphan_account AS SELECT 1 AS customer_key, 5.0 AS net_before, 4.0 AS net_since, false AS is_fading`,
		`CREATE TABLE score.wallet AS SELECT 4 AS customer_key, 500.0 AS potential_margin, true AS is_low, true AS is_wanted`)
	c := desk{pagetest.Context(t, db, "en")}
	list, err := c.findings(context.Background(), view.I(1_000_000))
	if err != nil {
		t.Fatal(err)
	}
	// falling: 150,000 × 2 × .7; supplier: 20,000 × 3 × .7; losing: 4,000 × 1 × .7;
	// wallet would be 500 × .7, which is too little for a fourth.
	want := []struct {
		kind   string
		weight float64
		text   string
		cause  string
	}{
		{"falling", .21, "2 key customers bought for CNY 150k less than in the twelve months before, 33.3% of what they had bought.", " alone fell by CNY 100k (66.7% of it)."},
		{"supplier", .042, "One supplier is under an alarm; what it delivers sold for CNY 20.0k in twelve months.", ": Slow."},
		{"losing", .0028, "2 customers cost CNY 4.00k more in twelve months than they left.", "CNY 3.00k of it where this weighs most: Returns."},
	}
	if len(list) != len(want) {
		t.Fatalf("%d findings: %+v", len(list), list)
	}
	for i, w := range want {
		f := list[i]
		text, cause := strings.ReplaceAll(c.findingText(f), "\u00a0", " "), strings.ReplaceAll(c.findingCause(f), "\u00a0", " ")
		if f.kind.name != w.kind || abs(f.weight-w.weight) > 1e-12 || text != w.text || !strings.HasSuffix(cause, w.cause) {
			t.Errorf("finding %d: %s %v\n%s\n%s", i+1, f.kind.name, f.weight, text, cause)
		}
	}
	if none, err := c.findings(context.Background(), view.Value{}); err != nil || len(none) != 0 {
		t.Errorf("without sales: %v, %v", none, err)
	}
}

// Every kind leads to a page of the report and has its words in both languages.
func TestFindingsHaveWords(t *testing.T) {
	db := olaptest.Star(t)
	for _, lang := range []string{"en", "zh"} {
		c := pagetest.Context(t, db, lang)
		for _, kind := range findingKinds {
			slug, _, _ := strings.Cut(kind.href, ".")
			for _, key := range []string{"finding." + kind.name, "page." + slug} {
				if _, ok := c.Word(key); !ok {
					t.Errorf("%s: no word %s", lang, key)
				}
			}
			if !strings.Contains(page.Statement(sqlFiles, "finding_"+kind.name), "AS alarm") {
				t.Errorf("finding_%s.sql does not say whether there is an alarm", kind.name)
			}
		}
	}
}

// A forecast is a finding only where such forecasts, made in the past, did better
// than repeating the year before.
func TestForecastIsAFindingOnlyWhereProven(t *testing.T) {
	for grade, want := range map[string]int{"better": 1, "equal": 0, "worse": 0, "not tested": 0, "": 0} {
		db := olaptest.Star(t)
		pagetest.Exec(t, db, `CREATE TABLE score.forecast AS SELECT 'net' AS measure, 'total' AS level, CAST(s AS INTEGER) AS step, 300.0 AS mean FROM range(1, 13) AS r (s)`,
			`CREATE TABLE score.forecast_history AS SELECT 'net' AS measure, 'total' AS level, DATE '2024-01-01' + CAST(31 * s AS INTEGER) AS month, 100.0 AS value FROM range(12) AS r (s)`,
			`CREATE TABLE score.forecast_backtest AS SELECT 'net' AS measure, 'total' AS level, '`+grade+`' AS grade WHERE '`+grade+`' <> ''`)
		list, err := desk{pagetest.Context(t, db, "en")}.findings(context.Background(), view.I(1200))
		if err != nil {
			t.Fatal(err)
		}
		if len(list) != want {
			t.Errorf("graded %q: %d findings, want %d", grade, len(list), want)
		}
	}
}
