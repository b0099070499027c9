package duck

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"verso/olap/engine"
)

// statementError sorts an error of the driver: the end of ctx stays visible
// to errors.Is, a fault of the machine becomes a FaultError, and the engine's
// words about the statement go into a StatementError.
func statementError(ctx context.Context, sql string, err error) error {
	if ctxErr := ctx.Err(); ctxErr != nil {
		return fmt.Errorf("%w: statement stopped", ctxErr)
	}
	// What DuckDB recommends after this line are settings, which are not the
	// reader's to make.
	message, _, _ := strings.Cut(err.Error(), "\n\nPossible solutions:")
	if kind := faultKind(message); kind != nil {
		return &engine.FaultError{Kind: kind, SQL: sql, Message: message, Cause: err}
	}
	return &engine.StatementError{SQL: sql, Message: message, Cause: err}
}

// faultKind reads the kind of a fault from DuckDB's message, which is all the
// driver passes on; nil when the statement is at fault.
func faultKind(message string) error {
	class, _, _ := strings.Cut(message, ":")
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(message, p) {
				return true
			}
		}
		return false
	}
	switch class {
	case "Out of Memory Error":
		if has("max_temp_directory_size", "No space left on device") && !has("failed to allocate") {
			return syscall.ENOSPC
		}
		return engine.ErrMemory
	case "Serialization Error":
		return engine.ErrCorrupt
	case "IO Error", "FATAL Error", "INTERNAL Error", "TransactionContext Error":
	default:
		return nil
	}
	switch {
	case has("No space left on device", "Disk quota exceeded", "not enough space"):
		return syscall.ENOSPC
	case has("Could not set lock on file"):
		return engine.ErrBusy
	case has("Permission denied", "Operation not permitted", "Read-only file system"):
		return fs.ErrPermission
	case has("Corrupt database file", "not a valid DuckDB database", "Could not read enough bytes",
		"Could not read all bytes", "does not match stored checksum", "was created with an older version", "Failed to load metadata", "reached the end of the file"):
		return engine.ErrCorrupt
	case has("No such file or directory", "database does not exist"):
		return fs.ErrNotExist
	case class == "INTERNAL Error", class == "FATAL Error":
		return engine.ErrBroken
	}
	return nil
}
