package etl

import (
	"context"
	"fmt"

	"verso/etl/source"
	"verso/olap/engine"
)

// locateAside gives the rows that the star set aside their place and text in the
// source, where the source can find rows again; the others keep the staged row.
// Positions are ingested, which an open transaction does not allow.
func (s *State) locateAside(ctx context.Context) error {
	done := map[[2]string]bool{}
	for _, l := range s.Loads {
		locator, ok := s.Sources[l.Source].(source.Locator)
		if !ok || l.aside == 0 || done[[2]string{l.Table, l.Source}] {
			continue
		}
		done[[2]string{l.Table, l.Source}] = true
		if err := s.locateAsideOf(ctx, l, locator); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) locateAsideOf(ctx context.Context, l *Load, locator source.Locator) error {
	var rows []int64
	mine := `"source" = ? AND "file" IS NULL AND "record" IS NOT NULL`
	sql := `SELECT DISTINCT "record" FROM ` + quarantineName(l.Table) + " WHERE " + mine + ` ORDER BY "record"`
	err := engine.Rows(ctx, s.Conn, engine.SQL(sql, l.Source), func(row []any) error {
		n, _ := engine.Int(row[0])
		rows = append(rows, n)
		return nil
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := s.createPositions(ctx, l.Table); err != nil {
		return err
	}
	if err := s.locateIn(ctx, locator, l, rows); err != nil {
		if ctx.Err() != nil {
			return err
		}
		s.Log.Warn("rows set aside were not found again in the source; quarantine shows them as staged", "table", l.Table, "source", l.Source, "error", err)
	} else if _, err := s.exec(ctx, fmt.Sprintf(`UPDATE %s SET "file" = p."file", "line" = nullif(p."line", 0), "raw" = p."raw" FROM %s AS p WHERE %s AND p."row" = "record"`,
		quarantineName(l.Table), positionTable(l.Table), `"source" = ? AND `+quarantineName(l.Table)+`."file" IS NULL`), l.Source); err != nil {
		return err
	}
	_, err = s.exec(ctx, "DROP TABLE "+positionTable(l.Table))
	return err
}

// createPositions makes the position table, empty.
func (s *State) createPositions(ctx context.Context, table string) error {
	_, err := s.exec(ctx, "CREATE TABLE "+positionTable(table)+` ("row" BIGINT, "file" VARCHAR, "line" BIGINT, "raw" VARCHAR)`)
	return err
}
