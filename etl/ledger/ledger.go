// Package ledger keeps the runs of a warehouse: one line of JSON after every step
// of a refresh, appended and forced to the disk. It is beside the generations
// because clock times and memory are never part of one.
package ledger

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"verso/etl/check"
	"verso/etl/outage"
)

// File is the name of the run ledger inside the warehouse folder.
const File = "runs.jsonl"

// Statuses of a run in the ledger.
const (
	StatusRunning     = "running"
	StatusSucceeded   = "succeeded"
	StatusRefused     = "refused"
	StatusFailed      = "failed"
	StatusInterrupted = "interrupted"
	StatusDied        = "died" // the process ended without a word
)

// Class is how a run ended, as the command line's exit codes sort it.
type Class string

// The classes of an ended run.
const (
	ClassDone        Class = "done"
	ClassFailed      Class = "failed"
	ClassConfig      Class = "configuration"
	ClassSource      Class = "source"
	ClassRefused     Class = "refused"
	ClassInterrupted Class = "interrupted"
)

// Run is one refresh in the ledger. Clock times and memory live here only,
// never in a generation.
type Run struct {
	ID         string         `json:"id"`               // of the ledger: start time and process
	RunID      string         `json:"run_id,omitempty"` // of the content, once known
	AsOf       string         `json:"as_of,omitempty"`
	Started    time.Time      `json:"started"`
	Finished   time.Time      `json:"finished,omitzero"`
	Status     string         `json:"status"`
	Class      Class          `json:"class,omitempty"` // exit class, once ended
	Error      string         `json:"error,omitempty"`
	Generation string         `json:"generation,omitempty"`
	Dry        bool           `json:"dry,omitempty"` // nothing was to be published
	Steps      []StepRun      `json:"steps,omitempty"`
	Extracts   []ExtractRun   `json:"extracts,omitempty"`
	Stale      []outage.Stale `json:"stale_sources,omitempty"` // read at an earlier run
	Checks     *CheckRun      `json:"checks,omitempty"`        // nil: the run did not come so far
	Resumed    *Resumed       `json:"resumed,omitempty"`       // the run went on from one that died
	Anew       string         `json:"anew,omitempty"`          // why it did not go on from one that died
	Versions   Versions       `json:"versions,omitzero"`
	Process    Process        `json:"process"`
}

// Resumed is where a run went on.
type Resumed struct {
	Run  string `json:"run"`  // id of the one that died
	Step string `json:"step"` // with which this one began
}

// CheckRun is what the checks of a run found.
type CheckRun struct {
	Ran      int      `json:"ran"`
	Carried  int      `json:"carried,omitempty"` // whose results are those of an earlier run
	Breached []Breach `json:"breached,omitempty"`
}

// Breach is a check that did not pass.
type Breach struct {
	ID          string `json:"id"`
	Severity    string `json:"severity"`
	Description string `json:"description"`
	Offenders   int64  `json:"offenders"`
	Tested      int64  `json:"tested"`
}

// ChecksOf sums a report up; nil for nil.
func ChecksOf(r *check.Report) *CheckRun {
	if r == nil {
		return nil
	}
	out := &CheckRun{Ran: len(r.Results) - r.Carried(), Carried: r.Carried()}
	for _, x := range r.Results {
		if !x.Passed {
			out.Breached = append(out.Breached, Breach{ID: x.ID, Severity: x.Severity, Description: x.Description, Offenders: x.Offenders, Tested: x.Tested})
		}
	}
	return out
}

// Versions are the programs of a run.
type Versions struct {
	Verso  string `json:"verso"`
	Engine string `json:"engine,omitempty"` // such as DuckDB v1.5.6
	Go     string `json:"go"`
}

// StepRun are the figures of one step.
type StepRun struct {
	Name      string    `json:"name"`
	Started   time.Time `json:"started"`
	Seconds   float64   `json:"seconds"`
	Processor float64   `json:"processor_seconds,omitempty"` // of all cores; 0 where the system does not tell
	Rows      int64     `json:"rows"`
	Bytes     int64     `json:"bytes,omitempty"`      // of the generation's file after the step
	PeakBytes int64     `json:"peak_bytes,omitempty"` // resident memory at its highest; 0 where the system does not tell
	Error     string    `json:"error,omitempty"`
}

// ExtractRun are the figures of one extract in the ledger.
type ExtractRun struct {
	Name        string  `json:"name"`
	Source      string  `json:"source"`
	Seconds     float64 `json:"seconds"`
	Attempts    int     `json:"attempts"`
	Read        int64   `json:"read"`
	Landed      int64   `json:"landed"`
	Rejected    int64   `json:"rejected"`
	SourceBytes int64   `json:"source_bytes,omitempty"` // of the files that were read
	LandedBytes int64   `json:"landed_bytes"`           // of the Parquet files
	StaleSince  string  `json:"stale_since,omitempty"`  // as-of date of the landing used in its place
}

// Process identifies the process of a run beyond reuse of its number.
type Process struct {
	PID   int    `json:"pid"`
	Start string `json:"start,omitempty"` // the system's start tick of the process
}

// alive reports whether the process still runs.
func (p Process) alive() bool {
	if p.PID <= 0 || p.Start != processStart(p.PID) {
		return false
	}
	process, err := os.FindProcess(p.PID)
	return err == nil && !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}

// processStart is the start tick of a process, "" where /proc does not tell.
func processStart(pid int) string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The name, field 2, may hold anything and ends at the last parenthesis;
	// the start time is field 22.
	_, after, _ := strings.Cut(string(text[bytes.LastIndexByte(text, ')')+1:]), " ")
	if fields := strings.Fields(after); len(fields) > 19 {
		return fields[19]
	}
	return ""
}

// Read lists the runs of a warehouse folder in the order they began, as
// last written. A run that is neither ended nor alive is "died". A missing
// ledger is no runs; lines cut short by a crash are skipped.
func Read(warehouse string) ([]Run, error) {
	f, err := os.Open(filepath.Join(warehouse, File))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var runs []Run
	place := map[string]int{}
	lines := bufio.NewReader(f)
	for {
		line, err := lines.ReadBytes('\n')
		var r Run
		if json.Unmarshal(line, &r) == nil && r.ID != "" {
			if i, ok := place[r.ID]; ok {
				if r.Extracts == nil {
					r.Extracts = runs[i].Extracts // written with the step that landed them
				}
				runs[i] = r
			} else {
				place[r.ID] = len(runs)
				runs = append(runs, r)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	for i := range runs {
		if runs[i].Status == StatusRunning && !runs[i].Process.alive() {
			runs[i].Status = StatusDied
		}
	}
	return runs, nil
}

// Ledger writes one run.
type Ledger struct {
	Run Run // as it is written next

	f     *os.File
	clock func() time.Time
}

// Open begins a run of which what is known beforehand is given. Runs found unfinished are marked as died: the caller
// holds the warehouse lock, so nobody else is running.
func Open(warehouse string, clock func() time.Time, known Run) (*Ledger, error) {
	if err := os.MkdirAll(warehouse, 0o777); err != nil {
		return nil, err
	}
	before, err := Read(warehouse)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(warehouse, File), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	now := clock()
	known.ID = fmt.Sprintf("%s-%d", now.UTC().Format("20060102T150405.000000"), os.Getpid())
	known.Started, known.Status = now, StatusRunning
	known.Process = Process{PID: os.Getpid(), Start: processStart(os.Getpid())}
	l := &Ledger{Run: known, f: f, clock: clock}
	if err := l.mend(before); err != nil {
		f.Close()
		return nil, err
	}
	if err := l.write(l.Run); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// mend closes a line cut short and the runs that died.
func (l *Ledger) mend(before []Run) error {
	if size, err := l.f.Seek(0, io.SeekEnd); err != nil {
		return err
	} else if size > 0 {
		last := make([]byte, 1)
		if _, err := l.f.ReadAt(last, size-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			if _, err := l.f.Write([]byte{'\n'}); err != nil {
				return err
			}
		}
	}
	own := l.Run.Process
	for _, r := range before {
		if r.Status == StatusDied || r.Status == StatusRunning && r.Process == own {
			if r.Class != "" {
				continue // marked before
			}
			r.Status, r.Class = StatusDied, ClassFailed
			if err := l.write(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// write appends one line and forces it to disk.
func (l *Ledger) write(r Run) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if _, err := l.f.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("run ledger: %w", err)
	}
	return l.f.Sync()
}

// Step adds the figures of a step.
func (l *Ledger) Step(figures StepRun) error {
	l.Run.Steps = append(l.Run.Steps, figures)
	return l.write(l.Run)
}

// End writes how the run ended: how its error is sorted, and the error.
func (l *Ledger) End(class Class, err error) error {
	l.Run.Finished, l.Run.Class = l.clock(), class
	switch l.Run.Class {
	case ClassDone:
		l.Run.Status = StatusSucceeded
	case ClassRefused:
		l.Run.Status = StatusRefused
	case ClassInterrupted:
		l.Run.Status = StatusInterrupted
	default:
		l.Run.Status = StatusFailed
	}
	if err != nil {
		l.Run.Error = err.Error()
	}
	return l.write(l.Run)
}

// Close closes the file.
func (l *Ledger) Close() error { return l.f.Close() }
