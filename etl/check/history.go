package check

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verso/olap/engine"
)

// HistoryFile is the file in the warehouse folder that keeps the results of
// every run, one line of JSON each, refused runs too.
const HistoryFile = "checks.jsonl"

// historyRuns is how many runs the file keeps, and recentRuns how many of them a
// generation carries.
const (
	historyRuns = 1000
	recentRuns  = 60
)

// Past is what the checks of one run found.
type Past struct {
	Run     string       `json:"run"`
	AsOf    string       `json:"as_of"`
	Refused bool         `json:"refused,omitempty"` // nothing was published; drift is not measured against it
	Checks  []PastResult `json:"checks"`
}

// PastResult is one result of an earlier run.
type PastResult struct {
	ID        string  `json:"id"`
	Severity  string  `json:"severity"`
	Tested    int64   `json:"tested"`
	Offenders int64   `json:"offenders"`
	Threshold float64 `json:"threshold"`
	Passed    bool    `json:"passed"`
	Profile   string  `json:"profile,omitempty"` // JSON, of drift rules
}

// PastOf is a report as history keeps it.
func PastOf(run, asOf string, r *Report) Past {
	p := Past{Run: run, AsOf: asOf, Refused: r.Refusal() != nil}
	for _, x := range r.Results {
		p.Checks = append(p.Checks, PastResult{x.ID, x.Severity, x.Tested, x.Offenders, x.Threshold, x.Passed, x.Profile})
	}
	return p
}

// ReadHistory reads the runs in dir, oldest first; none when there is no file. A
// line that a crash or a full disk tore is left out.
func ReadHistory(dir string) ([]Past, error) {
	text, err := os.ReadFile(filepath.Join(dir, HistoryFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []Past
	for line := range bytes.Lines(text) {
		var p Past
		if json.Unmarshal(line, &p) == nil && p.Run != "" {
			out = append(out, p)
		}
	}
	return out, err
}

// AppendHistory adds a run, in place of an earlier one of the same content. The
// file is replaced as a whole, so that a crash leaves the old or the new one.
func AppendHistory(dir string, p Past) (err error) {
	all, err := ReadHistory(dir)
	if err != nil {
		return err
	}
	all = append(slices.DeleteFunc(all, func(o Past) bool { return o.Run == p.Run }), p)
	all = all[max(0, len(all)-historyRuns):]
	f, err := os.CreateTemp(dir, ".checks-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	enc := json.NewEncoder(f)
	enc.SetEscapeHTML(false)
	for _, o := range all {
		if err = enc.Encode(o); err != nil {
			return err
		}
	}
	if err = f.Chmod(0o644); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), filepath.Join(dir, HistoryFile)); err != nil {
		return err
	}
	return f.Close()
}

const historyTable = `CREATE OR REPLACE TABLE meta.check_history ("no" INTEGER, "run_id" VARCHAR, "as_of" VARCHAR, "refused" BOOLEAN, "check_id" VARCHAR, "severity" VARCHAR, "tested" BIGINT, "offenders" BIGINT, "threshold" DOUBLE, "passed" BOOLEAN, "profile" VARCHAR)`

// WriteHistory stores the last runs in meta.check_history: of every check that
// ever offended in them, and of drift rules.
func WriteHistory(ctx context.Context, db engine.Execer, all []Past) error {
	if _, err := db.Exec(ctx, engine.SQL(historyTable)); err != nil {
		return err
	}
	all = all[max(0, len(all)-recentRuns):]
	told := map[string]bool{}
	for _, p := range all {
		for _, c := range p.Checks {
			told[c.ID] = told[c.ID] || c.Offenders > 0 || c.Profile != ""
		}
	}
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		values := strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?), ", len(args)/11), ", ")
		_, err := db.Exec(ctx, engine.SQL("INSERT INTO meta.check_history VALUES "+values, args...))
		args = args[:0]
		return err
	}
	for no, p := range all {
		for _, c := range p.Checks {
			if !told[c.ID] {
				continue
			}
			args = append(args, no+1, p.Run, p.AsOf, p.Refused, c.ID, c.Severity, c.Tested, c.Offenders, c.Threshold, c.Passed, c.Profile)
			if len(args) >= 200*11 {
				if err := flush(); err != nil {
					return err
				}
			}
		}
	}
	return flush()
}

// loadHistory reads the published runs before this one that drift is measured
// against, oldest first, by check. It is empty where there is no history.
func loadHistory(ctx context.Context, db engine.Querier) (map[string][]PastResult, error) {
	out := map[string][]PastResult{}
	row, err := engine.One(ctx, db, engine.SQL(`SELECT count(*) FROM information_schema.tables WHERE table_schema = 'meta' AND table_name IN ('check_history', 'run')`))
	if err != nil {
		return nil, err
	}
	if n, _ := engine.Int(row[0]); n < 2 {
		return out, nil
	}
	const sql = `SELECT h.check_id, h.profile FROM meta.check_history AS h
WHERE NOT h.refused AND h.profile <> '' AND h.run_id NOT IN (SELECT r.run_id FROM meta.run AS r) ORDER BY h.no, h.check_id`
	err = engine.Rows(ctx, db, engine.SQL(sql), func(row []any) error {
		id := strings.Clone(engine.Text(row[0]))
		out[id] = append(out[id], PastResult{ID: id, Profile: strings.Clone(engine.Text(row[1]))})
		return nil
	})
	return out, err
}

// Trend is one check through the runs.
type Trend struct {
	ID     string      `json:"id"`
	Failed string      `json:"failed_since"` // as-of date of the first of the runs it has failed in without a break; "": it passes
	Runs   int         `json:"failed_runs"`  // how many runs that is
	Points []TrendPart `json:"points"`       // oldest first
}

// TrendPart is a check in one run.
type TrendPart struct {
	Run       string  `json:"run"`
	AsOf      string  `json:"as_of"`
	Refused   bool    `json:"refused"`
	Tested    int64   `json:"tested"`
	Offenders int64   `json:"offenders"`
	Share     float64 `json:"share"`
	Passed    bool    `json:"passed"`
}

// Trends turns runs into one trend a check, those failing now first, then by id.
// Checks that never offended are left out.
func Trends(all []Past) []Trend {
	byID := map[string]*Trend{}
	offended := map[string]bool{}
	for _, p := range all {
		for _, c := range p.Checks {
			t := byID[c.ID]
			if t == nil {
				t = &Trend{ID: c.ID}
				byID[c.ID] = t
			}
			offended[c.ID] = offended[c.ID] || c.Offenders > 0
			share := Result{Tested: c.Tested, Offenders: c.Offenders}.Share()
			t.Points = append(t.Points, TrendPart{p.Run, p.AsOf, p.Refused, c.Tested, c.Offenders, share, c.Passed})
			switch {
			case c.Passed:
				t.Failed, t.Runs = "", 0
			case t.Runs == 0:
				t.Failed, t.Runs = p.AsOf, 1
			default:
				t.Runs++
			}
		}
	}
	var out []Trend
	for id, t := range byID {
		if offended[id] {
			out = append(out, *t)
		}
	}
	slices.SortFunc(out, func(a, b Trend) int {
		return cmp.Or(cmp.Compare(min(b.Runs, 1), min(a.Runs, 1)), strings.Compare(a.ID, b.ID))
	})
	return out
}

// Change says in a few signs how the offending share went from run to run:
// each of ▁▂▃▄▅▆▇█ for a share between nothing and the largest shown, at most
// the last 20 runs.
func (t Trend) Change() string {
	points := t.Points[max(0, len(t.Points)-20):]
	most := 0.0
	for _, p := range points {
		most = max(most, p.Share)
	}
	signs := []rune("▁▂▃▄▅▆▇█")
	var b strings.Builder
	for _, p := range points {
		i := 0
		if most > 0 {
			i = int(p.Share / most * float64(len(signs)-1))
		}
		fmt.Fprintf(&b, "%c", signs[i])
	}
	return b.String()
}
