// Package metrics shows the nightly refresh to a monitoring system: the run
// ledger and the published generation in Prometheus' format. Everything is read
// when it is asked for; a counter that began with the process would forget.
package metrics

import (
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"verso/etl/ledger"
)

// Source gives the facts when they are asked for.
type Source struct {
	Version    string
	Now        func() time.Time
	Runs       func() ([]ledger.Run, error)
	Generation func() (*Generation, error) // nil, nil: nothing is published
	Next       func() time.Time            // the zero time: nothing is scheduled
	Pending    func() int                  // alerts that could not be sent yet
}

// Handler answers a scrape. A part that cannot be read is missing from the
// answer and counted in verso_scrape_errors; the others are there. What more
// collects stands beside them.
func Handler(s Source, more ...prometheus.Collector) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), collectors.NewGoCollector(collectors.WithGoCollectorRuntimeMetrics(collectors.MetricsGC)), &collector{source: s})
	registry.MustRegister(more...)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// collector makes the numbers of one scrape.
type collector struct{ source Source }

// Describe tells nothing beforehand: which tables and steps there are is known
// only when they are read.
func (c *collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads ledger and generation.
func (c *collector) Collect(ch chan<- prometheus.Metric) {
	x := &scrape{ch: ch, now: c.source.Now()}
	x.gauge("verso_build_info", "Version of verso and of Go; always 1.", 1, "version", c.source.Version, "go", runtime.Version())
	failed := 0.0
	if runs, err := c.source.Runs(); err == nil {
		x.runs(runs)
	} else {
		failed++
	}
	if g, err := c.source.Generation(); err != nil {
		failed++
	} else if g != nil {
		x.generation(g)
	}
	if c.source.Next != nil {
		if next := c.source.Next(); !next.IsZero() {
			x.gauge("verso_next_refresh_timestamp_seconds", "When the schedule refreshes next.", seconds(next))
		}
	}
	if c.source.Pending != nil {
		x.gauge("verso_alerts_pending", "Alerts that could not be sent yet.", float64(c.source.Pending()))
	}
	x.gauge("verso_scrape_errors", "Parts of this answer that could not be read.", failed)
}

// scrape writes the numbers of one answer.
type scrape struct {
	ch  chan<- prometheus.Metric
	now time.Time
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// gauge writes one number with labels, given as pairs of name and value.
func (x *scrape) gauge(name, help string, value float64, labels ...string) {
	x.send(prometheus.GaugeValue, name, help, value, labels)
}

func (x *scrape) send(kind prometheus.ValueType, name, help string, value float64, labels []string) {
	var names, values []string
	for i := 0; i+1 < len(labels); i += 2 {
		names, values = append(names, labels[i]), append(values, labels[i+1])
	}
	x.ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), kind, value, values...)
}

// statuses of the ledger, so that a status without runs is 0 and not missing.
var statuses = []string{ledger.StatusSucceeded, ledger.StatusRefused, ledger.StatusFailed, ledger.StatusInterrupted, ledger.StatusDied}

func (x *scrape) runs(runs []ledger.Run) {
	count := map[string]int{}
	running := 0.0
	var last, published *ledger.Run
	for i := range runs {
		r := &runs[i]
		if r.Status == ledger.StatusRunning {
			running = 1
			continue
		}
		count[r.Status]++
		if !r.Dry {
			last = r
		}
		if r.Generation != "" && r.Status == ledger.StatusSucceeded {
			published = r
		}
	}
	for _, status := range statuses {
		x.send(prometheus.CounterValue, "verso_runs_total", "Refreshes in the run ledger by how they ended.", float64(count[status]), []string{"status", status})
	}
	x.gauge("verso_refresh_running", "1 while a refresh runs.", running)
	if last != nil {
		ok := 0.0
		if last.Status == ledger.StatusSucceeded {
			ok = 1
		}
		x.gauge("verso_last_run_success", "1 when the last refresh published.", ok)
		x.gauge("verso_last_run_timestamp_seconds", "When the last refresh began.", seconds(last.Started))
	}
	if published != nil {
		x.published(published)
	}
}

// published are the figures of the last run that published.
func (x *scrape) published(r *ledger.Run) {
	x.gauge("verso_last_success_timestamp_seconds", "When the last refresh that published ended.", seconds(r.Finished))
	x.gauge("verso_generation_age_seconds", "Age of the published generation.", x.now.Sub(r.Finished).Seconds())
	x.gauge("verso_last_run_duration_seconds", "Duration of the last refresh that published.", r.Finished.Sub(r.Started).Seconds())
	for _, s := range r.Steps {
		x.gauge("verso_step_duration_seconds", "Duration of a step of the last refresh that published.", s.Seconds, "step", s.Name)
		x.gauge("verso_step_rows", "Rows that a step handled.", float64(s.Rows), "step", s.Name)
		x.gauge("verso_step_peak_memory_bytes", "Highest resident memory during a step.", float64(s.PeakBytes), "step", s.Name)
	}
	for _, e := range r.Extracts {
		x.gauge("verso_extract_rows", "Records of an extract by what became of them.", float64(e.Landed), "extract", e.Name, "state", "landed")
		x.gauge("verso_extract_rows", "Records of an extract by what became of them.", float64(e.Rejected), "extract", e.Name, "state", "rejected")
		x.gauge("verso_extract_bytes", "Bytes of an extract, as read and as landed.", float64(e.SourceBytes), "extract", e.Name, "state", "read")
		x.gauge("verso_extract_bytes", "Bytes of an extract, as read and as landed.", float64(e.LandedBytes), "extract", e.Name, "state", "landed")
		x.gauge("verso_extract_duration_seconds", "Time an extract took to land.", e.Seconds, "extract", e.Name)
	}
	x.gauge("verso_stale_sources", "Sources that could not be read for the published generation.", float64(len(r.Stale)))
	for _, s := range r.Stale {
		x.gauge("verso_source_stale", "1 for a source whose data are of an earlier run.", 1, "source", s.Source)
	}
}

func (x *scrape) generation(g *Generation) {
	x.gauge("verso_generation_info", "The published generation; always 1.", 1, "generation", g.Name, "run", g.RunID, "as_of", g.AsOf, "version", g.Version)
	x.gauge("verso_generation_bytes", "Size of the published generation's file.", float64(g.Bytes))
	for _, t := range g.Tables {
		x.gauge("verso_table_rows", "Rows of a table of the published generation.", float64(t.Rows), "schema", t.Schema, "table", t.Name)
	}
	for _, c := range g.Checks {
		state := "breached"
		if c.Passed {
			state = "passed"
		}
		x.gauge("verso_checks", "Checks of the published generation by severity and outcome.", float64(c.Count), "severity", c.Severity, "state", state)
	}
}
