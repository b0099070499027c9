package cube

import (
	"fmt"
	"slices"
	"strings"
)

// NavigationError is a step from one question to the next that cannot be taken.
type NavigationError struct {
	Step    string   // drill down, roll up, drill across, pivot or swap
	Reasons []string // each says what is in the way and what to do
}

// Error is the step and its reasons.
func (e *NavigationError) Error() string { return e.Step + ": " + strings.Join(e.Reasons, "; ") }

func cannot(step, format string, args ...any) (Query, error) {
	return Query{}, &NavigationError{step, []string{fmt.Sprintf(format, args...)}}
}

// Keep narrows a question to members of an attribute, given by their keys as
// the rows and columns of an answer carry them.
func Keep(q Query, field string, keys ...string) Query {
	q.Where = append(slices.Clone(q.Where), Filter{Field: field, Op: "key_in", Values: slices.Clone(keys)})
	return q
}

// Exclude takes members of an attribute, given by their keys, out of a question.
func Exclude(q Query, field string, keys ...string) Query {
	q.Where = append(slices.Clone(q.Where), Filter{Field: field, Op: "not_key_in", Values: slices.Clone(keys)})
	return q
}

// DrillDown goes from an attribute on an axis to the next level of its
// hierarchy (the first that has a finer one), within the members of the keys;
// without keys, within all. Where the next level is on an axis already, the
// attribute leaves its axis. Sorting by the attribute and a ranking of it go on
// with the next level. An error is a *NavigationError.
func DrillDown(m *Model, q Query, field string, keys ...string) (Query, error) {
	const step = "drill down"
	n, err := newNavigator(m, q, step)
	if err != nil {
		return Query{}, err
	}
	u, a, ok := n.field(field)
	if !ok {
		return cannot(step, "cube %s has no attribute %q; %s", q.Cube, field, Hint(field, n.cube.FieldNames()))
	}
	var finer string
	for _, h := range u.Of.Hierarchies {
		if i := slices.Index(h.Levels, a.Name); i >= 0 && i+1 < len(h.Levels) && finer == "" {
			finer = u.Name + "." + h.Levels[i+1]
		}
	}
	if finer == "" {
		return cannot(step, "nothing is finer than %s in a hierarchy of %s; ask for the facts behind the cell", u.Name+"."+a.Name, u.Name)
	}
	out, err := n.replace(u.Name+"."+a.Name, finer)
	if err == nil && len(keys) > 0 {
		out = Keep(out, u.Name+"."+a.Name, keys...)
	}
	return out, err
}

// RollUp goes from an attribute on an axis to the level above it and lets go of
// the members that a drill-down kept there: it takes a DrillDown back. Of several
// hierarchies it goes up the one that was drilled down, else the first. An error
// is a *NavigationError.
func RollUp(m *Model, q Query, field string) (Query, error) {
	const step = "roll up"
	n, err := newNavigator(m, q, step)
	if err != nil {
		return Query{}, err
	}
	u, a, ok := n.field(field)
	if !ok {
		return cannot(step, "cube %s has no attribute %q; %s", q.Cube, field, Hint(field, n.cube.FieldNames()))
	}
	coarser, kept := "", -1
	for _, h := range u.Of.Hierarchies {
		i := slices.Index(h.Levels, a.Name)
		if i < 1 {
			continue
		}
		above := u.Name + "." + h.Levels[i-1]
		for k, f := range q.Where {
			if f.Op == "key_in" && n.name(f.Field) == above && k > kept {
				coarser, kept = above, k
			}
		}
		if coarser == "" {
			coarser = above
		}
	}
	if coarser == "" {
		return cannot(step, "nothing is above %s in a hierarchy of %s; take it off its axis", u.Name+"."+a.Name, u.Name)
	}
	out, err := n.replace(u.Name+"."+a.Name, coarser)
	if err == nil && kept >= 0 {
		out.Where = slices.Delete(slices.Clone(out.Where), kept, kept+1)
		if len(out.Where) == 0 {
			out.Where = nil
		}
	}
	return out, err
}

// DrillAcross asks another cube the same: the same axes, filters and time, with
// measures of that cube; none: those of the same name. It is refused with every
// reason where the other cube lacks something that the question stands on. Sort
// keys that are measures the other cube is not asked for are left out. An error
// is a *NavigationError.
func DrillAcross(m *Model, q Query, to string, measures ...string) (Query, error) {
	const step = "drill across"
	n, err := newNavigator(m, q, step)
	if err != nil {
		return Query{}, err
	}
	other := m.Cube(to)
	if other == nil {
		return cannot(step, "no cube %q; %s", to, Hint(to, m.Names()))
	}
	reasons := n.missingIn(other)
	if len(measures) == 0 {
		for _, text := range q.Measures {
			if measureIn(other, text) {
				measures = append(measures, text)
			}
		}
	}
	for _, text := range measures {
		if !measureIn(other, text) {
			reasons = append(reasons, fmt.Sprintf("%s has no measure %q; %s", to, text, Hint(text, other.MeasureNames())))
		}
	}
	if len(measures) == 0 {
		reasons = append(reasons, fmt.Sprintf("name measures of %s: %s", to, strings.Join(other.MeasureNames(), ", ")))
	}
	if q.Top != nil && !measureIn(other, q.Top.By) {
		reasons = append(reasons, fmt.Sprintf("the ranking is by %s, which %s does not have; take it off or rank by another measure", q.Top.By, to))
	}
	for _, h := range q.Having {
		if !measureIn(other, h.By) {
			reasons = append(reasons, fmt.Sprintf("a condition is on %s, which %s does not have; take it off", h.By, to))
		}
	}
	if len(reasons) > 0 {
		return Query{}, &NavigationError{step, reasons}
	}
	q.Cube, q.Measures = to, slices.Clone(measures)
	q.Sort = slices.DeleteFunc(slices.Clone(q.Sort), func(s Sort) bool {
		_, _, attribute := n.field(s.By)
		return !attribute && !slices.Contains(measures, s.By)
	})
	return q, nil
}

// measureIn reports whether a cube has the measure of a Ref.
func measureIn(c *Cube, text string) bool {
	r, err := ParseRef(text)
	return err == nil && c.Measure(r.Measure) != nil
}

// Pivot swaps rows and columns, and the totals with them. Sorting by row
// attributes or by a column is left out. A question with a ranking or a
// condition on measures is refused: they are of the rows.
func Pivot(q Query) (Query, error) {
	if q.Top != nil || len(q.Having) > 0 {
		return cannot("pivot", "a ranking and conditions on measures are of the rows; take them off first")
	}
	var sort []Sort
	for _, s := range q.Sort {
		if !slices.Contains(q.Rows, s.By) && len(s.Members) == 0 {
			sort = append(sort, s)
		}
	}
	t := q.Totals
	q.Rows, q.Columns, q.Sort = slices.Clone(q.Columns), slices.Clone(q.Rows), sort
	q.Totals = Totals{Grand: t.Cols, Rows: t.ColSub, Cols: t.Grand, ColSub: t.Rows}
	return q, nil
}

// Swap lets two attributes on the axes change places, by their names as the
// query has them. What is ranked stays so, and may not leave the rows. Sorting by
// an attribute that leaves the rows is left out.
func Swap(q Query, a, b string) (Query, error) {
	for _, name := range []string{a, b} {
		if axes := slices.Concat(q.Rows, q.Columns); !slices.Contains(axes, name) {
			return cannot("swap", "%s is on no axis; %s", name, Hint(name, axes))
		}
	}
	exchange := func(list []string) []string {
		list = slices.Clone(list)
		for i, name := range list {
			switch name {
			case a:
				list[i] = b
			case b:
				list[i] = a
			}
		}
		return list
	}
	rows := exchange(q.Rows)
	if q.Top != nil {
		top := *q.Top
		if top.Field == "" && len(q.Rows) > 0 {
			top.Field = q.Rows[0]
		}
		if !slices.Contains(rows, top.Field) {
			return cannot("swap", "%s is ranked and has to stay on the rows; take the ranking off first", top.Field)
		}
		q.Top = &top
	}
	q.Sort = slices.DeleteFunc(slices.Clone(q.Sort), func(s Sort) bool {
		return slices.Contains(q.Rows, s.By) && !slices.Contains(rows, s.By)
	})
	q.Rows, q.Columns = rows, exchange(q.Columns)
	return q, nil
}

// navigator finds the names of a query in its cube.
type navigator struct {
	cube  *Cube
	query Query
	step  string
}

func newNavigator(m *Model, q Query, step string) (*navigator, error) {
	c := m.Cube(q.Cube)
	if c == nil {
		return nil, &NavigationError{step, []string{fmt.Sprintf("no cube %q; %s", q.Cube, Hint(q.Cube, m.Names()))}}
	}
	return &navigator{c, q, step}, nil
}

// field finds dimension.attribute; a name without a dimension where only one
// attribute of the cube has it.
func (n *navigator) field(name string) (*Use, *Attribute, bool) {
	dimension, attribute, dotted := strings.Cut(name, ".")
	if dotted {
		u := n.cube.Use(dimension)
		if u == nil || u.Of.Attribute(attribute) == nil {
			return nil, nil, false
		}
		return u, u.Of.Attribute(attribute), true
	}
	var use *Use
	for _, u := range n.cube.Dimensions {
		if u.Of.Attribute(name) != nil {
			if use != nil {
				return nil, nil, false
			}
			use = u
		}
	}
	if use == nil || n.cube.Measure(name) != nil {
		return nil, nil, false
	}
	return use, use.Of.Attribute(name), true
}

// name is the catalog's name of a field, or the name given.
func (n *navigator) name(field string) string {
	if u, a, ok := n.field(field); ok {
		return u.Name + "." + a.Name
	}
	return field
}

// replace puts another attribute in the place of one on an axis.
func (n *navigator) replace(from, to string) (Query, error) {
	q := n.query
	on := slices.ContainsFunc(slices.Concat(q.Rows, q.Columns), func(f string) bool { return n.name(f) == from })
	if !on {
		return cannot(n.step, "%s is on no axis; %s", from, Hint(from, slices.Concat(q.Rows, q.Columns)))
	}
	there := slices.ContainsFunc(slices.Concat(q.Rows, q.Columns), func(f string) bool { return n.name(f) == to })
	put := func(list []string) []string {
		var out []string
		for _, f := range list {
			switch {
			case n.name(f) != from:
				out = append(out, f)
			case !there:
				out = append(out, to)
			}
		}
		return out
	}
	q.Rows, q.Columns = put(q.Rows), put(q.Columns)
	q.Sort = slices.Clone(q.Sort)
	for i, s := range q.Sort {
		if n.name(s.By) == from {
			q.Sort[i].By = to
		}
	}
	if q.Top != nil && q.Top.Field != "" && n.name(q.Top.Field) == from {
		top := *q.Top
		top.Field = to
		q.Top = &top
	}
	return q, nil
}

// missingIn says which attributes of the query another cube does not have.
func (n *navigator) missingIn(other *Cube) (reasons []string) {
	check := func(where, name string) {
		u, a, ok := n.field(name)
		if !ok {
			reasons = append(reasons, fmt.Sprintf("%s: no attribute %q in cube %s", where, name, n.cube.Name))
			return
		}
		o := other.Use(u.Name)
		if o != nil && o.Of == u.Of {
			return
		}
		reason := fmt.Sprintf("%s has no dimension %s (%s by %s.%s); take it off", other.Name, u.Name, where, u.Name, a.Name)
		for _, o := range other.Dimensions {
			if o.Of == u.Of {
				reason += ", or ask for " + o.Name + "." + a.Name
			}
		}
		reasons = append(reasons, reason)
	}
	var filters func([]Filter)
	filters = func(list []Filter) {
		for _, f := range list {
			if f.Field != "" {
				check("filtered", f.Field)
			}
			filters(f.Any)
			filters(f.All)
		}
	}
	for _, f := range n.query.Rows {
		check("rows", f)
	}
	for _, f := range n.query.Columns {
		check("columns", f)
	}
	filters(n.query.Where)
	if t := n.query.Time; t != nil && t.Field != "" {
		if o := other.Use(t.Field); o == nil || !o.Of.Date {
			reasons = append(reasons, fmt.Sprintf("%s has no date %s, which the time range is of", other.Name, t.Field))
		}
	}
	return reasons
}
