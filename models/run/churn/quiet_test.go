package churn_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"verso/models/job/jobtest"
	"verso/olap/engine"
)

// quietOutcomes are the columns of the features of quiet losses that tell what came after.
var quietOutcomes = map[string]string{"part_churn": "part_after, days_after", "fade": "after, after_value, after_type, base_type"}

// quietAt is every row but the outcome of a feature of quiet losses at the origin, as text.
func quietAt(t *testing.T, conn engine.Conn, name, text string) []string {
	t.Helper()
	day, err := time.Parse(time.DateOnly, origin)
	if err != nil {
		t.Fatal(err)
	}
	no := day.Unix() / 86400
	run(t, conn, "CREATE OR REPLACE TABLE feature.change_origin AS SELECT CAST(? AS INTEGER) AS origin", no)
	run(t, conn, "CREATE OR REPLACE TABLE feature."+name+" AS\n"+text, no, no)
	var rows []string
	err = engine.Rows(t.Context(), conn, engine.SQL("SELECT CAST(f AS VARCHAR) FROM (SELECT * EXCLUDE ("+quietOutcomes[name]+") FROM feature."+name+") AS f ORDER BY 1"), func(row []any) error {
		rows = append(rows, engine.Text(row[0]))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func equal(a, b []string) bool { return strings.Join(a, "\n") == strings.Join(b, "\n") }

// TestQuietFeaturesDoNotSeeTheFuture holds the features of quiet losses at a day to those
// made from what was known on that day; a feature that looks one day ahead is found.
func TestQuietFeaturesDoNotSeeTheFuture(t *testing.T) {
	now, past := prepared(t, open(t)), then(t)
	for name := range quietOutcomes {
		text, err := os.ReadFile("../../feature/sql/" + name + ".sql")
		if err != nil {
			t.Fatal(err)
		}
		full := quietAt(t, now, name, string(text))
		if len(full) < 20 {
			t.Fatalf("%s: only %d rows", name, len(full))
		}
		if !equal(full, quietAt(t, past, name, string(text))) {
			t.Errorf("%s differs from what was known on the day", name)
		}
		leaking := strings.ReplaceAll(string(text), ".day <= a.o AND", ".day <= a.o + 60 AND")
		if leaking == string(text) {
			t.Fatalf("%s has nothing to change", name)
		}
		if equal(quietAt(t, now, name, leaking), quietAt(t, past, name, leaking)) {
			t.Errorf("%s: a look ahead is not found", name)
		}
	}
}

// TestQuietLosses holds what is written of quiet losses against SQL that counts it anew.
func TestQuietLosses(t *testing.T) {
	conn := scored(t)
	for _, c := range []struct{ what, sql, want string }{
		{"pairs", `SELECT count(*) - (SELECT count(*) FROM score.part_churn) FROM (SELECT customer_key, clc_key FROM core.fact_order_line GROUP BY customer_key, clc_key
HAVING count(DISTINCT CASE WHEN order_date > DATE '2023-06-30' - 365 THEN order_date END) >= 4 AND count(CASE WHEN order_date > DATE '2023-06-30' - 730 AND order_date <= DATE '2023-06-30' - 365 THEN 1 END) > 0)`, "0"},
		{"days and net of pairs", `SELECT count(*) FROM score.part_churn AS s WHERE (days, value) <> (SELECT (count(DISTINCT order_date), CAST(sum(net) AS DECIMAL(18, 2))) FROM core.fact_order_line AS l JOIN core.dim_clc AS c USING (clc_key)
WHERE l.customer_key = s.customer_key AND c.bucket = s.bucket AND order_date > DATE '2023-06-30' - 365)`, "0"},
		{"value at risk", "SELECT count(*) FROM score.part_churn WHERE abs(value_at_risk - probability * value) > 0.011", "0"},
		{"customers with a base", `SELECT count(*) - (SELECT count(*) FROM score.fade) FROM (SELECT customer_key FROM core.fact_order_line GROUP BY customer_key
HAVING count(DISTINCT CASE WHEN order_date > DATE '2023-06-30' - 365 AND order_date <= DATE '2023-06-30' - 182 THEN order_date END) >= 4 AND max(order_date) > DATE '2023-06-30' - 183)`, "0"},
		{"base of the season to come", `SELECT count(*) FROM score.fade AS s WHERE base <> (SELECT count(DISTINCT order_date) FROM core.fact_order_line AS l WHERE l.customer_key = s.customer_key AND order_date > DATE '2023-06-30' - 365 AND order_date <= DATE '2023-06-30' - 182)`, "0"},
		{"outcomes of pairs", `SELECT count(*) FROM score.quiet_backtest AS b WHERE event = 'partial' AND model = 'rate' AND origin <> '(all)' AND (b."rows", b.events) <> (
SELECT (count(*), count(*) FILTER (part_after = 0)) FROM feature.part_churn_past AS p WHERE p.origin = CAST(b.origin AS DATE) - DATE '1970-01-01' AND days_after >= 2)`, "0"},
		{"models", "SELECT string_agg(model, ' ' ORDER BY model) FROM card.model WHERE model IN ('part_churn', 'fade') AND reading <> ''", "fade part_churn"},
	} {
		if got := jobtest.Value(t, conn, c.sql); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
	if n := jobtest.Number(t, conn, "SELECT count(DISTINCT model) FROM score.quiet_backtest WHERE event = 'partial'"); n != 6 {
		t.Errorf("%v models and baselines of leaving a subject, want 6", n)
	}
}
