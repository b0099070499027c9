// Package rollup keeps aggregates beside the facts, so that common questions
// are answered in about a millisecond with exactly the answer of the facts.
//
// A rollup is declared in the catalog. [Build] makes its tables:
//
//	rollup.<name>               one row per combination of members that has facts
//	rollup.<name>__<dimension>  its members of a dimension, by integer key
//	rollup.<name>__<dimension>_keys  which member each key of the dimension belongs to
//
// Where the grain tells every member of a dimension apart, the rollup keeps the
// dimension's own key and needs no member table. [Load] reads what stands in a
// generation for package compile, which routes questions; [Check] compares
// answers with those of the facts.
package rollup

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// State is how a rollup stands in a generation.
type State string

// The states. Only OK is used for answers.
const (
	OK      State = "ok"
	Failed  State = "failed"  // an answer differed from that of the facts
	Skipped State = "skipped" // not built: too large, or its tables are not there
)

// Status is one row of meta.rollup.
type Status struct {
	Name    string   `json:"name"`
	Cube    string   `json:"cube"`
	By      []string `json:"by"`
	Rows    int64    `json:"rows"`
	Bytes   int64    `json:"bytes"`   // estimated, uncompressed
	Built   string   `json:"built"`   // the run that built it
	Checked int64    `json:"checked"` // questions compared with the facts
	State   State    `json:"state"`
	Reason  string   `json:"reason,omitempty"` // what went wrong, or what was left out

	detail detail
}

// detail is what answers need to know about a rollup.
type detail struct {
	compile.Rollup
	Meanings map[string]string   `json:"meanings"` // of parts and attributes, when it was built
	SQL      map[string]string   `json:"sql"`      // of parts, as it is stored
	Bits     map[string][2]int64 `json:"bits"`     // the least and greatest key that the bits of a part can hold
}

// Limits bound a rollup. A larger one would gain too little for its room.
type Limits struct {
	Cells int64   // rows
	Share float64 // rows as a share of the facts
	Bits  int64   // bytes of the bits of one distinct count
	Facts int64   // fewer facts than these answer fast enough by themselves
}

// WorthFacts is how many facts a cube needs for its rollups to be worth building
// unasked: fewer are read in a few milliseconds.
const WorthFacts = 50_000

// DefaultLimits are one million rows, half the facts, 256 MB of bits.
func DefaultLimits() Limits { return Limits{Cells: 1_000_000, Share: 0.5, Bits: 256 << 20} }

// Options say how to build.
type Options struct {
	Run      string                          // the run that builds
	Limits   Limits                          // zero: DefaultLimits
	Samples  int                             // questions compared with the facts after each build; 0: 5, negative: none
	Seed     uint64                          // of those questions
	Progress func(rollup string, rows int64) // nil: silent
}

const createMeta = `CREATE SCHEMA IF NOT EXISTS rollup;
CREATE SCHEMA IF NOT EXISTS meta;
CREATE TABLE IF NOT EXISTS meta.rollup (name VARCHAR, cube VARCHAR, grain VARCHAR, rows BIGINT, bytes BIGINT, built VARCHAR,
  checked BIGINT, state VARCHAR, reason VARCHAR, detail VARCHAR)`

// Build builds every rollup that the model declares, compares a sample of
// answers with the facts, and records each in meta.rollup. A rollup that cannot
// be built or whose answers differ is recorded as such and is no error.
func Build(ctx context.Context, db engine.QueryExecer, m *cube.Model, o Options) ([]Status, error) {
	return each(ctx, db, m, o, func(b *builder) (Status, error) { return b.build(ctx) })
}

// each makes every rollup and checks and records it.
func each(ctx context.Context, db engine.QueryExecer, m *cube.Model, o Options, run func(*builder) (Status, error)) ([]Status, error) {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Samples == 0 {
		o.Samples = defaultSamples
	}
	if _, err := db.Exec(ctx, engine.SQL(createMeta)); err != nil {
		return nil, fmt.Errorf("rollup: %w", err)
	}
	tables, err := tablesOf(ctx, db)
	if err != nil {
		return nil, err
	}
	if err := forget(ctx, db, m, tables); err != nil {
		return nil, err
	}
	var list []Status
	sums := map[string]factSum{}
	for _, r := range m.Rollups {
		b := &builder{db: db, rollup: r, cube: m.Cube(r.Cube), options: o, tables: tables, sums: sums}
		s, err := run(b)
		if err != nil {
			return nil, fmt.Errorf("rollup %s: %w", r.Name, err)
		}
		if s.State == OK && o.Samples > 0 {
			if err := checkBuilt(ctx, db, m, &s, o); err != nil {
				return nil, fmt.Errorf("rollup %s: %w", r.Name, err)
			}
		}
		if err := record(ctx, db, s); err != nil {
			return nil, fmt.Errorf("rollup %s: %w", r.Name, err)
		}
		if o.Progress != nil {
			o.Progress(r.Name, s.Rows)
		}
		list = append(list, s)
	}
	return list, nil
}

// forget removes rollups that are not declared any more.
func forget(ctx context.Context, db engine.QueryExecer, m *cube.Model, tables map[string]bool) error {
	known, err := List(ctx, db)
	if err != nil {
		return err
	}
	for _, s := range known {
		if m.Rollup(s.Name) != nil {
			continue
		}
		b := &builder{db: db, rollup: &cube.Rollup{Name: s.Name}, tables: tables}
		if err := b.drop(ctx); err != nil {
			return err
		}
		if _, err := db.Exec(ctx, engine.SQL(`DELETE FROM meta.rollup WHERE name = ?`, s.Name)); err != nil {
			return err
		}
	}
	return nil
}

func tablesOf(ctx context.Context, db engine.Querier) (map[string]bool, error) {
	tables := map[string]bool{}
	err := engine.Rows(ctx, db, engine.SQL(`SELECT table_schema, table_name FROM information_schema.tables ORDER BY table_schema, table_name`),
		func(row []any) error {
			tables[engine.Text(row[0])+"."+engine.Text(row[1])] = true
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("rollup: list tables: %w", err)
	}
	return tables, nil
}

// record writes the status, in the place of an earlier one.
func record(ctx context.Context, db engine.QueryExecer, s Status) error {
	text, err := json.Marshal(s.detail)
	if err != nil {
		return err
	}
	if _, err := db.Exec(ctx, engine.SQL(`DELETE FROM meta.rollup WHERE name = ?`, s.Name)); err != nil {
		return err
	}
	_, err = db.Exec(ctx, engine.SQL(`INSERT INTO meta.rollup VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, s.Name, s.Cube,
		strings.Join(s.By, ", "), s.Rows, s.Bytes, s.Built, s.Checked, string(s.State), s.Reason, string(text)))
	return err
}

// List reads meta.rollup in the order of names; nil where nothing was built.
func List(ctx context.Context, db engine.Querier) ([]Status, error) {
	tables, err := tablesOf(ctx, db)
	if err != nil || !tables["meta.rollup"] {
		return nil, err
	}
	var list []Status
	err = engine.Rows(ctx, db, engine.SQL(`SELECT name, cube, grain, rows, bytes, built, checked, state, reason, detail FROM meta.rollup ORDER BY name`),
		func(row []any) error {
			s := Status{Name: engine.Text(row[0]), Cube: engine.Text(row[1]), By: strings.Split(engine.Text(row[2]), ", "), Built: engine.Text(row[5]),
				State: State(engine.Text(row[7])), Reason: engine.Text(row[8])}
			s.Rows, _ = engine.Int(row[3])
			s.Bytes, _ = engine.Int(row[4])
			s.Checked, _ = engine.Int(row[6])
			if err := json.Unmarshal([]byte(engine.Text(row[9])), &s.detail); err != nil {
				return fmt.Errorf("rollup: meta.rollup, %s: %w", s.Name, err)
			}
			list = append(list, s)
			return nil
		})
	return list, err
}

// Load reads the rollups of a generation for compile.Options, those that must
// not be used included, with the reason.
func Load(ctx context.Context, db engine.Querier, m *cube.Model) ([]*compile.Rollup, error) {
	list, err := List(ctx, db)
	if err != nil {
		return nil, err
	}
	var rollups []*compile.Rollup
	for _, s := range list {
		if m.Cube(s.Cube) != nil {
			rollups = append(rollups, s.usable(m))
		}
	}
	return rollups, nil
}

// usable is the rollup for package compile.
func (s Status) usable(m *cube.Model) *compile.Rollup {
	r := s.detail.Rollup
	r.Name, r.Cube = s.Name, s.Cube
	switch s.State {
	case OK:
		if name := s.changed(m.Cube(s.Cube)); name != "" {
			r.Unfit = "was built with another definition of " + name + "; run verso refresh"
		}
	case Failed:
		r.Unfit = "failed its check: " + s.Reason
	default:
		r.Unfit = "was not built: " + s.Reason
	}
	return &r
}

// changed is the first name whose definition is not the one that the rollup
// was built with, "" if there is none.
func (s Status) changed(c *cube.Cube) string {
	now := map[string]string{}
	all := &cube.Rollup{Cube: c.Name}
	for _, m := range c.Measures {
		all.Measures = append(all.Measures, m.Name)
	}
	ingredients, _ := compile.Ingredients(c, all)
	for _, i := range ingredients {
		now[i.Name] = i.Meaning()
	}
	for _, u := range c.Dimensions {
		for _, a := range u.Of.Attributes {
			now[u.Name+"."+a.Name] = meaning(u, a)
		}
	}
	now[""] = c.Table
	names := make([]string, 0, len(s.detail.Meanings))
	for name := range s.detail.Meanings {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if now[name] != s.detail.Meanings[name] {
			if name == "" {
				return "the cube"
			}
			return name
		}
	}
	return ""
}

// meaning changes whenever the attribute means something else.
func meaning(u *cube.Use, a *cube.Attribute) string {
	text := fmt.Sprintf("%s → %s.%s: %q", u.Key, u.Of.Table, u.Of.Key, columnsOf(a))
	for _, b := range u.Of.Beside {
		if b.Name == a.In {
			text += fmt.Sprintf(" in %s by %s %v", b.Table, b.Key, b.Where)
		}
	}
	return text
}

// columnsOf are the columns that an attribute needs, each once.
func columnsOf(a *cube.Attribute) (list []string) {
	for _, c := range []string{a.Order, a.Column, a.ColumnZH, a.Key, a.ID} {
		if c != "" && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	return list
}
