// Package landing is what all sources share for writing an extract: the files
// beside their final names, the spool of normalised rows that the engine turns
// into Parquet, the rejects, and the step that makes both files appear at once.
package landing

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"verso/etl/source"
	"verso/olap/engine"
)

// ParquetOptions are the COPY options of every landed file. zstd was measured
// against snappy on sales lines: the same time, half the bytes. Landed rows are
// read as a whole, so filters for single values would be written for nobody.
const ParquetOptions = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, WRITE_BLOOM_FILTER false, USE_TMP_FILE false"

// Job is one extract being landed. Its files are named <path>.tmp until Finish;
// Abort removes them. A Job is used by one goroutine at a time.
type Job struct {
	conn    engine.Conn
	path    string
	dir     string // of spool files; removed at the end
	rejects *Spool
	done    bool
}

// Begin prepares landing req.Path through conn. Spool files go to a new folder
// inside spool ("": beside the landing).
func Begin(conn engine.Conn, req source.Request, spool string) (*Job, error) {
	if req.Path == "" {
		return nil, errors.New("landing: no path to write to")
	}
	folder := filepath.Dir(req.Path)
	if spool == "" {
		spool = folder
	}
	for _, d := range []string{folder, spool} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, fmt.Errorf("landing: %w", err)
		}
	}
	dir, err := os.MkdirTemp(spool, "spool-*")
	if err != nil {
		return nil, fmt.Errorf("landing: %w", err)
	}
	return &Job{conn: conn, path: req.Path, dir: dir}, nil
}

// Temp is the file to write the rows to, before Finish renames it.
func (j *Job) Temp() string { return j.path + ".tmp" }

// Dir is a folder of this job alone, gone after Finish or Abort.
func (j *Job) Dir() string { return j.dir }

// Copy writes the rows of a query to Temp, in its order, and returns their number.
func (j *Job) Copy(ctx context.Context, query string) (int64, error) {
	return j.copyTo(ctx, query, j.Temp())
}

func (j *Job) copyTo(ctx context.Context, query, path string) (int64, error) {
	sql := "COPY (" + query + ") TO " + engine.QuoteText(path) + " (" + ParquetOptions + ")"
	n, err := j.conn.Exec(ctx, engine.SQL(sql))
	if err != nil {
		return 0, Explain(err, path)
	}
	return n, nil
}

// rejectColumns are the columns of every rejects file.
const rejectColumns = `{'file': 'VARCHAR', 'line': 'BIGINT', 'record': 'BIGINT', 'reason': 'VARCHAR', 'raw': 'VARCHAR'}`

// maxRaw bounds the raw text kept of one reject: line and record still say where
// the whole of it stands.
const maxRaw = 64 << 10

// Reject keeps one record that is no row.
func (j *Job) Reject(file string, line, record int64, reason string, raw []byte) error {
	if j.rejects == nil {
		s, err := j.Spool(',')
		if err != nil {
			return err
		}
		j.rejects = s
	}
	number := func(n int64) []byte { return fmt.Appendf(nil, "%d", n) }
	return j.rejects.Row([][]byte{[]byte(file), number(line), number(record), []byte(reason), []byte(Printable(raw))})
}

// Rejected is the number of rejects so far.
func (j *Job) Rejected() int64 {
	if j.rejects == nil {
		return 0
	}
	return j.rejects.Rows()
}

// Restart forgets the rejects, for a second attempt.
func (j *Job) Restart() error {
	if j.rejects == nil {
		return nil
	}
	err := j.rejects.Close()
	j.rejects = nil
	return err
}

// Finish writes the rejects, makes both files durable and gives them their names.
func (j *Job) Finish(ctx context.Context) error {
	rejects := source.RejectsPath(j.path)
	if j.rejects != nil {
		if err := j.rejects.Close(); err != nil {
			return err
		}
		query := "SELECT file, line, record, reason, raw FROM " + j.rejects.scan(rejectColumns, "")
		if _, err := j.copyTo(ctx, query, rejects+".tmp"); err != nil {
			return err
		}
		if err := publish(rejects+".tmp", rejects); err != nil {
			return err
		}
	} else if err := os.Remove(rejects); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("landing: %w", err)
	}
	if err := publish(j.Temp(), j.path); err != nil {
		return errors.Join(err, os.Remove(rejects))
	}
	j.done = true
	return os.RemoveAll(j.dir)
}

// Abort removes everything that Finish has not published. After Finish it does
// nothing, so it can always be deferred.
func (j *Job) Abort() {
	if j.done {
		return
	}
	j.done = true
	if j.rejects != nil {
		j.rejects.Close()
	}
	// The connection is free only when nothing of its last statement runs any more: a
	// COPY that failed in one thread may be about to open its file in another.
	_, _ = j.conn.Exec(context.Background(), engine.SQL("SELECT 1"))
	os.Remove(j.Temp())
	os.Remove(source.RejectsPath(j.path) + ".tmp")
	os.RemoveAll(j.dir)
}

// publish fsyncs temp, renames it to path and fsyncs the folder.
func publish(temp, path string) error {
	for _, step := range []func() error{
		func() error { return syncPath(temp) },
		func() error { return os.Rename(temp, path) },
		func() error { return syncPath(filepath.Dir(path)) },
	} {
		if err := step(); err != nil {
			return fmt.Errorf("landing: publish %s: %w", path, Explain(err, path))
		}
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	// Some file systems cannot sync a folder; that is no fault of the data.
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil
	}
	return errors.Join(err, f.Close())
}

// FullDiskError is a landing that did not fit.
type FullDiskError struct {
	Path  string
	Cause error
}

// Error says which disk is full and what to do.
func (e *FullDiskError) Error() string {
	return fmt.Sprintf("the disk that holds %s is full: make room or move the warehouse, then refresh again; the last generation is untouched (%v)", e.Path, e.Cause)
}

// Unwrap returns the cause.
func (e *FullDiskError) Unwrap() error { return e.Cause }

// Explain turns an error of a full disk, of the engine's or the system's, into
// a FullDiskError and leaves others as they are.
func Explain(err error, path string) error {
	var full *FullDiskError
	if err == nil || errors.As(err, &full) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "No space left on device") {
		return &FullDiskError{Path: path, Cause: err}
	}
	return err
}
