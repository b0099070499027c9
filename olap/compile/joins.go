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
	for _, f := range p.axes() {
		if f.use.Name == u.Name {
			j.fields = append(j.fields, f)
		}
	}
	for _, c := range p.filters {
		if c.field.use.Name == u.Name {
			j.where = append(j.where, c)
		}
	}
	j.findBeside()
	return j
}

// used are the attributes shown and filtered by.
func (j *join) used() []*field {
	list := slices.Clone(j.fields)
	for _, c := range j.where {
		list = append(list, c.field)
	}
	return list
}

func (j *join) findBeside() {
	for _, b := range j.use.Of.Beside {
		if slices.ContainsFunc(j.used(), func(f *field) bool { return f.attr.In == b.Name }) {
			j.beside = append(j.beside, b)
		}
	}
}

// levels are the attributes used that are levels of hierarchies of parents,
// each once.
func (j *join) levels() (list []*cube.Attribute) {
	for _, f := range j.used() {
		if a := f.attr; a.Tree != nil && !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

// trees are the hierarchies of parents that the levels used are of.
func (j *join) trees() (list []*cube.Parents) {
	for _, a := range j.levels() {
		if !slices.Contains(list, a.Tree) {
			list = append(list, a.Tree)
		}
	}
	return list
}

// sets are the named sets shown and filtered by, each once.
func (j *join) sets() (list []*cube.Set) {
	add := func(s *cube.Set) {
		if s != nil && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	for _, f := range j.used() {
		add(f.attr.Set)
	}
	for _, c := range j.where {
		for _, s := range c.sets {
			add(s)
		}
	}
	return list
}

func levelAlias(a *cube.Attribute) string { return "level " + a.Name }

// write adds the join: the dimension as facts see it, one column for each
// group, carried and condition.
func (j *join) write(s *sqlText, lang string) {
	kind := "LEFT"
	if j.isInner() {
		kind = "INNER"
	}
	s.add("\n  " + kind + " JOIN (\n    SELECT d." + quote(j.use.Of.Key) + ` AS "#key"`)
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
	j.writeFrom(s)
	j.narrow(s)
	name := quote(j.use.Name)
	s.add("\n  ) AS " + name + " ON " + name + `."#key" = f.` + quote(j.use.Key))
}

// writeFrom adds the dimension with all that is joined to it on its key.
func (j *join) writeFrom(s *sqlText) {
	d := j.use.Of
	on := func(alias, key string) string {
		return " AS " + quote(alias) + " ON " + quote(alias) + "." + quote(key) + " = "
	}
	s.add("\n    FROM " + quoteTable(d.Table) + " AS d")
	for _, b := range j.beside {
		alias := "beside " + b.Name
		s.add("\n    LEFT JOIN " + quoteTable(b.Table) + on(alias, b.Key) + "d." + quote(d.Key))
		for _, column := range slices.Sorted(maps.Keys(b.Where)) {
			s.add(" AND "+quote(alias)+"."+quote(column)+" = ?", b.Where[column])
		}
	}
	for _, h := range j.trees() {
		s.add("\n    LEFT JOIN " + quote(treeStage(h)) + on(treeStage(h), "#key") + "d." + quote(d.Key))
	}
	for _, a := range j.levels() {
		s.add("\n    LEFT JOIN " + quoteTable(d.Table) + on(levelAlias(a), d.Key) + quote(treeStage(a.Tree)) + "." + quote(levelColumn(a.Level)))
	}
	for _, set := range j.sets() {
		s.add("\n    LEFT JOIN " + quote(setStage(set)) + on(setStage(set), "#key") + "d." + quote(d.Key))
	}
}

func whereColumn(i int) string { return "#where" + strconv.Itoa(i+1) }

// conditions are the WHERE conditions on facts that stand by themselves.
func (j *join) conditions() (list []string) {
	for _, c := range j.where {
		if !c.inner && !j.narrows(c) {
			list = append(list, j.condition(c))
		}
	}
	return list
}

// condition is a condition on facts. A fact whose member is missing from the
// dimension counts as one of the unknown member.
func (j *join) condition(c *condition) string {
	column := quote(j.use.Name) + "." + quote(whereColumn(slices.Index(j.where, c)))
	if c.onUnknown() && !j.inner {
		column = "COALESCE(" + column + ", TRUE)"
	}
	return column
}

func (p *plan) showJoins() string {
	var lines []string
	for _, j := range p.allJoins() {
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

// everyJoin is the joins of all sources, and that of the days shown.
func (p *plan) everyJoin() []*join {
	if p.clock == nil {
		return p.allJoins()
	}
	return append(p.allJoins(), p.clock.join)
}

// allJoins are the joins of all sources.
func (p *plan) allJoins() (list []*join) {
	for _, s := range p.sources {
		list = append(list, s.joins...)
	}
	return list
}
