package compile

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"verso/olap/cube"
)

// join brings a dimension to the facts on an integer key that is unique there,
// so that no fact is repeated. It is a left join, or an inner one where every
// fact is known to have its member, so that none is lost either. The tables
// beside the dimension are joined to it first.
type join struct {
	use    *cube.Use
	inner  bool
	beside []*cube.Beside
	fields []*field     // shown
	where  []*condition // filtered by
}

// findJoins lists the dimensions that the attributes used are in, each once,
// in the order of the cube.
func (p *plan) findJoins() error {
	for _, u := range p.cube.Dimensions {
		j := &join{use: u, inner: p.complete[u.Name]}
		beside := map[string]bool{}
		for _, f := range slices.Concat(p.rows, p.cols) {
			if f.use == u {
				j.fields = append(j.fields, f)
				beside[f.attr.In] = true
			}
		}
		for _, c := range p.filters {
			if c.field.use == u {
				j.where = append(j.where, c)
				beside[c.field.attr.In] = true
			}
		}
		for _, b := range u.Of.Beside {
			if beside[b.Name] {
				j.beside = append(j.beside, b)
			}
		}
		if len(beside) > 0 {
			p.joins = append(p.joins, j)
		}
	}
	return nil
}

// write adds the join: the dimension as facts see it, one column for each
// group, carried and condition.
func (j *join) write(s *sqlText, lang string) {
	d := j.use.Of
	kind := "LEFT"
	if j.isInner() {
		kind = "INNER"
	}
	s.add("\n  " + kind + " JOIN (\n    SELECT d." + quote(d.Key) + ` AS "#key"`)
	for _, f := range j.fields {
		for _, c := range slices.Concat(f.groups(lang), f.carried(lang)) {
			s.add(",\n      " + c.sql + " AS " + quote(c.name))
		}
	}
	for i, c := range j.where {
		if !j.narrows(c) {
			s.add(",\n      ")
			c.write(s)
			s.add(" AS " + quote(whereColumn(i)))
		}
	}
	s.add("\n    FROM " + quoteTable(d.Table) + " AS d")
	for _, b := range j.beside {
		alias := quote("beside " + b.Name)
		s.add("\n    LEFT JOIN " + quoteTable(b.Table) + " AS " + alias + " ON " + alias + "." + quote(b.Key) + " = d." + quote(d.Key))
		for _, column := range slices.Sorted(maps.Keys(b.Where)) {
			s.add(" AND "+alias+"."+quote(column)+" = ?", b.Where[column])
		}
	}
	j.narrow(s)
	name := quote(j.use.Name)
	s.add("\n  ) AS " + name + " ON " + name + `."#key" = f.` + quote(j.use.Key))
}

func whereColumn(i int) string { return "#where" + strconv.Itoa(i+1) }

// conditions are the WHERE conditions on facts. A fact whose member is missing
// from the dimension counts as one of the unknown member.
func (j *join) conditions() (list []string) {
	for i, c := range j.where {
		if j.narrows(c) {
			continue
		}
		column := quote(j.use.Name) + "." + quote(whereColumn(i))
		list = append(list, "COALESCE("+column+", TRUE)")
	}
	return list
}

func (p *plan) showJoins() string {
	var lines []string
	for _, j := range p.joins {
		kind := "left join: a fact's member may be missing"
		switch {
		case j.inner:
			kind = "inner join: every fact has its member"
		case j.isInner():
			kind = "inner join: no fact without its member is kept"
		}
		lines = append(lines, j.use.Of.Table+" on "+j.use.Of.Key+" = "+j.use.Key+", "+kind)
		for _, b := range j.beside {
			lines = append(lines, b.Table+" beside it on "+b.Key)
		}
	}
	return strings.Join(lines, "\n")
}
