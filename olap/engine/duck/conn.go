package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// Conn is one DuckDB connection. It implements engine.Conn.
type Conn struct {
	db     *DB
	of     *duckdb.Connector // of the instance it belongs to
	raw    *duckdb.Conn
	closed bool
	again  map[string]*prepared
	clock  int64 // counts the uses of prepared statements
}

// Exec runs s.
func (c *Conn) Exec(ctx context.Context, s engine.Statement) (int64, error) {
	if c.closed {
		return 0, errClosed
	}
	return exec(ctx, c.raw, s.SQL, s.Args)
}

// Query runs s and returns its rows. The connection can run other statements
// while they are read.
func (c *Conn) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	if c.closed {
		return nil, errClosed
	}
	if s.Again {
		if r, ok, err := c.queryAgain(ctx, s); ok || err != nil {
			return r, err
		}
	}
	sql, args, err := bind(c.raw, s.SQL, s.Args)
	if err != nil {
		return nil, err
	}
	sql, args = withNumbers(sql, args)
	r, err := queryArrow(ctx, c.raw, sql, args)
	if err != nil {
		return nil, statementError(ctx, s.SQL, err)
	}
	return r, nil
}

// Close ends the connection.
func (c *Conn) Close() error {
	if c.closed {
		return nil
	}
	c.closed = true
	c.forget()
	defer c.db.back()
	return c.raw.Close()
}

// rollback ends a transaction that a failed statement may have left open.
func (c *Conn) rollback() {
	_, _ = exec(context.Background(), c.raw, "ROLLBACK", nil) // fails when there is none
}

func exec(ctx context.Context, raw *duckdb.Conn, sql string, args []any) (int64, error) {
	text, bound, err := bind(raw, sql, args)
	if err != nil {
		return 0, err
	}
	named := make([]driver.NamedValue, len(bound))
	for i, v := range bound {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	result, err := raw.ExecContext(ctx, text, named)
	if err != nil {
		return 0, statementError(ctx, sql, err)
	}
	return result.RowsAffected()
}

// pooledReader gives the connection back when the last reference goes.
type pooledReader struct {
	array.RecordReader
	mu   sync.Mutex
	refs int
	done func()
}

// Retain adds a reference; on a reader already freed it does nothing.
func (r *pooledReader) Retain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refs > 0 {
		r.refs++
	}
}

// Release drops a reference; the last one frees the result. One call too many
// does nothing.
func (r *pooledReader) Release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refs == 0 {
		return
	}
	if r.refs--; r.refs == 0 {
		r.RecordReader.Release()
		r.done()
	}
}

// watchedReader stands between a caller's reader and DuckDB, which reads it on
// threads where a panic would end the process and a batch of another shape
// would be read as if it had the right one.
type watchedReader struct {
	array.RecordReader
	ctx context.Context
	err error
}

// Next moves on; it ends at the end of ctx, at a panic and at a batch that does
// not have the reader's columns.
func (r *watchedReader) Next() (more bool) {
	if r.err != nil {
		return false
	}
	defer func() {
		if p := recover(); p != nil {
			r.err, more = fmt.Errorf("the source of the rows panicked: %v", p), false
		}
	}()
	if r.err = r.ctx.Err(); r.err != nil || !r.RecordReader.Next() {
		return false
	}
	if b := r.RecordReader.RecordBatch(); !b.Schema().Equal(r.RecordReader.Schema()) {
		r.err = fmt.Errorf("a batch has the columns %v, the reader announced %v", b.Schema(), r.RecordReader.Schema())
		return false
	}
	return true
}

// Err is what ended the reading.
func (r *watchedReader) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.RecordReader.Err()
}

// blame prefers the reader's own error to what DuckDB made of it.
func (r *watchedReader) blame(ctx context.Context, table string, err error) error {
	if ctxErr := ctx.Err(); ctxErr != nil && !errors.Is(err, ctxErr) {
		err = ctxErr
	} else if own := r.Err(); own != nil {
		err = own
	}
	return fmt.Errorf("duck: ingest into %s: %w", table, err)
}
