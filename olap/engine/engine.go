// Package engine is the contract between verso and the database that runs its
// SQL: a statement goes in, Arrow record batches come out.
//
// Ownership: whoever receives an array.RecordReader releases it, once, after
// checking Err. Strings and bytes inside a batch are views into memory that the
// engine frees on Release; [Value] copies them.
//
// Cancellation: when ctx ends, the running statement stops, the call returns an
// error for which errors.Is(err, ctx.Err()) holds, and the connection stays usable.
//
// Errors: an error of the statement itself (syntax, unknown table, failed cast)
// is a [*StatementError]; a fault of the machine or the file is a [*FaultError],
// whose kind errors.Is finds.
package engine

import (
	"context"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// Statement is SQL text with the values of its positional parameters (?).
// Values never go into the text.
type Statement struct {
	SQL string
	// Args are nil, bool, int, int64, float64, string, time.Time (its moment in
	// UTC), []byte or Decimal (compared exactly); []string or []int64 for a list,
	// whose parameter is cast to one (CAST(? AS VARCHAR[])). As many as there are
	// parameters.
	Args []any
	// Again says that the statement will be asked again and that its answer is
	// small: the engine may keep it prepared, and hand its rows over one by one.
	Again bool
}

// SQL returns a statement of text and args.
func SQL(text string, args ...any) Statement { return Statement{SQL: text, Args: args} }

// Querier answers statements. Database and Conn both do.
type Querier interface {
	// Query runs one statement and returns its rows. The whole result is
	// computed before Query returns, so every error of the statement is reported
	// here and none is lost in mid-stream.
	Query(ctx context.Context, s Statement) (array.RecordReader, error)
}

// Execer runs statements that return no rows.
type Execer interface {
	// Exec runs the statement and returns the number of rows it changed, or 0
	// where the engine does not count (CREATE TABLE AS). The text may hold
	// several statements separated by semicolons when there are no Args.
	Exec(ctx context.Context, s Statement) (int64, error)
}

// QueryExecer is both, on any connection.
type QueryExecer interface {
	Querier
	Execer
}

// Ingester takes Arrow batches into an existing table.
type Ingester interface {
	// Ingest appends every batch of r to table (already quoted where needed,
	// schema-qualified), matching columns by name, and returns the rows written.
	// It releases nothing: r stays the caller's. An error of r aborts the whole
	// ingest and leaves the table as it was.
	Ingest(ctx context.Context, table string, r array.RecordReader) (int64, error)
}

// Conn is one connection: temporary tables, settings and transactions live on
// it. It is used by one goroutine at a time.
type Conn interface {
	QueryExecer
	Ingester
	Close() error
}

// Database is an open database that many goroutines may use at once. Its own
// Query and Exec run on any free connection.
type Database interface {
	QueryExecer
	Conn(ctx context.Context) (Conn, error)
	Dialect() Dialect
	// Close reports connections and readers that are still out; they stay
	// usable, and the file closes with the last of them.
	Close() error
}

// Dialect is what differs between engines, as data and small functions.
type Dialect struct {
	Name       string // as in the file names x.<name>.sql that override x.sql
	QuoteIdent func(string) string
	// ReadParquet is the FROM clause that scans Parquet files with one column
	// file_row_number (BIGINT, from 0) beside their own.
	ReadParquet func(paths ...string) string
}

// QuoteIdent quotes an identifier the standard SQL way.
func QuoteIdent(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// QuoteText quotes a string literal, for the places where SQL takes no
// parameter (file names in COPY and table functions).
func QuoteText(s string) string { return `'` + strings.ReplaceAll(s, `'`, `''`) + `'` }

// StatementError is what the database said about a statement.
type StatementError struct {
	SQL     string // the text that failed
	Message string // the engine's own words
	Cause   error
}

// Error names the engine's message and the first line of the statement.
func (e *StatementError) Error() string {
	return e.Message + " (in: " + excerpt(e.SQL) + ")"
}

// Unwrap returns the driver's error.
func (e *StatementError) Unwrap() error { return e.Cause }
