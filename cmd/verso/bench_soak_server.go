package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/goccy/go-yaml"

	"verso/olap/access/users"
	"verso/olap/api/soak"
	"verso/olap/warehouse"
)

// soakCompany is a copy of a company with people to ask it.
type soakCompany struct {
	config    string // its verso.yaml
	folder    string // of the warehouse
	open      warehouse.Opener
	target    soak.Target
	admin     string // token
	published int
}

// soakPolicy has roles of three kinds: everything, some customers, and no single
// customer.
const soakPolicy = `version: 1
roles:
  everything: {rows: all, sql: true, facts: true, pages: all, personal: true}
  libraries: {rows: {customer.type: [library]}, sql: true, facts: true, pages: [index, sales]}
  groups: {rows: all, minimum_cell: {customers: 5, by: [customer.type, region.area, date.year]}}
`

// soakUsers is how many users there are of each role.
const soakUsers = 20

// soakCompany copies the published generation and writes a configuration.
func (a *app) soakCompany(ctx context.Context, dir string) (*soakCompany, error) {
	cfg, err := a.loadReaderConfig()
	if err != nil {
		return nil, err
	}
	c := &soakCompany{config: filepath.Join(dir, "verso.yaml"), folder: filepath.Join(dir, "warehouse"), open: opener(cfg)}
	w, err := a.openWarehouse(cfg)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	snapshot, err := w.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = snapshot.Release() }() // it was only read
	from := snapshot.Generation()
	text, err := os.ReadFile(from.Path)
	if err != nil {
		return nil, err
	}
	site, err := filepath.Abs(cfg.Site)
	if err != nil {
		return nil, err
	}
	written, err := yaml.Marshal(map[string]any{
		"version": 1, "company": map[string]any{"name": cfg.Company.Name, "currency": cfg.Company.Currency}, "warehouse": "warehouse", "site": site,
		"sources": map[string]any{"none": map[string]any{"kind": "file", "path": "none.csv"}}, // it is never refreshed
		"tables":  map[string]any{"order_header": map[string]any{"from": "none", "select": "SELECT 1"}, "order_line": map[string]any{"from": "none", "select": "SELECT 1"}},
		"serve":   map[string]any{"limits": map[string]any{"statements": 8}},
		"access":  map[string]any{"policy": "access.yaml", "users": "users.yaml"}})
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(c.folder, "generations"), 0o755); err != nil {
		return nil, err
	}
	for path, content := range map[string][]byte{c.config: written, filepath.Join(dir, "access.yaml"): []byte(soakPolicy),
		filepath.Join(c.folder, "generations", from.Name): text, filepath.Join(c.folder, "CURRENT"): []byte(from.Name + "\n")} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, err
		}
	}
	return c, c.people(filepath.Join(dir, "users.yaml"), a.now().Add(24*time.Hour))
}

// people writes the users file.
func (c *soakCompany) people(path string, until time.Time) error {
	c.target.Password = "soaking wet horses"
	hash, err := users.Hash(c.target.Password)
	if err != nil {
		return err
	}
	f := &users.File{}
	add := func(u users.User, p soak.Person) string {
		text, token := users.NewToken(until)
		u.Tokens = []users.Token{token}
		f.Users = append(f.Users, u)
		p.Name, p.Token = u.Name, text
		if p.Open || p.Pages || !u.Admin {
			c.target.People = append(c.target.People, p)
		}
		return text
	}
	c.admin = add(users.User{Name: "boss", Roles: []string{"everything"}, Admin: true}, soak.Person{})
	for i := range soakUsers {
		for _, role := range []string{"everything", "libraries", "groups"} {
			p := soak.Person{Open: role != "groups", Pages: role != "groups"}
			u := users.User{Name: fmt.Sprintf("%s%02d", role, i), Roles: []string{role}}
			if p.Login = i < 4; p.Login {
				u.Password = hash
			}
			add(u, p)
		}
	}
	return f.Save(path)
}

// soaked is a verso serve as a process of its own.
type soaked struct {
	cmd         *exec.Cmd
	url, flight string
	profiles    string // address of Go's profiles
	said        *said
	ended       chan error  // how it ended, once
	told        atomic.Bool // to end
}

// said is what the server logs, while it logs: the end of it, and from where it
// begins to tell of a fault of Go's runtime, the beginning.
type said struct {
	mu    sync.Mutex
	text  []byte
	fault bool     // text begins with one
	wrong []string // lines of its first errors
}

// saidMost bounds what is kept, in bytes.
const saidMost = 64 << 10

// faults are how Go begins to tell why it ends a process.
var faults = regexp.MustCompile(`(?m)^(fatal error: |panic: |runtime: |SIG[A-Z]+: |unexpected fault address|WARNING: DATA RACE)`)

// Write never fails.
func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(string(p)) {
		if len(s.wrong) < wrongMost && strings.Contains(line, `"level":"ERROR"`) {
			s.wrong = append(s.wrong, strings.TrimSpace(line))
		}
	}
	if s.fault && len(s.text) >= saidMost {
		return len(p), nil
	}
	s.text = append(s.text, p...)
	if !s.fault {
		if at := faults.FindIndex(s.text); at != nil {
			s.text, s.fault = s.text[max(0, at[0]-saidMost/8):], true
		}
	}
	if extra := len(s.text) - saidMost; extra > 0 && !s.fault {
		s.text = s.text[extra:]
	}
	return len(p), nil
}

// wrongMost is how many errors of the server a report tells.
const wrongMost = 20

// errors are the first errors that the server logged, a line each.
func (s *said) errors() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.wrong...)
}

// find gives what a pattern with one group finds; "" where it does not.
func (s *said) find(pattern *regexp.Regexp) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := pattern.FindSubmatch(s.text); m != nil {
		return string(m[1])
	}
	return ""
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.text)
}

// soakStart is how long the server may take to listen.
const soakStart = 2 * time.Minute

// startSoaked starts the server and waits until it listens.
func startSoaked(config string) (*soaked, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s := &soaked{cmd: exec.Command(self, "serve", "-c", config, "--addr", "127.0.0.1:0", "--flight", "127.0.0.1:0", "--profiles", "127.0.0.1:0", "--log-format", "json"), said: &said{}, ended: make(chan error, 1)}
	s.cmd.Args[0] = "verso"
	s.cmd.Stdout, s.cmd.Stderr = s.said, s.said
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the soak to hand on
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.ended <- s.wait() }()
	web, flight, profiles := regexp.MustCompile(`"msg":"serving","address":"(http://[^"/]+)/"`), regexp.MustCompile(`"msg":"answering Arrow Flight SQL","address":"([^"]+)"`), regexp.MustCompile(`"msg":"answering profiles","address":"([^"]+)"`)
	for wait := time.Duration(0); wait < soakStart; wait += 50 * time.Millisecond {
		if s.url, s.flight, s.profiles = s.said.find(web), s.said.find(flight), s.said.find(profiles); s.url != "" && s.flight != "" {
			return s, nil
		}
		select {
		case err := <-s.ended:
			return nil, fmt.Errorf("bench soak: the server ended at once: %w: %s", err, s.said)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil, errors.Join(fmt.Errorf("bench soak: the server did not begin to listen within %s", soakStart), s.stop())
}

// wait is how the server ended; an exit without a fault is a fault where it was
// not told to end.
func (s *soaked) wait() error {
	err := s.cmd.Wait()
	if err == nil && !s.told.Load() {
		return errors.New("exit status 0")
	}
	return err
}

// stop ends the server as a supervisor does; it must end by itself.
func (s *soaked) stop() error {
	s.told.Store(true)
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return fmt.Errorf("bench soak: the server ended by itself, before it was told to (%w): %w: %s", err, <-s.ended, s.said)
	}
	late := time.AfterFunc(time.Minute, func() { _ = s.cmd.Process.Kill() })
	defer late.Stop()
	if err := <-s.ended; err != nil {
		return fmt.Errorf("bench soak: the server ended with: %w: %s", err, s.said)
	}
	if text := s.said.String(); strings.Contains(text, "panic") || strings.Contains(text, "DATA RACE") {
		return fmt.Errorf("bench soak: the server says: %s", text)
	}
	return nil
}

// keepProfile writes a profile of the server to a file: "heap?gc=1", "goroutine".
func (s *soaked) keepProfile(ctx context.Context, name, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.profiles+"/debug/pprof/"+name, nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return fmt.Errorf("bench soak: %w", err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return fmt.Errorf("bench soak: profile %s: %w", name, err)
	}
	return os.WriteFile(path, text, 0o600)
}
