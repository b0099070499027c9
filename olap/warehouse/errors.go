package warehouse

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"time"
)

// NoGenerationError says that nothing has been published yet.
type NoGenerationError struct {
	Dir     string
	Missing bool // the folder itself does not exist
}

// Error says what to run.
func (e *NoGenerationError) Error() string {
	if e.Missing {
		return fmt.Sprintf("warehouse: the folder %s does not exist: check the path, or fill it with `verso refresh`", e.Dir)
	}
	return fmt.Sprintf("warehouse: nothing is published in %s yet: run `verso refresh`", e.Dir)
}

// LockedError says that another process is refreshing the warehouse.
type LockedError struct {
	Path  string        // the LOCK file
	PID   int           // 0 when not known
	Since string        // when it was taken, as written by its holder; "" when not known
	Held  time.Duration // since then; 0 when not known
}

// Error names the holder and says what to do.
func (e *LockedError) Error() string {
	who := "another process"
	if e.PID != 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	if e.Since != "" {
		who += " since " + e.Since
	}
	if e.Held > 0 {
		who += fmt.Sprintf(" (for %v)", e.Held)
	}
	return fmt.Sprintf("warehouse: %s is held by %s, which is refreshing: wait until it ends or stop it "+
		"(the lock goes with the process; the file need not be deleted)", e.Path, who)
}

// DamagedError says that the warehouse folder does not hold what it should: a
// CURRENT that names nothing, a generation that cannot be read.
type DamagedError struct {
	Path  string   // the file at fault
	What  string   // what is wrong with it
	Known []string // complete generations in the folder, oldest first
	Cause error
}

// Error says what is wrong and how to get back to work.
func (e *DamagedError) Error() string {
	text := fmt.Sprintf("warehouse: %s: %s", e.Path, e.What)
	if e.Cause != nil {
		text += ": " + e.Cause.Error()
	}
	text += "; run `verso refresh` for a new generation"
	if len(e.Known) > 0 {
		text += ", or write the name of an older one into CURRENT (there: " + strings.Join(e.Known, ", ") + ")"
	}
	return text
}

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Cause }

// damaged builds a DamagedError with the generations that are left, except not.
func (w *Warehouse) damaged(path, what, not string, cause error) error {
	names, _ := w.list(published)
	var known []string
	for _, n := range names {
		if n != not {
			known = append(known, n)
		}
	}
	return &DamagedError{Path: path, What: what, Known: known, Cause: cause}
}

// explain wraps err of doing what, with the words a person can act on.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	hint := ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		hint = "the disk is full: free some space or lower the number of generations kept, then run it again; what was published is untouched: "
	case errors.Is(err, syscall.EROFS):
		hint = "the disk is mounted read-only: "
	case errors.Is(err, fs.ErrPermission):
		hint = "permission denied: run as the owner of the folder or give this user access: "
	}
	return fmt.Errorf("warehouse: cannot %s: %s%w", what, hint, err)
}
