package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"verso/etl/source"
)

// QueryError is a SELECT that the database refuses.
type QueryError struct {
	Source  string
	Extract string
	Message string // the database's own words
	Code    string // SQLSTATE
	Line    int    // in the SELECT, from 1; 0 where the database names no place
	Column  int    // in the line, in characters, from 1
	Text    string // the line
	Hint    string // what to do; the nearest known names
	Cause   error
}

// Error shows the place, the line with a mark under it, and the hint.
func (e *QueryError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "source %s, extract %s: ", e.Source, e.Extract)
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d of the SELECT: ", e.Line, e.Column)
	}
	b.WriteString(e.Message)
	if e.Text != "" {
		fmt.Fprintf(&b, "\n    %s\n    %s^", e.Text, strings.Repeat(" ", max(0, e.Column-1)))
	}
	if e.Hint != "" {
		b.WriteString("\n  " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the driver's error.
func (e *QueryError) Unwrap() error { return e.Cause }

// redact takes a password out of an error's text.
func redact(err error, password string) error {
	if err == nil || password == "" || !strings.Contains(err.Error(), password) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), password, "*****"))
}

// unreachable says where a connection was tried, why it failed and what to do.
func (s *Source) unreachable(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fmt.Errorf("source %s: %w", s.name, ctx.Err())
	}
	hint := "check the dsn"
	var pg *pgconn.PgError
	var dns *net.DNSError
	switch text := err.Error(); {
	case errors.As(err, &pg):
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
		hint = "check sslmode in the dsn: the server and the dsn differ about TLS"
	}
	return &source.UnreadableError{Source: s.name, What: "cannot connect to " + s.Where() + " (" + hint + ")", Cause: redact(err, s.conf.Password)}
}

// failed explains an error of the SELECT itself.
func (s *Source) failed(ctx context.Context, req source.Request, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("source %s: %s stopped: %w", s.name, req.Name, ctx.Err())
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return &source.UnreadableError{Source: s.name, What: "the connection to " + s.Where() + " broke off", Cause: redact(err, s.conf.Password)}
	}
	e := &QueryError{Source: s.name, Extract: req.Name, Message: pg.Message, Code: pg.Code, Hint: pg.Hint, Cause: err}
	if pg.Position > 0 {
		e.Line, e.Column, e.Text = place(trim(req.SQL), int(pg.Position))
	}
	switch pg.Code {
	case "42P01":
		e.Hint = near(named(pg.Message), s.names(ctx, "SELECT DISTINCT CASE WHEN table_schema = 'public' THEN table_name ELSE table_schema || '.' || table_name END FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"), "tables")
	case "42703":
		e.Hint = near(named(pg.Message), s.names(ctx, "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"), "columns")
	case "42501":
		e.Hint = "give the user " + s.conf.User + " the right to SELECT from it"
	case "25006":
		e.Hint = "sources are only read: write a SELECT"
	}
	return e
}

// place turns a position in characters into line, column and the line's text.
func place(sql string, position int) (line, column int, text string) {
	line, column = 1, 1
	runes := []rune(sql)
	start := 0
	for i := 0; i < position-1 && i < len(runes); i++ {
		column++
		if runes[i] == '\n' {
			line, column, start = line+1, 1, i+1
		}
	}
	end := start
	for end < len(runes) && runes[end] != '\n' && runes[end] != '\r' {
		end++
	}
	return line, column, strings.ReplaceAll(string(runes[start:end]), "\t", " ")
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

// near lists the known names closest to a wrong one.
func near(wrong string, known []string, what string) string {
	if len(known) == 0 {
		return "the user sees no " + what + ": has the database been filled, and may the user read it?"
	}
	type candidate struct {
		name string
		far  int
	}
	var all []candidate
	lower := strings.ToLower(wrong)
	for _, k := range known {
		bare := strings.ToLower(k[strings.LastIndexByte(k, '.')+1:])
		far := distance(lower, bare)
		if strings.Contains(bare, lower) || strings.Contains(lower, bare) {
			far = min(far, 2)
		}
		all = append(all, candidate{k, far})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return a.far - b.far })
	limit := max(2, len(lower)/2)
	var close []string
	for _, c := range all {
		if c.far <= limit && len(close) < 5 {
			close = append(close, c.name)
		}
	}
	if len(close) > 0 {
		return "nearest known " + what + ": " + strings.Join(close, ", ")
	}
	if len(known) > 12 {
		known = append(known[:12:12], "…")
	}
	return "known " + what + ": " + strings.Join(known, ", ")
}

// distance is the number of edits between two names (Levenshtein).
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		last := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			last, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, last+cost)
		}
	}
	return row[len(y)]
}
