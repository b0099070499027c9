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
// in the order of the cube, for every cube whose facts are read. Facts get the
// dimension that scopes act on with the days they are shown on.
func (p *plan) findJoins() error {
	for _, s := range p.sources {
		for _, f := range slices.Concat(p.rows, p.cols) {
			if err := s.has(p, "rows", f); err != nil {
				return err
			}
		}
		for _, c := range p.filters {
			if err := s.has(p, "where", c.field); err != nil {
				return err
			}
		}
		for _, u := range s.cube.Dimensions {
			if p.clock != nil && u.Name == p.clock.use.Name {
				continue
			}
			if j := p.joinOf(u); len(j.fields)+len(j.where) > 0 {
				s.joins = append(s.joins, j)
			}
		}
	}
	return nil
}

// joinOf is the join of a dimension with the attributes of it that are used.
func (p *plan) joinOf(u *cube.Use) *join {
	j := &join{use: u, inner: p.complete[u.Name]}
	beside := map[string]bool{}
	for _, f := range slices.Concat(p.rows, p.cols) {
		if f.use.Name == u.Name {
			j.fields = append(j.fields, f)
			beside[f.attr.In] = true
		}
	}
	for _, c := range p.filters {
		if c.field.use.Name == u.Name {
			j.where = append(j.where, c)
			beside[c.field.attr.In] = true
		}
	}
	for _, b := range u.Of.Beside {
		if beside[b.Name] {
			j.beside = append(j.beside, b)
		}
	}
	return j
}

// write adds the join: the dimension as facts see it, one column for each
// group, carried and condition.
func (j *join) write(s *sqlText, lang string) {
	d := j.use.Of
	kind := "LEFT"
	if j.inner {
		kind = "INNER"
	}
	s.add("\n  " + kind + " JOIN (\n    SELECT d." + quote(d.Key) + ` AS "#key"`)
	for _, f := range j.fields {
		for _, c := range slices.Concat(f.groups(lang), f.carried(lang)) {
			s.add(",\n      " + c.sql + " AS " + quote(c.name))
		}
	}
	for i, c := range j.where {
		s.add(",\n      ")
		c.write(s)
		s.add(" AS " + quote(whereColumn(i)))
	}
	j.from(s, "\n    ")
	name := quote(j.use.Name)
	s.add("\n  ) AS " + name + " ON " + name + `."#key" = f.` + quote(j.use.Key))
}

// from adds the dimension's table and those beside it.
func (j *join) from(s *sqlText, line string) {
	d := j.use.Of
	s.add(line + "FROM " + quoteTable(d.Table) + " AS d")
	for _, b := range j.beside {
		alias := quote("beside " + b.Name)
		s.add(line + "LEFT JOIN " + quoteTable(b.Table) + " AS " + alias + " ON " + alias + "." + quote(b.Key) + " = d." + quote(d.Key))
		for _, column := range slices.Sorted(maps.Keys(b.Where)) {
			s.add(" AND "+alias+"."+quote(column)+" = ?", b.Where[column])
		}
	}
}

func whereColumn(i int) string { return "#where" + strconv.Itoa(i+1) }

// conditions are the WHERE conditions on facts. A fact whose member is missing
// from the dimension counts as one of the unknown member.
func (j *join) conditions() (list []string) {
	for i, c := range j.where {
		column := quote(j.use.Name) + "." + quote(whereColumn(i))
		if c.onUnknown() && !j.inner {
			column = "COALESCE(" + column + ", TRUE)"
		}
		list = append(list, column)
	}
	return list
}

func (p *plan) showJoins() string {
	var lines []string
	for _, j := range p.allJoins() {
		kind := "left join: a fact's member may be missing"
		if j.inner {
			kind = "inner join: every fact has its member"
		}
		lines = append(lines, j.use.Of.Table+" on "+j.use.Of.Key+" = "+j.use.Key+", "+kind)
		for _, b := range j.beside {
			lines = append(lines, b.Table+" beside it on "+b.Key)
		}
	}
	return strings.Join(lines, "\n")
}

// allJoins are the joins of all sources.
func (p *plan) allJoins() (list []*join) {
	for _, s := range p.sources {
		list = append(list, s.joins...)
	}
	return list
}
