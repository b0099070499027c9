package access

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
	"verso/olap/engine"
)

// Gathered says what of a table of facts stands under the unknown member,
// because it is about fewer customers than the policy lets be told apart.
type Gathered struct {
	Table   string
	Without []string // columns that too few customers have a value in, left out
	Facts   int64    // under the unknown member of every dimension
	Left    int64    // left out altogether: even together they are about too few customers
	Of      int64
	Cells   int64 // combinations of members told apart
	Minimum int
}

// Where answers must be about a minimum of customers, the cut is made so that no
// question can break the rule, instead of questions being judged one by one:
//
//   - facts are kept by the attributes of minimum_cell only. Two facts that agree
//     in all of them are told apart by nothing, dates stand on the first day of
//     the finest period named, and no other attribute, filter or period exists;
//   - a combination of these members that has facts of fewer customers than the
//     minimum is no member of its own: its facts stand under the unknown member
//     of every dimension, so that totals stay right. If even these are about too
//     few customers, they are left out;
//   - every answer, filter, total and difference of answers is therefore over
//     whole combinations of enough customers each;
//   - an amount counts as being about the customers who have any of it: a cell in
//     which fewer than the minimum, but some, have a value in a column is no
//     member of its own either. A column that would take more than a tenth of the
//     facts away by this is left out instead;
//   - what shows single facts is not there: least, greatest and middle values,
//     measures of some facts only, attributes that are columns of the facts.
//
// What is about no customer (stock, suppliers) and what models found is left out.
func (b *builder) fillCells(ctx context.Context) error {
	needed := map[string]map[string]bool{} // dimension table → columns
	for _, table := range sortedKeys(b.columns) {
		if b.classes.of(table) != Customer || !strings.HasPrefix(table, "core.fact_") {
			continue
		}
		if list := b.rules.Tables; list != nil && !opened(table, *list) {
			continue
		}
		if err := b.facts(ctx, table, needed); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	for _, table := range []string{"meta.run", "core.dim_date"} {
		if err := b.table(ctx, table); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	for _, table := range sortedKeys(needed) {
		if err := b.members(ctx, table, needed[table]); err != nil {
			return fmt.Errorf("%s: %w", table, err)
		}
	}
	return b.checkBy(needed)
}

// checkBy refuses attributes that no cube has: nothing would be told apart by them.
func (b *builder) checkBy(needed map[string]map[string]bool) error {
	for _, name := range b.rules.By {
		dimension, attribute, _ := strings.Cut(name, ".")
		if !slices.ContainsFunc(b.model.Cubes, func(c *cube.Cube) bool {
			u := c.Use(dimension)
			return u != nil && u.Of.Attribute(attribute) != nil && (u.Of.Date || needed[u.Of.Table] != nil)
		}) {
			return fmt.Errorf("minimum_cell: no cube about customers has the attribute %q", name)
		}
	}
	return nil
}

// axis is a dimension of facts that the rules keep.
type axis struct {
	use     *cube.Use
	columns []string // of the dimension's table that tell its members apart
	grain   string   // of a date dimension: the finest period
}

// axes are the dimensions of all cubes over a table that the rules keep, by key column.
func (b *builder) axes(table string) (map[string]*axis, error) {
	found := map[string]*axis{}
	for _, c := range b.model.Cubes {
		if c.Table != table {
			continue
		}
		for _, u := range c.Dimensions {
			for _, name := range b.rules.By {
				dimension, attribute, _ := strings.Cut(name, ".")
				a := u.Of.Attribute(attribute)
				if u.Name != dimension || a == nil || b.hidden[field{table, u.Key}] {
					continue
				}
				x := found[u.Key]
				if x == nil {
					x = &axis{use: u}
					found[u.Key] = x
				}
				if err := x.add(name, a); err != nil {
					return nil, err
				}
			}
		}
	}
	return found, nil
}

// add tells members apart by one more attribute.
func (x *axis) add(name string, a *cube.Attribute) error {
	switch {
	case x.use.Of.Date && !slices.Contains([]string{"year", "half", "quarter", "month", "week", "day"}, a.Grain):
		return fmt.Errorf("minimum_cell: %s is no year, half, quarter, month, week or day", name)
	case x.use.Of.Date && (x.grain == "" || cube.Nests(a.Grain, x.grain)):
		x.grain, x.columns = a.Grain, []string{a.Column}
	case x.use.Of.Date && !cube.Nests(x.grain, a.Grain):
		return fmt.Errorf("minimum_cell: %s does not consist of whole periods of another one named: take one of the two", name)
	case x.use.Of.Date:
	case a.In != "" || a.Tree != nil || a.Set != nil:
		return fmt.Errorf("minimum_cell: %s is no column of the dimension's own table: it cannot be asked by here", name)
	default:
		for _, c := range []string{a.Column, a.ColumnZH, a.Key, a.ID, a.Order} {
			if c != "" && !slices.Contains(x.columns, c) {
				x.columns = append(x.columns, c)
			}
		}
	}
	return nil
}

// facts makes a table of facts in which only the axes tell rows apart.
func (b *builder) facts(ctx context.Context, table string, needed map[string]map[string]bool) error {
	axes, err := b.axes(table)
	if err != nil || len(axes) == 0 {
		return err
	}
	var joins, cell, keys []string
	for i, key := range sortedKeys(axes) {
		x := axes[key]
		d := fmt.Sprintf("d%d", i)
		joins = append(joins, fmt.Sprintf("LEFT JOIN whole.%s AS %s ON %[2]s.%[3]s = t.%[4]s", quoted(x.use.Of.Table), d, engine.QuoteIdent(x.use.Of.Key), engine.QuoteIdent(key)))
		var columns []string
		for _, c := range x.columns {
			columns = append(columns, d+"."+engine.QuoteIdent(c))
		}
		cell = append(cell, columns...)
		expression := "t." + engine.QuoteIdent(key)
		if x.grain != "" {
			expression = fmt.Sprintf("coalesce((SELECT min(p.%[1]s) FROM whole.%[2]s AS p WHERE p.%[3]s = %[4]s AND p.%[1]s > 0), -1)",
				engine.QuoteIdent(x.use.Of.Key), quoted(x.use.Of.Table), engine.QuoteIdent(x.columns[0]), columns[0])
		} else {
			for _, c := range append(x.columns, x.use.Of.Key) {
				if needed[x.use.Of.Table] == nil {
					needed[x.use.Of.Table] = map[string]bool{}
				}
				needed[x.use.Of.Table][c] = true
			}
		}
		keys = append(keys, "CASE WHEN k.few THEN -1 ELSE "+expression+" END AS "+engine.QuoteIdent(key))
	}
	g := &gathering{table: table, joins: strings.Join(joins, " "), cell: strings.Join(cell, ", "), keys: keys}
	for _, c := range b.columns[table] {
		switch {
		case axes[c.name] != nil || b.hidden[field{table, c.name}]:
		case c.name == "customer_key":
			g.keys = append(g.keys, "t.customer_key")
		case b.summed(table, c):
			g.sums = append(g.sums, c)
		}
	}
	return b.gather(ctx, g)
}

// summed reports whether a measure of a cube sums up or counts a column.
func (b *builder) summed(table string, c column) bool {
	if c.kind == "VARCHAR" {
		return false
	}
	for _, x := range b.model.Cubes {
		if x.Table != table {
			continue
		}
		for _, m := range x.Measures {
			single := slices.Contains([]string{cube.Min, cube.Max, cube.Quantile, cube.StdDev, cube.Approx}, m.Kind)
			if (m.Column == c.name || m.Weight == c.name) && !single {
				return true
			}
		}
	}
	return false
}

// members makes a dimension with the columns that tell its members apart.
func (b *builder) members(ctx context.Context, table string, needed map[string]bool) (err error) {
	t := Table{Name: table, Class: b.classes.of(table)}
	var list []string
	for _, c := range b.columns[table] {
		if needed[c.name] && !b.hidden[field{table, c.name}] && !b.masked[field{table, c.name}] {
			list = append(list, b.expression(table, c)+" AS "+engine.QuoteIdent(c.name))
		}
	}
	where := ""
	if t.Class == Customer {
		where = "t.customer_key = -1 OR " + b.ofVisible("t.customer_key", "customer_key")
	}
	if t.Of, err = b.count(ctx, "whole."+quoted(table)); err != nil {
		return err
	}
	if t.Rows, err = b.create(ctx, table, list, where); err != nil {
		return err
	}
	b.report.Tables = append(b.report.Tables, t)
	return nil
}

// Grains are the periods on whose first day the facts of a cut stand, by date
// dimension; nil where they stand on their days.
func (r Rules) Grains(m *cube.Model) map[string]string {
	if r.Minimum == 0 {
		return nil
	}
	finest := map[string]string{}
	for _, name := range r.By {
		use, attribute, _ := strings.Cut(name, ".")
		for _, c := range m.Cubes {
			u := c.Use(use)
			if u == nil || !u.Of.Date {
				continue
			}
			if a := u.Of.Attribute(attribute); a != nil && (finest[u.Of.Name] == "" || cube.Nests(a.Grain, finest[u.Of.Name])) {
				finest[u.Of.Name] = a.Grain
			}
		}
	}
	return finest
}
