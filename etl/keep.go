package etl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/landing"
	"verso/olap/engine"
)

// keepLandings gives the landed files the name of the run, now that the checks
// have passed, and notes them in the manifests as pending: they count from the
// moment that the generation is published.
func keepLandings(ctx context.Context, s *State) error {
	if err := s.keepPlaces(ctx); err != nil {
		return err
	}
	if err := s.planFolds(ctx); err != nil {
		return err
	}
	if err := s.keepCarried(ctx); err != nil {
		return err
	}
	if err := s.keepVersions(ctx); err != nil {
		return err
	}
	for _, x := range s.Extracts {
		if err := s.keepExtract(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// landedEndings are those of all files that a landing may have.
var landedEndings = []string{"", landing.RejectsEnding, landing.PlacesEnding, landing.GoneEnding, landing.KnownEnding}

// place gives a landed file a second name, under which it stays; the first one
// remains until the run has ended, so that keeping can be begun again. Where the
// file system knows no second names it is renamed.
func place(from, to string) error {
	if _, err := os.Stat(from); err != nil {
		return err
	}
	if os.Link(from, to) == nil {
		return nil
	}
	return os.Rename(from, to)
}

func (s *State) keepExtract(ctx context.Context, x *Extract) error {
	p := &landing.Pending{Position: x.landed.Position, Signature: extractSignature(s.Config, x), Segment: x.landed.Segment, AsOf: s.AsOf.Format("2006-01-02")}
	if x.fold {
		if err := s.foldExtract(ctx, x); err != nil {
			return err
		}
		p.Segment, p.Replaces = x.landed.Segment, x.landed.Segment.No
	}
	if p.Segment == nil && (!x.done || p.AsOf == x.chain.AsOf && reflect.DeepEqual(p.Position, x.chain.Position)) {
		return nil
	}
	if g := p.Segment; g != nil {
		base := s.fileFor(x)
		for _, ending := range landedEndings {
			if err := s.crash("keep " + x.Name + ending); err != nil {
				return err
			}
			from := x.temp + ending
			switch {
			case x.fold && ending == "":
				from = x.temp + foldEnding
			case x.fold && (ending == landing.PlacesEnding || ending == landing.GoneEnding):
				continue // of the increment alone
			}
			err := place(from, filepath.Join(s.store.Folder(x.Name), base+ending))
			if err != nil && (ending == "" || !errors.Is(err, fs.ErrNotExist)) {
				return err
			}
		}
		if p.Position.Known == g.File+landing.KnownEnding {
			p.Position.Known = base + landing.KnownEnding
		}
		g.File, g.Run, g.AsOf = base, s.RunID, s.AsOf.Format("2006-01-02")
		if err := landing.SyncDir(s.store.Folder(x.Name)); err != nil {
			return err
		}
		x.chain.Next = g.No + 1
	}
	x.chain.Pending = p
	return s.store.Save(x.chain)
}

// fileFor is the name of the file of a run in an extract's folder: run after run
// may find the same content.
func (s *State) fileFor(x *Extract) string {
	base := s.RunID + ".parquet"
	if _, err := os.Stat(s.store.Path(x.Name, base)); err == nil {
		base = fmt.Sprintf("%s.%d.parquet", s.RunID, x.landed.Segment.No)
	}
	return base
}

// endLandings makes what is pending part of the chains when the run published a
// generation, and forgets it when not.
func (s *State) endLandings(published bool) error {
	chains := make([]*landing.Chain, 0, len(s.Extracts)+1)
	for _, x := range s.Extracts {
		if x.chain != nil {
			chains = append(chains, x.chain)
		}
	}
	chains = append(chains, s.carried...)
	var errs []error
	for _, c := range chains {
		if !published {
			errs = append(errs, s.store.Forget(c))
			continue
		}
		if err := s.store.Confirm(c); err != nil {
			return err
		}
		if err := s.store.Prune(c, s.Config.Keep); err != nil {
			return err
		}
	}
	return errors.Join(errs...)
}

// dropLandings removes what a run landed under names of its own.
func (s *State) dropLandings() {
	for _, x := range s.Extracts {
		if x.temp == "" {
			continue
		}
		for _, ending := range append(slices.Clone(landedEndings), foldEnding) {
			if err := os.Remove(x.temp + ending); err != nil && !errors.Is(err, fs.ErrNotExist) {
				s.Log.Warn("landed file could not be removed", "path", x.temp+ending, "error", err)
			}
		}
	}
}

func (s *State) crash(what string) error {
	if s.Crash == nil {
		return nil
	}
	return s.Crash(what)
}

// placeTable holds where bad rows of this run stood in their sources.
const placeTable = `quarantine."_place"`

// keepPlaces writes where the bad rows of newly landed segments stood beside
// them: a rebuild finds them there, whatever became of the source.
func (s *State) keepPlaces(ctx context.Context) error {
	for _, x := range s.Extracts {
		if x.landed.Segment == nil || !x.landed.Direct {
			continue
		}
		n, err := s.int64Of(ctx, `SELECT count(*) FROM `+placeTable+` WHERE "extract" = ?`, x.Name)
		if err != nil {
			return err
		}
		if n == 0 {
			continue
		}
		path := x.temp + landing.PlacesEnding
		if _, err := s.exec(ctx, fmt.Sprintf(`COPY (SELECT DISTINCT "row", "file", "line", "raw" FROM %s WHERE "extract" = %s ORDER BY "row") TO %s (FORMAT parquet, COMPRESSION zstd)`,
			placeTable, engine.QuoteText(x.Name), engine.QuoteText(path))); err != nil {
			return err
		}
		if err := landing.SyncFile(path); err != nil {
			return err
		}
	}
	_, err := s.exec(ctx, "DROP TABLE "+placeTable)
	return err
}

// places is the FROM text of the known places of a segment; "" for none.
func (s *State) places(x *Extract) string {
	path := x.Path + landing.PlacesEnding
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return s.DB.Dialect().ReadParquet(path)
}

// carriedName names the chain of the rows of a table that outlive their segments.
func carriedName(table string) string { return "carried." + table }

// keepCarried writes the rows of every table that no segment of its chains holds
// any longer: what the source has deleted, and good rows whose newer version is
// bad. With them a rebuild from landing ends where the increments did.
func (s *State) keepCarried(ctx context.Context) error {
	for i := range s.Tables {
		t := &s.Tables[i]
		if c := s.changes[t.Name]; !s.mapped(t.Name) || c == nil {
			continue // nothing of it was staged
		}
		if err := s.keepCarriedOf(ctx, t.Name); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) keepCarriedOf(ctx context.Context, table string) error {
	from, where := storeName(table), s.carriedRows(table)
	union := "SELECT * FROM " + from + " WHERE " + where
	if held, err := s.exists(ctx, "stage", "_held_"+table); err != nil {
		return err
	} else if held {
		union += ` UNION ALL SELECT * FROM stage.` + q("_held_"+table) + " WHERE " + where
	}
	return s.keepTable(ctx, carriedName(table), union, `"_load", "_seg", "_row" NULLS LAST`, tableDigest(s.Config, s.table(table)))
}

// carriedChain is the chain of a table's carried rows.
func (s *State) carriedChain(table string) (*landing.Chain, error) {
	c, err := s.store.Load(carriedName(table))
	if err != nil {
		return nil, err
	}
	return c, s.store.Settle(c, s.Base.holds(c.Extract))
}

// bringCarried adds the carried rows to a table staged from landing, unless the
// table is mapped otherwise now.
func (s *State) bringCarried(ctx context.Context, t *canon.Table) error {
	chain, err := s.carriedChain(t.Name)
	if err != nil {
		return err
	}
	tail := chain.Tail()
	if tail == nil || tail[0].Rows == 0 {
		return nil
	}
	if chain.Signature != tableDigest(s.Config, t) {
		s.Log.Warn("rows that the source has deleted are not brought along: the table is mapped otherwise now", "table", t.Name, "rows", tail[0].Rows)
		return nil
	}
	path := s.store.Path(chain.Extract, tail[0].File)
	columns := append(storedColumns(t, s.loadsOf(t.Name)), `"_row"`, `"_load"`, `"_seg"`, `"_gone"`)
	list := strings.Join(columns, ", ")
	same := []string{`n."_load" = c."_load"`}
	for _, k := range storedKey(t, s.loadsOf(t.Name)) {
		same = append(same, "n."+k+" = c."+k)
	}
	brought := q("_brought_" + t.Name)
	for _, sql := range []string{
		fmt.Sprintf(`CREATE OR REPLACE TEMP TABLE %s AS SELECT c.* FROM %s AS c ANTI JOIN %s AS n ON %s ORDER BY c.file_row_number`,
			brought, s.DB.Dialect().ReadParquet(path), storeName(t.Name), strings.Join(same, " AND ")),
		fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM %s`, storeName(t.Name), list, list, brought),
	} {
		if _, err := s.exec(ctx, sql); err != nil {
			return err
		}
	}
	if err := s.sumStore(ctx, t, brought, true); err != nil {
		return err
	}
	_, err = s.exec(ctx, "DROP TABLE "+brought)
	return err
}

// carriedRows is the condition on rows that no segment of their chain holds.
func (s *State) carriedRows(table string) string {
	var older []string
	for _, l := range s.loadsOf(table) {
		base := l.origin.segments()[0]
		switch {
		case l.origin.fold: // its rows are written anew, but for those that are gone
			older = append(older, fmt.Sprintf(`"_load" = %d AND ("_gone" OR "_seg" < %d)`, l.no, base.Oldest()))
		case base.First > 0:
			older = append(older, fmt.Sprintf(`"_load" = %d AND ("_seg" < %d OR "_gone" AND "_seg" <= %d)`, l.no, base.First, base.No))
		default:
			older = append(older, fmt.Sprintf(`"_load" = %d AND "_seg" < %d`, l.no, base.No))
		}
	}
	return strings.Join(older, " OR ")
}

// exists reports whether a table is in the draft.
func (s *State) exists(ctx context.Context, schema, table string) (bool, error) {
	_, ok, err := engine.Describe(ctx, s.Conn, q(schema)+"."+q(table))
	return ok, err
}
