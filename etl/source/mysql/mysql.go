// Package mysql reads extracts from MySQL and MariaDB. Rows are decoded as they
// arrive and written to Parquet a row group at a time, so that memory does not
// grow with the table.
//
// All extracts of one source see one snapshot of the database: they run in one
// read-only transaction WITH CONSISTENT SNAPSHOT that is opened with the first
// and ends with Close. If that connection is lost, the next extract begins a new
// one, and says so. Tables of engines without transactions (MyISAM, Aria) have
// no snapshot: they are read as they are at that moment.
package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/go-sql-driver/mysql"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/etl/source/rowgroup"
	"verso/olap/engine"
)

// Source is one database. It implements source.Source, source.Sampler,
// source.Lister and source.Checker.
type Source struct {
	name  string
	spool string
	conf  *mysql.Config
	count bool

	mu   sync.Mutex
	conn driver.Conn // inside the transaction, nil before the first use
	id   int64       // of the connection on the server
	uses int         // snapshots begun
}

// New checks the settings; the database is not connected to yet. spool is a
// folder for temporary files ("": beside the landing).
func New(name string, s config.Source, spool string) (source.Source, error) {
	dsn := s.DSN
	if s.DSNFile != "" {
		text, err := os.ReadFile(s.DSNFile)
		if err != nil {
			return nil, fmt.Errorf("source %s: dsn_file: %w", name, err)
		}
		dsn = strings.TrimSpace(string(text))
	}
	if dsn == "" {
		return nil, fmt.Errorf("source %s: no dsn: write dsn: ${NAME} and set NAME in the environment, for instance to mysql://user@host:3306/database", name)
	}
	conf, err := parse(dsn)
	if err != nil {
		return nil, fmt.Errorf("source %s: %w", name, err)
	}
	return &Source{name: name, spool: spool, conf: conf, count: s.Count == nil || *s.Count}, nil
}

// Where names host and database, never the password.
func (s *Source) Where() string {
	at := s.conf.Addr
	if s.conf.Net == "unix" {
		at = "socket " + at
	}
	return fmt.Sprintf("database %s on %s as user %s", s.conf.DBName, at, s.conf.User)
}

// Close ends the transaction and the connection.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.drop()
}

func (s *Source) drop() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}

// opening is what a connection is told before its first extract. The row limits
// that a server may set for all would cut extracts short in silence.
var opening = [...]string{
	"SET SESSION time_zone = '+00:00', sql_select_limit = 18446744073709551615, net_write_timeout = 3600",
	"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
	"START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
}

// begin makes sure of a connection inside the transaction.
func (s *Source) begin(ctx context.Context) error {
	if s.conn != nil {
		if p, ok := s.conn.(driver.Pinger); !ok || p.Ping(ctx) == nil {
			return nil
		}
		_ = s.drop() // it is lost; the error that counts is of the new one
		if ctx.Err() != nil {
			return fmt.Errorf("source %s: %w", s.name, ctx.Err())
		}
	}
	connector, err := mysql.NewConnector(s.conf.Clone())
	if err != nil {
		return fmt.Errorf("source %s: the dsn cannot be used: %w", s.name, redact(err, s.conf.Passwd))
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return s.unreachable(ctx, err)
	}
	s.conn = conn
	for _, sql := range opening {
		if err := s.exec(ctx, sql); err != nil {
			_ = s.drop()
			return s.unreachable(ctx, err)
		}
	}
	if s.id, err = s.number(ctx, "SELECT CONNECTION_ID()"); err != nil {
		_ = s.drop()
		return s.unreachable(ctx, err)
	}
	s.uses++
	return nil
}

func (s *Source) exec(ctx context.Context, sql string) error {
	_, err := s.conn.(driver.ExecerContext).ExecContext(ctx, sql, nil)
	return err
}

// query runs a SELECT by the binary protocol, in which numbers are exact.
func (s *Source) query(ctx context.Context, sql string, args ...any) (*result, error) {
	stmt, err := s.conn.(driver.ConnPrepareContext).PrepareContext(ctx, sql)
	if err != nil {
		return nil, err
	}
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	rows, err := stmt.(driver.StmtQueryContext).QueryContext(ctx, named)
	if err != nil {
		return nil, errors.Join(err, stmt.Close())
	}
	return &result{rows: rows, stmt: stmt, values: make([]driver.Value, len(rows.Columns()))}, nil
}

// result is a running SELECT.
type result struct {
	rows   driver.Rows
	stmt   driver.Stmt
	values []driver.Value // of the row last read, only lent
}

func (r *result) next() error { return r.rows.Next(r.values) }

// close reads what is left of the result and ends the statement.
func (r *result) close() error { return errors.Join(r.rows.Close(), r.stmt.Close()) }

// number is the whole number that a SELECT returns.
func (s *Source) number(ctx context.Context, sql string) (int64, error) {
	r, err := s.query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer r.close()
	if err := r.next(); err != nil {
		return 0, err
	}
	n, _ := r.values[0].(int64)
	return n, nil
}

// statement is the SELECT of an extract: all that reads rows begins from it.
func statement(req source.Request) string {
	return req.Narrowed(func(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" })
}

// trim takes off what may end a statement but not a subquery.
func trim(sql string) string { return strings.TrimRight(sql, "; \t\r\n") }

// within is a SELECT from the rows of another.
func within(before, sql, after string) string {
	return before + " FROM (\n" + trim(sql) + "\n) AS q" + after
}

// Columns implements source.Source.
func (s *Source) Columns(ctx context.Context, _ engine.Conn, req source.Request) ([]source.Column, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p, err := s.describe(ctx, req, 0)
	if err != nil {
		return nil, err
	}
	if err := r.close(); err != nil {
		return nil, s.failed(ctx, req, err, 0)
	}
	return rowgroup.Landed(p.stored()), nil
}

// describe begins an extract of the first n rows.
func (s *Source) describe(ctx context.Context, req source.Request, n int) (*result, *plan, error) {
	if statement(req) == "" {
		return nil, nil, fmt.Errorf("source %s: extract %s has no SELECT", s.name, req.Name)
	}
	if err := s.begin(ctx); err != nil {
		return nil, nil, err
	}
	r, err := s.query(ctx, within("SELECT *", statement(req), fmt.Sprintf(" LIMIT %d", n)))
	if err != nil {
		return nil, nil, s.failed(ctx, req, err, 1)
	}
	p, err := s.plan(req, r.rows)
	if err != nil {
		return nil, nil, errors.Join(err, r.close())
	}
	return r, p, nil
}

// Sample implements source.Sampler.
func (s *Source) Sample(ctx context.Context, _ engine.Conn, req source.Request, n int) ([][]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, p, err := s.describe(ctx, req, n)
	if err != nil {
		return nil, err
	}
	defer r.close()
	var rows [][]string
	for {
		if err := r.next(); errors.Is(err, io.EOF) {
			return rows, nil
		} else if err != nil {
			return nil, s.failed(ctx, req, err, 1)
		}
		row := make([]string, len(p.columns))
		for k := range p.columns {
			row[k] = p.columns[k].display(r.values[k])
		}
		rows = append(rows, row)
	}
}

// Land implements source.Source.
func (s *Source) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if statement(req) == "" {
		return source.Report{}, fmt.Errorf("source %s: extract %s has no SELECT", s.name, req.Name)
	}
	if err := s.begin(ctx); err != nil {
		return source.Report{}, err
	}
	announced := int64(-1)
	if s.count {
		var err error
		if announced, err = s.number(ctx, within("SELECT count(*)", statement(req), "")); err != nil {
			return source.Report{}, s.failed(ctx, req, err, 1)
		}
	}
	r, err := s.query(ctx, statement(req))
	if err != nil {
		return source.Report{}, s.failed(ctx, req, err, 0)
	}
	job, err := landing.Begin(conn, req, s.spool)
	if err != nil {
		return source.Report{}, errors.Join(err, s.drop())
	}
	defer job.Abort()
	e, err := s.extract(req, r, job)
	if err != nil {
		s.stop(ctx)
		return source.Report{}, s.failedMidway(ctx, req, err, e)
	}
	if err := r.close(); err != nil {
		return source.Report{}, s.failedMidway(ctx, req, err, e)
	}
	if announced >= 0 && announced != e.read {
		return source.Report{}, &source.UnreadableError{Source: s.name, Passing: true,
			What: fmt.Sprintf("%s announced %d rows for the extract %s, but sent %d: nothing of it is kept (does the SELECT return the same rows each time?)", s.Where(), announced, req.Name, e.read)}
	}
	if err := job.Finish(ctx); err != nil {
		return source.Report{}, err
	}
	rejected := job.Rejected()
	return source.Report{Read: e.read, Landed: e.read - rejected, Rejected: rejected, Columns: rowgroup.Landed(e.plan.stored()), Notes: append(s.notes(), e.plan.notes()...)}, nil
}

// notes tell that this extract sees another moment than earlier ones.
func (s *Source) notes() []string {
	if s.uses < 2 {
		return nil
	}
	return []string{"the connection was lost in between: this extract sees a later snapshot of the database than earlier ones"}
}

// stop leaves a result that was not read to its end: the connection is given up,
// and the server told to forget the statement.
func (s *Source) stop(ctx context.Context) {
	if s.conn == nil {
		return
	}
	_ = s.drop()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 500*time.Millisecond)
	defer cancel()
	connector, err := mysql.NewConnector(s.conf.Clone())
	if err != nil {
		return
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return
	}
	defer conn.Close()
	// It may have ended by itself.
	_, _ = conn.(driver.ExecerContext).ExecContext(ctx, fmt.Sprintf("KILL %d", s.id), nil)
}

// Check implements source.Checker.
func (s *Source) Check(ctx context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return "", err
	}
	r, err := s.query(ctx, "SELECT VERSION()")
	if err != nil {
		return "", s.unreachable(ctx, err)
	}
	defer r.close()
	if err := r.next(); err != nil {
		return "", s.unreachable(ctx, err)
	}
	return "server " + text(r.values[0]) + ", " + s.Where(), nil
}
