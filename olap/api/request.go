package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"verso/olap"
	"verso/olap/access"
	"verso/olap/api/audit"
)

// request is one request on its way: who asks, for what, and what is noted of it.
type request struct {
	*http.Request
	w      *response
	person access.Person
	lang   string // "" for the generation's
	entry  audit.Entry
	lease  *Lease
	id     string
	sent   string // the body
}

// response knows whether an answer has begun.
type response struct {
	http.ResponseWriter
	status int
	bytes  int64
	now    func() time.Time
	slow   time.Duration // for each write
}

// WriteHeader notes the status.
func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write counts bytes and gives the client its time for each part.
func (w *response) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	// Where a deadline cannot be set, as in tests of handlers, there is none.
	_ = http.NewResponseController(w.ResponseWriter).SetWriteDeadline(w.now().Add(w.slow))
	n, err := w.ResponseWriter.Write(p)
	w.bytes += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// doorKey finds the door in a context.
type doorKey struct{}

// Through is a context of requests that come by another door than HTTP, which
// the audit names.
func Through(ctx context.Context, door string) context.Context {
	return context.WithValue(ctx, doorKey{}, door)
}

// handle is the way of every request: known who, noted what.
func (a *API) handle(door string, serve func(*request) error) http.Handler {
	return http.HandlerFunc(func(hw http.ResponseWriter, hr *http.Request) {
		began := a.o.Clock()
		hr.Body = http.MaxBytesReader(hw, hr.Body, a.limits().Body)
		r := &request{Request: hr, w: &response{ResponseWriter: hw, now: a.o.Clock, slow: a.limits().Write}, id: rand.Text()}
		r.entry = audit.Entry{Time: began, ID: r.id, Door: door, Outcome: "ok"}
		if through, _ := hr.Context().Value(doorKey{}).(string); through != "" {
			r.entry.Door = through + "/" + door
		}
		r.w.Header().Set("X-Query-Id", r.id)
		r.w.Header().Set("Cache-Control", "no-cache")
		err := a.served(r, serve)
		if r.lease != nil {
			r.lease.Release()
		}
		a.finish(r, began, err)
	})
}

// served runs the handler; a panic is an error of it.
func (a *API) served(r *request, serve func(*request) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if given, _ := p.(error); errors.Is(given, http.ErrAbortHandler) {
				panic(p)
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if r.person, err = a.o.Gate.Authenticate(r.Request); err != nil {
		var e *Error
		if errors.As(err, &e) {
			return e
		}
		return &Error{Status: http.StatusUnauthorized, Code: "unauthorized", Message: "log in first", cause: err}
	}
	r.entry.Person, r.entry.Asker = r.person.Name, r.person.Asker
	switch lang := r.URL.Query().Get("lang"); lang {
	case "", "en", "zh":
		r.lang = lang
	default:
		return refusef("lang", "en or zh", "unknown language %q", lang)
	}
	if err := r.receive(); err != nil {
		return err
	}
	return serve(r)
}

// finish answers an error and notes the request.
func (a *API) finish(r *request, began time.Time, err error) {
	e := &r.entry
	e.Took = a.o.Clock().Sub(began)
	if err != nil {
		t := told(err)
		if errors.Is(context.Cause(r.Context()), errCancelled) {
			t = told(errCancelled)
		}
		e.Outcome = t.Code
		if t.Status >= 500 {
			a.o.Log.Error("api", "id", r.id, "path", r.URL.Path, "person", r.person.Name, "error", err)
		}
		if r.w.status == 0 {
			fail(r.w, t)
		} else if t.Code != "cancelled" {
			// The answer has begun: cut the connection, so that nobody takes it for whole.
			a.note(r)
			panic(http.ErrAbortHandler)
		}
	}
	a.note(r)
}

// note writes the request to the logs.
func (a *API) note(r *request) {
	e := &r.entry
	e.Status, e.Bytes = r.w.status, r.w.bytes
	a.telemetry.count(r)
	a.Note(*e)
}

// Note writes a question to the logs that came by a door beside this one.
func (a *API) Note(e audit.Entry) {
	e.What = audit.Short(e.What)
	write := func(e audit.Entry) error { return a.o.Audit.Write(e) }
	switch door := e.Door[strings.LastIndexByte(e.Door, '/')+1:]; {
	case door == "check", door == "sqlcheck", door == "cost": // made while somebody types
		write = func(e audit.Entry) error { return a.o.Audit.Gather(e) }
	case e.What != "":
		a.recent.Add(e)
	}
	if a.o.Audit != nil {
		if err := write(e); err != nil {
			a.o.Log.Error("the audit log cannot be written", "error", err)
		}
	}
}

// Tend writes what is due to the audit log, also while nobody asks. It is called
// every minute or so.
func (a *API) Tend() {
	if a.o.Audit == nil {
		return
	}
	if err := a.o.Audit.Flush(a.o.Clock()); err != nil {
		a.o.Log.Error("the audit log cannot be written", "error", err)
	}
}

// open holds the published generation for the request, as far as the person
// may see it.
func (a *API) open(r *request) (*Lease, error) {
	if r.lease != nil {
		return r.lease, nil
	}
	lease, err := a.o.Store.Open(r.Context(), r.person)
	if err != nil {
		return nil, err
	}
	if r.lang != "" {
		own := *lease
		own.Olap = lease.Olap.In(r.lang)
		lease = &own
	}
	r.lease = lease
	r.entry.Generation, r.entry.Cut = lease.Generation, lease.Rights.Cut
	return lease, nil
}

// reopen gives a lease back whose file has gone and takes one anew; the error
// is the one given where the file was not the reason.
func (a *API) reopen(r *request, err error) (*Lease, error) {
	if !errors.Is(err, fs.ErrNotExist) || r.lease == nil {
		return nil, err
	}
	r.lease.Release()
	r.lease = nil
	return a.open(r)
}

// olapOf is the cubes of the request's generation.
func (a *API) olapOf(r *request) (*olap.Olap, *Lease, error) {
	lease, err := a.open(r)
	if err != nil {
		return nil, nil, err
	}
	return lease.Olap, lease, nil
}

// receive reads the body, before anything else is done for the request: a client
// that never sends the rest holds nothing but its connection, one that sends no
// more is told at once, and from here on the server notices that it has gone.
func (r *request) receive() error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return err
		}
		return &Error{Status: http.StatusBadRequest, Code: "body", Message: "the request ended before its body did", cause: err}
	}
	r.sent = string(body)
	return nil
}

// text is the body as text, which must be UTF-8.
func (r *request) text() (string, error) {
	if !utf8.ValidString(r.sent) {
		return "", refusef("utf8", "send UTF-8", "the body is no UTF-8")
	}
	return strings.TrimPrefix(r.sent, "\ufeff"), nil
}

// isText reports whether the body is said to be plain text.
func (r *request) isText() bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "text/plain"
}

// body decodes a JSON body strictly.
func (r *request) body(into any) error {
	text, err := r.text()
	if err != nil {
		return err
	}
	return decode(text, into)
}

// decode reads one JSON value; keys it does not know are refused.
func decode(text string, into any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("text follows the JSON value")
		}
	}
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	at := d.InputOffset()
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	bad := refusef("json", "see "+Root+"openapi.json", "the body: %s", strings.TrimPrefix(err.Error(), "json: "))
	bad.Line, bad.Column = position(text, int(at))
	return bad
}

// position is the line and column, from 1, of a byte of a text.
func position(text string, at int) (line, column int) {
	before := text[:min(max(at, 0), len(text))]
	start := strings.LastIndexByte(before, '\n') + 1
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[start:]) + 1
}

// reply writes a JSON answer.
func (r *request) reply(v any) error {
	r.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	e := json.NewEncoder(r.w)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
