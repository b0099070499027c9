package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"verso/olap/api"
	"verso/reports/serve"
)

// benchServeOptions are the flags of `verso bench serve`.
type benchServeOptions struct {
	clients, statements int
	length, think       time.Duration
	format              string
}

// servedCase is what one kind of request took.
type servedCase struct {
	Name     string  `json:"name"`
	Clients  int     `json:"clients"`
	Requests int     `json:"requests"`
	Errors   int     `json:"errors"`
	PerS     float64 `json:"per_second"`
	P50      float64 `json:"p50_ms"`
	P90      float64 `json:"p90_ms"`
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
	Rollups  int     `json:"from_rollups,omitempty"` // answers that came from a rollup and were not known before
}

func (a *app) benchServeCommand() *cobra.Command {
	var o benchServeOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answers over HTTP: known, unchanged, from rollups, and SQL",
		Long: `serve starts the server of the published generation on a free port of this
machine, and clients in the same process that ask it, each on its connection as
fast as it can: one question again and again (known); the same with its ETag
(unchanged); questions that are each asked once, of months and members that
rollups hold (rollup); such questions with a pause of each client between two of
them (paced); and one client that runs SQL, with workers that wait (warm)
and with workers started for each statement (cold).

Measured is from the request to the last byte of the answer, as the client sees it.`,
		Example: "  verso bench serve -c demo/verso.yaml\n  verso bench serve -c demo/verso.yaml --clients 64 --length 10s --format json",
		Args:    usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.clients < 1 || o.statements < 1 || o.length <= 0 || o.format != "table" && o.format != "json" {
				return usagef(cmd.CommandPath(), "--clients and --statements take 1 or more, --length a time, --format table or json")
			}
			cases, err := a.benchServe(cmd.Context(), o)
			if err != nil {
				return err
			}
			return a.printServed(cases, o.format)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.clients, "clients", 16, "clients that ask at once")
	f.DurationVar(&o.length, "length", 3*time.Second, "how long each kind of request is measured")
	f.DurationVar(&o.think, "think", 100*time.Millisecond, "pause of each client between questions, where they are paced")
	f.IntVar(&o.statements, "statements", 30, "SQL statements of each kind")
	f.StringVar(&o.format, "format", "table", "table or json")
	return cmd
}

// bencher asks a server.
type bencher struct {
	url    string
	client *http.Client
	now    func() time.Time
}

func (a *app) benchServe(ctx context.Context, o benchServeOptions) ([]servedCase, error) {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return nil, err
	}
	s := &server{app: a, config: cfg, log: a.logger(false)}
	cfg.Serve.Limits.PerPerson = o.clients + 1
	x, err := a.openExchange(cfg, nil)
	if err != nil {
		return nil, err
	}
	defer x.end()
	parts, err := s.openAPI(someone{Name: "bench", Admin: true, By: "bench"}, x)
	if err != nil {
		return nil, err
	}
	parts.tend(ctx)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, parts.close())
	}
	web := &http.Server{Handler: serve.New(serve.Options{Site: cfg.Site, API: parts.handler, Hosts: serve.Loopback()}), ReadHeaderTimeout: time.Second}
	go func() { _ = web.Serve(listener) }() // ends with Close
	defer func() { _ = errors.Join(web.Close(), parts.close()) }()
	transport := &http.Transport{MaxIdleConnsPerHost: o.clients, DisableCompression: true}
	defer transport.CloseIdleConnections()
	b := &bencher{url: "http://" + listener.Addr().String() + api.Root, client: &http.Client{Transport: transport}, now: a.now}
	return b.all(ctx, o, parts)
}

// all measures every kind of request.
func (b *bencher) all(ctx context.Context, o benchServeOptions, parts *apiParts) ([]servedCase, error) {
	const known = "sales by customer.type x year show net, orders, margin_pct totals all"
	first, err := b.ask(ctx, "query", known, "")
	if err != nil {
		return nil, err
	}
	if first.status != http.StatusOK {
		return nil, fmt.Errorf("bench serve: %s: %.300s", known, first.body)
	}
	cases := []servedCase{
		b.measure(ctx, "known", o, 0, func(int64) (string, string) { return known, "" }, http.StatusOK),
		b.measure(ctx, "unchanged", o, 0, func(int64) (string, string) { return known, first.tag }, http.StatusNotModified),
		b.measure(ctx, "paced", o, o.think, func(n int64) (string, string) { return onceOnly(n), "" }, http.StatusOK),
		b.measure(ctx, "rollup", o, 0, func(n int64) (string, string) { return onceOnly(pacedMost + n), "" }, http.StatusOK),
	}
	warm := b.statements(ctx, "sql warm", o, true)
	parts.pool.Close()
	return append(cases, warm, b.statements(ctx, "sql cold", o, false)), ctx.Err()
}

// pacedMost is where the questions asked without a pause begin.
const pacedMost = 20_000

// onceOnly are questions of which no two are the same: months from and to, by
// attributes that rollups hold.
func onceOnly(n int64) string {
	by := []string{"customer.type", "region.area", "class.l1", "quarter", "channel.kind"}
	shown := []string{"net", "net, copies", "gross, net", "net, discount_rate", "copies, gross", "discount", "net, discount", "gross"}
	months := int64(60)
	field := by[n%int64(len(by))]
	n /= int64(len(by))
	show := shown[n%int64(len(shown))]
	n /= int64(len(shown))
	from := n % months
	length := 1 + n/months%months
	month := func(i int64) string { return fmt.Sprintf("%d-%02d", 2020+i/12, 1+i%12) }
	return fmt.Sprintf("sales by %s show %s time %s..%s", field, show, month(from), month(from+length))
}

// answered is one answer.
type answered struct {
	status int
	tag    string
	body   []byte
}

func (b *bencher) ask(ctx context.Context, path, body, tag string) (answered, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url+path, strings.NewReader(body))
	if err != nil {
		return answered{}, err
	}
	r.Header.Set("Content-Type", "text/plain")
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	res, err := b.client.Do(r)
	if err != nil {
		return answered{}, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	return answered{res.StatusCode, res.Header.Get("ETag"), text}, err
}

// measure has all clients ask for a while.
func (b *bencher) measure(ctx context.Context, name string, o benchServeOptions, think time.Duration, question func(n int64) (text, tag string), want int) servedCase {
	var (
		wg     sync.WaitGroup
		number atomic.Int64
		mu     sync.Mutex
		took   []time.Duration
	)
	c := servedCase{Name: name, Clients: o.clients}
	began := b.now()
	for range o.clients {
		wg.Go(func() {
			var own []time.Duration
			failed, rollups := 0, 0
			for b.now().Sub(began) < o.length && ctx.Err() == nil {
				text, tag := question(number.Add(1))
				at := b.now()
				r, err := b.ask(ctx, "query", text, tag)
				own = append(own, b.now().Sub(at))
				if err != nil || r.status != want {
					failed++
				}
				if strings.Contains(string(r.body[:min(len(r.body), 2000)]), `"cached":false,"rollup":`) {
					rollups++
				}
				if think > 0 {
					time.Sleep(think)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, own...)
			c.Errors += failed
			c.Rollups += rollups
		})
	}
	wg.Wait()
	return c.with(took, b.now().Sub(began))
}

// statements runs SQL, one after the other; with a pause for workers to wait.
func (b *bencher) statements(ctx context.Context, name string, o benchServeOptions, pause bool) servedCase {
	c := servedCase{Name: name, Clients: 1}
	var took []time.Duration
	began := b.now()
	for range o.statements {
		if pause {
			time.Sleep(150 * time.Millisecond)
		}
		at := b.now()
		r, err := b.ask(ctx, "sql", "SELECT customer_type, count(*) AS customers FROM core.dim_customer GROUP BY customer_type ORDER BY customer_type", "")
		took = append(took, b.now().Sub(at))
		if err != nil || r.status != http.StatusOK {
			c.Errors++
		}
	}
	return c.with(took, b.now().Sub(began))
}

// with fills the figures in.
func (c servedCase) with(took []time.Duration, length time.Duration) servedCase {
	slices.Sort(took)
	at := func(q float64) float64 {
		if len(took) == 0 {
			return 0
		}
		return float64(took[min(int(q*float64(len(took))), len(took)-1)].Microseconds()) / 1000
	}
	c.Requests, c.PerS = len(took), float64(len(took))/length.Seconds()
	c.P50, c.P90, c.P99, c.Max = at(.5), at(.9), at(.99), at(1)
	return c
}

func (a *app) printServed(cases []servedCase, format string) error {
	if format == "json" {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", "  ")
		return e.Encode(cases)
	}
	fmt.Fprintf(a.stdout, "%-10s %7s %9s %7s %9s %8s %8s %8s %8s %9s\n", "", "clients", "requests", "errors", "per s", "p50 ms", "p90 ms", "p99 ms", "max ms", "rollups")
	for _, c := range cases {
		if _, err := fmt.Fprintf(a.stdout, "%-10s %7d %9d %7d %9.0f %8.2f %8.2f %8.2f %8.2f %9d\n", c.Name, c.Clients, c.Requests, c.Errors, c.PerS, c.P50, c.P90, c.P99, c.Max, c.Rollups); err != nil {
			return err
		}
	}
	return nil
}
