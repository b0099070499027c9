package etl

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/source"
	"verso/olap/engine"
)

// Extract is one landing: all of a file source, which may feed several tables,
// or what one mapping's SELECT yields in a database.
type Extract struct {
	Name   string // folder under landing
	Source string
	Table  string // canonical table; "" for a file that feeds several mappings
	Path   string // Parquet file, while the run goes on under a name of its own
	SQL    string // databases
	Report source.Report
	SHA256 string // of the source files, or of the landed file for databases

	hasRejects bool
	asOf       string // as-of date of an earlier landing used in its place; "" when the source was read
	took       time.Duration
}

// tempMark begins the names of landings of unfinished runs.
const tempMark = ".running-"

// land lands every extract, sources side by side, each on its own connection.
func land(ctx context.Context, s *State) error {
	if err := s.plan(); err != nil {
		return err
	}
	bySource := map[string][]*Extract{}
	for _, x := range s.Extracts {
		bySource[x.Source] = append(bySource[x.Source], x)
		if err := s.makeRoom(x); err != nil {
			return err
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(s.Parallel)
	for _, name := range slices.Sorted(maps.Keys(bySource)) {
		g.Go(func() error { return s.landGuarded(ctx, name, bySource[name]) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, x := range s.Extracts {
		s.Rows += x.Report.Landed
	}
	return nil
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
		l.single = l.Extract.Table != ""
	}
	return nil
}

// extract is the landing of a mapping that is the first of its kind.
func (s *State) extract(t *canon.Table, l *Load, n int) *Extract {
	x := &Extract{Name: l.Source, Source: l.Source, Table: t.Name}
	if s.Config.Sources[l.Source].Database() {
		x.Name, x.SQL = l.Source+"."+t.Name, l.Mapping.Select
		if n > 0 {
			x.Name += "." + strconv.Itoa(n+1)
		}
	}
	s.Extracts = append(s.Extracts, x)
	return x
}

// makeRoom creates an extract's folder, clears what a crashed run left in it,
// and names the file to land.
func (s *State) makeRoom(x *Extract) error {
	dir := s.landingDir(x.Name)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range left {
		if strings.HasPrefix(e.Name(), tempMark) {
			if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	x.Path = filepath.Join(dir, tempMark+strconv.Itoa(os.Getpid())+".parquet")
	return nil
}

func (s *State) landingDir(extract string) string {
	return filepath.Join(s.Config.Warehouse, "landing", url.PathEscape(extract))
}

// landSource lands the extracts of one source one after the other.
func (s *State) landSource(ctx context.Context, name string, extracts []*Extract) error {
	conn, err := s.Scratch.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	for _, x := range extracts {
		if x.SHA256 != "" {
			continue // landed by an attempt before this one
		}
		began := s.Clock()
		report, err := s.Sources[name].Land(ctx, conn, x.request())
		if err != nil {
			return s.landError(x, err)
		}
		if report.Read != report.Landed+report.Rejected {
			return fmt.Errorf("extract %s: %d records were read, but %d landed and %d were rejected: this is a fault of verso, nothing is published",
				x.Name, report.Read, report.Landed, report.Rejected)
		}
		x.Report = report
		if _, err := os.Stat(source.RejectsPath(x.Path)); err == nil {
			x.hasRejects = true
		}
		if x.SHA256, err = contentHash(x); err != nil {
			return err
		}
		x.took = s.Clock().Sub(began)
		for _, note := range report.Notes {
			s.Log.Info("found in the source", "extract", x.Name, "note", note)
		}
		s.Log.Log(ctx, levelOf(report.Rejected), "landed", "extract", x.Name, "read", report.Read, "landed", report.Landed, "rejected", report.Rejected)
	}
	return nil
}

func (x *Extract) request() source.Request {
	return source.Request{Name: x.Name, SQL: x.SQL, Path: x.Path}
}

// landError adds the place in verso.yaml to a SELECT that the database refuses.
func (s *State) landError(x *Extract, err error) error {
	var unreadable *source.UnreadableError
	if x.SQL == "" || errors.As(err, &unreadable) || Classify(err) != ClassFailed {
		return err
	}
	for _, l := range s.Loads {
		if l.Extract == x {
			e := s.mappingError(x.Table, l.Mapping, "the SELECT fails", "")
			e.Cause = err
			return e
		}
	}
	return err
}

// contentHash identifies what was landed: the bytes of the source files, or of
// the landed rows where there are no files.
func contentHash(x *Extract) (string, error) {
	h := sha256.New()
	if len(x.Report.Files) > 0 {
		for _, f := range x.Report.Files {
			fmt.Fprintln(h, f.SHA256)
		}
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	f, err := os.Open(x.Path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// runID names the content of a run: as-of date, and a digest over version,
// configuration and everything that was read.
func (s *State) runID() string {
	h := sha256.New()
	fmt.Fprintln(h, s.Version)
	fmt.Fprintln(h, s.Digest)
	for _, x := range s.Extracts {
		fmt.Fprintln(h, x.Name, x.SHA256)
	}
	return s.AsOf.Format("2006-01-02") + "-" + hex.EncodeToString(h.Sum(nil))[:8]
}

// keepLandings gives the landed files the name of the run, now that the checks
// have passed.
func keepLandings(_ context.Context, s *State) error {
	for _, x := range s.Extracts {
		final := filepath.Join(filepath.Dir(x.Path), s.RunID+".parquet")
		if x.hasRejects {
			if err := os.Rename(source.RejectsPath(x.Path), source.RejectsPath(final)); err != nil {
				return err
			}
		}
		if err := os.Rename(x.Path, final); err != nil {
			return err
		}
		x.Path = final
		if err := s.remember(x); err != nil {
			return err
		}
		if err := syncDir(filepath.Dir(final)); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// dropLandings removes what a failed run landed and had not yet kept.
func (s *State) dropLandings() {
	for _, x := range s.Extracts {
		if !strings.HasPrefix(filepath.Base(x.Path), tempMark) {
			continue
		}
		for _, p := range []string{x.Path, source.RejectsPath(x.Path)} {
			if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
				s.Log.Warn("landed file could not be removed", "path", p, "error", err)
			}
		}
	}
}

// prune keeps the newest landings of every extract.
func (s *State) prune() error {
	keep := s.Config.Keep
	if keep <= 0 {
		keep = 3
	}
	for _, x := range s.Extracts {
		if err := pruneFolder(filepath.Dir(x.Path), keep); err != nil {
			return err
		}
	}
	return nil
}

func pruneFolder(dir string, keep int) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	type landed struct {
		name string
		when int64
	}
	var all []landed
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".parquet") || strings.HasPrefix(e.Name(), tempMark) {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		all = append(all, landed{e.Name(), info.ModTime().UnixNano()})
	}
	slices.SortFunc(all, func(a, b landed) int {
		if a.when != b.when {
			return int(max(-1, min(1, b.when-a.when)))
		}
		return strings.Compare(b.name, a.name)
	})
	for _, l := range all[min(keep, len(all)):] {
		path := filepath.Join(dir, l.name)
		for _, p := range []string{path, source.RejectsPath(path)} {
			if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
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
