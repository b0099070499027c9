// Package file reads tables from files: CSV and its relatives, JSON lines,
// Parquet and XLSX; plain or packed with gzip or zstd; in UTF-8, UTF-16,
// GB18030 (GBK), Big5 or Latin-1. What is not declared is detected and reported.
//
// Text and workbooks land as VARCHAR columns exactly as they stand, the empty
// field as null. A record that is no row is rejected with file, line and reason;
// every record is either landed or rejected.
package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"verso/etl/config"
	"verso/etl/source"
	"verso/etl/source/xlsx"
	"verso/olap/engine"
)

// Source reads the files of one entry under sources:. It implements
// source.Source, source.Locator and source.Sampler.
type Source struct {
	name    string
	path    string
	spool   string
	options options
	fetch   Fetch

	mu      sync.Mutex
	inputs  []*input
	fetched *Fetched
}

// Fetch brings the one file of a source that is not lying there, before it is
// first read, and again after Close.
type Fetch func(ctx context.Context) (*Fetched, error)

// Fetched is a file that was brought.
type Fetched struct {
	Path  string
	Shown string   // what people call it: an address
	Notes []string // how it came
	Done  func()   // called by Close; nil: nothing
}

// options are the declared settings, checked.
type options struct {
	format   string
	encoding string
	csv      declaredDialect
	xlsx     xlsx.Options
	sheets   []string // of workbooks: names or patterns; empty: one sheet
}

// formats are the names format: may have.
var formats = map[string]string{"": "", "csv": "csv", "tsv": "tsv", "txt": "csv", "parquet": "parquet", "jsonl": "jsonl", "ndjson": "jsonl", "json": "jsonl", "xlsx": "xlsx"}

// New checks the settings of a file source. spool is a folder for temporary
// files as large as the data ("": beside the landing). Files are not touched yet.
func New(name string, s config.Source, spool string) (source.Source, error) {
	fail := func(err error) (source.Source, error) { return nil, fmt.Errorf("source %s: %w", name, err) }
	o := options{xlsx: xlsx.Options{Sheet: s.XLSX.Sheet, HeaderRow: s.XLSX.HeaderRow, HeaderRows: s.XLSX.HeaderRows}, sheets: s.XLSX.Sheets}
	var ok bool
	var err error
	if o.format, ok = formats[strings.ToLower(s.Format)]; !ok {
		return fail(fmt.Errorf("format %q is not known: use csv, tsv, parquet, jsonl or xlsx", s.Format))
	}
	if o.encoding, err = encodingName(s.Encoding); err != nil {
		return fail(err)
	}
	if o.csv, err = declare(s.CSV); err != nil {
		return fail(err)
	}
	if s.XLSX.HeaderRow < 0 {
		return fail(fmt.Errorf("xlsx.header_row is %d: rows count from 1", s.XLSX.HeaderRow))
	}
	made := &Source{name: name, path: s.Path, spool: spool, options: o}
	if s.Path == "-" {
		made.fetch = made.spooled(os.Stdin)
	}
	return made, nil
}

// NewFetched is New for a file that fetch brings.
func NewFetched(name string, s config.Source, spool string, fetch Fetch) (*Source, error) {
	made, err := New(name, s, spool)
	if err != nil {
		return nil, err
	}
	f := made.(*Source)
	f.fetch = fetch
	return f, nil
}

// bring fetches the file, once.
func (s *Source) bring(ctx context.Context) error {
	if s.fetch == nil || s.fetched != nil {
		return nil
	}
	f, err := s.fetch(ctx)
	if err != nil {
		return err
	}
	s.fetched, s.path = f, f.Path
	return nil
}

// Close forgets what was found out about the files.
func (s *Source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inputs = nil
	if s.fetched != nil && s.fetched.Done != nil {
		s.fetched.Done()
	}
	s.fetched = nil
	return nil
}

// unreadable wraps an error of the source itself.
func (s *Source) unreadable(err error) error {
	var u *source.UnreadableError
	var moved *movedError
	switch {
	case err == nil, errors.As(err, &u), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, fs.ErrPermission):
		return &source.UnreadableError{Source: s.name, What: "the file may not be read: give this user the right to read it", Cause: err}
	}
	// A file that was listed and is gone, or changed, may be complete when the
	// source is read again.
	passing := errors.As(err, &moved) || errors.Is(err, fs.ErrNotExist)
	return &source.UnreadableError{Source: s.name, What: err.Error(), Passing: passing}
}

// movedError is a file that is not what it was when it was inspected.
type movedError struct{ text string }

// Error says which file, and what to do.
func (e *movedError) Error() string { return e.text }

// tables are the described tables of a file: itself, or the sheets of a workbook.
func (s *Source) tables(ctx context.Context, conn engine.Conn, in *input) ([]*input, error) {
	parts, err := in.sheets(s.options.sheets)
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		if err := s.describe(ctx, conn, part); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// files inspects the files of the path, or returns what an earlier call found
// when they have not changed since.
func (s *Source) files(ctx context.Context, conn engine.Conn) ([]*input, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.bring(ctx); err != nil {
		return nil, s.unreadable(err)
	}
	paths, err := expand(s.path)
	if err != nil {
		return nil, s.unreadable(err)
	}
	if s.current(paths) {
		return s.inputs, nil
	}
	var inputs []*input
	var skipped []string
	for _, p := range paths {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		shown := ""
		if s.fetched != nil {
			shown = s.fetched.Shown
		}
		in, err := inspect(p, shown, s.options)
		if errors.Is(err, errEmpty) {
			skipped = append(skipped, p)
			continue
		}
		if err != nil {
			return nil, s.unreadable(err)
		}
		parts, err := s.tables(ctx, conn, in)
		if err != nil {
			return nil, s.unreadable(err)
		}
		inputs = append(inputs, parts...)
	}
	if len(inputs) == 0 {
		return nil, s.unreadable(fmt.Errorf("%s is empty: a table needs at least a line with the names of its columns", strings.Join(skipped, ", ")))
	}
	if err := agree(inputs); err != nil {
		return nil, s.unreadable(err)
	}
	for _, p := range skipped {
		inputs[0].notes = append(inputs[0].notes, filepath.Base(p)+" is empty and was passed over")
	}
	if s.fetched != nil {
		inputs[0].notes = append(inputs[0].notes, s.fetched.Notes...)
	}
	s.inputs = inputs
	return inputs, nil
}

// current says whether the inspected files are those of paths, unchanged.
func (s *Source) current(paths []string) bool {
	var read []string // a workbook may be read several times
	for _, in := range s.inputs {
		if in.changed() != nil {
			return false
		}
		if len(read) == 0 || read[len(read)-1] != in.path {
			read = append(read, in.path)
		}
	}
	return len(read) > 0 && slices.Equal(read, paths)
}

// changed says that a file is not the one inspected.
func (in *input) changed() error {
	info, err := os.Stat(in.path)
	if err != nil {
		return &movedError{fmt.Sprintf("%s went away while it was read: %v", in.name(), err)}
	}
	if info.Size() != in.size || !info.ModTime().Equal(in.modified) {
		return &movedError{in.name() + " changed while it was read: refresh again when the file is complete"}
	}
	return nil
}

// describe finds the columns of formats that have them elsewhere than in a
// header line.
func (s *Source) describe(ctx context.Context, conn engine.Conn, in *input) error {
	switch in.format {
	case "parquet":
		return in.describeParquet(ctx, conn)
	case "jsonl":
		return in.describeJSON(ctx)
	case "xlsx":
		return in.describeXLSX(s.options.xlsx)
	}
	return nil
}

// agree checks that the files can be read as one table: of one kind, columns of
// one name of one type. Files need not have the same columns, but some must be
// shared; what a file lacks is noted and null in its rows.
func agree(inputs []*input) error {
	first, union := inputs[0], columnsOf(inputs)
	types := map[string]*input{}
	for _, in := range inputs {
		if family(in) != family(first) {
			return fmt.Errorf("%s is %s, but %s is %s: an extract has files of one kind", in.name(), in.format, first.name(), first.format)
		}
		for c, t := range in.types {
			if o := types[c]; o != nil && o.types[c] != t {
				return fmt.Errorf("column %q is %s in %s, but %s in %s", c, t, in.name(), o.types[c], o.name())
			}
			types[c] = in
		}
		if in.format == "jsonl" { // keys may be absent anywhere
			continue
		}
		var lacks []string
		for _, c := range union {
			if !slices.Contains(in.columns, c.Name) {
				lacks = append(lacks, c.Name)
			}
		}
		if !slices.ContainsFunc(in.columns, func(c string) bool { return slices.Contains(first.columns, c) }) {
			return fmt.Errorf("%s has other columns than %s:%s%s: an extract is one table", in.name(), first.name(), list(" it lacks ", first.columns), list(" it has ", in.columns))
		}
		if len(lacks) > 0 {
			in.notes = append(in.notes, "it lacks columns that other files have, they are null here: "+strings.Join(lacks, ", "))
		}
	}
	return nil
}

// family groups the formats that may stand together.
func family(in *input) string {
	if in.format == "tsv" {
		return "csv"
	}
	return in.format
}

func list(before string, names []string) string {
	if len(names) == 0 {
		return ""
	}
	return before + strings.Join(names, ", ")
}

// columnsOf are those of the whole extract, in the order of the first file.
func columnsOf(inputs []*input) []source.Column {
	var columns []source.Column
	seen := map[string]bool{}
	for _, in := range inputs {
		for _, c := range in.columns {
			if seen[c] {
				continue
			}
			seen[c] = true
			t := "VARCHAR"
			if in.types != nil {
				t = in.types[c]
			}
			columns = append(columns, source.Column{Name: c, Type: t})
		}
	}
	return columns
}

// Columns implements source.Source.
func (s *Source) Columns(ctx context.Context, conn engine.Conn, _ source.Request) ([]source.Column, error) {
	inputs, err := s.files(ctx, conn)
	if err != nil {
		return nil, err
	}
	return columnsOf(inputs), nil
}

// Sample implements source.Sampler.
func (s *Source) Sample(ctx context.Context, conn engine.Conn, _ source.Request, n int) ([][]string, error) {
	inputs, err := s.files(ctx, conn)
	if err != nil {
		return nil, err
	}
	if inputs[0].format == "parquet" {
		return sampleParquet(ctx, conn, inputs, n)
	}
	columns := columnsOf(inputs)
	var rows [][]string
	for _, in := range inputs {
		err := s.walk(ctx, in, names(columns), nil, func(rec *record, values func() [][]byte) error {
			if len(rows) >= n {
				return errStop
			}
			if rec.kind == bad {
				return nil
			}
			row := make([]string, len(columns))
			for i, v := range values() {
				row[i] = string(v)
			}
			rows = append(rows, row)
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			return nil, s.unreadable(err)
		}
	}
	return rows, nil
}

// errStop ends a walk early.
var errStop = errors.New("enough")

func names(columns []source.Column) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.Name
	}
	return out
}

// Land implements source.Source.
func (s *Source) Land(ctx context.Context, conn engine.Conn, req source.Request) (source.Report, error) {
	inputs, err := s.wanted(ctx, conn, req)
	if err != nil || len(inputs) == 0 {
		return source.Report{}, err
	}
	if inputs[0].format == "parquet" {
		return s.landParquet(ctx, conn, req, inputs)
	}
	return s.landText(ctx, conn, req, inputs)
}

// wanted are the files to land.
func (s *Source) wanted(ctx context.Context, conn engine.Conn, req source.Request) ([]*input, error) {
	if req.Known != nil {
		return s.fresh(ctx, conn, req.Known)
	}
	return s.files(ctx, conn)
}
