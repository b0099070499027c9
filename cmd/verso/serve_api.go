package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"verso/etl/config"
	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/audit"
	"verso/olap/api/saved"
	"verso/olap/engine/duck"
	"verso/olap/sqlworker"
	"verso/reports/serve"
)

// The log of who asked what beside the generations.
const (
	auditLogName = "audit.jsonl"
	sessionsName = "sessions.json"
	auditLogMax  = 64 << 20 // bytes; a full log is kept as .1, in the place of the one before

	recentQuestions = 5000 // of it that are shown again after a start
)

// Workers that wait for SQL: for each file, and in all.
const (
	warmEach = 2
	warmAll  = 6
)

// apiParts are what the API of a server stands on, to be closed with it.
type apiParts struct {
	handler *api.API
	store   api.Store
	audit   *audit.Log
	pool    *sqlworker.Pool
}

func (p *apiParts) close() error {
	p.pool.Close()
	return p.audit.Close()
}

// openAPI answers ad hoc questions of who the gate lets in, about what the store
// hands out to them.
func (s *server) openAPI(gate api.Gate, store *exchange) (*apiParts, error) {
	if err := os.MkdirAll(s.config.Warehouse, 0o755); err != nil {
		return nil, err
	}
	path := filepath.Join(s.config.Warehouse, auditLogName)
	log, err := audit.Open(path, auditLogMax)
	if err != nil {
		return nil, err
	}
	recent, err := audit.Tail(path, recentQuestions)
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	p := &apiParts{store: store, audit: log, pool: sqlworker.NewPool(warmEach, warmAll)}
	p.handler, err = api.New(api.Options{Store: store, Gate: gate, Clock: s.app.now, Log: s.log, Audit: log, Recent: recent, Pool: p.pool,
		Memory: store.memory, Held: store.held,
		Saved: saved.Open(filepath.Join(s.config.Warehouse, "saved"), s.app.now), Limits: apiLimits(s.config.Serve.Limits), Edition: edition(s.config)})
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	s.mu.Lock()
	s.parts = p
	s.mu.Unlock()
	return p, nil
}

// tend has workers wait for the published generation, and lets go of files that
// were deleted, also while nobody asks.
func (p *apiParts) tend(ctx context.Context) {
	_ = p.handler.Warm(ctx, access.Person{Name: "verso", Admin: true, By: "open"}) // the next statement says why it cannot be
	p.handler.Tend()
	p.pool.Keep(func(path string) bool {
		_, err := os.Stat(path)
		return err == nil
	})
}

// apiLimits are the configuration's limits; what it does not say is the API's
// default.
func apiLimits(l config.ServeLimits) api.Limits {
	return api.Limits{Rows: int64(l.Rows), Page: l.Page, Time: l.Time, Wait: l.Wait, PerPerson: l.PerPerson, Running: l.Running, Statements: l.Statements,
		Bytes: int64(l.ResultMB) << 20, Memory: int64(l.MemoryMB) << 20, Body: int64(l.RequestKB) << 10, Threads: l.Threads}
}

// edition names the program and the user's own cubes. Files that cannot be read
// count as empty: loading them says so.
func edition(cfg *config.Config) string {
	sum := sha256.New()
	fmt.Fprintln(sum, version, duck.Version())
	if dir := userCatalog(cfg); dir != "" {
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				text, _ := os.ReadFile(path)
				fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
			}
			return nil
		})
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// hostsOf are the names by which the server may be called: on a loopback address
// this machine's own and those of the configuration, on others those of the
// configuration, or any where it has none.
func hostsOf(cfg *config.Config, addr string) []string {
	var hosts []string
	for _, h := range cfg.Serve.Hosts {
		hosts = append(hosts, strings.ToLower(h))
	}
	host, _, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err == nil && (host == "localhost" || ip != nil && ip.IsLoopback()) {
		return append(hosts, serve.Loopback()...)
	}
	return hosts
}

// certificate is what a connection is answered with.
func (s *server) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if c := s.cert.Load(); c != nil {
		return c, nil
	}
	return nil, errors.New("no certificate")
}

// loadCertificate reads the certificate of the configuration, if it has one.
func (s *server) loadCertificate(cfg *config.Config) error {
	t := cfg.Serve.TLS
	if t.Cert == "" {
		return nil
	}
	cert, err := tls.LoadX509KeyPair(t.Cert, t.Key)
	if err != nil {
		return &configError{fmt.Errorf("serve.tls: %w", err)}
	}
	s.cert.Store(&cert)
	return nil
}

// policyLook is how often the policy file is looked at.
const policyLook = 2 * time.Second

// reloadOnHangup reads the configuration anew at every SIGHUP, and when the policy
// file has changed, until ctx ends or stop is called.
func (s *server) reloadOnHangup(ctx context.Context, p *apiParts, g *guard) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGHUP)
	own, cancel := context.WithCancel(ctx)
	look := time.NewTicker(policyLook)
	go func() {
		defer look.Stop()
		known := stampOf(s.config.Access.Policy)
		for {
			select {
			case <-signals:
			case <-look.C:
				now := stampOf(s.config.Access.Policy)
				if now == known {
					continue
				}
				known = now
			case <-own.Done():
				return
			}
			s.reload(p, g)
		}
	}()
	return func() {
		signal.Stop(signals)
		cancel()
	}
}

// stampOf tells whether a file was changed; "" of one that is not there.
func stampOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprint(info.ModTime().UnixNano(), info.Size())
}

// reload takes over what can change while the server runs: the certificate, the
// limits, the policy and the user's own cubes. What is wrong changes nothing.
func (s *server) reload(p *apiParts, g *guard) {
	cfg, err := s.app.loadReaderConfig()
	var policy *access.Policy
	if err == nil && cfg.Access.Policy != "" {
		policy, _, err = s.app.accessFiles(cfg)
	}
	if err == nil && (cfg.Access.Policy == "") != (s.config.Access.Policy == "") {
		err = errors.New("whether there is a policy changes with a restart only")
	}
	if err == nil && (cfg.Serve.TLS.Cert != "") == (s.cert.Load() != nil) {
		err = s.loadCertificate(cfg)
	}
	if err == nil {
		err = g.store.reload(cfg, policy)
	}
	if err != nil {
		s.log.Error("the configuration was not reloaded", "error", err)
		return
	}
	p.handler.SetLimits(apiLimits(cfg.Serve.Limits))
	p.handler.SetEdition(edition(cfg))
	s.log.Info("reloaded", "config", cfg.File)
	if cfg.Night.Schedule != s.config.Night.Schedule || cfg.Serve.Addr != s.config.Serve.Addr || cfg.Warehouse != s.config.Warehouse {
		s.log.Warn("the schedule, the address and the warehouse change with a restart only")
	}
}
