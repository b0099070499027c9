package api

import (
	"container/list"
	"context"
	"sync"
)

// turns let so many run at a time, the others in the order in which they came.
type turns struct {
	mu    sync.Mutex
	limit int
	used  int
	queue list.List // of chan struct{}, closed when it is the waiter's turn
}

// take waits for a turn until ctx ends.
func (t *turns) take(ctx context.Context) error {
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

// give ends a turn.
func (t *turns) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.used--
	t.admit()
}

// set changes how many run at a time.
func (t *turns) set(limit int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.limit = limit
	t.admit()
}

// admit calls those whose turn it is. The lock is held.
func (t *turns) admit() {
	for t.used < t.limit && t.queue.Len() > 0 {
		t.used++
		close(t.queue.Remove(t.queue.Front()).(chan struct{}))
	}
}

// state is how many run and how many wait.
func (t *turns) state() (running, waiting int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.used, t.queue.Len()
}
