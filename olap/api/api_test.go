package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/audit"
	"verso/olap/api/saved"
	"verso/olap/api/store"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/olaptest"
	"verso/olap/sqlworker"
	"verso/olap/warehouse"
)

// TestMain lets the test binary be its own SQL worker.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == sqlworker.Argument {
		os.Exit(sqlworker.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

func openDuck(ctx context.Context, path string, readOnly bool) (engine.Database, error) {
	return duck.Open(ctx, duck.Options{Path: path, ReadOnly: readOnly, Threads: 1})
}

// publish makes a generation of the small warehouse of tests; more is run on it.
func publish(t testing.TB, w *warehouse.Warehouse, run string, more string) warehouse.Generation {
	t.Helper()
	d, err := w.Begin(t.Context(), run)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Discard()
	if err := olaptest.Load(t.Context(), d.DB(), olaptest.Build(olaptest.Default())); err != nil {
		t.Fatal(err)
	}
	if more != "" {
		if _, err := d.DB().Exec(t.Context(), engine.SQL(more)); err != nil {
			t.Fatal(err)
		}
	}
	g, err := d.Publish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// headerGate knows people by a header, as tests do: name, then admin.
type headerGate struct{}

func (headerGate) Authenticate(r *http.Request) (access.Person, error) {
	switch who := r.Header.Get("X-Who"); who {
	case "":
		return access.Person{Name: "boss", Admin: true, By: "open"}, nil
	case "nobody":
		return access.Person{}, errors.New("unknown")
	case "panic":
		panic("a fault in the gate")
	default:
		return access.Person{Name: who, By: "token"}, nil
	}
}

// deskStore is a store that gives people who are no administrators less.
type deskStore struct{ *store.Store }

func (s deskStore) Open(ctx context.Context, p access.Person) (*api.Lease, error) {
	l, err := s.Store.Open(ctx, p)
	if err == nil && p.Name == "clerk" {
		l.Rights = access.Rights{Cut: "c1", Told: "Only your region."}
	}
	return l, err
}

// desk is a running API.
type desk struct {
	t         testing.TB
	server    *httptest.Server
	api       *api.API
	warehouse *warehouse.Warehouse
	dir       string
	log       *heard
}

// heard is a log that tests read.
type heard struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.Write(p)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.b.String()
}

func open(t testing.TB, limits api.Limits) *desk {
	t.Helper()
	d := &desk{t: t, dir: t.TempDir(), log: &heard{}}
	var err error
	if d.warehouse, err = warehouse.Open(filepath.Join(d.dir, "warehouse"), openDuck); err != nil {
		t.Fatal(err)
	}
	publish(t, d.warehouse, "one", "")
	held := store.New(store.Options{Warehouse: d.warehouse, Open: openDuck, Olap: olap.Options{Model: olaptest.Model(t, "")}})
	log, err := audit.Open(filepath.Join(d.dir, "audit.jsonl"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	pool := sqlworker.NewPool(1, 2)
	if limits.Threads == 0 {
		limits.Threads = 1
	}
	d.api, err = api.New(api.Options{Store: deskStore{held}, Gate: headerGate{}, Clock: time.Now, Log: slog.New(slog.NewTextHandler(d.log, nil)), Audit: log,
		Saved: saved.Open(filepath.Join(d.dir, "saved"), time.Now), Pool: pool, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	d.server = httptest.NewServer(d.api)
	t.Cleanup(func() {
		d.server.Close()
		pool.Close()
		// A question that nobody waits for any more may still be ending.
		var ending *duck.InUseError
		if err := errors.Join(held.Close(), d.warehouse.Close(), log.Close()); err != nil && !errors.As(err, &ending) {
			t.Error(err)
		}
	})
	return d
}

// reply is an answer.
type reply struct {
	status int
	header http.Header
	body   string
}

// ask sends a request. what is "POST query?format=csv"; headers are name: value.
func (d *desk) ask(what, body string, headers ...string) reply {
	d.t.Helper()
	r, err := d.try(d.t.Context(), what, body, headers...)
	if err != nil {
		d.t.Fatalf("%s: %v", what, err)
	}
	return r
}

func (d *desk) try(ctx context.Context, what, body string, headers ...string) (reply, error) {
	method, path, _ := strings.Cut(what, " ")
	req, err := http.NewRequestWithContext(ctx, method, d.server.URL+api.Root+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if body != "" && strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/json")
	} else {
		req.Header.Set("Content-Type", "text/plain")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return reply{res.StatusCode, res.Header, string(text)}, err
}

// json reads an answer.
func (r reply) json(t *testing.T) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(r.body), &v); err != nil {
		t.Fatalf("%v: %.300s", err, r.body)
	}
	return v
}

// at walks down an answer by keys and numbers: "rows.0.cells.1".
func (r reply) at(t *testing.T, path string) any {
	t.Helper()
	var v any = r.json(t)
	for _, key := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			var i int
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(x) {
				t.Fatalf("no %s in %.300s", path, r.body)
			}
			v = x[i]
		default:
			t.Fatalf("no %s in %.300s", path, r.body)
		}
	}
	return v
}

func TestEndpoints(t *testing.T) {
	d := open(t, api.Limits{})
	for _, c := range []struct {
		what, body string
		has        []string
	}{
		{"GET me", "", []string{`"name":"boss"`, `"as_of":"2025-06-30"`, `"sql":true`, `"languages":["en","zh"]`}},
		{"GET cubes", "", []string{`"name":"sales","title":"Sales"`, `"rows":`}},
		{"GET cubes?lang=zh", "", []string{`"title":"销售"`}},
		{"GET cubes/sales", "", []string{`"name":"customer.type","title":"Customer type"`, `"levels":["date.year"`, `"name":"net"`, `"additive":"full"`, `"additive":"none"`, `"unit":"CNY"`, `"time_levels":["date.year"`, `"of":["`}},
		{"GET cubes/sales/members?attribute=customer.type", "", []string{`{"key":"library","label":"library"}`, `"more":false`}},
		{"GET cubes/sales/members?attribute=customer.name&limit=3", "", []string{`"more":true`}},
		{"GET cubes/sales/members?attribute=customer.type&search=LIB", "", []string{`"members":[{"key":"library","label":"library"}]`}},
		{"POST query", "sales by year show net totals grand", []string{`"text":"sales by date.year show net totals grand"`, `"level":"total"`, `"cached":false`, `"type":"decimal"`, `"generation":"0000000`}},
		{"GET query?q=sales+by+year+show+net", "", []string{`"row_count":3`}},
		{"POST query", `{"cube":"sales","rows":["date.year"],"measures":["orders"]}`, []string{`"cells":[2023,`}},
		{"POST query/check", "sales by year show net", []string{`"ok":true`, `"sql":"WITH`, `"source":"core.fact_order_line"`, `"json":{"cube":"sales"`}},
		{"POST query/check", "sales by year show nett", []string{`"ok":false`, `"line":1,"column":20`, `did you mean net`}},
		{"POST query/check?at=20", "sales by year show n", []string{`{"text":"net","title":"Net sales","kind":"measure","from":19}`}},
		{"POST facts", `{"query":"sales by year show net","cell":{"row":["2024"]},"limit":2}`, []string{`"total":`, `"more":true`, `"kind":"cap"`}},
		{"POST facts", `{"query":"sales by year show net","cell":"2024"}`, []string{`"cell":{"row":["2024"]}`}},
		{"POST why", `{"cube":"sales","measure":"net","after":"2024"}`, []string{`"words":["`, `"bridge":{"columns"`, `"before":"`}},
		{"POST why", `{"query":"sales by customer.type × year show net","cell":"library|2024|net"}`, []string{`"measure":"net"`, `{"field":"customer.type","op":"key_in","values":["library"]}`}},
		{"POST navigate", `{"query":"sales by year show net","step":"drill_down","field":"date.year","keys":["2024"]}`, []string{`"text":"sales by date.`, `key in (2024)`}},
		{"POST navigate", `{"query":"sales by year × customer.type show net","step":"pivot"}`, []string{`"text":"sales by customer.type × date.year show net"`}},
		{"POST sql", `{"sql":"SELECT 12.50::DECIMAL(18,2) AS a, 9007199254740993 AS b, DATE '2024-02-29' AS c, NULL AS n"}`, []string{`"rows":[["12.50","9007199254740993","2024-02-29",null]]`, `{"name":"a","type":"DECIMAL(18,2)"}`}},
		{"POST sql", `{"sql":"SELECT 1 AS a; SELECT $x AS b; SELECT nosuch; SELECT 4","parameters":{"x":"y"}}`, []string{`"code":"parameters"`, `"not_run":3`}},
		{"POST sql", "SELECT count(*) AS n FROM core.fact_order_line", []string{`"row_count":1`}},
		{"POST sql", `{"sql":"SELECT 1 AS a;\n\n  SELECT 2 AS b, nosuch","statement":0}`, []string{`"line":3`, `"column":18`, `"code":"statement"`}},
		{"POST sql", `{"sql":"SELECT 1; SELECT 2 AS b","statement":2}`, []string{`"rows":[[2]]`, `"not_run":0`}},
		{"POST sql", `{"sql":"SELECT * FROM range(100)","max_rows":7}`, []string{`"row_count":7,"more":true`, `"kind":"cap"`}},
		{"POST sql?lang=zh", `{"sql":"SELECT * FROM range(100)","max_rows":7}`, []string{`多于所示的 7 行`}},
		{"POST sql/check", `{"sql":"SELECT customer_key, count(*) FROM core.fact_order_line GROUP BY 1; SELECT FROM"}`, []string{`"plan":"`, `"scanned_rows":`, `"ok":false`, `"line":1`}},
		{"GET schema", "", []string{`"name":"core"`, `"name":"fact_order_line","kind":"table","rows":`, `"type":"DECIMAL(18,4)"`}},
		{"GET log", "", []string{`"door":"sql"`, `"what":"sales by date.year show net totals grand"`}},
		{"POST cost", "sales by year show net totals grand", []string{`"source":"cache"`, `"rows":0`, `"past":{"asked":1,`}},
		{"POST cost", "sales by customer.type show copies where customer.type = library time 2024", []string{`"source":"facts"`, `"table":"core.fact_order_line"`, `"past":null`}},
		{"POST query", "sales by customer.type show copies where customer.type = institute time 2025", nil},
		{"POST cost", "sales by customer.type show copies where customer.type = library time 2024", []string{`"source":"facts"`, `"past":{"asked":1,`}},
		{"GET log/slow?min_ms=0&since=2001-01-01", "", []string{`"user":"boss","kind":"sql"`, `"source":"sql"`, `"source":"facts"`, `"more":false`, `"remembered_since":"2`}},
		{"GET log/slow?min_ms=0&limit=1", "", []string{`"more":true`}},
		{"GET log/slow?min_ms=0&since=2999-01-01T08:00:00Z", "", []string{`{"min_ms":0,"more":false`, `"row_count":0`}},
		{"GET log?slow=1000000", "", []string{`{"log":[]}`}},
		{"GET running", "", []string{`{"running":[]}`}},
		{"GET openapi.json", "", []string{`"openapi": "3.1.0"`}},
		{"GET saved", "", []string{`{"saved":[]}`}},
	} {
		r := d.ask(c.what, c.body)
		if r.status != http.StatusOK || !strings.HasPrefix(r.header.Get("Content-Type"), "application/json") {
			t.Errorf("%s %s: %d %s %.300s", c.what, c.body, r.status, r.header.Get("Content-Type"), r.body)
			continue
		}
		for _, want := range c.has {
			if !strings.Contains(r.body, want) {
				t.Errorf("%s %s\n  has no %s\n  %.1500s", c.what, c.body, want, r.body)
			}
		}
	}
}
