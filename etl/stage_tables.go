package etl

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"verso/etl/canon"
)

// tableWork is the staging of one table.
type tableWork struct {
	table *canon.Table
	size  int64 // landed rows behind it
	state State // of its worker: what it noted
	err   error
}

// stageTables stages the mapped tables side by side, the largest first, each
// worker on a connection of its own. After a failure no further table begins,
// those begun come to their end, and the first in that order to fail is told:
// the same one in every run.
func (s *State) stageTables(ctx context.Context) error {
	var all []*tableWork
	for i := range s.Tables {
		w := &tableWork{table: &s.Tables[i]}
		for _, l := range s.loadsOf(w.table.Name) {
			for _, g := range l.origin.segments() {
				w.size += g.Rows
			}
		}
		if s.mapped(w.table.Name) {
			all = append(all, w)
		}
	}
	ordered := slices.Clone(all)
	slices.SortStableFunc(ordered, func(a, b *tableWork) int { return cmp.Compare(b.size, a.size) })
	due := make(chan *tableWork, len(all))
	for _, w := range ordered {
		due <- w
	}
	close(due)
	var group sync.WaitGroup
	var mu sync.Mutex
	failed := make([]error, min(s.Parallel, len(all)))
	for i := range failed {
		group.Go(func() { failed[i] = s.stageWorker(ctx, &mu, due) })
	}
	group.Wait()
	if i := slices.IndexFunc(ordered, func(w *tableWork) bool { return w.err != nil }); i >= 0 {
		return ordered[i].err
	}
	for _, w := range all {
		s.notes, s.sums = append(s.notes, w.state.notes...), append(s.sums, w.state.sums...)
		if w.state.changed != nil {
			s.changes[w.table.Name] = w.state.changed
		}
		s.Rows += w.state.Rows
	}
	return errors.Join(failed...)
}

// stageWorker stages tables until none is left or one fails, which empties due
// for the other workers too.
func (s *State) stageWorker(ctx context.Context, mu *sync.Mutex, due chan *tableWork) error {
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	own := *s
	own.Conn = conn
	if s.Report != nil {
		own.Report = func(p Progress) {
			mu.Lock()
			defer mu.Unlock()
			s.Report(p)
		}
	}
	if err := own.createViews(ctx); err != nil {
		return err
	}
	for w := range due {
		w.state = own
		if w.err = w.state.stageTable(ctx, w.table); w.err != nil {
			for range due { // begin no further table
			}
		}
	}
	return nil
}
