package cube

import (
	"slices"
	"strings"

	"verso/olap/formula"
)

// Held says what a database holds of the tables that catalog files name, so that
// a model can be loaded of just what can be asked there.
type Held struct {
	// Columns are the columns of a table (schema.table), nil for one that is not there.
	Columns func(table string) map[string]bool
	// Sums leaves only sums, counts and what is made of them: no least, greatest
	// or middle value, which is that of a single fact, and no measure of some of
	// the facts only.
	Sums bool
	// Grains are the periods on whose first day the facts stand, by date dimension.
	Grains map[string]string
}

// LoadHeld is Load of the dimensions, cubes, attributes and measures that a
// database holds. What is left out is no error; [Model.Withheld] knows it.
func LoadHeld(files []File, held Held) (*Model, error) {
	return load(files, &pruner{held: held, withheld: map[string]bool{}})
}

// Withheld reports whether a cube, a measure ("cube.measure") or an attribute
// ("dimension.attribute") of the catalog was left out by LoadHeld.
func (m *Model) Withheld(name string) bool { return m.withheld[name] }

// pruner takes out of catalog files what a database does not hold.
type pruner struct {
	held     Held
	withheld map[string]bool

	dimensions map[string]*Dimension
	tables     map[string]string          // cube → table
	measures   map[string]map[string]bool // cube → measures left
}

// prune changes the documents. Extensions are pruned with what they extend.
func (p *pruner) prune(docs []*document) {
	p.dimensions, p.tables, p.measures = map[string]*Dimension{}, map[string]string{}, map[string]map[string]bool{}
	for _, d := range docs {
		d.Dimensions = slices.DeleteFunc(d.Dimensions, p.dropDimension)
		for _, c := range d.Cubes {
			if !c.Extends {
				p.tables[c.Name] = c.Table
				p.measures[c.Name] = map[string]bool{}
			}
		}
	}
	each := func(virtual bool, do func(*Cube) bool) {
		for _, d := range docs {
			d.Cubes = slices.DeleteFunc(d.Cubes, func(c *Cube) bool {
				return (p.tables[c.Name] == "") == virtual && do(c)
			})
		}
	}
	for _, virtual := range []bool{false, true} {
		each(virtual, p.dropCube)
		for changed := true; changed; { // measures made of measures made of …
			changed = false
			each(virtual, func(c *Cube) bool {
				before := len(c.Measures)
				c.Measures = slices.DeleteFunc(c.Measures, func(m *Measure) bool { return p.dropMade(c, m) })
				changed = changed || len(c.Measures) != before
				return false
			})
		}
	}
	for _, d := range docs {
		for _, c := range d.Cubes {
			p.references(c)
		}
		d.Rollups = slices.DeleteFunc(d.Rollups, func(r *Rollup) bool { return p.dropRollup(docs, r) })
		for _, x := range d.Dimensions {
			x.Sets = slices.DeleteFunc(x.Sets, func(s *Set) bool { return p.dropSet(x, s) })
		}
	}
}

// dropDimension prunes a dimension and reports whether it is not there at all.
func (p *pruner) dropDimension(d *Dimension) bool {
	columns := p.held.Columns(d.Table)
	if columns == nil || !columns[d.Key] {
		for _, a := range d.Attributes {
			p.withheld[d.Name+"."+a.Name] = true
		}
		return true
	}
	p.dimensions[d.Name] = d
	beside := map[string]map[string]bool{"": columns}
	d.Beside = slices.DeleteFunc(d.Beside, func(b *Beside) bool {
		held := p.held.Columns(b.Table)
		missing := held == nil || !held[b.Key]
		for column := range b.Where {
			missing = missing || !held[column]
		}
		if !missing {
			beside[b.Name] = held
		}
		return missing
	})
	d.Attributes = slices.DeleteFunc(d.Attributes, func(a *Attribute) bool {
		missing := !holds(beside[a.In], a.Column, a.ColumnZH, a.ID, a.Order) || !holds(beside[a.In], a.Key) && !holds(columns, a.Key)
		if missing {
			p.withheld[d.Name+"."+a.Name] = true
		}
		return missing
	})
	if !holds(columns, d.Workday) {
		d.Workday = ""
	}
	d.Parents = slices.DeleteFunc(d.Parents, func(h *Parents) bool {
		return !holds(columns, h.Parent, h.Column, h.ColumnZH, h.Code, h.ID, h.Order) || h.Column == "" && !d.keyed()
	})
	for _, h := range d.Hierarchies {
		h.Levels = slices.DeleteFunc(h.Levels, func(level string) bool { return d.written(level) == nil })
	}
	d.Hierarchies = slices.DeleteFunc(d.Hierarchies, func(h *Hierarchy) bool { return len(h.Levels) == 0 })
	for name := range d.Default {
		if d.written(name) == nil {
			delete(d.Default, name)
		}
	}
	return false
}

// written is an attribute as a file has it, before the model is linked.
func (d *Dimension) written(name string) *Attribute {
	for _, a := range d.Attributes {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// keyed reports whether an attribute shows the members by the dimension's key.
func (d *Dimension) keyed() bool {
	return slices.ContainsFunc(d.Attributes, func(a *Attribute) bool { return a.Key == d.Key })
}

func holds(columns map[string]bool, names ...string) bool {
	return columns != nil && !slices.ContainsFunc(names, func(name string) bool { return name != "" && !columns[name] })
}

// dropCube prunes a cube and reports whether it is not there at all.
func (p *pruner) dropCube(c *Cube) bool {
	table := p.tables[c.Name]
	columns := p.held.Columns(table)
	if table == "" {
		return p.dropVirtual(c)
	}
	if columns == nil {
		p.withhold(c)
		return true
	}
	c.Dimensions = slices.DeleteFunc(c.Dimensions, func(u *Use) bool {
		name := u.Dimension
		if name == "" {
			name = u.Name
		}
		if grain := p.held.Grains[name]; grain != "" {
			u.Grain, u.Whole = grain, true
		}
		return p.dimensions[name] == nil || !columns[u.Key]
	})
	c.Measures = slices.DeleteFunc(c.Measures, func(m *Measure) bool {
		missing := !holds(columns, m.Column, m.WhenKnown, m.WhenTrue, m.Weight)
		if p.held.Sums {
			single := slices.Contains([]string{Min, Max, Quantile, StdDev, Approx}, m.Kind)
			missing = missing || single || m.WhenKnown != "" || m.WhenTrue != ""
		}
		if missing {
			p.withheld[c.Name+"."+m.Name] = true
		}
		return missing
	})
	p.left(c)
	return false
}

// withhold notes a cube that is not there.
func (p *pruner) withhold(c *Cube) {
	p.withheld[c.Name] = true
	delete(p.measures, c.Name)
}

// left notes the measures of a cube.
func (p *pruner) left(c *Cube) {
	if p.measures[c.Name] == nil {
		return
	}
	for _, m := range c.Measures {
		p.measures[c.Name][m.Name] = true
	}
}

// dropVirtual prunes a cube of other cubes.
func (p *pruner) dropVirtual(c *Cube) bool {
	if c.Extends {
		p.left(c)
		return p.measures[c.Name] == nil
	}
	for _, from := range c.Combines {
		from.Measures = slices.DeleteFunc(from.Measures, func(name string) bool { return !p.measures[from.Cube][name] })
	}
	c.Combines = slices.DeleteFunc(c.Combines, func(from *Combine) bool { return len(from.Measures) == 0 })
	if len(c.Combines) == 0 {
		p.withhold(c)
		return true
	}
	for _, from := range c.Combines {
		for _, name := range from.Measures {
			p.measures[c.Name][name] = true
		}
	}
	p.left(c)
	return false
}

// dropMade reports whether a measure is made of one that is not there.
func (p *pruner) dropMade(c *Cube, m *Measure) bool {
	parts := []string{m.Numerator, m.Denominator}
	if m.Formula != "" {
		if e, err := formula.Parse(m.Formula); err == nil {
			parts = append(parts, operands(e)...)
		}
	}
	missing := slices.ContainsFunc(parts, func(name string) bool { return name != "" && !p.measures[c.Name][name] })
	if missing {
		p.withheld[c.Name+"."+m.Name] = true
		delete(p.measures[c.Name], m.Name)
	}
	return missing
}

// operands are the measures that an expression names.
func operands(e *formula.Expr) (names []string) {
	if e.Op == formula.OpMeasure {
		names = append(names, e.Name)
	}
	for _, a := range e.Args {
		names = append(names, operands(a)...)
	}
	return names
}

// references takes out of a cube what names something that is not there.
func (p *pruner) references(c *Cube) {
	measures := p.measures[c.Name]
	c.Scenarios = slices.DeleteFunc(c.Scenarios, func(s *Scenario) bool {
		for name := range p.measures[s.Cube] {
			if measures[name] {
				return false
			}
		}
		return true
	})
	c.Bridges = slices.DeleteFunc(c.Bridges, func(b *Bridge) bool {
		parts := slices.DeleteFunc([]string{b.Measure, b.Quantity, b.Revenue, b.Foreign, b.Cost}, func(s string) bool { return s == "" })
		fields := slices.DeleteFunc([]string{b.Item, b.Group, b.Currency}, func(s string) bool { return s == "" })
		return slices.ContainsFunc(parts, func(m string) bool { return !measures[m] }) ||
			slices.ContainsFunc(fields, func(f string) bool { return !p.hasField(c, f) })
	})
	c.Drivers = slices.DeleteFunc(c.Drivers, func(f string) bool { return !p.hasField(c, f) })
}

// dropRollup prunes a rollup and reports whether it cannot be had.
func (p *pruner) dropRollup(docs []*document, r *Rollup) bool {
	if p.held.Sums || len(p.held.Grains) > 0 || p.measures[r.Cube] == nil {
		return true
	}
	has := func(field string) bool {
		return slices.ContainsFunc(docs, func(d *document) bool {
			return slices.ContainsFunc(d.Cubes, func(c *Cube) bool { return c.Name == r.Cube && p.hasField(c, field) })
		})
	}
	if slices.ContainsFunc(r.By, func(field string) bool { return !has(field) }) {
		return true
	}
	given := len(r.Measures)
	gone := func(name string) bool { return !p.measures[r.Cube][name] }
	r.Measures, r.Distinct = slices.DeleteFunc(r.Measures, gone), slices.DeleteFunc(r.Distinct, gone)
	return given > 0 && len(r.Measures) == 0 // none would mean all
}

// hasField reports whether a cube has dimension.attribute. What another file adds
// to it is not seen here, and is not needed by the shipped files.
func (p *pruner) hasField(c *Cube, name string) bool {
	use, attribute, _ := strings.Cut(name, ".")
	for _, u := range c.Dimensions {
		if u.Name != use {
			continue
		}
		of := u.Dimension
		if of == "" {
			of = u.Name
		}
		return p.dimensions[of] != nil && p.dimensions[of].written(attribute) != nil
	}
	return false
}

// dropSet reports whether a named set needs what is not there.
func (p *pruner) dropSet(d *Dimension, s *Set) bool {
	if s.Top != nil {
		home, measure, _ := strings.Cut(s.Top.By, ".")
		return p.held.Sums || !p.measures[home][measure] || d.written(s.Top.Of) == nil
	}
	var missing func([]Filter) bool
	missing = func(list []Filter) bool {
		return slices.ContainsFunc(list, func(f Filter) bool {
			return f.Field != "" && d.written(f.Field) == nil || missing(f.Any) || missing(f.All)
		})
	}
	return missing(s.Where)
}
