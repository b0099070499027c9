package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/api/saved"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/export/workbook"
	"verso/olap/sqlworker"
	"verso/olap/warehouse"
)

// Error is what a caller is told: {"error": {…}}.
type Error struct {
	Status  int    `json:"-"`
	Code    string `json:"code"`             // for programs; one of those in the OpenAPI document
	Message string `json:"message"`          // for people
	Hint    string `json:"hint,omitempty"`   // what to do
	Line    int    `json:"line,omitempty"`   // in the text asked, from 1
	Column  int    `json:"column,omitempty"` // in characters of the line, from 1
	Part    string `json:"part,omitempty"`   // of the question: rows, measures, where …
	Name    string `json:"name,omitempty"`   // the offending name or value
	Retry   int    `json:"-"`                // seconds, for Retry-After
	cause   error  // for the log
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

// Unwrap is the cause that is logged.
func (e *Error) Unwrap() error { return e.cause }

// refusef is a request that cannot be understood.
func refusef(code, hint, format string, args ...any) *Error {
	return &Error{Status: http.StatusBadRequest, Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}
}

// errorRule turns errors it matches into what the caller is told.
type errorRule func(err error) *Error

// rule matches errors that are, wrap or join one of type T.
func rule[T error](status int, code, hint string, also func(T, *Error)) errorRule {
	return func(err error) *Error {
		var found T
		if !errors.As(err, &found) {
			return nil
		}
		e := &Error{Status: status, Code: code, Message: found.Error(), Hint: hint, cause: err}
		if also != nil {
			also(found, e)
		}
		return e
	}
}

// errorRules is the one table from errors to statuses; the first rule that
// matches decides.
func errorRules() []errorRule {
	return []errorRule{
		rule(http.StatusBadRequest, "syntax", "", func(p *cube.ParseError, e *Error) {
			e.Line, e.Column = p.Line()
			e.Message, e.Part = p.Message, p.What
		}),
		rule(http.StatusUnprocessableEntity, "question", "", func(q *compile.QueryError, e *Error) { e.Part, e.Name, e.Message = q.Part, q.Name, q.Message }),
		rule(http.StatusUnprocessableEntity, "navigation", "", func(n *cube.NavigationError, e *Error) { e.Part = n.Step }),
		rule(http.StatusUnprocessableEntity, "refused", "", func(r *sqlworker.RefusedError, e *Error) { e.Message, e.Hint = r.What, r.Hint }),
		rule(http.StatusUnprocessableEntity, "statement", "", func(s *engine.StatementError, e *Error) {
			e.Message, e.Line, e.Column = place(s.Message, s.SQL)
		}),
		rule[*sqlworker.ParameterError](http.StatusUnprocessableEntity, "parameters", `"parameters": [1, "x"] or {"name": "x"}`, nil),
		rule[*olap.LimitError](http.StatusUnprocessableEntity, "too_large", "", nil),
		rule[*sqlworker.LimitError](http.StatusUnprocessableEntity, "too_large", "", nil),
		rule[*workbook.TooLargeError](http.StatusUnprocessableEntity, "too_large", "ask for csv or parquet", nil),
		rule[*olap.MissingTableError](http.StatusUnprocessableEntity, "missing_data", "", nil),
		rule[*olap.RepeatedKeyError](http.StatusUnprocessableEntity, "unsound_data", "", nil),
		rule[*olap.TimeError](http.StatusGatewayTimeout, "timeout", "", nil),
		rule[*sqlworker.TimeoutError](http.StatusGatewayTimeout, "timeout", "", nil),
		rule[*olap.MemoryError](http.StatusUnprocessableEntity, "memory", "", nil),
		rule[*sqlworker.DiedError](http.StatusUnprocessableEntity, "memory", "", nil),
		rule[*http.MaxBytesError](http.StatusRequestEntityTooLarge, "body_too_large", "", func(m *http.MaxBytesError, e *Error) {
			e.Message = fmt.Sprintf("the request has more than %d bytes", m.Limit)
		}),
		rule(http.StatusForbidden, "forbidden", "ask whoever keeps the access policy", func(_ *access.RoleError, e *Error) {
			e.Message = "your roles show nothing here"
		}),
		rule(http.StatusNotFound, "not_found", "", func(*saved.NotFoundError, *Error) {}),
		rule(http.StatusUnprocessableEntity, "saved", "", func(*saved.RefusedError, *Error) {}),
		rule(http.StatusConflict, "conflict", "read it again and apply the change to that", func(*saved.ConflictError, *Error) {}),
		rule(http.StatusServiceUnavailable, "no_generation", "", func(_ *warehouse.NoGenerationError, e *Error) {
			e.Message, e.Hint, e.Retry = "nothing is published yet", "run verso refresh", 60
		}),
		is(engine.ErrMemory, http.StatusUnprocessableEntity, "memory", "the statement needs more memory than it may use", "read fewer rows, or aggregate earlier"),
		is(context.DeadlineExceeded, http.StatusGatewayTimeout, "timeout", "the question took longer than it may", "filter more, or ask by coarser attributes"),
		is(errCancelled, statusCancelled, "cancelled", "the question was cancelled", ""),
		is(context.Canceled, statusCancelled, "cancelled", "the question was cancelled", ""),
	}
}

// statusCancelled is what proxies use for a client that went away.
const statusCancelled = 499

// errCancelled is a question that somebody ended.
var errCancelled = errors.New("cancelled")

func is(target error, status int, code, message, hint string) errorRule {
	return func(err error) *Error {
		if !errors.Is(err, target) {
			return nil
		}
		return &Error{Status: status, Code: code, Message: message, Hint: hint, cause: err}
	}
}

// told is what the caller is told of an error. What no rule knows is verso's own
// fault: the cause is for the log.
func told(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	for _, r := range errorRules() {
		if e := r(err); e != nil {
			return e
		}
	}
	return &Error{Status: http.StatusInternalServerError, Code: "internal", Message: "the server could not answer", Hint: "its log says why", cause: err}
}

// fail writes an error. Nothing of the answer may have been written.
func fail(w http.ResponseWriter, e *Error) {
	h := w.Header()
	for _, name := range []string{"ETag", "Content-Disposition", "Content-Encoding", "Content-Length"} {
		h.Del(name)
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	if e.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(e.Retry))
	}
	w.WriteHeader(e.Status)
	// A reader that has gone away gets nothing; nothing else can fail here.
	_ = json.NewEncoder(w).Encode(map[string]*Error{"error": e})
}

// placed is how DuckDB marks the place of an error: "LINE 3: …excerpt…", and a
// mark on the next line below the place.
var placed = regexp.MustCompile(`(?s)^(.*?)\n+LINE (\d+): ([^\n]*)\n( *)\^`)

// place takes the line and column out of DuckDB's message about a statement; 0
// where it tells none.
func place(message, sql string) (text string, line, column int) {
	m := placed.FindStringSubmatch(message)
	if m == nil {
		return message, 0, 0
	}
	line, err := strconv.Atoi(m[2])
	if err != nil {
		return message, 0, 0
	}
	column = max(len(m[4])-len("LINE : ")-len(m[2]), 0) + 1
	if rest, cut := strings.CutPrefix(m[3], "..."); cut {
		lines := strings.Split(sql, "\n")
		at := -1
		if line <= len(lines) {
			at = strings.Index(lines[line-1], strings.TrimSuffix(rest, "..."))
		}
		if column -= len("..."); at < 0 {
			column = 0
		} else {
			column += utf8.RuneCountInString(lines[line-1][:at])
		}
	}
	return cmp.Or(strings.TrimSpace(m[1]), message), line, column
}
