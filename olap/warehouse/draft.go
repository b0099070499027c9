package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"verso/olap/engine"
)

// Draft is a generation being filled. It is used by one goroutine at a time and
// ends with Publish or Discard; `defer d.Discard()` right after Begin is safe.
type Draft struct {
	w      *Warehouse
	seq    int64
	name   string // of the generation to be, with its suffix
	path   string
	db     engine.Database
	unlock func() error // nil when the caller holds the lock
	closed bool         // the database is closed
	done   bool         // published or discarded
}

var runPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,100}$`)

// Begin starts a new generation, empty, after removing what crashed runs left
// unfinished. It takes the lock for the life of the draft unless this Warehouse
// holds it already. One draft at a time. The run id becomes part of the file
// name: letters, digits, dot, dash and underscore.
func (w *Warehouse) Begin(ctx context.Context, runID string) (*Draft, error) {
	return w.begin(ctx, runID, "")
}

// begin starts a generation, as a copy of the file from unless that is "".
func (w *Warehouse) begin(ctx context.Context, runID, from string) (*Draft, error) {
	if !runPattern.MatchString(runID) {
		return nil, badRunID(runID)
	}
	d := &Draft{w: w}
	if err := w.claim(ctx, d); err != nil {
		return nil, err
	}
	if err := d.create(ctx, runID, from); err != nil {
		return nil, errors.Join(err, d.Discard())
	}
	return d, nil
}

// claim makes d the draft of w, under the lock.
func (w *Warehouse) claim(ctx context.Context, d *Draft) error {
	w.mu.Lock()
	locked, busy := w.locked, w.draft != nil
	w.mu.Unlock()
	if busy {
		return fmt.Errorf("warehouse: a draft is open already in %s: publish or discard it first", w.dir)
	}
	if !locked {
		unlock, err := w.Lock(ctx)
		if err != nil {
			return err
		}
		d.unlock = unlock
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.draft != nil {
		return fmt.Errorf("warehouse: a draft is open already in %s: publish or discard it first", w.dir)
	}
	w.draft = d
	return nil
}

func (d *Draft) create(ctx context.Context, runID, from string) error {
	seq, err := d.w.nextSequence()
	if err != nil {
		return err
	}
	if err := d.w.removeUnfinished(); err != nil {
		return err
	}
	base := fmt.Sprintf("%08d-%s", seq, runID)
	d.seq = int64(seq)
	d.name, d.path = base+published, d.w.path(base+unfinished)
	if from != "" {
		if err := copyFile(ctx, from, d.path); err != nil {
			return explain("copy the last generation to "+d.path, err)
		}
	}
	db, err := d.w.open(ctx, d.path, false)
	if err != nil {
		return explain("start the generation "+d.path, err)
	}
	d.db = db // only now: an opener may return a typed nil with its error
	return nil
}

// removeUnfinished deletes drafts with what belongs to them. The caller holds
// the lock: so nobody is writing them.
func (w *Warehouse) removeUnfinished() error { return w.removeOthers("") }

// removeOthers deletes drafts, but for the named one, with what belongs to them;
// of that one too only the file remains.
func (w *Warehouse) removeOthers(keep string) error {
	names, err := w.list("")
	if err != nil {
		return err
	}
	for _, name := range names {
		if !strings.Contains(name, unfinished) || name == keep {
			continue
		}
		if err := os.RemoveAll(w.path(name)); err != nil {
			return explain("remove what a crashed run left, "+w.path(name), err)
		}
	}
	return nil
}

// Name sets the run id of the generation to be, for runs whose id follows from
// what they loaded and so is not known at Begin.
func (d *Draft) Name(runID string) error {
	if !runPattern.MatchString(runID) {
		return badRunID(runID)
	}
	d.name = fmt.Sprintf("%08d-%s", d.seq, runID) + published
	return nil
}

func badRunID(runID string) error {
	return fmt.Errorf("warehouse: run id %q does not fit in a file name: use letters, digits, '.', '-' and '_'", runID)
}

// DB is the database to fill.
func (d *Draft) DB() engine.Database { return d.db }

// Path is the file being filled. Its name changes when it is published.
func (d *Draft) Path() string { return d.path }

// Publish makes the draft the current generation: all its readers have been
// released and all its connections closed. On an error CURRENT names the same
// generation as before, the draft's database is closed, and Discard remains to
// be called.
func (d *Draft) Publish(ctx context.Context) (Generation, error) {
	if d.done || d.closed {
		return Generation{}, errors.New("warehouse: the draft is closed already")
	}
	final := d.w.path(d.name)
	if err := d.seal(ctx); err != nil {
		return Generation{}, explain("publish "+d.name, err)
	}
	if err := os.Rename(d.path, final); err != nil {
		return Generation{}, explain("publish "+d.name, err)
	}
	d.path = final
	if err := d.verify(ctx); err != nil {
		return Generation{}, explain("publish "+d.name, err)
	}
	if err := d.w.replace(currentFile, d.name+"\n"); err != nil {
		if now, readErr := d.w.readCurrent(); readErr == nil && now == d.name {
			d.done = true // renamed, but the folder could not be synced
			err = errors.Join(err, d.release())
		}
		return Generation{}, err
	}
	d.done = true
	g, err := d.w.generation(d.name)
	g.Current = true
	return g, errors.Join(err, d.release(), d.w.closeIdle(d.name))
}

// seal brings everything into the one file, on the disk.
func (d *Draft) seal(ctx context.Context) error {
	_, err := d.db.Exec(ctx, engine.SQL("CHECKPOINT"))
	d.closed = true
	if err = errors.Join(err, d.db.Close()); err != nil {
		return err
	}
	if _, err := os.Stat(d.path + writeAhead); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is still there: a connection or a reader of the draft was not closed", filepath.Base(d.path)+writeAhead)
	}
	if err := syncPath(d.path); err != nil {
		return err
	}
	return os.Chmod(d.path, 0o444)
}

// verify opens the sealed file as readers will.
func (d *Draft) verify(ctx context.Context) error {
	if err := syncPath(filepath.Dir(d.path)); err != nil {
		return err
	}
	db, err := d.w.open(ctx, d.path, true)
	if err != nil {
		return err
	}
	_, err = engine.One(ctx, db, engine.SQL(`SELECT 1 AS "one"`))
	return errors.Join(err, db.Close())
}

// Discard closes the draft and removes its files. After Publish succeeded, or
// after a first Discard, it does nothing.
func (d *Draft) Discard() error {
	if d.done {
		return nil
	}
	d.done = true
	var errs []error
	if d.db != nil && !d.closed {
		d.closed = true
		errs = append(errs, d.db.Close())
	}
	if d.path != "" {
		for _, path := range []string{d.path, d.path + writeAhead, d.path + spilled} {
			if err := os.RemoveAll(path); err != nil {
				errs = append(errs, explain("remove "+path, err))
			}
		}
	}
	return errors.Join(append(errs, d.release())...)
}

// release ends the draft's claim on the warehouse.
func (d *Draft) release() error {
	d.w.mu.Lock()
	if d.w.draft == d {
		d.w.draft = nil
	}
	d.w.mu.Unlock()
	if d.unlock == nil {
		return nil
	}
	return d.unlock()
}
