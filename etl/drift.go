package etl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/source"
)

// Drift is a column of an extract that is not as it was landed last.
type Drift struct {
	Extract, Source string
	Change          string // added, dropped, renamed, retyped
	Column          string
	Was, Now        string // its name or type before and now
	Since           string // as-of date of the landing before
}

// String tells it to a person.
func (d Drift) String() string {
	switch d.Change {
	case "added":
		return fmt.Sprintf("%s has a new column %s (%s); map it if it matters", d.Extract, d.Column, d.Now)
	case "dropped":
		return fmt.Sprintf("%s no longer has the column %s", d.Extract, d.Column)
	case "renamed":
		return fmt.Sprintf("%s has a column %s where it had %s: it seems to be renamed", d.Extract, d.Now, d.Was)
	}
	return fmt.Sprintf("the column %s of %s is %s now, it was %s", d.Column, d.Extract, d.Now, d.Was)
}

// findDrift compares the columns of what was landed with those of the landing
// before, and tells what is different.
func (s *State) findDrift() error {
	for _, x := range s.Extracts {
		tail := x.chain.Tail()
		if x.landed.Segment == nil || tail == nil {
			continue
		}
		before := tail[len(tail)-1]
		x.drift = driftOf(before.Columns, x.landed.Segment.Columns)
		for i := range x.drift {
			d := &x.drift[i]
			d.Extract, d.Source, d.Since = x.Name, x.Source, before.AsOf
			s.Log.Warn("the source has changed", "extract", x.Name, "what", d.String(), "since", d.Since)
		}
	}
	return nil
}

// driftOf compares two lists of columns. A column that is gone and one that is
// new are taken for a renamed one when their names are near, or when they stand
// in the same place with the same type.
func driftOf(was, now []source.Column) []Drift {
	var out []Drift
	var added, dropped []source.Column
	for _, c := range now {
		i := findColumn(was, c.Name)
		switch {
		case i < 0:
			added = append(added, c)
		case was[i].Type != c.Type:
			out = append(out, Drift{Change: "retyped", Column: c.Name, Was: was[i].Type, Now: c.Type})
		}
	}
	for _, c := range was {
		if findColumn(now, c.Name) < 0 {
			dropped = append(dropped, c)
		}
	}
	for _, d := range dropped {
		i := renamedTo(d, added, was, now)
		if i < 0 {
			out = append(out, Drift{Change: "dropped", Column: d.Name, Was: d.Type})
			continue
		}
		out = append(out, Drift{Change: "renamed", Column: d.Name, Was: d.Name, Now: added[i].Name})
		added = slices.Delete(added, i, i+1)
	}
	for _, a := range added {
		out = append(out, Drift{Change: "added", Column: a.Name, Now: a.Type})
	}
	return out
}

// renamedTo is the place among the added columns of what a dropped one is called
// now, -1 for none.
func renamedTo(d source.Column, added, was, now []source.Column) int {
	var names []string
	for _, a := range added {
		names = append(names, a.Name)
	}
	if near := canon.Nearest(d.Name, names, 1); len(near) > 0 {
		return slices.Index(names, near[0])
	}
	for i, a := range added {
		if a.Type == d.Type && findColumn(was, d.Name) == findColumn(now, a.Name) && len(was) == len(now) {
			return i
		}
	}
	return -1
}

// formerly explains a mapped column that the source no longer has.
func (x *Extract) formerly(column string) (name string, hint string) {
	for _, d := range x.drift {
		if !strings.EqualFold(d.Column, column) {
			continue
		}
		switch d.Change {
		case "renamed":
			return d.Now, fmt.Sprintf("it was there on %s and seems to be called %s now: map it from %s", d.Since, d.Now, d.Now)
		case "dropped":
			return "", fmt.Sprintf("it was there on %s: ask why it is gone, or take it out of the mapping", d.Since)
		}
	}
	return "", ""
}

// writeDrift writes what is different at the sources.
func (s *State) writeDrift(ctx context.Context) error {
	if _, err := s.exec(ctx, `CREATE OR REPLACE TABLE meta.schema_drift ("source" VARCHAR, "extract" VARCHAR, "change" VARCHAR, "column_name" VARCHAR, "was" VARCHAR, "now" VARCHAR, "since" VARCHAR, "detail" VARCHAR)`); err != nil {
		return err
	}
	for _, x := range s.Extracts {
		for _, d := range x.drift {
			if _, err := s.exec(ctx, "INSERT INTO meta.schema_drift VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
				d.Source, d.Extract, d.Change, d.Column, d.Was, d.Now, d.Since, d.String()); err != nil {
				return err
			}
		}
	}
	return nil
}
