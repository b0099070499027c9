package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// Calculated members are rows more: after all that totals are made of, each
// fact is there once as what it is and once for each calculated member that its
// own member belongs to. Levels that do not give the attribute take the former
// only. Hidden members are rows less: they are left out of the levels that give
// the attribute, and of rankings.

// memberStage writes members of an attribute as their group columns, each
// member once for each number: those that a value list of that number names.
func (r *renderer) memberStage(name string, f *field, numbered [][]string) error {
	s := &sqlText{}
	for i, values := range numbered {
		if i > 0 {
			s.add("\n  UNION ALL\n  ")
		}
		c, err := bindValues(f, cube.Filter{Field: f.name, Op: "in", Values: values})
		if err != nil {
			return err
		}
		r.inSets++
		c.stage = len(r.filters) + r.inSets
		r.lists(c)
		s.add("SELECT DISTINCT ")
		for _, g := range f.groups(r.lang) {
			s.add(g.sql + " AS " + quote(g.name) + ", ")
		}
		s.add(fmt.Sprintf("CAST(%d AS INTEGER) AS \"#calculated\"", i+1))
		j := &join{use: f.use, fields: []*field{f}}
		j.findBeside()
		j.writeFrom(s)
		s.add("\n    WHERE d." + quote(f.use.Of.Key) + " <> -1 AND ")
		c.writeIn(s)
	}
	r.stage(name, "(\n  "+s.String()+"\n)", s.args...)
	return nil
}

// sameMember compares the group columns of an attribute in two tables.
func (r *renderer) sameMember(f *field, a, b string) string {
	var on []string
	for _, g := range f.groups(r.lang) {
		on = append(on, a+"."+quote(g.name)+" IS NOT DISTINCT FROM "+b+"."+quote(g.name))
	}
	return strings.Join(on, " AND ")
}

// calculatedKey is the number of the calculated member of a key, from 1; 0 for
// none.
func (f *field) calculatedKey(key string) int64 {
	return int64(slices.IndexFunc(f.attr.Members, func(m *cube.Calculated) bool { return m.Name == key }) + 1)
}

func hiddenStage(f *field) string { return "hidden " + f.name }

// hiding are the axis attributes with hidden members.
func (p *plan) hiding() (list []*field) {
	for _, f := range p.axes() {
		if len(f.attr.Hide) > 0 {
			list = append(list, f)
		}
	}
	return list
}

// memberStages writes the lists of hidden and of calculated members.
func (r *renderer) memberStages() error {
	for _, f := range r.hiding() {
		if err := r.memberStage(hiddenStage(f), f, [][]string{f.attr.Hide}); err != nil {
			return err
		}
	}
	if r.also == nil {
		return nil
	}
	switch {
	case r.query.Top != nil:
		return refuse("top", r.also.name+"+", "a ranking has no calculated members; ask for %s, or leave the ranking out", r.also.name)
	case len(r.query.Having) > 0:
		return refuse("having", r.also.name+"+", "conditions on measures keep no calculated members; ask for %s, or leave them out", r.also.name)
	}
	var lists [][]string
	for _, m := range r.also.attr.Members {
		lists = append(lists, m.Of)
	}
	return r.memberStage("calculated", r.also, lists)
}

// addCalculated adds the rows of calculated members to the facts.
func (r *renderer) addCalculated() {
	switch {
	case r.also == nil:
		return
	case r.clock == nil:
		r.withCalculated("with calculated", r.source, r.axes())
		return
	}
	for k := range r.clock.levels {
		r.withCalculated(r.at("with calculated", k), quote(r.at("streams", k)), r.clock.held(k, r.axes()))
	}
}

// withCalculated writes the facts of a stage that holds some of the attributes,
// and the rows of calculated members.
func (r *renderer) withCalculated(name, source string, fields []*field) {
	var plain, calculated []string
	add := func(name string, empty bool) {
		plain = append(plain, "s."+name)
		if empty {
			calculated = append(calculated, "NULL")
			return
		}
		calculated = append(calculated, "s."+name)
	}
	for _, f := range fields {
		for _, c := range slices.Concat(f.groups(r.lang), f.carried(r.lang)) {
			add(quote(c.name), f == r.also)
		}
	}
	for _, t := range r.parts {
		if r.leaves || r.counted || t.input() != "" {
			add(quote(t.name), false)
		}
	}
	r.stage(name, "(\n  SELECT "+strings.Join(append(plain, `0 AS "#calculated"`), listSep)+"\n  FROM "+source+" AS s\n  UNION ALL\n  SELECT "+
		strings.Join(append(calculated, `c."#calculated"`), listSep)+"\n  FROM "+source+` AS s JOIN "calculated" AS c ON `+r.sameMember(r.also, "s", "c")+"\n)")
}

// given is the condition that a level gives the attribute.
func (r *renderer) given(f *field) string {
	if i := slices.Index(r.rows, f); i >= 0 {
		return fmt.Sprintf(`"#rows" >= %d`, i+1)
	}
	return fmt.Sprintf(`"#columns" >= %d`, slices.Index(r.cols, f)+1)
}

// keepMembers are the conditions that calculated and hidden members put on the
// rows of all levels, in a table of them.
func (r *renderer) keepMembers(table string) (list []string) {
	if r.also != nil {
		list = append(list, `("#calculated" = 0 OR `+r.given(r.also)+")")
	}
	for _, f := range r.hiding() {
		list = append(list, "NOT ("+r.given(f)+" AND "+r.isHidden(f, table)+")")
	}
	return list
}

func (r *renderer) isHidden(f *field, table string) string {
	return "EXISTS (SELECT 1 FROM " + quote(hiddenStage(f)) + " AS h WHERE " + r.sameMember(f, "h", table) + ")"
}

// countHidden is how many hidden members of an attribute have facts.
func (r *renderer) countHidden(f *field) string {
	source := `"base"`
	switch {
	case r.clock != nil:
		k := slices.IndexFunc(r.clock.levels, func(dates []*field) bool { return !r.onClock(f) || slices.Contains(dates, f) })
		source = quote(r.at("streams", k))
	case r.united():
		source = `"streams"`
	case r.leaves:
		source = `"leaf"`
	}
	return "(SELECT count(*) FROM " + quote(hiddenStage(f)) + " AS h WHERE EXISTS (SELECT 1 FROM " + source + " AS s WHERE " + r.sameMember(f, "h", "s") + "))"
}

// describeLists describes what the answer needs of calculated and hidden
// members, and asks which values they name in vain.
func (r *renderer) describeLists(c *Compiled, add func(string) int) error {
	if r.also != nil {
		c.Calculated, c.CalculatedAxis = add(`"#calculated"`), slices.Index(r.axes(), r.also)
		for _, m := range r.also.attr.Members {
			if err := r.missing(c, r.also, m.Label.In(r.lang), m.Of); err != nil {
				return err
			}
		}
	}
	for i, f := range r.hiding() {
		c.Hidden = append(c.Hidden, Hidden{f.label(r.lang), add(r.countHidden(f) + fmt.Sprintf(` AS "#hidden %d"`, i+1))})
	}
	for i, f := range r.query.Where {
		if i > maxChecked || len(f.Values) > maxChecked || !slices.Contains(equalities, f.Op) {
			continue
		}
		fd, err := r.field("where", f.Field)
		if err != nil {
			return err
		}
		for _, text := range f.Values {
			if m := calculatedMember(fd.attr, text); m != nil {
				if err := r.missing(c, fd, m.Label.In(r.lang), m.Of); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// maxChecked bounds the filters and values that are looked up for people.
const maxChecked = 50

// missing asks which values of a calculated member its attribute does not have.
func (r *renderer) missing(c *Compiled, f *field, label string, values []string) error {
	if len(values) > maxChecked {
		return nil
	}
	s := &sqlText{}
	for i, v := range values {
		one, err := bindValues(f, cube.Filter{Field: f.name, Op: "in", Values: []string{v}})
		if err != nil {
			return err
		}
		j := &join{use: f.use, fields: []*field{f}}
		j.findBeside()
		if i > 0 {
			s.add("\nUNION ALL ")
		}
		s.add(fmt.Sprintf(`SELECT %d AS "#", CAST(? AS VARCHAR) AS "value" WHERE NOT EXISTS (SELECT 1`, i), v)
		j.writeFrom(s)
		s.add(" WHERE d." + quote(f.use.Of.Key) + " <> -1 AND ")
		one.writeIn(s)
		s.add(")")
	}
	s.add("\nORDER BY 1")
	what := label + " (" + f.label(r.lang) + ")"
	if !slices.ContainsFunc(c.Ask, func(m Missing) bool { return m.What == what }) {
		c.Ask = append(c.Ask, Missing{what, s.String(), s.args})
	}
	return nil
}
