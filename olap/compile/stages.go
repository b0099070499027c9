package compile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"verso/olap/cube"
)

// Stages before the facts: long lists of values, hierarchies of parents, what
// is under a member, and named sets. All but ranked sets read dimensions only;
// each has the dimension's key at most once, so that no fact is repeated.

func (p *plan) axes() []*field { return slices.Concat(p.rows, p.cols) }

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// prepare writes the stages that the joins need.
func (r *renderer) prepare() error {
	for _, c := range r.filters {
		r.lists(c)
	}
	done := map[string]bool{}
	for _, j := range r.everyJoin() {
		if err := r.prepareJoin(j, done); err != nil {
			return err
		}
	}
	return r.memberStages()
}

func (r *renderer) prepareJoin(j *join, done map[string]bool) error {
	for _, h := range j.trees() {
		if name := treeStage(h); !done[name] {
			done[name] = true
			r.tree(h)
		}
	}
	for _, c := range j.where {
		if name := listStage("under", c); c.tree != nil && !done[name] { // cubes share it
			done[name] = true
			r.under(c)
		}
	}
	for _, s := range j.sets() {
		if name := setStage(s); !done[name] {
			done[name] = true
			if err := r.set(s); err != nil {
				return err
			}
		}
	}
	return nil
}

// lists writes the values of a condition as a stage, from one parameter.
func (r *renderer) lists(c *condition) {
	for _, x := range []struct {
		stage  string
		values []any
	}{{"values", c.values}, {"keys", c.keys}} {
		if len(x.values) > listFrom {
			cast, list := listOf(x.values)
			r.stage(listStage(x.stage, c), "(\n  SELECT unnest("+cast+`) AS "value"`+"\n)", list)
		}
	}
}

func listStage(what string, c *condition) string { return what + " " + strconv.Itoa(c.stage) }

// listOf is values of one type as one parameter, and the SQL that reads it.
func listOf(values []any) (cast string, list any) {
	switch values[0].(type) {
	case int64:
		numbers := make([]int64, len(values))
		for i, v := range values {
			numbers[i] = v.(int64)
		}
		return "CAST(? AS BIGINT[])", numbers
	case time.Time:
		days := make([]string, len(values))
		for i, v := range values {
			days[i] = v.(time.Time).Format(time.DateOnly)
		}
		return "CAST(CAST(? AS VARCHAR[]) AS DATE[])", days
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return "CAST(? AS VARCHAR[])", texts
}

func treeStage(h *cube.Parents) string { return "tree " + h.Dimension.Name + "." + h.Name }

func levelColumn(level int) string { return "#" + strconv.Itoa(level) }

// deepest is the deepest level of a hierarchy that the query names.
func (r *renderer) deepest(h *cube.Parents) int {
	n := 1
	for _, f := range r.axes() {
		if f.attr.Tree == h {
			n = max(n, f.attr.Level)
		}
	}
	for _, c := range r.filters {
		if c.field.attr.Tree == h {
			n = max(n, c.field.attr.Level)
		}
	}
	return n
}

// tree writes the ancestors of every member: its key, how deep it stands, and
// the key of its ancestor (or itself) at each level.
func (r *renderer) tree(h *cube.Parents) {
	d, deepest := h.Dimension, r.deepest(h)
	key, parent := "d."+quote(d.Key), "d."+quote(h.Parent)
	s := &sqlText{}
	s.add("(\n  SELECT " + key + ` AS "#key", 1 AS "#depth"`)
	for level := 1; level <= deepest; level++ {
		value := key
		if level > 1 {
			value = "CASE WHEN FALSE THEN " + key + " END" // nothing, of the key's type
		}
		s.add(", " + value + " AS " + quote(levelColumn(level)))
	}
	s.add("\n  FROM " + quoteTable(d.Table) + " AS d\n  WHERE " + key + " <> -1 AND COALESCE(" + parent + ", -1) = -1")
	s.add("\n  UNION ALL\n  SELECT " + key + `, t."#depth" + 1`)
	for level := 1; level <= deepest; level++ {
		column := "t." + quote(levelColumn(level))
		if level > 1 {
			column = fmt.Sprintf(`CASE WHEN t."#depth" = %d THEN %s ELSE %s END`, level-1, key, column)
		}
		s.add(", " + column)
	}
	s.add("\n  FROM " + quoteTable(d.Table) + " AS d JOIN " + quote(treeStage(h)) + " AS t ON t.\"#key\" = " + parent)
	s.add(fmt.Sprintf("\n  WHERE %s <> -1 AND t.\"#depth\" < %d\n)", key, cube.MaxDepth))
	r.climb(treeStage(h), s.String())
}

// under writes the keys of the members that a condition names, and of all
// below them.
func (r *renderer) under(c *condition) {
	h, name := c.tree, quote(listStage("under", c))
	d := h.Dimension
	f := &field{use: c.field.use, attr: &cube.Attribute{Type: "text", Column: h.Column, ColumnZH: h.ColumnZH, Lead: h.Code, ID: h.ID}}
	s := &sqlText{}
	key := "d." + quote(d.Key)
	s.add("(\n  SELECT " + key + ` AS "#key" FROM ` + quoteTable(d.Table) + " AS d\n  WHERE " + key + " <> -1 AND (FALSE")
	if len(c.keys) > 0 {
		s.add(" OR " + key + " IN ")
		c.writeKeys(s)
	}
	for _, spelling := range f.spellings() {
		if len(c.values) > 0 {
			s.add(" OR COALESCE(" + spelling + " IN ")
			c.writeValues(s)
			s.add(", FALSE)")
		}
	}
	s.add(")\n  UNION\n  SELECT " + key + " FROM " + quoteTable(d.Table) + " AS d JOIN " + name + ` AS u ON u."#key" = d.` + quote(h.Parent) + "\n  WHERE " + key + " <> -1\n)")
	r.climb(listStage("under", c), s.String(), s.args...)
}

func setStage(s *cube.Set) string { return "set " + s.Dimension.Name + "." + s.Name }

// set writes the keys of the members of a named set.
func (r *renderer) set(set *cube.Set) error {
	s := &sqlText{}
	var err error
	if set.Top != nil {
		err = r.rankedSet(s, set)
	} else {
		err = r.setWhere(s, set)
	}
	if err != nil {
		return err
	}
	r.stage(setStage(set), "(\n  "+s.String()+"\n)", s.args...)
	return nil
}

// setWhere writes a set given by filters on its dimension.
func (r *renderer) setWhere(s *sqlText, set *cube.Set) error {
	use := &cube.Use{Name: set.Dimension.Name, Of: set.Dimension}
	sub := &plan{model: r.model, lang: r.lang, cube: cube.OfOne(use)}
	j := &join{use: use}
	for _, f := range set.Where {
		g, err := sub.bindGroup(qualify(f, use.Name), 0)
		if err != nil {
			return err
		}
		sub.grouped = append(sub.grouped, g)
	}
	j.where = sub.filters
	for _, c := range j.where {
		r.inSets++
		c.stage = len(r.filters) + r.inSets
		r.lists(c)
	}
	j.findBeside()
	s.add("SELECT d." + quote(set.Dimension.Key) + ` AS "#key"`)
	j.writeFrom(s)
	s.add("\n  WHERE d." + quote(set.Dimension.Key) + " <> -1")
	for _, g := range sub.grouped {
		s.add("\n    AND ")
		g.write(s, func(c *condition) { c.write(s) })
	}
	return nil
}

// qualify writes the attributes of a set's filters with their dimension.
func qualify(f cube.Filter, dimension string) cube.Filter {
	if f.Field != "" {
		f.Field = dimension + "." + f.Field
	}
	f.Any, f.All = slices.Clone(f.Any), slices.Clone(f.All)
	for _, list := range [][]cube.Filter{f.Any, f.All} {
		for i := range list {
			list[i] = qualify(list[i], dimension)
		}
	}
	return f
}

// rankedSet writes a set of the first members by a measure.
func (r *renderer) rankedSet(s *sqlText, set *cube.Set) error {
	t, d := set.Top, set.Dimension
	sub, by := &plan{model: r.model, cube: set.Cube}, &asked{ref: cube.Ref{Measure: set.Measure.Name}, measure: set.Measure}
	sub.addParts(by)
	key := "f." + quote(set.Use.Key)
	s.add("SELECT \"#key\" FROM (\n    WITH \"ranking\" AS MATERIALIZED (\n      SELECT \"#key\"")
	for _, part := range sub.parts {
		s.add(", " + part.aggregate() + " AS " + quote(part.name))
	}
	s.add("\n      FROM (\n        SELECT " + key + ` AS "#key"`)
	for _, part := range sub.parts {
		if in := part.input(); in != "" {
			s.add(", " + in + " AS " + quote(part.name))
		}
	}
	s.add("\n        FROM " + quoteTable(set.Cube.Table) + " AS f\n        WHERE " + key + " IN (SELECT d." + quote(d.Key) + " FROM " + quoteTable(d.Table) + " AS d WHERE d." + quote(d.Key) + " <> -1)")
	if err := r.setTime(s, set); err != nil {
		return err
	}
	s.add("\n      ) AS f GROUP BY \"#key\"\n    )\n    SELECT \"#key\", " + of("count(*)", nil, `"ranking"`) + " AS \"#n\", row_number() OVER (ORDER BY " + sub.value(by))
	if !t.Bottom {
		s.add(" DESC")
	}
	s.add(" NULLS LAST, \"#key\") AS \"#rank\" FROM \"ranking\"\n  ) AS ranked\n  WHERE ")
	if t.Percent > 0 {
		s.add(`"#rank" * 100 < "#n" * ? + 100`, int64(t.Percent))
	} else {
		s.add(`"#rank" <= ?`, int64(t.N))
	}
	return nil
}

// setTime writes the time of a ranked set as a condition on its facts.
func (r *renderer) setTime(s *sqlText, set *cube.Set) error {
	if set.Top.Time == "" {
		return nil
	}
	asOf := r.options.AsOf
	t, err := cube.ParseTime(set.Top.Time, asOf)
	if err != nil || t == nil {
		return err
	}
	if other, _ := cube.ParseTime(set.Top.Time, asOf.AddDate(1, 1, 1)); asOf.IsZero() && *other != *t {
		return refuse("where", set.Name, "the set %s counts from the as-of date, which is not known", set.Name)
	}
	sub := &plan{cube: set.Cube, query: cube.Query{Time: t}}
	if err := sub.bindTime(); err != nil {
		return err
	}
	key := "f." + quote(sub.period.use.Key)
	s.add("\n          AND "+key+" >= ?", max(sub.period.from, 1))
	if sub.period.to != 0 {
		s.add(" AND "+key+" <= ?", sub.period.to)
	}
	s.add(" AND " + onDay(key, sub.period.use))
	return nil
}
