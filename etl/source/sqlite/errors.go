package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"modernc.org/sqlite"

	"verso/etl/source"
	"verso/etl/source/landing"
)

var (
	noTable  = regexp.MustCompile(`no such table: (\S+)`)
	noColumn = regexp.MustCompile(`no such column: (\S+)`)
	nearWord = regexp.MustCompile(`near "(.*)": syntax error`)
)

// failed explains an error of a running SELECT.
func (s *Source) failed(ctx context.Context, req source.Request, err error) error {
	if ctx.Err() != nil {
		_ = s.drop() // nothing of the statement remains
		return fmt.Errorf("source %s: %s stopped: %w", s.name, req.Name, ctx.Err())
	}
	var full *landing.FullDiskError
	var known *source.UnreadableError
	var refused *source.QueryError
	if errors.As(err, &full) || errors.As(err, &known) || errors.As(err, &refused) {
		return err
	}
	var told *sqlite.Error
	if !errors.As(err, &told) {
		return fmt.Errorf("source %s: %s: %w", s.name, req.Name, err)
	}
	if code := told.Code() & 0xff; code != 1 { // not the SELECT, but the file
		_ = s.drop()
		return s.opened(ctx, err)
	}
	message := strings.TrimSuffix(strings.TrimPrefix(told.Error(), "SQL logic error: "), " (1)")
	e := &source.QueryError{Source: s.name, Extract: req.Name, Message: message, Code: "1", Cause: err}
	if m := noTable.FindStringSubmatch(message); m != nil {
		e.Hint = source.Nearest(last(m[1]), s.list(ctx, "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"), "tables")
	}
	if m := noColumn.FindStringSubmatch(message); m != nil {
		e.Hint = source.Nearest(last(m[1]), s.list(ctx, "SELECT DISTINCT c.name FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type IN ('table', 'view') ORDER BY c.name"), "columns")
		e.Line, e.Column, e.Text = find(statement(req), m[1])
	}
	if m := nearWord.FindStringSubmatch(message); m != nil {
		e.Line, e.Column, e.Text = find(statement(req), m[1])
	}
	return e
}

func last(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// find is where a word stands in a SELECT, when it stands there once.
func find(sql, word string) (line, column int, text string) {
	if i := strings.Index(sql, word); word != "" && i >= 0 && strings.Count(sql, word) == 1 {
		return source.Place(sql, len([]rune(sql[:i]))+1)
	}
	return 0, 0, ""
}

// list asks the database for names.
func (s *Source) list(ctx context.Context, sql string) []string {
	var out []string
	if err := s.each(ctx, sql, func(v []driver.Value) error {
		out = append(out, string(appendText(nil, v[0])))
		return nil
	}); err != nil {
		return nil
	}
	return out
}
