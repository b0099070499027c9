package compile

import (
	"fmt"
	"slices"
	"strings"

	"verso/olap/cube"
)

// maxAxis bounds the attributes of one axis.
const maxAxis = 8

// resolve finds the cube, attributes and measures that the query names.
func (p *plan) resolve() error {
	q := &p.query
	if q.Cube == "" {
		return refuse("cube", "", "name a cube; known: %s", strings.Join(p.model.Names(), ", "))
	}
	p.cube = p.model.Cube(q.Cube)
	if p.cube == nil {
		if p.model.Withheld(q.Cube) {
			return refuse("cube", q.Cube, "cube %s is not open to you", q.Cube)
		}
		return refuse("cube", q.Cube, "no cube %q; %s", q.Cube, cube.Hint(q.Cube, p.model.Names()))
	}
	var err error
	if p.rows, err = p.axis("rows", q.Rows); err != nil {
		return err
	}
	if p.cols, err = p.axis("columns", q.Columns); err != nil {
		return err
	}
	for _, f := range p.axes() {
		if p.also != nil && p.also.name == f.name {
			p.also = f
		}
	}
	if p.expanded {
		q.Rows, q.Columns = p.fieldNames(p.rows), p.fieldNames(p.cols)
	}
	for _, c := range p.cols {
		for _, r := range p.rows {
			if c.name == r.name {
				return refuse("columns", c.name, "%s is on the rows already; take it from one of the two", c.name)
			}
		}
	}
	if len(q.Measures) == 0 {
		return refuse("measures", "", "ask for at least one measure; known: %s", strings.Join(p.cube.MeasureNames(), ", "))
	}
	if err := p.resolveMeasures(); err != nil {
		return err
	}
	return p.resolveRest()
}

// resolveRest checks the parts that need the axes and measures.
func (p *plan) resolveRest() error {
	q := &p.query
	q.Sort = slices.Clone(q.Sort)
	for i, s := range q.Sort {
		f, err := p.sortKey(s.By)
		if err != nil {
			return err
		}
		q.Sort[i].By = f
		switch {
		case len(s.Members) == 0:
		case len(p.cols) == 0:
			return refuse("sort", s.By, "members name a column, and nothing is on the columns; take them out, or put an attribute there")
		case !p.isRef(f):
			return refuse("sort", s.By, "members name a column of a measure, and %s is an attribute", f)
		}
	}
	// A total over an axis without attributes is the value itself.
	q.Totals.Rows = q.Totals.Rows && len(p.rows) > 1
	q.Totals.Cols = q.Totals.Cols && len(p.cols) > 0
	q.Totals.ColSub = q.Totals.ColSub && len(p.cols) > 1
	switch {
	case q.Limit < 0:
		return refuse("limit", "", "limit %d: want the largest number of rows wanted, or 0 for %d", q.Limit, DefaultLimit)
	case q.Limit == 0:
		q.Limit = DefaultLimit
	}
	return nil
}

func (p *plan) axis(part string, names []string) ([]*field, error) {
	names, err := p.expand(part, names)
	if err != nil {
		return nil, err
	}
	if len(names) > maxAxis {
		return nil, refuse(part, "", "%d attributes; at most %d", len(names), maxAxis)
	}
	var fields []*field
	for _, name := range names {
		f, err := p.field(part, name)
		if err != nil {
			return nil, err
		}
		for _, other := range fields {
			if other.name == f.name {
				return nil, refuse(part, name, "%s is there twice", f.name)
			}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

// field finds dimension.attribute. A name without a dimension is accepted
// where only one attribute of the cube has it.
func (p *plan) field(part, name string) (*field, error) {
	c := p.cube
	dimension, attribute, dotted := strings.Cut(name, ".")
	if dotted {
		if u := c.Use(dimension); u != nil {
			if a := u.Of.Attribute(attribute); a != nil {
				return &field{u.Name + "." + a.Name, u, a}, nil
			}
			if p.model.Withheld(u.Of.Name + "." + attribute) {
				return nil, refuse(part, name, "%s is not open to you", name)
			}
			var known []string
			for _, n := range slices.Concat(cube.AttributeNames(u.Of), cube.DerivedNames(u.Of)) {
				known = append(known, u.Name+"."+n)
			}
			return nil, refuse(part, name, "dimension %s has no attribute %q; %s", u.Name, attribute, cube.Hint(name, known))
		}
		if why := c.NotShared(dimension); why != "" {
			return nil, refuse(part, name, "%s cannot be asked by %s: %s", c.Name, name, why)
		}
		if p.model.Withheld(name) {
			return nil, refuse(part, name, "%s is not open to you", name)
		}
		return nil, refuse(part, name, "cube %s has no dimension %q; %s", c.Name, dimension, cube.Hint(dimension, useNames(c)))
	}
	if m := c.Measure(name); m != nil {
		return nil, refuse(part, name, "%s is a measure, and %s takes attributes such as %s", name, part, exampleField(c))
	}
	if u := c.Use(name); u != nil {
		return nil, refuse(part, name, "%s is a dimension; name one of its attributes: %s.%s",
			name, name, strings.Join(cube.AttributeNames(u.Of), ", "+name+"."))
	}
	var found []*field
	for _, u := range c.Dimensions {
		if a := u.Of.Attribute(name); a != nil && !u.Of.Qualified {
			found = append(found, &field{u.Name + "." + a.Name, u, a})
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return nil, refuse(part, name, "no attribute %q in cube %s; %s", name, c.Name, cube.Hint(name, c.FieldNames()))
	}
	var names []string
	for _, f := range found {
		names = append(names, f.name)
	}
	return nil, refuse(part, name, "%q may be %s; write which", name, cube.OrList(names))
}

func exampleField(c *cube.Cube) string {
	if names := c.FieldNames(); len(names) > 0 {
		return names[0]
	}
	return "dimension.attribute"
}

func useNames(c *cube.Cube) (names []string) {
	for _, u := range c.Dimensions {
		names = append(names, u.Name)
	}
	return names
}

func (p *plan) measure(part, name string) (*cube.Measure, error) {
	if m := p.cube.Measure(name); m != nil {
		return m, nil
	}
	if _, err := p.field(part, name); err == nil {
		return nil, refuse(part, name, "%s is an attribute, and %s takes measures such as %s", name, part, strings.Join(firstOf(p.cube.MeasureNames(), 3), ", "))
	}
	if name == "" {
		return nil, refuse(part, name, "name a measure, such as %s", strings.Join(firstOf(p.cube.MeasureNames(), 3), ", "))
	}
	if p.model.Withheld(p.cube.Name + "." + name) {
		return nil, refuse(part, name, "the measure %s of cube %s is not open to you", name, p.cube.Name)
	}
	for _, other := range p.model.Cubes {
		if other.Measure(name) != nil {
			return nil, refuse(part, name, "%s is a measure of cube %s, not of %s; ask that cube", name, other.Name, p.cube.Name)
		}
	}
	return nil, refuse(part, name, "no measure %q in cube %s; %s", name, p.cube.Name, cube.Hint(name, p.cube.MeasureNames()))
}

func firstOf(list []string, n int) []string { return list[:min(n, len(list))] }

// sortKey finds what to sort by: an attribute on the rows or a measure asked for.
func (p *plan) sortKey(name string) (string, error) {
	if key, err := p.sortRef(name); key != "" || err != nil {
		return key, err
	}
	f, err := p.field("sort", name)
	if err != nil {
		var known []string
		for _, a := range p.measures {
			known = append(known, a.ref.String())
		}
		return "", refuse("sort", name, "no row attribute or measure %q is asked for; %s", name, cube.Hint(name, append(known, p.query.Rows...)))
	}
	for _, r := range p.rows {
		if r.name == f.name {
			return f.name, nil
		}
	}
	return "", refuse("sort", name, "%s is not on the rows; columns stand in the order of their members", f.name)
}

func (p *plan) showNames() string {
	list := func(fields []*field) string {
		if len(fields) == 0 {
			return "none"
		}
		var names []string
		for _, f := range fields {
			names = append(names, f.name)
		}
		return strings.Join(names, ", ")
	}
	var measures []string
	for _, a := range p.measures {
		measures = append(measures, a.ref.String())
	}
	return fmt.Sprintf("cube %s (%s)\nrows %s\ncolumns %s\nmeasures %s\nlimit %d rows",
		p.cube.Name, factsOf(p.cube), list(p.rows), list(p.cols), strings.Join(measures, ", "), p.query.Limit)
}
