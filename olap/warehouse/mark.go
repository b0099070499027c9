package warehouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"verso/olap/engine"
)

// headBytes are the headers of a database file: one of the file and two of the
// database, used in turn, of 4 KB each. What a file holds as of its last
// checkpoint hangs on them alone: blocks that they reach are not written again
// before the next checkpoint, which writes one of them anew.
const headBytes = 3 * 4096

// unbounded keeps the engine from making a checkpoint by itself: until the next
// one all that happens to a draft is in its write-ahead log and in blocks that
// its headers do not reach.
const unbounded = "SET GLOBAL checkpoint_threshold = '1000TB'"

// Mark brings all that was committed into the draft's file, on the disk, and
// returns the words by which [Warehouse.Resume] finds the draft again as it is
// now, whatever is done to it afterwards by a process that then dies. No
// transaction may be open.
func (d *Draft) Mark(ctx context.Context) (string, error) {
	for _, sql := range []string{"CHECKPOINT", unbounded} {
		if _, err := d.db.Exec(ctx, engine.SQL(sql)); err != nil {
			return "", explain("mark "+d.path, err)
		}
	}
	if err := errors.Join(syncPath(d.path), syncPath(filepath.Dir(d.path))); err != nil {
		return "", explain("mark "+d.path, err)
	}
	head, err := head(d.path)
	if err != nil {
		return "", explain("mark "+d.path, err)
	}
	return filepath.Base(d.path) + " " + head, nil
}

// head identifies the checkpoint that a database file is at.
func head(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.CopyN(h, f, headBytes); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// LostError is a marked draft that cannot be had again.
type LostError struct{ Why string }

// Error says why.
func (e *LostError) Error() string { return "the unfinished generation cannot be taken up: " + e.Why }

// Resume takes up the draft that a process left when it died, as it was when it
// was marked; other drafts are removed. Otherwise it is like Begin. When the
// draft is gone, or has seen a checkpoint since, the error is a *LostError.
func (w *Warehouse) Resume(ctx context.Context, mark string) (*Draft, error) {
	d := &Draft{w: w}
	if err := w.claim(ctx, d); err != nil {
		return nil, err
	}
	if err := d.take(ctx, mark); err != nil {
		d.path = "" // left for Begin to remove
		return nil, errors.Join(err, d.Discard())
	}
	return d, nil
}

func (d *Draft) take(ctx context.Context, mark string) error {
	name, want, _ := strings.Cut(mark, " ")
	seq, run, ok := splitName(name)
	if !ok || !strings.HasSuffix(name, unfinished) {
		return &LostError{fmt.Sprintf("%q names no draft", name)}
	}
	path := d.w.path(name)
	have, err := head(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &LostError{name + " is gone"}
	case err != nil:
		return &LostError{err.Error()}
	case have != want:
		return &LostError{name + " was written since it was marked"}
	}
	if err := d.w.removeOthers(name); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o644); err != nil {
		return &LostError{err.Error()}
	}
	if err := syncPath(filepath.Dir(path)); err != nil {
		return err
	}
	d.seq, d.path = int64(seq), path
	d.name = fmt.Sprintf("%08d-%s", seq, run) + published
	if d.db, err = d.w.open(ctx, path, false); err != nil {
		d.db = nil // an opener may return a typed nil with its error
		return &LostError{err.Error()}
	}
	if _, err = d.db.Exec(ctx, engine.SQL(unbounded)); err != nil {
		return errors.Join(err, d.db.Close())
	}
	return nil
}
