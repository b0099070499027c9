package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/etl"
	"verso/etl/canon"
	"verso/etl/config"
	"verso/olap/catalog"
	"verso/olap/diff"
	"verso/olap/engine"
	"verso/olap/lineage"
)

// traceLineage writes meta.lineage, from the statements that made the star and
// the scores and the mappings that made the stage tables, and meta.definition.
func (j *refreshJob) traceLineage(ctx context.Context, s *etl.State) error {
	columns, err := storedColumns(ctx, s.Conn)
	if err != nil {
		return err
	}
	digest, err := j.lineageDigest(columns)
	if err != nil {
		return err
	}
	kept, err := lineageKept(ctx, s.Conn, columns, digest)
	if err != nil {
		return err
	}
	if !kept {
		if err := j.makeLineage(ctx, s, columns, digest); err != nil {
			return err
		}
	}
	model, err := catalog.Load(userCatalog(j.config))
	if err != nil {
		return err
	}
	return diff.SaveDefinitions(ctx, s.Conn, model)
}

// makeLineage traces all that was recorded.
func (j *refreshJob) makeLineage(ctx context.Context, s *etl.State, columns map[string][]string, digest string) error {
	g := lineage.NewGraph()
	for _, r := range j.recorded {
		if err := r.On(s.Conn).Trace(ctx, g, func(table string) []string { return columns[table] }); err != nil {
			return err
		}
	}
	if err := traceMappings(ctx, s.Conn, j.config, g); err != nil {
		return err
	}
	g = g.Inline(func(table string) bool { return len(table) > 4 && table[:4] == "due." })
	g.Drop("meta.star_key") // the numbers of the members of all dimensions, as they were before
	for _, name := range g.Unresolved {
		j.log.Debug("lineage: not traced", "name", name)
	}
	s.Rows = int64(len(g.Edges()))
	if err := lineage.Save(ctx, s.Conn, g); err != nil {
		return err
	}
	_, err := s.Conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TABLE meta.lineage_of AS SELECT CAST(? AS VARCHAR) AS digest", digest))
	return err
}

// lineageDigest tells apart all that lineage is made of: what ran, the mappings,
// the columns of the tables, and the program that reads them.
func (j *refreshJob) lineageDigest(columns map[string][]string) (string, error) {
	program, err := thisProgram()
	if err != nil {
		return "", err
	}
	mappings := map[string][]config.Map{}
	for _, t := range canon.Tables() {
		mappings[t.Name] = j.config.Tables[t.Name]
	}
	stored := maps.Clone(columns)
	maps.DeleteFunc(stored, func(table string, _ []string) bool { // what only some nights have
		return !strings.HasPrefix(table, "stage.") && !strings.HasPrefix(table, "core.") && !strings.HasPrefix(table, "score.")
	})
	parts := []any{program, stored, mappings}
	for _, r := range j.recorded {
		parts = append(parts, r)
	}
	text, err := json.Marshal(parts)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), err
}

// lineageKept reports whether the generation this one began with says what
// columns are computed from, made of the same.
func lineageKept(ctx context.Context, conn engine.Conn, columns map[string][]string, digest string) (bool, error) {
	if columns["meta.lineage"] == nil || columns["meta.lineage_of"] == nil {
		return false, nil
	}
	row, err := engine.One(ctx, conn, engine.SQL("SELECT count(*) FILTER (digest = ?) FROM meta.lineage_of", digest))
	if err != nil {
		return false, err
	}
	n, _ := engine.Int(row[0])
	return n == 1, nil
}

// record makes the connection that a step builds on one that remembers.
func (j *refreshJob) record(conn engine.Conn) engine.Conn {
	r := lineage.Record(conn)
	j.recorded = append(j.recorded, r)
	return r
}

// storedColumns reads the columns of all stored tables, once.
func storedColumns(ctx context.Context, q engine.Querier) (map[string][]string, error) {
	columns := map[string][]string{}
	err := engine.Rows(ctx, q, engine.SQL(`SELECT table_schema || '.' || table_name, column_name
FROM information_schema.columns ORDER BY table_schema, table_name, ordinal_position`), func(row []any) error {
		table := engine.Text(row[0])
		columns[table] = append(columns[table], engine.Text(row[1]))
		return nil
	})
	return columns, err
}

// sourceTable names a source in the lineage.
func sourceTable(name string) string { return lineage.SourcePrefix + name }

// traceMappings adds what verso.yaml says of every stage column.
func traceMappings(ctx context.Context, conn engine.Conn, cfg *config.Config, g *lineage.Graph) error {
	for _, t := range canon.Tables() {
		for _, m := range cfg.Tables[t.Name] {
			if m.Select == "" {
				mapped := fmt.Sprintf("mapped in verso.yaml, line %d", m.Line)
				for _, column := range slices.Sorted(maps.Keys(m.Columns)) {
					g.Add(lineage.Edge{To: lineage.Column{Table: "stage." + t.Name, Name: column},
						From: lineage.Column{Table: sourceTable(m.From), Name: m.Columns[column]}, By: mapped})
				}
				continue
			}
			if err := lineage.Mapping(ctx, conn, g, "stage."+t.Name, sourceTable(m.From), m.Select); err != nil {
				return err
			}
		}
	}
	return nil
}
