package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"verso/olap/access"
	"verso/olap/catalog"
	"verso/olap/cube"
	"verso/olap/engine"
	"verso/olap/rollup"
	"verso/olap/warehouse"
)

const suffix = ".duckdb"

// pathOf is where the cut of a generation stands.
func (s *Store) pathOf(g warehouse.Generation, rules access.Rules) string {
	return filepath.Join(s.dir, strings.TrimSuffix(g.Name, suffix)+"-"+rules.Cut()+suffix)
}

// cut gives the file that holds what the rules leave of a generation, and what it
// holds. It is made under another name and appears when it is whole; where two
// processes make one, the second takes that of the first.
func (s *Store) cut(ctx context.Context, g warehouse.Generation, rules access.Rules) (path string, r *access.Report, err error) {
	path = s.pathOf(g, rules)
	base := strings.TrimSuffix(filepath.Base(path), suffix)
	if r, err = readReport(filepath.Join(s.dir, base+".json")); err == nil {
		if _, err = os.Stat(path); err == nil {
			return path, r, nil
		}
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("access: %w", err)
	}
	draft, err := os.MkdirTemp(s.dir, "draft-")
	if err != nil {
		return "", nil, fmt.Errorf("access: %w", err)
	}
	defer os.RemoveAll(draft)
	made := filepath.Join(draft, base+suffix)
	if r, err = s.build(ctx, made, g.Path, rules); err != nil {
		return "", nil, err
	}
	if err := writeReport(draft, filepath.Join(s.dir, base+".json"), r); err != nil {
		return "", nil, err
	}
	if err := os.Link(made, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", nil, fmt.Errorf("access: %w", err)
	}
	return path, r, s.prune()
}

// build makes the file of a cut, closed and readable by its owner only.
func (s *Store) build(ctx context.Context, path, from string, rules access.Rules) (*access.Report, error) {
	model, err := catalog.Load(s.options.Olap.Catalog)
	if err != nil {
		return nil, err
	}
	db, err := s.options.Open(ctx, path, false)
	if err != nil {
		return nil, err
	}
	r, err := access.Build(ctx, db, from, rules, model)
	if err == nil {
		err = s.rollups(ctx, db, rules)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	if _, err := os.Stat(path + ".wal"); !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("access: %s was not closed: a write-ahead log is left", path)
	}
	return r, os.Chmod(path, 0o400)
}

// rollups builds the rollups of a cut from what is in it, as refresh does for the
// generation. One that cannot be used is left out: answers then come from the facts.
func (s *Store) rollups(ctx context.Context, db engine.Database, rules access.Rules) error {
	model, err := held(ctx, db, s.options.Olap.Catalog, rules)
	if err != nil || len(model.Rollups) == 0 {
		return err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	limits := rollup.DefaultLimits()
	limits.Facts = cmp.Or(s.options.RollupFacts, rollup.WorthFacts)
	built, err := rollup.Build(ctx, conn, model, rollup.Options{Run: "cut", Limits: limits})
	then := "CHECKPOINT"
	if !slices.ContainsFunc(built, func(s rollup.Status) bool { return s.State == rollup.OK }) {
		then = "DROP TABLE meta.rollup; DROP SCHEMA rollup CASCADE; CHECKPOINT" // a cut holds no more than it needs
	}
	if err == nil {
		_, err = conn.Exec(ctx, engine.SQL(then))
	}
	return errors.Join(err, conn.Close())
}

func readReport(path string) (*access.Report, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r := &access.Report{}
	return r, json.Unmarshal(text, r)
}

func writeReport(draft, path string, r *access.Report) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	temporary := filepath.Join(draft, "report")
	if err := os.WriteFile(temporary, text, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// held is the model of what can be asked of a cut.
func held(ctx context.Context, db engine.Querier, folder string, rules access.Rules) (*cube.Model, error) {
	columns := map[string]map[string]bool{}
	err := engine.Rows(ctx, db, engine.SQL(`SELECT table_schema || '.' || table_name, column_name FROM information_schema.columns`), func(row []any) error {
		table := engine.Text(row[0])
		if columns[table] == nil {
			columns[table] = map[string]bool{}
		}
		columns[table][engine.Text(row[1])] = true
		return nil
	})
	if err != nil {
		return nil, err
	}
	whole, err := catalog.Load(folder)
	if err != nil {
		return nil, err
	}
	return catalog.LoadHeld(folder, cube.Held{Columns: func(table string) map[string]bool { return columns[table] },
		Sums: rules.Minimum > 0, Grains: rules.Grains(whole)})
}
