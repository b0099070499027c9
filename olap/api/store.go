// Package api answers ad hoc questions over HTTP: cubes, SQL, definitions.
package api

import (
	"context"
	"net/http"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/engine"
)

// Store hands out what a person may see of the published generation.
type Store interface {
	// Open gives the generation published now. The caller releases it; until
	// then it stays readable, whatever is published.
	Open(ctx context.Context, person access.Person) (*Lease, error)
}

// Gate knows who asks.
type Gate interface {
	// Authenticate is an error for a request that comes from nobody known.
	Authenticate(r *http.Request) (access.Person, error)
}

// Lease is a generation, or a person's cut of one, held open for one request.
type Lease struct {
	Generation string // name of the published generation
	Path       string // the database file: it holds what the person may see and nothing else; "" for who may not write SQL
	Olap       *olap.Olap
	DB         engine.Database // the same file, open, for pages
	Rights     access.Rights
	Memo       *Memo // what is read of it once; nil: it is read each time
	Release    func()
}
