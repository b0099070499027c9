package mysql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/go-sql-driver/mysql"

	"verso/etl/source"
	"verso/etl/source/landing"
)

// redact takes a password out of an error's text.
func redact(err error, password string) error {
	if err == nil || password == "" || !strings.Contains(err.Error(), password) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), password, "*****"))
}

// Numbers of server errors that pass by themselves.
const (
	tooManyConnections = 1040
	serverShutdown     = 1053
	lockWaitTimeout    = 1205
	deadlock           = 1213
	queryInterrupted   = 1317
	connectionKilled   = 1927
	statementTimeout   = 1969
	executionTime      = 3024
)

var passing = [...]uint16{tooManyConnections, serverShutdown, lockWaitTimeout, deadlock, queryInterrupted, connectionKilled, statementTimeout, executionTime}

// unreachable says where a connection was tried, why it failed and what to do.
func (s *Source) unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("source %s: %w", s.name, ctx.Err())
	}
	hint, again := "check the dsn", true
	var server *mysql.MySQLError
	var dns *net.DNSError
	switch text := err.Error(); {
	case errors.As(err, &server):
		hint, again = connectHint(server.Number), slices.Contains(passing[:], server.Number)
		err = errors.New(server.Message)
	case errors.As(err, &dns):
		hint = "the host name is not known: check its spelling and the network"
	case errors.Is(err, syscall.ECONNREFUSED), strings.Contains(text, "no such file or directory"):
		hint = "no server answers there: is it running, and are host and port right?"
	case strings.Contains(text, "timeout"), errors.Is(err, context.DeadlineExceeded):
		hint = "the server does not answer: check network and firewall"
	case strings.Contains(text, "tls"), strings.Contains(text, "TLS"), strings.Contains(text, "x509"):
		hint, again = "check ssl-mode and ssl-ca in the dsn", false
	case errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, io.EOF):
		hint = "the connection broke off at once: is it a MySQL server that answers there?"
	}
	return &source.UnreadableError{Source: s.name, What: "cannot connect to " + s.Where() + " (" + hint + ")", Cause: redact(err, s.conf.Passwd), Passing: again}
}

func connectHint(number uint16) string {
	switch number {
	case 1045, 1698:
		return "check user and password, and from where the server lets the user in"
	case 1044, 1049:
		return "there is no such database, or the user may not see it: check the name at the end of the dsn"
	case 1129, 1130:
		return "the server does not let this machine in: grant the user access from here"
	case tooManyConnections:
		return "the server has no connection left: try later"
	case serverShutdown:
		return "the server is stopping: try again in a moment"
	case 3159:
		return "the server wants TLS: add ssl-mode=REQUIRED to the dsn"
	}
	return "check the dsn"
}

// broken says whether an error is of the connection, not of the statement.
func broken(err error) bool {
	var server *mysql.MySQLError
	if errors.As(err, &server) {
		return slices.Contains(passing[:], server.Number)
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, mysql.ErrMalformPkt) || errors.Is(err, mysql.ErrPktSync) || strings.Contains(err.Error(), "bad connection")
}

// failedMidway sorts the errors of a running extract.
func (s *Source) failedMidway(ctx context.Context, req source.Request, err error, e *extract) error {
	var full *landing.FullDiskError
	if ctx.Err() == nil {
		if err = landing.Explain(err, req.Path); errors.As(err, &full) {
			return fmt.Errorf("source %s: %w", s.name, err)
		}
		var refused *source.QueryError
		if errors.As(err, &refused) {
			return err
		}
		if broken(err) {
			return s.brokenOff(req, err, e.read)
		}
	}
	return s.failed(ctx, req, err, 0)
}

func (s *Source) brokenOff(req source.Request, err error, rows int64) error {
	return &source.UnreadableError{Source: s.name, Cause: redact(err, s.conf.Passwd), Passing: true,
		What: fmt.Sprintf("the connection to %s broke off in the extract %s after %d rows; nothing of it is kept: refresh again when the server is up", s.Where(), req.Name, rows)}
}

var (
	atLine    = regexp.MustCompile(` at line (\d+)`)
	nearText  = regexp.MustCompile(`(?s) near '(.*)' at line \d+`)
	firstName = regexp.MustCompile(`'([^']*)'`)
)

// failed explains an error of the SELECT itself. before are the lines that stand
// before it in what was sent.
func (s *Source) failed(ctx context.Context, req source.Request, err error, before int) error {
	if ctx.Err() != nil {
		s.stop(ctx)
		return fmt.Errorf("source %s: %s stopped: %w", s.name, req.Name, ctx.Err())
	}
	if broken(err) {
		_ = s.drop()
		return s.brokenOff(req, err, 0)
	}
	var server *mysql.MySQLError
	if !errors.As(err, &server) {
		return fmt.Errorf("source %s: %s: %w", s.name, req.Name, redact(err, s.conf.Passwd))
	}
	e := &source.QueryError{Source: s.name, Extract: req.Name, Message: server.Message, Code: strconv.Itoa(int(server.Number)), Cause: err}
	e.Line, e.Column, e.Text = place(server, statement(req), before)
	name := ""
	if m := firstName.FindStringSubmatch(server.Message); m != nil {
		name = m[1][strings.LastIndexByte(m[1], '.')+1:]
	}
	switch server.Number {
	case 1146:
		e.Hint = source.Nearest(name, s.names(ctx, "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"), "tables")
	case 1054:
		e.Hint = source.Nearest(name, s.names(ctx, "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY column_name"), "columns")
	case 1142, 1143, 1044:
		e.Hint = "give the user " + s.conf.User + " the right to SELECT from it"
	case 1792, 1290:
		e.Hint = "sources are only read: write a SELECT"
	case 1060:
		e.Hint = "two columns have one name: name one of them otherwise with AS"
	}
	return e
}

// place finds where in a SELECT a syntax error is: the server tells the line and
// the text that follows.
func place(server *mysql.MySQLError, sql string, before int) (line, column int, text string) {
	m := atLine.FindStringSubmatch(server.Message)
	if m == nil {
		return 0, 0, ""
	}
	line, err := strconv.Atoi(m[1])
	line -= before
	lines := strings.Split(sql, "\n")
	if err != nil || line < 1 || line > len(lines) {
		return 0, 0, ""
	}
	text, column = strings.ReplaceAll(strings.TrimRight(lines[line-1], "\r"), "\t", " "), 1
	if m := nearText.FindStringSubmatch(server.Message); m != nil {
		rest, _, _ := strings.Cut(m[1], "\n")
		if i := strings.LastIndex(lines[line-1], rest); i >= 0 && rest != "" {
			column = len([]rune(lines[line-1][:i])) + 1
		}
	}
	return line, column, text
}

// names asks the database for names.
func (s *Source) names(ctx context.Context, sql string) []string {
	if s.conn == nil {
		return nil
	}
	r, err := s.query(ctx, sql)
	if err != nil {
		return nil
	}
	defer r.close()
	var out []string
	for r.next() == nil {
		out = append(out, text(r.values[0]))
	}
	return out
}
