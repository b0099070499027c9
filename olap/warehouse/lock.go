package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Lock takes the warehouse for one refresh, without waiting: when another
// process (or another value in this one) holds it, the error is a *LockedError.
// The operating system gives the lock back when the process ends, however it
// ends. unlock may be called more than once.
func (w *Warehouse) Lock(ctx context.Context) (unlock func() error, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(w.dir, generationsDir), 0o755); err != nil {
		return nil, explain("make the folder "+w.dir, err)
	}
	path := filepath.Join(w.dir, lockFile)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, explain("lock "+w.dir, err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		defer f.Close()
		return nil, w.holder(f)
	}
	if err != nil {
		return nil, explain("lock "+path, errors.Join(err, f.Close()))
	}
	if err := w.sign(f); err != nil {
		return nil, explain("write "+path, errors.Join(err, f.Close()))
	}
	w.mu.Lock()
	w.locked = true
	w.mu.Unlock()
	return sync.OnceValue(func() error {
		w.mu.Lock()
		w.locked = false
		w.mu.Unlock()
		// Emptied rather than deleted: a deleted LOCK could be held twice. Unlocked
		// and not only closed: a process that is just being started has the file too.
		return explain("release "+path, errors.Join(f.Truncate(0), syscall.Flock(int(f.Fd()), syscall.LOCK_UN), f.Close()))
	}), nil
}

// sign writes who holds the lock.
func (w *Warehouse) sign(f *os.File) error {
	text := fmt.Sprintf("%d\n", os.Getpid())
	if w.now != nil {
		text = fmt.Sprintf("%d %s\n", os.Getpid(), w.now().UTC().Format(time.RFC3339))
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// holder reads who signed, and for how long that is so.
func (w *Warehouse) holder(f *os.File) error {
	e := &LockedError{Path: f.Name()}
	text, _ := io.ReadAll(io.LimitReader(f, 200))
	pid, since, _ := strings.Cut(strings.TrimSpace(string(text)), " ")
	if n, err := strconv.Atoi(pid); err == nil {
		e.PID, e.Since = n, since
	}
	if at, err := time.Parse(time.RFC3339, e.Since); err == nil && w.now != nil {
		e.Held = max(0, w.now().Sub(at).Round(time.Second))
	}
	return e
}
