package duck

import (
	"context"
	"fmt"

	"verso/olap/engine"
)

// SandboxOptions are the limits within which a person's SQL runs.
type SandboxOptions struct {
	MemoryBytes int64 // what DuckDB may use for operators; 0: 1 GiB
	Threads     int   // 0: all cores
	// TempDir is where large sorts and joins spill: a folder for this process
	// alone. "": nothing spills and the file system is closed altogether, so
	// that what does not fit fails with engine.ErrMemory.
	TempDir string
}

// OpenSandboxed opens a finished file read-only for SQL that a person typed:
// nothing but this file can be read, nothing can be written, loaded or
// configured. It does not bound what one value or one result takes, nor stop
// what cannot be interrupted: for that the caller is a process of its own with
// a limit on its memory, and asks CheckSelect first.
func OpenSandboxed(ctx context.Context, path string, o SandboxOptions) (*DB, error) {
	if o.MemoryBytes <= 0 {
		o.MemoryBytes = 1 << 30
	}
	db, err := Open(ctx, Options{
		Path: path, ReadOnly: true, Threads: o.Threads, MaxConns: 2,
		MemoryLimit: fmt.Sprintf("%dB", o.MemoryBytes),
	})
	if err != nil {
		return nil, err
	}
	for _, s := range lockdown(o) {
		if _, err := db.Exec(ctx, engine.SQL(s)); err != nil {
			db.Close()
			return nil, fmt.Errorf("duck: close off the sandbox: %w", err)
		}
	}
	return db, nil
}

// lockdown lists the settings that close the sandbox. The order matters: with
// external access off the temporary folder is fixed, and after the last one
// nothing can be set any more.
func lockdown(o SandboxOptions) []string {
	settings := []string{
		"SET temp_directory = " + engine.QuoteText(o.TempDir),
		"SET enable_external_access = false",
	}
	if o.TempDir == "" {
		// Also closes the file itself to read_blob, which the line above leaves open.
		settings = append(settings, "SET disabled_filesystems = 'LocalFileSystem'")
	}
	return append(settings, "SET lock_configuration = true")
}
