package etl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"verso/etl/ledger"
	"verso/olap/engine"
)

// stage types the landed rows of every mapping into the stage tables and sets
// bad rows aside.
func stage(ctx context.Context, s *State) error {
	if err := s.remember(ctx); err != nil {
		return err
	}
	if err := s.createSchemas(ctx); err != nil {
		return err
	}
	if err := s.stageTables(ctx); err != nil {
		return err
	}
	if err := s.extractRejects(ctx); err != nil {
		return err
	}
	if err := s.findAsOf(ctx); err != nil {
		return err
	}
	s.tellAsOf()
	s.RunID = s.runID()
	s.Log.Info("content known", "run", s.RunID, "as_of", s.AsOf.Format("2006-01-02"), "from", s.Config.AsOf)
	if err := s.writeVersions(ctx); err != nil {
		return err
	}
	return s.together(ctx, s.writeMeta)
}

// createSchemas makes the empty stage and quarantine tables, and clears away
// those of a copied generation that are mapped otherwise now.
func (s *State) createSchemas(ctx context.Context) error {
	var ddl []string
	for _, schema := range []string{"stage", "quarantine", "core", "rollup", "feature", "score", "card", "meta"} {
		ddl = append(ddl, "CREATE SCHEMA IF NOT EXISTS "+schema)
	}
	ddl = append(ddl, "DROP SCHEMA IF EXISTS due CASCADE", "CREATE SCHEMA due", "DROP TABLE IF EXISTS "+placeTable,
		"CREATE TABLE "+placeTable+` ("extract" VARCHAR, "row" BIGINT, "file" VARCHAR, "line" BIGINT, "raw" VARCHAR)`)
	if _, err := s.exec(ctx, strings.Join(ddl, ";\n")); err != nil {
		return err
	}
	stored, err := s.storedStage(ctx)
	if err != nil {
		return err
	}
	ddl = []string{"BEGIN"}
	for i := range s.Tables {
		t := &s.Tables[i]
		if s.known(t) {
			continue
		}
		ddl = append(append(ddl, dropStage(stored, t.Name)...), createQuarantine(t.Name))
		if !s.mapped(t.Name) {
			ddl = append(ddl, createStage(t, s.textIDs()))
		}
	}
	if s.Base == nil || !s.Base.Copied {
		ddl = append(ddl, createQuarantine(extractTable))
	}
	_, err = s.exec(ctx, strings.Join(append(ddl, "COMMIT"), ";\n"))
	return err
}

// storedStage are the tables and views of stage and quarantine that a copied
// generation has, and what drops each.
func (s *State) storedStage(ctx context.Context) (map[string]string, error) {
	stored := map[string]string{}
	sql := `SELECT "table_schema", "table_name", "table_type" FROM information_schema.tables WHERE "table_schema" IN ('stage', 'quarantine') ORDER BY ALL`
	err := engine.Rows(ctx, s.Conn, engine.SQL(sql), func(row []any) error {
		kind := "TABLE "
		if engine.Text(row[2]) == "VIEW" {
			kind = "VIEW "
		}
		schema, name := engine.Text(row[0]), engine.Text(row[1])
		stored[schema+"."+name] = "DROP " + kind + schema + "." + q(name)
		return nil
	})
	return stored, err
}

// dropStage are the statements that remove what is stored of a table.
func dropStage(stored map[string]string, table string) (drops []string) {
	for _, name := range []string{table, "_" + table, "_held_" + table, "_base_" + table, table + "_version"} {
		for _, schema := range []string{"quarantine", "stage"} {
			if drop := stored[schema+"."+name]; drop != "" {
				drops = append(drops, drop)
			}
		}
	}
	return drops
}

func (s *State) textIDs() bool { return s.Config.IDs == "text" }

// mapped reports whether the configuration maps a table.
func (s *State) mapped(table string) bool { return len(s.Config.Tables[table]) > 0 }

// createViews makes a temporary view of every file extract, named as its
// source: what a mapping's SELECT reads from. They end with the connection.
func (s *State) createViews(ctx context.Context) error {
	for _, x := range s.Extracts {
		err := s.reserved(x)
		if err == nil && x.SQL == "" {
			_, err = s.exec(ctx, "CREATE OR REPLACE TEMP VIEW "+q(x.Source)+" AS "+s.allLanded(x))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// allLanded is the SELECT of all landed rows of an extract that still count.
func (s *State) allLanded(x *Extract) string {
	segments := x.segments()
	parts := make([]string, len(segments))
	for i, g := range segments {
		parts[i] = s.landedRows(s.at(x, g))
		var replaced []string
		for _, later := range segments[i+1:] {
			for _, span := range later.Replaced {
				if span.Segment == g.No {
					replaced = append(replaced, fmt.Sprintf("file_row_number >= %d AND file_row_number < %d", span.From, span.To))
				}
			}
		}
		if replaced != nil {
			parts[i] += " WHERE NOT (" + strings.Join(replaced, " OR ") + ")"
		}
	}
	return strings.Join(parts, "\nUNION ALL BY NAME ")
}

// reserved refuses source columns with the names of row numbers.
func (s *State) reserved(x *Extract) error {
	segments := x.segments()
	for _, c := range segments[len(segments)-1].Columns {
		if strings.EqualFold(c.Name, "_row") || strings.EqualFold(c.Name, "file_row_number") {
			for _, l := range s.Loads {
				if l.origin == x {
					return s.mappingError(l.Table, l.Mapping, fmt.Sprintf("the source has a column %q, a name verso keeps for row numbers", c.Name), "rename the column in the source")
				}
			}
		}
	}
	return nil
}

// landedRows is the SELECT of an extract's own columns and their row numbers.
func (s *State) landedRows(x *Extract) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for _, c := range x.Report.Columns {
		b.WriteString(q(c.Name) + ", ")
	}
	b.WriteString(`file_row_number AS "_row" FROM ` + s.scan(x))
	return b.String()
}

func (s *State) loadsOf(table string) []*Load {
	var out []*Load
	for _, l := range s.Loads {
		if l.Table == table {
			out = append(out, l)
		}
	}
	return out
}

// stageLoad types the rows of one mapping.
func (s *State) stageLoad(ctx context.Context, l *Load, offset int64, all []*staging) error {
	st := l.staging
	st.offset, st.segment = offset, l.Extract.segment
	if len(all) > 1 {
		st.prefix = l.Source + "-"
		if s.fedBefore(l) {
			st.prefix += fmt.Sprint(l.no+1) + "-"
		}
	}
	if err := s.probeCodes(ctx, l, st); err != nil {
		return err
	}
	st.fast = true
	rows, err := s.exec(ctx, st.insert(all))
	if err != nil {
		return s.selectError(l, err)
	}
	if err := s.repair(ctx, l, st, all); err != nil {
		return err
	}
	l.Selected, l.Read = rows, rows
	if l.single {
		l.Read += l.Extract.Report.Rejected
	}
	return nil
}

// repair stages again, with every way of cast.Reading, the rows with a value that a
// plain cast misses. There are none of them in clean data, so clean data pays
// for plain casts only.
func (s *State) repair(ctx context.Context, l *Load, st *staging, all []*staging) (err error) {
	st.fast = false
	missed := fmt.Sprintf(`"_load" = %d AND %s AND "_mark" %% 10 = %d`, l.no, isBad, faultMissed)
	n, err := s.int64Of(ctx, "SELECT count(*) FROM "+storeName(l.Table)+" WHERE "+missed)
	if err != nil || n == 0 {
		return err
	}
	if err := s.probeDates(ctx, l, st); err != nil {
		return err
	}
	// Rows of a SELECT may share a row number or be counted within their parent,
	// so all of them are staged again.
	again := fmt.Sprintf(`"_load" = %d`, l.no)
	if l.Mapping.Select == "" && !st.numbered() {
		const missedRows = "_missed"
		if _, err := s.exec(ctx, "CREATE TEMP TABLE "+missedRows+` AS SELECT DISTINCT "_row" FROM `+storeName(l.Table)+" WHERE "+missed); err != nil {
			return err
		}
		defer func() {
			_, dropErr := s.exec(context.WithoutCancel(ctx), "DROP TABLE "+missedRows)
			err = errors.Join(err, dropErr)
		}()
		st.only = `f."_row" IN (SELECT "_row" FROM ` + missedRows + ")"
		again = missed
	}
	if _, err := s.exec(ctx, "DELETE FROM "+storeName(l.Table)+" WHERE "+again); err != nil {
		return err
	}
	if _, err := s.exec(ctx, st.insert(all)); err != nil {
		return s.selectError(l, err)
	}
	st.only = ""
	return nil
}

// fedBefore reports whether an earlier mapping of the table has the same source.
func (s *State) fedBefore(l *Load) bool {
	return slices.ContainsFunc(s.loadsOf(l.Table), func(o *Load) bool { return o.no < l.no && o.Source == l.Source })
}

// selectError names the mapping whose SELECT failed while it ran.
func (s *State) selectError(l *Load, err error) error {
	if l.Mapping.Select == "" || Classify(err) != ledger.ClassFailed {
		return fmt.Errorf("table %s from %s: %w", l.Table, l.Source, err)
	}
	if !isStatementError(err) {
		return err
	}
	e := s.mappingError(l.Table, l.Mapping, "the SELECT fails", "columns of "+l.Source+": "+strings.Join(columnNames(l.Extract.Report.Columns), ", "))
	e.Cause = statementCause(err, l.Mapping.Select)
	return e
}

// int64Of runs a query of one number.
func (s *State) int64Of(ctx context.Context, sql string, args ...any) (int64, error) {
	row, err := engine.One(ctx, s.Conn, engine.SQL(sql, args...))
	if err != nil {
		return 0, err
	}
	n, ok := engine.Int(row[0])
	if !ok && row[0] != nil {
		return 0, fmt.Errorf("etl: want a whole number, got %v (in: %s)", row[0], sql)
	}
	return n, nil
}
