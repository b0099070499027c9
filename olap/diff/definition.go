package diff

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
	"verso/olap/engine"
)

// definitions says of every measure, dimension and attribute of a model how it
// is made, one line each, by name.
func definitions(m *cube.Model) map[string]string {
	out := map[string]string{}
	for _, c := range m.Cubes {
		out["cube "+c.Name] = cubeText(c)
		for _, measure := range c.Measures {
			out["measure "+c.Name+"."+measure.Name] = measureText(measure)
		}
	}
	for _, d := range m.Dimensions {
		out["dimension "+d.Name] = "table " + d.Table + " key " + d.Key
		for _, a := range d.Attributes {
			out["attribute "+d.Name+"."+a.Name] = fields("column", a.Column, "column_zh", a.ColumnZH, "key", a.Key, "in", a.In, "grain", a.Grain,
				"order", a.Order, "hide", strings.Join(a.Hide, ", "))
		}
	}
	return out
}

func cubeText(c *cube.Cube) string {
	var parts []string
	for _, combined := range c.Combines {
		parts = append(parts, "combines "+combined.Cube+" ("+strings.Join(combined.Measures, ", ")+")")
	}
	for _, u := range c.Dimensions {
		parts = append(parts, u.Name+" by "+u.Key)
	}
	return fields("table", c.Table, "with", strings.Join(parts, "; "))
}

func measureText(m *cube.Measure) string {
	q := ""
	if m.Q != nil {
		q = fmt.Sprint(*m.Q)
	}
	return fields("", m.Kind, "of", m.Column, "where known", m.WhenKnown, "where true", m.WhenTrue, "numerator", m.Numerator,
		"denominator", m.Denominator, "q", q, "weight", m.Weight, "over time", m.OverTime, "formula", m.Formula)
}

// fields writes the pairs of name and text whose text is not empty.
func fields(pairs ...string) string {
	var out []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out = append(out, strings.TrimSpace(pairs[i]+" "+pairs[i+1]))
		}
	}
	return strings.Join(out, ", ")
}

// SaveDefinitions writes to meta.definition how everything in a model is made,
// so that a later generation can be compared with this one.
func SaveDefinitions(ctx context.Context, conn engine.Execer, m *cube.Model) error {
	if _, err := conn.Exec(ctx, engine.SQL("CREATE OR REPLACE TABLE meta.definition (name VARCHAR, definition VARCHAR)")); err != nil {
		return err
	}
	all := definitions(m)
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = all[name]
	}
	_, err := conn.Exec(ctx, engine.SQL("INSERT INTO meta.definition SELECT unnest(CAST(? AS VARCHAR[])), unnest(CAST(? AS VARCHAR[]))", names, texts))
	if err != nil {
		return fmt.Errorf("definitions: %w", err)
	}
	return nil
}

// pairs reads two text columns into a map.
func pairs(ctx context.Context, q engine.Querier, sql string) (map[string]string, error) {
	out := map[string]string{}
	err := engine.Rows(ctx, q, engine.SQL(sql), func(row []any) error {
		out[engine.Text(row[0])] = engine.Text(row[1])
		return nil
	})
	return out, err
}

// has reports whether a generation has a table of meta.
func has(ctx context.Context, q engine.Querier, table string) (bool, error) {
	row, err := engine.One(ctx, q, engine.SQL("SELECT count(*) AS n FROM information_schema.tables WHERE table_schema = 'meta' AND table_name = ?", table))
	if err != nil {
		return false, err
	}
	n, _ := engine.Int(row[0])
	return n > 0, nil
}
