package rollup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"verso/olap/compile"
	"verso/olap/cube"
	"verso/olap/engine"
)

// weigh counts the cells of a candidate from the facts, without writing
// anything, and finds out how its distinct counts could be kept.
func (a *adviser) weigh(ctx context.Context, c candidate, distinct []string) (*weight, error) {
	id := c.id() + ":" + strings.Join(distinct, ",")
	if w := a.weights[id]; w != nil {
		return w, nil
	}
	combination, args := combinations(c)
	ingredients, _ := compile.Ingredients(c.cube, &cube.Rollup{Cube: c.cube.Name, Distinct: distinct})
	items := []string{"(SELECT count(*) FROM facts)", "(SELECT count(*) FROM (SELECT DISTINCT combination FROM facts))"}
	inner := []string{combination.columns + ` AS combination`}
	width := int64(8 + 4*len(c.fields))
	var counted []compile.Ingredient
	for _, i := range ingredients {
		if !i.Distinct() {
			width += 8
			continue
		}
		key := quote(i.Name)
		inner = append(inner, i.Input+" AS "+key)
		items = append(items, "(SELECT count(DISTINCT "+key+") FROM facts)", "(SELECT max("+key+") - min("+key+") FROM facts)",
			"(SELECT count(*) FROM (SELECT DISTINCT combination, "+key+" FROM facts WHERE "+key+" IS NOT NULL))")
		counted = append(counted, i)
	}
	row, err := engine.One(ctx, a.db, engine.SQL("WITH facts AS MATERIALIZED (SELECT "+strings.Join(inner, ", ")+combination.from+") SELECT "+strings.Join(items, ", "), args...))
	if err != nil {
		return nil, err
	}
	w := &weight{left: map[string]string{}}
	w.facts, _ = engine.Int(row[0])
	w.cells, _ = engine.Int(row[1])
	for k, i := range counted {
		n, _ := engine.Int(row[2+3*k])
		span, _ := engine.Int(row[3+3*k])
		pairs, _ := engine.Int(row[4+3*k])
		switch bits := span/8 + 16; {
		case i.KeyOf != "" && slices.ContainsFunc(c.fields, func(f string) bool { return keeps(c.cube, f, i.KeyOf) }):
		case pairs == n:
			width += 8
		case bits*w.cells > a.budget.Limits.Bits:
			w.left[i.Name] = fmt.Sprintf("would take %d MB of bits", bits*w.cells>>20)
		default:
			width += bits
		}
	}
	w.bytes = width * w.cells
	a.weights[id] = w
	return w, nil
}

// keeps reports whether a rollup by the attribute keeps the key of the dimension.
func keeps(c *cube.Cube, field, use string) bool {
	u, a := c.Field(field)
	return u.Name == use && a.Key == u.Of.Key && a.In == ""
}

// combined is SQL that tells the combinations of attributes of facts apart.
type combined struct{ columns, from string }

func combinations(c candidate) (combined, []any) {
	var columns []string
	var args []any
	from := " FROM " + quoteTable(c.cube.Table) + " AS f"
	for _, u := range c.cube.Dimensions {
		var there []string
		beside := map[string]bool{}
		for _, name := range c.fields {
			if v, a := c.cube.Field(name); v == u {
				beside[a.In] = true
				for _, k := range columnsOf(a) {
					there = append(there, raw(a, k)+" AS "+quote(name+" "+k))
					columns = append(columns, quote(u.Name)+"."+quote(name+" "+k))
				}
			}
		}
		if len(there) == 0 {
			continue
		}
		columns = append(columns, quote(u.Name)+`."#key" IS NULL`)
		from += " LEFT JOIN (SELECT d." + quote(u.Of.Key) + " AS \"#key\", " + strings.Join(there, ", ") + " FROM " + quoteTable(u.Of.Table) + " AS d"
		for _, b := range u.Of.Beside {
			if !beside[b.Name] {
				continue
			}
			alias := quote("beside " + b.Name)
			from += " LEFT JOIN " + quoteTable(b.Table) + " AS " + alias + " ON " + alias + "." + quote(b.Key) + " = d." + quote(u.Of.Key)
			for _, column := range slices.Sorted(maps.Keys(b.Where)) {
				from += " AND " + alias + "." + quote(column) + " = ?"
				args = append(args, b.Where[column])
			}
		}
		from += " WHERE d." + quote(u.Of.Key) + " <> -1) AS " + quote(u.Name) + " ON " + quote(u.Name) + `."#key" = f.` + quote(u.Key)
	}
	return combined{"row(" + strings.Join(columns, ", ") + ")", from}, args
}
