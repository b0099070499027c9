package cube

import (
	"fmt"
	"slices"
	"strings"
)

// loader joins catalog files into a model and gathers what is wrong.
type loader struct {
	model     *Model
	places    map[*Measure]place
	sets      []placedSet // ranked, to be linked to their cubes
	scenarios []placedScenario
	errs      []error
}

func (l *loader) fail(p place, format string, args ...any) {
	l.errs = append(l.errs, &CatalogError{p.position(), fmt.Sprintf(format, args...)})
}

// name checks a name: lower case letters, digits and underscores, so that it
// can be typed in a query without quotes.
func (l *loader) name(p place, what, name string) bool {
	ok := name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}) && (name[0] < '0' || name[0] > '9')
	switch {
	case ok:
	case name == "":
		l.fail(p, "a %s needs a name", what)
	default:
		l.fail(p.key("name"), "%s name %q: use lower case letters, digits and _, starting with a letter", what, name)
	}
	return ok
}

// oneOf checks that a word is one of a list.
func (l *loader) oneOf(p place, key, value string, known ...string) {
	if !slices.Contains(known, value) {
		l.fail(p.key(key), "%s %q; %s", key, value, Hint(value, known))
	}
}

func (l *loader) needed(p place, key, value string) {
	if value == "" {
		l.fail(p, "%s is missing", key)
	}
}

// words checks that something has a label and a description in English.
func (l *loader) words(p place, label, description Text) {
	l.needed(p, "label.en", label.EN)
	l.needed(p, "description.en", description.EN)
}

func (l *loader) table(p place, table string) {
	parts := strings.Split(table, ".")
	if len(parts) != 2 || parts[0] == "" || parts[1] == "" {
		l.fail(p.key("table"), "table %q: want schema.table", table)
	}
}

func (l *loader) addDimension(d *Dimension, p place) {
	d.Position = p.position()
	d.attributes, d.synonyms, d.beside = map[string]*Attribute{}, map[string]string{}, map[string]*Beside{}
	if !l.name(p, "dimension", d.Name) {
		return
	}
	if other := l.model.dimensions[d.Name]; other != nil {
		l.fail(p.key("name"), "dimension %s is already defined at %s", d.Name, other.Position)
		return
	}
	l.model.dimensions[d.Name] = d
	l.model.Dimensions = append(l.model.Dimensions, d)
	l.words(p, d.Label, d.Description)
	l.table(p, d.Table)
	l.needed(p, "key", d.Key)
	l.dateKeys(d, p)
	for i, b := range d.Beside {
		at := p.item("beside", i)
		if l.name(at, "table beside", b.Name) {
			l.table(at, b.Table)
			l.needed(at, "key", b.Key)
			d.beside[b.Name] = b
		}
	}
	for i, a := range d.Attributes {
		l.addAttribute(d, a, p.item("attributes", i))
	}
	for i, h := range d.Hierarchies {
		at := p.item("hierarchies", i)
		l.name(at, "hierarchy", h.Name)
		for j, level := range h.Levels {
			if d.attributes[level] == nil {
				l.fail(at.item("levels", j), "hierarchy %s.%s: no attribute %q; %s", d.Name, h.Name, level, Hint(level, AttributeNames(d)))
			}
		}
	}
	l.addMembers(d, p)
}

func (l *loader) addAttribute(d *Dimension, a *Attribute, p place) {
	a.Dimension = d
	if !l.name(p, "attribute", a.Name) {
		return
	}
	if d.Attribute(a.Name) != nil {
		l.fail(p.key("name"), "attribute %s.%s is defined twice", d.Name, a.Name)
		return
	}
	d.attributes[a.Name] = a
	if a.Type == "" {
		a.Type = "text"
	}
	l.oneOf(p, "type", a.Type, "text", "integer", "date", "boolean")
	l.grain(d, a, p)
	l.words(p, a.Label, a.Description)
	l.needed(p, "column", a.Column)
	if a.In != "" && d.beside[a.In] == nil {
		l.fail(p.key("in"), "attribute %s.%s: no table beside named %q", d.Name, a.Name, a.In)
	}
	if a.Type != "text" && (a.Key != "" || a.ShowKey || a.ColumnZH != "" || a.ID != "") {
		l.fail(p, "attribute %s.%s: key, show_key, id and column_zh are for text", d.Name, a.Name)
	}
	if a.ShowKey && (a.Key == "" || a.Key == d.Key) {
		l.fail(p.key("show_key"), "attribute %s.%s: show_key needs a text key", d.Name, a.Name)
	}
	for i, s := range a.Synonyms {
		if d.Attribute(s) != nil {
			l.fail(p.item("synonyms", i), "synonym %q of %s.%s is already taken", s, d.Name, a.Name)
			continue
		}
		d.synonyms[s] = a.Name
	}
}

func (l *loader) addCube(c *Cube, p place) {
	if !l.name(p, "cube", c.Name) {
		return
	}
	known := l.model.cubes[c.Name]
	if c.Extends {
		if known == nil {
			l.fail(p.key("name"), "no cube %q to extend; %s", c.Name, Hint(c.Name, l.model.Names()))
			return
		}
		l.fillCube(known, c, p)
		return
	}
	if known != nil {
		l.fail(p.key("name"), "cube %s is already defined at %s; write \"extends: true\" to add to it", c.Name, known.Position)
		return
	}
	c.Position = p.position()
	c.uses, c.measures, c.synonyms = map[string]*Use{}, map[string]*Measure{}, map[string]string{}
	c.home = map[*Measure]*Cube{}
	l.model.cubes[c.Name] = c
	l.model.Cubes = append(l.model.Cubes, c)
	l.words(p, c.Label, c.Description)
	if c.Virtual() {
		l.addVirtual(c, p)
		return
	}
	l.table(p, c.Table)
	l.fillCube(c, c, p)
}

// fillCube puts the dimensions and measures of from into c, which may be from
// itself.
func (l *loader) fillCube(c, from *Cube, p place) {
	for i, u := range from.Dimensions {
		at := p.item("dimensions", i)
		if u.Dimension == "" {
			u.Dimension = u.Name
		}
		if !l.name(at, "dimension", u.Name) {
			continue
		}
		u.Of = l.model.dimensions[u.Dimension]
		switch {
		case u.Name == "f":
			l.fail(at.key("name"), "a dimension cannot be named f, which is the facts' name in SQL")
		case c.uses[u.Name] != nil:
			l.fail(at.key("name"), "cube %s has dimension %s twice", c.Name, u.Name)
		case u.Of == nil:
			l.fail(at, "cube %s: no dimension %q; %s", c.Name, u.Dimension, Hint(u.Dimension, dimensionNames(l.model)))
		default:
			l.needed(at, "key", u.Key)
			l.useGrain(u, at)
			c.uses[u.Name] = u
		}
	}
	for i, m := range from.Measures {
		l.addMeasure(c, m, p.item("measures", i))
	}
	for i, s := range from.Scenarios {
		x := placedScenario{c, s, p.item("scenarios", i)}
		if c != from {
			l.replaceScenario(x)
		}
		l.scenarios = append(l.scenarios, x)
	}
	if c != from {
		c.Dimensions = append(c.Dimensions, from.Dimensions...)
		c.Measures = append(c.Measures, from.Measures...)
		c.Scenarios = append(c.Scenarios, from.Scenarios...)
	}
	l.checkBridges(c, from.Bridges, p)
	l.checkDrivers(c, from.Drivers, p)
	if c != from {
		c.Drivers = append(c.Drivers, from.Drivers...)
		c.Bridges = append(c.Bridges, from.Bridges...)
	}
}

func (l *loader) addMeasure(c *Cube, m *Measure, p place) {
	if !l.name(p, "measure", m.Name) {
		return
	}
	if of := c.synonyms[m.Name]; of != "" {
		l.fail(p.key("name"), "measure %s: the name is a synonym of measure %s", m.Name, of)
		return
	}
	if c.measures[m.Name] != nil {
		l.fail(p.key("name"), "cube %s has measure %s twice", c.Name, m.Name)
		return
	}
	c.measures[m.Name] = m
	l.places[m] = p
	l.words(p, m.Label, m.Description)
	l.measureKind(m, p)
	l.shown(m, p)
	l.overTime(c, m, p)
	for i, s := range m.Synonyms {
		if c.Measure(s) != nil {
			l.fail(p.item("synonyms", i), "synonym %q of measure %s is already taken", s, m.Name)
			continue
		}
		c.synonyms[s] = m.Name
	}
}

// Names are the cubes of the model, in its order.
func (m *Model) Names() (names []string) {
	for _, c := range m.Cubes {
		names = append(names, c.Name)
	}
	return names
}

func dimensionNames(m *Model) (names []string) {
	for _, d := range m.Dimensions {
		names = append(names, d.Name)
	}
	return names
}

// AttributeNames are the attributes of a dimension, hidden ones included.
func AttributeNames(d *Dimension) (names []string) {
	for _, a := range d.Attributes {
		names = append(names, a.Name)
	}
	return names
}

func allMeasureNames(c *Cube) (names []string) {
	for _, m := range c.Measures {
		names = append(names, m.Name)
	}
	return names
}

// MeasureNames are the listed measures of the cube, in the catalog's order.
func (c *Cube) MeasureNames() (names []string) {
	for _, m := range c.Measures {
		if !m.Hidden {
			names = append(names, m.Name)
		}
	}
	return names
}

// FieldNames are the listed attributes of the cube, "dimension.attribute", in
// the catalog's order.
func (c *Cube) FieldNames() (names []string) {
	for _, u := range c.Dimensions {
		for _, a := range u.Of.Attributes {
			if !a.Hidden {
				names = append(names, u.Name+"."+a.Name)
			}
		}
	}
	return names
}
