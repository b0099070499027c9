package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"verso/etl/demo/sheet"
	"verso/olap/engine"
)

// The ways a folder shows its nights.
const (
	ModeSnapshot = "snapshot" // data/<table>.csv, each night the whole table
	ModeDelta    = "delta"    // data/<table>/<day>.csv, each night what changed
)

// stateFile says in a folder which company it replays and how far it is.
const stateFile = "replay.json"

// Folder is a demo folder that stands some nights before the end of its
// company: company/ holds the complete files and the truth, data/ what the
// operational systems show.
type Folder struct {
	Dir    string  `json:"-"`
	Mode   string  `json:"mode"` // ModeSnapshot or ModeDelta
	Format string  `json:"format"`
	Scale  float64 `json:"scale"`
	Seed   uint64  `json:"seed"`
	AsOf   Day     `json:"as_of"` // the company's last day
	Nights int     `json:"nights"`
	Today  Day     `json:"today"` // the evening that data/ shows
}

// Day is a date; in JSON 2026-06-30.
type Day struct{ Time time.Time }

// MarshalText writes the date.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the date.
func (d *Day) UnmarshalText(text []byte) (err error) {
	d.Time, err = time.Parse(time.DateOnly, string(text))
	return err
}

// String is the date as 2026-06-30.
func (d Day) String() string { return d.Time.Format(time.DateOnly) }

// Company is the folder the complete company is generated in.
func (f *Folder) Company() string { return filepath.Join(f.Dir, "company") }

// ErrNoReplay says that a folder holds no nights to go on with.
var ErrNoReplay = errors.New("no nights are prepared there")

// ErrOver says that the last night is reached.
var ErrOver = errors.New("the last night is reached")

// OpenFolder reads how far a folder is.
func OpenFolder(dir string) (*Folder, error) {
	text, err := os.ReadFile(filepath.Join(dir, stateFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("replay: %s: %w", dir, ErrNoReplay)
	}
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	f := &Folder{Dir: dir}
	if err := json.Unmarshal(text, f); err != nil {
		return nil, fmt.Errorf("replay: %s: %w", filepath.Join(dir, stateFile), err)
	}
	return f, nil
}

// Start writes the first evening of the complete company in f.Company(), the
// truth of its troubles and replay.json. data/ is emptied before.
func (f *Folder) Start(ctx context.Context, conn engine.Conn) error {
	if f.Mode != ModeSnapshot && f.Mode != ModeDelta {
		return fmt.Errorf("replay: mode %q is neither snapshot nor delta", f.Mode)
	}
	r, err := f.open(ctx, conn)
	if err != nil {
		return err
	}
	data := filepath.Join(f.Dir, "data")
	if err := os.RemoveAll(data); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	write := r.Snapshot
	if f.Mode == ModeDelta {
		write = r.Base
	}
	if err := write(ctx, data, r.First()); err != nil {
		return err
	}
	if err := r.WriteTruth(ctx, filepath.Join(f.Company(), "truth", "replay_truth.csv")); err != nil {
		return err
	}
	return f.stand(r.First())
}

// Advance goes on to the evening of a day, the zero time for the next one. In
// snapshot mode the days between are passed over, in delta mode each leaves its
// files. A day that is not ahead, or after the last, is an error.
func (f *Folder) Advance(ctx context.Context, conn engine.Conn, to time.Time) error {
	if !f.Today.Time.Before(f.AsOf.Time) {
		return fmt.Errorf("replay: %s: %w (%s)", f.Dir, ErrOver, f.AsOf)
	}
	if to.IsZero() {
		to = f.Today.Time.AddDate(0, 0, 1)
	}
	if !to.After(f.Today.Time) || to.After(f.AsOf.Time) {
		return fmt.Errorf("replay: %s is not between %s and %s, the nights still ahead", to.Format(time.DateOnly),
			f.Today.Time.AddDate(0, 0, 1).Format(time.DateOnly), f.AsOf)
	}
	r, err := f.open(ctx, conn)
	if err != nil {
		return err
	}
	data := filepath.Join(f.Dir, "data")
	if f.Mode == ModeSnapshot {
		if err := r.Snapshot(ctx, data, to); err != nil {
			return err
		}
		return f.stand(to)
	}
	for day := f.Today.Time.AddDate(0, 0, 1); !day.After(to); day = day.AddDate(0, 0, 1) {
		if err := r.Delta(ctx, data, day); err != nil {
			return err
		}
		if err := f.stand(day); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folder) open(ctx context.Context, conn engine.Conn) (*Replay, error) {
	return Open(ctx, conn, Options{From: filepath.Join(f.Company(), "data"), Format: f.Format, AsOf: f.AsOf.Time, Nights: f.Nights, Seed: f.Seed})
}

// stand notes the evening that data/ shows.
func (f *Folder) stand(day time.Time) error {
	f.Today = Day{day}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(f.Dir, stateFile)
	if err := os.WriteFile(path+".part", append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	return os.Rename(path+".part", path)
}

// Config is a commented verso.yaml for the folder. It stays the same every
// night: as_of is the last order's day. With incremental, every table says how
// a refresh finds what changed.
func (f *Folder) Config(incremental bool) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `# The demo company as its systems show it night by night (scale %g, seed %d).
# verso demo --dir . --advance goes on to the next night; then run verso refresh.
# company/ holds the complete company and the truth; nothing here reads it.
version: 1

company:
  name: Meridian Book Import (demo)
  currency: CNY
  language: en
  fiscal_year_start: 1

as_of: latest
seed: %d
warehouse: warehouse
site: site

sources:
`, f.Scale, f.Seed, f.Seed)
	for _, name := range Tables() {
		path := "data/" + name + "." + f.Format
		if f.Mode == ModeDelta {
			path = "data/" + name + "/*." + f.Format
		}
		fmt.Fprintf(&b, "  %s: {kind: file, path: %s}\n", name, path)
	}
	b.WriteString("\n# canonical table: where its rows come from, and canonical column: source column.\ntables:\n")
	for _, name := range Tables() {
		fmt.Fprintf(&b, "  %s:\n    - from: %s\n", name, name)
		if way := f.Incremental(name); incremental && way != "" {
			fmt.Fprintf(&b, "      incremental: %s\n", way)
		}
		b.WriteString("      columns:\n")
		for _, c := range Columns(name) {
			fmt.Fprintf(&b, "        %s: %s\n", c, c)
		}
	}
	return []byte(b.String())
}

// Incremental is how a refresh finds what changed in a table, as verso.yaml
// says it; "" where everything is read. Daily files are read once, whole tables
// compared with what is known. Rows without a key cannot find their earlier
// selves.
func (f *Folder) Incremental(table string) string {
	switch {
	case f.Mode == ModeDelta:
		return "{by: files}"
	case len(keyColumns(table)) == 0:
		return ""
	}
	return "{compare: true}"
}

// sheetTable is the generator's declaration of a table.
func sheetTable(name string) *sheet.Table {
	for _, t := range sheet.Tables() {
		if t.Name == name {
			return &t
		}
	}
	return &sheet.Table{Name: name}
}
