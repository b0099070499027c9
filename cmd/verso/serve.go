package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"

	"verso/etl/alert"
	"verso/etl/config"
	"verso/etl/ledger"
	"verso/etl/metrics"
	"verso/etl/night"
	"verso/etl/schedule"
	"verso/olap/warehouse"
	"verso/reports/digest"
	"verso/reports/serve"
)

func (a *app) serveCommand() *cobra.Command {
	var addr, refresh, flight, cert, key string
	var o serveOptions
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Serve the report site, and refresh the warehouse every night",
		Long: `serve shows the published report site over HTTP. With a schedule, from night: of
the configuration or --refresh, it refreshes the warehouse at those times in a
process of its own, so that nothing that happens to a refresh takes the site
down; the warehouse lock sees to it that one refresh runs at a time, whoever
began it. A time that passed while nothing ran is caught up once at the start.

  /         the report; a new one is shown as soon as it is published
  /explore  the explorer: cube questions put together in the browser
  /sql      the SQL workbench
  /preview  the pages of the folder pages as their files are now, shown anew when
            a file is saved, with what is wrong at its line and column
  /healthz  200 while the process runs
  /readyz   200 while a published generation can be read and is not older than
            night.stale_after, else 503 with the reason
  /metrics  the run ledger, the generation and the API for Prometheus
  /api/v1/  cubes, SQL and definitions; /api/v1/openapi.json describes it

With --flight, or serve.flight of the configuration, SQL is also answered over
Arrow Flight SQL: to ADBC, JDBC and ODBC drivers, Python and R.

With access: of the configuration everybody logs in (or is named by a trusted
proxy) and sees the report of what their roles show; programs send a token or a
user and password. Without it whoever reaches the address sees everything: it must
be this machine's own, unless --open says that something before it asks who is
there. Who asks what is written to audit.jsonl beside the generations. SIGHUP reads
the configuration's serve: and access: sections, the certificate and the folder
catalog anew; a policy file that changes is taken over by itself. SIGTERM stops taking requests; a refresh that is
running has night.grace to finish and is then ended, and yesterday's generation
stays.

What systemd needs to keep it running: verso night --systemd`,
		Example: `  verso serve -c mycompany/verso.yaml
  verso serve --refresh "30 1 * * 1-5" --addr 127.0.0.1:9000
  verso serve --log-format json`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := a.loadReaderConfig()
			if err != nil {
				return err
			}
			text := cfg.Night.Schedule
			if cmd.Flags().Changed("refresh") {
				text = refresh
			}
			var table *schedule.Schedule
			if text != "" {
				if table, err = schedule.Parse(text, cfg.Night.Timezone); err != nil {
					return usagef(cmd.CommandPath(), "--refresh: %v", err)
				}
			}
			if err := digest.Check(cfg.Digest.Pages); err != nil {
				return &configError{fmt.Errorf("%s: %w", cfg.File, err)}
			}
			if (cert == "") != (key == "") {
				return usagef(cmd.CommandPath(), "--tls-cert and --tls-key go together")
			}
			if cert != "" {
				cfg.Serve.TLS = config.TLS{Cert: cert, Key: key}
			}
			cfg.Serve.Flight = cmp.Or(flight, cfg.Serve.Flight)
			o.addr, o.table = cmp.Or(addr, cfg.Serve.Addr), table
			return a.serve(cmd.Context(), cfg, o)
		},
	}
	cmd.Flags().StringVar(&addr, "addr", "", "address to listen on (default: the configuration's, or 127.0.0.1:8080)")
	cmd.Flags().StringVar(&flight, "flight", "", "address to answer Arrow Flight SQL on, such as 127.0.0.1:8081 (default: the configuration's, or none)")
	cmd.Flags().StringVar(&cert, "tls-cert", "", "file of the certificate, instead of the configuration's serve.tls.cert")
	cmd.Flags().StringVar(&key, "tls-key", "", "file of its key")
	cmd.Flags().StringVar(&o.profiles, "profiles", "", "address of this machine, such as 127.0.0.1:6060, at which /debug/pprof/ shows Go's profiles (default: none)")
	cmd.Flags().BoolVar(&o.open, "open", false, "serve everything to whoever reaches the address, though no users are configured")
	cmd.Flags().StringVar(&refresh, "refresh", "", `schedule instead of the configuration's: minute hour day month weekday; "" for none`)
	return cmd
}

// server is a running verso serve.
type server struct {
	app       *app
	config    *config.Config
	table     *schedule.Schedule
	warehouse *warehouse.Warehouse
	night     *night.Night
	log       *slog.Logger

	parts *apiParts

	cert atomic.Pointer[tls.Certificate] // nil: no TLS

	mu      sync.Mutex
	known   *metrics.Generation // what was read of the published generation
	trouble *alert.Condition    // a refresh that could not even begin
}

// serveOptions are what a server is started with beside its configuration.
type serveOptions struct {
	addr     string
	open     bool               // to everybody, though no users are configured
	profiles string             // address of Go's profiles; "": none
	table    *schedule.Schedule // nil: no refresh
}

// goMemory is how much memory Go itself may take in a server before it collects
// garbage more often, in bytes; the engine's memory is beside it. The live heap of
// a server is some 40 MB, another 64 for each password that is tried, and 100 to 200
// while reports are written.
const goMemory = 384 << 20

// limitGo bounds the memory of Go, unless the environment does. It is no hard limit:
// what is in use stays.
func limitGo() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(goMemory)
	}
}

// serve runs until ctx ends.
func (a *app) serve(ctx context.Context, cfg *config.Config, o serveOptions) (err error) {
	s := &server{app: a, config: cfg, table: o.table, log: a.logger(false)}
	if s.warehouse, err = a.openWarehouse(cfg); err != nil {
		return err
	}
	defer s.warehouse.Close()
	if err := s.loadCertificate(cfg); err != nil {
		return err
	}
	guard, err := a.newGuard(cfg, o.addr, o.open, s.log)
	if err != nil {
		return err
	}
	defer guard.close()
	limitGo()
	listener, stopProfiles, err := s.listen(o)
	if err != nil {
		return err
	}
	defer stopProfiles()
	s.mu.Lock() // the first look may come before Start returns
	s.night, err = night.Start(ctx, night.Options{Schedule: o.table, CatchUp: cfg.Night.CatchUp, Clock: clockwork.NewRealClock(), Log: s.log,
		Runs: s.runs, Refresh: s.refresh, Watch: s.watch})
	s.mu.Unlock()
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	parts, err := s.openAPI(guard.gate, guard.store)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer func() { err = errors.Join(err, parts.close()) }()
	whole := serve.New(serve.Options{Site: cfg.Site, Metrics: metrics.Handler(s.facts(), parts.handler), API: parts.handler, Work: s.workPages(), Preview: s.preview(),
		Ready: s.ready, Log: s.log, Clock: a.now, Hosts: hostsOf(cfg, o.addr)})
	web := s.web(guard.protect(a, cfg, whole, s.log))
	parts.tend(ctx)
	stopReload := s.reloadOnHangup(ctx, parts, guard)
	defer stopReload()
	failed := make(chan error, 2)
	if cfg.Serve.Flight != "" {
		at, stopFlight, err := s.openFlight(cfg.Serve.Flight, parts, guard, failed)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		defer stopFlight()
		s.log.Info("answering Arrow Flight SQL", "address", at)
	}
	scheme := "http"
	if s.cert.Load() != nil {
		scheme = "https"
		go func() { failed <- web.ServeTLS(listener, "", "") }()
	} else {
		go func() { failed <- web.Serve(listener) }()
	}
	s.tellServing(scheme + "://" + listener.Addr().String() + "/")
	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	return errors.Join(err, s.stop(web))
}

// listen opens the address that is served, and that of the profiles, if there is
// one; stop ends the latter.
func (s *server) listen(o serveOptions) (listener net.Listener, stop func(), err error) {
	at, stop := "", func() {}
	if o.profiles != "" {
		if at, stop, err = openProfiles(o.profiles); err != nil {
			return nil, nil, err
		}
		s.log.Info("answering profiles", "address", at)
	}
	if listener, err = net.Listen("tcp", o.addr); err != nil {
		stop()
		return nil, nil, fmt.Errorf("--addr %s: %w", o.addr, err)
	}
	return listener, stop, nil
}

// web is a server that waits for nobody for ever.
func (s *server) web(handler http.Handler) *http.Server {
	return &http.Server{Handler: handler,
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 1 << 16, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn), TLSConfig: &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: s.certificate}}
}

// tellServing says in the log where and what is served.
func (s *server) tellServing(address string) {
	told := []any{"address", address, "site", s.config.Site, "schedule", scheduleName(s.table)}
	if next := s.night.Next(); !next.IsZero() {
		told = append(told, "next", next)
	}
	s.log.Info("serving", told...)
}

// lastRequests is how long requests that run may take to finish when the server
// stops.
const lastRequests = 30 * time.Second

// stop ends the schedule, which may take the grace of a running refresh, and
// answers meanwhile; then it lets the last requests finish.
func (s *server) stop(web *http.Server) error {
	s.log.Info("stopping")
	err := s.night.Stop(s.config.Night.Grace)
	ctx, cancel := context.WithTimeout(context.Background(), lastRequests)
	defer cancel()
	if shutErr := web.Shutdown(ctx); shutErr != nil {
		err = errors.Join(err, shutErr, web.Close())
	}
	s.log.Info("stopped")
	return err
}

func scheduleName(s *schedule.Schedule) string {
	if s == nil {
		return "none"
	}
	return s.String()
}

func (s *server) runs() ([]ledger.Run, error) { return ledger.Read(s.config.Warehouse) }

// refreshEnd is how long a refresh that is told to stop may take to clean up.
const refreshEnd = time.Minute

// refresh runs the refresh of a time of the table as a process of its own: the
// same binary and configuration. Its log goes where the server's goes, without
// a pipe between them, so that it outlives a server that is killed.
func (s *server) refresh(ctx context.Context, due time.Time) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	began := s.app.now()
	cmd := exec.CommandContext(ctx, self, "refresh", "-c", s.app.configPath, "--log-format", s.app.logFormat)
	cmd.Args[0] = "verso"
	cmd.Stderr = s.app.stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is the server's to hand on
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = refreshEnd
	err = cmd.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("ended with the server: %w", ctx.Err())
	}
	code := cmd.ProcessState.ExitCode()
	if code == exitLocked {
		s.log.Info("another refresh holds the warehouse; this one is left to it", "due", due)
		return nil
	}
	s.remember(began, code, err)
	return err
}

// remember keeps what the ledger cannot know: a refresh that did not come so far
// as to write into it.
func (s *server) remember(began time.Time, code int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = nil
	if runs, ledgerErr := s.runs(); err == nil || ledgerErr == nil && hasRunSince(runs, began) {
		return
	}
	s.trouble = &alert.Condition{Key: "begin", Occasion: alert.Failure, Subject: "the refresh could not begin", Mark: fmt.Sprint(code),
		Text: fmt.Sprintf("verso refresh ended with exit code %d before its first step; the log says why. What was published before is untouched.", code)}
}

// hasRunSince reports whether the ledger has a run that began at or after a
// moment.
func hasRunSince(runs []ledger.Run, began time.Time) bool {
	return len(runs) > 0 && !runs[len(runs)-1].Started.Before(began)
}

// watch tells what is wrong and sends what is due; the schedule calls it every
// minute and after every refresh.
func (s *server) watch(ctx context.Context) {
	s.mu.Lock()
	trouble, running, parts := s.trouble, s.night, s.parts
	s.mu.Unlock()
	if parts != nil {
		parts.tend(ctx)
	}
	if running == nil || running.Running() {
		return // a refresh tells by itself at its end
	}
	if err := s.app.tell(ctx, s.config, s.log, trouble); err != nil {
		s.log.Error("alerts", "error", err)
	}
	if err := s.app.sendDue(ctx, s.config, s.table, s.log); err != nil {
		s.log.Error("digest", "error", err)
	}
}

// facts is what /metrics shows.
func (s *server) facts() metrics.Source {
	return metrics.Source{Version: version, Now: s.app.now, Runs: s.runs, Generation: s.generation, Next: s.night.Next,
		Pending: func() int { return s.app.box(s.config, s.log).Pending() }}
}

// generation reads the published generation, once for each; nil when nothing is
// published.
func (s *server) generation() (*metrics.Generation, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	snapshot, err := s.warehouse.Acquire(ctx)
	var none *warehouse.NoGenerationError
	if errors.As(err, &none) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = snapshot.Release() }() // it was only read
	s.mu.Lock()
	defer s.mu.Unlock()
	published := snapshot.Generation()
	if s.known != nil && s.known.Name == published.Name {
		return s.known, nil
	}
	g, err := metrics.Read(ctx, snapshot.DB())
	if err != nil {
		return nil, err
	}
	g.Name, g.Bytes = published.Name, published.Bytes
	s.known = g
	return g, nil
}

// ready is the answer of /readyz. Causes are logged, not shown.
func (s *server) ready() (serve.State, error) {
	g, err := s.generation()
	if err != nil {
		s.log.Error("the published generation cannot be read", "error", err)
		return serve.State{}, errors.New("the published generation cannot be read")
	}
	if g == nil {
		return serve.State{}, errors.New("nothing is published yet")
	}
	state := serve.State{Generation: g.Name, AsOf: g.AsOf}
	runs, err := s.runs()
	if err != nil {
		s.log.Error("the run ledger cannot be read", "error", err)
		return state, errors.New("the run ledger cannot be read")
	}
	r := alert.Published(runs)
	if r == nil {
		return state, nil // published by a verso that kept no ledger
	}
	age := s.app.now().Sub(r.Finished)
	state.AgeSeconds = age.Seconds()
	if limit := s.config.Night.StaleAfter; limit > 0 && age > limit {
		return state, fmt.Errorf("the published generation is %s old; it should not be older than %s", age.Round(time.Minute), limit)
	}
	return state, nil
}
