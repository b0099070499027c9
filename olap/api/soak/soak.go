// Package soak puts a running server under the load of many people for a long
// time: pages, questions, SQL, Flight, logins, broken and hostile requests, and
// answers given up. Every answer is held against what it must be.
package soak

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	_ "github.com/apache/arrow-go/v18/arrow/flight/flightsql/driver" // "flightsql"
)

// Target is a server and the people who may come in.
type Target struct {
	URL      string   // of the site, without a slash at the end
	Flight   string   // host:port of Flight SQL
	People   []Person // at least one
	Password string   // of those with Login
}

// Person is a user of the server.
type Person struct {
	Name, Token string
	Open        bool // may write SQL and list facts
	Pages       bool // may see index.html and sales.html
	Login       bool // has the password
}

// Options say how hard.
type Options struct {
	Users int
	Think time.Duration // mean pause of a person between requests
	Seed  uint64
	Clock func() time.Time
}

// Kind is what requests of one kind took.
type Kind struct {
	Name     string  `json:"name"`
	Requests int     `json:"requests"`
	Errors   int     `json:"errors"` // answers other than those that the request must have
	PerS     float64 `json:"per_second"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
	First    string  `json:"first_error,omitempty"`
}

// Load is what a run of the load did.
type Load struct {
	Kinds   []Kind  `json:"kinds"` // by name
	Seconds float64 `json:"seconds"`
}

// Errors counts the answers that were not what they must be.
func (l Load) Errors() (n int) {
	for _, k := range l.Kinds {
		n += k.Errors
	}
	return n
}

// Run has people ask until ctx ends. Requests under way then are not counted.
func Run(ctx context.Context, t Target, o Options) Load {
	s := newSession(t, o)
	defer s.close()
	began := o.Clock()
	var wg sync.WaitGroup
	for i := range o.Users {
		wg.Go(func() { s.person(ctx, i) })
	}
	wg.Wait()
	return s.load(o.Clock().Sub(began))
}

// Once has the first three people make a request of every kind, one after the other.
func Once(ctx context.Context, t Target, o Options) Load {
	s := newSession(t, o)
	defer s.close()
	began := o.Clock()
	for i := range min(len(t.People), 3) {
		for _, k := range kinds() {
			s.do(ctx, k, i, rand.New(rand.NewPCG(o.Seed, uint64(i))))
		}
	}
	return s.load(o.Clock().Sub(began))
}

// session is a run of the load.
type session struct {
	target Target
	o      Options
	web    *http.Client
	far    *http.Client // from other addresses of this machine: those who guess are held up by address
	flight []*sql.DB    // of each person

	mu    sync.Mutex
	took  map[string][]time.Duration
	wrong map[string]int
	first map[string]string
}

func newSession(t Target, o Options) *session {
	s := &session{target: t, o: o, took: map[string][]time.Duration{}, wrong: map[string]int{}, first: map[string]string{},
		web: &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: o.Users, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	far := *s.web
	far.Transport = &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(rand.IntN(250)), byte(2+rand.IntN(250)))}}
		return d.DialContext(ctx, network, address)
	}}
	s.far = &far
	for _, p := range t.People {
		db, err := sql.Open("flightsql", "flightsql://"+t.Flight+"?timeout=120s&token="+p.Token)
		if err != nil {
			db = nil // it is told at the first use
		} else {
			db.SetMaxIdleConns(1)
		}
		s.flight = append(s.flight, db)
	}
	return s
}

func (s *session) close() {
	s.web.CloseIdleConnections()
	for _, db := range s.flight {
		if db != nil {
			_ = db.Close() // the server is judged, not the driver
		}
	}
}

// person asks one thing after the other, thinking between.
func (s *session) person(ctx context.Context, i int) {
	r := rand.New(rand.NewPCG(s.o.Seed, uint64(i)))
	list := kinds()
	all := 0
	for _, k := range list {
		all += k.weight
	}
	for ctx.Err() == nil {
		pick := r.IntN(all)
		at := slices.IndexFunc(list, func(k kind) bool {
			pick -= k.weight
			return pick < 0
		})
		s.do(ctx, list[at], i, r)
		pause := time.NewTimer(time.Duration(r.Int64N(int64(2*s.o.Think) + 1)))
		select {
		case <-pause.C:
		case <-ctx.Done():
		}
		pause.Stop()
	}
}

// do makes a request and judges the answer.
func (s *session) do(ctx context.Context, k kind, i int, r *rand.Rand) {
	at := i % len(s.target.People)
	p := s.target.People[at]
	if k.open && !p.Open || k.login && !p.Login {
		return
	}
	began := s.o.Clock()
	err := k.run(ctx, &call{session: s, client: s.web, person: p, flight: s.flight[at], random: r})
	took := s.o.Clock().Sub(began)
	if ctx.Err() != nil || ending(ctx, s.o.Clock()) && cutOff(err) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.took[k.name] = append(s.took[k.name], took)
	if err != nil {
		s.wrong[k.name]++
		if s.first[k.name] == "" {
			s.first[k.name] = fmt.Sprintf("%s: %v", p.Name, err)
		}
	}
}

// ending reports whether the end of ctx is so near that the server, which is told of
// it, may have ended a request before the clock here says so.
func ending(ctx context.Context, now time.Time) bool {
	at, ok := ctx.Deadline()
	return ok && at.Sub(now) < 100*time.Millisecond
}

// cutOff reports whether an error says that time was up. No other one is forgiven,
// however near the end.
func cutOff(err error) bool {
	if err == nil {
		return false
	}
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "deadline") || strings.Contains(text, "cancel")
}

// load sums up.
func (s *session) load(length time.Duration) Load {
	l := Load{Seconds: length.Seconds(), Kinds: []Kind{}}
	for name, took := range s.took {
		slices.Sort(took)
		at := func(q float64) float64 {
			return float64(took[min(int(q*float64(len(took))), len(took)-1)].Microseconds()) / 1000
		}
		l.Kinds = append(l.Kinds, Kind{Name: name, Requests: len(took), Errors: s.wrong[name], PerS: float64(len(took)) / length.Seconds(), P50: at(.5), P99: at(.99), Max: at(1),
			First: s.first[name]})
	}
	slices.SortFunc(l.Kinds, func(a, b Kind) int { return cmp.Compare(a.Name, b.Name) })
	return l
}
