package etl

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"verso/etl/canon"
	"verso/etl/merge"
	"verso/olap/engine"
)

// columnSum is what a numeric column added up to while it was staged: over all
// rows that were known or read, and over those set aside or replaced.
type columnSum struct {
	Table, Source, Column, Unit string
	All, Bad                    string // decimal text
}

// summed lists the columns that are added up: money and copies.
func summed(t *canon.Table) []canon.Column {
	var out []canon.Column
	for _, c := range t.Columns {
		if c.Type == canon.Money || c.Type == canon.Integer && c.Unit == "copies" {
			out = append(out, c)
		}
	}
	return out
}

// summedOf are the columns of a table that some mapping supplies.
func (s *State) summedOf(t *canon.Table) []canon.Column {
	var out []canon.Column
	for _, c := range summed(t) {
		for _, l := range s.loadsOf(t.Name) {
			if l.supplies(c.Name) {
				out = append(out, c)
				break
			}
		}
	}
	return out
}

func wide(column string) string { return "sum(CAST(" + column + " AS DECIMAL(18,4)))" } // sums have 38 digits

// sumAll adds up the numeric columns while bad rows are still with the good.
func (s *State) sumAll(ctx context.Context, t *canon.Table, loads []*Load) error {
	columns := s.summedOf(t)
	if len(columns) == 0 {
		return nil
	}
	var list []string
	for _, c := range columns {
		list = append(list, wide(q(c.Name)), wide(q(c.Name))+` FILTER (WHERE "_mark" > 0)`)
	}
	for _, l := range loads { // also of a mapping without rows
		s.addSums(t, l, columns, nil, nil)
	}
	sql := fmt.Sprintf(`SELECT "_load", %s FROM %s AS s GROUP BY "_load" ORDER BY "_load"`, strings.Join(list, ", "), storeName(t.Name))
	return engine.Rows(ctx, s.Conn, engine.SQL(sql), func(row []any) error {
		load, _ := engine.Int(row[0])
		var all, bad []string
		for i := range columns {
			all, bad = append(all, zero(row[1+2*i])), append(bad, zero(row[2+2*i]))
		}
		s.addSums(t, s.loadsOf(t.Name)[load], columns, all, bad)
		return nil
	})
}

// addSums adds to what the columns of one source add up to; nil is nothing.
func (s *State) addSums(t *canon.Table, l *Load, columns []canon.Column, all, bad []string) {
	for i, c := range columns {
		var to *columnSum
		for k := range s.sums {
			if e := &s.sums[k]; e.Table == t.Name && e.Source == l.Source && e.Column == c.Name {
				to = e
			}
		}
		if to == nil {
			unit := c.Unit
			if unit == "" {
				unit = "as written"
			}
			s.sums = append(s.sums, columnSum{t.Name, l.Source, c.Name, unit, "0", "0"})
			to = &s.sums[len(s.sums)-1]
		}
		if all != nil {
			to.All = plus(to.All, all[i])
		}
		if bad != nil {
			to.Bad = plus(to.Bad, bad[i])
		}
	}
}

// plus adds two decimal texts of up to four decimals.
func plus(a, b string) string {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY {
		return a
	}
	return x.Add(x, y).FloatString(4)
}

// sumKnown adds what the last generation knew of a table, before it is changed.
func (s *State) sumKnown(ctx context.Context, t *canon.Table) error {
	return s.sumStore(ctx, t, storeName(t.Name), true)
}

// sumHeld adds the rows held back: known but not shown, before the merge, and set
// aside, after it.
func (s *State) sumHeld(ctx context.Context, t *canon.Table, known bool) error {
	held, err := s.exists(ctx, "stage", "_held_"+t.Name)
	if err != nil || !held {
		return err
	}
	return s.sumStore(ctx, t, "stage."+q("_held_"+t.Name), known)
}

func (s *State) sumStore(ctx context.Context, t *canon.Table, from string, known bool) error {
	columns := s.summedOf(t)
	if len(columns) == 0 {
		return nil
	}
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = wide(q(c.Name))
	}
	return engine.Rows(ctx, s.Conn, engine.SQL(fmt.Sprintf(`SELECT "_load", %s FROM %s GROUP BY "_load"`, strings.Join(list, ", "), from)), func(row []any) error {
		load, _ := engine.Int(row[0])
		values := make([]string, len(columns))
		for i := range columns {
			values[i] = zero(row[1+i])
		}
		if known {
			s.addSums(t, s.loadsOf(t.Name)[load], columns, values, nil)
		} else {
			s.addSums(t, s.loadsOf(t.Name)[load], columns, nil, values)
		}
		return nil
	})
}

// sumRemoved adds up the rows that the merge is going to replace.
func (s *State) sumRemoved(ctx context.Context, t *canon.Table, m merge.Table) error {
	columns := s.summedOf(t)
	if len(columns) == 0 {
		return nil
	}
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = wide("b." + q(c.Name))
	}
	return merge.Removed(ctx, s.Conn, m, list, func(load int, sums []any) {
		values := make([]string, len(columns))
		for i := range columns {
			values[i] = zero(sums[i])
		}
		s.addSums(t, s.loadsOf(t.Name)[load], columns, nil, values)
	})
}

// zero is a sum as decimal text, 0 for none.
func zero(v any) string {
	if v == nil {
		return "0"
	}
	return engine.Text(v)
}
