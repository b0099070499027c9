// Package duck runs verso's SQL on an embedded DuckDB. It is the only package
// that imports the driver.
//
// The main database of every connection is in memory and the warehouse file is
// attached to it: a file opened this way never goes through the driver's cache
// of open files, and Arrow views, which hold raw pointers, can never be
// persisted into the file.
package duck

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// Catalog is the name under which the file is attached, and the default catalog.
const Catalog = "verso"

// Options say what to open and within which limits. The zero value is an empty
// database in memory with DuckDB's own defaults.
type Options struct {
	Path        string // file to attach; "" for memory only
	ReadOnly    bool
	Threads     int    // 0: all cores
	MemoryLimit string // such as "3GB"; "": DuckDB's default
	TempDir     string // where large sorts and joins spill; "": beside the file
	MaxConns    int    // connections in use at once; 0: 8
}

// DB is an open DuckDB. It implements engine.Database.
type DB struct {
	connector *duckdb.Connector
	options   Options
	slots     chan struct{} // one token per connection in use

	mu     sync.Mutex
	idle   []*Conn
	closed bool
}

// Open attaches the file of o.Path, creating it unless ReadOnly.
func Open(ctx context.Context, o Options) (*DB, error) {
	if o.MaxConns <= 0 {
		o.MaxConns = 8
	}
	connector, err := duckdb.NewConnector(":memory:", nil)
	if err != nil {
		return nil, fmt.Errorf("duck: start DuckDB: %w", err)
	}
	db := &DB{connector: connector, options: o, slots: make(chan struct{}, o.MaxConns)}
	if err := db.prepare(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// prepare makes the settings of the whole instance and attaches the file.
func (db *DB) prepare(ctx context.Context) error {
	settings := []string{
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET TimeZone = 'UTC'",
	}
	o := db.options
	if o.Threads > 0 {
		settings = append(settings, fmt.Sprintf("SET threads = %d", o.Threads))
	}
	if o.MemoryLimit != "" {
		settings = append(settings, "SET memory_limit = "+engine.QuoteText(o.MemoryLimit))
	}
	if o.TempDir != "" {
		settings = append(settings, "SET temp_directory = "+engine.QuoteText(o.TempDir))
	}
	raw, err := db.connector.Connect(ctx)
	if err != nil {
		return fmt.Errorf("duck: connect: %w", err)
	}
	defer raw.Close()
	for _, s := range settings {
		if _, err := exec(ctx, raw, s, nil); err != nil {
			return fmt.Errorf("duck: %s: %w", s, err)
		}
	}
	if o.Path == "" {
		return nil
	}
	attach := "ATTACH " + engine.QuoteText(o.Path) + " AS " + Catalog
	if o.ReadOnly {
		attach += " (READ_ONLY)"
	}
	if _, err := exec(ctx, raw, attach, nil); err != nil {
		return fmt.Errorf("duck: open %s: %w", o.Path, err)
	}
	return nil
}

// Dialect describes DuckDB's SQL.
func (db *DB) Dialect() engine.Dialect {
	return engine.Dialect{
		Name:       "duckdb",
		QuoteIdent: engine.QuoteIdent,
		ReadParquet: func(paths ...string) string {
			quoted := make([]string, len(paths))
			for i, p := range paths {
				quoted[i] = engine.QuoteText(p)
			}
			return "read_parquet([" + strings.Join(quoted, ", ") + "], file_row_number = true)"
		},
	}
}

// Conn takes a connection, waiting for a free one until ctx ends. Closing it
// ends the connection for good, with its temporary tables and settings.
func (db *DB) Conn(ctx context.Context) (engine.Conn, error) {
	c, err := db.take(ctx, false)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// take hands out a connection; pooled ones come from the idle list.
func (db *DB) take(ctx context.Context, pooled bool) (*Conn, error) {
	select {
	case db.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		<-db.slots
		return nil, errors.New("duck: the database is closed")
	}
	if n := len(db.idle); pooled && n > 0 {
		c := db.idle[n-1]
		db.idle = db.idle[:n-1]
		db.mu.Unlock()
		return c, nil
	}
	db.mu.Unlock()
	raw, err := db.connector.Connect(ctx)
	if err != nil {
		<-db.slots
		return nil, fmt.Errorf("duck: connect: %w", err)
	}
	c := &Conn{db: db, raw: raw.(*duckdb.Conn)}
	if db.options.Path != "" {
		if _, err := exec(ctx, raw, "USE "+Catalog, nil); err != nil {
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// give returns a pooled connection to the idle list.
func (db *DB) give(c *Conn) {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		c.Close()
		return
	}
	db.idle = append(db.idle, c)
	db.mu.Unlock()
	<-db.slots
}

// Query runs s on any free connection; the connection is busy until the
// reader is released.
func (db *DB) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	c, err := db.take(ctx, true)
	if err != nil {
		return nil, err
	}
	r, err := c.Query(ctx, s)
	if err != nil {
		db.give(c)
		return nil, err
	}
	return &pooledReader{RecordReader: r, refs: 1, done: func() { db.give(c) }}, nil
}

// Exec runs s on any free connection.
func (db *DB) Exec(ctx context.Context, s engine.Statement) (int64, error) {
	c, err := db.take(ctx, true)
	if err != nil {
		return 0, err
	}
	defer db.give(c)
	return c.Exec(ctx, s)
}

// Close closes idle connections and the file. Connections still out are
// closed as they come back.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	idle := db.idle
	db.idle = nil
	db.mu.Unlock()
	var errs []error
	for _, c := range idle {
		errs = append(errs, c.raw.Close())
	}
	return errors.Join(append(errs, db.connector.Close())...)
}

// Conn is one DuckDB connection. It implements engine.Conn.
type Conn struct {
	db     *DB
	raw    *duckdb.Conn
	closed bool
}

// Exec runs s.
func (c *Conn) Exec(ctx context.Context, s engine.Statement) (int64, error) {
	return exec(ctx, c.raw, s.SQL, s.Args)
}

// Query runs s and returns its rows.
func (c *Conn) Query(ctx context.Context, s engine.Statement) (array.RecordReader, error) {
	args, err := bindable(s.Args)
	if err != nil {
		return nil, err
	}
	r, err := queryArrow(ctx, c.raw, s.SQL, args)
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
	err := c.raw.Close()
	<-c.db.slots
	return err
}

func exec(ctx context.Context, raw driver.Conn, sql string, args []any) (int64, error) {
	bound, err := bindable(args)
	if err != nil {
		return 0, err
	}
	named := make([]driver.NamedValue, len(bound))
	for i, v := range bound {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	result, err := raw.(driver.ExecerContext).ExecContext(ctx, sql, named)
	if err != nil {
		return 0, statementError(ctx, sql, err)
	}
	return result.RowsAffected()
}

// bindable turns verso's argument types into the driver's.
func bindable(args []any) ([]any, error) {
	out := make([]any, len(args))
	for i, v := range args {
		switch t := v.(type) {
		case engine.Decimal:
			out[i] = duckdb.Decimal{Width: 38, Scale: uint8(t.Scale), Value: t.Num.BigInt()}
		case int:
			out[i] = int64(t)
		default:
			out[i] = v
		}
	}
	return out, nil
}

// pooledReader gives the connection back when the last reference goes.
type pooledReader struct {
	array.RecordReader
	mu   sync.Mutex
	refs int
	done func()
}

// Retain adds a reference.
func (r *pooledReader) Retain() {
	r.mu.Lock()
	r.refs++
	r.mu.Unlock()
}

// Release drops a reference; the last one frees the result.
func (r *pooledReader) Release() {
	r.mu.Lock()
	r.refs--
	last := r.refs == 0
	r.mu.Unlock()
	if last {
		r.RecordReader.Release()
		r.done()
	}
}
