// Package warehouse keeps the generations of a warehouse: immutable database
// files, one of which is published.
//
// A folder looks like this:
//
//	LOCK                                    held by the one process that refreshes
//	CURRENT                                 one line: the name of the published generation
//	SEQ                                     the last sequence number handed out
//	generations/00000012-<run>.duckdb       complete, read-only for ever
//	generations/00000013-<run>.draft        being filled; after a crash removed by the next Begin, or taken up by Resume
//
// A refresh fills a draft and publishes it by replacing CURRENT in one rename:
// a crash at any moment leaves the last published generation as it was. No path
// is ever used twice, so that nobody who has a file open is served another one.
//
// Readers hold a [Snapshot]: the generation that was current when they asked.
// It stays readable until they release it, whatever is published or pruned
// meanwhile.
//
// A Warehouse may be used by many goroutines at once.
package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"verso/olap/engine"
)

// Opener opens the database file at path, creating it unless readOnly.
type Opener func(ctx context.Context, path string, readOnly bool) (engine.Database, error)

// Option changes how a warehouse behaves.
type Option func(*Warehouse)

// WithClock gives the time that goes into LOCK for people to read. Without it
// LOCK names the process only.
func WithClock(now func() time.Time) Option { return func(w *Warehouse) { w.now = now } }

// Warehouse is a folder of generations.
type Warehouse struct {
	dir  string
	open Opener
	now  func() time.Time

	opening sync.Mutex // serialises opening and closing of generation files

	mu      sync.Mutex // guards what follows
	handles map[string]*handle
	closed  bool
	locked  bool // this value holds LOCK
	draft   *Draft
}

// Generation is one complete database file.
type Generation struct {
	Name    string // file name, such as 00000012-2025-06-30-1f0c9a3e.duckdb
	Path    string
	RunID   string
	Bytes   int64
	Current bool
}

const (
	generationsDir = "generations"
	currentFile    = "CURRENT"
	sequenceFile   = "SEQ"
	lockFile       = "LOCK"
	published      = ".duckdb"
	unfinished     = ".draft"
	writeAhead     = ".wal"
	spilled        = ".tmp"
)

// Open describes the warehouse in dir. It touches no file: the folder is made
// by the first Lock or Begin.
func Open(dir string, open Opener, options ...Option) (*Warehouse, error) {
	if dir == "" {
		return nil, errors.New("warehouse: no folder given")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("warehouse: %w", err)
	}
	if info, err := os.Stat(abs); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("warehouse: %s is a file, not a folder: name another folder", abs)
	}
	w := &Warehouse{dir: abs, open: open, handles: map[string]*handle{}}
	for _, o := range options {
		o(w)
	}
	return w, nil
}

// Dir is the folder, as an absolute path.
func (w *Warehouse) Dir() string { return w.dir }

// Generations lists the complete generations, oldest first; nil when there are none.
func (w *Warehouse) Generations() ([]Generation, error) {
	current, err := w.readCurrent()
	var none *NoGenerationError
	if err != nil && !errors.As(err, &none) {
		return nil, err
	}
	names, err := w.list(published)
	if err != nil {
		return nil, err
	}
	var found []Generation
	for _, name := range names {
		g, err := w.generation(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // pruned since it was listed
		}
		if err != nil {
			return nil, err
		}
		g.Current = name == current
		found = append(found, g)
	}
	return found, nil
}

// Prune deletes generations, keeping the newest keep, the current one and those
// with a snapshot out in this process. A file that cannot be deleted is reported
// in err and does not stop the others; removed is right even then.
func (w *Warehouse) Prune(keep int) (removed []Generation, err error) {
	all, err := w.Generations()
	if err != nil {
		return nil, err
	}
	all = all[:max(0, len(all)-max(keep, 0))]
	var errs []error
	for _, g := range all {
		if g.Current || !w.forget(g.Name) {
			continue
		}
		if err := os.Remove(g.Path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, explain("delete the old generation "+g.Path, err))
			continue
		}
		_ = os.RemoveAll(g.Path + spilled) // of a reader that was killed; harmless where it stays
		removed = append(removed, g)
	}
	return removed, errors.Join(errs...)
}

// Close closes the files that nobody reads. Snapshots that are still out stay
// usable and are closed by their Release.
func (w *Warehouse) Close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	return w.closeIdle("")
}

func (w *Warehouse) path(name string) string {
	return filepath.Join(w.dir, generationsDir, name)
}

// list returns the well-formed names in the generations folder that end in
// suffix, in order of their sequence numbers.
func (w *Warehouse) list(suffix string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(w.dir, generationsDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, explain("list the generations", err)
	}
	var names []string
	for _, e := range entries {
		if _, _, ok := splitName(e.Name()); ok && strings.HasSuffix(e.Name(), suffix) {
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		x, _, _ := splitName(a)
		y, _, _ := splitName(b)
		return x - y
	})
	return names, nil
}

func (w *Warehouse) generation(name string) (Generation, error) {
	info, err := os.Stat(w.path(name))
	if err != nil {
		return Generation{}, err
	}
	_, run, _ := splitName(name)
	return Generation{Name: name, Path: w.path(name), RunID: run, Bytes: info.Size()}, nil
}

var namePattern = regexp.MustCompile(`^([0-9]{8,})-([A-Za-z0-9][A-Za-z0-9._-]*?)(\.duckdb|\.draft)(\.wal|\.tmp|\.wal\.[a-z.]+|\.checkpoint\.wal|\.recovery\.wal)?$`)

// splitName takes a file name of the generations folder apart.
func splitName(name string) (seq int, run string, ok bool) {
	m := namePattern.FindStringSubmatch(name)
	if m == nil {
		return 0, "", false
	}
	seq, err := strconv.Atoi(m[1])
	return seq, m[2], err == nil
}
