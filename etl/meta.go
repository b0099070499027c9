package etl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/check"
	"verso/olap/engine"
)

// stageNote counts values of one column that were changed on the way in.
type stageNote struct {
	table, source, column, note string
	rows                        int64
}

// The notes: more decimals than the type has; a value that is not among the
// accepted ones, loaded as null.
const (
	noteRounded = "rounded"
	noteDropped = "not an accepted value"
)

// countNotes adds up the notes of the good rows.
func (s *State) countNotes(ctx context.Context, _ *canon.Table, loads []*Load) error {
	for _, l := range loads {
		if err := s.countNotesOf(ctx, l); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) countNotesOf(ctx context.Context, l *Load) error {
	cells := l.staging.cells()
	bits := noted(cells)
	if len(bits) == 0 {
		return nil
	}
	sql := fmt.Sprintf(`SELECT -"_mark", count(*) FROM %s WHERE "_mark" < 0 AND "_load" = %d GROUP BY "_mark"`, storeName(l.Table), l.no)
	counts := make([]int64, len(bits))
	err := engine.Rows(ctx, s.Conn, engine.SQL(sql), func(row []any) error {
		mask, _ := engine.Int(row[0])
		n, _ := engine.Int(row[1])
		for bit := range bits {
			if mask&(1<<bit) != 0 {
				counts[bit] += n
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for bit, i := range bits {
		if counts[bit] == 0 {
			continue
		}
		note := noteRounded
		if cells[i].Note == nil {
			note = noteDropped
		}
		s.notes = append(s.notes, stageNote{l.Table, l.Source, cells[i].Column.Name, note, counts[bit]})
	}
	return nil
}

// metaTables are the tables that describe a run. Of meta.table_load the first
// figures are of what is known now: read = loaded + quarantined, among the loaded
// rows those that the source has deleted and those that are kept because their
// newer version is bad. The others are of the run itself: run_read = inserted +
// updated + unchanged + set_aside; superseded rows gave way to newer ones.
// Reports rely on these shapes.
const metaTables = `
CREATE OR REPLACE TABLE meta.run ("run_id" VARCHAR, "as_of" DATE, "seed" BIGINT, "version" VARCHAR, "config_digest" VARCHAR, "company" VARCHAR, "currency" VARCHAR, "language" VARCHAR, "fiscal_year_start" INTEGER);
CREATE OR REPLACE TABLE meta.extract ("source" VARCHAR, "extract" VARCHAR, "file" VARCHAR, "format" VARCHAR, "encoding" VARCHAR, "dialect" VARCHAR, "bytes" BIGINT, "sha256" VARCHAR, "read" BIGINT, "landed" BIGINT, "rejected" BIGINT);
CREATE OR REPLACE TABLE meta.table_load ("table_name" VARCHAR, "source" VARCHAR, "supplied" BOOLEAN, "read" BIGINT, "loaded" BIGINT, "quarantined" BIGINT,
  "deleted" BIGINT, "kept" BIGINT, "run_read" BIGINT, "inserted" BIGINT, "updated" BIGINT, "unchanged" BIGINT, "set_aside" BIGINT, "newly_deleted" BIGINT, "superseded" BIGINT);
CREATE OR REPLACE TABLE meta.quarantine_reason ("table_name" VARCHAR, "source" VARCHAR, "reason" VARCHAR, "rows" BIGINT);
CREATE OR REPLACE TABLE meta.stage_note ("table_name" VARCHAR, "source" VARCHAR, "column_name" VARCHAR, "note" VARCHAR, "rows" BIGINT);
CREATE OR REPLACE TABLE meta.reconciliation ("subject" VARCHAR, "unit" VARCHAR, "source_value" DECIMAL(38,4), "warehouse_value" DECIMAL(38,4), "explained" DECIMAL(38,4), "difference" DECIMAL(38,4), "detail" VARCHAR);
CREATE TABLE IF NOT EXISTS meta.customer_merge ("customer_id" VARCHAR, "merged_into" VARCHAR, "line" INTEGER)`

// together runs statements as one transaction.
func (s *State) together(ctx context.Context, part func(context.Context) error) error {
	if _, err := s.exec(ctx, "BEGIN"); err != nil {
		return err
	}
	if err := part(ctx); err != nil {
		// The draft is discarded anyway; the error that counts is the first.
		_, _ = s.exec(context.WithoutCancel(ctx), "ROLLBACK")
		return err
	}
	_, err := s.exec(ctx, "COMMIT")
	return err
}

// writeMeta writes what is known of the run, its extracts and its loads.
func (s *State) writeMeta(ctx context.Context) error {
	if _, err := s.exec(ctx, metaTables); err != nil {
		return err
	}
	if _, err := s.exec(ctx, check.ResultTable); err != nil {
		return err
	}
	if err := s.outage.Write(ctx, s.Conn); err != nil {
		return err
	}
	c := s.Config
	if _, err := s.exec(ctx, "INSERT INTO meta.run VALUES (?, CAST(? AS DATE), ?, ?, ?, ?, ?, ?, ?)",
		s.RunID, s.AsOf.Format("2006-01-02"), c.Seed, s.Version, s.Digest, c.Company.Name, c.Company.Currency, c.Company.Language, c.Company.FiscalYearStart); err != nil {
		return err
	}
	for _, x := range s.Extracts {
		if err := s.writeExtract(ctx, x); err != nil {
			return err
		}
	}
	if err := s.writeLoads(ctx); err != nil {
		return err
	}
	if err := s.writeBase(ctx); err != nil {
		return err
	}
	if err := s.writeChanges(ctx); err != nil {
		return err
	}
	if err := s.writeDrift(ctx); err != nil {
		return err
	}
	for _, n := range s.allNotes() {
		if _, err := s.exec(ctx, "INSERT INTO meta.stage_note VALUES (?, ?, ?, ?, ?)", n.table, n.source, n.column, n.note, n.rows); err != nil {
			return err
		}
	}
	return s.writeReasons(ctx)
}

// writeExtract writes one row a file, or one for a database extract.
func (s *State) writeExtract(ctx context.Context, x *Extract) error {
	const insert = "INSERT INTO meta.extract VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	if x.landed.Segment == nil && len(s.old.extracts[x.Name]) > 0 {
		for _, row := range s.old.extracts[x.Name] {
			if _, err := s.exec(ctx, insert, row...); err != nil {
				return err
			}
		}
		return nil
	}
	if x.landed.Segment == nil && x.Report.Columns == nil {
		segments := x.segments()
		x = s.at(x, segments[len(segments)-1])
	}
	if len(x.Report.Files) == 0 {
		_, err := s.exec(ctx, insert, x.Source, x.Name, nil, s.Config.Sources[x.Source].Kind, nil, nil, nil, x.SHA256,
			x.Report.Read, x.Report.Landed, x.Report.Rejected)
		return err
	}
	for _, f := range x.Report.Files {
		if _, err := s.exec(ctx, insert, x.Source, x.Name, s.shortPath(f.Path), f.Format, f.Encoding, f.Dialect, f.Bytes, f.SHA256,
			f.Read, f.Landed, f.Read-f.Landed); err != nil {
			return err
		}
	}
	return nil
}

// writeLoads writes one row per canonical table and source, and one of zeros
// for a table that nobody mapped.
func (s *State) writeLoads(ctx context.Context) error {
	const insert = "INSERT INTO meta.table_load VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	if _, err := s.exec(ctx, "DELETE FROM meta.table_load"); err != nil {
		return err
	}
	for i := range s.Tables {
		name := s.Tables[i].Name
		var sums []*Load
		for _, l := range s.loadsOf(name) {
			k := slices.IndexFunc(sums, func(o *Load) bool { return o.Source == l.Source })
			if k < 0 {
				k = len(sums)
				sums = append(sums, &Load{Source: l.Source})
			}
			sums[k].Read += l.Read
			sums[k].Loaded += l.Loaded
			sums[k].Quarantined += l.Quarantined
			sums[k].Run.add(l.Run)
		}
		if len(sums) == 0 {
			if _, err := s.exec(ctx, insert, name, nil, false, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0); err != nil {
				return err
			}
		}
		for _, l := range sums {
			r := l.Run
			if _, err := s.exec(ctx, insert, name, l.Source, true, l.Read, l.Loaded, l.Quarantined,
				r.Gone, r.Kept, r.Read, r.Inserted, r.Updated, r.Unchanged, r.Aside, r.Deleted, r.Updated+r.Dropped); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *RunCounts) add(o RunCounts) {
	c.Read += o.Read
	c.Inserted += o.Inserted
	c.Updated += o.Updated
	c.Unchanged += o.Unchanged
	c.Aside += o.Aside
	c.Deleted += o.Deleted
	c.Dropped += o.Dropped
	c.Kept += o.Kept
	c.Gone += o.Gone
}

// writeReasons counts quarantine by reason.
func (s *State) writeReasons(ctx context.Context) error {
	var parts []string
	for i := range s.Tables {
		if s.mapped(s.Tables[i].Name) {
			parts = append(parts, reasonCount(s.Tables[i].Name))
		}
	}
	parts = append(parts, reasonCount(extractTable))
	if _, err := s.exec(ctx, "DELETE FROM meta.quarantine_reason"); err != nil {
		return err
	}
	_, err := s.exec(ctx, "INSERT INTO meta.quarantine_reason SELECT * FROM (\n"+strings.Join(parts, "\nUNION ALL\n")+"\n) AS a ORDER BY 1, 4 DESC, 2, 3")
	return err
}

func reasonCount(table string) string {
	return fmt.Sprintf(`SELECT %s AS "table_name", "source", "reason", count(*) AS "rows" FROM %s GROUP BY "source", "reason"`, engine.QuoteText(table), quarantineName(table))
}

// recount takes over what the star set aside: rows that could not be placed
// move from loaded to quarantined, and the counts must still add up.
func (s *State) recount(ctx context.Context) error {
	for i := range s.Tables {
		t := &s.Tables[i]
		loads := s.loadsOf(t.Name)
		if len(loads) == 0 {
			continue
		}
		if err := s.recountTable(ctx, t, loads); err != nil {
			return err
		}
	}
	if err := s.writeLoads(ctx); err != nil {
		return err
	}
	return s.writeReasons(ctx)
}

func (s *State) recountTable(ctx context.Context, t *canon.Table, loads []*Load) error {
	now := map[string]int64{}
	err := engine.Rows(ctx, s.Conn, engine.SQL(`SELECT "source", count(*) FROM `+quarantineName(t.Name)+` GROUP BY "source"`), func(row []any) error {
		now[engine.Text(row[0])], _ = engine.Int(row[1])
		return nil
	})
	if err != nil {
		return err
	}
	for _, l := range loads {
		now[l.Source] -= l.Quarantined
	}
	for _, l := range loads {
		more := min(now[l.Source], l.Loaded)
		if more < 0 {
			return &CountError{t.Name, l.Source, l.Read, l.Loaded, l.Quarantined + now[l.Source]}
		}
		l.Loaded -= more
		l.Quarantined += more
		l.aside += more
		now[l.Source] -= more
	}
	return nil
}
