package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
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
	o := gate.Options{Local: !open, Hosts: hostsOf(cfg, addr), Sessions: filepath.Join(cfg.Warehouse, sessionsName), Clock: a.now, Log: log}
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
	audience := &audience{app: a, config: cfg, guard: g, whole: whole, log: log, sites: map[string]*audienceSite{}, last: map[string]string{}}
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
	last  map[string]string        // by what may be seen, the folder written last
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
	h, taken, err := s.site(r.Context(), lease)
	if !taken {
		defer lease.Release()
	}
	switch {
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
// where the roles open no page. While that of a new generation is written, people
// read the one before. taken says that the lease is given back when it is written.
func (s *audience) site(ctx context.Context, lease *api.Lease) (h http.Handler, taken bool, err error) {
	seen := &seen{Lease: lease, config: s.config}
	pages := seen.pages(s.app.reportPages(s.config, s.log))
	if len(pages) == 0 {
		return nil, false, nil
	}
	if lease.Rights.Cut == "" {
		return s.whole, false, nil
	}
	sum := sha256.Sum256([]byte(strings.Join(lease.Rights.Pages, "\n")))
	rights := lease.Rights.Cut + "-" + hex.EncodeToString(sum[:8])
	name := strings.TrimSuffix(lease.Generation, ".duckdb") + "-" + rights
	s.mu.Lock()
	x, earlier := s.sites[name], s.sites[s.last[rights]]
	if taken = x == nil; taken {
		x = &audienceSite{ready: make(chan struct{})}
		s.sites[name] = x
		go func() {
			defer lease.Release()
			x.handler, x.err = s.write(context.WithoutCancel(ctx), name, seen, pages)
			close(x.ready)
			s.written(name, rights, x)
		}()
	}
	s.mu.Unlock()
	if earlier != nil {
		select {
		case <-x.ready:
		default:
			return earlier.handler, taken, earlier.err
		}
	}
	select {
	case <-x.ready:
		return x.handler, taken, x.err
	case <-ctx.Done():
		return nil, taken, ctx.Err()
	}
}

// write makes the folder of a report.
func (s *audience) write(ctx context.Context, name string, seen *seen, pages []page.Page) (http.Handler, error) {
	if err := os.MkdirAll(s.folder(), 0o700); err != nil {
		return nil, err
	}
	out := filepath.Join(s.folder(), name)
	if _, err := site.Build(ctx, site.Options{Out: out, Source: page.FromOlap(seen.Olap, seen.DB)}, pages...); err != nil {
		return nil, err
	}
	return serve.New(serve.Options{Site: out, Log: s.log, Work: s.whole}), nil
}

func (s *audience) folder() string { return filepath.Join(s.config.Warehouse, "cuts", "sites") }

// written puts a report in the place of the one before, which is still being read,
// and removes those that nobody reads or writes any more.
func (s *audience) written(name, rights string, x *audienceSite) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if x.err != nil {
		delete(s.sites, name)
		return
	}
	keep := map[string]bool{s.last[rights]: true}
	s.last[rights] = name
	for _, read := range s.last {
		keep[read] = true
	}
	for other, y := range s.sites {
		select {
		case <-y.ready:
			if !keep[other] {
				delete(s.sites, other)
			}
		default:
			keep[other] = true // being written
		}
	}
	entries, err := os.ReadDir(s.folder())
	for _, e := range entries {
		own := func(kept string) bool { return kept != "" && strings.Contains(e.Name(), kept) } // also what becomes it
		if !slices.ContainsFunc(slices.Collect(maps.Keys(keep)), own) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(s.folder(), e.Name())))
		}
	}
	if err != nil {
		s.log.Error("reports of before cannot be removed", "error", err)
	}
}
