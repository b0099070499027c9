package etl

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"verso/etl/canon"
	"verso/etl/cast"
	"verso/etl/landing"
	"verso/etl/source"
	"verso/olap/engine"
)

// extractTable is where the rejects of a file that feeds several tables go.
const extractTable = "extract"

// positionTable holds, for the time of one statement, where bad rows of a table
// stood.
func positionTable(table string) string { return quarantineName("_position_" + table) }

// located bounds the rows that are looked up in a source at once.
const located = 50_000

func createQuarantine(table string) string {
	return "CREATE TABLE " + quarantineName(table) + ` (
  "source" VARCHAR, "file" VARCHAR, "line" BIGINT, "record" BIGINT,
  "reason" VARCHAR, "column_name" VARCHAR, "value" VARCHAR, "raw" VARCHAR,
  "key" VARCHAR, "_load" INTEGER, "_seg" INTEGER
)`
}

// setAside copies the marked rows of every mapping to quarantine.
func (s *State) setAside(ctx context.Context, t *canon.Table, loads []*Load) error {
	for _, l := range loads {
		faults, bad, err := s.faults(ctx, l)
		if err != nil {
			return err
		}
		if err := s.refuseIDs(l, faults); err != nil {
			return err
		}
		l.Loaded, l.Quarantined = l.Selected-bad, bad
		if bad > 0 {
			if err := s.copyBad(ctx, t, l, faults); err != nil {
				return err
			}
		}
		if l.single && l.Extract.hasRejects {
			n, err := s.copyRejects(ctx, l.Extract, t.Name, l.no)
			if err != nil {
				return err
			}
			l.Quarantined += n
		}
	}
	return nil
}

// faults counts the marked rows of a mapping by fault code.
func (s *State) faults(ctx context.Context, l *Load) (counts map[int64]int64, all int64, err error) {
	counts = map[int64]int64{}
	sql := fmt.Sprintf(`SELECT "_mark", count(*) FROM %s WHERE %s AND "_load" = %d GROUP BY "_mark"`, storeName(l.Table), isBad, l.no)
	err = engine.Rows(ctx, s.Conn, engine.SQL(sql), func(row []any) error {
		code, _ := engine.Int(row[0])
		n, _ := engine.Int(row[1])
		counts[code] = n
		all += n
		return nil
	})
	return counts, all, err
}

// refuseIDs stops when the ids of a table are no numbers at all.
func (s *State) refuseIDs(l *Load, faults map[int64]int64) error {
	if s.textIDs() {
		return nil
	}
	var bad int64
	var names []string
	for i, c := range l.table.Columns {
		if n := faults[int64(i*10+faultUnreadable)]; c.Type == canon.ID && n > 0 {
			bad += n
			names = append(names, c.Name)
		}
	}
	if bad*2 <= l.Selected {
		return nil
	}
	return &RefusedError{Table: l.Table,
		What: fmt.Sprintf("%d of %d rows from %s have ids that are not whole numbers (%s)", bad, l.Selected, l.Source, strings.Join(names, ", ")),
		Hint: "if this source's ids are texts, set ids: text in verso.yaml"}
}

// reasonOf is the short reason of a fault code.
func reasonOf(t *canon.Table, code int64) (reason, column string) {
	switch code {
	case faultDuplicateRow:
		return "duplicate row", strings.Join(t.Key, ", ")
	case faultDuplicateKey:
		return "duplicate key", strings.Join(t.Key, ", ")
	}
	c := t.Columns[code/10]
	switch code % 10 {
	case faultMissing:
		return c.Name + ": missing", c.Name
	case faultBelow:
		return c.Name + ": less than " + number(*c.Min), c.Name
	case faultAbove:
		return c.Name + ": more than " + number(*c.Max), c.Name
	case faultValue:
		return c.Name + ": not an accepted value", c.Name
	}
	return c.Name + ": " + cast.New(c, "x", "VARCHAR", cast.Reading{}).Sorry, c.Name
}

// copyBad writes the marked rows of a mapping to quarantine, in source order.
func (s *State) copyBad(ctx context.Context, t *canon.Table, l *Load, faults map[int64]int64) error {
	if err := s.createPositions(ctx, l.Table); err != nil {
		return err
	}
	if err := s.locate(ctx, l); err != nil {
		return err
	}
	reason, column := reasonCases(t, faults)
	repeated := faults[faultDuplicateRow] + faults[faultDuplicateKey]
	if repeated < sum(faults) {
		if _, err := s.exec(ctx, fmt.Sprintf(`INSERT INTO %s
SELECT %s, p."file", nullif(p."line", 0), b."_row", %s, %s, b."_value", coalesce(p."raw", b."_raw"), b."_key", %d, %d
FROM (
%s
) AS b LEFT JOIN %s AS p ON p."row" = b."_row"
ORDER BY b."_row" NULLS LAST, b."_bad", b."_value" NULLS LAST, b."_raw" NULLS LAST`,
			quarantineName(t.Name), engine.QuoteText(l.Source), strings.ReplaceAll(reason, "?", `b."_bad"`), strings.ReplaceAll(column, "?", `b."_bad"`), l.no, l.staging.segment,
			l.staging.bad(), positionTable(l.Table))); err != nil {
			return err
		}
	}
	if repeated > 0 {
		if err := s.copyDuplicates(ctx, t, l, reason, column); err != nil {
			return err
		}
	}
	_, err := s.exec(ctx, "DROP TABLE "+positionTable(l.Table))
	return err
}

// copyDuplicates writes the rows that repeat a key to quarantine.
func (s *State) copyDuplicates(ctx context.Context, t *canon.Table, l *Load, reason, column string) error {
	_, err := s.exec(ctx, fmt.Sprintf(`INSERT INTO %s
SELECT %s, p."file", nullif(p."line", 0), s."_row", %s, %s, %s, coalesce(p."raw", CAST(to_json(struct_pack(%s)) AS VARCHAR)), %s, %d, %d
FROM %s AS s LEFT JOIN %s AS p ON p."row" = s."_row"
WHERE s."_mark" >= %d AND s."_load" = %d
ORDER BY s."_row" NULLS LAST, s.rowid`,
		quarantineName(t.Name), engine.QuoteText(l.Source), strings.ReplaceAll(reason, "?", `s."_mark"`), strings.ReplaceAll(column, "?", `s."_mark"`), keyText(storedKey(t, s.loadsOf(t.Name)), "s"),
		packed(storedColumns(t, []*Load{l}), "s"), keyText(storedKey(t, s.loadsOf(t.Name)), "s"), l.no, l.staging.segment, storeName(t.Name), positionTable(l.Table), faultDuplicateRow, l.no))
	return err
}

// reasonCases are the reason and the column of a fault code, as CASE over "?".
func reasonCases(t *canon.Table, faults map[int64]int64) (reason, column string) {
	var r, c strings.Builder
	r.WriteString("CASE ?")
	c.WriteString("CASE ?")
	for _, code := range slices.Sorted(maps.Keys(faults)) {
		why, where := reasonOf(t, code)
		fmt.Fprintf(&r, " WHEN %d THEN %s", code, engine.QuoteText(why))
		fmt.Fprintf(&c, " WHEN %d THEN %s", code, engine.QuoteText(where))
	}
	return r.String() + " END", c.String() + " END"
}

func sum(counts map[int64]int64) (all int64) {
	for _, n := range counts {
		all += n
	}
	return all
}

// locate fills the position table for the marked rows of a mapping: from the
// source itself where it can find rows again, else from the landed rows.
func (s *State) locate(ctx context.Context, l *Load) error {
	marked := fmt.Sprintf(`SELECT DISTINCT "_row" FROM %s WHERE %s AND "_row" IS NOT NULL AND "_load" = %d`, storeName(l.Table), isBad, l.no)
	if from := s.places(l.Extract); from != "" {
		if _, err := s.exec(ctx, fmt.Sprintf(`INSERT INTO %s SELECT p."row", p."file", p."line", p."raw" FROM %s AS p WHERE p."row" IN (%s)`, positionTable(l.Table), from, marked)); err != nil {
			return err
		}
	} else if locator, ok := s.Sources[l.Source].(source.Locator); ok && l.Extract.direct {
		var rows []int64
		err := engine.Rows(ctx, s.Conn, engine.SQL(marked+` ORDER BY "_row"`), func(row []any) error {
			n, _ := engine.Int(row[0])
			rows = append(rows, n)
			return nil
		})
		if err != nil {
			return err
		}
		if err = s.locateIn(ctx, locator, l, rows); err == nil {
			return s.notePlaces(ctx, l)
		}
		if ctx.Err() != nil {
			return err
		}
		s.Log.Warn("bad rows were not found again in the source; quarantine shows them as landed", "table", l.Table, "source", l.Source, "error", err)
		if _, err := s.exec(ctx, "DELETE FROM "+positionTable(l.Table)); err != nil {
			return err
		}
	}
	columns := make([]string, len(l.Extract.Report.Columns))
	for i, c := range l.Extract.Report.Columns {
		columns[i] = q(c.Name)
	}
	_, err := s.exec(ctx, fmt.Sprintf(`INSERT INTO %[1]s SELECT w."_row", CAST(NULL AS VARCHAR), CAST(NULL AS BIGINT), CAST(to_json(struct_pack(%[2]s)) AS VARCHAR) FROM (%[3]s) AS w WHERE w."_row" IN (%[4]s) AND w."_row" NOT IN (SELECT "row" FROM %[1]s)`,
		positionTable(l.Table), packed(columns, "w"), s.landedRows(l.Extract), marked))
	return err
}

// notePlaces keeps the positions found for the landing folder.
func (s *State) notePlaces(ctx context.Context, l *Load) error {
	_, err := s.exec(ctx, `INSERT INTO `+placeTable+` SELECT ?, "row", "file", "line", "raw" FROM `+positionTable(l.Table), l.origin.Name)
	return err
}

// locateIn asks the source for the positions, some at a time.
func (s *State) locateIn(ctx context.Context, locator source.Locator, l *Load, rows []int64) error {
	for len(rows) > 0 {
		some := rows[:min(located, len(rows))]
		rows = rows[len(some):]
		found, err := locator.Locate(ctx, source.Request{Name: l.Extract.Name, SQL: l.Extract.SQL, Path: l.Extract.Path}, some)
		if err != nil {
			return err
		}
		if len(found) != len(some) {
			return fmt.Errorf("asked for %d rows, got %d", len(some), len(found))
		}
		if err := s.ingestPositions(ctx, l.Table, some, found); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) ingestPositions(ctx context.Context, table string, rows []int64, found []source.Position) error {
	schema := arrow.NewSchema([]arrow.Field{
		{Name: "row", Type: arrow.PrimitiveTypes.Int64},
		{Name: "file", Type: arrow.BinaryTypes.String, Nullable: true},
		{Name: "line", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
		{Name: "raw", Type: arrow.BinaryTypes.String, Nullable: true},
	}, nil)
	b := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer b.Release()
	for i, p := range found {
		b.Field(0).(*array.Int64Builder).Append(rows[i])
		b.Field(1).(*array.StringBuilder).Append(s.shortPath(p.File))
		b.Field(2).(*array.Int64Builder).Append(p.Line)
		b.Field(3).(*array.StringBuilder).Append(strings.ToValidUTF8(p.Raw, "\ufffd"))
	}
	batch := b.NewRecordBatch()
	defer batch.Release()
	reader, err := array.NewRecordReader(schema, []arrow.RecordBatch{batch})
	if err != nil {
		return err
	}
	defer reader.Release()
	_, err = s.Conn.Ingest(ctx, positionTable(table), reader)
	return err
}

// shortPath is a file as shown in the warehouse: below the folder of
// verso.yaml where it lies there, else its bare name, so that the same data
// gives the same bytes wherever the project stands.
func (s *State) shortPath(path string) string {
	if s.Config.File != "" {
		if rel, err := filepath.Rel(filepath.Dir(s.Config.File), path); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel)
		}
	}
	return filepath.Base(path)
}

// extractRejects copies the rejects of files that feed several tables. Those of
// a file read whole take the place of the earlier ones.
func (s *State) extractRejects(ctx context.Context) error {
	for _, x := range s.Extracts {
		if x.Table != "" {
			continue
		}
		held := 0
		if s.Base != nil && s.Base.Copied {
			held = s.Base.holds(x.Name)
		}
		for _, g := range x.segments() {
			if g.No <= held {
				continue
			}
			if g.Kind == landing.Full || g.Whole {
				if _, err := s.exec(ctx, "DELETE FROM "+quarantineName(extractTable)+` WHERE "source" = ?`, x.Source); err != nil {
					return err
				}
			}
			for _, span := range g.Replaced {
				if _, err := s.exec(ctx, "DELETE FROM "+quarantineName(extractTable)+` WHERE "source" = ? AND "_seg" = ? AND "record" >= ? AND "record" < ?`, x.Source, span.Segment, span.From, span.To); err != nil {
					return err
				}
			}
			if g.Rejected > 0 {
				if _, err := s.copyRejects(ctx, s.at(x, g), extractTable, 0); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// copyRejects writes the records that were no rows to a quarantine table.
func (s *State) copyRejects(ctx context.Context, x *Extract, table string, load int) (int64, error) {
	var files strings.Builder
	for _, f := range x.Report.Files {
		fmt.Fprintf(&files, " WHEN %s THEN %s", engine.QuoteText(f.Path), engine.QuoteText(s.shortPath(f.Path)))
	}
	file := `j."file"`
	if files.Len() > 0 {
		file = `CASE j."file"` + files.String() + ` ELSE j."file" END`
	}
	n, err := s.exec(ctx, fmt.Sprintf(`INSERT INTO %s
SELECT %s, %s, j."line", j."record", j."reason", CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), j."raw", CAST(NULL AS VARCHAR), %d, %d
FROM %s AS j ORDER BY j.file_row_number`,
		quarantineName(table), engine.QuoteText(x.Source), file, load, x.segment, s.DB.Dialect().ReadParquet(source.RejectsPath(x.Path))))
	if err == nil && n != x.Report.Rejected {
		err = fmt.Errorf("extract %s: %d records were rejected, but %d reached quarantine: this is a fault of verso, nothing is published", x.Name, x.Report.Rejected, n)
	}
	return n, err
}

// dropMarked removes the marked rows of a round, and what it was worked out in.
func (s *State) dropMarked(ctx context.Context, t *canon.Table, loads []*Load) error {
	if _, err := s.exec(ctx, "DELETE FROM "+storeName(t.Name)+" WHERE "+isBad); err != nil {
		return err
	}
	if _, err := s.exec(ctx, "ALTER TABLE "+storeName(t.Name)+` DROP COLUMN "_mark"`); err != nil {
		return err
	}
	for _, l := range loads {
		if l.staging.temporary != "" {
			if _, err := s.exec(ctx, "DROP TABLE "+l.staging.temporary); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish makes the stage view.
func (s *State) finish(ctx context.Context, t *canon.Table, loads []*Load) error {
	sources := make([]string, len(loads))
	for i, l := range loads {
		sources[i] = l.Source
	}
	_, err := s.exec(ctx, createView(t, stagings(loads), sources))
	return err
}

// tally counts, from the tables themselves, where every row of a table is now,
// and asserts that none of an extract read whole was lost.
func (s *State) tally(ctx context.Context, t *canon.Table, loads []*Load) error {
	byLoad := map[int64]*Load{}
	for _, l := range loads {
		byLoad[int64(l.no)] = l
		l.Loaded, l.Quarantined, l.Run.Gone, l.Run.Kept = 0, 0, 0, 0
	}
	err := engine.Rows(ctx, s.Conn, engine.SQL(`SELECT "_load", count(*), count(*) FILTER ("_gone") FROM `+storeName(t.Name)+` GROUP BY "_load"`), func(row []any) error {
		load, _ := engine.Int(row[0])
		byLoad[load].Loaded, _ = engine.Int(row[1])
		byLoad[load].Run.Gone, _ = engine.Int(row[2])
		return nil
	})
	if err != nil {
		return err
	}
	var bad int64
	sql := `SELECT CASE WHEN "_load" < 0 THEN -1 - "_load" ELSE "_load" END, count(*) FROM ` + quarantineName(t.Name) + ` WHERE "_load" IS NOT NULL GROUP BY 1`
	err = engine.Rows(ctx, s.Conn, engine.SQL(sql), func(row []any) error {
		load, _ := engine.Int(row[0])
		n, _ := engine.Int(row[1])
		byLoad[load].Quarantined += n
		bad += n
		return nil
	})
	if key := s.ownKeys(t); err == nil && bad > 0 && len(key) > 0 && loads[0].staging != nil {
		err = engine.Rows(ctx, s.Conn, engine.SQL(fmt.Sprintf(`SELECT s."_load", count(*) FROM %s AS s
WHERE NOT s."_gone" AND EXISTS (SELECT 1 FROM %s AS w WHERE w."_load" = s."_load" AND w."_seg" > s."_seg" AND w."key" = %s) GROUP BY s."_load"`,
			storeName(t.Name), quarantineName(t.Name), keyText(key, "s"))), func(row []any) error {
			load, _ := engine.Int(row[0])
			byLoad[load].Run.Kept, _ = engine.Int(row[1])
			return nil
		})
	}
	if err != nil {
		return err
	}
	return s.settle(ctx, t, loads)
}

// settle asserts that no row of a table was lost.
func (s *State) settle(ctx context.Context, t *canon.Table, loads []*Load) error {
	for _, l := range loads {
		l.Read = l.Loaded + l.Quarantined
		s.Rows += l.Loaded
		if s.changed == nil {
			continue // nothing new
		}
		if tail := l.origin.segments(); len(tail) == 1 && l.Run.Read > 0 && len(loads) == 1 {
			want := l.Run.Read + l.Run.Gone
			if tail[0].First == 0 { // a folded segment holds the rows that are kept, too
				want += l.Run.Kept
			}
			if l.Read != want {
				return &CountError{l.Table, l.Source, want, l.Loaded, l.Quarantined}
			}
		}
		c := l.Run
		s.Log.Log(ctx, levelOf(c.Aside), "staged", "table", l.Table, "source", l.Source, "read", c.Read, "inserted", c.Inserted, "updated", c.Updated,
			"unchanged", c.Unchanged, "quarantined", c.Aside, "deleted", c.Deleted)
	}
	return nil
}
