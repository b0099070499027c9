// Package cache keeps answers in bounded memory and computes each of them once,
// however many ask for it at the same time.
package cache

import (
	"container/list"
	"context"
	"sync"
)

// Cache holds values by key, the least recently used leaving first. It is safe
// for many goroutines. The zero value is not usable; see [New].
type Cache[V any] struct {
	limit int64
	size  func(V) int64

	mu      sync.Mutex
	used    int64
	recent  *list.List // of *entry[V], the most recently used in front
	entries map[string]*list.Element
	calls   map[string]*call[V]
	stats   Stats
}

// Stats count what a cache did.
type Stats struct {
	Hits, Misses, Shared, Evicted int64 // Shared: waited for another's computation
	Entries                       int
	Bytes, Limit                  int64
}

type entry[V any] struct {
	key   string
	value V
	size  int64
}

// call is a computation under way.
type call[V any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	value   V
	err     error
}

// New makes a cache of at most limit bytes, as size counts them; with a limit of
// 0 or less nothing is kept, but computations are still shared. A value larger
// than an eighth of the limit is not kept, so that one answer cannot empty it.
func New[V any](limit int64, size func(V) int64) *Cache[V] {
	return &Cache[V]{limit: limit, size: size, recent: list.New(), entries: map[string]*list.Element{}, calls: map[string]*call[V]{}}
}

// Get gives the value of a key, computing it where it is not kept. Those who ask
// for the same key at the same time share one computation, which ends early only
// when all of them have gone. Errors are not kept. The value is shared: it must
// not be changed.
func (c *Cache[V]) Get(ctx context.Context, key string, compute func(context.Context) (V, error)) (V, error) {
	var none V
	if err := ctx.Err(); err != nil {
		return none, err
	}
	c.mu.Lock()
	if at := c.entries[key]; at != nil {
		c.recent.MoveToFront(at)
		c.stats.Hits++
		value := at.Value.(*entry[V]).value
		c.mu.Unlock()
		return value, nil
	}
	running := c.calls[key]
	if running == nil {
		running = c.start(ctx, key, compute)
		c.stats.Misses++
	} else {
		c.stats.Shared++
	}
	running.waiters++
	c.mu.Unlock()
	select {
	case <-running.done:
		return running.value, running.err
	case <-ctx.Done():
		c.leave(key, running)
		return none, ctx.Err()
	}
}

// Has reports whether a value is kept; that does not count as a use of it.
func (c *Cache[V]) Has(key string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.entries[key] != nil
}

// Find gives the value of a key where it is kept.
func (c *Cache[V]) Find(key string) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := c.entries[key]
	if at == nil {
		return value, false
	}
	c.recent.MoveToFront(at)
	c.stats.Hits++
	return at.Value.(*entry[V]).value, true
}

// Put keeps a value that was computed elsewhere.
func (c *Cache[V]) Put(key string, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, value)
}

// start runs a computation beside its waiters, with their values but not their
// deadlines. The lock is held.
func (c *Cache[V]) start(ctx context.Context, key string, compute func(context.Context) (V, error)) *call[V] {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	running := &call[V]{done: make(chan struct{}), cancel: cancel}
	c.calls[key] = running
	go func() {
		defer cancel()
		running.value, running.err = compute(own)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.calls[key] == running {
			delete(c.calls, key)
		}
		if running.err == nil {
			c.keep(key, running.value)
		}
		close(running.done)
	}()
	return running
}

// leave takes a waiter away; the last one ends the computation.
func (c *Cache[V]) leave(key string, running *call[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	running.waiters--
	if running.waiters == 0 {
		running.cancel()
		// Who asks from now on must not get this one's cancellation.
		if c.calls[key] == running {
			delete(c.calls, key)
		}
	}
}

// keep stores a value and makes room for it. The lock is held.
func (c *Cache[V]) keep(key string, value V) {
	size := c.size(value) + int64(len(key))
	if size > c.limit/8 || c.entries[key] != nil {
		return
	}
	c.entries[key] = c.recent.PushFront(&entry[V]{key, value, size})
	c.used += size
	for c.used > c.limit {
		last := c.recent.Remove(c.recent.Back()).(*entry[V])
		delete(c.entries, last.key)
		c.used -= last.size
		c.stats.Evicted++
	}
}

// Stats is what the cache did so far and what it holds.
func (c *Cache[V]) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Entries, s.Bytes, s.Limit = len(c.entries), c.used, c.limit
	return s
}
