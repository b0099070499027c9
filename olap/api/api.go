package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"verso/olap"
	"verso/olap/api/asked"
	"verso/olap/api/audit"
	"verso/olap/api/saved"
	"verso/olap/cache"
	"verso/olap/sqlworker"
)

// Root is the path below which the API answers.
const Root = "/api/v1/"

// Options are what the API stands on. Store, Gate and Clock are needed.
type Options struct {
	Store  Store
	Gate   Gate
	Clock  func() time.Time
	Log    *slog.Logger    // nil: silent
	Audit  *audit.Log      // nil: nothing is kept but the recent questions in memory
	Recent []audit.Entry   // questions of earlier on, the newest last, for GET log
	Saved  *saved.Folder   // nil: nothing can be saved
	Pool   *sqlworker.Pool // nil: a worker is started for each statement
	Limits Limits
	// Memory is what the store's Olaps keep answers in, Held what the store has open
	// and how many bytes of memory the engine holds for it; nil: not told to
	// Prometheus.
	Memory *olap.Memory
	Held   func(context.Context) (open int, bytes int64)
	// Edition names what answers depend on beside the generation: the program and
	// the user's own cubes.
	Edition string
}

// Limits bound what one request, one person and all of them may take. The zero
// value has the defaults.
type Limits struct {
	Body       int64         // bytes of a request; 0: 1 MiB
	Rows       int64         // of an answer, and of an SQL result; 0: 1,000,000
	Page       int           // rows of one JSON answer, the rest behind a cursor; 0: 10,000
	Bytes      int64         // of an SQL result; 0: 256 MiB
	Time       time.Duration // a question may run; 0: one minute
	Write      time.Duration // a client may take to read each part of an answer; 0: 30 seconds
	PerPerson  int           // questions of one person at a time, others are refused; 0: 16
	Running    int           // questions at a time, others wait for Wait; 0: 64
	Statements int           // SQL statements at a time, others wait for Wait; 0: 4
	Wait       time.Duration // for one's turn; 0: 10 seconds
	Memory     int64         // of one SQL worker, see sqlworker.Request.MemoryBytes; 0: its default
	Threads    int           // of one SQL worker; 0: 2
}

func (l Limits) withDefaults() Limits {
	orInt64 := func(n *int64, value int64) {
		if *n <= 0 {
			*n = value
		}
	}
	orInt := func(n *int, value int) {
		if *n <= 0 {
			*n = value
		}
	}
	orTime := func(d *time.Duration, value time.Duration) {
		if *d <= 0 {
			*d = value
		}
	}
	orInt64(&l.Body, 1<<20)
	orInt64(&l.Rows, 1_000_000)
	orInt64(&l.Bytes, 256<<20)
	orInt(&l.Page, 10_000)
	orInt(&l.PerPerson, 16)
	orInt(&l.Running, 64)
	orInt(&l.Statements, 4)
	orInt(&l.Threads, 2)
	orTime(&l.Time, time.Minute)
	orTime(&l.Write, 30*time.Second)
	orTime(&l.Wait, 10*time.Second)
	return l
}

// API answers everything below Root.
type API struct {
	o         Options
	handler   http.Handler
	mux       *http.ServeMux
	limited   atomic.Pointer[Limits]
	named     atomic.Pointer[string] // the edition
	running   *running
	recent    *asked.Recent
	telemetry *telemetry
	pages     *cache.Cache[*encodedPage] // by ETag
}

// New is the API over a store.
func New(o Options) (*API, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	limits := o.Limits.withDefaults()
	a := &API{o: o, mux: http.NewServeMux(), running: newRunning(limits), recent: &asked.Recent{}, telemetry: newTelemetry(),
		pages: cache.New(pagesBytes, (*encodedPage).size)}
	a.limited.Store(&limits)
	a.named.Store(&o.Edition)
	for _, e := range o.Recent {
		if e.What != "" {
			a.recent.Add(e)
		}
	}
	a.routes()
	squeeze, err := gzhttp.NewWrapper(gzhttp.MinSize(2048), gzhttp.ContentTypes([]string{"application/json", "text/csv"}))
	if err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, &Error{Status: http.StatusForbidden, Code: "cross_origin", Message: "the request comes from a page of another site"})
	}))
	a.handler = foreign.Handler(squeeze(a.mux))
	return a, nil
}

// SetLimits changes the limits of what is asked from now on.
func (a *API) SetLimits(l Limits) {
	l = l.withDefaults()
	a.limited.Store(&l)
	a.running.set(l)
}

// SetEdition says that answers depend on something else from now on.
func (a *API) SetEdition(name string) { a.named.Store(&name) }

func (a *API) edition() string { return *a.named.Load() }

func (a *API) limits() Limits { return *a.limited.Load() }

// route is an address and what answers it.
type route struct {
	method, path string
	door         string // as the audit names it
	serve        func(*request) error
}

// list is the one list of what the API answers.
func (a *API) list() []route {
	get, post := http.MethodGet, http.MethodPost
	return []route{
		{get, "me", "me", a.me},
		{get, "cubes", "cubes", a.cubes},
		{get, "cubes/{cube}", "cubes", a.cube},
		{get, "cubes/{cube}/members", "members", a.members},
		{get, "query", "query", a.query},
		{post, "query", "query", a.query},
		{post, "query/check", "check", a.check},
		{post, "cost", "cost", a.cost},
		{post, "facts", "facts", a.facts},
		{post, "why", "why", a.why},
		{post, "navigate", "navigate", a.navigate},
		{post, "sql", "sql", a.sql},
		{post, "sql/check", "sqlcheck", a.sqlCheck},
		{get, "definitions", "definitions", a.definitions},
		{get, "schema", "schema", a.schema},
		{get, "lineage", "lineage", a.lineage},
		{get, "saved", "saved", a.savedList},
		{post, "saved", "saved", a.savedCreate},
		{get, "saved/{id}", "saved", a.savedGet},
		{http.MethodPut, "saved/{id}", "saved", a.savedPut},
		{http.MethodDelete, "saved/{id}", "saved", a.savedDelete},
		{get, "log", "log", a.log},
		{get, "log/shapes", "log", a.logShapes},
		{post, "log/advice", "advice", a.logAdvice},
		{get, "log/slow", "log", a.logSlow},
		{get, "running", "running", a.runningList},
		{http.MethodDelete, "running/{id}", "running", a.runningCancel},
	}
}

// routes puts what the API answers at its addresses.
func (a *API) routes() {
	for _, r := range a.list() {
		a.mux.Handle(r.method+" "+Root+r.path, a.handle(r.door, r.serve))
	}
	a.mux.HandleFunc(http.MethodGet+" "+Root+"openapi.json", a.openAPI)
	a.mux.HandleFunc(Root, a.unknown)
}

// ServeHTTP answers a request.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.handler.ServeHTTP(w, r) }
