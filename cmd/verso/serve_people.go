package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/access/users"
	"verso/olap/api"
	"verso/olap/api/gate"
	"verso/olap/api/store"
	"verso/reports/serve"
)

// admitted are who a server lets in, and what it shows them.
type admitted struct {
	gate  *gate.Gate
	store api.Store
	cuts  *store.Store // nil: there is no policy, and the store hands out everything
	whole *api.Whole   // nil: there is a policy
	sites *audienceSites
}

// openPeople reads the access policy of a configuration. Without one everybody who
// reaches the server sees everything, so that it must listen on this machine only,
// unless open says that others may.
func (s *server) openPeople(addrs []string, open bool) (*admitted, error) {
	cfg := s.config
	hasUsers := cfg.Access.Policy != ""
	for _, addr := range addrs {
		if err := gate.CheckAddress(addr, hasUsers, open); err != nil {
			return nil, &configError{err}
		}
	}
	o := gate.Options{Clock: s.app.now, Log: s.log, Local: !open}
	asked := s.app.logTo(cfg.Warehouse, queryLogName, olap.Options{Catalog: userCatalog(cfg)})
	if !hasUsers {
		p := &admitted{gate: gate.New(o), whole: api.NewWhole(s.warehouse, asked)}
		p.store = p.whole
		return p, nil
	}
	policy, _, err := s.app.accessFiles(cfg)
	if err != nil {
		return nil, err
	}
	o.Users = users.Watch(cfg.Access.Users)
	if x := cfg.Access.Proxy; x != nil {
		o.Header = x.Header
		for _, text := range x.Trusted {
			prefix, err := prefixOf(text)
			if err != nil {
				return nil, &configError{fmt.Errorf("access.proxy.trusted: %w", err)}
			}
			o.Trusted = append(o.Trusted, prefix)
		}
	}
	p := &admitted{gate: gate.New(o), cuts: store.New(store.Options{Warehouse: s.warehouse, Open: opener(cfg), Policy: policy, Olap: asked})}
	p.store = p.cuts
	p.sites = &audienceSites{server: s, people: p, dir: filepath.Join(cfg.Warehouse, "sites"), making: map[string]bool{}}
	return p, nil
}

// prefixOf reads an address or a range of addresses.
func prefixOf(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		return netip.ParsePrefix(text)
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a, a.BitLen()), nil
}

// reload has the user's own cubes read anew. With a policy, what a running server
// shows stays as it is.
func (p *admitted) reload() (whole bool) {
	if p.whole == nil {
		return false
	}
	p.whole.Reload()
	return true
}

// adminsOnly keeps what tells of the whole company for administrators, where there
// is a policy.
func (p *admitted) adminsOnly(h http.Handler) http.Handler {
	if p.cuts == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if person, err := p.gate.Authenticate(r); err != nil || !person.Admin {
			http.Error(w, "only administrators may see this", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// siteOf is the folder of the site that a person may see; nil where all see the same.
func (p *admitted) siteOf() func(*http.Request) (string, error) {
	if p.sites == nil {
		return nil
	}
	return func(r *http.Request) (string, error) {
		person, err := p.gate.Authenticate(r)
		if err != nil {
			return "", err
		}
		return p.sites.of(r.Context(), person)
	}
}

// close waits for the sites that are being made.
func (p *admitted) close() error {
	if p.sites != nil {
		p.sites.work.Wait()
	}
	if p.whole != nil {
		p.whole.Close()
		return nil
	}
	return p.cuts.Close()
}

// audienceSites makes, for persons who may not see everything, a site of what they
// may see: one for all who may see the same, for each generation, when it is first
// asked for.
type audienceSites struct {
	server *server
	people *admitted
	dir    string

	mu     sync.Mutex
	making map[string]bool // by folder
	work   sync.WaitGroup
}

// of gives the folder of a person's site, or a *serve.NotYet.
func (s *audienceSites) of(ctx context.Context, person access.Person) (string, error) {
	lease, err := s.people.store.Open(ctx, person)
	if err != nil {
		return "", err
	}
	if lease.Rights.Cut == "" && lease.Rights.Pages == nil {
		lease.Release()
		return s.server.config.Site, nil
	}
	dir := filepath.Join(s.dir, strings.TrimSuffix(lease.Generation, ".duckdb")+"-"+lease.Rights.Cut)
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err == nil {
		lease.Release()
		return dir, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.making[dir] {
		lease.Release()
		return "", &serve.NotYet{}
	}
	s.making[dir] = true
	s.work.Go(func() {
		defer lease.Release()
		// It is for all who may see the same, not for the request that came first.
		if err := s.make(context.WithoutCancel(ctx), lease, dir); err != nil {
			s.server.log.Error("the site of what some may see was not made", "person", person.Name, "error", err)
		}
		s.mu.Lock()
		delete(s.making, dir)
		s.mu.Unlock()
	})
	return "", &serve.NotYet{}
}

// make writes a site and removes those of other generations.
func (s *audienceSites) make(ctx context.Context, lease *api.Lease, dir string) error {
	seen := &seen{Lease: lease, config: s.server.config}
	if _, err := s.server.app.buildSiteAs(ctx, seen, dir, ""); err != nil {
		return err
	}
	old, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	current := strings.TrimSuffix(lease.Generation, ".duckdb") + "-"
	for _, e := range old {
		if !strings.HasPrefix(strings.TrimPrefix(e.Name(), "."), current) {
			if err := os.RemoveAll(filepath.Join(s.dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// loopback reports whether an address is this machine's own.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}
