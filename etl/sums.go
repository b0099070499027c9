package etl

import (
	"context"
	"fmt"
	"strings"

	"verso/etl/canon"
	"verso/olap/engine"
)

// columnSum is what a numeric column added up to while it was staged: over all
// rows that were read, and over those set aside.
type columnSum struct {
	table, source, column, unit string
	all, bad                    string // decimal text
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

// sumAll adds up the numeric columns while bad rows are still with the good.
func (s *State) sumAll(ctx context.Context, t *canon.Table, loads []*Load) error {
	var list []string
	var columns []canon.Column
	for _, c := range summed(t) {
		for _, l := range loads {
			if l.supplies(c.Name) {
				wide := "CAST(" + q(c.Name) + " AS DECIMAL(18,4))" // sums have 38 digits
				list = append(list, "sum("+wide+")", "sum("+wide+`) FILTER (WHERE "_mark" > 0)`)
				columns = append(columns, c)
				break
			}
		}
	}
	if len(list) == 0 {
		return nil
	}
	sources := make([]string, len(loads))
	for i, l := range loads {
		sources[i] = l.Source
	}
	sql := fmt.Sprintf(`SELECT "source", %s FROM (SELECT *, %s AS "source" FROM %s) AS s GROUP BY "source" ORDER BY "source"`,
		strings.Join(list, ", "), byLoad(sources), storeName(t.Name))
	return engine.Rows(ctx, s.Conn, engine.SQL(sql), func(row []any) error {
		for i, c := range columns {
			unit := c.Unit
			if unit == "" {
				unit = "as written"
			}
			s.sums = append(s.sums, columnSum{t.Name, engine.Text(row[0]), c.Name, unit, zero(row[1+2*i]), zero(row[2+2*i])})
		}
		return nil
	})
}

// zero is a sum as decimal text, 0 for none.
func zero(v any) string {
	if v == nil {
		return "0"
	}
	return engine.Text(v)
}
