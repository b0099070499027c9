// Package audit writes who asked what by which door, one JSON object a line.
package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"strings"
	"sync"
	"time"
)

// Entry is one question.
type Entry struct {
	Time       time.Time     `json:"time"`
	ID         string        `json:"id"`
	Person     string        `json:"person,omitempty"`
	Asker      string        `json:"asker,omitempty"` // who really asks, where an administrator looks through the eyes of Person
	Door       string        `json:"door"`            // query, sql, facts, mcp …
	What       string        `json:"what,omitempty"`  // the question as text, the statement; never a secret
	Generation string        `json:"generation,omitempty"`
	Cut        string        `json:"cut,omitempty"` // the part of it that the person may see
	Rows       int64         `json:"rows"`
	Bytes      int64         `json:"bytes,omitempty"`
	Took       time.Duration `json:"took"` // nanoseconds
	Rollup     string        `json:"rollup,omitempty"`
	Rejected   []string      `json:"rejected,omitempty"` // rollups that could not answer, with the reason
	Cached     bool          `json:"cached,omitempty"`
	Shape      string        `json:"shape,omitempty"` // the same for questions that differ in values only; of answers that were computed
	Status     int           `json:"status,omitempty"`
	Outcome    string        `json:"outcome"` // ok, or the code of the error
	// Requests gathered in one line, see Log.Gather: how many, and when the last came.
	Count int       `json:"count,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

// maxWhat bounds the text of a question in the log, in bytes; more says that there
// is more of it.
const (
	maxWhat = 8 << 10
	more    = "…"
)

// Short is the text of a question as far as the log keeps it, on its own: it holds
// no longer text in memory.
func Short(what string) string {
	if len(what) <= maxWhat {
		return strings.Clone(what)
	}
	return strings.ToValidUTF8(what[:maxWhat-len(more)], "") + more
}

// Log appends entries to a file. It is safe for many goroutines.
type Log struct {
	mu   sync.Mutex
	path string
	max  int64
	file *os.File
	size int64

	gathered map[gathering]*Entry // lines that are open yet
}

// Open appends to the file at path, made for its owner alone. A file that would
// grow beyond max bytes is kept as path.1, in the place of the one before.
func Open(path string, max int64) (*Log, error) {
	l := &Log{path: path, max: max}
	return l, l.reopen()
}

func (l *Log) reopen() error {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	l.file, l.size = f, info.Size()
	return nil
}

// Write appends an entry in one write.
func (l *Log) Write(e Entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.flush(e.Time, gatherFor), l.write(e))
}

// write appends an entry. The lock is held.
func (l *Log) write(e Entry) error {
	e.What = Short(e.What)
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	line = append(line, '\n')
	if l.size+int64(len(line)) > l.max && l.size > 0 {
		if err := l.turn(); err != nil {
			return err
		}
	}
	n, err := l.file.Write(line)
	l.size += int64(n)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// turn begins a new file.
func (l *Log) turn() error {
	if err := os.Rename(l.path, l.path+".1"); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	old := l.file
	if err := l.reopen(); err != nil {
		return err
	}
	if err := old.Close(); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// Tail reads the last n entries of a log, the newest last; lines that are none are
// passed over. A log that is not there has none.
func Tail(path string, n int) ([]Entry, error) {
	var list []Entry
	for _, name := range []string{path + ".1", path} {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("audit: %w", err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e Entry
			if json.Unmarshal(lines.Bytes(), &e) == nil && e.ID != "" {
				list = append(list, e)
			}
			if len(list) > 2*n {
				list = append(list[:0], list[len(list)-n:]...)
			}
		}
		if err := errors.Join(lines.Err(), f.Close()); err != nil {
			return nil, fmt.Errorf("audit: %s: %w", name, err)
		}
	}
	return list[max(0, len(list)-n):], nil
}

// Close writes what is gathered and ends the log.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.flush(time.Time{}, math.MinInt64), l.file.Close())
}
