// Package extract lands one extract as the next segment of its chain: whole, or
// only what changed since the last one, by the way that verso.yaml chooses.
package extract

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/landing"
	"verso/etl/source"
	"verso/olap/engine"
)

// Job is one extract to land.
type Job struct {
	Name   string
	SQL    string // databases
	Path   string // file to land, of a name that no manifest knows
	Table  canon.Table
	Source map[string]string   // canonical column → column of the extract, for mappings by columns
	Way    *config.Incremental // nil: whole
	Chain  *landing.Chain
	Home   string  // folder of the configuration: files in it are known by their path from there
	Folder string  // of the chain's segments
	Full   bool    // whole this time, whatever the way
	Period *Period // read this period again instead
	Now    time.Time
}

// Period is a range of dates, To exclusive.
type Period struct{ From, To time.Time }

// Landed is what became of a job.
type Landed struct {
	Report   source.Report    // of what the source read
	Segment  *landing.Segment // nil: nothing new
	Position landing.Position
	Direct   bool // row numbers of the segment are those the source knows
}

// Error is a way of extracting that does not fit the data.
type Error struct {
	Extract string
	What    string
	Hint    string
}

// Error says what, and what to do.
func (e *Error) Error() string { return "extract " + e.Extract + ": " + e.What + "\n  " + e.Hint }

// Land reads the source. conn is a connection of the scratch database. A failed
// Land leaves no file behind.
func (j *Job) Land(ctx context.Context, conn engine.Conn, src source.Source, dialect engine.Dialect) (*Landed, error) {
	r := &run{Job: j, conn: conn, src: src, dialect: dialect}
	out, err := r.land(ctx)
	if err != nil || out.Segment == nil {
		for _, ending := range []string{"", landing.RejectsEnding, landing.GoneEnding, landing.KnownEnding, wholeEnding, logEnding} {
			if removeErr := os.Remove(j.Path + ending); removeErr != nil && !errors.Is(removeErr, os.ErrNotExist) {
				err = errors.Join(err, removeErr)
			}
		}
	}
	return out, err
}

// Endings of files that only live while an extract is landed.
const (
	wholeEnding = ".whole"
	logEnding   = ".log"
)

// run is a job at work.
type run struct {
	*Job
	conn    engine.Conn
	src     source.Source
	dialect engine.Dialect
}

func (r *run) land(ctx context.Context) (*Landed, error) {
	full := r.Full || r.Way == nil || r.Chain.Tail() == nil
	if r.Period != nil && !full {
		if r.Way.Window == "" && (r.Way.By == "" || r.Way.By == config.ByKey || r.Way.By == config.ByFiles) {
			return r.increment(ctx)
		}
		return r.period(ctx)
	}
	if !full {
		return r.increment(ctx)
	}
	req := r.request(r.Path)
	if r.Way != nil && r.Way.By == config.ByFiles {
		req.Known = map[string]source.KnownFile{}
	}
	report, err := r.ask(ctx, req)
	if err != nil {
		return &Landed{}, err
	}
	if report.Columns == nil {
		return &Landed{}, &Error{r.Name, "there is no file with rows", "look at the path of the source"}
	}
	return r.whole(ctx, report)
}

// whole makes a full segment, or none when the source is as the last one left it.
func (r *run) whole(ctx context.Context, report source.Report) (*Landed, error) {
	out := &Landed{Report: report, Direct: true, Position: r.Chain.Position}
	sum, err := contentHash(report, r.Path)
	if err != nil {
		return out, err
	}
	if tail := r.Chain.Tail(); len(tail) == 1 && tail[0].SHA256 == sum && r.Chain.Segments[len(r.Chain.Segments)-1].No == tail[0].No && r.Way == nil && sameColumns(tail[0].Columns, report.Columns) {
		return out, nil
	}
	s, err := r.segment(landing.Full, report)
	if err != nil {
		return out, err
	}
	out.Segment, s.SHA256 = s, sum
	out.Position, err = r.begin(ctx, report)
	return out, err
}

// begin is the position after a full segment.
func (r *run) begin(ctx context.Context, report source.Report) (landing.Position, error) {
	var p landing.Position
	var err error
	switch {
	case r.Way == nil:
	case r.Way.By == config.ByFiles:
		p.Files = r.files(nil, report, r.Chain.Next)
	case r.Way.Compare:
		p.Known = filepath.Base(r.Path) + landing.KnownEnding
		err = r.remember(ctx, r.Path)
	case r.Way.Log != "":
		p.Log, err = r.logEnd(ctx)
	default:
		p.Watermark, err = r.highest(ctx, report, "")
	}
	return p, err
}

func (r *run) increment(ctx context.Context) (*Landed, error) {
	switch {
	case r.Way.By == config.ByFiles:
		return r.newFiles(ctx)
	case r.Way.Compare:
		return r.compare(ctx)
	case r.Way.Log != "":
		return r.logged(ctx)
	case r.Way.Window != "":
		return r.window(ctx)
	}
	return r.since(ctx)
}

func (r *run) request(path string) source.Request {
	return source.Request{Name: r.Name, SQL: r.SQL, Path: path}
}

// ask lands, and asserts that every record was landed or rejected.
func (r *run) ask(ctx context.Context, req source.Request) (source.Report, error) {
	report, err := r.src.Land(ctx, r.conn, req)
	if err == nil && report.Read != report.Landed+report.Rejected {
		err = fmt.Errorf("extract %s: %d records were read, but %d landed and %d were rejected: this is a fault of verso, nothing is published",
			r.Name, report.Read, report.Landed, report.Rejected)
	}
	return report, err
}

// segment describes what lies at r.Path.
func (r *run) segment(kind landing.Kind, report source.Report) (*landing.Segment, error) {
	info, err := os.Stat(r.Path)
	if err != nil {
		return nil, err
	}
	s := &landing.Segment{No: r.Chain.Next, Kind: kind, File: filepath.Base(r.Path), Read: report.Read, Rows: report.Landed,
		Rejected: report.Rejected, Bytes: info.Size(), Columns: report.Columns, Files: report.Files}
	if kind != landing.Full {
		s.Offset = r.Chain.Rows()
	}
	return s, nil
}

// delta makes a segment of changed rows, or none when nothing was read.
func (r *run) delta(kind landing.Kind, report source.Report) (*landing.Segment, error) {
	s, err := r.segment(kind, report)
	if err != nil {
		return nil, err
	}
	s.SHA256, err = contentHash(report, r.Path)
	return s, err
}

// contentHash identifies what was landed: the bytes of the source files, or of
// the landed rows where there are no files.
func contentHash(report source.Report, path string) (string, error) {
	h := sha256.New()
	if len(report.Files) > 0 {
		for _, f := range report.Files {
			fmt.Fprintln(h, f.SHA256)
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func sameColumns(a, b []source.Column) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// column is the extract's own name of a canonical column.
func (r *run) column(columns []source.Column, canonical string) (source.Column, error) {
	want := canonical
	if r.Source != nil {
		want = r.Source[canonical]
	}
	for _, c := range columns {
		if strings.EqualFold(c.Name, want) {
			return c, nil
		}
	}
	return source.Column{}, &Error{r.Name, fmt.Sprintf("the mapping has no column %s, which incremental needs", canonical), "map it, or choose another way"}
}

// keys are the extract's own names of the key.
func (r *run) keys(columns []source.Column) ([]source.Column, error) {
	var out []source.Column
	for _, k := range r.Table.Key {
		if c, ok := r.Table.Column(k); ok && c.Default != "" {
			if found, err := r.column(columns, k); err == nil {
				out = append(out, found)
			}
			continue
		}
		found, err := r.column(columns, k)
		if err != nil {
			return nil, err
		}
		out = append(out, found)
	}
	return out, nil
}

func q(name string) string { return engine.QuoteIdent(name) }

// Folded describes a folded file.
func Folded(path string) (*landing.Segment, error) {
	if err := syncFiles(path); err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	sum, err := contentHash(source.Report{}, path)
	return &landing.Segment{Bytes: info.Size(), SHA256: sum}, err
}
