package etl

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/etl/canon"
	"verso/etl/extract"
	"verso/etl/landing"
	"verso/olap/engine"
)

// Columns of a folded segment that say from which segment and row of it a row
// came, so that a rebuild knows rows by the same numbers.
const (
	foldedSegment = "_verso_seg"
	foldedRow     = "_verso_row"
)

// foldShare is how large the increments of a chain may grow beside its base, by
// rows, before it is folded.
const foldShare = 0.5

// planFolds chooses the chains that this run folds.
func (s *State) planFolds(ctx context.Context) error {
	for _, x := range s.Extracts {
		x.fold = s.foldable(x)
		if x.fold {
			s.Log.Info("landing folded", "extract", x.Name, "segments", len(x.segments()))
		}
	}
	return ctx.Err()
}

// foldable reports whether a chain is long enough to be folded, and can be: its
// rows are those of a table with keys, of one form, and none is counted by its
// place among others.
func (s *State) foldable(x *Extract) bool {
	segments := x.segments()
	if x.SQL == "" || x.landed.Segment == nil || len(segments) < 2 {
		return false
	}
	var rows int64
	for _, g := range segments[1:] {
		rows += g.Rows
		if g.Rejected > 0 || g.Kind != landing.Delta || !slices.Equal(g.Columns, segments[0].Columns) {
			return false
		}
	}
	after := s.Config.Landing.CompactAfter
	long := after > 0 && len(segments)-1 > after || len(segments) > 2 && float64(rows) > foldShare*float64(segments[0].Rows) && rows > 100_000
	l := x.first
	return long && segments[0].Rejected == 0 && l.staging != nil && !l.staging.numbered() && len(s.ownKeys(l.table)) > 0
}

// foldExtract writes the rows of a chain that still count, staged or set aside,
// as one segment, to take the place of the one just landed.
func (s *State) foldExtract(ctx context.Context, x *Extract) error {
	l, segments := x.first, x.segments()
	var parts []string
	for _, g := range segments {
		rows := s.landedRows(s.at(x, g))
		origin := fmt.Sprintf(`%d AS %s, "_row" AS %s`, g.No, q(foldedSegment), q(foldedRow))
		if g.First > 0 {
			rows = s.foldedRows(s.at(x, g))
			origin = q(foldedSegment) + ", " + q(foldedRow)
		}
		columns := make([]string, len(g.Columns))
		for i, c := range g.Columns {
			columns[i] = q(c.Name)
		}
		parts = append(parts, "SELECT "+strings.Join(columns, ", ")+", "+origin+" FROM ("+rows+") AS r")
	}
	live, err := s.liveRows(ctx, l)
	if err != nil {
		return err
	}
	path := x.temp + foldEnding
	if err := s.crash("fold " + x.Name); err != nil {
		return err
	}
	rows, err := s.exec(ctx, fmt.Sprintf(`COPY (SELECT w.* FROM (%s) AS w SEMI JOIN (%s) AS v ON v.seg = w.%s AND v.row = w.%s ORDER BY w.%s, w.%s) TO %s (FORMAT parquet, COMPRESSION zstd)`,
		strings.Join(parts, " UNION ALL "), live, q(foldedSegment), q(foldedRow), q(foldedSegment), q(foldedRow), engine.QuoteText(path)))
	if err != nil {
		return err
	}
	g, err := extract.Folded(path)
	if err != nil {
		return err
	}
	last := segments[len(segments)-1]
	g.No, g.Kind, g.Columns, g.Rows, g.Read, g.First = last.No, landing.Full, last.Columns, rows, rows, segments[0].Oldest()
	g.File = last.File
	x.landed.Segment = g
	return nil
}

const foldEnding = ".folded"

// liveRows is a SELECT of segment and row of all rows of a mapping that count,
// but for those that are gone.
func (s *State) liveRows(ctx context.Context, l *Load) (string, error) {
	live := fmt.Sprintf(`SELECT "_seg" AS seg, "_row" AS row FROM %s WHERE "_load" = %d AND NOT "_gone" UNION ALL SELECT "_seg", "record" FROM %s WHERE "_load" = %d`,
		storeName(l.Table), l.no, quarantineName(l.Table), l.no)
	held, err := s.exists(ctx, "stage", "_held_"+l.Table)
	if held {
		live += fmt.Sprintf(` UNION ALL SELECT "_seg", "_row" FROM stage.%s WHERE "_load" = %d AND NOT "_gone"`, q("_held_"+l.Table), l.no)
	}
	return live, err
}

// foldedRows is the SELECT of a folded segment's columns with where each row came
// from.
func (s *State) foldedRows(x *Extract) string {
	return strings.Replace(s.landedRows(x), "SELECT ", "SELECT "+q(foldedSegment)+", "+q(foldedRow)+", ", 1)
}

// restoreRows gives rows staged from a folded segment the numbers they had in
// their own.
func (s *State) restoreRows(ctx context.Context, t *canon.Table, loads []*Load) error {
	for _, l := range loads {
		if l.Extract.origins == 0 {
			continue
		}
		from := "(" + s.foldedRows(l.Extract) + ")"
		for _, sql := range []string{
			fmt.Sprintf(`UPDATE %s AS s SET "_seg" = m.%s, "_row" = m.%s FROM %s AS m WHERE m."_row" = s."_row" AND s."_load" = %d`, storeName(t.Name), q(foldedSegment), q(foldedRow), from, l.no),
			fmt.Sprintf(`UPDATE %s AS s SET "_seg" = m.%s, "record" = m.%s FROM %s AS m WHERE m."_row" = s."record" AND s."_load" = %d AND s."column_name" IS NOT NULL`, quarantineName(t.Name), q(foldedSegment), q(foldedRow), from, l.no),
		} {
			if _, err := s.exec(ctx, sql); err != nil {
				return err
			}
		}
	}
	return nil
}
