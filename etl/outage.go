package etl

import (
	"context"
	"fmt"

	"verso/etl/extract"
	"verso/etl/ledger"
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
		why := ""
		switch {
		case x.chain.Tail() == nil:
			why = "nothing was landed before"
		case x.chain.Signature != extractSignature(s.Config, x):
			why = "its configuration has changed since it was landed last"
		}
		if why != "" {
			return fmt.Errorf("%w\n  on_failure: yesterday cannot help: extract %s: %s", err, x.Name, why)
		}
		x.landed = &extract.Landed{Position: x.chain.Position}
		x.Report = s.at(x, x.chain.Tail()[len(x.chain.Tail())-1]).Report
		if x.asOf = x.chain.AsOf; since == "" || x.asOf < since {
			since = x.asOf
		}
	}
	s.outage.Note(name, since, err)
	return nil
}

// extractRuns are the figures of all extracts.
func (s *State) extractRuns() []ledger.ExtractRun {
	var out []ledger.ExtractRun
	for _, x := range s.Extracts {
		r := ledger.ExtractRun{Name: x.Name, Source: x.Source, Seconds: x.took.Seconds(), Attempts: s.outage.Tries(x.Source),
			Read: x.Report.Read, Landed: x.Report.Landed, Rejected: x.Report.Rejected, StaleSince: x.asOf}
		for _, f := range x.Report.Files {
			if x.asOf == "" {
				r.SourceBytes += f.Bytes
			}
		}
		if x.chain != nil && x.landed != nil {
			for _, g := range x.segments() {
				r.LandedBytes = g.Bytes
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
