package compile

import (
	"slices"
	"strings"
)

// finish selects the answer from the levels and describes its columns.
func (r *renderer) finish() *Compiled {
	c := &Compiled{Query: r.query, Cube: r.cube, Limit: r.query.Limit, FetchRows: r.query.Limit,
		ColTotal: r.query.Totals.Cols, Others: r.top != nil && r.top.others, Other: -1, Rank: -1, Members: -1}
	if len(r.cols) > 0 {
		c.FetchRows = MaxCells
	}
	var list []string
	add := func(sql string) int { list = append(list, sql); return len(list) - 1 }
	column := func(columns []column, name string) int {
		for _, k := range columns {
			if k.name == name {
				return add(quote(k.name))
			}
		}
		return -1
	}
	axis := func(f *field) Axis {
		a := Axis{Field: f.name, Label: f.label(r.lang), Attribute: f.attr, Value: add(quote(f.name))}
		groups, carried := f.groups(r.lang), f.carried(r.lang)
		a.Key = column(groups, f.name+" #key")
		if a.Key < 0 {
			a.Key = a.Value
		}
		a.Known = column(groups, f.name+" #known")
		a.Order = column(carried, f.name+" #order")
		a.ID = column(carried, f.name+" #id")
		return a
	}
	for _, f := range r.rows {
		c.Rows = append(c.Rows, axis(f))
	}
	for _, f := range r.cols {
		c.Columns = append(c.Columns, axis(f))
	}
	for _, m := range r.measures {
		c.Measures = append(c.Measures, r.describe(m, add(r.value(m)+" AS "+quote(m.ref.String()))))
	}
	c.RowLevel, c.ColLevel = add(`"#rows"`), add(`"#columns"`)
	if r.top != nil {
		c.Other, c.Rank = add(`"#other"`), add(`"#rank"`)
		c.Members = add(`(SELECT count(*) FROM "ranked") AS "#members"`)
	}
	c.Facts = add(r.factCount() + ` AS "#facts"`)
	c.Notes = r.notes

	stages := r.text.String()
	order := []string{`"#rows" DESC`, `"#columns" DESC`}
	if r.top != nil {
		order = append(order, `"#rank" NULLS LAST`)
	}
	for _, f := range slices.Concat(r.rows, r.cols) {
		order = append(order, f.order()...)
	}
	c.SQL = stages + "\nSELECT " + strings.Join(list, listSep) + "\nFROM \"levels\"" + r.keep() +
		"\nORDER BY " + strings.Join(order, ", ") + "\nLIMIT ?"
	c.CountSQL = stages + "\nSELECT count(*) AS \"rows\" FROM \"levels\"" + r.keep()
	c.Args = append(slices.Clone(r.text.args), int64(c.FetchRows)+1)
	r.describeTables(c)
	return c
}

// describeTables lists what is read, and what must be unique in it.
func (r *renderer) describeTables(c *Compiled) {
	for _, s := range r.sources {
		c.Tables = append(c.Tables, s.cube.Table)
	}
	add := func(table, key string, where map[string]string) {
		if !slices.Contains(c.Tables, table) {
			c.Tables = append(c.Tables, table)
		}
		if u := (Unique{Table: table, Key: key, Where: where}); !slices.ContainsFunc(c.Unique, func(x Unique) bool { return x.Table == table && x.Key == key }) {
			c.Unique = append(c.Unique, u)
		}
	}
	joined := func(j *join) {
		add(j.use.Of.Table, j.use.Of.Key, nil)
		for _, b := range j.beside {
			add(b.Table, b.Key, b.Where)
		}
	}
	for _, s := range r.sources {
		for _, j := range s.joins {
			c.Joined = append(c.Joined, Joined{s.cube, j.use})
			joined(j)
		}
	}
	if r.clock != nil {
		joined(r.clock.join)
		add(r.clock.use.Of.Table, r.clock.day, nil)
	}
}
