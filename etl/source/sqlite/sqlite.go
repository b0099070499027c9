// Package sqlite reads extracts from SQLite database files, which are opened to
// be read only. Rows are written to Parquet a row group at a time, so that
// memory does not grow with the table.
//
// SQLite types values, not columns. What a column holds is counted first; one
// that holds numbers of one kind lands as such, one with texts or a mixture as
// text, every value as it is. All extracts of one source see one state of the
// file: they run in one transaction that ends with Close.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/etl/source/rowgroup"
	"verso/olap/engine"
)

// Source is one database file. It implements source.Source, source.Sampler,
// source.Lister and source.Checker.
type Source struct {
	name  string
	path  string
	spool string

	mu        sync.Mutex
	db        *sql.DB
	conn      *sql.Conn // inside the transaction, nil before the first use
	immutable os.FileInfo
}

// New checks the settings; the file is not opened yet. spool is a folder for
// temporary files ("": beside the landing).
func New(name string, s config.Source, spool string) (source.Source, error) {
	if s.Path == "" {
		return nil, fmt.Errorf("source %s: no path: write path: the SQLite database file", name)
	}
	return &Source{name: name, path: s.Path, spool: spool}, nil
}

// Close ends the transaction and closes the file.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop()
}

func (s *Source) drop() error {
	if s.conn == nil {
		return nil
	}
	err := errors.Join(s.conn.Close(), s.db.Close())
	s.conn, s.db, s.immutable = nil, nil, nil
	return err
}

// magic begins every database file.
const magic = "SQLite format 3\x00"

// inspect looks at the file itself. A database in WAL mode needs files beside
// it; where those cannot be made and nothing waits in a log, the file is opened
// as one that nobody changes, and checked afterwards.
func (s *Source) inspect() (immutable os.FileInfo, err error) {
	info, err := os.Stat(s.path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, s.unreadable("there is no file "+s.path, nil, false)
	case err != nil:
		return nil, s.unreadable("cannot be read", err, false)
	case info.IsDir():
		return nil, s.unreadable(s.path+" is a folder: name the database file in it", nil, false)
	}
	f, err := os.Open(s.path)
	if err != nil {
		return nil, s.unreadable("the file may not be read: give this user the right to read it", err, false)
	}
	defer f.Close()
	head := make([]byte, 20)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:16]) != magic {
		return nil, s.unreadable(s.path+" is no SQLite database, or an encrypted one", nil, false)
	}
	wal, _ := os.Stat(s.path + "-wal")
	if head[18] != 2 || wal != nil && wal.Size() > 0 || writable(s.path) {
		return nil, nil
	}
	return info, nil
}

// writable says whether files can be made beside path.
func writable(path string) bool {
	f, err := os.CreateTemp(dirOf(path), ".verso-*")
	if err != nil {
		return false
	}
	f.Close()
	return os.Remove(f.Name()) == nil
}

func dirOf(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "."
}

// begin makes sure of a connection inside the transaction.
func (s *Source) begin(ctx context.Context) error {
	if s.conn != nil {
		return nil
	}
	immutable, err := s.inspect()
	if err != nil {
		return err
	}
	query := "mode=ro&_pragma=query_only(1)&_pragma=busy_timeout(5000)"
	if immutable != nil {
		query += "&immutable=1"
	}
	connector, err := sqlite.NewConnector("file:" + (&url.URL{Path: s.path}).EscapedPath() + "?" + query)
	if err != nil {
		return s.unreadable("cannot be opened", err, false)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(ctx)
	if err != nil {
		return errors.Join(s.opened(ctx, err), db.Close())
	}
	s.db, s.conn, s.immutable = db, conn, immutable
	for _, sql := range []string{"BEGIN", "SELECT count(*) FROM sqlite_schema"} { // the read begins the snapshot
		if _, err := conn.ExecContext(ctx, sql); err != nil {
			_ = s.drop() // the error that counts is the first
			return s.opened(ctx, err)
		}
	}
	return nil
}

func (s *Source) unreadable(what string, cause error, passing bool) error {
	return &source.UnreadableError{Source: s.name, What: what, Cause: cause, Passing: passing}
}

// opened explains why a file cannot be opened.
func (s *Source) opened(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("source %s: %w", s.name, ctx.Err())
	}
	switch text := err.Error(); {
	case strings.Contains(text, "SQLITE_BUSY"), strings.Contains(text, "locked"):
		return s.unreadable(s.path+" is being written by another program", err, true)
	case strings.Contains(text, "SQLITE_READONLY"), strings.Contains(text, "unable to open"):
		return s.unreadable(s.path+" has changes waiting in a file beside it (-wal or -journal) that this user may not apply: let the program that owns it close it, or give this user the right to write in its folder", err, true)
	case strings.Contains(text, "malformed"), strings.Contains(text, "not a database"):
		return s.unreadable(s.path+" is damaged: restore it, or copy it while no program writes to it", err, false)
	}
	return s.unreadable(s.path+" cannot be opened", err, false)
}

// statement is the SELECT of an extract: all that reads rows begins from it.
func statement(req source.Request) string { return req.Narrowed(engine.QuoteIdent) }

// trim takes off what may end a statement but not a subquery.
func trim(sql string) string { return strings.TrimRight(sql, "; \t\r\n") }

// quote is an identifier in SQLite's SQL.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// query runs a SELECT without the conversions of database/sql.
func (s *Source) query(ctx context.Context, sql string, args []driver.NamedValue, fn func(rows driver.Rows) error) error {
	return s.conn.Raw(func(c any) error {
		rows, err := c.(driver.QueryerContext).QueryContext(ctx, sql, args)
		if err != nil {
			return err
		}
		return errors.Join(fn(rows), rows.Close())
	})
}

// each calls fn with every row of a SELECT.
func (s *Source) each(ctx context.Context, sql string, fn func([]driver.Value) error) error {
	return s.query(ctx, sql, nil, func(rows driver.Rows) error {
		values := make([]driver.Value, len(rows.Columns()))
		for n := 0; ; n++ {
			if n&0xff == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := rows.Next(values); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return err
			}
			if err := fn(values); err != nil {
				return err
			}
		}
	})
}

// Columns implements source.Source. What columns hold is counted over all rows.
func (s *Source) Columns(ctx context.Context, _ engine.Conn, req source.Request) ([]source.Column, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.plan(ctx, req)
	if err != nil {
		return nil, err
	}
	return rowgroup.Landed(p.stored()), nil
}

// Sample implements source.Sampler.
func (s *Source) Sample(ctx context.Context, _ engine.Conn, req source.Request, n int) ([][]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	names, _, err := s.names(ctx, req)
	if err != nil {
		return nil, err
	}
	var out [][]string
	err = s.each(ctx, fmt.Sprintf("%s LIMIT %d", bare(names, statement(req)), n), func(values []driver.Value) error {
		row := make([]string, len(values))
		for k, v := range values {
			row[k] = string(appendText(nil, v))
		}
		out = append(out, row)
		return nil
	})
	if err != nil {
		return nil, s.failed(ctx, req, err)
	}
	return out, nil
}

// Land implements source.Source.
func (s *Source) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.plan(ctx, req)
	if err != nil {
		return source.Report{}, err
	}
	job, err := landing.Begin(conn, req, s.spool)
	if err != nil {
		return source.Report{}, err
	}
	defer job.Abort()
	read, err := s.extract(ctx, req, p, job)
	if err != nil {
		return source.Report{}, s.failed(ctx, req, landing.Explain(err, req.Path))
	}
	if read != p.rows {
		return source.Report{}, s.unreadable(fmt.Sprintf("%s announced %d rows for the extract %s, but gave %d: nothing of it is kept (does the SELECT return the same rows each time?)", s.path, p.rows, req.Name, read), nil, true)
	}
	if err := s.unchanged(); err != nil {
		return source.Report{}, err
	}
	if err := job.Finish(ctx); err != nil {
		return source.Report{}, err
	}
	rejected := job.Rejected()
	return source.Report{Read: read, Landed: read - rejected, Rejected: rejected, Columns: rowgroup.Landed(p.stored()), Notes: p.notes()}, nil
}

// unchanged checks that a file opened as one that nobody changes was not changed.
func (s *Source) unchanged() error {
	if s.immutable == nil {
		return nil
	}
	now, err := os.Stat(s.path)
	if err == nil && now.Size() == s.immutable.Size() && now.ModTime().Equal(s.immutable.ModTime()) {
		return nil
	}
	_ = s.drop() // begin anew
	return s.unreadable(s.path+" changed while it was read: refresh again when it is complete", err, true)
}

// extract writes the rows into the job's file.
func (s *Source) extract(ctx context.Context, req source.Request, p *plan, job *landing.Job) (read int64, err error) {
	w, err := rowgroup.NewWriter(job.Temp(), p.stored())
	if err != nil {
		return 0, err
	}
	b := w.Next()
	err = s.each(ctx, bare(p.names(), statement(req)), func(values []driver.Value) error {
		read++
		for k := range p.columns {
			if reason := p.columns[k].take(b, k, values[k]); reason != "" {
				b.Cut(b.Rows)
				return job.Reject(s.name, 0, read-1, p.columns[k].Name+": "+reason, p.raw(values))
			}
		}
		if b.Rows++; b.Rows&0xff == 0 {
			if b.Measure(); b.Full() {
				if err := w.Write(b); err != nil {
					return err
				}
				b = w.Next()
			}
		}
		return nil
	})
	if err == nil && b.Rows > 0 {
		err = w.Write(b)
	}
	if closeErr := w.Close(err == nil); err == nil || errors.Is(err, rowgroup.ErrWriter) {
		err = closeErr
	}
	return read, err
}

// Check implements source.Checker.
func (s *Source) Check(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	info, err := os.Stat(s.path)
	if err != nil {
		return "", s.unreadable("cannot be read", err, false)
	}
	return fmt.Sprintf("SQLite database %s of %.1f MB, last written %s", s.path, float64(info.Size())/1e6, info.ModTime().UTC().Format(time.DateTime)), nil
}
