package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"verso/etl"
	"verso/etl/canon/preset"
	"verso/etl/check"
	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/landing"
	"verso/etl/source/postgres"
	"verso/olap"
	"verso/olap/anomaly"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/sqlworker"
	"verso/olap/warehouse"
	"verso/reports/site"
)

// Every kind of error that reaches the command line has its exit code, however
// deep it is wrapped and whatever is joined to it.
func TestExitCodes(t *testing.T) {
	fault := func(kind error) error { return &engine.FaultError{Kind: kind, Message: "x", Cause: errors.New("y")} }
	for _, c := range []struct {
		want int
		err  error
	}{
		{exitDone, nil},
		{exitFailed, errors.New("anything else")},
		{exitUsage, usagef("verso query", "--top: x")},
		{exitUsage, &compile.QueryError{Part: "rows"}},
		{exitUsage, &cube.ParseError{}},
		{exitUsage, &cube.NavigationError{}},
		{exitUsage, &anomaly.TooShortError{Got: 6, Want: 17}},
		{exitUsage, &duck.RefusedError{What: "2 statements"}},
		{exitUsage, &statementError{&engine.StatementError{Message: "x"}}},
		{exitFailed, &engine.StatementError{Message: "a statement of verso's own"}},
		{exitConfig, &config.Error{}},
		{exitConfig, &configError{errors.New("x")}},
		{exitConfig, &preset.MissingError{}},
		{exitConfig, &etl.MappingError{}},
		{exitConfig, &etl.MappingError{Cause: &postgres.QueryError{}}},
		{exitConfig, &check.UnknownError{}},
		{exitConfig, &cube.CatalogError{}},
		{exitConfig, errors.Join(&cube.CatalogError{}, &cube.CatalogError{})},
		{exitConfig, &site.ForeignError{}},
		{exitSource, &source.UnreadableError{Source: "orders", Cause: fs.ErrNotExist}},
		{exitRefused, &check.RefusedError{}},
		{exitRefused, &etl.RefusedError{}},
		{exitLocked, &warehouse.LockedError{}},
		{exitLocked, fault(engine.ErrBusy)},
		{exitFailed, fault(engine.ErrMemory)},
		{exitFailed, fault(engine.ErrCorrupt)},
		{exitFailed, fault(syscall.ENOSPC)},
		{exitFailed, &landing.FullDiskError{}},
		{exitFailed, &etl.CountError{}},
		{exitFailed, &warehouse.NoGenerationError{}},
		{exitFailed, &warehouse.DamagedError{}},
		{exitFailed, &duck.InUseError{}},
		{exitFailed, &olap.LimitError{}},
		{exitFailed, &olap.MissingTableError{}},
		{exitFailed, &olap.RepeatedKeyError{}},
		{exitFailed, &sqlworker.LimitError{}},
		{exitFailed, &sqlworker.TimeoutError{}},
		{exitFailed, &sqlworker.DiedError{}},
	} {
		wrapped := c.err
		if wrapped != nil {
			wrapped = errors.Join(fmt.Errorf("step: %w", c.err), errors.New("and the draft could not be removed"))
		}
		for _, err := range []error{c.err, wrapped} {
			if got := exitCode(t.Context(), err); got != c.want {
				t.Errorf("%T: exit code %d, want %d", c.err, got, c.want)
			}
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for err, want := range map[error]int{
		fmt.Errorf("land: %w", gone.Err()):                                 exitInterrupted,
		&source.UnreadableError{Source: "orders", Cause: context.Canceled}: exitInterrupted,
		&config.Error{}: exitConfig, // found before the signal came
	} {
		if got := exitCode(gone, err); got != want {
			t.Errorf("%v after Ctrl-C: exit code %d, want %d", err, got, want)
		}
	}
	if got := exitCode(t.Context(), context.Canceled); got != exitFailed {
		t.Errorf("a cancelled part without Ctrl-C: exit code %d, want %d", got, exitFailed)
	}
}
