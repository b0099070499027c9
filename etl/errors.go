package etl

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"verso/etl/check"
	"verso/etl/config"
	"verso/etl/ledger"
	"verso/etl/source"
)

// Classify sorts an error of Refresh.
func Classify(err error) ledger.Class {
	var (
		unreadable *source.UnreadableError
		mapping    *MappingError
		invalid    *config.Error
		checks     *check.RefusedError
		refused    *RefusedError
		unknown    *check.UnknownError
	)
	switch {
	case err == nil:
		return ledger.ClassDone
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return ledger.ClassInterrupted
	case errors.As(err, &checks), errors.As(err, &refused):
		return ledger.ClassRefused
	case errors.As(err, &mapping), errors.As(err, &invalid), errors.As(err, &unknown):
		return ledger.ClassConfig
	case errors.As(err, &unreadable):
		return ledger.ClassSource
	}
	return ledger.ClassFailed
}

// MappingError is a mapping that does not fit its source: verso.yaml must be
// changed.
type MappingError struct {
	File   string // verso.yaml as given
	Line   int    // of the mapping; 0 when unknown
	Table  string
	Source string
	What   string // what is wrong
	Hint   string // what to do
	Cause  error
}

// Error says where, what, and what to do.
func (e *MappingError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	fmt.Fprintf(&b, "table %s from %s: %s", e.Table, e.Source, e.What)
	if e.Cause != nil {
		b.WriteString(": " + e.Cause.Error())
	}
	if e.Hint != "" {
		b.WriteString("\n  " + e.Hint)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *MappingError) Unwrap() error { return e.Cause }

// RefusedError is data that cannot be loaded as the configuration says, found
// before any check could run.
type RefusedError struct {
	Table string
	What  string
	Hint  string
}

// Error says what, and what to do.
func (e *RefusedError) Error() string {
	if e.Table == "" { // of the whole run
		return fmt.Sprintf("%s\n  %s", e.What, e.Hint)
	}
	return fmt.Sprintf("table %s: %s\n  %s", e.Table, e.What, e.Hint)
}

// CountError is rows that got lost between two counts: a fault of verso.
type CountError struct {
	Table, Source             string
	Read, Loaded, Quarantined int64
}

// Error states the counts.
func (e *CountError) Error() string {
	return fmt.Sprintf("table %s from %s: %d rows were read, but %d loaded and %d quarantined: this is a fault of verso, nothing is published",
		e.Table, e.Source, e.Read, e.Loaded, e.Quarantined)
}
