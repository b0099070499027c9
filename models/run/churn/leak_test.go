package churn_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"verso/models/job"
	"verso/olap/engine"
)

const origin = "2022-08-31"

func replaceDay(sql, day string) string {
	return strings.NewReplacer("{day}", "DATE '"+day+"'", "{key}", strings.ReplaceAll(day, "-", "")).Replace(sql)
}

// prepared makes what the features of an origin are made of.
func prepared(t *testing.T, conn engine.Conn) engine.Conn {
	t.Helper()
	j := &job.Job{Conn: conn, Seed: 1}
	if err := j.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"churn_day", "churn_class", "churn_late"} {
		if err := j.Feature(t.Context(), name); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Feature(t.Context(), "churn_who", 1000000); err != nil {
		t.Fatal(err)
	}
	if err := j.Feature(t.Context(), "churn_title"); err != nil {
		t.Fatal(err)
	}
	return conn
}

// then is the same of what was known on the day of the origin.
func then(t *testing.T) engine.Conn {
	t.Helper()
	conn := open(t)
	hide(t, conn, origin)
	return prepared(t, conn)
}

// featuresAt builds the features as of the origin with the text of the feature's
// SQL, and returns every row but the outcome as text.
func featuresAt(t *testing.T, conn engine.Conn, text string) map[string]map[string]string {
	t.Helper()
	day, err := time.Parse(time.DateOnly, origin)
	if err != nil {
		t.Fatal(err)
	}
	no := day.Unix() / 86400
	run(t, conn, `CREATE OR REPLACE TABLE feature.churn_until AS
SELECT CAST(? AS INTEGER) AS origin, CAST(row_number() OVER (ORDER BY t.name) - 1 AS INTEGER) AS type_no, t.name AS customer_type, CAST(? AS INTEGER) AS until, 365 AS "limit"
FROM (VALUES ('enterprise'), ('library'), ('university')) AS t(name)`, no, no+120)
	run(t, conn, "CREATE OR REPLACE TABLE feature.churn AS\n"+text, no, no)
	out := map[string]map[string]string{}
	r, err := conn.Query(t.Context(), engine.SQL("SELECT * EXCLUDE (next_day) FROM feature.churn ORDER BY customer_key"))
	if err != nil {
		t.Fatal(err)
	}
	fields := r.Schema().Fields()
	r.Release()
	err = engine.Rows(t.Context(), conn, engine.SQL("SELECT * EXCLUDE (next_day) FROM feature.churn ORDER BY customer_key"), func(row []any) error {
		values := map[string]string{}
		for i, f := range fields {
			values[f.Name] = engine.Text(row[i])
		}
		out[values["customer_key"]] = values
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// differing are the features that differ between two readings.
func differing(a, b map[string]map[string]string) map[string]int {
	out := map[string]int{}
	for key := range a {
		if b[key] == nil {
			out["customer_key"]++
		}
		for name, value := range a[key] {
			if b[key] != nil && b[key][name] != value {
				out[name]++
			}
		}
	}
	for key := range b {
		if a[key] == nil {
			out["customer_key"]++
		}
	}
	return out
}

func featureText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../feature/sql/churn.sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestFeaturesDoNotSeeTheFuture holds the features of a day, made from all that is
// known today, to those made from what was known on that day.
func TestFeaturesDoNotSeeTheFuture(t *testing.T) {
	text := featureText(t)
	full := featuresAt(t, prepared(t, open(t)), text)
	if len(full) < 60 {
		t.Fatalf("only %d customers are at risk", len(full))
	}
	if d := differing(full, featuresAt(t, then(t), text)); len(d) > 0 {
		t.Errorf("features differ from those of the day itself: %v", d)
	}
	for name := range full[anyKey(full)] {
		values := map[string]bool{}
		for _, row := range full {
			values[row[name]] = true
		}
		if len(values) < 2 && name != "origin" && name != "until" {
			t.Errorf("%s is the same for all customers, so the test says nothing of it", name)
		}
	}
}

func anyKey(rows map[string]map[string]string) string {
	least := ""
	for key := range rows {
		if least == "" || key < least {
			least = key
		}
	}
	return least
}

// TestLeaksAreFound shows that a feature which sees the future is found: each change
// of the SQL lets one in.
func TestLeaksAreFound(t *testing.T) {
	text := featureText(t)
	conn, cut := prepared(t, open(t)), then(t)
	for _, m := range []struct{ feature, old, new string }{
		{"days", "count(CASE WHEN d.day <= a.o THEN 1 END) AS days", "count(*) AS days"},
		{"late_waiting", "OR g.ended_key > a.date_key", "OR g.ended_key > 20991231"},
		{"tickets", "WHERE f.date <= a.date AND f.date > a.date - 365", "WHERE f.date > a.date - 365"},
		{"invoices_overdue", "coalesce(v.settled_date > a.date, true) AS is_open", "v.settled_date IS NULL AS is_open"},
		{"salesperson_left", "CASE WHEN e.leave_date <= a.date THEN 1 ELSE 0 END", "CASE WHEN e.leave_date IS NOT NULL THEN 1 ELSE 0 END"},
		{"quotes_refused", "q.date <= a.date - 60 AND (q.days_to_order IS NULL OR q.days_to_order > 60)", "q.days_to_order IS NULL"},
		{"customer_type", "WHEN v.valid_from <= a.date AND (v.valid_to IS NULL OR v.valid_to > a.date OR v.is_current)", "WHEN v.is_current"},
		{"classes", "WHERE k.day <= a.o AND k.day > a.o - 1095", "WHERE k.day > a.o - 1095"},
	} {
		mutant := strings.Replace(text, m.old, m.new, 1)
		if mutant == text {
			t.Errorf("%s: the SQL has no %q", m.feature, m.old)
			continue
		}
		if d := differing(featuresAt(t, conn, mutant), featuresAt(t, cut, mutant)); d[m.feature] == 0 {
			t.Errorf("a leak in %s is not found: %v", m.feature, d)
		}
	}
}
