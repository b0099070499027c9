package diff

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"verso/olap"
	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// compareFigures asks both sides for every listed measure of every cube, by
// month where the cube has dates.
func compareFigures(ctx context.Context, old, latest Side, o Options, r *Report) error {
	for _, c := range commonCubes(old, latest, o) {
		q, err := question(c, old.Olap.Model().Cube(c.Name), r.Upto)
		if err != nil {
			r.Skipped = append(r.Skipped, SkippedAsk{c.Name, err.Error()})
			continue
		}
		before, err := old.Olap.Ask(ctx, q)
		if err == nil {
			var now *olap.Table
			if now, err = latest.Olap.Ask(ctx, q); err == nil {
				restated(c.Name, before, now, r)
				continue
			}
		}
		var refused *compile.QueryError
		var statement *engine.StatementError
		if !errors.As(err, &refused) && !errors.As(err, &statement) {
			return err
		}
		r.Skipped = append(r.Skipped, SkippedAsk{c.Name, firstLine(err.Error())})
	}
	slices.SortFunc(r.Restated, func(a, b Restated) int {
		return cmp.Or(cmp.Compare(a.Cube, b.Cube), cmp.Compare(a.Month, b.Month), cmp.Compare(a.Measure, b.Measure))
	})
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// question asks for the measures that both have, approximate ones left out.
func question(c, before *cube.Cube, upto string) (cube.Query, error) {
	q := cube.Query{Cube: c.Name}
	for _, m := range c.Measures {
		if !m.Hidden && !m.Approximate() && before.Measure(m.Name) != nil {
			q.Measures = append(q.Measures, m.Name)
		}
	}
	for _, part := range c.Combines {
		q.Measures = append(q.Measures, part.Measures...)
	}
	slices.Sort(q.Measures)
	q.Measures = slices.Compact(q.Measures)
	if len(q.Measures) == 0 {
		return q, errors.New("no measure in common")
	}
	for _, u := range c.Dimensions {
		if u.Of != nil && u.Of.Date && u.Of.Attribute("month") != nil && before.Use(u.Name) != nil {
			q.Rows = []string{u.Name + ".month"}
			q.Time = &cube.Time{Field: u.Name, To: upto}
			break
		}
	}
	return q, nil
}

// restated lists the cells that differ.
func restated(name string, before, now *olap.Table, r *Report) {
	type place struct{ month, measure string }
	cells := map[place][2]any{}
	for side, t := range []*olap.Table{before, now} {
		for _, row := range t.Rows {
			month := strings.Join(row.Keys, " ")
			for i, c := range t.Columns {
				if c.Kind == "measure" {
					at := place{month, c.Name}
					pair := cells[at]
					pair[side] = row.Cells[i]
					cells[at] = pair
				}
			}
		}
	}
	r.Compared += len(cells)
	for at, pair := range cells {
		if engine.Text(pair[0]) != engine.Text(pair[1]) && !(empty(pair[0]) && empty(pair[1])) {
			r.Restated = append(r.Restated, Restated{name, at.measure, at.month, pair[0], pair[1]})
		}
	}
}

// empty reports whether a cell is nothing: a count of a month that a side does
// not list is 0.
func empty(v any) bool {
	n, whole := engine.Int(v)
	return v == nil || whole && n == 0
}
