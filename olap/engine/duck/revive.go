package duck

import (
	"context"
	"errors"

	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// failed tidies up after a statement: it ends a transaction left open. After an
// error from within, DuckDB refuses everything that is asked of the instance, so
// a file that is only read is opened anew, and the next statement is answered.
func (db *DB) failed(ctx context.Context, c *Conn, err error) {
	if !errors.Is(err, engine.ErrBroken) {
		c.rollback()
		return
	}
	if db.options.ReadOnly && db.options.Path != "" {
		db.revive(context.WithoutCancel(ctx), c.of)
	}
}

// revive puts a new instance in the place of a broken one, unless another
// statement has done so. Where the file cannot be opened the broken one stays,
// and says so itself.
func (db *DB) revive(ctx context.Context, broken *duckdb.Connector) {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed || db.connector != broken {
		return
	}
	connector, err := duckdb.NewConnector(":memory:", nil)
	if err != nil {
		return
	}
	if err := db.prepare(ctx, connector); err != nil {
		_ = connector.Close()
		return
	}
	for _, c := range db.idle {
		c.forget()
		_ = c.raw.Close()
	}
	db.idle, db.connector = nil, connector
	_ = broken.Close() // its connections that are out end with their readers
}
