package etl

import (
	"context"

	"verso/etl/canon"
	"verso/olap/engine"
)

// previous is what a copied generation says of the tables that are not staged
// again.
type previous struct {
	notes    []stageNote
	balances [][6]string // subject, unit, source, warehouse, explained, detail
	extracts map[string][][]any
}

// remember reads what a copied generation says of itself, before it is written
// anew.
func (s *State) remember(ctx context.Context) error {
	s.old = previous{extracts: map[string][][]any{}}
	if s.Base == nil || !s.Base.Copied {
		return nil
	}
	err := engine.Rows(ctx, s.Conn, engine.SQL(`SELECT "table_name", "source", "column_name", "note", "rows" FROM meta.stage_note ORDER BY ALL`), func(row []any) error {
		n, _ := engine.Int(row[4])
		s.old.notes = append(s.old.notes, stageNote{engine.Text(row[0]), engine.Text(row[1]), engine.Text(row[2]), engine.Text(row[3]), n})
		return nil
	})
	if err != nil {
		return err
	}
	err = engine.Rows(ctx, s.Conn, engine.SQL(`SELECT "subject", "unit", "source_value", "warehouse_value", "explained", "detail" FROM meta.reconciliation`), func(row []any) error {
		var b [6]string
		for i := range b {
			b[i] = engine.Text(row[i])
		}
		s.old.balances = append(s.old.balances, b)
		return nil
	})
	if err != nil {
		return err
	}
	return engine.Rows(ctx, s.Conn, engine.SQL(`SELECT "source", "extract", "file", "format", "encoding", "dialect", "bytes", "sha256", "read", "landed", "rejected" FROM meta.extract`), func(row []any) error {
		name := engine.Text(row[1])
		s.old.extracts[name] = append(s.old.extracts[name], append([]any{}, row...))
		return nil
	})
}

// allNotes are the notes of this run, with those of the generation before on
// tables that were not read whole.
func (s *State) allNotes() []stageNote {
	out := append([]stageNote{}, s.notes...)
	for _, n := range s.old.notes {
		t := s.table(n.table)
		if t == nil || !s.known(t) || s.anew(t) {
			continue
		}
		merged := false
		for i := range out {
			if out[i].table == n.table && out[i].source == n.source && out[i].column == n.column && out[i].note == n.note {
				out[i].rows += n.rows
				merged = true
				break
			}
		}
		if !merged {
			out = append(out, n)
		}
	}
	return out
}

// anew reports whether a table was read whole by this run.
func (s *State) anew(t *canon.Table) bool {
	for _, l := range s.loadsOf(t.Name) {
		if n := l.origin.landed.Segment; n == nil || n.Kind != "full" {
			return false
		}
	}
	return true
}

// table finds a canonical table of the run, nil for none.
func (s *State) table(name string) *canon.Table {
	for i := range s.Tables {
		if s.Tables[i].Name == name {
			return &s.Tables[i]
		}
	}
	return nil
}
