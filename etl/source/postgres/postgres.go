// Package postgres reads extracts from PostgreSQL with binary COPY. Rows are
// decoded as they arrive and written to Parquet a row group at a time, so that
// memory does not grow with the table.
//
// All extracts of one source see one snapshot of the database: they run in one
// read-only, repeatable-read transaction that is opened with the first and ends
// with Close. If that connection is lost, the next extract begins a new one.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/etl/source/rowgroup"
	"verso/olap/engine"
)

// Source is one PostgreSQL database. It implements source.Source and
// source.Sampler.
type Source struct {
	name  string
	spool string
	conf  *pgx.ConnConfig

	mu   sync.Mutex
	conn *pgx.Conn // inside the transaction, nil before the first use
	tap  *tap      // of conn
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
		return nil, fmt.Errorf("source %s: no dsn: write dsn: ${NAME} and set NAME in the environment, for instance to postgres://user@host:5432/database", name)
	}
	conf, err := pgx.ParseConfig(dsn)
	if err != nil {
		// The driver's message may quote the DSN: it is not repeated.
		return nil, fmt.Errorf("source %s: the dsn cannot be read: it looks like postgres://user@host:5432/database, special characters in it written as %%40 and the like", name)
	}
	for k, v := range map[string]string{
		"application_name":   "verso",
		"TimeZone":           "UTC",
		"DateStyle":          "ISO, YMD",
		"IntervalStyle":      "postgres",
		"bytea_output":       "hex",
		"extra_float_digits": "1",
		"client_encoding":    "UTF8",
	} {
		conf.RuntimeParams[k] = v
	}
	if conf.ConnectTimeout == 0 {
		conf.ConnectTimeout = 15 * time.Second
	}
	return &Source{name: name, spool: spool, conf: conf}, nil
}

// Where names host and database, never the password.
func (s *Source) Where() string {
	return fmt.Sprintf("database %s on %s as user %s", s.conf.Database, s.host(), s.conf.User)
}

func (s *Source) host() string {
	if strings.HasPrefix(s.conf.Host, "/") {
		return "socket " + s.conf.Host
	}
	return fmt.Sprintf("%s:%d", s.conf.Host, s.conf.Port)
}

// Close ends the transaction and the connection.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := s.conn.Close(ctx)
	s.conn = nil
	return err
}

// begin makes sure of a connection inside the transaction, and gives the
// statements to come what is left of ctx's time.
func (s *Source) begin(ctx context.Context) error {
	if s.conn != nil && s.conn.IsClosed() {
		s.conn = nil
	}
	if s.conn == nil {
		conf, taps := s.conf.Copy(), map[*pgproto3.Frontend]*tap{}
		conf.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
			t := newTap(r)
			f := pgproto3.NewFrontend(t, w)
			taps[f] = t
			return f
		}
		conn, err := pgx.ConnectConfig(ctx, conf)
		if err != nil {
			return s.unreachable(ctx, err)
		}
		if _, err := conn.Exec(ctx, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); err != nil {
			conn.Close(context.WithoutCancel(ctx))
			return s.unreachable(ctx, err)
		}
		s.conn, s.tap = conn, taps[conn.PgConn().Frontend()]
	}
	timeout := int64(0)
	if deadline, ok := ctx.Deadline(); ok {
		timeout = max(1, (time.Until(deadline) + serverGrace).Milliseconds()) //nolint:forbidigo // what is left of the caller's own deadline
	}
	if _, err := s.conn.Exec(ctx, fmt.Sprintf("SAVEPOINT extract; SET LOCAL statement_timeout = %d", timeout)); err != nil {
		return s.unreachable(ctx, err)
	}
	return nil
}

// serverGrace is how much later than the caller's deadline the server ends a
// statement by itself: it is for a caller that can no longer ask.
const serverGrace = 5 * time.Second

// end leaves the transaction usable whatever the extract did.
func (s *Source) end() {
	if s.conn == nil || s.conn.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if _, err := s.conn.Exec(ctx, "ROLLBACK TO SAVEPOINT extract"); err != nil {
		s.conn.Close(ctx)
		s.conn = nil
	}
}

// Columns implements source.Source.
func (s *Source) Columns(ctx context.Context, _ engine.Conn, req source.Request) ([]source.Column, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	p, err := s.plan(ctx, req)
	if err != nil {
		return nil, err
	}
	return p.landed(), nil
}

// Sample implements source.Sampler.
func (s *Source) Sample(ctx context.Context, _ engine.Conn, req source.Request, n int) ([][]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return nil, err
	}
	defer s.end()
	if _, err := s.plan(ctx, req); err != nil {
		return nil, err
	}
	// The cursor reads the first rows only, whatever the SELECT is.
	reader := s.conn.PgConn().ExecParams(ctx, "SELECT * FROM (\n"+trim(req.SQL)+"\n) AS q LIMIT "+fmt.Sprint(n), nil, nil, nil, nil)
	var rows [][]string
	for reader.NextRow() {
		values := reader.Values()
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = string(v)
		}
		rows = append(rows, row)
	}
	if _, err := reader.Close(); err != nil {
		return nil, s.failed(ctx, req, err)
	}
	return rows, nil
}

// Land implements source.Source.
func (s *Source) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.begin(ctx); err != nil {
		return source.Report{}, err
	}
	defer s.end()
	p, err := s.plan(ctx, req)
	if err != nil {
		return source.Report{}, err
	}
	job, err := landing.Begin(conn, req, s.spool)
	if err != nil {
		return source.Report{}, err
	}
	defer job.Abort()
	w, err := rowgroup.NewWriter(job.Temp(), p.stored())
	if err != nil {
		return source.Report{}, landing.Explain(err, req.Path)
	}
	d := newDecoder(p, w, func(record int64, reason string, raw []byte) error {
		return job.Reject(s.name, 0, record, reason, raw)
	})
	d.trusted = s.conn.PgConn().ParameterStatus("server_encoding") != "SQL_ASCII"
	announced, err := s.copy(ctx, p, d.messages)
	if err == nil {
		err = d.finish()
	}
	if err == nil && announced != d.records {
		err = &source.UnreadableError{Source: s.name, Passing: true,
			What: fmt.Sprintf("%s says that it sent %d rows of the extract %s, but %d came: nothing of it is kept", s.Where(), announced, req.Name, d.records)}
	}
	if closeErr := w.Close(err == nil); err == nil || errors.Is(err, rowgroup.ErrWriter) {
		err = closeErr
	}
	if err != nil {
		return source.Report{}, s.failedMidway(ctx, req, err, d.records)
	}
	if err := job.Finish(ctx); err != nil {
		return source.Report{}, err
	}
	rejected := job.Rejected()
	return source.Report{Read: d.records, Landed: d.records - rejected, Rejected: rejected, Columns: p.landed()}, nil
}

// copy runs the COPY of a plan, hands its messages to rows, and returns how many
// rows the server says it sent.
func (s *Source) copy(ctx context.Context, p *plan, rows func(messages []byte) error) (announced int64, err error) {
	s.tap.rows = rows
	defer func() { s.tap.rows = nil }()
	tag, err := s.conn.PgConn().CopyTo(ctx, io.Discard, "COPY (\n"+p.copySQL+"\n) TO STDOUT (FORMAT binary)")
	return tag.RowsAffected(), err
}

// failedMidway sorts the errors of a running extract.
func (s *Source) failedMidway(ctx context.Context, req source.Request, err error, rows int64) error {
	if stop := stopped(ctx); stop != nil {
		return fmt.Errorf("source %s: %s stopped: %w", s.name, req.Name, stop)
	}
	var told *source.UnreadableError
	if errors.As(err, &told) {
		return err
	}
	var full *landing.FullDiskError
	if err = landing.Explain(err, req.Path); errors.As(err, &full) {
		return fmt.Errorf("source %s: %w", s.name, err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code[:2] != "57" && pg.Code[:2] != "08" {
		return s.failed(ctx, req, err)
	}
	if s.conn == nil || !s.conn.IsClosed() && pg == nil {
		return fmt.Errorf("source %s: %s: %w", s.name, req.Name, err)
	}
	return &source.UnreadableError{Source: s.name, Cause: redact(err, s.conf.Password), Passing: true,
		What: fmt.Sprintf("the connection to %s broke off in the extract %s after %d rows; nothing of it is kept: refresh again when the server is up", s.Where(), req.Name, rows)}
}
