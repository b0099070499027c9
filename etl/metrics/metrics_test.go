package metrics

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"verso/etl/ledger"
	"verso/etl/outage"
	"verso/olap/engine"
	"verso/olap/olaptest"
)

func scrapeOf(t *testing.T, s Source) string {
	t.Helper()
	w := httptest.NewRecorder()
	Handler(s).ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func sample(t *testing.T) Source {
	began := time.Date(2026, 6, 29, 2, 0, 0, 0, time.UTC)
	runs := []ledger.Run{
		{Started: began.Add(-24 * time.Hour), Finished: began.Add(-23 * time.Hour), Status: ledger.StatusFailed},
		{Started: began, Finished: began.Add(10 * time.Minute), Status: ledger.StatusSucceeded, Generation: "g7",
			Steps:    []ledger.StepRun{{Name: "land", Seconds: 61.5, Rows: 1200, PeakBytes: 5e8}},
			Extracts: []ledger.ExtractRun{{Name: "erp.order", Landed: 1199, Rejected: 1, SourceBytes: 88, LandedBytes: 44, Seconds: 3}},
			Stale:    []outage.Stale{{Source: "erp"}}},
		{Started: began.Add(time.Hour), Status: ledger.StatusRunning},
	}
	g, err := Read(t.Context(), olaptest.Star(t))
	if err != nil {
		t.Fatal(err)
	}
	g.Name, g.Bytes = "g7", 12345
	return Source{Version: "test", Now: func() time.Time { return began.Add(70 * time.Minute) }, Runs: func() ([]ledger.Run, error) { return runs, nil },
		Generation: func() (*Generation, error) { return g, nil }, Next: func() time.Time { return began.Add(24 * time.Hour) }, Pending: func() int { return 2 }}
}

func TestMetrics(t *testing.T) {
	got := scrapeOf(t, sample(t))
	for _, want := range []string{
		`verso_runs_total{status="failed"} 1`, `verso_runs_total{status="succeeded"} 1`, `verso_runs_total{status="died"} 0`,
		`verso_refresh_running 1`, `verso_last_run_success 1`, `verso_generation_age_seconds 3600`, `verso_last_run_duration_seconds 600`,
		`verso_step_duration_seconds{step="land"} 61.5`, `verso_step_rows{step="land"} 1200`,
		`verso_extract_rows{extract="erp.order",state="rejected"} 1`, `verso_extract_bytes{extract="erp.order",state="landed"} 44`,
		`verso_source_stale{source="erp"} 1`, `verso_generation_bytes 12345`, `verso_alerts_pending 2`, `verso_scrape_errors 0`,
		`verso_table_rows{schema="core",table="fact_order_line"}`, `verso_checks{severity=`, `process_resident_memory_bytes`, `go_goroutines`,
		`verso_last_success_timestamp_seconds 1.782699e+09`, `verso_next_refresh_timestamp_seconds`, `generation="g7"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(got)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "verso_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// What cannot be read is missing, counted, and takes nothing else with it.
func TestPartsFail(t *testing.T) {
	s := sample(t)
	s.Generation = func() (*Generation, error) { return nil, errors.New("damaged") }
	got := scrapeOf(t, s)
	if !strings.Contains(got, "verso_scrape_errors 1") || strings.Contains(got, "verso_table_rows") || !strings.Contains(got, "verso_runs_total") {
		t.Error(got)
	}
	s.Generation = func() (*Generation, error) { return nil, nil }
	s.Runs = func() ([]ledger.Run, error) { return nil, nil }
	if got := scrapeOf(t, s); !strings.Contains(got, "verso_scrape_errors 0") || strings.Contains(got, "verso_last_success") {
		t.Error("a warehouse where nothing has run yet")
	}
}

func TestReadNeedsAGeneration(t *testing.T) {
	db := olaptest.Star(t)
	if _, err := db.Exec(t.Context(), engine.SQL("DROP TABLE meta.run")); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(t.Context(), db); err == nil || !strings.Contains(err.Error(), "meta.run") {
		t.Errorf("%v", err)
	}
}
