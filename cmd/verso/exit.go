package main

import (
	"context"
	"errors"
	"fmt"

	"verso/etl"
	"verso/etl/canon/preset"
	"verso/etl/check"
	"verso/etl/config"
	"verso/etl/source"
	"verso/models/evaluate"
	"verso/models/recommend"
	"verso/olap/anomaly"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/engine/duck"
	"verso/olap/warehouse"
	"verso/reports/site"
)

// The exit codes of verso.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitConfig      = 3
	exitSource      = 4
	exitRefused     = 5
	exitLocked      = 6
	exitInterrupted = 130
)

// usageError is a command line that cannot be understood.
type usageError struct {
	command string
	cause   error
}

func (e *usageError) Error() string {
	return fmt.Sprintf("%v\nSee: %s --help", e.cause, e.command)
}

func (e *usageError) Unwrap() error { return e.cause }

// usagef makes a usage error of a command.
func usagef(command, format string, args ...any) error {
	return &usageError{command: command, cause: fmt.Errorf(format, args...)}
}

// configError is a setting that a driver or a preset does not take.
type configError struct{ cause error }

func (e *configError) Error() string { return e.cause.Error() }

func (e *configError) Unwrap() error { return e.cause }

// statementError is a statement typed on the command line that the database
// does not understand.
type statementError struct{ cause error }

func (e *statementError) Error() string { return e.cause.Error() }

func (e *statementError) Unwrap() error { return e.cause }

// exitRule gives the exit code of the errors that it matches.
type exitRule struct {
	code int
	is   func(error) bool
}

// a matches errors that are, wrap or join one of type T.
func a[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// exitRules is the one table from errors to exit codes; the first rule that
// matches decides, and what none matches is exitFailed. What stands above is
// what a person has to change first.
func exitRules() []exitRule {
	return []exitRule{
		{exitUsage, a[*usageError]},
		{exitUsage, a[*compile.QueryError]}, // unknown names, and questions a cube cannot answer
		{exitUsage, a[*cube.ParseError]},    // --where and --time
		{exitUsage, a[*cube.NavigationError]},
		{exitUsage, a[*anomaly.TooShortError]}, // a history that tells nothing
		{exitUsage, a[*duck.RefusedError]},
		{exitUsage, a[*statementError]},
		{exitConfig, a[*config.Error]},
		{exitConfig, a[*configError]},
		{exitConfig, a[*preset.MissingError]},
		{exitConfig, a[*etl.MappingError]}, // also when a SELECT of the mapping failed in the source
		{exitConfig, a[*check.UnknownError]},
		{exitConfig, a[*check.TakenError]},
		{exitConfig, a[*cube.CatalogError]}, // the user's own cubes
		{exitConfig, a[*site.ForeignError]},
		{exitRefused, a[*check.RefusedError]},
		{exitRefused, a[*etl.RefusedError]},
		{exitRefused, a[*rollupError]},
		{exitRefused, a[*evaluate.RefusedError]},
		{exitRefused, a[*recommend.OverlapError]},
		{exitSource, a[*source.UnreadableError]},
		{exitSource, a[*evaluate.UnreadableError]},
		{exitLocked, a[*warehouse.LockedError]},
		{exitLocked, func(err error) bool { return errors.Is(err, engine.ErrBusy) }},
	}
}

// exitCode applies the table. An error that comes of ctx being cancelled, as by
// Ctrl-C, is exitInterrupted whatever it is wrapped in; limits, time-outs, a
// full disk, a damaged file and faults of verso are exitFailed.
func exitCode(ctx context.Context, err error) int {
	if err == nil {
		return exitDone
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	for _, rule := range exitRules() {
		if rule.is(err) {
			return rule.code
		}
	}
	return exitFailed
}
