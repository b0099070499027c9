// Package diff tells two generations of a warehouse apart: what was defined
// otherwise, which tables and columns came and went, and which figures of days
// that both cover were restated.
package diff

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"verso/olap"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/lineage"
)

// Side is one generation.
type Side struct {
	Name string
	DB   engine.Querier
	Olap *olap.Olap
}

// Options bound what is compared.
type Options struct {
	Cubes []string // none: all that both have
}

// Report is what differs, from the older to the newer generation.
type Report struct {
	Old         string       `json:"old"`
	New         string       `json:"new"`
	Upto        string       `json:"figures_up_to"` // last day that both cover
	Run         []Change     `json:"run"`           // version, configuration, as-of date …
	Definitions []Change     `json:"definitions"`
	Lineage     []Change     `json:"lineage"` // stored columns that are computed from other columns than before
	Tables      []Change     `json:"tables"`  // tables and columns that came, went or changed their type
	Rows        []RowCount   `json:"rows"`    // tables whose number of rows differs
	Restated    []Restated   `json:"restated"`
	Compared    int          `json:"figures_compared"`
	Skipped     []SkippedAsk `json:"skipped"` // what could not be compared, and why
}

// Change is something named that is otherwise now; "" where it was, or is, not.
type Change struct {
	Name string `json:"name"`
	Old  string `json:"old"`
	New  string `json:"new"`
}

// RowCount is a table with more or fewer rows.
type RowCount struct {
	Table string `json:"table"`
	Old   int64  `json:"old"`
	New   int64  `json:"new"`
}

// Restated is a figure of one month that is no longer what it was.
type Restated struct {
	Cube    string `json:"cube"`
	Measure string `json:"measure"`
	Month   string `json:"month"`
	Old     any    `json:"old"` // as engine values; nil where there was none
	New     any    `json:"new"`
}

// SkippedAsk is a measure that one of the sides could not answer.
type SkippedAsk struct {
	Cube   string `json:"cube"`
	Reason string `json:"reason"`
}

// Compare finds all differences. Figures are those of every listed measure by
// month, up to the older as-of date.
func Compare(ctx context.Context, old, latest Side, o Options) (*Report, error) {
	r := &Report{Old: old.Name, New: latest.Name, Upto: min(old.Olap.Run().AsOf, latest.Olap.Run().AsOf)}
	for _, part := range []func(context.Context, Side, Side, *Report) error{compareRuns, compareDefinitions, compareLineage, compareTables} {
		if err := part(ctx, old, latest, r); err != nil {
			return nil, fmt.Errorf("compare %s with %s: %w", old.Name, latest.Name, err)
		}
	}
	return r, compareFigures(ctx, old, latest, o, r)
}

// changes compares two maps of texts.
func changes(old, latest map[string]string) []Change {
	var out []Change
	for name, before := range old {
		if now := latest[name]; now != before {
			out = append(out, Change{name, before, now})
		}
	}
	for name, now := range latest {
		if _, known := old[name]; !known {
			out = append(out, Change{name, "", now})
		}
	}
	slices.SortFunc(out, func(a, b Change) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

func compareRuns(ctx context.Context, old, latest Side, r *Report) error {
	const facts = `SELECT unnest(['run', 'as of', 'verso', 'configuration', 'seed', 'currency', 'fiscal year start']),
unnest([run_id, CAST(as_of AS VARCHAR), version, config_digest, CAST(seed AS VARCHAR), currency, CAST(fiscal_year_start AS VARCHAR)]) FROM meta.run`
	a, err := pairs(ctx, old.DB, facts)
	if err != nil {
		return err
	}
	b, err := pairs(ctx, latest.DB, facts)
	if err != nil {
		return err
	}
	r.Run = changes(a, b)
	return nil
}

// compareDefinitions compares what the generations keep of their catalogs; one
// made before verso kept it is compared by nothing, which is said.
func compareDefinitions(ctx context.Context, old, latest Side, r *Report) error {
	var sides [2]map[string]string
	for i, s := range []Side{old, latest} {
		known, err := has(ctx, s.DB, "definition")
		if err != nil {
			return err
		}
		if !known {
			r.Skipped = append(r.Skipped, SkippedAsk{"", s.Name + " keeps no definitions: they are not compared"})
			return nil
		}
		if sides[i], err = pairs(ctx, s.DB, "SELECT name, definition FROM meta.definition"); err != nil {
			return err
		}
	}
	r.Definitions = changes(sides[0], sides[1])
	return nil
}

// compareLineage compares what the columns of core and score come from,
// working tables passed over.
func compareLineage(ctx context.Context, old, latest Side, r *Report) error {
	var sides [2]map[string]string
	for i, s := range []Side{old, latest} {
		g, err := lineage.Load(ctx, s.DB)
		if err != nil {
			return err
		}
		if len(g.Tables()) == 0 { // built before columns were traced
			return nil
		}
		sides[i] = lineage.Summary(g)
	}
	r.Lineage = changes(sides[0], sides[1])
	return nil
}

func compareTables(ctx context.Context, old, latest Side, r *Report) error {
	const columns = `SELECT table_schema || '.' || table_name || '.' || column_name, data_type FROM information_schema.columns
WHERE table_schema IN ('stage', 'core', 'score', 'card')`
	a, err := pairs(ctx, old.DB, columns)
	if err != nil {
		return err
	}
	b, err := pairs(ctx, latest.DB, columns)
	if err != nil {
		return err
	}
	r.Tables = changes(a, b)
	before, err := rowCounts(ctx, old.DB)
	if err != nil {
		return err
	}
	now, err := rowCounts(ctx, latest.DB)
	if err != nil {
		return err
	}
	for table, n := range now {
		if was, known := before[table]; known && was != n {
			r.Rows = append(r.Rows, RowCount{table, was, n})
		}
	}
	slices.SortFunc(r.Rows, func(a, b RowCount) int { return cmp.Compare(a.Table, b.Table) })
	return nil
}

func rowCounts(ctx context.Context, q engine.Querier) (map[string]int64, error) {
	var names []string
	err := engine.Rows(ctx, q, engine.SQL(`SELECT table_schema, table_name FROM information_schema.tables
WHERE table_schema IN ('stage', 'quarantine', 'core', 'score') AND left(table_name, 1) <> '_' ORDER BY table_schema, table_name`), func(row []any) error {
		names = append(names, engine.QuoteIdent(engine.Text(row[0]))+"."+engine.QuoteIdent(engine.Text(row[1])))
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, name := range names {
		row, err := engine.One(ctx, q, engine.SQL("SELECT count(*) AS n FROM "+name))
		if err != nil {
			return nil, err
		}
		n, _ := engine.Int(row[0])
		out[plain(name)] = n
	}
	return out, nil
}

// plain takes the quotes off a table's name.
func plain(name string) string {
	out := make([]rune, 0, len(name))
	for _, r := range name {
		if r != '"' {
			out = append(out, r)
		}
	}
	return string(out)
}

// commonCubes are the cubes that both sides have and that were asked for.
func commonCubes(old, latest Side, o Options) []*cube.Cube {
	var out []*cube.Cube
	for _, c := range latest.Olap.Cubes() {
		if old.Olap.Model().Cube(c.Name) != nil && (len(o.Cubes) == 0 || slices.Contains(o.Cubes, c.Name)) {
			out = append(out, c)
		}
	}
	return out
}
