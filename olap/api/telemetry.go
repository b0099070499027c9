package api

import (
	"github.com/prometheus/client_golang/prometheus"
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
	for kind, t := range map[string]*turns{"questions": &a.running.all, "sql": &a.running.sql} {
		running, waiting := t.state()
		gauge("verso_api_running", "What runs now.", running, kind)
		gauge("verso_api_queued", "What waits for its turn.", waiting, kind)
	}
	if a.o.Pool != nil {
		gauge("verso_api_workers", "SQL workers that wait with a file open.", a.o.Pool.Waiting(), "waiting")
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
