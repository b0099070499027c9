package main

import (
	"context"
	"errors"
	"fmt"

	"verso/etl/config"
	"verso/etl/source"
	"verso/olap/warehouse"
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

// exitCode is the one table from errors to exit codes.
func exitCode(ctx context.Context, err error) int {
	var (
		usage      *usageError
		badConfig  *config.Error
		unreadable *source.UnreadableError
		locked     *warehouse.LockedError
	)
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &badConfig):
		return exitConfig
	case errors.As(err, &unreadable):
		return exitSource
	case errors.As(err, &locked):
		return exitLocked
	}
	return exitFailed
}
