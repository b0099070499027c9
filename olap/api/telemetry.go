package api

import (
	"context"
	"maps"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"verso/olap/api/turns"
	"verso/olap/cache"
)

// telemetry counts what the API does, for Prometheus.
type telemetry struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	rows     *prometheus.CounterVec
	cached   prometheus.Counter
	rollups  prometheus.Counter
}

func newTelemetry() *telemetry {
	return &telemetry{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "verso_api_requests_total", Help: "Requests by door and outcome."}, []string{"door", "outcome"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "verso_api_seconds", Help: "Time of requests by door.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30, 60, 120}}, []string{"door"}),
		rows:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "verso_api_rows_total", Help: "Rows of answers by door."}, []string{"door"}),
		cached:  prometheus.NewCounter(prometheus.CounterOpts{Name: "verso_api_cached_total", Help: "Answers that were known already."}),
		rollups: prometheus.NewCounter(prometheus.CounterOpts{Name: "verso_api_rollups_total", Help: "Answers that came from rollups."}),
	}
}

// Describe lists what does not depend on the moment.
func (a *API) Describe(ch chan<- *prometheus.Desc) {
	for _, c := range a.telemetry.all() {
		c.Describe(ch)
	}
}

func (t *telemetry) all() []prometheus.Collector {
	return []prometheus.Collector{t.requests, t.took, t.rows, t.cached, t.rollups}
}

// Collect gives the counts to a scrape; the API is a prometheus.Collector.
func (a *API) Collect(ch chan<- prometheus.Metric) {
	for _, c := range a.telemetry.all() {
		c.Collect(ch)
	}
	gauge := func(name, help string, n int, labels ...string) {
		desc := prometheus.NewDesc(name, help, []string{"kind"}, nil)
		ch <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n), labels...)
	}
	for kind, t := range map[string]*turns.Turns{"questions": &a.running.all, "sql": &a.running.sql} {
		running, waiting := t.State()
		gauge("verso_api_running", "What runs now.", running, kind)
		gauge("verso_api_queued", "What waits for its turn.", waiting, kind)
	}
	a.collectMemory(ch)
	if a.o.Pool != nil {
		gauge("verso_api_workers", "SQL workers that wait with a file open.", a.o.Pool.Waiting(), "waiting")
	}
}

// heldTime is how long a scrape waits for what databases hold.
const heldTime = 2 * time.Second

// collectMemory tells what is kept in memory, beside its bounds.
func (a *API) collectMemory(ch chan<- prometheus.Metric) {
	gauge := func(name, help string, n int64, cache string) {
		var names, values []string
		if cache != "" {
			names, values = []string{"cache"}, []string{cache}
		}
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, names, nil), prometheus.GaugeValue, float64(n), values...)
	}
	kept := map[string]cache.Stats{"pages": a.pages.Stats()}
	if a.o.Memory != nil {
		maps.Copy(kept, a.o.Memory.Stats())
	}
	for name, s := range kept {
		gauge("verso_cache_bytes", "What a cache holds.", s.Bytes, name)
		gauge("verso_cache_limit_bytes", "What a cache may hold.", s.Limit, name)
		gauge("verso_cache_entries", "Entries of a cache.", int64(s.Entries), name)
	}
	if a.o.Held != nil {
		ctx, cancel := context.WithTimeout(context.Background(), heldTime)
		defer cancel()
		open, bytes := a.o.Held(ctx)
		gauge("verso_databases_open", "Generations and cuts of them that are open.", int64(open), "")
		gauge("verso_database_memory_bytes", "Memory that the engine holds for them.", bytes, "")
	}
}

// count notes a request that ended.
func (t *telemetry) count(r *request) {
	e := &r.entry
	t.requests.WithLabelValues(e.Door, e.Outcome).Inc()
	t.took.WithLabelValues(e.Door).Observe(e.Took.Seconds())
	t.rows.WithLabelValues(e.Door).Add(float64(e.Rows))
	if e.Cached {
		t.cached.Inc()
	}
	if e.Rollup != "" {
		t.rollups.Inc()
	}
}
