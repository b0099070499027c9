package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"verso/etl/source"
)

// QueryError is a SELECT that the database refuses.
type QueryError = source.QueryError

// redact takes a password out of an error's text.
func redact(err error, password string) error {
	if err == nil || password == "" || !strings.Contains(err.Error(), password) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), password, "*****"))
}

// stopped is why the caller wants no more, or nil. A deadline counts from its
// time: the server or the connection may tell of it before the context does.
func stopped(ctx context.Context) error {
	deadline, ok := ctx.Deadline()
	if ok && ctx.Err() == nil && time.Until(deadline) <= 0 { //nolint:forbidigo // the caller's own deadline
		return context.DeadlineExceeded
	}
	return ctx.Err()
}

// unreachable says where a connection was tried, why it failed and what to do.
func (s *Source) unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("source %s: %w", s.name, ctx.Err())
	}
	hint, again := "check the dsn", true
	var pg *pgconn.PgError
	var dns *net.DNSError
	switch text := err.Error(); {
	case errors.As(err, &pg):
		again = pg.Code == "53300" || pg.Code[:2] == "57" || pg.Code[:2] == "08"
		switch pg.Code {
		case "28P01", "28000":
			hint = "check user and password, and the server's pg_hba.conf"
		case "3D000":
			hint = "there is no such database: check the name at the end of the dsn"
		case "53300":
			hint = "the server has no connection left: try later"
		case "57P03":
			hint = "the server is starting or stopping: try again in a moment"
		}
		err = errors.New(pg.Message)
	case errors.As(err, &dns):
		hint = "the host name is not known: check its spelling and the network"
	case strings.Contains(text, "refused"), strings.Contains(text, "no such file or directory"):
		hint = "no server answers there: is it running, and are host and port right?"
	case strings.Contains(text, "timeout"), errors.Is(err, context.DeadlineExceeded):
		hint = "the server does not answer: check network and firewall"
	case strings.Contains(text, "tls"), strings.Contains(text, "SSL"):
		hint, again = "check sslmode in the dsn: the server and the dsn differ about TLS", false
	}
	return &source.UnreadableError{Source: s.name, What: "cannot connect to " + s.Where() + " (" + hint + ")", Cause: redact(err, s.conf.Password), Passing: again}
}

// failed explains an error of the SELECT itself.
func (s *Source) failed(ctx context.Context, req source.Request, err error) error {
	if stop := stopped(ctx); stop != nil {
		return fmt.Errorf("source %s: %s stopped: %w", s.name, req.Name, stop)
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return &source.UnreadableError{Source: s.name, What: "the connection to " + s.Where() + " broke off", Cause: redact(err, s.conf.Password), Passing: true}
	}
	e := &QueryError{Source: s.name, Extract: req.Name, Message: pg.Message, Code: pg.Code, Hint: pg.Hint, Cause: err}
	if pg.Position > 0 {
		e.Line, e.Column, e.Text = source.Place(trim(req.SQL), int(pg.Position))
	}
	switch pg.Code {
	case "42P01":
		e.Hint = source.Nearest(named(pg.Message), s.names(ctx, "SELECT DISTINCT CASE WHEN table_schema = 'public' THEN table_name ELSE table_schema || '.' || table_name END FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"), "tables")
	case "42703":
		e.Hint = source.Nearest(named(pg.Message), s.names(ctx, "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"), "columns")
	case "42501":
		e.Hint = "give the user " + s.conf.User + " the right to SELECT from it"
	case "25006":
		e.Hint = "sources are only read: write a SELECT"
	}
	return e
}

// named is the name a message quotes, without table and alias.
func named(message string) string {
	_, rest, ok := strings.Cut(message, `"`)
	if ok {
		rest, _, _ = strings.Cut(rest, `"`)
		return rest
	}
	// column o.shiped_date does not exist
	words := strings.Fields(message)
	if len(words) > 1 {
		return words[1][strings.LastIndexByte(words[1], '.')+1:]
	}
	return ""
}

// names asks the database for names, after the failed statement is undone.
func (s *Source) names(ctx context.Context, sql string) []string {
	if _, err := s.conn.Exec(ctx, "ROLLBACK TO SAVEPOINT extract"); err != nil {
		return nil
	}
	rows := s.conn.PgConn().ExecParams(ctx, sql, nil, nil, nil, nil)
	var out []string
	for rows.NextRow() {
		out = append(out, string(rows.Values()[0]))
	}
	if _, err := rows.Close(); err != nil {
		return nil
	}
	slices.Sort(out)
	return out
}
