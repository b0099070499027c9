package etl

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"verso/etl/check"
	"verso/etl/landing"
	"verso/etl/source"
)

// runChecks takes over what the star set aside, reconciles, runs the checks,
// stores their results, and refuses the data when a check of severity error is
// breached.
func runChecks(ctx context.Context, s *State) error {
	if err := s.together(ctx, s.recount); err != nil {
		return err
	}
	if err := s.locateAside(ctx); err != nil {
		return err
	}
	if err := s.together(ctx, s.reconcile); err != nil {
		return err
	}
	past, err := check.ReadHistory(s.Config.Warehouse)
	if err != nil {
		return err
	}
	if err := s.together(ctx, func(ctx context.Context) error { return check.WriteHistory(ctx, s.Conn, past) }); err != nil {
		return err
	}
	report, err := check.Run(ctx, s.DB, check.Options{Canon: s.Tables, Overrides: s.Config.Checks, Extra: s.landingChecks(), Workers: s.Parallel,
		Clock: s.Clock, Run: s.RunID, Carry: s.carries(), New: s.newRows()})
	if err != nil {
		return err
	}
	s.logDearest(report)
	s.Checks, s.Rows = report, int64(len(report.Results))
	if err := s.together(ctx, func(ctx context.Context) error { return check.Write(ctx, s.Conn, report) }); err != nil {
		return err
	}
	for _, r := range report.Results {
		if !r.Passed {
			s.Log.Info("check failed", "check", r.ID, "severity", r.Severity, "offenders", r.Offenders, "tested", r.Tested)
		}
	}
	if err := s.keepResults(ctx, past, report); err != nil {
		return err
	}
	return report.Refusal()
}

// carries is how many runs in a row may carry a check's result: none where
// everything is made anew.
func (s *State) carries() int {
	if s.Mode != ModeAuto || s.Base == nil || !s.Base.Copied {
		return 0
	}
	return max(0, s.Config.Night.Recheck-1)
}

// newRows tells, by table, how the keys of the rows are selected that have come or
// changed since the last generation: of tables with a key that one mapping feeds,
// of which no row ever goes, for one that is gone from the source stays, marked.
func (s *State) newRows() map[string]string {
	out := map[string]string{}
	for i := range s.Tables {
		t := &s.Tables[i]
		loads := s.loadsOf(t.Name)
		if len(loads) != 1 || len(t.Key) == 0 || s.carries() == 0 || !s.known(t) || loads[0].staging == nil {
			continue
		}
		if keys := s.ownKeys(t); len(keys) == len(t.Key) {
			out[t.Name] = fmt.Sprintf(`SELECT %s FROM %s AS f WHERE f."_seg" > %d`, strings.Join(keys, ", "), storeName(t.Name), s.Base.segments[baseKey{t.Name, loads[0].no}])
		}
	}
	return out
}

// logDearest tells those who ask which checks took longest.
func (s *State) logDearest(report *check.Report) {
	const most = 20
	var took time.Duration
	ran := slices.Clone(report.Results)
	ran = slices.DeleteFunc(ran, func(r check.Result) bool { return r.Carried != "" })
	for _, r := range ran {
		took += r.Took
	}
	slices.SortStableFunc(ran, func(a, b check.Result) int { return cmp.Compare(b.Took, a.Took) })
	for _, r := range ran[:min(most, len(ran))] {
		s.Log.Debug("check", "check", r.ID, "took", r.Took.Round(time.Millisecond))
	}
	s.Log.Debug("checks", "ran", len(ran), "carried", report.Carried(), "together", took.Round(time.Millisecond))
}

// keepResults keeps what the checks found: beside the warehouse, unless nothing
// counts of this run, and in the draft.
func (s *State) keepResults(ctx context.Context, past []check.Past, report *check.Report) error {
	now := check.PastOf(s.RunID, s.AsOf.Format("2006-01-02"), report)
	if !s.Dry {
		if err := check.AppendHistory(s.Config.Warehouse, now); err != nil {
			return err
		}
	}
	past = append(slices.DeleteFunc(past, func(p check.Past) bool { return p.Run == now.Run }), now)
	return s.together(ctx, func(ctx context.Context) error { return check.WriteHistory(ctx, s.Conn, past) })
}

// landingChecks look for repeated rows in the extracts that give no table a key
// of the source's own, so that nothing else can tell a repeat.
func (s *State) landingChecks() []check.Definition {
	out := []check.Definition{}
	for _, x := range s.Extracts {
		var fed []*Load
		segments := x.segments()
		columns := segments[len(segments)-1].Columns
		keyed := len(columns) == 0
		for _, l := range s.Loads {
			if l.origin == x {
				fed = append(fed, l)
				keyed = keyed || s.ownKey(l)
			}
		}
		if !keyed {
			out = append(out, check.DuplicateRows(x.Name, fed[0].Table, "("+s.allLanded(x)+")", standsOn(segments), columnNames(columns)))
		}
	}
	return out
}

// standsOn identifies what segments hold, wherever they lie.
func standsOn(segments []landing.Segment) string {
	type content struct {
		No, First int
		Kind      landing.Kind
		Rows      int64
		SHA256    string
		Columns   []source.Column
		Replaced  []landing.Span
	}
	var list []content
	for _, g := range segments {
		if g.Nothing() {
			continue
		}
		if g.SHA256 == "" {
			return "" // nothing tells what it holds
		}
		list = append(list, content{g.No, g.First, g.Kind, g.Rows, g.SHA256, g.Columns, g.Replaced})
	}
	return digestOf(list)
}

// ownKey reports whether a mapping takes its table's key from the source as it
// stands. What a SELECT over a file calls a key may be made of row numbers.
func (s *State) ownKey(l *Load) bool {
	return len(l.table.Key) > 0 && !s.numberedKey(l.table, []*Load{l}) && (l.Mapping.Select == "" || l.Extract.SQL != "")
}
