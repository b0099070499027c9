package compile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// finish selects the answer from the levels and describes its columns.
func (r *renderer) finish() (*Compiled, error) {
	c := &Compiled{Query: r.query, Cube: r.cube, Limit: r.query.Limit, FetchRows: r.query.Limit,
		ColSub: r.query.Totals.ColSub, ColTotal: r.query.Totals.Cols, Other: -1, Rank: -1, Left: -1, Tested: -1, Passed: -1,
		Calculated: -1, CalculatedAxis: -1, Notes: r.notes}
	if len(r.cols) > 0 {
		c.FetchRows = MaxCells
	}
	r.countLevels(c)
	if r.top != nil {
		c.Others, c.TopLevel = r.top.others, r.top.at+1
	}
	var list []string
	add := func(sql string) int { list = append(list, sql); return len(list) - 1 }
	named := map[string]int{}
	column := func(name string) int {
		named[name] = add(quote(name))
		return named[name]
	}
	for _, f := range r.rows {
		c.Rows = append(c.Rows, r.axis(f, column))
	}
	for _, f := range r.cols {
		c.Columns = append(c.Columns, r.axis(f, column))
	}
	at := map[string]int{}
	for _, a := range r.measures {
		name := a.computed().String()
		if _, known := at[name]; !known {
			at[name] = add(r.value(a) + " AS " + quote(name))
		}
		c.Measures = append(c.Measures, r.describe(a, at[name]))
	}
	c.RowLevel, c.ColLevel = add(`"#rows"`), add(`"#columns"`)
	if r.top != nil {
		c.Other, c.Rank = add(`"#other"`), add(`"#rank"`)
		c.Left = add(`(SELECT count(*) FROM "ranked") - (SELECT count(*) FROM "kept") AS "#left"`)
	}
	for _, t := range r.having {
		c.Having = append(c.Having, t.label)
	}
	if len(r.having) > 0 {
		c.Tested = add(`(SELECT count(*) FROM "tested") AS "#tested"`)
		c.Passed = add(`(SELECT count(*) FROM "tested" WHERE "#pass") AS "#passed"`)
	}
	c.Facts = add(r.factCount() + ` AS "#facts"`)
	if err := r.describeLists(c, add); err != nil {
		return nil, err
	}

	stages := r.text.String()
	order := []string{`"#rows" DESC`, `"#columns" DESC`}
	if r.top != nil {
		order = append(order, `"#rank" NULLS LAST`)
	}
	if r.also != nil {
		order = append(order, `"#calculated"`)
	}
	for _, f := range slices.Concat(r.rows, r.cols) {
		order = append(order, f.order(r.lang)...)
	}
	from := "\nFROM " + r.source
	c.SQL = stages + "\nSELECT " + strings.Join(list, listSep) + from + conjunction(r.keep()) +
		"\nORDER BY " + strings.Join(order, ", ") + "\nLIMIT ?"
	c.CountSQL = stages + "\nSELECT count(*) AS \"rows\"" + from + conjunction(append(r.keep(), r.onlyShown()...))
	c.Args = append(slices.Clone(r.text.args), int64(c.AllRows)+1)
	r.describeTables(c)
	c.Cells = r.cells(c, named, len(list))
	return c, nil
}

// countLevels says which row levels are shown, and how many rows may come.
func (r *renderer) countLevels(c *Compiled) {
	c.AllRows = c.FetchRows
	for _, l := range r.levels {
		if !l.shown {
			c.AllRows += c.FetchRows
		} else if !slices.Contains(c.RowLevels, l.rows) {
			c.RowLevels = append(c.RowLevels, l.rows)
		}
	}
}

// axis describes the result columns of an attribute; add selects one.
func (r *renderer) axis(f *field, add func(name string) int) Axis {
	a := Axis{Field: f.name, Label: f.label(r.lang), Attribute: f.attr, Value: add(f.name), Known: -1, Order: -1, ID: -1}
	a.Key = a.Value
	for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
		switch c.name {
		case f.name + " #key":
			a.Key = add(c.name)
		case f.name + " #known":
			a.Known = add(c.name)
		case f.name + " #order":
			a.Order = add(c.name)
		case f.name + " #id":
			a.ID = add(c.name)
		}
	}
	return a
}

func conjunction(conditions []string) string {
	if len(conditions) == 0 {
		return ""
	}
	return "\nWHERE " + strings.Join(conditions, " AND ")
}

// onlyShown is the condition that leaves out levels that are not shown.
func (r *renderer) onlyShown() []string {
	if !r.hides() {
		return nil
	}
	var shown []string
	for _, l := range r.levels {
		if l.shown {
			shown = append(shown, fmt.Sprintf(`"#rows" = %d AND "#columns" = %d`, l.rows, l.cols))
		}
	}
	return []string{"(" + strings.Join(shown, " OR ") + ")"}
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
		if !slices.ContainsFunc(c.Unique, func(u Unique) bool { return u.Table == table && u.Key == key && maps.Equal(u.Where, where) }) {
			c.Unique = append(c.Unique, Unique{Table: table, Key: key, Where: where})
		}
	}
	joined := func(j *join) {
		add(j.use.Of.Table, j.use.Of.Key, nil)
		for _, b := range j.beside {
			add(b.Table, b.Key, b.Where)
		}
		r.describeMembers(c, j)
	}
	for _, s := range r.sources {
		for _, j := range s.joins {
			c.Joined = append(c.Joined, Joined{s.cube, j.use})
			joined(j)
		}
		if p := r.period; p != nil && r.rollup == nil && r.clock == nil {
			use := s.cube.Use(p.use.Name)
			if !slices.Contains(c.Joined, Joined{s.cube, use}) {
				c.Joined = append(c.Joined, Joined{s.cube, use})
			}
			if !slices.Contains(c.Tables, use.Of.Table) {
				c.Tables = append(c.Tables, use.Of.Table)
			}
		}
	}
	if r.clock != nil {
		joined(r.clock.join)
		add(r.clock.use.Of.Table, r.clock.day, nil)
	}
}
