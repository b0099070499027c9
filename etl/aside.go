package etl

import (
	"context"
	"fmt"
	"slices"

	"verso/etl/canon"
	"verso/etl/landing"
	"verso/etl/source"
	"verso/olap/engine"
)

// locateAside gives the rows that were set aside after they had been staged, by
// the star or because another mapping has their key, their place and text in the
// source: newly read ones from the source itself, earlier ones from what was
// noted beside their segment. The others keep the staged row. Positions are
// ingested, which an open transaction does not allow.
func (s *State) locateAside(ctx context.Context) error {
	for _, l := range s.Loads {
		if _, ok := s.Sources[l.Source].(source.Locator); !ok {
			continue
		}
		if err := s.locateAsideOf(ctx, s.table(l.Table), l); err != nil {
			return err
		}
	}
	return nil
}

const asideTable = `"_aside"`

func (s *State) locateAsideOf(ctx context.Context, t *canon.Table, l *Load) error {
	parts := fmt.Sprintf(`SELECT w.rowid AS rid, w."_seg" AS seg, w."record" AS row FROM %s AS w WHERE w."file" IS NULL AND w."record" IS NOT NULL AND w."_load" = %d`, quarantineName(t.Name), -1-l.no)
	if key := storedNames(ctx, s.Conn, t); key != "" {
		parts += fmt.Sprintf(` UNION ALL SELECT w.rowid, s."_seg", s."_row" FROM %s AS w JOIN %s AS s ON w."key" = %s AND s."_load" = %d
WHERE w."file" IS NULL AND w."record" IS NOT NULL AND w."_load" IS NULL AND w."source" = %s AND s."_row" IS NOT NULL`,
			quarantineName(t.Name), storeName(t.Name), key, l.no, engine.QuoteText(l.Source))
	}
	if _, err := s.exec(ctx, "CREATE OR REPLACE TEMP TABLE "+asideTable+" AS "+parts); err != nil {
		return err
	}
	for _, g := range l.origin.segments() {
		n, err := s.int64Of(ctx, "SELECT count(*) FROM "+asideTable+" WHERE seg = ?", g.No)
		if err != nil {
			return err
		}
		if n > 0 {
			if err := s.locateSegment(ctx, l, g); err != nil {
				return err
			}
		}
	}
	_, err := s.exec(ctx, "DROP TABLE "+asideTable)
	return err
}

// storedNames is the key of a table as one text, of the columns that are stored.
func storedNames(ctx context.Context, conn engine.Conn, t *canon.Table) string {
	stored, _, err := engine.Describe(ctx, conn, "stage."+q("_"+t.Name))
	if err != nil {
		return ""
	}
	var key []string
	for _, k := range t.Key {
		if slices.ContainsFunc(stored, func(c engine.Described) bool { return c.Name == k }) {
			key = append(key, q(k))
		}
	}
	if len(key) == 0 {
		return ""
	}
	return keyText(key, "s")
}

// locateSegment places the rows set aside of one segment.
func (s *State) locateSegment(ctx context.Context, l *Load, g landing.Segment) error {
	l.Extract = s.at(l.origin, g)
	wanted := fmt.Sprintf(`SELECT DISTINCT row FROM %s WHERE seg = %d`, asideTable, g.No)
	if err := s.createPositions(ctx, l.Table); err != nil {
		return err
	}
	if from := s.places(l.Extract); from != "" {
		if _, err := s.exec(ctx, fmt.Sprintf(`INSERT INTO %s SELECT p."row", p."file", p."line", p."raw" FROM %s AS p WHERE p."row" IN (%s)`, positionTable(l.Table), from, wanted)); err != nil {
			return err
		}
	} else if l.Extract.direct {
		if err := s.locateFresh(ctx, l, wanted); err != nil {
			return err
		}
	}
	if _, err := s.exec(ctx, fmt.Sprintf(`UPDATE %[1]s SET "file" = p."file", "line" = nullif(p."line", 0), "raw" = p."raw"
FROM (SELECT a.rid, p."file", p."line", p."raw" FROM %[2]s AS a JOIN %[3]s AS p ON p."row" = a.row WHERE a.seg = %[4]d) AS p WHERE p.rid = %[1]s.rowid`,
		quarantineName(l.Table), asideTable, positionTable(l.Table), g.No)); err != nil {
		return err
	}
	_, err := s.exec(ctx, "DROP TABLE "+positionTable(l.Table))
	return err
}

// locateFresh asks the source where rows just read stood.
func (s *State) locateFresh(ctx context.Context, l *Load, wanted string) error {
	var rows []int64
	err := engine.Rows(ctx, s.Conn, engine.SQL(wanted+" ORDER BY row"), func(row []any) error {
		n, _ := engine.Int(row[0])
		rows = append(rows, n)
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.locateIn(ctx, s.Sources[l.Source].(source.Locator), l, rows); err != nil {
		if ctx.Err() != nil {
			return err
		}
		s.Log.Warn("rows set aside were not found again in the source; quarantine shows them as staged", "table", l.Table, "source", l.Source, "error", err)
		_, err = s.exec(ctx, "DELETE FROM "+positionTable(l.Table))
		return err
	}
	return s.notePlaces(ctx, l)
}

// createPositions makes the position table, empty.
func (s *State) createPositions(ctx context.Context, table string) error {
	_, err := s.exec(ctx, "CREATE TABLE "+positionTable(table)+` ("row" BIGINT, "file" VARCHAR, "line" BIGINT, "raw" VARCHAR)`)
	return err
}
