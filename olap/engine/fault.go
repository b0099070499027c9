package engine

import (
	"errors"
	"strings"
)

// Kinds of faults, for errors.Is. Beside these a FaultError may be
// syscall.ENOSPC (disk full), fs.ErrPermission or fs.ErrNotExist.
var (
	// ErrCorrupt: the file is not a database, is cut short or was changed.
	ErrCorrupt = errors.New("damaged database file")
	// ErrMemory: the work does not fit into the memory it may use.
	ErrMemory = errors.New("out of memory")
	// ErrBusy: another process has the file open for writing.
	ErrBusy = errors.New("database file in use")
	// ErrBroken: the engine failed from within and answers nothing more until it
	// is opened anew.
	ErrBroken = errors.New("the database engine failed from within")
)

// FaultError is a fault of the machine or the file rather than of a statement.
type FaultError struct {
	Kind    error  // what errors.Is finds
	SQL     string // the statement that met it; "" when there was none
	Message string // the engine's own words
	Cause   error
}

// Error names the engine's message and the first line of the statement.
func (e *FaultError) Error() string {
	if e.SQL == "" {
		return e.Message
	}
	return e.Message + " (in: " + excerpt(e.SQL) + ")"
}

// Unwrap returns the kind and the driver's error.
func (e *FaultError) Unwrap() []error { return []error{e.Kind, e.Cause} }

// excerpt is the first line of a statement, cut at 200 bytes between letters.
func excerpt(sql string) string {
	text := strings.TrimSpace(sql)
	line, _, more := strings.Cut(text, "\n")
	if len(line) > 200 {
		line, more = strings.ToValidUTF8(line[:200], ""), true
	}
	if more {
		line += " …"
	}
	return line
}
