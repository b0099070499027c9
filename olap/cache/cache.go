// Package cache keeps answers in bounded memory and computes each of them once,
// however many ask for it at the same time.
package cache

import (
	"container/list"
	"context"
	"crypto/rand"
	"strings"
	"sync"
)

// Cache holds values by key, the least recently used leaving first. It is safe
// for many goroutines. The zero value is not usable; see [New].
type Cache[V any] struct {
	limit int64
	most  int // entries
	size  func(V) int64
	own   *Part[V]

	mu      sync.Mutex
	used    int64
	recent  *list.List // of *entry[V], the most recently used in front
	entries map[string]*list.Element
	stats   Stats
}

// Part is the values of one owner in a cache that several share: they have keys of
// their own and leave together, and the bound of the cache holds for all.
type Part[V any] struct {
	cache  *Cache[V]
	prefix string // of its keys

	// What follows is guarded by the lock of the cache.
	calls map[string]*call[V]
	gone  bool // nothing is kept any more
}

// Stats count what a cache did.
type Stats struct {
	Hits, Misses, Shared, Evicted int64 // Shared: waited for another's computation
	Entries                       int
	Most                          int // entries that may be kept
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

// entryBytes is how many bytes of the limit there are for each entry that may be
// kept: what an entry takes besides its value is bounded, too.
const entryBytes = 1 << 10

// fewest is how many entries any cache may keep.
const fewest = 16

// New makes a cache of at most limit bytes, as size counts them, and of one entry
// for each KB of them; with a limit of 0 or less nothing is kept, but computations
// are still shared. A value larger than an eighth of the limit is not kept, so that
// one answer cannot empty it.
func New[V any](limit int64, size func(V) int64) *Cache[V] {
	c := &Cache[V]{limit: limit, most: int(max(limit/entryBytes, fewest)), size: size, recent: list.New(), entries: map[string]*list.Element{}}
	c.own = &Part[V]{cache: c, calls: map[string]*call[V]{}}
	return c
}

// Part is a new part of the cache, without values.
func (c *Cache[V]) Part() *Part[V] {
	return &Part[V]{cache: c, prefix: rand.Text(), calls: map[string]*call[V]{}}
}

// Get is the Get of a cache's own part; see [Part.Get].
func (c *Cache[V]) Get(ctx context.Context, key string, compute func(context.Context) (V, error)) (V, error) {
	return c.own.Get(ctx, key, compute)
}

// Has is the Has of a cache's own part.
func (c *Cache[V]) Has(key string) bool { return c.own.Has(key) }

// Find gives the value of a key of a cache's own part where it is kept.
func (c *Cache[V]) Find(key string) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.find(key)
}

// find gives what is kept under a whole key and counts that as a use. The lock is
// held.
func (c *Cache[V]) find(key string) (value V, ok bool) {
	at := c.entries[key]
	if at == nil {
		return value, false
	}
	c.recent.MoveToFront(at)
	c.stats.Hits++
	return at.Value.(*entry[V]).value, true
}

// Put keeps a value of a cache's own part that was computed elsewhere.
func (c *Cache[V]) Put(key string, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key, value)
}

// Get gives the value of a key, computing it where it is not kept. Those who ask
// for the same key at the same time share one computation, which ends early only
// when all of them have gone. Errors are not kept. The value is shared: it must
// not be changed.
func (p *Part[V]) Get(ctx context.Context, key string, compute func(context.Context) (V, error)) (V, error) {
	var none V
	if err := ctx.Err(); err != nil {
		return none, err
	}
	c, whole := p.cache, p.prefix+key
	c.mu.Lock()
	if value, ok := c.find(whole); ok {
		c.mu.Unlock()
		return value, nil
	}
	running := p.calls[whole]
	if running == nil {
		running = p.start(ctx, whole, compute)
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
		p.leave(whole, running)
		return none, ctx.Err()
	}
}

// Has reports whether a value is kept; that does not count as a use of it.
func (p *Part[V]) Has(key string) bool {
	p.cache.mu.Lock()
	defer p.cache.mu.Unlock()
	return p.cache.entries[p.prefix+key] != nil
}

// Drop lets all values of the part go and keeps none any more: what is asked of it
// is computed anew each time.
func (p *Part[V]) Drop() {
	c := p.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	p.gone = true
	for key, at := range c.entries {
		if strings.HasPrefix(key, p.prefix) {
			c.remove(at)
		}
	}
}

// Stats is what the whole cache did so far and what it holds.
func (p *Part[V]) Stats() Stats { return p.cache.Stats() }

// start runs a computation beside its waiters, with their values but not their
// deadlines. The lock is held.
func (p *Part[V]) start(ctx context.Context, key string, compute func(context.Context) (V, error)) *call[V] {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	running := &call[V]{done: make(chan struct{}), cancel: cancel}
	p.calls[key] = running
	go func() {
		defer cancel()
		running.value, running.err = compute(own)
		p.cache.mu.Lock()
		defer p.cache.mu.Unlock()
		if p.calls[key] == running {
			delete(p.calls, key)
		}
		if running.err == nil && !p.gone {
			p.cache.keep(key, running.value)
		}
		close(running.done)
	}()
	return running
}

// leave takes a waiter away; the last one ends the computation.
func (p *Part[V]) leave(key string, running *call[V]) {
	p.cache.mu.Lock()
	defer p.cache.mu.Unlock()
	running.waiters--
	if running.waiters == 0 {
		running.cancel()
		// Who asks from now on must not get this one's cancellation.
		if p.calls[key] == running {
			delete(p.calls, key)
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
	for c.used > c.limit || len(c.entries) > c.most {
		c.remove(c.recent.Back())
		c.stats.Evicted++
	}
}

// remove takes an entry out. The lock is held.
func (c *Cache[V]) remove(at *list.Element) {
	last := c.recent.Remove(at).(*entry[V])
	delete(c.entries, last.key)
	c.used -= last.size
}

// Stats is what the cache did so far and what it holds.
func (c *Cache[V]) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stats
	s.Entries, s.Most, s.Bytes, s.Limit = len(c.entries), c.most, c.used, c.limit
	return s
}
