package etl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"verso/etl/landing"
	"verso/etl/merge"
	"verso/etl/resume"
)

// noteLanded records that an extract was landed, durably.
func (s *State) noteLanded(x *Extract) error {
	if s.Mark == nil {
		return nil
	}
	if x.landed.Segment != nil {
		x.sums = map[string]uint32{}
		for _, ending := range []string{"", landing.RejectsEnding, landing.GoneEnding, landing.KnownEnding} {
			err := landing.SyncFile(x.temp + ending)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err == nil {
				x.sums[ending], err = landing.Checksum(x.temp + ending)
			}
			if err != nil {
				return err
			}
		}
		if err := landing.SyncDir(s.store.Folder(x.Name)); err != nil {
			return err
		}
	}
	s.saving.Lock()
	defer s.saving.Unlock()
	x.noted = true
	return s.record("", "")
}

// checkpoint records that a step has ended, and the draft as it is now.
func (s *State) checkpoint(ctx context.Context, step Step) error {
	if s.Mark == nil || step.Again || s.Generation != "" || s.stepAfter(step.Name) < 0 {
		return nil
	}
	if step.Name == "land" {
		return s.record("", "") // the draft holds nothing of it
	}
	mark, err := s.Mark(ctx)
	if err != nil {
		return fmt.Errorf("after %s: %w", step.Name, err)
	}
	if err := s.crash("record " + step.Name); err != nil {
		return err
	}
	return s.record(step.Name, mark)
}

// record writes how far the refresh has come.
func (s *State) record(step, mark string) error {
	on, err := stands(s.Options)
	if err != nil {
		return err
	}
	state, oldest, err := s.saved(step != "")
	if err != nil {
		return err
	}
	if step != "" && s.before(step, "keep") {
		if s.unkept, err = json.Marshal(state.savedLandings); err != nil {
			return err
		}
	} else {
		state.Unkept = s.unkept
	}
	r := resume.Record{Run: s.ledgerID, Stands: on, Copied: s.Base != nil && s.Base.Copied, Oldest: oldest, Step: step, Mark: mark}
	if r.State, err = json.Marshal(state); err != nil {
		return err
	}
	if s.Caller != nil {
		if r.Caller, err = s.Caller(); err != nil {
			return err
		}
	}
	return r.Write(s.Config.Warehouse)
}

// saved is the state as the steps to come need it; whole when landing is over.
func (s *State) saved(whole bool) (out saved, oldest time.Time, err error) {
	for _, x := range s.Extracts {
		if !whole && !x.noted {
			continue // not landed, or just being so
		}
		if !x.began.IsZero() && (oldest.IsZero() || x.began.Before(oldest)) {
			oldest = x.began
		}
		out.Extracts = append(out.Extracts, savedExtract{x.Name, x.began, x.took, x.done, x.full, filepath.Base(x.temp), x.landed, x.Report, x.SHA256, x.drift, x.asOf, x.chain, x.sums})
	}
	if !whole {
		return out, oldest, nil
	}
	for _, l := range s.Loads {
		k := savedLoad{l.Table, l.Source, l.Read, l.Selected, l.Loaded, l.Quarantined, l.aside, l.Run, 0, nil}
		if l.Extract != l.origin {
			k.Segment = l.Extract.segment
		}
		if l.staging != nil {
			k.Columns = l.staging.columns
		}
		out.Loads = append(out.Loads, k)
	}
	out.Kept = map[string]*landing.Chain{}
	for i := range s.Tables {
		for _, name := range []string{carriedName(s.Tables[i].Name), historyName(s.Tables[i].Name)} {
			if out.Kept[name], err = s.store.Load(name); err != nil {
				return out, oldest, err
			}
		}
	}
	for _, c := range s.carried {
		out.Carried = append(out.Carried, c.Extract)
	}
	out.AsOf, out.RunID, out.Checks, out.Sums, out.Changes, out.Balances = s.AsOf, s.RunID, s.Checks, s.sums, s.changes, s.old.balances
	out.Stale, out.Tries = s.outage.Stale(), s.outage.Attempts()
	return out, oldest, nil
}

// MarshalJSON writes a change with its mode.
func (c *tableChange) MarshalJSON() ([]byte, error) {
	return json.Marshal(savedChange{c.mode, c.Change})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *tableChange) UnmarshalJSON(text []byte) error {
	var s savedChange
	err := json.Unmarshal(text, &s)
	c.mode, c.Change = s.Mode, s.Change
	return err
}

type savedChange struct {
	Mode   string       `json:"mode"`
	Change merge.Change `json:"change"`
}
