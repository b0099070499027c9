package etl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// stage types the landed rows of every mapping into the stage tables and sets
// bad rows aside.
func stage(ctx context.Context, s *State) error {
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
	s.RunID = s.runID()
	s.Log.Info("content known", "run", s.RunID, "as_of", s.AsOf.Format("2006-01-02"), "from", s.Config.AsOf)
	return s.together(ctx, s.writeMeta)
}

// createSchemas makes the empty stage and quarantine tables.
func (s *State) createSchemas(ctx context.Context) error {
	ddl := []string{"BEGIN"}
	for _, schema := range []string{"stage", "quarantine", "core", "rollup", "feature", "score", "card", "meta"} {
		ddl = append(ddl, "CREATE SCHEMA IF NOT EXISTS "+schema)
	}
	for i := range s.Tables {
		t := &s.Tables[i]
		ddl = append(ddl, createQuarantine(t.Name))
		if !s.mapped(t.Name) {
			ddl = append(ddl, createStage(t, s.textIDs()))
		}
	}
	_, err := s.exec(ctx, strings.Join(append(ddl, createQuarantine(extractTable), "COMMIT"), ";\n"))
	return err
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
			_, err = s.exec(ctx, "CREATE OR REPLACE TEMP VIEW "+q(x.Source)+" AS "+s.landedRows(x))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reserved refuses source columns with the names of row numbers.
func (s *State) reserved(x *Extract) error {
	for _, c := range x.Report.Columns {
		if strings.EqualFold(c.Name, "_row") || strings.EqualFold(c.Name, "file_row_number") {
			for _, l := range s.Loads {
				if l.Extract == x {
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

// stageTable stages every mapping of one table and sets bad rows and repeated
// keys aside.
func (s *State) stageTable(ctx context.Context, t *canon.Table) error {
	loads := s.loadsOf(t.Name)
	if len(loads) == 0 {
		return nil
	}
	all := make([]*staging, len(loads))
	for i, l := range loads {
		st, err := s.resolve(ctx, l)
		if err != nil {
			return err
		}
		all[i], l.staging = st, st
	}
	if _, err := s.exec(ctx, createStore(t, all)); err != nil {
		return err
	}
	var offset int64
	for _, l := range loads {
		if err := s.stageLoad(ctx, l, offset, all); err != nil {
			return err
		}
		offset += l.Selected
		s.Note(offset, t.Name)
	}
	for _, part := range []func(context.Context, *canon.Table, []*Load) error{
		s.markDuplicates, s.countNotes, s.sumAll, s.setAside, s.finish, s.settle,
	} {
		if err := part(ctx, t, loads); err != nil {
			return err
		}
	}
	return nil
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
	st.offset = offset
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
	if l.Mapping.Select == "" || Classify(err) != ClassFailed {
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
