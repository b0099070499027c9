package sqlworker

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"golang.org/x/sys/unix"

	"verso/olap/engine"
)

// Result is the answer to a request, read while the worker sends it. The
// receiver releases it, once; that also ends the worker. Every limit that was
// met is an error of Err, or with Request.CutRows a Cut: a result that ends
// without either is whole.
type Result struct {
	*ipc.Reader
	work *work
	err  error
	done bool
}

// Run starts a worker for r. Errors of the statement, refusals and what goes
// wrong before the first row come from here; later ones from Result.Err. They
// are *duck.RefusedError, *engine.StatementError, *engine.FaultError,
// *TimeoutError, *LimitError or *DiedError; when ctx ends, errors.Is finds
// ctx.Err().
func Run(ctx context.Context, r Request) (*Result, error) {
	r, err := r.complete()
	if err != nil {
		return nil, err
	}
	w, err := start(r.file())
	if err != nil {
		return nil, err
	}
	if err := w.ask(ctx, r); err != nil {
		return nil, err
	}
	return w.result()
}

// complete fills in the limits that were not given and where the file is.
func (r Request) complete() (Request, error) {
	r = r.withDefaults()
	if r.Parameters = bytes.TrimSpace(r.Parameters); len(r.Parameters) == 0 {
		r.Parameters = nil
	} else if !json.Valid(r.Parameters) {
		return r, &ParameterError{"parameters: this is no JSON"}
	}
	path, err := filepath.Abs(r.Path)
	r.Path = path
	return r, err
}

// Next moves to the next batch.
func (r *Result) Next() bool {
	if r.done {
		return false
	}
	if r.Reader.Next() {
		return true
	}
	r.done = true
	r.err = r.work.finish(r.Reader.Err())
	return false
}

// Err is nil after the last row of a whole (or announcedly cut) result.
func (r *Result) Err() error { return r.err }

// Cut tells, after the last row, whether there were more than Request.MaxRows.
func (r *Result) Cut() bool { return r.work.frames.status != nil && r.work.frames.status.Cut }

// Record is RecordBatch under its old name.
func (r *Result) Record() arrow.RecordBatch { return r.RecordBatch() }

// Release frees the result and ends the worker.
func (r *Result) Release() {
	r.Reader.Release()
	r.done = true
	r.work.stop()
}

var _ array.RecordReader = (*Result)(nil)

// work is a running worker.
type work struct {
	ctx     context.Context // of the caller
	request Request
	cmd     *exec.Cmd
	kill    context.Context // its end kills the worker
	spared  func() bool     // takes that back, if it has not come
	cancel  context.CancelFunc
	stdin   io.WriteCloser
	shared  *os.File // for the bodies of encoded messages
	frames  *frameReader
	stderr  *tail
	stop    func() // kills it if need be and waits for its end
	waitErr error
}

// start starts a worker, which opens the file and waits for its request.
func start(f file) (*work, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("sqlworker: find the program's own file: %w", err)
	}
	opens, err := json.Marshal(f)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, Argument)
	cmd.Args[0] = "verso" // as it is shown among the processes
	// It needs nothing of ours, secrets least. The C library reserves 64 MB of
	// address space for each of its arenas.
	cmd.Env = []string{"MALLOC_ARENA_MAX=4"}
	cmd.Dir = string(filepath.Separator)
	// What ends the caller's group (Ctrl-C) is the caller's to hand on.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	w := &work{cmd: cmd, stderr: &tail{}, cancel: func() {}}
	if w.shared, err = newShared(); err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{w.shared} // sharedFD
	cmd.Stderr = w.stderr
	cmd.WaitDelay = time.Second
	stdout, err := w.begin()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("sqlworker: start %s: %w", self, err), w.shared.Close())
	}
	widen(stdout)
	w.frames = &frameReader{r: bufio.NewReaderSize(stdout, 256<<10)}
	w.stop = sync.OnceFunc(func() {
		if w.frames.status == nil {
			_ = cmd.Process.Kill() // nobody wants the rest; it may have ended
		}
		w.stdin.Close()
		w.waitErr = cmd.Wait()
		_ = w.shared.Close() // what is mapped stays
		w.cancel()
	})
	if _, err := w.stdin.Write(opens); err != nil {
		w.stop()
		return nil, fmt.Errorf("sqlworker: tell the worker what to open: %w", err)
	}
	return w, nil
}

// begin starts the process, and gives its standard output.
func (w *work) begin() (stdout io.ReadCloser, err error) {
	if w.stdin, err = w.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	if stdout, err = w.cmd.StdoutPipe(); err != nil {
		return nil, errors.Join(err, w.stdin.Close())
	}
	return stdout, w.cmd.Start()
}

// pipeBytes is the most that a pipe may hold without a privilege.
const pipeBytes = 1 << 20

// widen lets a pipe hold more than the 64 KiB it is made with, so that the worker
// goes on while what it sent is read. A system that has it otherwise is slower.
func widen(pipe io.Reader) {
	f, ok := pipe.(*os.File)
	if !ok {
		return
	}
	if raw, err := f.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, pipeBytes) })
	}
}

// ask gives a worker its request.
func (w *work) ask(ctx context.Context, r Request) error {
	request, err := json.Marshal(sent{r, r.encoded})
	if err != nil {
		w.stop()
		return err
	}
	w.ctx, w.request = ctx, r
	kill, cancel := context.WithTimeoutCause(ctx, r.Timeout+Grace, &TimeoutError{After: r.Timeout, Killed: true})
	ended := context.AfterFunc(kill, func() { _ = w.cmd.Process.Kill() })
	w.kill, w.spared, w.cancel = kill, ended, func() {
		ended()
		cancel()
	}
	if _, err := w.stdin.Write(append(request, '\n')); err != nil {
		return &goneError{w.finish(err)}
	}
	return nil
}

// result reads the head of the answer.
func (w *work) result() (*Result, error) {
	reader, err := ipc.NewReader(w.frames)
	if err != nil {
		return nil, w.finish(err)
	}
	return &Result{Reader: reader, work: w}, nil
}

// goneError is a worker that ended before it got its request.
type goneError struct{ error }

// Unwrap is how it ended.
func (e *goneError) Unwrap() error { return e.error }

// finish waits for the end of the worker and says how it went; readErr is what
// ended the reading, nil at the end of the Arrow stream.
func (w *work) finish(readErr error) error {
	if readErr == nil { // the status follows the stream
		_, readErr = io.Copy(io.Discard, w.frames)
	}
	cause := context.Cause(w.kill)
	w.stop()
	s := w.frames.status
	switch {
	case s != nil && s.Error != nil:
		return s.Error.unpack(w.request)
	case s != nil && readErr == nil:
		return nil
	case w.ctx.Err() != nil:
		return fmt.Errorf("sqlworker: %w", w.ctx.Err())
	}
	var timeout *TimeoutError
	if errors.As(cause, &timeout) {
		return timeout
	}
	if s != nil {
		return fmt.Errorf("sqlworker: read the result: %w", readErr)
	}
	return w.died()
}

// died reads the worker's exit.
func (w *work) died() error {
	how := "it ended without an answer"
	var exit *exec.ExitError
	if errors.As(w.waitErr, &exit) {
		if how = exit.ProcessState.String(); exit.ExitCode() == 3 {
			return &TimeoutError{After: w.request.Timeout, Killed: true}
		}
	}
	text := w.stderr.String()
	if strings.Contains(text, "SIGSEGV") {
		how = "segmentation fault"
	}
	e := &DiedError{How: how, Stderr: text}
	for _, sign := range []string{"out of memory", "cannot allocate memory", "bad_alloc"} {
		if strings.Contains(text, sign) {
			return &engine.FaultError{Kind: engine.ErrMemory, Message: e.Error(), Cause: e}
		}
	}
	return e
}

// tail keeps the last of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if extra := len(t.text) - 8<<10; extra > 0 {
		t.text = append(t.text[:0], t.text[extra:]...)
	}
	return len(p), nil
}

// String is what is kept.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}
