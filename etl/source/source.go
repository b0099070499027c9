// Package source is the contract of everything operational data comes from.
// A source lands what it is asked for as one Parquet file, in source order and
// untransformed; what it cannot read as a row goes to a second Parquet file of
// rejects. Rows read = rows landed + rows rejected, always.
package source

import (
	"context"
	"time"

	"verso/olap/engine"
)

// Request asks a source for one extract.
type Request struct {
	Name string // of the extract, for file names and messages
	SQL  string // databases: the SELECT to run; empty for files
	Path string // Parquet file to write; rejects go to RejectsPath(Path)
	Only *Only  // databases: the part of the rows that is wanted; nil is all
	// Known, when not nil, are files read before, by path: those that are still
	// the same are left out. When none is left, nothing is written and the report
	// has no columns.
	Known map[string]KnownFile
}

// RejectsPath is where the rejects of a landing at path are written; the file
// exists only when there are rejects. Columns: file VARCHAR, line BIGINT (from
// 1; of the record's first line), record BIGINT (from 0 in its file, header not
// counted), reason VARCHAR, raw VARCHAR. Bytes that are no valid text stand in raw
// as \xNN.
func RejectsPath(path string) string { return path + ".rejects" }

// Report tells what one landing did.
type Report struct {
	Files    []File
	Read     int64 // records found in the source
	Landed   int64 // rows in the Parquet file
	Rejected int64 // rows in the rejects file
	Columns  []Column
	// Notes tell what was found and put right besides what Files say: dates without
	// a day, columns that changed their type, attempts that failed.
	Notes    []string
	Attempts int // readings it took, when more than one; 0 is one
}

// File is one file that was read (databases have none).
type File struct {
	Path     string // or where else it came from, such as its URL
	Format   string // csv, tsv, parquet, jsonl, xlsx
	Encoding string // utf-8, gb18030, …
	Dialect  string // such as: delimiter ';' quote '"' header true
	Bytes    int64
	SHA256   string // of the bytes as they are on disk
	Read     int64
	Landed   int64
	Notes    []string  // what was found and put right: header names made unique, …
	Modified time.Time `json:"-"` // as the file system says
}

// Column is one column of the landed Parquet file, with its engine type:
// VARCHAR for everything from text files and workbooks.
type Column struct{ Name, Type string }

// Source lands extracts. One Source serves one entry under sources: of
// verso.yaml.
type Source interface {
	// Columns lists the columns the extract would have, without reading it all:
	// the header and a sample for files, the described SELECT for databases.
	Columns(ctx context.Context, conn engine.Conn, req Request) ([]Column, error)
	// Land reads the extract and writes req.Path and, when needed,
	// RejectsPath(req.Path): first beside with the ending .tmp, fsynced, then renamed.
	// conn is a connection of a scratch database for engines that scan files
	// themselves. A failed or cancelled Land leaves no file behind.
	Land(ctx context.Context, conn engine.Conn, req Request) (Report, error)
	// Close ends connections.
	Close() error
}

// Sampler shows the first rows of an extract, as text, for people and for
// guessing a mapping. Every shipped source has it.
type Sampler interface {
	// Sample returns up to n rows in source order, each with one text per column
	// of Columns; null is the empty text.
	Sample(ctx context.Context, conn engine.Conn, req Request, n int) ([][]string, error)
}

// Position is where a landed row stood in its source.
type Position struct {
	File string
	Line int64  // from 1; 0 where the source has no lines
	Raw  string // the record as text, without its line end
}

// Locator finds landed rows again. Sources with files have it.
type Locator interface {
	// Locate returns the positions of landed rows, given by their ascending row
	// numbers in the Parquet file (from 0).
	Locate(ctx context.Context, req Request, rows []int64) ([]Position, error)
	// Recall makes Locate answer for what another process landed from the given
	// files; an error says that they are not what they were.
	Recall(ctx context.Context, conn engine.Conn, landed []File) error
}

// UnreadableError is a source that could not be reached or read at all; the
// command line exits with 4 for it.
type UnreadableError struct {
	Source string // name in verso.yaml
	What   string // what was tried, and what to do
	Cause  error
	// Passing says that the same may succeed a moment later: a broken connection, a
	// server that starts, a file that changed while it was read.
	Passing bool
}

// Error says which source, what, and why.
func (e *UnreadableError) Error() string {
	s := "source " + e.Source + ": " + e.What
	if e.Cause != nil {
		s += ": " + e.Cause.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *UnreadableError) Unwrap() error { return e.Cause }
