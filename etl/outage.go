package etl

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"verso/etl/outage"
	"verso/etl/source"
)

// landGuarded lands the extracts of one source under its policy: tried again
// when it cannot be read, and, where the configuration says so, replaced by what
// was landed last, all its extracts together.
func (s *State) landGuarded(ctx context.Context, name string, extracts []*Extract) error {
	err := s.outage.Try(ctx, name, func(ctx context.Context) error { return s.landSource(ctx, name, extracts) })
	if !s.outage.GoesOn(ctx, name, err) {
		return err
	}
	since := ""
	for _, x := range extracts {
		last, recallErr := outage.In(s.Config.Warehouse).Recall(x.Name, s.landingDir(x.Name), x.SQL, x.Path)
		if recallErr != nil {
			return fmt.Errorf("%w\n  on_failure: yesterday cannot help: extract %s: %w", err, x.Name, recallErr)
		}
		x.Report, x.SHA256, x.hasRejects, x.asOf = last.Report, last.SHA256, last.Rejects, last.AsOf
		if since == "" || last.AsOf < since {
			since = last.AsOf
		}
	}
	s.outage.Note(name, since, err)
	return nil
}

// remember describes a landing that is kept, for a night on which its source
// cannot be read.
func (s *State) remember(x *Extract) error {
	asOf := x.asOf
	if asOf == "" {
		asOf = s.AsOf.Format("2006-01-02")
	}
	return outage.In(s.Config.Warehouse).Remember(x.Name, outage.Landed{File: filepath.Base(x.Path), Rejects: x.hasRejects, RunID: s.RunID,
		AsOf: asOf, SQL: x.SQL, SHA256: x.SHA256, Report: x.Report})
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

// extractRuns are the figures of all extracts.
func (s *State) extractRuns() []ExtractRun {
	var out []ExtractRun
	for _, x := range s.Extracts {
		r := ExtractRun{Name: x.Name, Source: x.Source, Seconds: x.took.Seconds(), Attempts: s.outage.Tries(x.Source),
			Read: x.Report.Read, Landed: x.Report.Landed, Rejected: x.Report.Rejected, StaleSince: x.asOf}
		for _, f := range x.Report.Files {
			if x.asOf == "" {
				r.SourceBytes += f.Bytes
			}
		}
		for _, path := range []string{x.Path, source.RejectsPath(x.Path)} {
			if info, err := os.Stat(path); err == nil {
				r.LandedBytes += info.Size()
			}
		}
		out = append(out, r)
	}
	return out
}

// written is the size of the draft's file, 0 when nobody tells.
func (s *State) written() int64 {
	if s.Size == nil {
		return 0
	}
	return s.Size()
}
