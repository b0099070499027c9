package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/warehouse"
)

// Everybody is the gate of a server that has no policy: whoever reaches it may
// see everything.
type Everybody struct{}

// Authenticate never fails.
func (Everybody) Authenticate(*http.Request) (access.Person, error) {
	return access.Person{Name: "local", Admin: true, By: "open"}, nil
}

// Whole is the store of a server that has no policy: it hands out the published
// generation as it is.
type Whole struct {
	warehouse *warehouse.Warehouse
	options   olap.Options

	mu      sync.Mutex
	open    map[string]*whole // by the name of the generation and how often the cubes were reloaded
	last    string
	reloads int
}

// Reload has the cubes read anew for what is asked from now on.
func (s *Whole) Reload() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reloads++
}

// whole is a generation and what is known of it.
type whole struct {
	snapshot *warehouse.Snapshot
	once     sync.Once
	olap     *olap.Olap
	err      error
	uses     int
}

// NewWhole is a store over a warehouse, whose cubes are opened with the options.
func NewWhole(w *warehouse.Warehouse, o olap.Options) *Whole {
	return &Whole{warehouse: w, options: o, open: map[string]*whole{}}
}

// Open gives the published generation.
func (s *Whole) Open(ctx context.Context, _ access.Person) (*Lease, error) {
	snapshot, err := s.warehouse.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	g := snapshot.Generation()
	key, w := s.take(g.Name, snapshot)
	release := sync.OnceFunc(func() { s.giveBack(key) })
	w.once.Do(func() {
		// What is opened is for all who ask, not for the one who came first.
		w.olap, w.err = olap.Open(context.WithoutCancel(ctx), w.snapshot.DB(), s.options)
	})
	if w.err != nil {
		release()
		s.forget(key, w)
		return nil, w.err
	}
	return &Lease{Generation: g.Name, Path: g.Path, Olap: w.olap, Rights: access.Rights{SQL: true, Facts: true}, Release: release}, nil
}

// take counts a use of a generation. The published one is held open between
// requests; the one before is let go with its last use.
func (s *Whole) take(generation string, snapshot *warehouse.Snapshot) (name string, w *whole) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name = fmt.Sprintf("%s/%d", generation, s.reloads)
	w = s.open[name]
	if w == nil {
		w = &whole{snapshot: snapshot}
		s.open[name] = w
	} else {
		_ = snapshot.Release() // it was only read
	}
	w.uses++
	if s.last != name {
		before := s.last
		s.last = name
		s.drop(before)
	}
	return name, w
}

func (s *Whole) giveBack(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.open[name]; w != nil {
		w.uses--
	}
	s.drop(name)
}

// drop lets go of a generation that is neither used nor published.
func (s *Whole) drop(name string) {
	if w := s.open[name]; w != nil && w.uses == 0 && name != s.last {
		delete(s.open, name)
		_ = w.snapshot.Release() // it was only read
	}
}

// forget lets a generation be opened anew that could not be opened.
func (s *Whole) forget(name string, w *whole) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[name] == w && w.uses == 0 {
		delete(s.open, name)
		_ = w.snapshot.Release()
		if s.last == name {
			s.last = ""
		}
	}
}

// Close lets go of the published generation.
func (s *Whole) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.last
	s.last = ""
	s.drop(before)
}
