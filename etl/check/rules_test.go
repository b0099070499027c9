package check

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"verso/etl/config"
	"verso/olap/engine"
	"verso/olap/engine/duck"
)

func ruleConn(t *testing.T, ddl string) engine.Conn {
	t.Helper()
	if duck.Arrow != "native" {
		t.Skip("needs -tags duckdb_arrow")
	}
	ctx := context.Background()
	db, err := duck.Open(ctx, duck.Options{MaxConns: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if _, err := conn.Exec(ctx, engine.SQL("CREATE SCHEMA stage; CREATE SCHEMA core; CREATE SCHEMA meta; "+ddl)); err != nil {
		t.Fatal(err)
	}
	return conn
}

const ruleTables = `CREATE TABLE meta.run AS SELECT 'r2' AS run_id, DATE '2026-06-30' AS as_of;
CREATE TABLE core.parent AS SELECT * FROM (VALUES ('a'), (NULL)) AS t (id);
CREATE TABLE core."odd ""table" AS SELECT 1 AS "odd ""column";
CREATE TABLE core.empty (id INTEGER, name VARCHAR, day DATE);
CREATE TABLE core.t AS SELECT * FROM (VALUES
  (1, 'a', 10.5, DATE '2026-06-20'), (2, 'b''; --', 99.5, DATE '2026-06-27'), (2, NULL, NULL, NULL), (4, 'A1', -1, DATE '1999-01-01')
) AS t (id, name, amount, day)`

func text(s string) *string { return &s }

// TestRules holds what each type finds in four rows, in none, and of what it
// takes its share.
func TestRules(t *testing.T) {
	conn := ruleConn(t, ruleTables)
	on := func(kind string, columns ...string) config.Rule {
		return config.Rule{Type: kind, Table: "core.t", Columns: columns}
	}
	with := func(r config.Rule, change func(*config.Rule)) config.Rule { change(&r); return r }
	tests := map[string]struct {
		rule              config.Rule
		offenders, tested int64
	}{
		"not null":            {on("not_null", "name"), 1, 4},
		"not null of two":     {on("not_null", "name", "amount"), 1, 4},
		"where":               {with(on("not_null", "name"), func(r *config.Rule) { r.Where = "id = 2 -- why\n" }), 1, 2},
		"unique":              {on("unique", "id"), 1, 4},
		"unique of two":       {on("unique", "id", "name"), 0, 3},
		"reference":           {with(on("reference", "name"), func(r *config.Rule) { r.References = "core.parent.id" }), 2, 3},
		"range":               {with(on("range", "amount"), func(r *config.Rule) { r.Min, r.Max = text("0"), text("99.5") }), 1, 3},
		"range of days":       {with(on("range", "day"), func(r *config.Rule) { r.Min = text("2000-01-01") }), 1, 3},
		"pattern":             {with(on("pattern", "name"), func(r *config.Rule) { r.Matches = "[a-z]'?.*" }), 1, 3},
		"pattern is whole":    {with(on("pattern", "name"), func(r *config.Rule) { r.Matches = "[A-Za-z]" }), 2, 3},
		"accepted":            {with(on("accepted_values", "name"), func(r *config.Rule) { r.Values = []string{"a", "b'; --"} }), 1, 3},
		"accepted numbers":    {with(on("accepted_values", "id"), func(r *config.Rule) { r.Values = []string{"1", "2"} }), 1, 4},
		"fresh":               {with(on("freshness", "day"), func(r *config.Rule) { r.MaxAge = 3 }), 0, 1},
		"stale":               {with(on("freshness", "day"), func(r *config.Rule) { r.MaxAge = 2 }), 1, 1},
		"never":               {config.Rule{Type: "freshness", Table: "core.empty", Columns: []string{"day"}, MaxAge: 2}, 1, 1},
		"nothing":             {config.Rule{Type: "not_null", Table: "core.empty", Columns: []string{"name"}}, 0, 0},
		"nothing twice":       {config.Rule{Type: "unique", Table: "core.empty", Columns: []string{"name"}}, 0, 0},
		"sums":                {config.Rule{Type: "sum_reconciliation", Left: config.Sum{Table: "core.t", Column: "id"}, Right: config.Sum{Select: "SELECT 9.01"}, Tolerance: 0.01}, 0, 1},
		"sums apart":          {config.Rule{Type: "sum_reconciliation", Left: config.Sum{Table: "core.t", Column: "id", Where: "id > 1"}, Right: config.Sum{Select: "SELECT 9"}}, 1, 1},
		"sum of nothing":      {config.Rule{Type: "sum_reconciliation", Left: config.Sum{Select: "SELECT NULL"}, Right: config.Sum{Select: "SELECT 0"}}, 1, 1},
		"own":                 {config.Rule{Type: "custom_sql", Select: "SELECT id FROM core.t WHERE id > 1", Tested: "SELECT count(*) FROM core.t"}, 3, 4},
		"hostile names":       {config.Rule{Type: "not_null", Table: `core.odd "table`, Columns: []string{`odd "column`}}, 0, 1},
		"no such column":      {on("not_null", "nope"), 1, 0},
		"no such table":       {config.Rule{Type: "row_count_drift", Table: "core.nope"}, 1, 0},
		"first row count":     {config.Rule{Type: "row_count_drift", Table: "core.t"}, 0, 0},
		"first distribution":  {on("distribution_drift", "name"), 0, 0},
		"distribution of one": {with(on("distribution_drift", "amount"), func(r *config.Rule) { r.Bins = 4; r.Where = "id = 1" }), 0, 0},
		"distribution of no":  {config.Rule{Type: "distribution_drift", Table: "core.empty", Columns: []string{"id"}, Bins: 4}, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := Options{Overrides: map[string]config.Check{"x": {Rule: &tt.rule, Line: 7}}}
			report := runRules(t, conn, r)
			got := report.Results[0]
			if got.Offenders != tt.offenders || got.Tested != tt.tested || got.Passed != (tt.offenders == 0) {
				t.Errorf("%+v, want %d of %d", got, tt.offenders, tt.tested)
			}
			if strings.HasPrefix(name, "no such") && (!strings.Contains(got.Hint, "line 7") || !strings.Contains(got.Samples, "nope")) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func runRules(t *testing.T, conn engine.Conn, o Options) *Report {
	t.Helper()
	ctx := context.Background()
	if _, err := conn.Exec(ctx, engine.SQL(`CREATE TABLE IF NOT EXISTS meta.table_load ("table_name" VARCHAR, "supplied" BOOLEAN, "loaded" BIGINT); `+ResultTable)); err != nil {
		t.Fatal(err)
	}
	if o.Overrides == nil {
		o.Overrides = map[string]config.Check{}
	}
	for _, d := range parsed() { // shipped checks need tables that are not here
		o.Overrides[d.ID] = config.Check{Severity: Off}
	}
	report, err := Run(ctx, conn, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestDrift holds rules against the history of earlier runs, of which refused
// ones and this one itself do not count.
func TestDrift(t *testing.T) {
	conn := ruleConn(t, ruleTables)
	ctx := context.Background()
	if _, err := conn.Exec(ctx, engine.SQL(`CREATE TABLE core.s AS SELECT i AS id, CASE WHEN i % 4 = 0 THEN 'it''s' ELSE 'b' END AS kind FROM range(1000) AS t (i)`)); err != nil {
		t.Fatal(err)
	}
	rules := map[string]config.Check{
		"rows":   {Rule: &config.Rule{Type: "row_count_drift", Table: "core.s"}},
		"kinds":  {Rule: &config.Rule{Type: "distribution_drift", Table: "core.s", Columns: []string{"kind"}}},
		"number": {Rule: &config.Rule{Type: "distribution_drift", Table: "core.s", Columns: []string{"id"}, Bins: 10}},
	}
	first := runRules(t, conn, Options{Overrides: rules})
	past := []Past{PastOf("r1", "2026-06-29", first), {Run: "bad", Refused: true, Checks: []PastResult{{ID: "rows", Profile: `{"bins":{"rows":9}}`}}}, PastOf("r2", "2026-06-30", &Report{})}
	past[2].Checks = []PastResult{{ID: "rows", Profile: `{"bins":{"rows":5}}`}}
	if err := WriteHistory(ctx, conn, past); err != nil {
		t.Fatal(err)
	}
	for _, r := range runRules(t, conn, Options{Overrides: rules}).Results {
		if !r.Passed || r.Offenders != 0 || r.Tested != 1000 {
			t.Errorf("nothing changed: %+v", r)
		}
	}
	// A quarter more rows, all of one kind and above all earlier numbers.
	if _, err := conn.Exec(ctx, engine.SQL(`INSERT INTO core.s SELECT 5000 + i, NULL FROM range(250) AS t (i)`)); err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{"rows": 250, "kinds": 250, "number": 225}
	for _, r := range runRules(t, conn, Options{Overrides: rules}).Results {
		if r.Passed || r.Offenders != want[r.ID] {
			t.Errorf("%+v, want %d", r, want[r.ID])
		}
	}
}

func TestTaken(t *testing.T) {
	err := Known(nil, map[string]config.Check{"isbn-invalid": {Rule: &config.Rule{Type: "custom_sql"}, Line: 3}})
	if err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Error(err)
	}
	if err := Known(nil, map[string]config.Check{"mine": {Rule: &config.Rule{Type: "custom_sql"}}}); err != nil {
		t.Error(err)
	}
}

// TestHistory holds that every run is kept once, in order, whatever a crash left.
func TestHistory(t *testing.T) {
	dir := t.TempDir()
	if got, err := ReadHistory(dir); got != nil || err != nil {
		t.Fatal(got, err)
	}
	run := func(name, day string, offenders int64) Past {
		r := Result{ID: "a", Severity: Warn, Tested: 100, Offenders: offenders}
		r.judge()
		return PastOf(name, day, &Report{Results: []Result{r, {ID: "clean", Tested: 5, Passed: true}}})
	}
	for i, n := range []int64{0, 10, 20, 20} {
		if err := AppendHistory(dir, run(fmt.Sprint("r", min(i, 2)), fmt.Sprintf("2026-06-%02d", i+1), n)); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, HistoryFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(whole, `{"run":"torn","che`...), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := ReadHistory(dir)
	if err != nil || len(got) != 3 || got[2].AsOf != "2026-06-04" {
		t.Fatalf("%+v, %v", got, err)
	}
	trends := Trends(got)
	if len(trends) != 1 || trends[0].Failed != "2026-06-02" || trends[0].Runs != 2 || trends[0].Change() != "▁▄█" {
		t.Errorf("%+v", trends)
	}
	if diff := cmp.Diff([]float64{0, .1, .2}, []float64{trends[0].Points[0].Share, trends[0].Points[1].Share, trends[0].Points[2].Share}); diff != "" {
		t.Error(diff)
	}
	if got := Trends(nil); got != nil {
		t.Error(got)
	}
}
