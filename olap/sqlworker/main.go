package sqlworker

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// Main is the worker: it reads what to open, opens it, reads requests and answers
// them until one ran a statement, and returns the exit code: 0 when it could send
// a status, also of a statement that failed, and when the parent went away before
// there was a request. It ends the process itself when the parent is gone and when
// the statement goes on beyond deadline and grace; and it limits the memory of the
// whole process. So it is for a process that does nothing else.
func Main(stdin io.Reader, stdout io.Writer) int {
	decoder := json.NewDecoder(stdin)
	var f file
	if err := decoder.Decode(&f); err != nil {
		fmt.Fprintln(os.Stderr, "sqlworker: read what to open:", err)
		return 2
	}
	opening := time.AfterFunc(openTime, func() { os.Exit(3) })
	db, openErr := open(f)
	shared, err := borrow()
	opening.Stop()
	w := worker{db: db, openErr: cmp.Or(openErr, err), sink: sink{bufio.NewWriterSize(stdout, 64<<10), shared}}
	for {
		var r sent
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			return 0 // nobody wants anything (more)
		} else if err != nil {
			fmt.Fprintln(os.Stderr, "sqlworker: read the request:", err)
			return 2
		}
		r.Request = r.withDefaults()
		if !r.Describe {
			go func() {
				shared.takeBack(stdin)
				os.Exit(4) // the parent is gone
			}()
		}
		again, err := w.serve(r)
		if err != nil {
			fmt.Fprintln(os.Stderr, "sqlworker: send the status:", err)
			return 1
		}
		if !again {
			return 0
		}
	}
}

// worker is what requests are answered with.
type worker struct {
	db      *duck.DB
	openErr error
	sink    sink
}

// serve answers one request. The worker may go on after one that ran nothing and
// did not fail.
func (w *worker) serve(r sent) (again bool, err error) {
	watchdog := time.AfterFunc(r.Timeout+Grace, func() { os.Exit(3) })
	defer watchdog.Stop()
	var s status
	if err = w.openErr; err == nil {
		s, err = answer(w.db, r, w.sink)
	}
	if err != nil {
		s.Error = pack(err)
	}
	content, err := json.Marshal(s)
	if err == nil {
		err = errors.Join(writeFrame(w.sink.out, statusFrame, content), w.sink.out.Flush())
	}
	return r.Describe && s.Error == nil, err
}

// openTime is how long opening a file may take.
const openTime = time.Minute

// open limits the process and opens the file, and has the engine do once what
// its first statement would have to wait for.
func open(f file) (*duck.DB, error) {
	if err := limitProcess(f); err != nil {
		return nil, fmt.Errorf("limit the worker: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), openTime)
	defer cancel()
	duck.StreamResults()
	debug.SetGCPercent(400) // the process is short-lived, and most of its memory the engine's
	db, err := duck.OpenSandboxed(ctx, f.Path, duck.SandboxOptions{MemoryBytes: f.MemoryBytes, Threads: f.Threads, TempDir: f.TempDir})
	if err != nil {
		return nil, err
	}
	if err := db.CheckSelect(ctx, "SELECT 1 AS a FROM duckdb_tables() LIMIT 0"); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// answer runs the request and streams its rows.
func answer(db *duck.DB, r sent, to sink) (s status, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), r.Timeout)
	defer cancel()
	text := strings.TrimRight(r.SQL, "; \t\r\n")
	shape, err := db.Gate(ctx, text)
	if err != nil {
		return s, inWordsOf(r.Request, err)
	}
	if r.Describe {
		return s, inWordsOf(r.Request, describe(ctx, db, r.Request, text, shape, to.out))
	}
	args, err := arguments(r.Parameters, shape.Parameters)
	if err != nil {
		return s, err
	}
	reader, err := query(ctx, db, r.Request, text, shape, args)
	if err != nil {
		return s, inWordsOf(r.Request, err)
	}
	defer reader.Release()
	return send(reader, named(reader.Schema(), shape.Columns, r.Plan), r, to)
}

// named is a schema with the names that the statement gives its columns: with
// values put in for its parameters DuckDB may give others.
func named(s *arrow.Schema, names []string, plan bool) *arrow.Schema {
	fields := slices.Clone(s.Fields())
	if plan || len(fields) != len(names) {
		return s
	}
	for i := range fields {
		fields[i].Name = names[i]
	}
	metadata := s.Metadata()
	return arrow.NewSchema(fields, &metadata)
}

// inWordsOf shows the statement as it was typed, not as it was run.
func inWordsOf(r Request, err error) error {
	var statement *engine.StatementError
	var fault *engine.FaultError
	if errors.As(err, &statement) {
		statement.SQL = r.SQL
	}
	if errors.As(err, &fault) {
		fault.SQL = r.SQL
	}
	return err
}

// limitProcess bounds the address space, which turns a demand beyond it into an
// error that DuckDB can report, switches core dumps off, and, where nothing is to
// spill, the writing of files.
func limitProcess(f file) error {
	size := uint64(f.AddressSpace)
	errs := []error{
		syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: size, Max: size}),
		syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}),
	}
	if f.TempDir == "" {
		errs = append(errs, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{}))
	}
	return errors.Join(errs...)
}

// query runs the statement so that no more than one row beyond the limit is
// computed, where it can stand in a FROM clause (EXPLAIN cannot, nor columns of
// the same name without changing their names).
func query(ctx context.Context, db *duck.DB, r Request, text string, shape *duck.Shape, args []any) (array.RecordReader, error) {
	if r.Plan {
		explain := "EXPLAIN (FORMAT json) " + duck.WithoutExplain(text)
		if _, err := db.Gate(ctx, explain); err != nil {
			return nil, err
		}
		return db.Query(ctx, engine.SQL(explain, args...))
	}
	limited := fmt.Sprintf("SELECT * FROM (%s\n) LIMIT %d", text, r.MaxRows+1)
	wrapped, err := db.Gate(ctx, limited)
	if err == nil && slices.Equal(wrapped.Columns, shape.Columns) && slices.Equal(wrapped.Parameters, shape.Parameters) {
		return db.Query(ctx, engine.SQL(limited, args...))
	}
	return db.Query(ctx, engine.SQL(text, args...))
}

// sink is where a result goes.
type sink struct {
	out    *bufio.Writer
	shared *borrowed
}

// send writes the rows: as an Arrow IPC stream in data frames, or as messages.
func send(reader array.RecordReader, schema *arrow.Schema, r sent, to sink) (s status, err error) {
	var w *ipc.Writer
	count := func(int64) {}
	if r.Encoded {
		messages := &messageWriter{w: to.out, shared: to.shared, left: r.MaxBytes, limit: r.MaxBytes}
		w = ipc.NewWriterWithPayloadWriter(messages, ipc.WithSchema(schema))
		count = func(rows int64) { messages.rows += rows }
	} else {
		w = ipc.NewWriter(&frameWriter{w: to.out, left: r.MaxBytes, limit: r.MaxBytes}, ipc.WithSchema(schema))
	}
	write := func(b arrow.RecordBatch) error {
		count(b.NumRows())
		return errors.Join(w.Write(b), to.out.Flush())
	}
	s, err = pass(reader, schema, r.Request, gather(schema, write))
	if err != nil {
		return s, err
	}
	if err := w.Close(); err != nil {
		return s, err
	}
	if s.Cut && !r.CutRows {
		return s, &LimitError{What: "rows", Limit: r.MaxRows}
	}
	return s, nil
}

// pass hands the batches on, up to the limit of rows.
func pass(reader array.RecordReader, schema *arrow.Schema, r Request, to *gathered) (s status, err error) {
	defer func() { err = to.end(err) }()
	for !s.Cut && reader.Next() {
		read := reader.RecordBatch()
		batch := array.NewRecordBatch(schema, read.Columns(), read.NumRows())
		if s.Cut = s.Rows+batch.NumRows() > r.MaxRows; s.Cut {
			whole := batch
			batch = whole.NewSlice(0, r.MaxRows-s.Rows)
			whole.Release()
		}
		s.Rows += batch.NumRows()
		if err := to.add(batch); err != nil {
			return s, err
		}
	}
	if err := reader.Err(); err != nil {
		return s, inWordsOf(r, err)
	}
	return s, to.flush()
}

// frameWriter cuts a stream into data frames and ends it at a number of bytes.
type frameWriter struct {
	w           io.Writer
	left, limit int64
}

func (f *frameWriter) Write(p []byte) (int, error) {
	if f.left -= int64(len(p)); f.left < 0 {
		return 0, &LimitError{What: "bytes", Limit: f.limit}
	}
	for rest := p; len(rest) > 0; {
		n := min(len(rest), maxFrame)
		if err := writeFrame(f.w, dataFrame, rest[:n]); err != nil {
			return 0, err
		}
		rest = rest[n:]
	}
	return len(p), nil
}
