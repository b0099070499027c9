package cube

import "strings"

// Rollup is a table of aggregates of one cube, kept beside its facts: one row
// for each combination of members of the attributes in By that has facts. A
// question that needs nothing else is answered from it, with the same answer.
type Rollup struct {
	Name     string   `yaml:"name"`
	Cube     string   `yaml:"cube"`     // whose facts it adds up
	By       []string `yaml:"by"`       // dimension.attribute
	Measures []string `yaml:"measures"` // none: every measure that adds up
	Distinct []string `yaml:"distinct"` // distinct counts
	Position Position `yaml:"-"`
}

// Rollup returns a declared rollup by name, or nil.
func (m *Model) Rollup(name string) *Rollup {
	for _, r := range m.Rollups {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// Field finds dimension.attribute in the cube, or nil twice.
func (c *Cube) Field(name string) (*Use, *Attribute) {
	dimension, attribute, _ := strings.Cut(name, ".")
	if u := c.Use(dimension); u != nil {
		if a := u.Of.Attribute(attribute); a != nil {
			return u, a
		}
	}
	return nil, nil
}

// Over is the cube over another table, which has the columns that its measures
// need, with other dimensions under the same names.
func (c *Cube) Over(table string, uses []*Use) *Cube {
	over := *c
	over.Table, over.Dimensions, over.uses = table, uses, map[string]*Use{}
	for _, u := range uses {
		over.uses[u.Name] = u
	}
	return &over
}

type placedRollup struct {
	rollup *Rollup
	place  place
}

// addRollup checks a rollup against its cube, which is complete by now.
func (l *loader) addRollup(r *Rollup, p place) {
	if !l.name(p, "rollup", r.Name) {
		return
	}
	if other := l.model.Rollup(r.Name); other != nil {
		l.fail(p.key("name"), "rollup %s is already defined at %s", r.Name, other.Position)
		return
	}
	if strings.Contains(r.Name, "__") {
		l.fail(p.key("name"), "rollup name %q: two underscores in a row part names of tables; use one", r.Name)
	}
	r.Position = p.position()
	l.model.Rollups = append(l.model.Rollups, r)
	c := l.model.Cube(r.Cube)
	if c == nil {
		l.fail(p.key("cube"), "rollup %s: no cube %q; %s", r.Name, r.Cube, Hint(r.Cube, CubeNames(l.model)))
		return
	}
	if c.Virtual() {
		l.fail(p.key("cube"), "rollup %s: cube %s has no facts of its own; declare rollups of the cubes that it combines", r.Name, c.Name)
		return
	}
	if len(r.By) == 0 {
		l.fail(p, "rollup %s: by is missing: name the attributes it is by", r.Name)
	}
	seen := map[string]bool{}
	for i, name := range r.By {
		at := p.item("by", i)
		switch u, a := c.Field(name); {
		case a == nil:
			l.fail(at, "rollup %s: cube %s has no attribute %q; %s", r.Name, c.Name, name, Hint(name, c.FieldNames()))
		case seen[u.Name+"."+a.Name]:
			l.fail(at, "rollup %s is by %s twice", r.Name, name)
		default:
			r.By[i] = u.Name + "." + a.Name
			seen[r.By[i]] = true
		}
	}
	l.rollupMeasures(c, r, p)
}

func (l *loader) rollupMeasures(c *Cube, r *Rollup, p place) {
	for i, name := range r.Measures {
		if c.Measure(name) == nil {
			l.fail(p.item("measures", i), "rollup %s: cube %s has no measure %q; %s", r.Name, c.Name, name, Hint(name, allMeasureNames(c)))
		}
	}
	for i, name := range r.Distinct {
		at := p.item("distinct", i)
		switch m := c.Measure(name); {
		case m == nil:
			l.fail(at, "rollup %s: cube %s has no measure %q; %s", r.Name, c.Name, name, Hint(name, allMeasureNames(c)))
		case m.Kind != Distinct:
			l.fail(at, "rollup %s: %s is no distinct count; list it under measures", r.Name, m.Name)
		}
	}
}
