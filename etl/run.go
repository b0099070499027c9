// Package etl turns operational data into a filled warehouse: it lands every
// extract as Parquet, types it into the canonical stage tables, sets bad rows
// aside in quarantine with a reason, builds the star and checks it. It knows no
// driver: sources, the database and the clock are given by the caller.
package etl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"verso/etl/canon"
	"verso/etl/check"
	"verso/etl/config"
	"verso/etl/extract"
	"verso/etl/landing"
	"verso/etl/ledger"
	"verso/etl/outage"
	"verso/etl/peak"
	"verso/etl/resume"
	"verso/etl/source"
	"verso/olap/engine"
)

// Options are what a refresh works with.
type Options struct {
	Config  *config.Config
	Version string                   // of verso; goes into the run id
	Inputs  string                   // what else decides the content, such as confirmed merges; goes into the run id
	Engine  string                   // name and version of the database, for the ledger
	Dry     bool                     // nothing will be published, for the ledger
	Size    func() int64             // of the draft's file in bytes, for the ledger; nil: not told
	Sources map[string]source.Source // by name under sources: of verso.yaml
	DB      engine.Database          // the draft generation, empty
	Scratch engine.Database          // for engines that scan files themselves while landing
	Clock   func() time.Time
	Log     *slog.Logger   // nil: silent
	Report  func(Progress) // nil: no progress; called from one goroutine at a time
	// Star builds the core tables out of the stage tables.
	Star Step
	// Landed, when set, is told how many bytes were landed before anything is made of
	// them, of an increment those that are new: by that a database can be given the
	// threads that the work is worth.
	Landed func(ctx context.Context, conn engine.Conn, bytes int64) error
	// After are the caller's steps behind the checks, in order: models, site,
	// publication. A step that publishes sets State.Generation.
	After []Step
	// Parallel bounds the sources that land at once; 0 is 4.
	Parallel int
	// Canon are the canonical tables; nil is canon.Tables().
	Canon []canon.Table
	// Mode says what is read; ModeAuto where nothing else is asked for.
	Mode Mode
	// Base is what the published generation stands on; nil when there is none or
	// it does not say. Copied in it says that DB began as a copy of it.
	Base *Base
	// Mark brings the draft to the disk and returns by what it is found again as it
	// is now; nil: a refresh whose process dies is not gone on from. It does not work
	// together with a draft whose file is touched by anything but the refresh.
	Mark func(ctx context.Context) (string, error)
	// Caller is what the caller's own steps hand on, asked for after every step and
	// given back in Resumption.Caller; nil: nothing.
	Caller func() (json.RawMessage, error)
	// Resume is a refresh that died and is gone on from; DB is its draft. Anew says
	// why one that died is not; "" when none did.
	Resume *Resumption
	Anew   string
	// Program tells builds of one version apart, Choices what else was chosen than
	// Mode, Dry and Period: a refresh goes on from one with the same only.
	Program string
	Choices string
	// Period is read again by mappings that keep a watermark or a window.
	Period *extract.Period
	// Crash, when set by a test, is asked before every change of the landing
	// folder; an error of it stands for a crash at that moment.
	Crash func(what string) error
}

// Mode says what a refresh reads.
type Mode int

// The modes.
const (
	ModeAuto    Mode = iota // each mapping in its own way, onto a copy of the last generation where it suits
	ModeFull                // everything anew
	ModeLanding             // nothing: the warehouse is rebuilt from landing
)

// Step is one named part of a refresh. Run sets State.Rows to what it handled.
type Step struct {
	Name string
	Run  func(ctx context.Context, s *State) error
	// Again says that what the step makes ends with the process: a refresh that is
	// gone on from runs it again.
	Again bool
}

// Progress tells where a refresh is.
type Progress struct {
	Step  string
	No    int // from 1
	Total int
	Rows  int64
	Note  string
	Done  bool // the step has ended
}

// State is what the steps of one refresh share. A step runs alone, so it may
// use Conn freely; what a step stores here the next ones find.
type State struct {
	Options
	Conn       engine.Conn // of the draft
	Tables     []canon.Table
	Extracts   []*Extract
	Loads      []*Load // per canonical table and mapping, in canonical order
	AsOf       time.Time
	RunID      string
	Digest     string        // of the configuration
	Checks     *check.Report // what the checks found; nil before they ran
	Rows       int64         // of the running step
	Generation string        // name of the published generation

	notes   []stageNote
	sums    []columnSum
	store   *landing.Store
	carried []*landing.Chain
	changes map[string]*tableChange
	changed *tableChange // of the table being staged
	old     previous
	no      int
	total   int
	outage  *outage.Guard

	reuse    map[string]savedExtract // what a refresh that died had landed
	unkept   json.RawMessage         // savedLandings as they were before the step keep
	saving   *sync.Mutex
	ledgerID string
}

// Load is what became of one mapping's rows.
type Load struct {
	Table       string
	Source      string
	Mapping     config.Map
	Extract     *Extract
	Read        int64 // records of the source that the mapping stands for
	Selected    int64 // rows the mapping yielded, bad ones included
	Loaded      int64 // rows in the stage table, those the source has deleted included
	Quarantined int64
	Run         RunCounts

	origin  *Extract // Extract without a segment at hand
	table   *canon.Table
	no      int   // of the table's mappings, from 0
	aside   int64 // rows the star set aside afterwards
	staging *staging
	single  bool // the extract feeds this mapping alone, so its rejects count here
}

// RunCounts are what one refresh did to the rows of a mapping: read = inserted +
// updated + unchanged + set aside.
type RunCounts struct {
	Read, Inserted, Updated, Unchanged, Aside int64
	Deleted                                   int64 // newly found deleted in the source
	Dropped                                   int64 // rows without a key that were replaced
	Kept                                      int64 // rows that stand in for a newer version that is bad
	Gone                                      int64 // rows that the source has deleted, now and before
}

// Note reports progress inside the running step.
func (s *State) Note(rows int64, note string) {
	if s.Report != nil {
		s.Report(Progress{Step: s.current(), No: s.no, Total: s.total, Rows: rows, Note: note})
	}
}

func (s *State) current() string {
	if s.no < 1 {
		return ""
	}
	return s.steps()[s.no-1].Name
}

// steps are all steps of a refresh in order.
func (s *State) steps() []Step {
	all := []Step{
		{Name: "land", Run: land},
		{Name: "stage", Run: stage},
		s.Star,
		{Name: "check", Run: runChecks},
		{Name: "keep", Run: keepLandings},
	}
	return append(all, s.After...)
}

// Result is what a finished refresh reports.
type Result struct {
	Run    ledger.Run
	RunID  string
	AsOf   time.Time
	Loads  []*Load
	Checks *check.Report
}

// ErrCrash is what Options.Crash returns to stand for a crash: nothing is
// tidied up after it.
var ErrCrash = errors.New("crash")

// Refresh runs all steps in order and writes the run ledger beside the
// warehouse. The caller holds the warehouse lock. An error leaves the draft to
// be discarded; Class sorts it. The result is never nil: with an error it tells
// how far the run came.
func Refresh(ctx context.Context, o Options) (*Result, error) {
	s, err := newState(o)
	if err == nil && o.DB == nil {
		err = errors.New("etl: DB must be given")
	}
	if err != nil {
		return &Result{}, err
	}
	book, err := ledger.Open(o.Config.Warehouse, o.Clock, ledger.Run{Dry: o.Dry, Anew: o.Anew, Versions: ledger.Versions{Verso: o.Version, Engine: o.Engine, Go: runtime.Version()}})
	if err != nil {
		return &Result{}, err
	}
	defer book.Close()
	s.ledgerID = book.Run.ID
	s.Log.Info("refresh started", "ledger", book.Run.ID)
	err = s.run(ctx, book)
	if s.store != nil && !errors.Is(err, ErrCrash) {
		err = errors.Join(err, s.endLandings(s.Generation != "" || err == nil && !o.Dry))
		s.dropLandings()
	}
	if !errors.Is(err, ErrCrash) {
		err = errors.Join(err, resume.Remove(o.Config.Warehouse))
	}
	book.Run.RunID, book.Run.Generation = s.RunID, s.Generation
	book.Run.Stale, book.Run.Extracts, book.Run.Checks = s.outage.Stale(), s.extractRuns(), ledger.ChecksOf(s.Checks)
	if !s.AsOf.IsZero() {
		book.Run.AsOf = s.AsOf.Format(time.DateOnly)
	}
	if endErr := book.End(Classify(err), err); endErr != nil {
		err = errors.Join(err, endErr)
	}
	return &Result{Run: book.Run, RunID: s.RunID, AsOf: s.AsOf, Loads: s.Loads, Checks: s.Checks}, err
}

func newState(o Options) (*State, error) {
	switch {
	case o.Config == nil || o.Scratch == nil || o.Clock == nil:
		return nil, errors.New("etl: Config, Scratch and Clock must be given")
	case o.Star.Run == nil:
		return nil, errors.New("etl: no step builds the star")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Parallel <= 0 {
		o.Parallel = 4
	}
	if o.Canon == nil {
		o.Canon = canon.Tables()
	}
	return &State{Options: o, Tables: o.Canon, Digest: config.Digest(o.Config), outage: outage.New(o.Config, o.Log, nil), changes: map[string]*tableChange{}, saving: &sync.Mutex{}}, nil
}

// run takes a connection of the draft and runs the steps.
func (s *State) run(ctx context.Context, book *ledger.Ledger) error {
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return err
	}
	s.Conn = conn
	defer func() {
		if s.Conn != nil {
			s.Conn.Close()
		}
	}()
	steps := s.steps()
	s.total = len(steps)
	first, err := s.takeUp(ctx)
	if err != nil {
		return err
	}
	if s.Resume != nil {
		book.Run.Resumed = &ledger.Resumed{Run: s.Resume.Run, Step: steps[first].Name}
	}
	if first == 0 && s.reuse == nil {
		if err := resume.Remove(s.Config.Warehouse); err != nil {
			return err
		}
	}
	for i, step := range steps {
		if i < first {
			continue // done before the process died
		}
		s.no, s.Rows = i+1, 0
		if err := ctx.Err(); err != nil {
			return err
		}
		if i == max(first, 1) && s.Landed != nil {
			if err := s.Landed(ctx, s.Conn, s.landedBytes()); err != nil {
				return err
			}
		}
		if err := s.step(ctx, step, book); err != nil {
			return err
		}
		if err := s.checkpoint(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// ReleaseConn closes the draft's connection, for the step that publishes: the
// file can only be closed when nobody uses it.
func (s *State) ReleaseConn() error {
	conn := s.Conn
	s.Conn = nil
	if conn == nil {
		return nil
	}
	return conn.Close()
}

// step runs one step and writes its figures to the ledger.
func (s *State) step(ctx context.Context, step Step, book *ledger.Ledger) error {
	s.Note(0, "")
	started, processor := s.Clock(), peak.Processor()
	peak.Reset()
	err := s.crash("begin " + step.Name)
	if err == nil {
		err = step.Run(ctx, s)
	}
	if err == nil {
		err = s.crash("end " + step.Name)
	}
	figures := ledger.StepRun{Name: step.Name, Started: started, Seconds: s.Clock().Sub(started).Seconds(),
		Processor: (peak.Processor() - processor).Seconds(), Rows: s.Rows, PeakBytes: peak.Memory(), Bytes: s.written()}
	if err != nil {
		err = fmt.Errorf("%s: %w", step.Name, err)
		figures.Error = err.Error()
	} else {
		s.Log.Info("step done", "step", step.Name, "rows", s.Rows, "took", time.Duration(figures.Seconds*float64(time.Second)).Round(time.Millisecond))
	}
	if s.Report != nil {
		s.Report(Progress{Step: step.Name, No: s.no, Total: s.total, Rows: s.Rows, Done: true})
	}
	book.Run.RunID, book.Run.Stale, book.Run.Extracts = s.RunID, s.outage.Stale(), nil
	if s.no == 1 {
		book.Run.Extracts = s.extractRuns() // told once, and at the end
	}
	if ledgerErr := book.Step(figures); ledgerErr != nil && err == nil {
		err = ledgerErr
	}
	return err
}

// levelOf logs a clean table for those who ask, one with bad rows for everybody.
func levelOf(bad int64) slog.Level {
	if bad > 0 {
		return slog.LevelInfo
	}
	return slog.LevelDebug
}
