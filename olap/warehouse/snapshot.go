package warehouse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"

	"verso/olap/engine"
)

// handle is one generation open in this process, shared by its snapshots.
type handle struct {
	generation Generation
	db         engine.Database
	refs       int
}

// Snapshot is a reader's hold on one generation.
type Snapshot struct {
	w       *Warehouse
	h       *handle
	release func() error
}

// Acquire takes the current generation for reading. All snapshots of one
// generation share one open database. The receiver releases the snapshot after
// releasing every reader it got from it. Without a published generation the
// error is a *NoGenerationError, with a broken folder a *DamagedError.
func (w *Warehouse) Acquire(ctx context.Context) (*Snapshot, error) {
	for {
		name, err := w.readCurrent()
		if err != nil {
			return nil, err
		}
		s, err := w.acquire(ctx, name)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		// Between reading CURRENT and opening the file it may have been
		// replaced and pruned.
		if now, readErr := w.readCurrent(); readErr != nil || now == name {
			return nil, err
		}
	}
}

func (w *Warehouse) acquire(ctx context.Context, name string) (*Snapshot, error) {
	if s := w.share(name); s != nil {
		return s, nil
	}
	w.opening.Lock()
	defer w.opening.Unlock()
	if s := w.share(name); s != nil {
		return s, nil
	}
	g, err := w.generation(name)
	if err != nil {
		return nil, w.damaged(w.path(name), "CURRENT names this generation, which cannot be found", name, err)
	}
	g.Current = true
	if _, err := os.Lstat(g.Path + writeAhead); err == nil {
		return nil, w.damaged(g.Path+writeAhead, "a write-ahead log lies beside a finished generation and would change it: move it away", name, nil)
	}
	db, err := w.open(ctx, g.Path, true)
	if err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, w.unreadable(g, err)
	}
	w.mu.Lock()
	w.handles[name] = &handle{generation: g, db: db}
	w.mu.Unlock()
	s := w.share(name)
	// What goes wrong while closing an older file is no reason to fail a reader
	// of this one: nothing was written to it.
	_ = w.closeOthers(name)
	return s, nil
}

// unreadable says why a generation does not open.
func (w *Warehouse) unreadable(g Generation, err error) error {
	if errors.Is(err, engine.ErrCorrupt) {
		return w.damaged(g.Path, "the generation is damaged", g.Name, err)
	}
	return explain(fmt.Sprintf("open the generation %s", g.Path), err)
}

// share counts one more snapshot on an open generation; nil when it is not open.
func (w *Warehouse) share(name string) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.handles[name]
	if h == nil {
		return nil
	}
	h.refs++
	return &Snapshot{w: w, h: h, release: sync.OnceValue(func() error { return w.giveBack(h) })}
}

// giveBack counts a snapshot off; the last one closes the file when the
// generation is not the current one any more.
func (w *Warehouse) giveBack(h *handle) error {
	w.mu.Lock()
	h.refs--
	last, closed := h.refs == 0, w.closed
	w.mu.Unlock()
	if !last {
		return nil
	}
	if closed {
		return w.closeIdle("")
	}
	current, err := w.readCurrent()
	if err != nil {
		return nil // the folder is broken or gone: Close and the next Acquire will say so
	}
	return w.closeIdle(current)
}

// closeIdle closes every generation that nobody reads, except the named one.
func (w *Warehouse) closeIdle(except string) error {
	w.opening.Lock()
	defer w.opening.Unlock()
	return w.closeOthers(except)
}

// closeOthers is closeIdle for callers that hold w.opening.
func (w *Warehouse) closeOthers(except string) error {
	var idle []*handle
	w.mu.Lock()
	for name, h := range w.handles {
		if h.refs == 0 && name != except {
			idle = append(idle, h)
			delete(w.handles, name)
		}
	}
	w.mu.Unlock()
	var errs []error
	for _, h := range idle {
		errs = append(errs, h.db.Close())
	}
	return errors.Join(errs...)
}

// forget closes the named generation if it is open and idle; false when it is in use.
func (w *Warehouse) forget(name string) bool {
	w.opening.Lock()
	defer w.opening.Unlock()
	w.mu.Lock()
	h := w.handles[name]
	if h != nil && h.refs > 0 {
		w.mu.Unlock()
		return false
	}
	delete(w.handles, name)
	w.mu.Unlock()
	if h != nil {
		h.db.Close()
	}
	return true
}

// DB is the database of the generation, read-only.
func (s *Snapshot) DB() engine.Database { return s.h.db }

// Generation says which generation it is. Current tells how it was when it was
// acquired.
func (s *Snapshot) Generation() Generation { return s.h.generation }

// Release gives the snapshot back. Calls after the first do nothing.
func (s *Snapshot) Release() error { return s.release() }
