// Package check runs rules over a filled warehouse. A rule is a SELECT that
// returns offenders; what share of the tested rows may offend, and how bad that
// is, are data that verso.yaml can override.
package check

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/olap/engine"
)

// Severities of a check.
const (
	Error = "error" // a breach refuses the refresh
	Warn  = "warn"
	Info  = "info"
	Off   = "off" // not run
)

// Definition is one check.
type Definition struct {
	ID          string
	Family      string // id under which verso.yaml overrides all of a kind; may equal ID
	Table       string // canonical table, or what else it is about
	Severity    string
	Threshold   float64 // share of tested rows that may offend
	Description string
	Hint        string
	Needs       []string // canonical tables that must be supplied
	Tested      string   // SELECT of the number of rows tested
	Offenders   string   // SELECT of offenders: ids and the value
	Count       string   // SELECT of the number of offenders; "": count the rows of Offenders
	Landing     bool     // reads landed files, so it runs during a refresh only
	Stands      string   // of those that read landed files: what identifies their content; "": not told
	Slice       string   // canonical table whose rows alone it reads of the tables of sliced; "": all
	Chinese     string   // description in Chinese; "": none
	User        int      // line of verso.yaml for the user's own rules, 0 for shipped ones: a statement of theirs that fails is a breach, not the end of the run
	Free        bool     // the SQL is the user's own in part, so that what it reads and stands on is not known
	Spent       bool     // the threshold is in the statement already
	// Newly selects the offenders among what is new, as Offenders does, where there
	// were none before; by Options.New of Table and of Refers. "": all is looked at.
	Newly  string
	Refers string // canonical table that the offenders are not found in; "": none

	// What drift rules measure for the next run.
	Profile   string // SELECT bin, n; "": nothing
	Edges     []float64
	EdgesSQL  string // SELECT of the edges, when no run had any yet
	Bin       func(edges []float64) string
	ProfileOf func(bin string) string
}

// Result is what one check found.
type Result struct {
	ID          string  `json:"id"`
	Table       string  `json:"table"`
	Severity    string  `json:"severity"`
	Description string  `json:"description"`
	Hint        string  `json:"hint"`
	Tested      int64   `json:"tested"`
	Offenders   int64   `json:"offenders"`
	Threshold   float64 `json:"threshold"`
	Passed      bool    `json:"passed"`
	Samples     string  `json:"samples"` // JSON list of up to five offenders
	Chinese     string  `json:"description_zh,omitempty"`
	Profile     string  `json:"-"` // of drift rules, for the next run
	// Carried is the run that found the result, where that was an earlier one and
	// nothing that the check reads has changed since; "" when the check ran.
	Carried string        `json:"carried_from,omitempty"`
	Took    time.Duration `json:"-"`
}

// Share is the offending share of what was tested; 0 when nothing was.
func (r Result) Share() float64 {
	if r.Tested <= 0 {
		return 0
	}
	return float64(r.Offenders) / float64(r.Tested)
}

// Report is what all checks found, in the order they ran.
type Report struct {
	Results []Result

	memory *memory // for the next run; nil: none
}

// Carried is how many results are of earlier runs.
func (r *Report) Carried() (n int) {
	for _, x := range r.Results {
		if x.Carried != "" {
			n++
		}
	}
	return n
}

// Refusal is a RefusedError when a check of severity error is breached, else nil.
func (r *Report) Refusal() error {
	var failed []Result
	for _, x := range r.Results {
		if x.Severity == Error && !x.Passed {
			failed = append(failed, x)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &RefusedError{Failed: failed}
}

// RefusedError is data that the checks refuse; nothing of it is published.
type RefusedError struct{ Failed []Result }

// Error lists the failed checks with numbers, samples and what to do.
func (e *RefusedError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d check(s) of severity error failed; the last published generation stays", len(e.Failed))
	for _, f := range e.Failed {
		fmt.Fprintf(&b, "\n  %s (%s): %s: %d of %d", f.ID, f.Table, f.Description, f.Offenders, f.Tested)
		if f.Tested > 0 {
			fmt.Fprintf(&b, " (%.2f%%, allowed %.2f%%)", 100*f.Share(), 100*f.Threshold)
		}
		if f.Samples != "" && f.Samples != "[]" {
			b.WriteString("\n    such as " + f.Samples)
		}
		b.WriteString("\n    " + f.Hint)
	}
	b.WriteString("\n  a check's severity and threshold can be set under checks: in verso.yaml")
	return b.String()
}

// UnknownError is a check that verso.yaml overrides but that does not exist.
type UnknownError struct {
	ID   string
	Line int // in verso.yaml; 0 when unknown
	Near []string
}

// Error names the nearest checks.
func (e *UnknownError) Error() string {
	s := "checks: "
	if e.Line > 0 {
		s = fmt.Sprintf("checks, line %d of the configuration: ", e.Line)
	}
	s += fmt.Sprintf("there is no check %q", e.ID)
	if len(e.Near) > 0 {
		s += "; did you mean " + strings.Join(e.Near, ", ") + "?"
	}
	return s
}

// TakenError is a rule of the user's own under the id of a shipped check.
type TakenError struct {
	ID   string
	Line int
}

// Error says what to do.
func (e *TakenError) Error() string {
	return fmt.Sprintf("checks, line %d of the configuration: %q is a check of verso's own; give the rule another name, or remove its type to change severity and threshold", e.Line, e.ID)
}

// Options say what to check.
type Options struct {
	Canon     []canon.Table           // nil: canon.Tables()
	Overrides map[string]config.Check // by check id or family
	Extra     []Definition            // beside the shipped ones, such as those over landed files
	Workers   int                     // checks at a time; more than 1 needs an engine.Database; 0: 1
	Clock     func() time.Time        // tells how long each check took; nil: not told

	// Run is the run whose draft is checked, so that what is found can be carried
	// by the next; "": nothing is remembered. Carry is how many runs in a row may
	// carry a result that still stands; 0: every check runs.
	Run   string
	Carry int
	// New tells, by canonical table, of the tables whose rows have only come or
	// changed since the last run, a SELECT of the keys of those that have. A check
	// that follows these finds what it would among all rows, for as many runs in a
	// row as results are carried.
	New map[string]string
}

// Run runs every check that has its tables, on a draft or read-only on a
// published generation. Checks over landed files that are not among
// Options.Extra keep the result stored in the generation.
func Run(ctx context.Context, db engine.Querier, o Options) (*Report, error) {
	if o.Canon == nil {
		o.Canon = canon.Tables()
	}
	supplied, err := suppliedRows(ctx, db)
	if err != nil {
		return nil, err
	}
	all := append(Definitions(o.Canon, supplied), o.Extra...)
	if err := known(all, o.Canon, o.Overrides); err != nil {
		return nil, err
	}
	past, err := loadHistory(ctx, db)
	if err != nil {
		return nil, err
	}
	all = append(all, userRules(o.Overrides, past)...)
	var due []Definition
	for _, d := range all {
		if d = overridden(d, o.Overrides); d.Severity != Off && have(supplied, d.Needs) {
			due = append(due, d)
		}
	}
	report := &Report{Results: make([]Result, len(due))}
	if o.Run != "" {
		if report.memory, err = remember(ctx, db, due, o); err != nil {
			return nil, fmt.Errorf("what checks read: %w", err)
		}
	}
	one := newRunner(db)
	g, each := errgroup.WithContext(ctx)
	g.SetLimit(max(1, o.Workers))
	for i, d := range due {
		g.Go(func() (err error) {
			var ok bool
			if report.Results[i], ok = report.memory.carried(&d); ok {
				return nil
			}
			began := o.now()
			if newly, ok := report.memory.follows(&d, o.New); ok {
				d.Offenders = newly
			}
			report.Results[i], err = one.run(each, d)
			report.Results[i].Took = o.now().Sub(began)
			if d.User > 0 && errors.As(err, new(*engine.StatementError)) && each.Err() == nil {
				report.Results[i], err = unusable(d, err), nil
			}
			if err != nil {
				err = fmt.Errorf("check %s: %w", d.ID, err)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if len(o.Extra) == 0 {
		err = stored(ctx, db, o, report)
	}
	return report, err
}

func (o *Options) now() (t time.Time) {
	if o.Clock != nil {
		t = o.Clock()
	}
	return t
}

// Tables that feed nothing are not tested.
func have(supplied map[string]int64, needs []string) bool {
	for _, t := range needs {
		if _, ok := supplied[t]; !ok {
			return false
		}
	}
	return true
}

// suppliedRows are the supplied tables and how many rows each has.
func suppliedRows(ctx context.Context, db engine.Querier) (map[string]int64, error) {
	out := map[string]int64{}
	err := engine.Rows(ctx, db, engine.SQL(`SELECT "table_name", CAST(coalesce(sum("loaded"), 0) AS BIGINT) FROM meta.table_load WHERE "supplied" GROUP BY "table_name" ORDER BY "table_name"`), func(row []any) error {
		out[strings.Clone(engine.Text(row[0]))], _ = engine.Int(row[1])
		return nil
	})
	return out, err
}

// overridden applies verso.yaml: the family first, then the check itself.
func overridden(d Definition, overrides map[string]config.Check) Definition {
	for _, id := range []string{d.Family, d.ID} {
		if o, ok := overrides[id]; ok {
			if o.Severity != "" {
				d.Severity = o.Severity
			}
			if o.Threshold != nil && !d.Spent {
				d.Threshold = *o.Threshold
			}
		}
	}
	return d
}

// result is a result without findings yet.
func (d *Definition) result() Result {
	return Result{ID: d.ID, Table: d.Table, Severity: d.Severity, Description: d.Description, Hint: d.Hint, Threshold: d.Threshold, Samples: "[]", Chinese: d.Chinese}
}

// unusable is the result of a rule of the user's own that the database refuses.
func unusable(d Definition, err error) Result {
	var fault *engine.StatementError
	errors.As(err, &fault)
	text, _ := json.Marshal([]map[string]string{{"error": short(fault.Cause.Error()).(string)}})
	return Result{ID: d.ID, Table: d.Table, Severity: d.Severity, Description: d.Description, Chinese: d.Chinese, Offenders: 1, Threshold: d.Threshold, Samples: string(text),
		Hint: fmt.Sprintf("The rule cannot run; correct it in verso.yaml, line %d.", d.User)}
}

func (r *Result) judge() {
	r.Passed = r.Offenders == 0 || r.Tested > 0 && r.Share() <= r.Threshold
}
