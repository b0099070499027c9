package main

import (
	"context"
	"sync"

	"verso/etl/config"
	"verso/olap"
	"verso/olap/access"
	"verso/olap/api"
	"verso/olap/api/store"
)

// exchange is a store that is replaced when the configuration is read anew. What
// was handed out stays usable until it is given back.
type exchange struct {
	app    *app
	memory *olap.Memory // of all that is handed out

	mu    sync.RWMutex
	store *store.Store
	close func()
}

// openExchange opens the store of a configuration.
func (a *app) openExchange(cfg *config.Config, policy *access.Policy) (*exchange, error) {
	x := &exchange{app: a, memory: olap.NewMemory(0)}
	return x, x.reload(cfg, policy)
}

// reload hands out by another policy and catalog from now on.
func (x *exchange) reload(cfg *config.Config, policy *access.Policy) error {
	next, closeNext, err := x.app.openStore(cfg, policy, x.app.logTo(cfg.Warehouse, queryLogName, olap.Options{Catalog: userCatalog(cfg), Memory: x.memory}))
	if err != nil {
		return err
	}
	x.mu.Lock()
	before := x.close
	x.store, x.close = next, closeNext
	x.mu.Unlock()
	if before != nil {
		before()
	}
	return nil
}

// Open gives what a person may see.
func (x *exchange) Open(ctx context.Context, p access.Person) (*api.Lease, error) {
	for {
		s := x.current()
		lease, err := s.Open(ctx, p)
		if err == nil || x.current() == s {
			return lease, err
		}
		// It was replaced meanwhile, and closed.
	}
}

func (x *exchange) current() *store.Store {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.store
}

// held is what the store has open and the memory that the engine holds for it.
func (x *exchange) held(ctx context.Context) (open int, bytes int64) { return x.current().Held(ctx) }

// end closes the store.
func (x *exchange) end() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.close()
}
