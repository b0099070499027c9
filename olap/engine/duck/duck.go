// Package duck runs verso's SQL on an embedded DuckDB. It is the only package
// that imports the driver.
//
// The main database of every connection is in memory and the warehouse file is
// attached to it: a file opened this way never goes through the driver's cache
// of open files, and Arrow views, which hold raw pointers, can never be
// persisted into the file.
package duck

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow/array"
	duckdb "github.com/duckdb/duckdb-go/v2"

	"verso/olap/engine"
)

// Catalog is the name under which the file is attached, and the default catalog.
const Catalog = "verso"

// storage is the format of new files: the oldest that has dictionaries of
// compressed strings, which are written in half the time of those before. Any
// DuckDB from 1.3 on reads it.
const storage = "v1.3.0"

// Options say what to open and within which limits. The zero value is an empty
// database in memory with DuckDB's own defaults.
type Options struct {
	Path        string // file to attach; "" for memory only
	ReadOnly    bool
	Threads     int    // 0: what the size of the file is worth ([ThreadsFor]); all cores in memory and for a new file
	MemoryLimit string // such as "3GB"; "": DuckDB's default
	MemoryPart  int    // n: of that one part of n, but 256 MB at least; 0: all of it
	TempDir     string // where large sorts and joins spill; "": file name + ".tmp", in memory the system's folder
	MaxConns    int    // connections in use at once; 0: 8
}

// DB is an open DuckDB. It implements engine.Database.
type DB struct {
	connector *duckdb.Connector
	options   Options
	slots     chan struct{} // one token per connection in use

	mu     sync.Mutex
	idle   []*Conn
	out    int // connections taken and not given back
	closed bool
	denied map[string]bool // functions that persons may not call; nil: not read yet

	ingests atomic.Int64 // names the views of Ingest apart
}

var errClosed = errors.New("duck: the database is closed")

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
	if err := db.prepare(ctx, connector); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// prepare makes the settings of the whole instance and attaches the file.
func (db *DB) prepare(ctx context.Context, connector *duckdb.Connector) error {
	settings := []string{
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET TimeZone = 'UTC'",
	}
	o := db.options
	if threads := o.threads(); threads > 0 {
		settings = append(settings, fmt.Sprintf("SET threads = %d", threads))
	}
	if o.ReadOnly {
		// Packing the strings of a GROUP BY row by row loses the dictionaries that
		// a join hands over: grouping a star by names takes two to three times as
		// long (measured on the Star Schema Benchmark).
		settings = append(settings, "SET disabled_optimizers = 'compressed_materialization'")
	}
	if o.MemoryLimit != "" {
		settings = append(settings, "SET memory_limit = "+engine.QuoteText(o.MemoryLimit))
	}
	settings = append(settings, "SET temp_directory = "+engine.QuoteText(o.tempDir()))
	conn, err := connector.Connect(ctx)
	if err != nil {
		return fmt.Errorf("duck: connect: %w", err)
	}
	defer conn.Close()
	raw := conn.(*duckdb.Conn)
	for _, s := range settings {
		if _, err := exec(ctx, raw, s, nil); err != nil {
			return fmt.Errorf("duck: %s: %w", s, err)
		}
	}
	if err := shareMemory(ctx, raw, o.MemoryPart); err != nil {
		return fmt.Errorf("duck: %w", err)
	}
	if o.Path == "" {
		return nil
	}
	attach := "ATTACH " + engine.QuoteText(o.Path) + " AS " + Catalog
	if o.ReadOnly {
		attach += " (READ_ONLY)"
	} else {
		attach += " (STORAGE_VERSION " + engine.QuoteText(storage) + ")"
	}
	if _, err := exec(ctx, raw, attach, nil); err != nil {
		var fault *engine.FaultError
		if errors.As(err, &fault) {
			fault.SQL = "" // the path says it better than the ATTACH
		}
		return fmt.Errorf("duck: open %s: %w", o.Path, err)
	}
	return nil
}

// tempDir is where to spill. DuckDB makes the folder when it first needs it and
// removes it when it closes; its own default would be in the working directory.
func (o Options) tempDir() string {
	switch {
	case o.TempDir != "":
		return o.TempDir
	case o.Path != "":
		return o.Path + ".tmp"
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("verso-%d.tmp", os.Getpid()))
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
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case db.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: waited for one of %d database connections", ctx.Err(), cap(db.slots))
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.closed {
		<-db.slots
		return nil, errClosed
	}
	if n := len(db.idle); pooled && n > 0 {
		c := db.idle[n-1]
		db.idle = db.idle[:n-1]
		db.out++
		return c, nil
	}
	c, err := db.connect(ctx)
	if err != nil {
		<-db.slots
		return nil, err
	}
	db.out++
	return c, nil
}

// connect makes a new connection with the file as its default catalog.
func (db *DB) connect(ctx context.Context) (*Conn, error) {
	raw, err := db.connector.Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("duck: connect: %w", err)
	}
	c := &Conn{db: db, of: db.connector, raw: raw.(*duckdb.Conn)}
	if db.options.Path == "" {
		return c, nil
	}
	if _, err := exec(ctx, c.raw, "USE "+Catalog, nil); err != nil {
		return nil, errors.Join(err, c.raw.Close())
	}
	return c, nil
}

// give returns a pooled connection to the idle list.
func (db *DB) give(c *Conn) {
	db.mu.Lock()
	keep := !db.closed && !c.closed && c.of == db.connector
	if keep {
		db.idle = append(db.idle, c)
		db.out--
	}
	db.mu.Unlock()
	if keep {
		<-db.slots
		return
	}
	c.Close()
}

// back counts a closed connection off.
func (db *DB) back() {
	db.mu.Lock()
	db.out--
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
		db.failed(ctx, c, err)
		db.give(c)
		return nil, err
	}
	return &pooledReader{RecordReader: r, refs: 1, done: func() { db.give(c) }}, nil
}

// Exec runs s on any free connection. A transaction that s leaves open after an
// error is rolled back.
func (db *DB) Exec(ctx context.Context, s engine.Statement) (int64, error) {
	c, err := db.take(ctx, true)
	if err != nil {
		return 0, err
	}
	defer db.give(c)
	n, err := c.Exec(ctx, s)
	if err != nil {
		db.failed(ctx, c, err)
	}
	return n, err
}

// Close closes idle connections and the file. With connections or readers still
// out it returns an *InUseError: they stay usable, and the file closes with the
// last of them.
func (db *DB) Close() error {
	db.mu.Lock()
	if db.closed {
		db.mu.Unlock()
		return nil
	}
	db.closed = true
	idle, out := db.idle, db.out
	db.idle = nil
	db.mu.Unlock()
	var errs []error
	for _, c := range idle {
		c.forget()
		errs = append(errs, c.raw.Close())
	}
	errs = append(errs, db.connector.Close())
	if out > 0 {
		errs = append(errs, &InUseError{Path: db.options.Path, Connections: out})
	}
	return errors.Join(errs...)
}

// InUseError says that a database was closed before what was taken from it.
type InUseError struct {
	Path        string // "" for memory
	Connections int    // connections and readers still out
}

// Error says what was forgotten.
func (e *InUseError) Error() string {
	return fmt.Sprintf("duck: %s was closed with %d connections or readers still out: "+
		"release every reader and close every connection first", cmp.Or(e.Path, "the database in memory"), e.Connections)
}
