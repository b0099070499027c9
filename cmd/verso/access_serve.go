package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"verso/etl/config"
	"verso/olap/access/users"
	"verso/olap/api"
	"verso/olap/api/gate"
	"verso/reports/page"
	"verso/reports/serve"
	"verso/reports/site"
)

// guard stands before the server: who may come in, and what they are shown.
type guard struct {
	gate  *gate.Gate
	store *exchange // hands out what each may see; also without a policy
	close func()
}

// newGuard reads who may come in. Without users everybody may, and then only this
// machine is served unless open is said.
func (a *app) newGuard(cfg *config.Config, addr string, open bool, log *slog.Logger) (*guard, error) {
	has := cfg.Access.Policy != ""
	for _, listened := range []string{addr, cfg.Serve.Flight} {
		if listened == "" {
			continue
		}
		if err := gate.CheckAddress(listened, has, open); err != nil {
			return nil, &configError{err}
		}
	}
	o := gate.Options{Local: !open, Clock: a.now, Log: log}
	policy, _, err := a.accessFiles(cfg)
	switch {
	case has && err != nil:
		return nil, err
	case has:
		o.Users = users.Watch(cfg.Access.Users)
	}
	if p := cfg.Access.Proxy; p != nil {
		o.Header = p.Header
		for _, text := range p.Trusted {
			var prefix netip.Prefix
			if prefix, err = config.ParsePrefix(text); err != nil {
				return nil, &configError{err}
			}
			o.Trusted = append(o.Trusted, prefix)
		}
	}
	if x := cfg.Access.OIDC; x != nil {
		secret, err := os.ReadFile(x.SecretFile)
		if err != nil {
			return nil, &configError{fmt.Errorf("access.oidc.secret_file: %w", err)}
		}
		o.Single = &gate.Single{Issuer: x.Issuer, ClientID: x.ClientID, Secret: strings.TrimSpace(string(secret)), Redirect: x.Redirect, Claim: x.Claim}
	}
	s, err := a.openExchange(cfg, policy)
	if err != nil {
		return nil, err
	}
	return &guard{gate: gate.New(o), store: s, close: s.end}, nil
}

// protect is a server behind the gate, in which everybody sees the report of what
// they may see. What the whole site shows, only who may see everything sees.
func (g *guard) protect(a *app, cfg *config.Config, whole http.Handler, log *slog.Logger) http.Handler {
	audience := &audience{app: a, config: cfg, guard: g, whole: whole, log: log, sites: map[string]*audienceSite{}}
	return g.gate.Protect(audience, "/healthz", "/readyz")
}

// audience serves the report of a person's cut.
type audience struct {
	app    *app
	config *config.Config
	guard  *guard
	whole  http.Handler
	log    *slog.Logger

	mu    sync.Mutex
	sites map[string]*audienceSite // by name of the folder
}

// audienceSite is the report of one cut, being written or served.
type audienceSite struct {
	ready   chan struct{}
	err     error
	handler http.Handler
}

// ServeHTTP serves a page of the person's report.
func (s *audience) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// What shows no data of its own is the same for everybody; the API looks at
	// the person itself.
	for _, path := range []string{"/healthz", "/readyz", "/api", "/explore", "/sql"} {
		if r.URL.Path == path || strings.HasPrefix(r.URL.Path, path+"/") {
			s.whole.ServeHTTP(w, r)
			return
		}
	}
	p, err := s.guard.gate.Authenticate(r)
	if err != nil { // Protect has let it in
		http.Error(w, "not let in", http.StatusForbidden)
		return
	}
	if p.Admin {
		s.whole.ServeHTTP(w, r)
		return
	}
	lease, err := s.guard.store.Open(r.Context(), p)
	if err != nil {
		s.log.Error("a report cannot be shown", "user", p.Name, "error", err)
		http.Error(w, "your report cannot be shown; the log says why", http.StatusServiceUnavailable)
		return
	}
	defer lease.Release()
	switch h, err := s.site(r.Context(), lease); {
	case err != nil:
		s.log.Error("a report cannot be written", "user", p.Name, "error", err)
		http.Error(w, "your report cannot be written; the log says why", http.StatusServiceUnavailable)
	case h == nil:
		http.Error(w, "your roles open no page of the report", http.StatusForbidden)
	default:
		h.ServeHTTP(w, r)
	}
}

// site is the handler of a cut's report, written when it is first asked for; nil
// where the roles open no page.
func (s *audience) site(ctx context.Context, lease *api.Lease) (http.Handler, error) {
	seen := &seen{Lease: lease, config: s.config}
	pages := seen.pages(s.app.reportPages(s.config, s.log))
	if len(pages) == 0 {
		return nil, nil
	}
	if lease.Rights.Cut == "" {
		return s.whole, nil
	}
	sum := sha256.Sum256([]byte(strings.Join(lease.Rights.Pages, "\n") + "\x00" + lease.Rights.Told))
	name := strings.TrimSuffix(lease.Generation, ".duckdb") + "-" + lease.Rights.Cut + "-" + hex.EncodeToString(sum[:8])
	s.mu.Lock()
	x := s.sites[name]
	first := x == nil
	if first {
		x = &audienceSite{ready: make(chan struct{})}
		s.sites[name] = x
	}
	s.mu.Unlock()
	if first {
		x.handler, x.err = s.write(context.WithoutCancel(ctx), name, seen, pages)
		close(x.ready)
		s.mu.Lock()
		if x.err != nil {
			delete(s.sites, name)
		}
		s.mu.Unlock()
	}
	select {
	case <-x.ready:
		return x.handler, x.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// write makes the folder of a report, and removes those of other generations.
func (s *audience) write(ctx context.Context, name string, seen *seen, pages []page.Page) (http.Handler, error) {
	dir := filepath.Join(s.config.Warehouse, "cuts", "sites")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	out := filepath.Join(dir, name)
	if _, err := site.Build(ctx, site.Options{Out: out, Source: reportSource(s.config, seen.Olap, seen.DB)}, pages...); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	generation := strings.TrimSuffix(seen.Generation, ".duckdb") + "-"
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), generation) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	s.mu.Lock()
	for other := range s.sites {
		if !strings.HasPrefix(other, generation) {
			delete(s.sites, other)
		}
	}
	s.mu.Unlock()
	return serve.New(serve.Options{Site: out, Log: s.log, Work: s.whole}), err
}
