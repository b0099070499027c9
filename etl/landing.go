package etl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/extract"
	"verso/etl/landing"
	"verso/etl/ledger"
	"verso/etl/source"
	"verso/olap/engine"
)

// Extract is one landing: all of a file source, which may feed several tables,
// or what one mapping's SELECT yields in a database. Path and Report are of the
// segment at hand.
type Extract struct {
	Name   string // folder under landing
	Source string
	Table  string // canonical table; "" for a file that feeds several mappings
	Path   string // Parquet file, while the run goes on under a name of its own
	SQL    string // databases
	Report source.Report
	SHA256 string // of all that was landed since the last full extract

	hasRejects bool
	segment    int  // number of the segment at hand
	direct     bool // its row numbers are those the source knows now
	temp       string
	first      *Load // the mapping that made it
	way        *config.Incremental
	chain      *landing.Chain
	fold       bool // its chain is folded into one file by this run
	origins    int  // of a folded segment at hand: the oldest segment in it; 0 for others
	full       bool // extracted whole this time, whatever the way
	landed     *extract.Landed
	drift      []Drift
	asOf       string // as-of date of what was landed last, used in place of the source; "" when the source was read
	began      time.Time
	took       time.Duration
	noted      bool              // recorded as landed
	sums       map[string]uint32 // checksums of what was landed, by the ending of the file
	done       bool              // landed by this run
}

// tempMark begins the names of landings of unfinished runs.
const tempMark = ".running-"

// land lands every extract, sources side by side, each on its own connection.
func land(ctx context.Context, s *State) error {
	if err := s.plan(); err != nil {
		return err
	}
	if err := s.periodFits(); err != nil {
		return err
	}
	s.store = landing.Open(s.Config.Warehouse).WithStep(s.Crash)
	bySource := map[string][]*Extract{}
	for _, x := range s.Extracts {
		bySource[x.Source] = append(bySource[x.Source], x)
		if err := s.open(x); err != nil {
			return err
		}
		if s.reused(ctx, x) {
			if err := s.noteLanded(x); err != nil {
				return err
			}
		}
	}
	if s.Mode != ModeLanding {
		g, ctx := errgroup.WithContext(ctx)
		g.SetLimit(s.Parallel)
		for _, name := range slices.Sorted(maps.Keys(bySource)) {
			g.Go(func() error { return s.landGuarded(ctx, name, bySource[name]) })
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	for _, x := range s.Extracts {
		x.SHA256 = landing.Digest(x.segments())
		s.Rows += x.Report.Landed
	}
	return s.findDrift()
}

// periodFits refuses a period to read again that no mapping can be asked for.
func (s *State) periodFits() error {
	if s.Period == nil {
		return nil
	}
	for _, x := range s.Extracts {
		if w := x.way; w != nil && (w.Window != "" || w.By != "" && w.By != config.ByKey && w.By != config.ByFiles) {
			return nil
		}
	}
	return &RefusedError{What: "--backfill: no mapping can be asked for a period: none says incremental: {by: COLUMN} or {window: COLUMN}",
		Hint: "what the others read is complete every night; to read all of it again: verso refresh --full"}
}

// open reads an extract's chain, ends what an earlier run left pending, clears
// its folder and names the file to land.
func (s *State) open(x *Extract) (err error) {
	if x.chain, err = s.store.Load(x.Name); err != nil {
		return err
	}
	if err := s.store.Settle(x.chain, s.Base.holds(x.Name)); err != nil {
		return err
	}
	dir := s.store.Folder(x.Name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := s.store.Sweep(x.chain, s.reuse[x.Name].Temp); err != nil {
		return err
	}
	x.temp = filepath.Join(dir, tempMark+strconv.Itoa(os.Getpid())+".parquet")
	x.Path, x.landed = x.temp, &extract.Landed{Position: x.chain.Position}
	if err := s.crash("open " + x.Name); err != nil {
		return err
	}
	whole, why := s.wholly(x)
	if s.Mode == ModeLanding {
		if whole && why != "" {
			return &RefusedError{Table: x.first.Table, What: "extract " + x.Name + " cannot be rebuilt from landing: " + why, Hint: "run: verso refresh --full"}
		}
		return nil
	}
	x.full = whole
	if why != "" && x.way != nil {
		s.Log.Info("extract whole", "extract", x.Name, "because", why)
	}
	return nil
}

// wholly reports whether an extract must be read whole, and why where its way
// would say otherwise.
func (s *State) wholly(x *Extract) (bool, string) {
	switch ok, why := s.store.Intact(x.chain); {
	case x.chain.Tail() == nil:
		return true, "nothing of it has been landed"
	case !ok:
		return true, why
	case x.chain.Signature != extractSignature(s.Config, x):
		return true, "its configuration has changed"
	case s.Mode == ModeFull:
		return true, ""
	}
	return x.way == nil, ""
}

// segments are the parts of an extract, from the last full one to the one just
// landed.
func (x *Extract) segments() []landing.Segment {
	tail := x.chain.Tail()
	switch n := x.landed.Segment; {
	case n == nil:
		return tail
	case n.Kind == landing.Full:
		return []landing.Segment{*n}
	default:
		return append(slices.Clone(tail), *n)
	}
}

// landedBytes is the size of what is staged: of all that was landed, or, into a copy
// of the last generation, of what is new.
func (s *State) landedBytes() (bytes int64) {
	for _, x := range s.Extracts {
		if x.chain == nil {
			continue
		}
		held := 0
		if s.heldTables(x) {
			held = s.Base.holds(x.Name)
		}
		for _, segment := range x.segments() {
			if segment.No > held {
				bytes += segment.Bytes
			}
		}
	}
	return bytes
}

// heldTables reports whether the draft holds all tables that an extract feeds as
// the last generation had them.
func (s *State) heldTables(x *Extract) bool {
	for _, l := range s.Loads {
		if l.origin == x && !s.known(l.table) {
			return false
		}
	}
	return s.Base != nil && s.Base.Copied
}

// last is the number of the last segment, the one just landed included.
func (x *Extract) last() int {
	if x.landed.Segment != nil {
		return x.landed.Segment.No
	}
	return x.chain.Last()
}

// at is the extract with one of its segments at hand.
func (s *State) at(x *Extract, g landing.Segment) *Extract {
	out := *x
	out.Path, out.segment = s.store.Path(x.Name, g.File), g.No
	out.direct = x.landed.Segment != nil && x.landed.Segment.No == g.No && x.landed.Direct
	out.Report = source.Report{Files: g.Files, Read: g.Read, Landed: g.Rows, Rejected: g.Rejected, Columns: g.Columns}
	out.hasRejects, out.origins = g.Rejected > 0, g.First
	return &out
}

// plan lists extracts and loads from the configuration, in canonical order.
func (s *State) plan() error {
	files := map[string]*Extract{}
	for i := range s.Tables {
		t := &s.Tables[i]
		for n, m := range s.Config.Tables[t.Name] {
			if s.Sources[m.From] == nil {
				return s.mappingError(t.Name, m, fmt.Sprintf("there is no source %q", m.From), nearHint(m.From, slices.Sorted(maps.Keys(s.Sources)), "sources"))
			}
			l := &Load{Table: t.Name, Source: m.From, Mapping: m, table: t, no: n, single: true}
			s.Loads = append(s.Loads, l)
			if !s.Config.Sources[m.From].Database() {
				if x := files[m.From]; x != nil {
					x.Table, l.Extract = "", x
					continue
				}
			} else if m.Select == "" {
				return s.mappingError(t.Name, m, "a database needs a select", "write select: SELECT … with canonical column names")
			}
			l.Extract = s.extract(t, l, n)
			if !s.Config.Sources[m.From].Database() {
				files[m.From] = l.Extract
			}
		}
	}
	for _, l := range s.Loads {
		l.single, l.origin = l.Extract.Table != "", l.Extract
	}
	return nil
}

// extract is the landing of a mapping that is the first of its kind.
func (s *State) extract(t *canon.Table, l *Load, n int) *Extract {
	x := &Extract{Name: l.Source, Source: l.Source, Table: t.Name, first: l, way: l.Mapping.Incremental}
	if s.Config.Sources[l.Source].Database() {
		x.Name, x.SQL = l.Source+"."+t.Name, l.Mapping.Select
		if n > 0 {
			x.Name += "." + strconv.Itoa(n+1)
		}
	}
	s.Extracts = append(s.Extracts, x)
	return x
}

// landSource lands the extracts of one source one after the other.
func (s *State) landSource(ctx context.Context, name string, extracts []*Extract) error {
	conn, err := s.Scratch.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, x := range extracts {
		if x.done {
			continue // landed by an attempt before this one
		}
		began := s.Clock()
		job := &extract.Job{Name: x.Name, SQL: x.SQL, Path: x.temp, Table: *x.first.table, Source: x.first.Mapping.Columns, Way: x.way,
			Home: filepath.Dir(s.Config.File), Chain: x.chain, Folder: s.store.Folder(x.Name), Full: x.full, Period: s.Period, Now: s.Clock()}
		if x.landed, err = job.Land(ctx, conn, s.Sources[name], s.DB.Dialect()); err != nil {
			x.landed = &extract.Landed{Position: x.chain.Position}
			return s.landError(x, err)
		}
		x.Report, x.done, x.began, x.took = x.landed.Report, true, began, s.Clock().Sub(began)
		if err := s.noteLanded(x); err != nil {
			return err
		}
		for _, note := range x.Report.Notes {
			s.Log.Info("found in the source", "extract", x.Name, "note", note)
		}
		s.Log.Log(ctx, levelOf(x.Report.Rejected), "landed", "extract", x.Name, "read", x.Report.Read, "landed", x.Report.Landed, "rejected", x.Report.Rejected)
	}
	return nil
}

// landError adds the place in verso.yaml to a SELECT that the database refuses.
func (s *State) landError(x *Extract, err error) error {
	var unreadable *source.UnreadableError
	if x.SQL == "" || errors.As(err, &unreadable) || Classify(err) != ledger.ClassFailed {
		return err
	}
	for _, l := range s.Loads {
		if l.origin == x {
			e := s.mappingError(x.Table, l.Mapping, "the SELECT fails", "")
			e.Cause = err
			return e
		}
	}
	return err
}

// runID names the content of a run: as-of date, and a digest over version,
// configuration and everything that was read.
func (s *State) runID() string {
	h := sha256.New()
	fmt.Fprintln(h, s.Version)
	fmt.Fprintln(h, s.Digest)
	if s.Inputs != "" {
		fmt.Fprintln(h, s.Inputs)
	}
	for _, x := range s.Extracts {
		fmt.Fprintln(h, x.Name, x.SHA256)
	}
	return s.AsOf.Format("2006-01-02") + "-" + hex.EncodeToString(h.Sum(nil))[:8]
}

// mappingError is a MappingError at a mapping.
func (s *State) mappingError(table string, m config.Map, what, hint string) *MappingError {
	return &MappingError{File: s.Config.File, Line: m.Line, Table: table, Source: m.From, What: what, Hint: hint}
}

// nearHint names what is close to a mistyped name, or all there is.
func nearHint(name string, among []string, what string) string {
	if near := canon.Nearest(name, among, 3); len(near) > 0 {
		return "did you mean " + strings.Join(near, ", ") + "?"
	}
	if len(among) > 12 {
		among = append(slices.Clone(among[:12]), "…")
	}
	return "known " + what + ": " + strings.Join(among, ", ")
}

// scan is the FROM text of an extract's landed rows.
func (s *State) scan(x *Extract) string { return s.DB.Dialect().ReadParquet(x.Path) }

// exec runs one statement without result on the draft.
func (s *State) exec(ctx context.Context, sql string, args ...any) (int64, error) {
	return s.Conn.Exec(ctx, engine.SQL(sql, args...))
}
