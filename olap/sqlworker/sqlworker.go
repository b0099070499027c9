// Package sqlworker runs SQL that a person typed in a process of its own, so
// that whatever it does (takes all memory, cannot be interrupted, crashes the
// database engine) happens there and not to the caller.
//
// The parent calls [Run], which starts the program's own executable again with
// the hidden argument [Argument]; the command line answers that argument with
// [Main] and nothing else. What to open goes to the worker's standard input as one
// JSON object, and the request as another; it stays open: its end tells the worker
// that the parent is gone. A [Pool] starts workers before they are needed, which
// wait for their request with the file open. Each answers one request. Frames come back on standard output: the result as an Arrow IPC
// stream cut into data frames, then one status frame. A stream that ends
// without a status is a worker that died.
package sqlworker

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// Argument is the only command line argument of a worker.
const Argument = "__sql-worker"

// Grace is how long after its deadline a statement that does not stop by itself
// may go on before the worker is killed.
const Grace = 2 * time.Second

// Request is one statement and its limits.
type Request struct {
	Path string // the published database file
	SQL  string
	// Parameters of the statement as JSON: a list for ? and $1, an object for
	// $name; texts, numbers, true, false and null. They are given all.
	Parameters json.RawMessage
	Plan       bool // the plan as EXPLAIN (FORMAT json) gives it, instead of the rows
	Describe   bool // no rows: the columns, and in the schema's metadata the parameters, see ParametersOf

	Timeout      time.Duration // 0: one minute
	MaxRows      int64         // 0: one million
	MaxBytes     int64         // of the result as Arrow IPC; 0: 1 GiB
	MemoryBytes  int64         // for DuckDB's operators; 0: 1 GiB
	AddressSpace int64         // for the whole worker process, which reserves about 1.5 GiB itself; 0: 4 GiB
	Threads      int           // 0: all cores
	TempDir      string        // see duck.SandboxOptions

	// CutRows makes a result of more than MaxRows rows end there, with
	// Result.Cut saying so, instead of failing with a LimitError. The caller
	// tells the reader of the result.
	CutRows bool

	encoded bool // see RunEncoded
}

// sent is a request as a worker reads it.
type sent struct {
	Request
	Encoded bool
}

// withDefaults fills in the limits that were not given.
func (r Request) withDefaults() Request {
	set := func(n *int64, value int64) {
		if *n <= 0 {
			*n = value
		}
	}
	if r.Timeout <= 0 {
		r.Timeout = time.Minute
	}
	set(&r.MaxRows, 1_000_000)
	set(&r.MaxBytes, 1<<30)
	set(&r.MemoryBytes, 1<<30)
	set(&r.AddressSpace, 4<<30)
	return r
}

// file is what a worker opens before it knows its request.
type file struct {
	Path         string
	MemoryBytes  int64
	AddressSpace int64
	Threads      int
	TempDir      string
}

func (r Request) file() file {
	return file{r.Path, r.MemoryBytes, r.AddressSpace, r.Threads, r.TempDir}
}

// LimitError says that a result is larger than it may be. What was delivered
// before it is incomplete.
type LimitError struct {
	What  string // "rows" or "bytes"
	Limit int64
}

// Error says what to do.
func (e *LimitError) Error() string {
	return fmt.Sprintf("the result has more than %d %s: aggregate it, filter it or add a LIMIT", e.Limit, e.What)
}

// TimeoutError says that a statement took longer than it may. It is a
// context.DeadlineExceeded.
type TimeoutError struct {
	After  time.Duration
	Killed bool // it could not be interrupted
}

// Error says what to do.
func (e *TimeoutError) Error() string {
	text := fmt.Sprintf("the statement was stopped after %v", e.After)
	if e.Killed {
		text += " (it could not be interrupted: one value in it takes too long to compute)"
	}
	return text + ": filter earlier, read fewer rows or raise the time limit"
}

// Is makes it a context.DeadlineExceeded.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// DiedError says that the worker ended without an answer.
type DiedError struct {
	How    string // such as "signal: segmentation fault"
	Stderr string // the end of what it printed, for the log
}

// Error says what happened and what to do.
func (e *DiedError) Error() string {
	return fmt.Sprintf("the statement brought its worker process down (%s): it may need more memory than it is given; the server is not affected. Read fewer rows, or avoid very large single values", e.How)
}

// status is the last frame.
type status struct {
	Rows  int64    `json:"rows"`
	Cut   bool     `json:"cut,omitempty"` // there were more than MaxRows
	Error *failure `json:"error,omitempty"`
}

// failure carries an error from the worker to the parent.
type failure struct {
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	SQL     string `json:"sql,omitempty"`
	Limit   int64  `json:"limit,omitempty"`
}

// pack sorts an error by its kind.
func pack(err error) *failure {
	var (
		refused   *duck.RefusedError
		statement *engine.StatementError
		fault     *engine.FaultError
		limit     *LimitError
		parameter *ParameterError
	)
	switch {
	case errors.As(err, &refused):
		return &failure{Kind: "refused", Message: refused.What, Hint: refused.Hint}
	case errors.As(err, &parameter):
		return &failure{Kind: "parameters", Message: parameter.Message}
	case errors.As(err, &limit):
		return &failure{Kind: "limit", Message: limit.What, Limit: limit.Limit}
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{Kind: "timeout"}
	case errors.As(err, &fault):
		for kind, is := range faultKinds() {
			if errors.Is(err, is) {
				return &failure{Kind: kind, Message: fault.Message, SQL: fault.SQL}
			}
		}
	case errors.As(err, &statement):
		return &failure{Kind: "statement", Message: statement.Message, SQL: statement.SQL}
	}
	return &failure{Kind: "other", Message: err.Error()}
}

// unpack is the reverse of pack.
func (f *failure) unpack(r Request) error {
	switch f.Kind {
	case "refused":
		return &duck.RefusedError{What: f.Message, Hint: f.Hint}
	case "parameters":
		return &ParameterError{Message: f.Message}
	case "limit":
		return &LimitError{What: f.Message, Limit: f.Limit}
	case "timeout":
		return &TimeoutError{After: r.Timeout}
	case "statement":
		return &engine.StatementError{SQL: f.SQL, Message: f.Message}
	}
	if kind := faultKinds()[f.Kind]; kind != nil {
		return &engine.FaultError{Kind: kind, SQL: f.SQL, Message: f.Message}
	}
	return errors.New(f.Message)
}

func faultKinds() map[string]error {
	return map[string]error{
		"memory": engine.ErrMemory, "broken": engine.ErrBroken, "corrupt": engine.ErrCorrupt, "busy": engine.ErrBusy,
		"permission": fs.ErrPermission, "missing": fs.ErrNotExist,
	}
}

// Frames: one byte of kind, four of length (big endian), the content.
const (
	dataFrame    = 'D'
	statusFrame  = 'S'
	messageFrame = 'M' // see messageWriter
	maxFrame     = 1 << 20
)

func writeFrame(w io.Writer, kind byte, content []byte) error {
	var head [5]byte
	head[0] = kind
	binary.BigEndian.PutUint32(head[1:], uint32(len(content)))
	if _, err := w.Write(head[:]); err != nil {
		return err
	}
	_, err := w.Write(content)
	return err
}

// frameReader gives the content of the data frames as one stream, which ends
// with the status frame.
type frameReader struct {
	r      io.Reader
	left   uint32 // of the data frame being read
	status *status
}

func (f *frameReader) Read(p []byte) (int, error) {
	for f.left == 0 {
		if f.status != nil {
			return 0, io.EOF
		}
		if err := f.next(); err != nil {
			return 0, err
		}
	}
	n, err := f.r.Read(p[:min(len(p), int(f.left))])
	f.left -= uint32(n)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// next reads the head of a frame, and the whole of a status frame.
func (f *frameReader) next() error {
	var kind [1]byte
	if _, err := io.ReadFull(f.r, kind[:]); err != nil {
		return io.ErrUnexpectedEOF
	}
	if kind[0] == statusFrame {
		return f.readStatus()
	}
	size, err := f.size()
	if err != nil || kind[0] != dataFrame {
		return errors.Join(err, fmt.Errorf("the worker sent a frame %q of %d bytes", kind[0], size))
	}
	f.left = size
	return nil
}

// size reads the length of a frame.
func (f *frameReader) size() (uint32, error) {
	var head [4]byte
	if _, err := io.ReadFull(f.r, head[:]); err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	size := binary.BigEndian.Uint32(head[:])
	if size > maxFrame {
		return size, fmt.Errorf("the worker sent a frame of %d bytes", size)
	}
	return size, nil
}

// readStatus reads the rest of a status frame.
func (f *frameReader) readStatus() error {
	size, err := f.size()
	if err != nil {
		return err
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(f.r, content); err != nil {
		return io.ErrUnexpectedEOF
	}
	f.status = &status{}
	return json.Unmarshal(content, f.status)
}
