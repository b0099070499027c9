package etl

import (
	"context"

	"verso/etl/check"
)

// runChecks takes over what the star set aside, reconciles, runs the checks,
// stores their results, and refuses the data when a check of severity error is
// breached.
func runChecks(ctx context.Context, s *State) error {
	if err := s.together(ctx, s.recount); err != nil {
		return err
	}
	if err := s.together(ctx, s.reconcile); err != nil {
		return err
	}
	report, err := check.Run(ctx, s.DB, check.Options{Canon: s.Tables, Overrides: s.Config.Checks, Extra: s.landingChecks(), Workers: s.Parallel})
	if err != nil {
		return err
	}
	s.Checks, s.Rows = report, int64(len(report.Results))
	if err := s.together(ctx, func(ctx context.Context) error { return check.Write(ctx, s.Conn, report) }); err != nil {
		return err
	}
	for _, r := range report.Results {
		if !r.Passed {
			s.Log.Info("check failed", "check", r.ID, "severity", r.Severity, "offenders", r.Offenders, "tested", r.Tested)
		}
	}
	return report.Refusal()
}

// landingChecks look for repeated rows in the extracts whose tables have no
// key of the source's own.
func (s *State) landingChecks() []check.Definition {
	out := []check.Definition{}
	for _, x := range s.Extracts {
		for _, l := range s.Loads {
			if l.Extract == x && (len(l.table.Key) == 0 || s.numberedKey(l.table, []*Load{l})) && len(x.Report.Columns) > 0 {
				out = append(out, check.DuplicateRows(x.Name, l.Table, s.scan(x), columnNames(x.Report.Columns)))
				break
			}
		}
	}
	return out
}
