// Package turns lets so many run at a time.
package turns

import (
	"container/list"
	"context"
	"sync"
)

// Turns let so many run at a time, the others in the order in which they came. The
// zero value lets none run; see Set.
type Turns struct {
	mu    sync.Mutex
	limit int
	used  int
	queue list.List // of chan struct{}, closed when it is the waiter's turn
}

// Take waits for a turn until ctx ends.
func (t *Turns) Take(ctx context.Context) error {
	t.mu.Lock()
	if t.used < t.limit && t.queue.Len() == 0 {
		t.used++
		t.mu.Unlock()
		return nil
	}
	mine := make(chan struct{})
	at := t.queue.PushBack(mine)
	t.mu.Unlock()
	select {
	case <-mine:
		return nil
	case <-ctx.Done():
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-mine: // it came at the same time: the next one has it
		t.used--
	default:
		t.queue.Remove(at)
	}
	t.admit()
	return ctx.Err()
}

// Give ends a turn.
func (t *Turns) Give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used--
	t.admit()
}

// Set changes how many run at a time.
func (t *Turns) Set(limit int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limit = limit
	t.admit()
}

// admit calls those whose turn it is. The lock is held.
func (t *Turns) admit() {
	for t.used < t.limit && t.queue.Len() > 0 {
		t.used++
		close(t.queue.Remove(t.queue.Front()).(chan struct{}))
	}
}

// State is how many run and how many wait.
func (t *Turns) State() (running, waiting int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.used, t.queue.Len()
}
