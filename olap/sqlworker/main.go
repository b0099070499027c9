package sqlworker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"verso/olap/engine"
	"verso/olap/engine/duck"
)

// Main is the worker: it reads one request, answers it and returns the exit
// code: 0 when it could send a status, also of a statement that failed. It ends
// the process itself when the parent is gone and when the statement goes on
// beyond deadline and grace; and it limits the memory of the whole process. So
// it is for a process that does nothing else.
func Main(stdin io.Reader, stdout io.Writer) int {
	decoder := json.NewDecoder(stdin)
	var r Request
	if err := decoder.Decode(&r); err != nil {
		fmt.Fprintln(os.Stderr, "sqlworker: read the request:", err)
		return 2
	}
	r = r.withDefaults()
	watchdog := time.AfterFunc(r.Timeout+Grace, func() { os.Exit(3) })
	defer watchdog.Stop()
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		os.Exit(4) // the parent is gone
	}()
	out := bufio.NewWriterSize(stdout, 64<<10)
	s, err := answer(r, out)
	if err != nil {
		s.Error = pack(err)
	}
	content, err := json.Marshal(s)
	if err == nil {
		err = errors.Join(writeFrame(out, statusFrame, content), out.Flush())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sqlworker: send the status:", err)
		return 1
	}
	return 0
}

// answer runs the request and streams its rows.
func answer(r Request, out io.Writer) (s status, err error) {
	if err := limitProcess(r.AddressSpace); err != nil {
		return s, fmt.Errorf("limit the worker's memory: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), r.Timeout)
	defer cancel()
	db, err := duck.OpenSandboxed(ctx, r.Path, duck.SandboxOptions{MemoryBytes: r.MemoryBytes, Threads: r.Threads, TempDir: r.TempDir})
	if err != nil {
		return s, err
	}
	defer db.Close()
	if err := db.CheckSelect(ctx, r.SQL); err != nil {
		return s, err
	}
	reader, err := query(ctx, db, r)
	if err != nil {
		return s, inWordsOf(r, err)
	}
	defer reader.Release()
	return send(reader, r, out)
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
// error that DuckDB can report, and switches core dumps off.
func limitProcess(addressSpace int64) error {
	size := uint64(addressSpace)
	return errors.Join(
		syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: size, Max: size}),
		syscall.Setrlimit(syscall.RLIMIT_CORE, &syscall.Rlimit{}),
	)
}

// query runs the statement so that no more than one row beyond the limit is
// computed, where it can stand in a FROM clause (EXPLAIN cannot, nor columns of
// the same name without changing their names).
func query(ctx context.Context, db *duck.DB, r Request) (array.RecordReader, error) {
	text := strings.TrimRight(r.SQL, "; \t\r\n")
	limited := fmt.Sprintf("SELECT * FROM (%s\n) LIMIT %d", text, r.MaxRows+1)
	if db.CheckSelect(ctx, limited) == nil {
		plain, err := columnNames(ctx, db, "DESCRIBE "+text)
		wrapped, wrappedErr := columnNames(ctx, db, "DESCRIBE "+limited)
		if err == nil && wrappedErr == nil && plain == wrapped {
			return db.Query(ctx, engine.SQL(limited))
		}
	}
	return db.Query(ctx, engine.SQL(r.SQL))
}

// columnNames joins the names a DESCRIBE lists; nothing of the query is run.
func columnNames(ctx context.Context, db *duck.DB, describe string) (names string, err error) {
	err = engine.Rows(ctx, db, engine.SQL(describe), func(row []any) error {
		names += engine.Text(row[0]) + "\x00"
		return nil
	})
	return names, err
}

// send writes the rows as an Arrow IPC stream in data frames.
func send(reader array.RecordReader, r Request, out io.Writer) (s status, err error) {
	frames := &frameWriter{w: out, left: r.MaxBytes, limit: r.MaxBytes}
	w := ipc.NewWriter(frames, ipc.WithSchema(reader.Schema()))
	for !s.Cut && reader.Next() {
		batch := reader.RecordBatch()
		if s.Cut = s.Rows+batch.NumRows() > r.MaxRows; s.Cut {
			batch = batch.NewSlice(0, r.MaxRows-s.Rows)
		} else {
			batch.Retain()
		}
		err := write(w, batch)
		s.Rows += batch.NumRows()
		batch.Release()
		if err != nil {
			return s, err
		}
	}
	if err := reader.Err(); err != nil {
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

func write(w *ipc.Writer, batch arrow.RecordBatch) error {
	if batch.NumRows() == 0 {
		return nil
	}
	return w.Write(batch)
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
