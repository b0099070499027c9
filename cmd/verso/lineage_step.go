package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/etl"
	"verso/etl/canon"
	"verso/etl/config"
	"verso/etl/star"
	"verso/olap/catalog"
	"verso/olap/diff"
	"verso/olap/engine"
	"verso/olap/lineage"
)

// traceLineage writes meta.lineage, from the statements that made the star and
// the scores and the mappings that made the stage tables, and meta.definition.
func (j *refreshJob) traceLineage(ctx context.Context, s *etl.State) error {
	schema, err := storedColumns(ctx, s.Conn)
	if err != nil {
		return err
	}
	g := lineage.NewGraph()
	for _, r := range j.recorded {
		if err := r.On(s.Conn).Trace(ctx, g, schema); err != nil {
			return err
		}
	}
	if err := traceMappings(ctx, s.Conn, j.config, g); err != nil {
		return err
	}
	g = g.Inline(func(table string) bool { return len(table) > 4 && table[:4] == "due." })
	if err := adoptMerged(ctx, s.Conn, g); err != nil {
		return err
	}
	for _, name := range g.Unresolved {
		j.log.Debug("lineage: not traced", "name", name)
	}
	s.Rows = int64(len(g.Edges()))
	if err := lineage.Save(ctx, s.Conn, g); err != nil {
		return err
	}
	model, err := catalog.Load(userCatalog(j.config))
	if err != nil {
		return err
	}
	return diff.SaveDefinitions(ctx, s.Conn, model)
}

// adoptMerged takes the lineage of facts to which this run only added rows from
// the generation it began with, where their own scripts made them: how rows are
// exchanged says nothing of what their columns mean.
func adoptMerged(ctx context.Context, conn engine.Conn, g *lineage.Graph) error {
	var merged []string
	err := engine.Rows(ctx, conn, engine.SQL("SELECT fact FROM meta.star_build WHERE mode = 'some' ORDER BY fact"), func(row []any) error {
		merged = append(merged, engine.Text(row[0]))
		return nil
	})
	if err != nil || merged == nil {
		return err
	}
	before, err := lineage.Load(ctx, conn)
	if err != nil {
		return err
	}
	for _, e := range g.Edges() { // of them an increment reads other tables on the way
		if e.By == lineage.Program && strings.HasPrefix(e.To.Table, "core.") && !slices.Contains(merged, e.To.Table) {
			merged = append(merged, e.To.Table)
		}
	}
	for _, table := range merged {
		g.Adopt(before, table)
	}
	for _, table := range star.Exchanged() {
		g.Drop(table)
	}
	g.Unresolved = slices.DeleteFunc(g.Unresolved, func(name string) bool {
		table, _, _ := strings.Cut(name, ":")
		return strings.HasPrefix(table, "due.") || slices.Contains(star.Exchanged(), table)
	})
	return nil
}

// record makes the connection that a step builds on one that remembers.
func (j *refreshJob) record(conn engine.Conn) engine.Conn {
	r := lineage.Record(conn)
	j.recorded = append(j.recorded, r)
	return r
}

// storedColumns reads the columns of all stored tables, once.
func storedColumns(ctx context.Context, q engine.Querier) (lineage.Schema, error) {
	columns := map[string][]string{}
	err := engine.Rows(ctx, q, engine.SQL(`SELECT table_schema || '.' || table_name, column_name
FROM information_schema.columns ORDER BY table_schema, table_name, ordinal_position`), func(row []any) error {
		table := engine.Text(row[0])
		columns[table] = append(columns[table], engine.Text(row[1]))
		return nil
	})
	return func(table string) []string { return columns[table] }, err
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
